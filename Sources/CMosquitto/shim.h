#ifndef POORT_CMOSQUITTO_H
#define POORT_CMOSQUITTO_H

#include <mosquitto.h>
#include <mqtt_protocol.h>

#endif
