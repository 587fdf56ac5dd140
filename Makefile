# make demo   install everything and open a working bot on this machine
# make install [EXTRAS=postgres]   only install, for running it
# make test   what CI runs: lint, types, architecture, content, tests
# make soak   the long fault and load runs
# make help   this text

SHELL := /bin/sh
TOOLS := $(CURDIR)/.tools
UV := $(shell command -v uv 2>/dev/null || echo $(TOOLS)/bin/uv)
PYTHON ?= python3.11
RUN := $(UV) run --frozen
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
export UV_LINK_MODE ?= copy
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
# Behind a proxy with its own certificates, usual in offices, uv has to trust the system's.
export UV_SYSTEM_CERTS ?= 1
export UV_NATIVE_TLS ?= 1

.PHONY: help demo test soak install install-dev system clean

help:
	@sed -n '1,/^$$/s/^# //p' Makefile

demo: install
	$(RUN) --no-dev kentongan demo

test: system install-dev
	sh tests/run.sh

soak: system install-dev
	$(RUN) pytest -m soak

# uv: the one on this machine, or one inside the project; never needs root.
$(TOOLS)/bin/uv:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is missing: install it, or say PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(TOOLS) || { echo "python3.11-venv is missing: install it" >&2; exit 1; }
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check "uv>=0.8"

install: $(UV)
	$(UV) sync --frozen --quiet --no-dev --python $(PYTHON) $(addprefix --extra ,$(EXTRAS))

install-dev: $(UV)
	$(UV) sync --frozen --quiet --extra postgres --python $(PYTHON)

# What the tests need beside Python, as Debian packages it: PostgreSQL, Chromium, Tesseract, espeak-ng, ffmpeg.
system:
	@sh tests/system.sh

clean:
	rm -rf .venv .tools var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
