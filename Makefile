PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

.PHONY: demo test lint unit e2e packages image-test wheel fixtures bench clean

# Everything that a bare checkout needs, into the checkout: pip alone, exactly what poetry.lock names.
$(INSTALLED): poetry.lock pyproject.toml tools/requirements.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python tools/requirements.py main build dev > $(VENV)/requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: $(INSTALLED)
	$(BIN)/python -m integration_tests.demo

test: lint unit e2e

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile tools/sandbox.Dockerfile

unit: $(INSTALLED)
	$(BIN)/pytest unit_tests

# Side by side, because most of the time is spent waiting at the pace of rate limits.
e2e: $(INSTALLED)
	$(BIN)/pytest integration_tests -m "not installs and not image" -n 3 --dist loadfile $(ARGS)

# Wheel and sdist in environments of their own, and PyAirbyte: downloads about a gigabyte once, into .cache.
packages: $(INSTALLED)
	$(BIN)/pytest integration_tests -m installs

image-test: $(INSTALLED)
	tools/image_test.sh

wheel: $(INSTALLED)
	$(BIN)/python -m build --wheel --no-isolation

# Writes the files of the acceptance tests anew, after a change of the tables or of the simulated account.
fixtures: $(INSTALLED)
	$(BIN)/python -m integration_tests.fixtures

# What draws the plots comes on top of what the tests need.
$(VENV)/bench-installed: $(INSTALLED)
	$(BIN)/python tools/requirements.py bench > $(VENV)/bench.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/bench.txt
	touch $@

# What a sync costs, ARGS=--help tells the choices.
bench: $(VENV)/bench-installed
	$(BIN)/python -m benchmarks $(ARGS)

clean:
	rm -rf $(VENV) .cache .mypy_cache .pytest_cache .ruff_cache build dist demo-output
