# The project's commands. tools/install.sh first gets what they need; it links a recent Rust to target/rust where PATH has none.
export PATH := $(CURDIR)/target/rust:$(PATH)
export CARGO_TARGET_DIR := $(CURDIR)/target

.PHONY: help demo test header bench mutants

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

demo: ## build the library and log in with a small C program
	@tools/install.sh demo
	cargo build --release --locked -p desksession
	@mkdir -p target/demo
	$(CC) -std=c11 -Wall -Wextra -Wpedantic -O2 -Iinclude -o target/demo/demo bindings/c/demo/*.c \
		-Ltarget/release -ldesksession -Wl,-rpath,'$$ORIGIN/../release'
	@target/demo/demo

test: ## check and test everything; with CI set, skipping is failing
	@tools/install.sh test
	@tools/test.sh

header: ## write include/desksession.h anew, after a change of the exported functions
	@tools/install.sh demo
	BLESS=1 cargo test --locked --test header

bench: ## measure (benches/run.sh)
	@tools/install.sh bench
	@benches/run.sh

mutants: ## take each mechanism out and see a test fail (long)
	@tools/install.sh test
	@python3 tests/mutants.py "$(ONLY)"
