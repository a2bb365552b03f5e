# Everything is set up in .venv by the first target that needs it; Python 3.11 or newer and make are enough.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
LOCK_VENV := .venv-lock
PEERS_VENV := .venv-peers
EDITOR_VENV := .venv-editor
UV_VERSION := 0.13.8
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The first Python that is new enough; `make PYTHON=/path/to/python ...` chooses another.
PYTHON = $(shell for name in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

# An environment is taken as it is while what it was made from and where it lies are unchanged.
digest = $(shell (pwd; cat $(1) pyproject.toml Makefile) | cksum | tr -s ' \t' '-')
RUN_STAMP := $(VENV)/installed-run-$(call digest,constraints/run.txt)
DEV_STAMP := $(VENV)/installed-dev-$(call digest,constraints/run.txt constraints/dev.txt)
BROWSER_STAMP := $(VENV)/installed-browser-$(call digest,constraints/dev.txt constraints/browser.txt)

.PHONY: help run-env dev-env demo test test-browser test-editor schema docs check lint types rooms dependencies format bench bench-peers bench-polling bench-steps bench-assets bench-gallery bench-lock test-faults test-fuzz golden glyphs lock clean distclean

help:
	@echo 'make demo         render the example campaign on the embedded simulator, into demo/'
	@echo 'make test         run the tests'
	@echo 'make test-browser look at the gallery and the review in Chromium'
	@echo 'make test-faults  kill points, chaos, full disks, many processes; make test-fuzz: hostile media'
	@echo 'make golden       write anew what is said about the golden projects'
	@echo 'make test-editor  prove the schema with the YAML language server (needs npm)'
	@echo 'make schema       write schemas/pipeline.schema.json anew; make docs: the generated pages'
	@echo 'make check        all of: make lint, make types, make rooms, make dependencies'
	@echo 'make format       put the code into shape'
	@echo 'make bench        measure callsheet; make bench-peers: other engines beside it'
	@echo 'make lock         pin the newest allowed dependencies in constraints/'
	@echo 'make clean        remove what was built; make distclean: the environments too'

$(PY):
	@test -n '$(PYTHON)' || { echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python3' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): | $(PY)
	rm -f $(VENV)/installed-*
	$(PY) -m pip install -q --require-hashes -r constraints/run.txt
	$(PY) -m pip install -q --no-deps --no-build-isolation -e .
	touch $@

$(DEV_STAMP): | $(RUN_STAMP)
	$(PY) -m pip install -q --require-hashes -r constraints/dev.txt
	touch $@

$(BROWSER_STAMP): | $(DEV_STAMP)
	$(PY) -m pip install -q --require-hashes -r constraints/browser.txt
	touch $@

run-env: $(RUN_STAMP)
dev-env: $(DEV_STAMP)

demo: run-env
	@$(BIN)/callsheet demo demo

test: dev-env
	$(PY) -m pytest -n 2

test-browser: $(BROWSER_STAMP)
	@chromium=$$(sh tests/browser/chromium.sh) && echo "in $$chromium" && \
	CHROMIUM="$$chromium" $(PY) -m pytest -n 2 -o norecursedirs=.* tests/browser

check: lint types rooms dependencies

lint: dev-env
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: dev-env
	$(PY) -m mypy

rooms: dev-env
	$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint()'

dependencies: dev-env
	$(PY) -m deptry engine

format: dev-env
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

$(EDITOR_VENV)/node_modules/.package-lock.json: tests/editor/package.json tests/editor/package-lock.json
	mkdir -p $(EDITOR_VENV)
	cp tests/editor/package.json tests/editor/package-lock.json $(EDITOR_VENV)
	npm ci --silent --no-audit --no-fund --prefix $(EDITOR_VENV)
	touch $@

test-editor: dev-env $(EDITOR_VENV)/node_modules/.package-lock.json
	$(PY) -m pytest tests/editor/yaml_language_server.py

schema: run-env
	$(BIN)/callsheet schema > schemas/pipeline.schema.json.new
	mv schemas/pipeline.schema.json.new schemas/pipeline.schema.json

docs: run-env
	$(PY) docs/generate.py
	$(BIN)/callsheet routes --markdown > docs/reference/fields.md

bench: run-env
	$(PY) benchmarks/bench.py

bench-polling: run-env
	$(PY) benchmarks/polling.py --speed 10

bench-steps: run-env
	$(PY) benchmarks/steps.py

bench-gallery: $(BROWSER_STAMP)
	$(PY) benchmarks/gallery.py

bench-assets: run-env
	$(PY) benchmarks/assets.py

bench-lock: run-env
	$(PY) benchmarks/lock.py

test-fuzz: dev-env
	FUZZ_INPUTS=60 $(PY) -m pytest -n 2 tests/makers/steps/test_hostile_media.py

glyphs: run-env
	$(PY) -c 'import sys; from callsheet.makers.steps.lettering import glyph_table as t; sys.stdout.write(t())' \
		> schemas/glyphs.json.new
	mv schemas/glyphs.json.new schemas/glyphs.json

golden: dev-env
	GOLDEN=write $(PY) -m pytest tests/golden

test-faults: dev-env
	FAULTS=full $(PY) -m pytest tests/faults

bench-peers: run-env
	$(PY) benchmarks/bench.py --peers $(PEERS_VENV)

# One set of pins for Linux and macOS and every Python we support, with the digest of every published file.
# LOCK_FLAGS=--upgrade-package=NAME moves one alone.
LOCK_FLAGS := --upgrade
COMPILE := $(LOCK_VENV)/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-header --no-annotate --quiet

$(LOCK_VENV)/uv-$(UV_VERSION):
	$(PYTHON) -m venv $(LOCK_VENV)
	$(LOCK_VENV)/bin/python -m pip install -q uv==$(UV_VERSION)
	touch $@

lock: $(LOCK_VENV)/uv-$(UV_VERSION)
	$(COMPILE) $(LOCK_FLAGS) --group build -o constraints/run.txt
	$(COMPILE) $(LOCK_FLAGS) --group build --group dev -c constraints/run.txt -o constraints/dev.txt
	$(COMPILE) $(LOCK_FLAGS) --group build --group dev --group browser -c constraints/dev.txt -o constraints/browser.txt

clean:
	rm -rf build dist demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache benchmarks/work
	find engine tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV) $(LOCK_VENV) $(PEERS_VENV) $(EDITOR_VENV)
