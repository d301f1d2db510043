# make demo and make test set everything up by themselves: Python 3.11, no root.
PYTHON ?= python3.11
VENV   := .venv
PY     := $(VENV)/bin/python
READY  := $(VENV)/.ready
# More arguments for pip, for instance where a CPU build of torch is to be found.
PIP_ARGS ?=

export PYTHONDONTWRITEBYTECODE ?= 1

.DEFAULT_GOAL := help
.PHONY: help venv demo test test-gui fuzz lint format bench bench-quality bench-speed bench-window bench-clusters bench-frames bench-generate bench-refine \
        bench-paint bench-material train \
        listing package screenshots pictures clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

venv: $(READY) ## make the virtual environment with bpy and torch
$(READY): requirements.txt constraints.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet $(PIP_ARGS) -r requirements.txt -c constraints.txt
	$(PY) -m pip install --quiet --no-deps --editable .
	touch $@

demo: $(READY) ## build the demo scene, group and restyle its textures; pictures in demo/out/
	$(PY) demo/run.py

test: $(READY) ## run the tests (core and real bpy)
	timeout --kill-after=30 1500 $(PY) -m pytest -q --durations 10 --durations-min 1

test-gui: $(READY) ## drive real Blender windows (needs root on Debian; says when it must skip)
	@bash tests/gui/run.sh || { code=$$?; [ $$code = 77 ] || exit $$code; \
	  echo "GUI tests skipped: no Blender window can be had on this machine."; }

fuzz: $(READY) ## read damaged files of our own, by a seed: make fuzz FUZZ_ARGS="--seed 5 --count 300"
	$(PY) -m tests.fuzz.run $(FUZZ_ARGS)

lint: $(READY) ## ruff and mypy
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

format: $(READY) ## let ruff format and mend what it can
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

bench: $(READY) ## seconds and memory of Analyze, Stylize, the worker and register()
	$(PY) -m benchmarks.bench_main

bench-quality: $(READY) ## style and content distance beside the peer, and a sheet
	$(PY) -m benchmarks.bench_quality

bench-speed: $(READY) ## seconds, arithmetic and memory of the bare generator, beside a reference network
	$(PY) -m benchmarks.bench_speed

bench-window: $(READY) ## how long Blender's window takes to enable, draw and click, on each Blender
	@bash tests/gui/run.sh tests/gui/bench_window.py -s

bench-clusters: $(READY) ## how well and how fast textures are grouped, and shots are found
	$(PY) -m benchmarks.bench_clusters
	$(PY) -m benchmarks.bench_shots

bench-frames: $(READY) ## how still a restyled animation holds, and what it costs
	$(PY) -m benchmarks.bench_frames

bench-generate: $(READY) ## how good and how fast the generators of Create are
	$(PY) -m benchmarks.bench_generate

bench-refine: $(READY) ## what two minutes on one style bring, and a sheet
	$(PY) -m benchmarks.bench_refine

bench-paint: $(READY) ## strokes and patches beside their peers, and sheets to judge blind
	$(PY) -m benchmarks.bench_paint $(PAINT_ARGS)

bench-material: $(READY) ## how visible UV seams are after painting, what that costs, and pictures
	$(PY) -m benchmarks.bench_material

train: $(READY) ## train the generator, or go on from the last checkpoint
	$(PY) -m training.train
	$(PY) -m training.export
	$(PY) -m training.metric
	$(PY) -m training.build_styles

listing: $(READY) ## build the zips for everyone, previews and texts for the extension platform, and check its rules
	$(PY) tools/listing.py

package: $(READY) ## build every zip that can be built here and static repositories of them, in dist/
	$(PY) tools/package.py --variant all $(PACKAGE_ARGS)

pictures: $(READY) ## draw the manual's sheets and plots from our own drawings
	$(PY) -m benchmarks.docs_pictures
	$(PY) -m benchmarks.clustering_plots

screenshots: $(READY) ## make the manual's screenshots from a real Blender window
	bash tests/gui/run.sh screenshots

clean: ## remove what was made, but not the virtual environment
	rm -rf demo/out benchmarks/out dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
