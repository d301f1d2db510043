"""Arrows go one way: panels -> operators -> scene -> core, and nothing heavy enters Blender."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAME = "bl_ext.user_default.impasto"
HEAVY = {
    *("torch", "sklearn", "cv2", "scipy", "matplotlib", "safetensors", "OpenEXR", "PIL"),
    "psutil",
}
BELOW = {  # what each room may import of the others
    "core": {"core"},
    "scene": {"scene", "core", "properties", "preferences"},
    "operators": {"operators", "scene", "core", "properties", "preferences"},
    "panels": {"panels", "operators", "scene", "properties", "preferences"},
}


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """All imports of a file as (level, dotted name), those inside functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.level, node.module
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.level, alias.name) for alias in node.names)


def roots(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    return {name.split(".")[0] for level, name in imports(path) if level == 0}


def rooms(path: Path) -> set[str]:
    """The rooms of the extension that a file imports."""
    package = path.relative_to(ROOT).parent.parts
    found = set()
    for level, name in imports(path):
        if level:
            found.add((*package[: len(package) + 1 - level], *name.split("."))[0])
    return found & {*BELOW, "properties", "preferences"}


@pytest.mark.parametrize("path", modules("core"), ids=lambda p: str(p.relative_to(ROOT)))
def test_core_knows_no_blender(path):
    assert not roots(path) & {"bpy", "bl_ext", "mathutils", "gpu", "bmesh", "addon_utils"}


@pytest.mark.parametrize("room", ["scene", "operators", "panels"])
def test_blender_side_imports_nothing_heavy(room):
    found = {str(path.relative_to(ROOT)): roots(path) & HEAVY for path in modules(room)}
    assert not {path: names for path, names in found.items() if names}


@pytest.mark.parametrize("room", BELOW)
def test_arrows_go_one_way(room):
    found = {str(path.relative_to(ROOT)): rooms(path) - BELOW[room] for path in modules(room)}
    assert not {path: names for path, names in found.items() if names}


BLOCK = """
import importlib, importlib.abc, sys, types
class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in BLOCKED:
            raise ModuleNotFoundError(f'{name} is blocked', name=name)
sys.meta_path.insert(0, Blocked())
"""


def run(code: str, *arguments: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_core_module_imports_without_bpy():
    names = []
    for path in modules("core"):
        if path.name != "__main__.py":
            parts = path.relative_to(ROOT).with_suffix("").parts
            names.append(".".join((NAME, *parts)).removesuffix(".__init__"))
    code = f"""BLOCKED = {{'bpy', 'mathutils'}}
{BLOCK}
for name in ('bl_ext', 'bl_ext.user_default', {NAME!r}):
    module = sys.modules[name] = types.ModuleType(name)
    module.__path__ = []
module.__path__ = [{str(ROOT)!r}]
for name in sys.argv[1:]:
    importlib.import_module(name)
"""
    run(code, *names)


def test_extension_is_enabled_without_anything_heavy():
    pytest.importorskip("bpy")
    code = f"""BLOCKED = {HEAVY!r}
{BLOCK}
import bpy, addon_utils
assert addon_utils.enable({NAME!r}, default_set=True) is not None
addon_utils.disable({NAME!r}, default_set=True)
"""
    run(code)
