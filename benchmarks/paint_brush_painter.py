"""Run Brush Painter's own core once: ``python -m benchmarks.paint_brush_painter CHECKOUT PICTURE``.

Its module is loaded from a checkout of Paint System that lies elsewhere; Blender and what the module
takes from the rest of that extension are replaced by the little that it calls. Nothing of it is kept
here. Prints JSON: seconds of laying all stamps, peak memory, and the steps with the sizes of stamps.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import cv2
import numpy as np

from .meter import NICENESS, peak_memory

CORE = "brush_painter_core.py"
PRESET = "Gouache Short 1"
_PACKAGE = "peer.operators.image_filters"


def find(checkout: Path, name: str) -> Path | None:
    """Return a file or folder of a checkout by its name."""
    return next(checkout.rglob(name), None)


def main(checkout: Path, picture: Path) -> None:
    """Paint the picture with default settings, print JSON."""
    os.nice(NICENESS)  # paint_common would load our own code, which counts as memory
    core, preset = find(checkout, CORE), find(checkout, PRESET)
    assert core and preset, "this checkout has no Brush Painter"
    painter = painter_of(loaded(core))
    np.random.seed(0)
    watch: dict[str, float] = {}

    def lay(total: int, done: int) -> None:
        if done == 1:
            watch.update(begun=time.perf_counter(), count=total)
        elif done == total:
            watch["seconds"] = time.perf_counter() - watch["begun"]

    begun = time.perf_counter()
    painter.apply_brush_painting(_read(picture), brush_folder_path=str(preset), brush_callback=lay)
    answer = {
        "seconds": watch["seconds"],
        "count": int(watch["count"]) - 1,  # the first stamp is laid before the watch starts
        "whole": time.perf_counter() - begun,
        "steps": painter.steps_seen,
        "memory": peak_memory(os.getpid()),
    }
    print(json.dumps(answer))


def loaded(path: Path, real: tuple[str, ...] = ()) -> ModuleType:
    """Import the core from its file, with stubs for all that it imports besides numpy and ``real``."""
    anything = type("Anything", (), {})
    stubs: dict[str, dict[str, Any]] = {
        "bpy": {"types": SimpleNamespace(Object=anything, Image=anything)},
        "bmesh": {},
        "peer": {},
        "peer.operators": {},
        "peer.operators.image_filters": {},
        "peer.operators.common": {"blender_image_to_numpy": lambda image: image},
        "peer.paintsystem": {},
        "peer.paintsystem.image": {"ImageTiles": SimpleNamespace, "set_image_pixels": _keep},
        "peer.utils": {},
        "peer.utils.logging": {"get_logger": logging.getLogger},
    }
    for name, content in stubs.items():
        if name in real:
            continue
        module = ModuleType(name)
        module.__path__ = []
        vars(module).update(content)
        sys.modules[name] = module
    spec = importlib.util.spec_from_file_location(f"{_PACKAGE}.core", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def painter_of(module: ModuleType) -> Any:
    """Return a painter that reads its stamps without Blender, and notes their sizes."""

    class Painter(module.BrushPainterCore):  # type: ignore[name-defined]
        steps_seen: list[dict[str, Any]]

        def _load_image_path_to_numpy(self, path: str) -> np.ndarray:
            pixels = cv2.imread(path, cv2.IMREAD_UNCHANGED)
            return cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA).astype(np.float32) / 255

        def precalculate_step_data(self, brush_list: list, H: int, W: int) -> list:  # noqa: N803
            steps = super().precalculate_step_data(brush_list, H, W)
            self.steps_seen = [
                {
                    "size": step.actual_brush_size,
                    "count": step.num_samples,
                    "opacity": step.opacity,
                    "extents": [_extent(stamp) for stamp in step.scaled_brush_list],
                }
                for step in steps
            ]
            return steps

    return Painter()


def _extent(stamp: np.ndarray) -> tuple[int, int]:
    """Return height and width in pixels of what a stamp paints."""
    rows, columns = np.nonzero(stamp > 0)
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def _read(path: Path) -> SimpleNamespace:
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    color = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGBA).astype(np.float32) / 255
    return SimpleNamespace(tiles={1001: color}, ori_path="", ori_packed=False)


def _keep(image: SimpleNamespace, result: SimpleNamespace) -> None:
    image.tiles = result.tiles


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
