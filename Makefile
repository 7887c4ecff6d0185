# Every target does its own set-up, says what it installs, and skips what is there.
.PHONY: run demo newsroom test build watch lint e2e bench setup

run:   ; @scripts/run
demo:  ; @scripts/demo
newsroom: ; @scripts/newsroom
test:  ; @scripts/test
build: ; @scripts/build
watch: ; @scripts/watch
lint:  ; @scripts/lint
e2e:   ; @scripts/e2e
bench: ; @scripts/bench
setup: ; @scripts/setup run test lint
