# Each target stands alone: it makes the virtual environment that it needs, and makes it again when
# pyproject.toml changes. `make PYTHON=python3.13 test` uses another interpreter.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
WORKERS ?= logical
# A file's tests stay together; in the order of the folders, the files that take longest do not come last.
SPREAD := --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
BIN := .venv/bin
LIBRARY := .venv/.library-is-installed
PRICING := .venv/.pricing-is-installed
WORKSHOP := .venv/.workshop-is-installed
OLDEST := .venv-oldest/.is-installed
POSTGRESQL_15 ?= /usr/lib/postgresql/15/bin
PIP := -m pip --quiet --disable-pip-version-check

.PHONY: help tour test test-oldest check bench bench-full docs api migration clean

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 14

tour: $(PRICING) ## the guided tour: every worked case run, every pattern drawn, the catalogue written
	$(BIN)/analysis-patterns tour

test: $(WORKSHOP) ## all the tests, on SQLite and on a PostgreSQL of their own
	$(BIN)/pytest $(SPREAD)

test-oldest: $(OLDEST) ## the same on the oldest SQLAlchemy that we support, and on Debian's PostgreSQL 15
	AP_POSTGRES_BIN=$(POSTGRESQL_15) .venv-oldest/bin/pytest $(SPREAD) -m 'not slow'

check: $(WORKSHOP) ## all that can be checked without running: form, style, types, who imports whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/analysis-patterns packages check

bench: $(WORKSHOP) ## the benchmarks, in sizes that take minutes
	$(BIN)/python -m benchmarks

bench-full: $(WORKSHOP) ## the benchmarks, in the sizes that the documents speak of
	$(BIN)/python -m benchmarks --full

docs: $(LIBRARY) ## the catalogue of patterns, as a site, and its pages in docs/ written anew
	$(BIN)/analysis-patterns catalogue build --docs docs

api: $(WORKSHOP) ## write down the public names as they are now, for `git diff` to show
	$(BIN)/python -m tests.public_api

migration: $(WORKSHOP) ## write down, as the newest migration's statements, what the models declare now
	$(BIN)/python -m tests.migration

clean: ## remove whatever the other targets made
	rm -rf .venv .venv-oldest build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

$(LIBRARY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python $(PIP) install --upgrade 'pip>=25.1'
	$(BIN)/python $(PIP) install --editable .
	touch $@

$(PRICING): $(LIBRARY)
	$(BIN)/python $(PIP) install --editable '.[pricing]'
	touch $@

$(WORKSHOP): $(LIBRARY)
	$(BIN)/python $(PIP) install --group dev
	touch $@

$(OLDEST): pyproject.toml
	$(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python $(PIP) install --upgrade 'pip>=25.1'
	.venv-oldest/bin/python $(PIP) install --editable . --group dev 'SQLAlchemy==2.0.47'
	touch $@
