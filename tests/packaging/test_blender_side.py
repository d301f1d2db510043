"""What of the zip runs in Blender's own process, and what reviewers of extensions refuse there."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

STARTS = ("__init__", "operators", "panels", "preferences", "properties", "scene", "translations")
"""Where Blender enters: all that these import, wherever they do it, is imported in its process."""

REFUSED_MODULES = {
    *("threading", "_thread", "concurrent", "multiprocessing", "asyncio"),
    *("socket", "socketserver", "ssl", "http", "ftplib", "smtplib", "xmlrpc", "requests"),
    *("pickle", "marshal", "runpy", "site"),
}
REFUSED_NAMES = {"eval", "exec", "compile", "__import__"}
REFUSED_ATTRIBUTES = {
    *(("sys", "path"), ("sys", "meta_path"), ("sys", "path_hooks"), ("os", "system")),
    *(("os", "popen"), ("urllib", "request"), ("site", "addsitedir")),
}
REFUSED_WORDS = ("threading", " eval(", " exec(", "shell=True", "sys.path", "import socket\n")
"""Looked for as text, comments included: what a reviewer's search finds has to be explained."""

LOADED = """
import importlib, json, pkgutil, sys, bpy, addon_utils
bpy.ops.extensions.package_install_files(
    filepath=sys.argv[1], repo="user_default", enable_on_install=True
)
name = "bl_ext.user_default.impasto"
for part in sys.argv[2:]:
    if part != "__init__":
        module = importlib.import_module(f"{name}.{part}")
        for found in pkgutil.walk_packages(getattr(module, "__path__", ()), module.__name__ + "."):
            importlib.import_module(found.name)
from bl_ext.user_default.impasto.scene.jobs import worker
from bl_ext.user_default.impasto.scene.options import WorkerSettings
worker.client(WorkerSettings(sys.executable))
worker.check(WorkerSettings(sys.executable)).exception()
from bl_ext.user_default.impasto.core.tasks.registry import tasks
tasks()
ours = [m.removeprefix(name).lstrip(".") for m in sys.modules if m == name or m.startswith(name + ".")]
print("ANSWER", json.dumps(sorted(ours)))
addon_utils.disable(name)
"""


@pytest.fixture(scope="module")
def sources(bare) -> dict[str, str]:
    """The modules of the zip, by their name within the extension, and their text."""
    with zipfile.ZipFile(bare) as archive:
        return {
            name.removesuffix(".py").replace("/", ".").removesuffix(".__init__"): archive.read(
                name
            ).decode()
            for name in archive.namelist()
            if name.endswith(".py")
        }


@pytest.fixture(scope="module")
def blender_side(sources) -> dict[str, str]:
    """The modules that Blender's process imports, followed from where it enters.

    Of core only imports at the top count: those within its functions are run by the worker.
    """
    found: dict[str, str] = {}
    waiting = [name for name in sources if name.split(".")[0] in STARTS]
    waiting += re.findall(r"^core\.tasks\.[a-z]\w*$", "\n".join(sources), re.M)  # the registry's
    while waiting:
        name = waiting.pop()
        if name in found or name not in sources:
            continue
        found[name] = sources[name]
        waiting += imported(name, sources)
        waiting += [name.rpartition(".")[0]]
    return found


def imported(name: str, sources: dict[str, str]) -> set[str]:
    """Modules of the extension that one of them imports."""
    tree = ast.parse(sources[name])
    package = name if any(other.startswith(name + ".") for other in sources) else parent(name)
    nodes = tree.body if name.startswith("core") else list(ast.walk(tree))
    found = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package.split(".") if package else []
            base = base[: len(base) - node.level + 1]
            start = ".".join([*base, *([node.module] if node.module else [])])
            found |= {start} | {f"{start}.{alias.name}".lstrip(".") for alias in node.names}
    return found


def parent(name: str) -> str:
    return "" if name == "__init__" else name.rpartition(".")[0]


def objections(text: str) -> list[str]:
    """What is refused in the text of a module."""
    found = [word.strip() for word in REFUSED_WORDS if word in text]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            names = []
        found += [name for name in names if name.split(".")[0] in REFUSED_MODULES]
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in REFUSED_NAMES:
                found.append(node.func.id)
            found += ["shell" for k in node.keywords if k.arg == "shell"]
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            pair = node.value.id, node.attr
            found += [".".join(pair)] if pair in REFUSED_ATTRIBUTES else []
    return found


def test_nothing_that_reviewers_refuse(blender_side):
    refused = {name: found for name, text in blender_side.items() if (found := objections(text))}
    assert refused == {}


@pytest.mark.parametrize(
    "text",
    [
        "import threading",
        "from concurrent.futures import Future",
        "x = eval('1')",
        "import subprocess\nsubprocess.run('ls', shell=1 > 0)",
        "import sys\nsys.path.append('x')",
        "from socket import socket",
        "import os\nos.system('ls')",
    ],
)
def test_what_is_refused_is_found(text):
    assert objections(text)


def test_no_module_of_the_process_is_overlooked(bare, blender_side, tmp_path, offline):
    """What a real Blender has loaded once everything is imported and a worker asked for."""
    done = subprocess.run(
        [*offline, sys.executable, "-c", LOADED, str(bare), *STARTS],
        env={
            "BLENDER_USER_RESOURCES": str(tmp_path),
            "PATH": "/usr/bin:/bin",
            "HOME": str(Path(tmp_path)),
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    answers = [line for line in done.stdout.splitlines() if line.startswith("ANSWER ")]
    assert answers, done.stdout[-2000:] + done.stderr[-2000:]
    loaded = {name or "__init__" for name in json.loads(answers[0].removeprefix("ANSWER "))}
    assert "core.worker.process" in loaded
    assert loaded - blender_side.keys() == set()
