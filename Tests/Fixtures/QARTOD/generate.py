"""Random series and the flags that ioos_qc gives them, one series a line: what Poort's tests are compared with.

pip install ioos_qc==3.0.0; python generate.py > flags.ndjson
"""

import json
import random

import numpy as np
from ioos_qc import qartod

chance = random.Random(20261123)


def values(count):
    """Plateaus, noise and spikes on a grid, with missing points."""
    level, missing = chance.uniform(-20, 20), chance.choice([0, 0, 0.05, 0.2])
    noise = chance.choice([0, 0.05, 0.5, 5])
    series = []
    for _ in range(count):
        if chance.random() < 0.1:
            level += chance.uniform(-3, 3)
        value = level + chance.gauss(0, noise)
        if chance.random() < 0.08:
            value += chance.choice([-1, 1]) * chance.uniform(1, 60)
        series.append(float("nan") if chance.random() < missing else round(value, 1))
    return series


def times(count):
    """Whole seconds, mostly at an interval, with gaps."""
    interval = chance.choice([1, 10, 60, 147, 900])
    uneven = chance.random() < 0.4
    moment, series = 1795392000, []
    for _ in range(count):
        series.append(moment)
        step = interval
        if uneven:
            step += chance.randint(0, max(1, interval // 3))
        if chance.random() < 0.05:
            step *= chance.randint(2, 40)
        moment += step
    return series


def plain(flags):
    return [int(flag) for flag in np.ma.getdata(flags)]


def line():
    count = chance.randint(3, 40)
    x, t = values(count), times(count)
    moments = np.array(t, dtype="datetime64[s]").astype("datetime64[ns]")
    median = float(np.median(np.diff(np.array(t))))
    made = {"times": t, "values": [None if value != value else value for value in x], "median": median}

    fail, suspect = sorted([chance.uniform(-30, 0), chance.uniform(0, 30)]), None
    if chance.random() < 0.7:
        suspect = [fail[0] / 2, fail[1] / 2]
    flags = plain(qartod.gross_range_test(x, fail, suspect))
    made["gross_range"] = {"fail": fail, "suspect": suspect, "flags": flags}

    method = chance.choice(["average", "differential"])
    suspect, fail = chance.choice([None, 0, 0.1, 1, 5]), chance.choice([None, 0, 2, 10, 25])
    flags = plain(qartod.spike_test(x, suspect, fail, method))
    made["spike"] = {"method": method, "suspect": suspect, "fail": fail, "flags": flags}

    suspect, fail = chance.choice([0, 0.001, 0.01, 0.1]), chance.choice([None, 0.05, 0.5])
    flags = plain(qartod.rate_of_change_test(x, moments, suspect, fail))
    made["rate_of_change"] = {"suspect": suspect, "fail": fail, "flags": flags}

    # It cuts the median to whole seconds; Poort does not.
    if median == int(median):
        suspect = int(median * chance.choice([0.5, 1, 1.5, 2, 3, 4.7]))
        fail = int(median * chance.choice([1, 2, 3, 5, 7.9]))
        tolerance = chance.choice([0, 0.01, 0.11, 0.55])
        flags = plain(qartod.flat_line_test(x, moments, suspect, fail, tolerance))
        made["flat_line"] = {"suspect": suspect, "fail": fail, "tolerance": tolerance, "flags": flags}

    window, least = int(median * chance.choice([1, 3, 5.5, 20])), chance.choice([1, 2, 3, 5])
    suspect, fail = chance.choice([0.0137, 0.137, 1.37]), chance.choice([0.00137, 0.0937])
    # Over a window with missing points it has no range, which is pandas' doing.
    measure = chance.choice(["std", "range"]) if all(value == value for value in x) else "std"
    flags = plain(qartod.attenuated_signal_test(
        np.array(x), moments, suspect, fail, test_period=window, min_obs=least, check_type=measure))
    made["attenuated_signal"] = {
        "window": window, "readings": least, "suspect": suspect, "fail": fail, "measure": measure, "flags": flags}

    hours = chance.choice([0.25, 1, 2])
    made["time_gap"] = {"fail": hours, "flags": plain(qartod.time_gap_test(moments, hours))}
    return made


np.seterr(all="ignore")
for _ in range(300):
    print(json.dumps(line(), separators=(",", ":")))
