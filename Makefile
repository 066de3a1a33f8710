# make demo      a bundled table: fit, sample, report
# make test      lint, types and the fast tests
# make test-slow the slow tests
# Everything is installed in .venv, once; what comes after works offline.

# Python 3.11 to 3.13 with the means to make a virtual environment. A candidate must really run:
# version managers leave commands behind that only print an error.
PROBE := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for candidate in python3.13 python3.12 python3.11 python3; do \
	if $$candidate -c "$(PROBE)" 2>/dev/null; then echo $$candidate; break; fi; done)

# `tensorflow-cpu` is the same module at half the download, but has wheels for few platforms.
# With a GPU: make demo TENSORFLOW='tensorflow[and-cuda]' (in a fresh .venv).
TENSORFLOW ?= $(if $(filter Linux-x86_64,$(shell uname -s)-$(shell uname -m)),tensorflow-cpu,tensorflow)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# What pyproject.toml asks for (and the extra $(1), if any), with TensorFlow under the name above.
# The package itself then goes in with --no-deps, or pip would fetch the other TensorFlow too.
define REQUIREMENTS
import sys, tomllib
project = tomllib.load(open("pyproject.toml", "rb"))["project"]
extras = [line for name in sys.argv[2:] for line in project["optional-dependencies"][name]]
for line in project["dependencies"] + extras:
    print(line.replace("tensorflow", sys.argv[1], 1) if line.startswith("tensorflow") else line)
endef
export REQUIREMENTS
install = $(BIN)/python -c "$$REQUIREMENTS" '$(TENSORFLOW)' $(1) > $(VENV)/requirements.txt \
	&& $(PIP) install --requirement $(VENV)/requirements.txt \
	&& $(PIP) install --no-deps --editable .

.PHONY: demo test test-slow lint clean

demo: $(VENV)/.installed
	$(BIN)/tabgan demo

# Two workers: what shares a fitted model stays with one of them (tests/conftest.py).
test: lint
	$(BIN)/python -m pytest -n 2 --dist loadgroup

test-slow: $(VENV)/.installed-test
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: an install that broke off is tried again, a changed pyproject.toml is installed again.
$(VENV)/.installed: pyproject.toml | $(BIN)/pip
	$(call install,)
	touch $@

$(VENV)/.installed-test: pyproject.toml | $(BIN)/pip
	$(call install,test)
	touch $@ $(VENV)/.installed

$(BIN)/pip:
	@python="$(PYTHON)"; if [ -z "$$python" ]; then echo "No Python 3.11, 3.12 or 3.13 that can" \
	  "make a virtual environment was found. Install one, or name it: make PYTHON=/path/to/python" >&2; \
	  exit 1; fi; echo "$$python -m venv $(VENV)"; "$$python" -m venv --clear $(VENV)
