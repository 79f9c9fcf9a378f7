# `make` prints the targets. Once `Scripts/setup` has run, plain `swift build` and `swift test` work too.
.PHONY: help setup build run doctor test check golden fuzz matmul compilation bench guard scoreboard clean

help:             ## prints this list
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup:            ## installs the system packages that are missing, or says what to type
	@Scripts/setup

build: setup      ## builds everything for debugging
	swift build

run: setup        ## runs the Monte Carlo pi example; ARGS="--samples 1000000 --threads 1,2"
	swift run -c release monte-carlo-pi $(ARGS)

doctor: setup     ## tells what Martlet finds on this machine, what it can do, and what is wrong
	swift run -c release martlet doctor $(ARGS)

test: setup       ## runs every test; ARGS="--filter ArraysTests"
	swift test $(ARGS)

check: setup      ## checks format, style and how much there is to type check
	Scripts/check

golden: setup     ## rewrites the expected texts, and what the README's program prints
	MARTLET_UPDATE_GOLDEN=1 swift test --skip FuzzTests

fuzz: setup       ## compares random graphs on all back ends; GRAPHS=100000 SEED=1
	MARTLET_FUZZ_GRAPHS=$(or $(GRAPHS),10000) MARTLET_FUZZ_SEED=$(SEED) swift test -c release --filter FuzzTests

matmul: setup     ## times a 5000 by 5000 matrix product; ARGS="--size 2000 --dtype float64"
	swift run --package-path Benchmarks -c release matmul $(ARGS)

compilation: setup ## times the compilation of many kernels, a large graph and a warm start
	swift run --package-path Benchmarks -c release compilation $(ARGS)

bench: setup      ## prints a table of every workload beside hand-written C; ARGS="--threads 2"
	swift run --package-path Benchmarks -c release scoreboard $(ARGS)

guard: setup      ## fails where Martlet has fallen behind what Benchmarks/Thresholds keeps; ARGS="check code"
	Benchmarks/guard $(ARGS)

scoreboard: setup ## measures Martlet beside its peers; ARGS="--only 'pi*' --peers numpy,jax --json FILE"
	swift build --package-path Benchmarks -c release --product scoreboard
	python3 Benchmarks/peers/environments.py core
	Benchmarks/.peers/core/bin/python -B Benchmarks/peers/scoreboard.py $(ARGS)

clean:            ## removes everything that was built
	rm -rf .build Benchmarks/.build Benchmarks/.peers
