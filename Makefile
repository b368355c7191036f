# The one task file. Everything installs into $(VENV) from the locks, with hashes, when it is first needed.
PYTHON ?= python3
VENV ?= .venv
DOCKER ?= docker
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := $(BIN)/uv pip compile --universal --generate-hashes --no-header --quiet -p $(BIN)/python pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help setup try demo test lint types torture bench image lock

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

try: setup ## set everything up and run the monitor on its defaults; alerts appear here
	$(BIN)/monitor run

demo: setup ## the whole thing on this machine, without network or keys
	$(BIN)/monitor demo

test: setup ## set everything up and run the tests
	$(BIN)/pytest -m "not slow" $(TESTS)

lint: setup ## style, and whether the formatter would change anything
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: setup ## types, strictly
	$(BIN)/mypy

torture: setup ## all tests with ten times the examples, and those that take long
	$(BIN)/pytest --hypothesis-profile=torture $(TESTS)

bench: setup ## measure, and write the figures that the README names to docs/benchmarks.txt
	@$(BIN)/python bench/machine.py > docs/benchmarks.txt
	@set -e; for script in $(filter-out bench/machine.py,$(wildcard bench/*.py)); do \
	    echo "== $$script"; $(BIN)/python $$script; done | tee -a docs/benchmarks.txt

image: ## build the container image
	$(DOCKER) build -t monitor .

lock: setup ## resolve the dependencies anew; names no index, so that any mirror will do
	$(COMPILE) --upgrade -o requirements.lock
	$(COMPILE) --upgrade -c requirements.lock --group dev -o requirements-dev.lock
	$(subst pyproject.toml,--group build,$(COMPILE)) -c requirements-dev.lock -o requirements-build.lock

setup: $(VENV)/.installed ## make the environment, if it is missing or older than the locks

$(VENV)/.installed: requirements-build.lock requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("monitor needs Python 3.11 or newer, and \
	$(PYTHON) is %d.%d. Name another one: make PYTHON=python3.13 …" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements-build.lock
	$(PIP) install --require-hashes --no-build-isolation -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
