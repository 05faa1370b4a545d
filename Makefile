# Every target makes and updates .venv by itself; `make` alone explains.
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
CODE := $(wildcard src tests typing_tests benchmarks migrations scripts)

.DEFAULT_GOAL := help
.PHONY: help ready demo test check fix bench soak lock clean

help: ## what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-6s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo 'Options go into ARGS: make demo ARGS=--once, make test ARGS="-k Lifecycle -x"'

ready: # .venv as pinned; a fraction of a second when nothing has changed
	@$(PYTHON) scripts/bootstrap.py

demo: ready ## run the journeys on example data, then stay up until Ctrl-C
	@$(BIN)/tramita demo $(ARGS)

test: check ## every check and every test
	$(BIN)/pytest -n 5 --dist worksteal $(ARGS)

check: ready ## everything that is said about the code without running it
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry .
	$(BIN)/codespell
	$(BIN)/python -m tramita.cli.docs --check
	$(BIN)/python -m tramita.cli.catalogs --check

fix: ready ## let the tools mend what they can
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)
	$(BIN)/python -m tramita.cli.docs
	$(BIN)/python -m tramita.cli.catalogs

bench: ready ## measure; tables and plots go to benchmarks/results
	$(BIN)/python -m benchmarks $(ARGS)

soak: ready ## keep it under load and faults for a while, then check every invariant
	$(BIN)/pytest -m soak -n 3 --dist worksteal
	$(BIN)/pytest --hypothesis-profile exploring --randomly-seed=$$(date +%s) -n 3 --dist worksteal
	$(BIN)/python -m benchmarks soak $(ARGS)

lock: ## pin the dependencies anew (needs uv)
	uv pip compile --universal --generate-hashes --python-version 3.11 --group dev pyproject.toml \
		--no-emit-index-url --no-emit-find-links --no-header -q -o requirements.lock

clean: ## remove .venv and caches; the data in .data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
