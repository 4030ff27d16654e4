# Python 3.8 or newer, for the set-up only; the environments bring their own.
PYTHON ?= python3
APP := .venv/bin
SETUP := $(PYTHON) scripts/setup.py

# Without the bytecode of our own modules every start takes longer.
unexport PYTHONDONTWRITEBYTECODE
export RASA_TELEMETRY_ENABLED := false
# Threads that spin while they wait cost ten times their work on a busy machine.
export OMP_WAIT_POLICY := passive

.DEFAULT_GOAL := help
.PHONY: help setup demo test soak lint format train serve clean

help: ## list all targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-8s %s\n' "$$name" "$$text"; done

setup: ## make the environments .venv and bot/.venv (RETRY_MODEL=1 looks for the Dutch model again)
	@$(SETUP) $(if $(RETRY_MODEL),--retry-model)

demo: ## everything at once: set up, train, load and analyse the sample, serve on http://localhost:8000
	@$(SETUP) --no-model
	@$(APP)/python scripts/demo.py

test: ## run the suite; SAMENSPRAAK_REQUIRE=browser,postgres,redis makes each such skip a failure
	@$(SETUP) --dev --no-model
	$(APP)/samenspraak train
	$(APP)/python $(if $(ARGS),-m pytest -m "not soak" $(ARGS),scripts/suite.py)

soak: ## run what is too long for every run
	@$(SETUP) --dev --no-model
	$(APP)/samenspraak train
	$(APP)/python -m pytest -m soak $(ARGS)

lint: ## check style, types and lock files; the JavaScript where npm is (SAMENSPRAAK_REQUIRE=node: it must be)
	@$(SETUP) --dev --app-only --no-model
	$(APP)/ruff check .
	$(APP)/ruff format --check .
	$(APP)/mypy
	@$(SETUP) --check-locks
	@if command -v npm >/dev/null; then \
		{ [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent --no-audit --no-fund; } && npm run --silent lint; \
	else \
		echo "JavaScript: not checked, there is no npm here (Debian: apt install npm)"; \
		case ",$$SAMENSPRAAK_REQUIRE," in *,node,*) echo "SAMENSPRAAK_REQUIRE names node"; exit 1;; esac; \
	fi

format: ## format the code and mend what can be mended
	@$(SETUP) --dev --app-only --no-model
	$(APP)/ruff check --fix .
	$(APP)/ruff format .

train: ## validate and train the assistant, if its inputs changed
	@$(SETUP) --no-model
	$(APP)/samenspraak train

serve: ## start web, Rasa and the action server
	@$(SETUP) --no-model
	$(APP)/samenspraak serve

clean: ## remove what tools and trainings made; environments and data (.venv, bot/.venv, var) stay
	rm -rf models results .rasa build dist node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -not -path '*/.venv/*' -not -path './.tools/*' -prune -exec rm -rf {} +
