# benchside: what can be done with a checkout. `make` alone lists it.

GO   ?= go
BIN  := bin/benchside
TOOL := $(GO) tool -modfile=tools/go.mod
# KIT holds the tools that make big stores and time terminal programs.
KIT  ?= ../shared

# SQLite is C: the driver needs cgo.
export CGO_ENABLED := 1

.DEFAULT_GOAL := help
.PHONY: help need build install demo test race fuzz lint golden docs interop together crowd live bench ci clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

need:
	@tools/need.sh "$(GO)"

build: need ## build bin/benchside
	$(GO) build -trimpath -o $(BIN) ./cmd/benchside

install: need ## install benchside into Go's bin folder
	$(GO) install -trimpath ./cmd/benchside

demo: build ## build, then open the demo store
	@$(BIN) demo

test: need ## run the tests
	$(GO) test ./...

race: need ## run the tests under the race detector, without those that only run commands
	$(GO) test -race -short ./...

fuzz: need ## fuzz each parser and decoder with 3,000 inputs
	@tools/fuzz.sh "$(GO)" 3000x

lint: need ## check the formatting, vet, staticcheck, and that generated docs are current
	@tools/lint.sh "$(GO)"

golden: need ## write the golden frames of the screens again
	@tools/golden.sh "$(GO)"

docs: build ## write docs/keys.md and the frames of the README again
	@tools/docs.sh $(BIN) .

interop: build ## let the real mlflow (3.17.2 and 2.22.2) check what benchside reads and writes
	@interop/interop.sh $(BIN)

together: build ## change one registry from two benchsides and one mlflow at once, and kill writes
	@python=$$(interop/venv.sh 3.17.2) && "$$python" interop/together.py $(BIN)

crowd: build ## four mlflow trainings and two benchsides on one store, and killed writes (SECONDS=600 KILLS=500 for long)
	@python=$$(interop/venv.sh 3.17.2) && "$$python" interop/crowd.py $(BIN) --seconds $(or $(SECONDS),60) --kills $(or $(KILLS),40)

live: build ## watch a real mlflow training arrive on the screen, and time its commits
	@interop/live.sh $(BIN)

bench: build ## print the table of speed budgets (KIT=folder of the measuring tools)
	@bench/bench.sh $(BIN) "$(KIT)"

ci: ## run everything that continuous integration runs
	@.ci/run

clean: ## remove what was built, the environments of interop included
	rm -rf bin build .venv
