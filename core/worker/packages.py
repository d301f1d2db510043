"""The packages that the worker needs: are they there, are they those that Impasto brings?

Blender keeps one copy of a package for all extensions, the newest that any of them brings. Where
that is not Impasto's, the worker unpacks its own beside it. Only the standard library is imported
here, as nothing else may be there: ``python packages.py`` asks any Python whether it is fit.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

CARRIED = Path(__file__).with_name("carried.json")
"""What the zip brings: name -> version, and the modules in it. The build writes it."""

NEEDED = (
    "numpy",
    "onnxruntime",
    "scipy",
    "sklearn",
    "cv2",
    "OpenImageIO",
    "PIL",
    "psutil",
    "safetensors",
    "threadpoolctl",
    "matplotlib",
)
"""Modules without which there is no worker."""

OPTIONAL = {
    "OpenEXR": "EXR files cannot be used",
    "av": "movies cannot be used",
    "torch": "styles and generators cannot be fitted",
}
"""Modules that some jobs need, and what is the matter without them."""


@dataclass(frozen=True)
class Findings:
    """Say how the packages were found.

    Attributes
    ----------
    notes : tuple of str
        What is otherwise than usual, but no harm.
    warnings : tuple of str
        What an artist should know.
    """

    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def settle(sites: Sequence[str], own: str = "") -> Findings:
    """Make Impasto's own packages be found, before any of them is imported.

    Parameters
    ----------
    sites : sequence of str
        Folders with wheels, shared with other extensions, that are part of ``sys.path``.
    own : str
        Folder for copies of Impasto's own packages, which is made if need be; empty: none are made.

    Returns
    -------
    Findings
        What another extension has replaced, and what is missing.
    """
    notes, warnings = [], []
    fits = any(_is_of_this_python(site) for site in sites)
    # importlib.metadata would do it, but takes 70 ms for all packages, at each start.
    installed = [(folder, _listed(folder)) for folder in sys.path if folder]
    for name, (ours, modules) in _carried().items() if fits else ():
        first = next(((where, there) for where, there in installed if name in there), None)
        folder, theirs = (first[0], first[1][name]) if first else ("", "")
        if theirs == ours or (folder and folder not in sites):
            continue  # as it should be, or the choice of whoever made this Python
        what = f"has no {name} {ours}"
        if theirs:
            what = f"has {name} {theirs} of {_owner(name, theirs, sites)} instead of {ours}"
        try:
            copy = _own_copy(name, ours, own)
        except (OSError, ValueError, RuntimeError) as error:
            warnings.append(
                f"Blender {what}, and Impasto's own could not be unpacked ({error}): results may "
                f"differ. {_broken(modules)}".strip()
            )
        else:
            sys.path.insert(min(map(sys.path.index, sites)), copy)
            notes.append(f"Blender {what}; the worker uses its own {ours}")
    importlib.invalidate_caches()
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        warnings.append(
            f"The worker's Python has no {' and no '.join(missing)}. Install Impasto's zip again, or "
            "choose a Python that has it as External Python in the preferences."
        )
    return Findings(tuple(notes), tuple(warnings))


def self_test(sites: Sequence[str], own: str) -> tuple[str, ...]:
    """Import every package, in a process of its own, unless that went well before.

    Parameters
    ----------
    sites : sequence of str
        Folders with wheels, as in :func:`settle`.
    own : str
        Folder for copies; it also keeps a note of what went well.

    Returns
    -------
    tuple of str
        A sentence on what does not import; empty if all is well.
    """
    import hashlib
    import subprocess

    state = [
        sys.executable,
        sys.version,
        *((path, sorted(_listed(path).items())) for path in sys.path),
    ]
    key, note = hashlib.sha256(repr(state).encode()).hexdigest(), Path(own, "imported")
    if note.is_file() and note.read_text() == key:
        return ()
    flags = [("-I", sys.flags.isolated), ("-S", sys.flags.no_site)]
    command = [sys.executable, *(flag for flag, is_set in flags if is_set), __file__, "--own", own]
    for site in sites:
        command += ["--site", site]
    try:
        answer = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=300,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        if not answer.returncode:
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(key)
            return ()
    except (OSError, subprocess.SubprocessError):
        return ()  # no answer is no news; the next start asks again
    why = (answer.stderr.strip().splitlines() or [f"code {answer.returncode}"])[-1]
    said = (
        f"The worker's packages do not all import: {why}. Install Impasto's zip again, or choose "
        "another Python as External Python in the preferences."
    )
    return (said,)


def _carried() -> dict[str, tuple[str, list[str]]]:
    try:
        table = json.loads(CARRIED.read_text(encoding="utf-8"))
    except FileNotFoundError:  # a checkout, or a zip without wheels
        return {}
    return {name: (entry["version"], entry["modules"]) for name, entry in table.items()}


def _listed(folder: str) -> dict[str, str]:
    """Return the packages in a folder, and their versions, as their ``.dist-info`` say."""
    try:
        entries = os.listdir(folder)
    except OSError:
        return {}
    infos = [entry.removesuffix(".dist-info") for entry in entries if entry.endswith(".dist-info")]
    return {normalized(name): version for name, _, version in (i.partition("-") for i in infos)}


def normalized(name: str) -> str:
    """Return the name of a package as it is compared.

    Parameters
    ----------
    name : str
        As a file or a page spells it.

    Returns
    -------
    str
        Lower case, with ``-`` between the words.
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_of_this_python(site: str) -> bool:
    """Return whether wheels in a folder of Blender's are for the Python that runs."""
    return Path(site).parent.name == f"python{sys.version_info.major}.{sys.version_info.minor}"


