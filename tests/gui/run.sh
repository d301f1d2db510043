#!/bin/bash
# The extension in a real window, on each Blender generation. Exit code 77: this place allows no window.
#   tests/gui/run.sh [tests and options]           SUITES="sid trixie" by default
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-.venv/bin/python}
suites=${SUITES:-sid trixie}
# shellcheck disable=SC2086
"$python" tests/gui/sandbox.py setup $suites
"$python" tools/package.py --variant bare >/dev/null
exec "$python" -m pytest -c tests/gui/pytest.ini --rootdir tests/gui --confcutdir tests/gui \
  "${@:-tests/gui}" --suites "$suites"
