#!/bin/sh
# Everything that must hold, in the order in which it is cheapest to learn that it does not.
set -e
run() { echo "— $*"; .venv/bin/"$@"; }
run ruff check .
run ruff format --check .
run mypy
run lint-imports
run kentongan content check
run pytest -n 2 --dist worksteal -m "not soak"
