# The workflow, executable. Every target prepares what it needs in $(VENV) by itself; CONTRIBUTING.md shows the plain
# command beside each. Other Python: make PYTHON=python3.12 test. Arguments: make test ARGS='-k links'.

PYTHON ?= python3
VENV ?= .venv
ARGS ?=

PIP = $(VENV)/bin/python -m pip --disable-pip-version-check

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo run test test-postgresql test-browser test-model lint bench clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.ready ## try the bot on this machine: no token, no network; ARGS=--once shows it and ends, LANGUAGE=en speaks English
	$(VENV)/bin/arxiv-digest-bot demo $(ARGS)

run: $(VENV)/.ready ## run the bot with the settings of the environment and .env
	$(VENV)/bin/arxiv-digest-bot run $(ARGS)

test: $(VENV)/.ready-dev ## run the tests
	$(VENV)/bin/python -m pytest $(ARGS)

test-postgresql: $(VENV)/.ready-dev ## run the tests that use a database on a PostgreSQL server of their own
	@$(VENV)/bin/python -m pip install --quiet -e '.[dev,postgresql-tests]'
	$(VENV)/bin/python tests/on_postgresql.py $(ARGS)

test-browser: $(VENV)/.ready-dev ## run the tests of the chat page in a headless Chromium
	@$(VENV)/bin/python -m pip install --quiet -e '.[dev,browser-tests]'
	$(VENV)/bin/python -m pytest -n 0 -rs tests/browser $(ARGS)

test-model: $(VENV)/.ready-dev ## have rich messages read by an independent model of the Bot API
	@$(VENV)/bin/python -m pip install --quiet -e '.[dev,model-tests]'
	$(VENV)/bin/python -m pytest -n 0 -rs tests/model $(ARGS)

# The tests import their helpers as `fakes.x`, with tests/ on the path; mypy has to look the same way.
lint: $(VENV)/.ready-dev ## rules, formatting, types, directions between rooms
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	MYPYPATH=tests $(VENV)/bin/mypy --explicit-package-bases bot storage tests
	$(VENV)/bin/lint-imports --no-cache

bench: $(VENV)/.ready-dev ## run the benchmarks, one after the other
	for file in tests/bench/[!_]*.py; do echo "== $$file"; PYTHONPATH=tests $(VENV)/bin/python "$$file" || exit 1; done

clean: ## remove everything made here but data/ and .env
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find bot storage tests -type d -name __pycache__ -prune -exec rm -rf {} +

# One environment in two stages: people who only run the bot need none of the developers' tools.
$(VENV)/.ready: pyproject.toml
	$(prepare_venv)
	@$(PIP) install --quiet -e .
	@touch $@

$(VENV)/.ready-dev: pyproject.toml
	$(prepare_venv)
	@$(PIP) install --quiet -e '.[dev]'
	@touch $(VENV)/.ready $@

NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))

# An environment whose Python has gone or is too old is made again; only a folder that is one is ever emptied.
define prepare_venv
@$(VENV)/bin/python -c '$(NEW_ENOUGH)' 2>/dev/null || { \
	command -v '$(PYTHON)' >/dev/null || { \
		echo "There is no '$(PYTHON)' here. Install Python 3.11 or newer, or name one: make PYTHON=python3.12 ..." >&2; exit 1; }; \
	'$(PYTHON)' -c '$(NEW_ENOUGH)' || { \
		echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$('$(PYTHON)' -V 2>&1). Name another: make PYTHON=python3.12 ..." >&2; exit 1; }; \
	'$(PYTHON)' -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "'$(PYTHON)' lacks its venv or pip modules. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; \
	if [ -e '$(VENV)/pyvenv.cfg' ]; then rm -rf '$(VENV)'; fi; \
	'$(PYTHON)' -m venv '$(VENV)'; }
@$(PIP) --version >/dev/null 2>&1 || $(VENV)/bin/python -m ensurepip >/dev/null || { \
	echo "$(VENV) has no pip. Remove the folder and try again." >&2; exit 1; }
@echo "Installing what pyproject.toml asks for into $(VENV) ..."
endef
