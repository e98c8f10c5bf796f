# The project's commands. tools/install.sh first gets what they need; it links a recent Rust to target/rust where PATH has none.
export PATH := $(CURDIR)/target/rust:$(PATH)
export CARGO_TARGET_DIR := $(CURDIR)/target

.PHONY: help demo demo-qt demo-winforms demo-python test stress windows packages header bench instructions mutants

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile

demo: ## build the library and log in with a small C program
	@tools/install.sh demo
	cargo build --release --locked -p desksession
	@mkdir -p target/demo
	$(CC) -std=c11 -Wall -Wextra -Wpedantic -O2 -Iinclude -o target/demo/demo bindings/c/demo/*.c \
		-Ltarget/release -ldesksession -Wl,-rpath,'$$ORIGIN/../release'
	@target/demo/demo

demo-qt: ## build and open the small till, in Qt
	@tools/install.sh demo-qt
	cargo build --release --locked -p desksession
	cmake -S bindings/cpp -B target/demo-qt -DDESKSESSION_TESTS=ON && cmake --build target/demo-qt --target front-desk
	target/demo-qt/examples/front_desk/front-desk

demo-winforms: ## build and open the small till, in WinForms (on Mono)
	@tools/install.sh demo-winforms
	cargo build --release --locked -p desksession
	DESKSESSION_LIBRARY=$(CURDIR)/target/release/libdesksession.so bindings/csharp/test.sh build
	MONO_WINFORMS_XIM_STYLE=disabled mono target/csharp/mono/front-desk.exe

demo-python: ## build and open the small till, in Tkinter
	@tools/install.sh demo-python
	cargo build --release --locked -p desksession
	cd bindings/python && for python in python3 /usr/bin/python3; do $$python -c 'import tkinter' && break; done 2>/dev/null; \
		DESKSESSION_LIBRARY=$(CURDIR)/target/release/libdesksession.so PYTHONPATH=.:examples $$python -m front_desk

test: ## check and test everything; with CI set, skipping is failing
	@tools/install.sh test
	@tools/test.sh

stress: ## eight processes of eight threads on one store, some of them killed, for a minute (STRESS_SECONDS)
	@tools/install.sh test
	STRESS_SECONDS=$${STRESS_SECONDS:-60} cargo test --locked --test stress -- --nocapture

windows: ## build desksession.dll for Windows, 64-bit and 32-bit, into target/windows
	@tools/install.sh windows
	@tools/windows/build.sh

packages: windows ## build what a release consists of into target/packages: NuGet, wheels, the zip for Windows, checksums
	@tools/install.sh packages
	cargo build --release --locked -p desksession
	DESKSESSION_LIBRARY=$(CURDIR)/target/release/libdesksession.so bindings/csharp/test.sh build
	@tools/packages.sh

header: ## write include/desksession.h anew, after a change of the exported functions
	@tools/install.sh demo
	BLESS=1 cargo test --locked --test header

bench: ## measure, all or ONLY="verify login" (benches/run.sh)
	@tools/install.sh bench
	@benches/run.sh $(ONLY)

instructions: ## count what a verify and a login execute, beside what they did (BLESS=1 accepts)
	@tools/install.sh test
	@benches/instructions.py

mutants: ## take each mechanism out and see a test fail (long)
	@tools/install.sh test
	@python3 tests/mutants.py "$(ONLY)"
