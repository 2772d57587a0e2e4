# Poort: what a person runs. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# One scratch path for each configuration: a build of the dependencies takes minutes.
DEBUG := .build/debug
RELEASE_PATH := .build-release
RELEASE := $(RELEASE_PATH)/release
RELEASE_FLAGS := -c release --static-swift-stdlib --scratch-path $(RELEASE_PATH)

PREFIX ?= /usr/local
DESTDIR ?=
MESSAGES ?= 200000
ROUNDS ?= 5
HOURS ?= 24
WINDOWS ?= 1000000
RUNS ?= 1000000
CUTS ?= 10000
DAYS ?= 365
QUOTA ?= 1GiB
SECONDS :=

.PHONY: help
help: ## List the targets.
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | sort | awk -F '\t' '{ printf "make %-13s %s\n", $$1, $$2 }'

.PHONY: demo
demo: packages ## A broker, a simulated street and the gateway, live; SECONDS=20 runs unattended and checks.
	swift build --product poort
	@.make/demo $(DEBUG)/poort $(SECONDS)

.PHONY: test
test: ## All tests, on real parts.
	@.make/install-packages test
	swift build --build-tests
	# One after the other: on two cores a few tests that wait for a process hold up the threads that others need.
	TZ=Europe/Amsterdam swift test --skip-build --no-parallel

.PHONY: soak
soak: packages ## Ten thousand simulated power cuts, of which the tests do one thousand (CUTS=10000).
	swift build --build-tests
	POORT_POWER_CUTS="$(CUTS)" TZ=Europe/Amsterdam swift test --skip-build --filter PowerCutTests

.PHONY: soak-year
soak-year: packages ## A simulated year of 500 series under a quota, about half an hour (DAYS=365 QUOTA=1GiB).
	swift build $(RELEASE_FLAGS) --product year-soak
	$(RELEASE)/year-soak $(DAYS) $(QUOTA)

.PHONY: bench
bench: ## Drain, decode, process, seal, forward, store a day, read a year (MESSAGES=200000 WINDOWS=1000000 HOURS=24).
	@.make/install-packages test
	swift build $(RELEASE_FLAGS) --product poort
	swift build $(RELEASE_FLAGS) --product bare-subscriber
	swift build $(RELEASE_FLAGS) --product drain-benchmark
	swift build $(RELEASE_FLAGS) --product decoding-benchmark
	swift build $(RELEASE_FLAGS) --product forwarding-benchmark
	swift build $(RELEASE_FLAGS) --product processing-benchmark
	swift build $(RELEASE_FLAGS) --product segment-benchmark
	swift build $(RELEASE_FLAGS) --product storage-benchmark
	swift build $(RELEASE_FLAGS) --product line-protocol-benchmark
	$(RELEASE)/drain-benchmark $(RELEASE)/poort $(RELEASE)/bare-subscriber $(MESSAGES) $(ROUNDS)
	$(RELEASE)/decoding-benchmark Tests/Golden $(MESSAGES)
	$(RELEASE)/processing-benchmark $$(( $(MESSAGES) * 10 ))
	$(RELEASE)/segment-benchmark
	$(RELEASE)/forwarding-benchmark $(RELEASE)/poort $(WINDOWS)
	$(RELEASE)/storage-benchmark $(HOURS)
	$(RELEASE)/line-protocol-benchmark $$(( $(MESSAGES) * 2 ))

.PHONY: fuzz
fuzz: packages ## A million inputs for each decoder and for the configuration (RUNS=1000000).
	@RUNS="$(RUNS)" .make/fuzz

.PHONY: release
release: packages ## Build what is installed: optimised, with Swift's libraries linked in.
	swift build $(RELEASE_FLAGS) --product poort

.PHONY: install
install: ## Install the release build, the service and the configuration (as root; PREFIX, DESTDIR).
	test -x $(RELEASE)/poort || { echo "run make release first" >&2; exit 1; }
	install -D -s -m 0755 $(RELEASE)/poort $(DESTDIR)$(PREFIX)/bin/poort
	install -D -m 0644 Systemd/poort.service $(DESTDIR)$(PREFIX)/lib/systemd/system/poort.service
	install -D -m 0644 Systemd/poort.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/poort.conf
	install -D -m 0644 README.md $(DESTDIR)$(PREFIX)/share/doc/poort/README.md
	install -m 0644 Config/*.toml $(DESTDIR)$(PREFIX)/share/doc/poort
	install -d -m 0755 $(DESTDIR)/etc/poort
	test -e $(DESTDIR)/etc/poort/poort.toml || install -m 0644 Config/poort.toml $(DESTDIR)/etc/poort/poort.toml
	@test -n "$(DESTDIR)" || echo "now: systemd-sysusers && systemctl daemon-reload && systemctl enable --now poort"

.PHONY: format
format: ## Lay the sources out by .swift-format.
	swift format --in-place --recursive Package.swift Sources Tests

.PHONY: check-format
check-format: ## Complain where the layout is not .swift-format's.
	swift format lint --strict --recursive Package.swift Sources Tests

.PHONY: packages
packages:
	@.make/install-packages

.PHONY: clean
clean: ## Remove what was built.
	rm -rf .build $(RELEASE_PATH)
