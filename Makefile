# ks: `make run` shows the product, `make test` proves it. Needs python3 (3.11 or newer) and make.

PYTHON ?= python3
SEED ?= 2026

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
COMPILE := $(BIN)/uv --no-config pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

# One more than there are cores, as many tests wait for a server; more than four gain nothing.
WORKERS = $(shell $(BIN)/python -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')

RUN := $(VENV)/run.stamp
DEV := $(VENV)/dev.stamp

.DEFAULT_GOAL := help
.PHONY: help run test lint format types contracts docker check bench chaos walks year histories pictures process lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN) ## set up, start everything, import a year of the past and play the demo
	@$(BIN)/ks up --past 2000 --demo 30

test: $(DEV) ## run every test (a slice of the chaos tests included)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

lint: $(DEV) ## style and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(DEV) ## rewrite the files in the house's format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(DEV) ## mypy --strict
	@$(BIN)/mypy

contracts: $(DEV) ## who may import whom
	@$(BIN)/lint-imports --no-logo

docker: $(DEV) ## check the image's recipe and the composition, without an engine
	@$(BIN)/hadolint docker/Dockerfile
	@$(BIN)/docker-compose --env-file docker/example.env -f docker/compose.yaml config --quiet

check: lint types contracts docker test ## everything that CI checks

bench: $(DEV) ## each figure beside its floor
	@$(BIN)/python -m benchmarks

chaos: $(DEV) ## the crash tests in full size: make chaos SEED=7
	@$(BIN)/python -m pytest tests/chaos --full --seed=$(SEED)

walks: $(DEV) ## the invariants on many times as many random histories: make walks SEED=7
	@$(BIN)/python -m pytest -m walk --full --hypothesis-seed=$(SEED) -n logical --maxprocesses 4 \
		-o faulthandler_timeout=7200

year: $(DEV) ## a simulated year of 20,000 interventions, each R1 counted twice: make year SEED=7
	@$(BIN)/python -m pytest tests/projections/test_year.py --full --seed=$(SEED) \
		-o faulthandler_timeout=7200

histories: $(DEV) ## play the stories and keep their histories, which every later change must replay
	@$(BIN)/python -m pytest tests/system -k "story and sqlite" --keep-histories

pictures: $(DEV) ## photograph what an operator sees (needs Chromium)
	@$(BIN)/python -m tests.pictures

process: $(DEV) ## write the tables and diagrams of the process pages from the code
	@$(BIN)/python -m tests.process_page

lock: $(DEV) ## resolve the dependencies anew
	@$(COMPILE) --upgrade --output-file requirements.lock pyproject.toml
	@$(COMPILE) --upgrade --constraint requirements.lock --group dev \
		--output-file requirements-dev.lock pyproject.toml

clean: ## remove what was made, except var/
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "ks needs Python 3.11 or newer: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "$(PYTHON) cannot make virtual environments (Debian: python3-venv)" >&2; exit 1; }

$(RUN): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what ks needs to run (once) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps -e .
	@touch $@

# The development lock holds the other one whole, so it satisfies both stamps.
$(DEV): requirements-dev.lock requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the tests and checks need (once) ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps -e .
	@touch $(RUN) $@
