# Two commands on a fresh machine: `make demo` and `make test`. Needs Python >= 3.11 and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/ready

.PHONY: demo test check format constraints clean

demo: $(READY) ## play a whole round with made-up registers; ends with the path of the report
	@rm -rf demo
	@$(BIN)/linkage demo malmo-2020 demo

test: $(READY) ## run the whole suite
	@$(BIN)/python -m pytest

check: $(READY) ## lint and types, strict
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: $(READY)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

$(READY): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "error: $(PYTHON) is older than 3.11"; echo "hint: name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "error: $(PYTHON) cannot make virtual environments: ensurepip is missing"; echo "hint: apt install python3-venv"; exit 1; }
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

constraints: ## pin again; needs uv
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate deps.in -o constraints.txt

clean:
	rm -rf $(VENV) demo .hypothesis .mypy_cache .ruff_cache
