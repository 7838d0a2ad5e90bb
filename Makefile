# The Python that .venv is made of; by default the first one of these that runs here.
PYTHON :=
PYTHONS := 3.11 3.12 3.13 3.10
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
E2E := -n 3 --dist loadfile --durations=15
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: demo sandbox test lint unit e2e e2e-long pythons packages image-test wheel fixtures bench bench-nights mutants hooks clean

# Everything that a bare checkout needs, into the checkout: pip alone, exactly what poetry.lock names.
$(INSTALLED): poetry.lock pyproject.toml tools/requirements.py | $(BIN)/python
	@echo "Installing into $(VENV), about a minute and a half the first time."
	@$(BIN)/python tools/requirements.py main build dev > $(VENV)/requirements.txt
	@$(PIP) --require-hashes -r $(VENV)/requirements.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(BIN)/python:
	@python='$(PYTHON)'; test -n "$$python" || python=$$(tools/find_python.sh $(PYTHONS)) || { \
	    echo "Install Python 3.10 to 3.13, or say make PYTHON=..." >&2; exit 1; }; \
	"$$python" -m venv $(VENV)

demo: $(INSTALLED)
	$(BIN)/python -m integration_tests.demo

# The simulated account, for a connector run by hand. ARGS=--help lists the choices.
sandbox: $(INSTALLED)
	@$(BIN)/python -m integration_tests.sandbox $(ARGS)

test: lint unit e2e

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/lock_check.py
	$(BIN)/hadolint Dockerfile tools/sandbox.Dockerfile

unit: $(INSTALLED)
	$(BIN)/pytest unit_tests -n 2 --cov

# On every Python from 3.10 to 3.13 that is on this machine, each in an environment of its own under .cache.
pythons: $(INSTALLED)
	$(BIN)/python tools/pythons.py

# Side by side, because most of the time is spent waiting at the pace of rate limits.
e2e: $(INSTALLED)
	$(BIN)/pytest integration_tests -m "not installs and not image and not long" $(E2E) $(ARGS)

# The tests of the command that take longest: faults and limits that last, nights by the dozen, odd answers by the hundred.
e2e-long: $(INSTALLED)
	$(BIN)/pytest integration_tests -m long $(E2E) $(ARGS)

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
	$(PIP) --require-hashes -r $(VENV)/bench.txt
	touch $@

# What a sync costs, ARGS=--help tells the choices.
bench: $(VENV)/bench-installed
	$(BIN)/python -m benchmarks $(ARGS)

# What incremental syncs cost, night by night.
bench-nights: $(INSTALLED)
	$(BIN)/python -m benchmarks.nights $(ARGS)

$(VENV)/mutation-installed: $(INSTALLED)
	$(BIN)/python tools/requirements.py mutation > $(VENV)/mutation.txt
	$(PIP) --require-hashes -r $(VENV)/mutation.txt
	touch $@

# Changes the code in small ways and lists the changes that no unit test notices, which takes hours for all of it:
# ARGS='source_zoom.zoom.pagination*' takes one module.
mutants: $(VENV)/mutation-installed
	$(BIN)/mutmut run $(ARGS)

# Runs ruff, mypy, lint-imports and the lock check before each commit.
hooks: $(INSTALLED)
	$(BIN)/pre-commit install

clean:
	rm -rf $(VENV) .cache .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .coverage build dist demo-output mutants
