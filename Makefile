# PYTHON=... names the Python to use. Otherwise it is the first of these that is new enough and can
# create virtual environments. The distribution's come first: they are compiled with optimisations,
# and run the tests an eighth quicker than one that was compiled on this machine without them.
SYSTEM_PYTHONS := /usr/bin/python3.13 /usr/bin/python3.12 /usr/bin/python3.11
PYTHON := $(or $(PYTHON), $(shell for python in $(SYSTEM_PYTHONS) \
	python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; from ensurepip import bootstrap; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
	2>/dev/null && echo $$python && break; done),python3)
DO = @exec $(PYTHON) -m dev
export ARGS

.PHONY: run quick test soak bench lint check format stop reset manage messages requirements help

run: ## Start MessageHub at http://localhost:8000 (PORT=8001, DEMO=0 without the demo, RELOAD=0 without restarts)
	$(DO) run

quick: ## Run linters and all tests without browsers and processes, or some: ARGS="tests/inbox -k reply"
	$(DO) quick

test: ## Run linters, checks and all tests, or only some tests: ARGS="tests/browser/test_desk.py"
	$(DO) test

soak: ## Run all tests three times with many examples and real waiting; takes an hour or so
	$(DO) soak

bench: ## Measure everything and compare it with the targets; takes most of an hour (ARGS=--quick: three minutes)
	@$(PYTHON) -m dev install
	@exec .venv/bin/python -m bench $(ARGS)

lint: ## Run only the linters
	$(DO) lint

check: ## Run only the checks: production settings, missing migrations
	$(DO) check

format: ## Format the code and fix what the linters can
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format . ; .venv/bin/djlint templates --reformat --quiet ; \
	.venv/bin/oxlint --fix static widget/*.js tests/static ; .venv/bin/oxfmt static widget/*.js widget/*.css tests/static

stop: ## Stop the MessageHub that runs from this checkout, and the servers that tests keep running
	$(DO) stop

reset: ## Stop MessageHub and delete its data
	$(DO) reset

manage: ## Run a Django command on the running MessageHub: make manage ARGS=shell
	$(DO) manage

messages: ## Update the translations (locale, widget/locale): add new texts, drop old ones, compile
	@LOCAL=1 .venv/bin/python manage.py updatecatalogs

requirements: ## Pin the newest versions that pyproject.toml allows (needs uv)
	$(DO) requirements

help: ## Show this list
	@sed -n 's/^\([a-z]*\): ## /\1\t/p' Makefile | expand -t 15
