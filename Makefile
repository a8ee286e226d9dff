# Every target sets up what it needs. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXAMPLES := $(wildcard examples/*/design.mlsd)

.DEFAULT_GOAL := help
FUZZ_SECONDS ?= 60
.PHONY: help demo test check fuzz conformance golden format docs bench wheel clean

help: ## Show the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'mlsdc needs Python 3.11 or newer; set PYTHON=...'; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.develop: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[aws,test,lint,bench]'
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo ## Compile the fraud example for both its environments into out/fraud
	$(BIN)/mlsdc compile examples/fraud/design.mlsd -O out/fraud

test: $(VENV)/.develop ## Run the test suite
	$(BIN)/python -m pytest -q -n 2 --dist worksteal

check: $(VENV)/.develop ## Format, lint, types, import contract, fresh tables, docs and goldens
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/pyright
	$(BIN)/python -m mlsdc.dsl.generate | diff mlsdc/dsl/tables.py -
	$(BIN)/python -m tests.docs --check
	$(BIN)/python -m tests.golden --check

fuzz: $(VENV)/.develop ## Fuzz the whole check for FUZZ_SECONDS=60, guided by coverage
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	$(BIN)/python -m tests.fuzz.run --seconds $(FUZZ_SECONDS)

conformance: $(VENV)/.develop ## Show every emitted file to the real tool that reads it
	-tests/conformance/build_control_plane.sh
	$(BIN)/python -m pytest tests/conformance -m conformance

golden: $(VENV)/.develop ## Write the examples' expected files anew
	$(BIN)/python -m tests.golden

docs: $(VENV)/.develop ## Write the generated pages of docs/ anew
	$(BIN)/python -m tests.docs

format: $(VENV)/.develop ## Format and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.develop ## Measure start-up and throughput
	$(BIN)/python -m benchmarks

wheel: $(VENV)/.develop ## Build the wheel, install it alone, compile every example from elsewhere
	.ci/wheel

clean: ## Remove everything that was made
	rm -rf $(VENV) .cache build dist out .pytest_cache .ruff_cache .hypothesis
