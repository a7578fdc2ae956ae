# Two commands are all that a newcomer needs: `make serve` and `make test`.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
DATA_DIR ?= ./var
SEEDS ?= seeds
# Tests run file by file in so many processes: they wait more than they work.
TEST_PROCESSES ?= 3

# Where pip finds a CPU build of torch: a folder of wheels, or the URL of a package index.
TORCH_WHEELS ?=
# CUDA=1 accepts the CUDA build (several GB) on a machine where no GPU is seen.
CUDA ?=

ifneq ($(TORCH_WHEELS),)
  ifneq ($(filter http://% https://%,$(TORCH_WHEELS)),)
    PIP_SOURCES := --extra-index-url $(TORCH_WHEELS)
  else
    PIP_SOURCES := --find-links $(TORCH_WHEELS)
  endif
endif

PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --constraint constraints.txt $(PIP_SOURCES)
PLAN := $(BIN)/python tools/plan_download.py --constraint constraints.txt $(PIP_SOURCES) \
	$(if $(CUDA),--allow-cuda)

.PHONY: help
help: ## Show what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */\1\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Quoth needs Python 3.11 or newer: make serve PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: pyproject.toml constraints.txt | $(BIN)/python
	@$(PLAN) .
	@$(INSTALL) --editable .
	@$(BIN)/quoth export-models --data-dir $(DATA_DIR)
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@$(PLAN) '.[dev]'
	@$(INSTALL) --editable '.[dev]'
	@touch $@

.PHONY: install
install: $(VENV)/.runtime ## Install Quoth into .venv

.PHONY: serve
serve: $(VENV)/.runtime ## Serve the archive and the web page; the seeds where nothing is held yet
	@$(BIN)/quoth serve --host $(HOST) --port $(PORT) --data-dir $(DATA_DIR) --seed $(SEEDS)

.PHONY: test
test: $(VENV)/.dev ## Run the whole suite
	@$(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --dist loadfile

.PHONY: check
check: $(VENV)/.dev ## Lint, format, types, imports, sizes
	@$(BIN)/ruff check --no-cache .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/house

.PHONY: format
format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: bench
bench: $(VENV)/.dev ## Measure speed side by side (SHORT=1: only that it works)
	@$(BIN)/python -m benchmarks.speed $(if $(SHORT),--short)
	@$(BIN)/python -m benchmarks.answering_parts $(if $(SHORT),--short)
	@$(BIN)/python -m benchmarks.chat_speed $(if $(SHORT),--short)
	@$(BIN)/python -m benchmarks.evaluation_speed $(if $(SHORT),--short)
	@$(BIN)/python -m benchmarks.slack_load --only acknowledged memory $(if $(SHORT),--short)

.PHONY: soak
soak: $(VENV)/.dev ## See whether the service holds out (SHORT=1: only that it works)
	@$(BIN)/python -m benchmarks.soak $(if $(SHORT),--short)
	@$(BIN)/python -m benchmarks.slack_load --only once $(if $(SHORT),--short)

.PHONY: eval
eval: $(VENV)/.runtime ## Score the seeds' gold questions, also in other words and with false premises
	@work=$$(mktemp -d) && trap 'rm -rf "$$work"' EXIT \
		&& export QUOTH_MODEL_CACHE="$${QUOTH_MODEL_CACHE:-$(abspath $(DATA_DIR))/models}" \
		&& $(BIN)/quoth ingest $(SEEDS) --data-dir "$$work" > /dev/null \
		&& $(BIN)/quoth eval run $(SEEDS)/gold.jsonl --data-dir "$$work" --out "$$work/first" \
		&& $(BIN)/quoth eval run $(SEEDS)/gold-paraphrased.jsonl --data-dir "$$work" --out "$$work/reworded" \
		&& $(BIN)/quoth eval run $(SEEDS)/gold-false-premises.jsonl --data-dir "$$work" \
		&& $(BIN)/quoth eval compare "$$work/first" "$$work/reworded" --reworded

.PHONY: gate
gate: $(VENV)/.runtime ## Hold the seeds' figures against their floors, in a fresh archive
	@work=$$(mktemp -d) && trap 'rm -rf "$$work"' EXIT \
		&& export QUOTH_MODEL_CACHE="$${QUOTH_MODEL_CACHE:-$(abspath $(DATA_DIR))/models}" \
		&& $(BIN)/quoth ingest $(SEEDS) --data-dir "$$work" > /dev/null \
		&& $(BIN)/quoth eval gate --data-dir "$$work"

.PHONY: constraints
constraints: ## Pin what is installed now (after a deliberate upgrade)
	@$(PIP) freeze --exclude-editable --exclude quoth | sed -E 's/^(torch==[0-9.]+)\+.*/\1/' > constraints.txt

.PHONY: clean
clean: ## Remove the environment and caches; the archive stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
