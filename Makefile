PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

.PHONY: demo test lint unit e2e clean

# Everything that a bare checkout needs, into the checkout: pip alone, exactly what poetry.lock names.
$(INSTALLED): poetry.lock pyproject.toml tools/requirements.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python tools/requirements.py dev > $(VENV)/requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

demo: $(INSTALLED)
	$(BIN)/python -m integration_tests.demo

test: lint unit e2e

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

unit: $(INSTALLED)
	$(BIN)/pytest unit_tests

e2e: $(INSTALLED)
	$(BIN)/pytest integration_tests

clean:
	rm -rf $(VENV) .cache .mypy_cache .pytest_cache .ruff_cache build dist demo-output
