# `make run` and `make test` need git, make and Python 3.11+ only; everything else comes from the lock files.
PYTHON ?= python3
VENV   ?= .venv
TARGET ?= sim:
BENCH  ?=
SOAK   ?=
SOAK_LINKS ?=
SOAK_BRIDGE ?=
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip --disable-pip-version-check --no-input --quiet
export TARGET

.PHONY: run test test-bluez check lint types contracts docs screenshots bench soak lock wheelhouse clean

run: $(VENV)/.run  ## open the console on TARGET (several: TARGET="sim: local:")
	@set -f; exec $(PY) -m bletui $$TARGET

test: $(VENV)/.dev
	$(PY) -m pytest

# The local backend against the real kernel and bluetoothd in a virtual machine: qemu-system-x86 and apt, no root.
test-bluez: $(VENV)/.dev
	$(PY) -m tests.bluez_vm

check: lint types contracts

lint: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

types: $(VENV)/.dev
	$(PY) -m mypy

contracts: $(VENV)/.dev
	$(VENV)/bin/lint-imports

# Written from the code; tests fail when they are out of step.
docs: $(VENV)/.dev
	$(PY) -m bletui.errors.pages docs/errors
	$(PY) -m bletui.console.keys docs/keys.md
	$(PY) -m bletui.cli.manual docs/bletui.1
	$(PY) -m bletui.bridge.protocol.page docs/messages.md

screenshots: $(VENV)/.dev
	$(PY) -m tests.console.screenshots

# BENCH=--quick for a first impression. Each prints its targets beside its figures and fails where one is missed.
bench: $(VENV)/.dev
	@failed=0; for file in benchmarks/bench_*.py; do \
	  name=$$(basename $$file .py); echo "== $$name"; $(PY) -m benchmarks.$$name $(BENCH) || failed=1; \
	done; exit $$failed

# Minutes at the highest rate, then a day of links in virtual time: nothing may grow. SOAK="--minutes 60" for longer.
soak: $(VENV)/.dev
	$(PY) -m benchmarks.soak $(SOAK)
	$(PY) -m benchmarks.soak_links $(SOAK_LINKS)
	$(PY) -m benchmarks.key_walk
	$(PY) -m benchmarks.soak_console
	$(PY) -m benchmarks.soak_links --over cassia $(SOAK_LINKS)
	$(PY) -m benchmarks.soak_bluez
	BLETUI_KILLS=50 $(PY) -m pytest tests/bridge/test_killed.py tests/bridge/test_ringfile.py
	$(PY) -m benchmarks.soak_bridge $(SOAK_BRIDGE)

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "bletui needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "This Python has no venv/ensurepip. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.run: requirements.lock pyproject.toml | $(PY)
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(PY)
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# Needs uv. The lock files carry hashes and no addresses, so they work with any index or mirror.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links pyproject.toml
lock:
	$(LOCK) --extra router-api --extra mqtt --group build -o requirements.lock
	$(LOCK) --extra router-api --extra mqtt --group dev -o requirements-dev.lock

# Everything that a machine without a network needs; see docs/install.md.
wheelhouse: $(VENV)/.run
	$(PIP) download --require-hashes --dest wheelhouse -r requirements.lock
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir wheelhouse .

clean:
	rm -rf $(VENV) build dist wheelhouse
