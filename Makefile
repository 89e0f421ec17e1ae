# The project's tasks. `make` alone lists them.

# The Python that makes the environment: the first of these that is new enough.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$python && break; done)
# Where `make demo` writes its data set.
DEMO ?= demo-dataset
# More arguments for the tests or the benchmarks: make test ARGS="-k assemble -x"
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TRAINERS := .venv-trainers
LOCK_VENV := .venv-lock
LOCK_TOOL := pip-tools==7.6.2

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test spark test-spark trainers test-trainers lint fix bench docs pictures lock lock-trainers clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(STAMP) ## Make .venv and install the project with what it needs, if not yet done

demo: setup ## Build a data set from examples/stream into demo-dataset, and show it
	$(BIN)/chinwag build examples/stream -o $(DEMO)
	$(BIN)/python examples/show.py $(DEMO)

test: setup ## Run all tests but those that start Spark (more arguments for pytest: ARGS="-k name")
	$(BIN)/python -m pytest -m "not spark" -n auto --maxprocesses 4 --dist loadfile $(ARGS)

spark: $(VENV)/.spark ## Install PySpark, some 450 MB (it needs Java 17 as well)

test-spark: spark ## Run what runs on Spark: every SELECT, every stage, a cluster whose workers are killed
	$(BIN)/python -m pytest -m spark $(ARGS) tests/engines tests/spark

trainers: $(TRAINERS)/.installed ## Make .venv-trainers with those who read the exports, PyTorch too: some 2 GB

test-trainers: trainers ## Let datasets, TRL, ConvoKit and others read the exports
	$(TRAINERS)/bin/python -m pytest tests/trainers $(ARGS)

lint: setup ## Check style, formatting, types and the layers of the package
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

fix: setup ## Format the code and fix what ruff can fix by itself
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: setup ## Write into ARCHITECTURE.md what follows from the code
	$(BIN)/python docs/render.py

pictures: setup ## Take the pictures in docs/ anew (needs Chromium)
	PYTHONPATH=. $(BIN)/python -m docs.pictures

bench: spark $(VENV)/.bench ## Run all benchmarks, beside other tools, and write benchmarks/results.md (to try it: ARGS=--small)
	PYTHONPATH=examples $(BIN)/python -m benchmarks $(ARGS)

lock: $(LOCK_VENV)/.installed ## Pin in requirements.lock the newest versions that pyproject.toml allows
	@mkdir -p build
	$(LOCK_VENV)/bin/pip-compile pyproject.toml --extra dev --extra databases --extra similarity --extra web --all-build-deps --allow-unsafe --strip-extras \
		--generate-hashes --upgrade --quiet --no-header --no-emit-options --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host --output-file build/requirements.lock
	@if grep -nE '://|^-|(^|[ (])/' build/requirements.lock; then \
		echo 'requirements.lock must name no address, no option and no path: left as it was.' >&2; exit 1; fi
	@{ echo '# Written by `make lock`: do not edit.'; cat build/requirements.lock; } > requirements.lock
	$(BIN)/python -c 'import tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
		print(*project["optional-dependencies"]["spark"], sep="\n")' > build/spark.in
	$(LOCK_VENV)/bin/pip-compile build/spark.in --constraint requirements.lock --generate-hashes --upgrade --quiet \
		--no-header --no-annotate --no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--output-file build/requirements-spark.lock
	@{ echo '# Written by `make lock`: do not edit.'; cat build/requirements-spark.lock; } > requirements-spark.lock
	$(BIN)/python -c 'import tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
		print(*project["optional-dependencies"]["bench"], sep="\n")' > build/bench.in
	$(LOCK_VENV)/bin/pip-compile build/bench.in --constraint requirements.lock --generate-hashes --upgrade --quiet \
		--no-header --no-annotate --no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--output-file build/requirements-bench.lock
	@{ echo '# Written by `make lock`: do not edit.'; cat build/requirements-bench.lock; } > requirements-bench.lock
	$(MAKE) lock-trainers

# The extra as it stands in pyproject.toml, in the versions of requirements.lock where both name a package. PyTorch is
# not locked: each machine has its own build of a version, and so its own hash; pyproject.toml names the version. Of
# ConvoKit nothing but itself is locked: what it loads a corpus with is in the extra, and it asks for spaCy, NLTK and
# sentence-transformers besides.
lock-trainers: $(LOCK_VENV)/.installed
	@mkdir -p build
	$(BIN)/python -c 'import tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
		print(*project["optional-dependencies"]["trainers"], sep="\n")' > build/trainers.in
	$(LOCK_VENV)/bin/pip-compile build/trainers.in --constraint requirements.lock --unsafe-package torch \
		--no-allow-unsafe --strip-extras --generate-hashes --upgrade --quiet --no-header --no-annotate --no-emit-options \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file build/trainers.out
	rm -rf build/convokit
	$(LOCK_VENV)/bin/pip download --quiet --no-deps --dest build/convokit convokit
	cd build/convokit && ../../$(LOCK_VENV)/bin/pip hash convokit-* > hash
	@{ echo '# Written by `make lock`: do not edit.'; sed '/^#/d; /^$$/d' build/trainers.out; \
		sed -E 's/^convokit-([0-9.]*[0-9]).*/convokit==\1 \\/; s/^--hash/    &/' build/convokit/hash; \
		} > build/requirements-trainers.lock
	@if grep -nE '://|^-|(^|[ (])/' build/requirements-trainers.lock; then \
		echo 'requirements-trainers.lock must name no address, no option and no path: left as it was.' >&2; exit 1; fi
	@mv build/requirements-trainers.lock requirements-trainers.lock

clean: ## Remove caches and what the demo and the build left (not .venv)
	rm -rf build dist demo-dataset .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache $(LOCK_VENV)
	find src tests examples benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(STAMP): requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.bench: requirements-bench.lock $(STAMP)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements-bench.lock
	@touch $@

$(VENV)/.spark: requirements-spark.lock $(STAMP)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-spark.lock
	@touch $@

# PyTorch comes last, as all that the extra in pyproject.toml asks for beyond the locks.
$(TRAINERS)/.installed: requirements.lock requirements-trainers.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m venv $(TRAINERS)
	$(TRAINERS)/bin/python -m pip install --quiet --no-deps --require-hashes \
		-r requirements.lock -r requirements-trainers.lock
	$(TRAINERS)/bin/python -m pip install --quiet --no-build-isolation -e '.[trainers]'
	@touch $@

$(LOCK_VENV)/.installed: Makefile | $(BIN)/python
	$(BIN)/python -m venv --clear $(LOCK_VENV)
	$(LOCK_VENV)/bin/python -m pip install --quiet '$(LOCK_TOOL)'
	@touch $@

$(BIN)/python:
	@python='$(PYTHON)'; \
	if test -z "$$python"; then \
		echo 'chinwag needs Python 3.11 or newer, and found none. Name one: make setup PYTHON=/path/to/python3' >&2; exit 1; fi; \
	if ! command -v "$$python" >/dev/null; then echo "There is no $$python here" >&2; exit 1; fi; \
	if ! "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
		echo "chinwag needs Python 3.11 or newer; $$python is $$("$$python" -V 2>&1). Name another: make setup PYTHON=..." >&2; exit 1; fi; \
	if ! "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
		echo "$$python cannot make a virtual environment. Debian and Ubuntu ship that apart: sudo apt-get install python3-venv" >&2; \
		exit 1; fi; \
	echo "$$python -m venv $(VENV)"; \
	"$$python" -m venv $(VENV)
