# Every target that needs Python makes the environment first: .venv, from the lock, with the first Python 3.11 to 3.13 found.
# An active virtual or conda environment is used as it is (conda's own `base` is not one: it belongs to conda).
SHELL := /bin/sh
.DEFAULT_GOAL := help

ACTIVE := $(or $(VIRTUAL_ENV),$(if $(filter base,$(CONDA_DEFAULT_ENV)),,$(CONDA_PREFIX)))
ENVIRONMENT := $(or $(ACTIVE),$(CURDIR)/.venv)
WHOSE := $(if $(ACTIVE),active,own)
PYTHON := "$(ENVIRONMENT)/bin/python"
# One process a core, up to four; ARGS="-n 0" for a debugger.
PYTEST := $(PYTHON) -m pytest -n logical --maxprocesses 4

STUDY ?= data/demo
OUT ?=
ARGS ?=
# Many systems export a LANGUAGE of their own: only one given to make counts.
ifneq ($(origin LANGUAGE),command line)
LANGUAGE :=
endif

.PHONY: help report lab ci test test-all coverage check lint notebooks sentences lock audit clean environment environment-test

help:  ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo '  with STUDY=folder (data/demo)  OUT=folder (reports/<study>)  LANGUAGE=ja  ARGS="--set 02_best_customers.top_share=0.2"'

report: environment  ## Run a study's notebooks and write its report: STUDY, OUT, LANGUAGE, ARGS
	@$(PYTHON) -m icp_lab report "$(STUDY)" $(if $(OUT),--out "$(OUT)") $(if $(LANGUAGE),--language "$(LANGUAGE)") $(ARGS)

# tools/jupyter keeps JupyterLab from asking the network for news and new versions. In Japanese, translated copies of the
# notebooks are opened, in notebooks_ja: nothing that somebody changed there is ever overwritten.
lab: environment  ## Open the notebooks in JupyterLab on a study: STUDY, OUT, LANGUAGE
	@study=$$($(PYTHON) -c 'import os, sys; print(os.path.abspath(sys.argv[1]))' "$(STUDY)"); \
	out=$$($(PYTHON) -c 'import os, sys; print(os.path.abspath(sys.argv[1] or os.path.join("reports", os.path.basename(sys.argv[2]))))' "$(OUT)" "$$study"); \
	folder=$$($(PYTHON) tools/translate_notebooks.py "$$study" "$(LANGUAGE)") || exit 1; \
	cd "$$folder" && JUPYTER_CONFIG_PATH="$(CURDIR)/tools/jupyter:$$JUPYTER_CONFIG_PATH" ICP_LAB_STUDY="$$study" ICP_LAB_OUT="$$out" ICP_LAB_LANGUAGE="$(LANGUAGE)" $(PYTHON) -m jupyter lab $(ARGS)

test: environment-test  ## Run the fast tests (installs no system package; skips with the reason where one is missing)
	@$(PYTEST) -m "not slow and not browser" $(ARGS)

test-all: environment-test  ## Run all tests: slow ones, the browser and the notebooks' regression too
	@$(PYTEST) $(ARGS)

check: lint  ## Lint, types, layers, and the docs against the code
	$(PYTHON) -m pytest -q -m "not slow" tests/house

# In every process: pytest's workers, kernels, commands. What numba compiles is run once more as Python. A test that fails
# is said and stops nothing.
COMPILED = $(addprefix tests/methods/test_,_kernels.py bounds.py codes.py exhaustive.py search.py)
coverage: environment-test  ## Measure which lines of the package the tests reach: takes longer than test-all
	@rm -rf build/coverage && mkdir -p build/coverage
	-@$(PYTHON) -m coverage run -m pytest -n logical --maxprocesses 4 $(ARGS)
	-@NUMBA_DISABLE_JIT=1 $(PYTHON) -m coverage run -m pytest -q -n 0 -m "not slow" $(COMPILED)
	@$(PYTHON) -m coverage combine --quiet && $(PYTHON) -m coverage report

lint: environment-test
	$(PYTHON) -m ruff check
	"$(ENVIRONMENT)/bin/lint-imports" --no-logo
	$(PYTHON) -m mypy

ci: environment-test  ## Run a study anew and hold its conclusions to those kept in it (ARGS=--accept keeps them): STUDY, OUT, LANGUAGE
	@$(PYTHON) tools/conclusions.py "$(STUDY)" $(if $(OUT),--out "$(OUT)") $(if $(LANGUAGE),--language "$(LANGUAGE)") $(ARGS)

notebooks: environment  ## Run the house notebooks on the demo and keep their text results in them
	@$(PYTHON) tools/refresh_notebooks.py

sentences: environment  ## Bring the Japanese catalogue up to the sentences in code and notebooks; new ones are empty
	@mkdir -p build
	@$(PYTHON) -m babel.messages.frontend --quiet extract --mapping babel.cfg --keyword N_ --no-location --sort-output --output build/icp_lab.pot .
	@$(PYTHON) -m babel.messages.frontend update --locale ja --no-fuzzy-matching --no-wrap --omit-header --input-file build/icp_lab.pot --output-file src/icp_lab/locale/ja/icp_lab.po

LOCK = $(PYTHON) -m uv pip compile pyproject.toml --group build --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-header --quiet

lock: environment-test  ## Resolve the dependencies anew: one set of versions for Python 3.11 to 3.13 (ARGS=--upgrade for newer ones)
	$(LOCK) $(ARGS) --output-file requirements.lock
	$(LOCK) $(ARGS) --extra test --constraint requirements.lock --output-file requirements-test.lock

# The one target that asks a service on the network for more than packages; what could not be asked counts as a fault.
audit: environment-test  ## Hold the lock against known vulnerabilities, and the list of licences against the lock
	@$(PYTHON) tools/licences.py --check
	@$(PYTHON) -m uv tool run pip-audit --strict --disable-pip --require-hashes --requirement requirements-test.lock

clean:  ## Remove what runs and tools made; never a study, never a form that waits in to_fill
	@find reports -mindepth 2 -maxdepth 2 ! -name to_fill -exec rm -rf {} +
	@find reports -mindepth 1 -maxdepth 1 -type d -empty -exec rmdir {} +
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find src tests benchmarks tools -name __pycache__ -type d -prune -exec rm -rf {} +

environment:
	@sh tools/environment.sh "$(ENVIRONMENT)" $(WHOSE) requirements.lock

environment-test:
	@sh tools/environment.sh "$(ENVIRONMENT)" $(WHOSE) requirements-test.lock
