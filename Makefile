# Every target does its own set-up, says what it installs, and skips what is there.
.PHONY: run demo test build watch lint e2e bench setup

run:   ; @scripts/run
demo:  ; @scripts/demo
test:  ; @scripts/test
build: ; @scripts/build
watch: ; @scripts/watch
lint:  ; @scripts/lint
e2e:   ; @scripts/e2e
bench: ; @scripts/bench
setup: ; @scripts/setup run test lint
