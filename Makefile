# The only commands to know. Each sets up what it needs, and works again on a machine that ran it before.
MAKEFLAGS += --no-print-directory
PY := .venv/bin/python
MANAGE := $(PY) manage.py

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run stop demo demo-inline test lint check chaos bench screenshots lock

help: ## this list
	@grep -E '^(help|run|stop|demo|demo-inline|test|check|chaos|bench|screenshots|lock):.*##' Makefile | sed -E 's/:.*## /|/' | awk -F'|' '{printf "make %-11s %s\n", $$1, $$2}'

setup:
	@scripts/setup.sh requirements.txt

setup-dev:
	@scripts/setup.sh requirements.txt requirements-dev.txt

run: setup ## start everything and print where it is; Ctrl-C stops it; PORT=8000, DETACH=1
	@exec $(if $(PORT),env PORT=$(PORT)) $(MANAGE) run $(if $(filter-out 0,$(DETACH)),--detach)

stop: ## stop what `make run` started
	@if [ -x $(PY) ]; then $(MANAGE) run --stop; else echo "Nothing is running."; fi

demo: setup ## a guided tour in the terminal, with or without `make run` going
	@$(MANAGE) demo

demo-inline: setup ## the same ideas without workers or Redis: jobs run in the process, step by step
	@$(MANAGE) demo --inline

test: setup-dev ## run the whole suite against services that it starts itself; ARGS="-k name -x" chooses
	@.ci/chromium
	@.ci/promtool
	@$(PY) -m pytest $(or $(ARGS),-n 2)

lint: setup-dev
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy .
	@.venv/bin/lint-imports --no-cache
	@$(PY) scripts/check_django.py

check: lint test ## format, lint, types, import contracts, migrations, deployment, then the tests

chaos: setup ## run jobs under faults and check every promise; ARGS="--jobs 2000 --faults 15 --seed 7"
	@$(MANAGE) jobs chaos $(ARGS)

bench: setup-dev ## measure beside its peers, in one run; ARGS="--systems celery,millrace --rounds 3"
	@$(PY) -m bench $(ARGS)

screenshots: setup-dev ## pictures of every page of the running site, into .millrace/pictures; PORT=8000
	@.ci/chromium
	@$(PY) -m tests.browser.screenshots http://127.0.0.1:$(or $(PORT),8000) .millrace/pictures

lock: export UV_NO_CACHE = 1
lock: setup-dev ## pin requirements*.in into requirements*.txt
	@$(PY) -m uv pip compile -q --universal --python-version 3.11 --no-annotate --no-header requirements.in -o requirements.txt
	@$(PY) -m uv pip compile -q --universal --python-version 3.11 --no-annotate --no-header requirements-dev.in -o requirements-dev.txt
