# Needs python3 (3.11 or newer, with venv), make and git; everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
REQUIREMENTS := requirements/dev.txt
SPARK := requirements/spark.txt
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes --no-annotate \
  --no-header --no-emit-index-url
# what is measured or installed by our own commands must not depend on the caller's environment
unexport PYTHONPATH PYTHONHOME

.DEFAULT_GOAL := help
.PHONY: help setup run test test-pythons lint types contracts workflows docs check lock clean

help: ## Show this list.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-13s %s\n", $$1, $$2}'

setup: .venv/.installed ## Set up .venv with everything that is needed.

.venv/.installed: $(REQUIREMENTS) $(SPARK) pyproject.toml src/ratchetry/__init__.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "ratchetry needs Python 3.11 or newer: make PYTHON=python3.12"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(REQUIREMENTS) --requirement $(SPARK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: setup ## Run the main job on this repository.
	$(BIN)/ratchetry run

test: setup ## Run the tests.
	$(BIN)/python -m pytest -n auto --dist loadfile

test-pythons: setup ## Run the tests on other supported Pythons that are installed here (VERSIONS="3.12 3.13").
	scripts/test_pythons.sh $(VERSIONS)

lint: setup ## Check style and formatting.
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: setup ## Check types.
	$(BIN)/mypy

contracts: setup ## Check that imports point one way.
	$(BIN)/lint-imports

workflows: setup ## Check the workflows, and that one version stands everywhere.
	$(BIN)/zizmor --offline --no-progress --persona auditor .github
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions .github/actions/*/action.yml
	$(BIN)/python scripts/ci/update_config_versions.py --check

docs: setup ## Write the generated reference pages.
	$(BIN)/python scripts/reference.py --write

check: lint types contracts ## Check style, types, contracts and reference pages.
	$(BIN)/python scripts/reference.py --check

lock: setup ## Pin the newest versions of all dependencies, with hashes, for every Python that is supported.
	$(COMPILE) --group dev --extra sql --output-file $(REQUIREMENTS) pyproject.toml
	$(COMPILE) --group pyproject.toml:spark --output-file $(SPARK)
	$(COMPILE) --constraint $(REQUIREMENTS) --output-file requirements/run.txt pyproject.toml requirements/run.in
	$(COMPILE) --constraint $(REQUIREMENTS) --output-file requirements/uv.txt requirements/uv.in
	$(COMPILE) --output-file requirements/release.txt requirements/release.in

clean: ## Remove everything that was set up or written.
	rm -rf .venv .ratchetry .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
