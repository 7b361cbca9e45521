# Each target does all the set-up it needs, once: python3 (3.11 or newer, with venv) is enough.
# Another Python: make test PYTHON=python3.13

PYTHON ?= python3
BIN := .venv/bin
DOCS := $(wildcard README.md docs/*.md docs/*/*.md docs/*/*/*.md)
VECTORS := $(wildcard tests/vectors/*/regenerate.py)
BENCHES := $(wildcard bench/*.py)
COG := $(BIN)/python -m cogapp -I tools
SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check lint types layers docs locks slow bench fix regenerate lock wheel functions-azure functions-gcp clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; do \
	  printf '  make %-11s %s\n' "$$name" "$$what"; done

# ---- set-up: a stamp per requirement file, so the second run starts at once

.venv/base.stamp: requirements/base.txt tools/environment.py
	@command -v $(PYTHON) >/dev/null || { echo "dayseal needs Python 3.11 or newer, there is no $(PYTHON): apt-get install python3-venv" >&2; exit 1; }
	@echo "setting up .venv with what dayseal needs (once)" >&2
	@$(PYTHON) tools/environment.py base
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/base.stamp
	@echo "setting up .venv with what its tests and checks need (once)" >&2
	@$(PYTHON) tools/environment.py dev
	@touch $@

# The Azure emulator of tests/contract, which skips its part where this could not be done.
build/azurite/npm.stamp: tests/azurite/package-lock.json
	@if command -v npm >/dev/null; then \
	  echo "setting up build/azurite with the emulator that its tests need (once)" >&2; \
	  mkdir -p build/azurite && cp tests/azurite/package.json tests/azurite/package-lock.json tests/azurite/.npmrc build/azurite && \
	  (cd build/azurite && npm ci --silent) && touch $@; \
	else echo "no npm here: the tests of Azure storage will skip" >&2; fi

# What builds, checks and runs applications: build/sam, build/checkov, build/lambda (AWS) and build/azure-worker.
build/%/tool.stamp: requirements/%.txt tools/environment.py
	@echo "setting up build/$* with the tool of that name (once)" >&2
	@$(PYTHON) tools/environment.py $*
	@touch $@

# ---- for everybody

demo: .venv/base.stamp ## Three clusters sealed, altered, caught, proved and verified, in ./demo
	@rm -rf demo
	@$(BIN)/dayseal demo --into demo

test: .venv/dev.stamp build/azurite/npm.stamp ## Run every test but the slow ones
	$(BIN)/python -m pytest -n 2 --dist loadfile

# ---- for who changes it

check: lint types layers docs locks test ## All that CI asks of a change, tests last

lint: .venv/dev.stamp ## Style and formatting
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/dev.stamp ## mypy, strict
	$(BIN)/mypy

layers: .venv/dev.stamp ## Imports only point down
	$(BIN)/lint-imports --no-logo --no-cache

docs: .venv/dev.stamp ## Pasted output in the docs is what the commands print today
	$(COG) --check --diff $(DOCS)

locks: .venv/dev.stamp ## The locked requirements belong to today's pyproject.toml
	$(BIN)/python tools/locks.py check

slow: .venv/dev.stamp build/azurite/npm.stamp build/sam/tool.stamp build/checkov/tool.stamp build/lambda/tool.stamp build/azure-worker/tool.stamp ## The tests that take minutes
	$(BIN)/python -m pytest -n 2 --dist loadfile -m slow --hypothesis-profile=slow

bench: .venv/dev.stamp ## Speed and memory, as ratios measured side by side
	@set -e; for script in $(BENCHES); do $(BIN)/python "$$script"; done

fix: .venv/dev.stamp ## Repair what the linter can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

regenerate: .venv/dev.stamp ## Rebuild our vectors, and the pasted output in the docs
	@set -e; for script in $(VECTORS); do echo "$$script"; $(BIN)/python "$$script"; done
	$(BIN)/python tools/openapi.py write
	$(COG) -r $(DOCS)

lock: .venv/dev.stamp ## Resolve the requirements again (needs the registry)
	$(BIN)/python tools/locks.py write

wheel: .venv/dev.stamp ## Build the wheel into dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

functions-azure: ## Build build/functions-azure.zip, the source of Azure's functions; WORKSPACE=DIR has its settings
	@$(PYTHON) tools/azure_source.py "$(WORKSPACE)" build/functions-azure.zip

functions-gcp: ## Build build/functions-gcp.zip, which infra/gcp deploys; WORKSPACE=DIR has its settings
	@$(PYTHON) tools/gcp_source.py "$(WORKSPACE)" build/functions-gcp.zip

clean: ## Remove .venv and all that was built
	rm -rf .venv .aws-sam dist build demo .mypy_cache .pytest_cache .ruff_cache .hypothesis
