#!/bin/bash
# The extension in a real window, on each Blender generation. Exit code 77: this place allows no window.
#   tests/gui/run.sh [tests and options]    SUITES="sid trixie" by default; pictures go to dist/gui
#   tests/gui/run.sh tests/gui/bench_window.py   how quick it feels; figures, no test
#   tests/gui/run.sh screenshots            what has pictures, in the newest Blender, and the manual's pictures
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-.venv/bin/python}
suites=${SUITES:-sid trixie}
[ "${1:-}" != screenshots ] || suites=sid

gui_tests() {
  "$python" -m pytest -c tests/gui/pytest.ini --rootdir tests/gui --confcutdir tests/gui --suites "$suites" --durations 10 "$@"
}

# On a busy machine, which draws every pixel itself, a click can come too late. So what failed is run
# once more by itself, with what it builds on; only what fails again fails this script.
gui_tests_twice() {
  local code=0 again
  rm -rf dist/gui/*/speed.json dist/gui-first dist/gui-summary.txt
  gui_tests "$@" || code=$?
  summary "GUI tests ($suites)" "$(cat dist/gui/counts.txt)"
  [ $code = 1 ] || return $code
  mapfile -t again <dist/gui/failed.txt
  cp -r dist/gui dist/gui-first
  printf 'GUI tests FAILED (their pictures and logs: dist/gui-first). These are run once more:\n%s\n' "$(cat dist/gui/failed.txt)"
  stop
  code=0
  gui_tests "${again[@]}" || code=$?
  summary "needed a second run: ${#again[@]}" "$(printf '%s\n' "${again[@]}")"
  summary "second run" "$(cat dist/gui/counts.txt)"
  return $code
}

# What was skipped or needed a second run must not go unnoticed: CI prints this last.
summary() { printf '%s: %s\n' "$1" "$2" | tee -a dist/gui-summary.txt; }

# shellcheck disable=SC2086 # suites are several words
"$python" tests/gui/sandbox.py setup $suites
# No window is left behind, however this ends; nor by a run before that could not clean up.
stop() { "$python" tests/gui/sandbox.py stop $suites; }
stop
trap stop EXIT
"$python" tools/package.py --variant bare >/dev/null
# Its wheels come from the public index, unless they are here; without them, test_standard is skipped.
"$python" tools/package.py --variant standard --platform linux-x64 --python 3.14 >/dev/null ||
  summary "standard zip" "not built, as its wheels are not within reach"
if [ "${1:-}" = screenshots ]; then
  gui_tests_twice tests/gui/test_{active,tour,panels,features}.py
  "$python" tools/screenshots.py
else
  gui_tests_twice "${@:-tests/gui}"
fi
