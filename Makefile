# PYTHON=... chooses another; else the first of these that is new enough and can make environments.
PYTHON := $(or $(PYTHON), $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
	2>/dev/null && echo $$python && break; done),python3)
DO = @exec $(PYTHON) -m dev
export ARGS

.PHONY: run quick test soak lint check format stop reset manage requirements help

run: ## Start MessageHub at http://localhost:8000 (PORT=8001, DEMO=0 without the demo, RELOAD=0 without restarts)
	$(DO) run

quick: ## Linters and the tests without browsers and processes; ARGS="tests/inbox -k reply" for some
	$(DO) quick

test: ## Linters, checks and all tests; ARGS="tests/browser/test_desk.py" for some tests alone
	$(DO) test

soak: ## All tests with many examples, real waiting and repeats; takes an hour or so
	$(DO) soak

lint: ## Only the linters
	$(DO) lint

check: ## Only the checks: production settings, missing migrations
	$(DO) check

format: ## Put the code into the house's form
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format . ; .venv/bin/djlint templates --reformat --quiet ; \
	.venv/bin/oxlint --fix static widget/loader.js tests/static ; .venv/bin/oxfmt static widget/loader.js tests/static

stop: ## Stop the MessageHub that runs from here, and the servers that tests leave running
	$(DO) stop

reset: ## Forget all data (stops it first)
	$(DO) reset

manage: ## A Django command on the running MessageHub: make manage ARGS=shell
	$(DO) manage

requirements: ## Pin the newest fitting versions of pyproject.toml's dependencies (needs uv)
	$(DO) requirements

help: ## This list
	@sed -n 's/^\([a-z]*\): ## /\1\t/p' Makefile | expand -t 15