def _owner(name: str, version: str, sites: Iterable[str]) -> str:
    """Return a description of the extension that brings a package."""
    import tomllib

    for site in sites:
        # extensions/.local/lib/python3.11/site-packages and extensions/REPOSITORY/EXTENSION
        root = Path(site, *[".."] * 4).resolve()
        for manifest in sorted(root.glob("*/*/blender_manifest.toml")):
            try:
                table = tomllib.loads(manifest.read_text(encoding="utf-8"))
                wheels = [Path(file).name.split("-") for file in table.get("wheels", ())]
            except (OSError, ValueError):
                continue
            if any((normalized(part[0]), part[1]) == (name, version) for part in wheels):
                return f'the extension "{table.get("name", manifest.parent.name)}"'
    return "another extension"


def _own_copy(name: str, version: str, own: str) -> str:
    """Unpack the wheel of a package into a folder of its own, unless it is there; return it."""
    import zipfile

    if not own:
        raise ValueError("no place for it")
    target = Path(own, name, version)
    if target.exists():
        return str(target)
    files = [f for f in ROOT.glob("wheels/*.whl") if _is_wheel_of(f, name, version)]
    if not files:
        raise ValueError("its wheel is missing")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=own, ignore_cleanup_errors=True) as folder:
        part = Path(folder, version)
        try:
            with zipfile.ZipFile(files[0]) as wheel:
                wheel.extractall(part)
        except zipfile.BadZipFile as error:
            raise ValueError(f"{files[0].name} is damaged") from error
        try:
            part.rename(target)
        except OSError:
            if not target.exists():  # else another Blender was faster
                raise
    for former in target.parent.iterdir():
        if former != target:
            shutil.rmtree(former, ignore_errors=True)
    return str(target)


def _is_wheel_of(file: Path, name: str, version: str) -> bool:
    spelled, written = file.name.split("-")[:2]
    return (normalized(spelled), written) == (name, version)


def _broken(modules: Iterable[str]) -> str:
    """Import modules; return a sentence on those that cannot be imported, or nothing."""
    broken = []
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception as error:  # a foreign package may fail in any way
            broken.append(f"{module} ({error})")
    if not broken:
        return ""
    return (
        f"It cannot even be imported: {', '.join(broken)}. Disable that extension, or install "
        "Impasto's zip again."
    )


def main() -> None:
    """Import everything; print the versions, and what is missing."""
    if sys.version_info < (3, 11):  # noqa: UP036 (any Python may be asked)
        sys.exit("it lacks Python 3.11 or newer")
    parser = argparse.ArgumentParser()
    parser.add_argument("--site", action="append", default=[], help="folder with wheels")
    parser.add_argument("--own", default="", help="folder for copies of Impasto's own packages")
    given = parser.parse_args()
    sys.path.extend(given.site)
    findings = settle(given.site, given.own)
    lacking = []
    for name in (*NEEDED, *OPTIONAL):
        try:
            print(name, getattr(importlib.import_module(name), "__version__", ""), flush=True)
        except Exception as error:  # a package that was put together wrongly may fail in any way
            if name in OPTIONAL:
                print(f"no {name}: {OPTIONAL[name]}")
            else:
                absent = isinstance(error, ImportError) and error.name == name
                lacking.append(name if absent else f"{name} ({error})")
    if lacking:
        sys.exit("it lacks " + ", ".join(lacking))
    print(*findings.notes, *findings.warnings, sep="\n")


if __name__ == "__main__":
    main()
