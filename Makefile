# Every target does its own set-up: what is missing on a Debian machine is installed, elsewhere it is named.
# `make` alone tells what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
export PATH := $(HOME)/.cargo/bin:$(PATH)
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help run test check bench web

cairn := --package cairn-web --bin cairn
# Other people's calendar readers, for the tests of what we write.
readers := $(addprefix crates/calendar/readers/,node_modules/.installed site/.installed)

help: ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## the living example at http://localhost:8080 (ARGS="--help" for more)
	@scripts/setup.sh cargo cc node
	@$(MAKE) --no-print-directory web
	cargo run $(cairn) -- demo $(ARGS)

test: ## everything: both databases, then the journeys in a browser
	@scripts/setup.sh cargo cc node postgres chromium strace smtp pip
	@$(MAKE) --no-print-directory web web/browser/node_modules/.installed $(readers)
	cargo test --workspace
	cargo build $(cairn)
	CAIRN_BIN="$$(scripts/target-dir.sh)/debug/cairn" npm --prefix web/browser test

check: ## the quick look: format, lints, types, rules, tidiness
	@scripts/setup.sh cargo cc node
	@$(MAKE) --no-print-directory web web/browser/node_modules/.installed
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- --deny warnings
	npm --prefix web run check
	npm --prefix web/browser run check
	cargo test --package cairn-rules
	cargo test --workspace --test it -- tidy::

bench: ## measures, and writes docs/benchmarks.md
	@scripts/setup.sh cargo cc postgres
	@$(MAKE) --no-print-directory web
	cargo build --release $(cairn)
	cargo run --release --package cairn-bench -- $(ARGS)

web: web/.built ## styles, islands, icons and fonts for the browser, into web/dist

# Built again when a source is newer, or when web/dist has gone.
sources := $(shell find web -path '*/node_modules' -prune -o -path web/dist -prune -o -path web/browser -prune -o -type f ! -name '.*' -print)
web/.built: web/node_modules/.installed $(sources) $(if $(wildcard web/dist/*),,gone)
	npm --prefix web run build
	@touch $@
.PHONY: gone

%/node_modules/.installed: %/package-lock.json
	@scripts/setup.sh node
	npm --prefix $* ci
	@touch $@

%/site/.installed: %/requirements.txt
	@scripts/setup.sh pip
	rm -rf $*/site
	/usr/bin/python3 -m pip install --quiet --root-user-action=ignore --only-binary=:all: --no-deps --require-hashes --target $*/site --requirement $<
	@touch $@
