"""Imports go one way, between files and packages at every level; nothing heavy enters Blender."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAME = "bl_ext.user_default.impasto"
HEAVY = {
    *(
        "torch",
        "sklearn",
        "cv2",
        "onnxruntime",
        "scipy",
        "matplotlib",
        "safetensors",
        "OpenEXR",
        "OpenImageIO",
        "PIL",
        "av",
    ),
    "psutil",
}
_BASE = {"control", "errors"}

ARROWS: dict[str, dict[str, set[str]]] = {
    "": {  # the files and packages at the root
        "__init__": {"operators", "panels", "preferences", "properties", "scene", "translations"},
        "__main__": {"core"},
        "core": set(),
        "operators": {"core", "scene", "translations"},
        "panels": {"scene", "translations", "widgets"},
        "preferences": {"scene", "widgets"},
        "properties": {"scene"},
        "scene": {"core"},
        "translations": set(),
        "widgets": set(),
    },
    "scene": {
        "__init__": {"command_line", "icons", "jobs", "versioning"},
        "command_line": {"groups", "jobs", "looks", "options", "textures", "words"},
        "compat": set(),
        "create": {
            *("compat", "jobs", "looks", "lookup", "options", "plots", "storage"),
            *("textures", "words"),
        },
        "frames": {"compat", "jobs", "looks", "lookup", "options", "textures", "words"},
        "groups": {"jobs", "looks", "storage", "textures", "words"},
        "icons": set(),
        "jobs": {"lookup", "options"},
        "looks": {
            *("icons", "jobs", "lookup", "options", "plots", "storage", "textures", "words"),
        },
        "lookup": set(),
        "options": set(),
        "plots": {"jobs"},
        "props": set(),
        "storage": set(),
        "textures": {"compat", "lookup", "storage", "words"},
        "versioning": set(),
        "words": set(),
    },
    "core": {
        "__init__": set(),
        "__main__": {"cli"},
        "allocator": set(),
        "atomic": {*_BASE, "locks"},
        "libraries": set(),
        "locks": set(),
        "notes": {*_BASE, "atomic", "locks", "schema"},
        "cli": {
            *_BASE,
            "allocator",
            "atomic",
            "create",
            "image",
            "libraries",
            "locks",
            "notes",
            "paint",
            "styles",
            "tasks",
            "video",
            "worker",
        },
        "clustering": {*_BASE, "features", "image"},
        "control": {"errors"},
        "create": {
            *(*_BASE, "image", "memory", "models", "networks", "paint", "schema", "styles"),
            "tensor_file",
        },
        "errors": set(),
        "features": {*_BASE, "atomic", "image", "networks"},
        "image": {*_BASE, "atomic", "memory"},
        "memory": {"errors"},
        "mesh": {*_BASE},
        "models": {*_BASE, "image", "networks"},
        "networks": {*_BASE},
        "paint": {
            *(*_BASE, "atomic", "clustering", "image", "memory", "mesh", "models", "networks"),
            *("allocator", "schema", "styles", "tensor_file"),
        },
        "plots": {*_BASE, "atomic", "clustering", "features", "image"},
        "schema": {"errors"},
        "tensor_file": {"atomic", "errors", "schema"},
        "styles": {*_BASE, "image", "networks", "schema", "tensor_file"},
        "tasks": {
            *(*_BASE, "atomic", "clustering", "create", "features", "image", "mesh", "models"),
            *("allocator", "memory", "networks", "notes", "paint", "plots", "schema", "styles"),
            "video",
        },
        "video": {
            *(
                *_BASE,
                "atomic",
                "image",
                "models",
                "networks",
                "notes",
                "paint",
                "schema",
                "styles",
            ),
        },
        "worker": {*_BASE, "allocator", "libraries", "paint", "schema", "tasks", "video"},
    },
}
"""What each file and package of a folder may import of the others."""

IN_BLENDER = (
    *("scene", "operators", "panels", "__init__.py", "preferences.py", "properties.py"),
    *("translations.py", "widgets.py"),
)
"""What Blender's own process loads, besides the light parts of ``core``."""


def modules(part: str) -> list[Path]:
    """The Python files of a folder, or a file."""
    path = ROOT / part
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """All imports of a file as (level, dotted name), those inside functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = f"{node.module}." if node.module else ""
            yield from ((node.level, f"{module}{alias.name}") for alias in node.names)


def roots(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    return {name.split(".")[0] for level, name in imports(path) if level == 0}


def arrows(folder: str) -> dict[str, dict[str, set[str]]]:
    """What imports what: each file or package of a folder, what it imports of the others, and where."""
    parts = (folder,) if folder else ()
    found: dict[str, dict[str, set[str]]] = {}
    for file in (path for name in ARROWS[folder] for path in _files_of(ROOT / folder / name)):
        package = file.relative_to(ROOT).parent.parts
        me = file.relative_to(ROOT / folder).with_suffix("").parts[0]
        targets = found.setdefault(me, {})
        for level, name in imports(file):
            if not level:
                continue
            target = (*package[: len(package) + 1 - level], *name.split("."))
            inside = target[: len(parts)] == parts and len(target) > len(parts)
            if inside and target[len(parts)] != me:
                targets.setdefault(target[len(parts)], set()).add(str(file.relative_to(ROOT)))
    return found


def _files_of(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


@pytest.mark.parametrize("path", modules("core"), ids=lambda p: str(p.relative_to(ROOT)))
def test_core_knows_no_blender(path):
    assert not roots(path) & {"bpy", "bl_ext", "mathutils", "gpu", "bmesh", "addon_utils"}


@pytest.mark.parametrize("part", IN_BLENDER)
def test_blender_side_imports_nothing_heavy(part):
    found = {str(path.relative_to(ROOT)): roots(path) & HEAVY for path in modules(part)}
    assert not {path: names for path, names in found.items() if names}


@pytest.mark.parametrize("folder", ARROWS)
def test_every_file_and_package_is_in_the_table(folder):
    names = {path.stem for path in (ROOT / folder).glob("*.py")}
    if folder:
        names |= {path.parent.name for path in (ROOT / folder).glob("*/__init__.py")}
    assert names <= ARROWS[folder].keys()


@pytest.mark.parametrize("folder", ARROWS)
def test_arrows_go_one_way(folder):
    allowed = ARROWS[folder]
    wrong = {
        f"{source} -> {target}": sorted(files)
        for source, targets in arrows(folder).items()
        for target, files in targets.items()
        if target not in allowed[source]
    }
    assert not wrong
    tuple(TopologicalSorter(allowed).static_order())  # raises CycleError where there is a circle


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
