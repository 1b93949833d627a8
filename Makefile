# Every command of this project; `make` alone lists them. Needs Python 3.11 or newer and make: everything else is installed into .venv/ and .cache/.
.DEFAULT_GOAL := help
.SUFFIXES:
.PHONY: help setup demo up down clean check test soak bench progress lag quarantine conflicts accept replay verify rebuild logs contracts requirements env

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$python; break; }; done)
BIN := .venv/bin
LOCAL := $(BIN)/python -m deploy.local
INSTALL := $(BIN)/python -m deploy.local.install
RUNTIME := requirements/runtime.txt requirements/local.txt
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

help: ## show this
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-20s%s\n", $$1, $$2 }'

setup: .venv/runtime ## install what it needs into .venv/ (the others do it by themselves)

demo: .venv/runtime ## run everything here, with a publisher and a live table, until Ctrl-C
	@exec $(LOCAL) demo --end-with-parent

up: .venv/runtime ## run everything in the background, without the publisher
	@exec $(LOCAL) up

down: .venv/runtime ## end what `make up` started
	@exec $(LOCAL) down

clean: .venv/runtime ## end it and forget all its data
	@exec $(LOCAL) clean

progress: .venv/runtime ## show every indicator
	@exec $(LOCAL) progress

lag: .venv/runtime ## show how far each service is behind
	@exec $(LOCAL) lag

quarantine: .venv/runtime ## show what could not be taken, and why
	@exec $(LOCAL) quarantine

conflicts: .venv/runtime ## show both contents of what was said twice and differently (SERVICE=, PUBLISHER=)
	@exec $(LOCAL) conflicts $(SERVICE) $(if $(PUBLISHER),--publisher $(PUBLISHER))

accept: .venv/runtime ## go on with a TOPIC= that was made anew or lost records before SERVICE= read them
	@exec $(LOCAL) accept $(SERVICE) $(TOPIC)

replay: .venv/runtime ## take what waits there and can be taken now (SERVICE=, PUBLISHER=, REASON=)
	@exec $(LOCAL) replay $(SERVICE) $(if $(PUBLISHER),--publisher $(PUBLISHER)) $(if $(REASON),--reason $(REASON))

verify: .venv/runtime ## check that every number is what its facts give (SERVICE=)
	@exec $(LOCAL) verify $(SERVICE)

rebuild: .venv/runtime ## make SERVICE= anew from the log and swap it in (ARGS=--accept: also where it differs)
	@exec $(LOCAL) rebuild $(SERVICE) $(ARGS)

logs: .venv/runtime ## follow the logs (NAME=onboarding for one of them)
	@exec $(LOCAL) logs $(NAME)

check: .venv/dev ## style, types, boundaries and the quick tests: under a minute
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy shared services deploy tests
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q -m "not servers" tests

test: .venv/dev ## every test, on a real Kafka and a real PostgreSQL
	@$(BIN)/python -m pytest -q tests

soak: .venv/dev ## kill and break things for a while, and recount
	@exec $(BIN)/python -m tests.faults $(ARGS)

bench: .venv/dev ## how fast it is, against limits of the same run
	@exec $(BIN)/python -m benchmarks $(ARGS)

env: .env ## random passwords for docker compose, into .env

contracts: .venv/dev ## write JSON Schema and AsyncAPI anew from the models
	@exec $(BIN)/python -m shared.events.publish

requirements: .venv/dev ## pin the newest versions that pyproject.toml allows, and Kafka's jars
	@cd . && PATH="$(CURDIR)/$(BIN):$$PATH" && \
	$(COMPILE) --upgrade pyproject.toml -o requirements/runtime.txt && \
	for group in local dev java; do $(COMPILE) --upgrade --group $$group -c requirements/runtime.txt -o requirements/$$group.txt || exit 1; done
	@$(BIN)/python -m deploy.local.jars list

.env:
	@umask 077; for name in POSTGRES ONBOARDING EXPORT PROCUREMENT REPORTING; do \
	echo "$${name}_PASSWORD=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(24))')" || exit 1; done > $@.new && mv $@.new $@
	@echo "Passwords are in .env; 'docker compose up --build' uses them. Keep it private."

# An environment that was left half-made, or whose Python is gone, is made anew.
.venv/made:
	@test -n "$(PYTHON)" || { echo "Denyut needs Python 3.11 or newer: install it, or name it: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	$(PYTHON) -c 'import sys; print("This Python cannot make an environment: install its venv module (on Debian and Ubuntu the package python%d.%d-venv), then run make again." % sys.version_info[:2])' >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "An environment is made in .venv."; $(PYTHON) -m venv --clear .venv; }
	@touch $@

.venv/runtime: .venv/made $(RUNTIME) requirements/java.txt
	@$(INSTALL) $@ $(RUNTIME)

.venv/dev: .venv/runtime requirements/dev.txt
	@$(INSTALL) $@ $(RUNTIME) requirements/dev.txt
