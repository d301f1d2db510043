"""Build the extension's zips and a static repository that Blender installs and updates from.

    python tools/package.py                        the standard zips of every platform and Python
    python tools/package.py --variant all          every zip that can be built here
    python tools/package.py --variant full --platform linux-x64 --python 3.11
    python tools/package.py --variant bare         no wheels: for a Blender with a Python of its own
    python tools/package.py --table docs/packages.md    sizes and hashes, between its markers

Blender's own ``extension build``, ``validate`` and ``server-generate`` do the work (they come with
the bpy module and need no Blender). The zip is then rewritten in a fixed order with fixed times, so
that the same input has the same hash.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "wheels"))

from targets import GENERATIONS, PLATFORMS, Generation  # noqa: E402

import wheels  # noqa: E402  (the folder is a tool, not an installed package)

MANIFEST = "blender_manifest.toml"
CARRIED = Path("core", "worker", "carried.json")
"""What the zip brings, for the worker to compare with what it finds: see core/worker/packages.py."""
OUT = ROOT / "dist"
BEGIN, END = "<!-- packages: begin -->", "<!-- packages: end -->"


class PackageError(Exception):
    """A zip cannot be built; the text says why."""


@dataclass(frozen=True)
class Package:
    """One zip to build."""

    platform: str
    generation: Generation | None
    variant: str
    """``bare`` carries no wheels and so fits every platform and Python: then the others are
    empty."""

    def name(self, version: str) -> str:
        """The zip's file name."""
        if self.generation is None:
            return f"impasto-{version}-{self.variant}.zip"
        platform = self.platform.replace("-", "_")
        return f"impasto-{version}-{platform}-{self.generation.tag}-{self.variant}.zip"

    def __str__(self) -> str:
        if self.generation is None:
            return self.variant
        return f"{self.variant}, {self.platform}, Python {self.generation.python}"

    def wheels(self) -> list[wheels.Wheel]:
        """What it carries."""
        if self.generation is None:
            return []
        chosen = wheels.choose(
            wheels.read_lock(),
            platform=self.platform,
            python=self.generation.python,
            variant=self.variant,
        )
        if self.variant == "full" and not any(wheel.name == "torch" for wheel in chosen):
            raise PackageError("the public index has no torch for its processor; take standard")
        return chosen

    def conditions(self) -> dict[str, object]:
        """The manifest's lines on where the zip may be installed."""
        if self.generation is None:
            return {}
        lines = {"platforms": [self.platform], "blender_version_min": self.generation.blender_min}
        if self.generation.blender_max:
            lines["blender_version_max"] = self.generation.blender_max
        return lines


def build(package: Package, out: Path) -> Path:
    """Fetch the wheels, stage the sources, let Blender build and validate, make it reproducible."""
    carried = package.wheels()
    try:
        wheels.fetch(carried)
    except subprocess.CalledProcessError as error:
        raise PackageError("not all of its wheels are within reach") from error
    manifest = tomllib.loads((ROOT / MANIFEST).read_text())
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder, "source")
        _copy_sources(stage)
        (stage / "wheels").mkdir(exist_ok=True)
        for wheel in carried:
            (stage / "wheels" / wheel.file).symlink_to(wheel.path)
        manifest |= package.conditions()
        if carried:
            manifest["wheels"] = [f"./wheels/{wheel.file}" for wheel in carried]
            (stage / CARRIED).write_text(json.dumps(carried_packages(carried), indent=1) + "\n")
        (stage / MANIFEST).write_text(to_toml(manifest))
        built = Path(folder, package.name(manifest["version"]))
        _blender("build", "--source-dir", str(stage), "--output-filepath", str(built))
        _blender("validate", str(built))
        out.mkdir(parents=True, exist_ok=True)
        target = out / built.name
        normalise(built, target)
    return target


def _copy_sources(stage: Path) -> None:
    """The files that git knows or would add; the manifest's own exclusions apply on top of that."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        source = ROOT / name
        if source.is_file():
            target = stage / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def carried_packages(carried: list[wheels.Wheel]) -> dict[str, dict[str, object]]:
    """Version of each package, as its installed folder will spell it, and its modules."""
    table: dict[str, dict[str, object]] = {}
    for wheel in sorted(carried, key=lambda wheel: wheel.name):
        with zipfile.ZipFile(wheel.path) as archive:
            names = archive.namelist()
        (info,) = {top for name in names if (top := name.split("/")[0]).endswith(".dist-info")}
        name, _, version = info.removesuffix(".dist-info").partition("-")
        modules = {n.split("/")[0] for n in names if re.fullmatch(r"\w+/__init__\.py", n)}
        modules |= {
            n.split(".")[0] for n in names if re.fullmatch(r"\w+\.([^/]+\.)?(py|so|pyd)", n)
        }
        table[wheels.canonicalize_name(name)] = {"version": version, "modules": sorted(modules)}
    return table


def normalise(source: Path, target: Path) -> None:
    """Copy a zip with sorted names, one time stamp and one mode, keeping what is stored as
    stored."""
    part = target.with_suffix(".part")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(part, "w") as new:
        for entry in sorted(old.infolist(), key=lambda entry: entry.filename):
            fixed = zipfile.ZipInfo(entry.filename, date_time=(1980, 1, 1, 0, 0, 0))
            fixed.compress_type = entry.compress_type
            fixed.external_attr = 0o100644 << 16
            fixed.create_system = 3
            with old.open(entry) as data, new.open(fixed, "w") as copy:
                shutil.copyfileobj(data, copy, 1 << 20)
    os.replace(part, target)


def to_toml(table: dict, prefix: str = "") -> str:
    """A manifest's TOML: strings, numbers, lists of strings, and tables, which come last."""
    plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
    # JSON's strings, numbers, booleans and lists of them are TOML's, too.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in plain.items()]
    for key, value in table.items():
        if isinstance(value, dict):
            lines += ["", f"[{prefix}{key}]", to_toml(value, f"{prefix}{key}.")]
    return "\n".join(lines) + "\n"


def _commit() -> str:
    """The commit of the sources; it says so if they differ from it."""
    command = ["git", "describe", "--always", "--dirty= with changes"]
    return subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def make_site(zips: list[Path], site: Path) -> None:
    """A static repository: the zips, ``index.json`` for Blender, ``index.html`` for people."""
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    for path in zips:
        os.link(path, site / path.name)
    _blender("server-generate", "--repo-dir", str(site), "--html")
    index = site / "index.json"
    listing = json.loads(index.read_text())
    listing["data"].sort(key=lambda entry: entry["archive_url"])
    index.write_text(json.dumps(listing, indent=2) + "\n")


def _blender(*command: str) -> None:
    """Run one of Blender's extension commands; its complaints become the error."""
    found = importlib.util.find_spec("bpy")
    if found is None or not found.submodule_search_locations:
        raise PackageError("the bpy module is missing: run this with the project's .venv")
    module = Path(next(iter(found.submodule_search_locations)))
    tool = next(module.glob("*/scripts/addons_core/bl_pkg/cli/blender_ext.py"))
    done = subprocess.run(
        [sys.executable, str(tool), *command], capture_output=True, text=True, check=False
    )
    if done.returncode != 0 or "warn" in (done.stdout + done.stderr).lower():
        raise PackageError(f"extension {command[0]}: {done.stdout}{done.stderr}")


def table(zips: list[Path]) -> str:
    """Names, sizes and hashes, as Markdown."""
    lines = ["| File | MB | SHA-256 |", "| --- | ---: | --- |"]
    for path in sorted(zips):
        size = path.stat().st_size / 1e6
        lines.append(f"| `{path.name}` | {size:.1f} | `{wheels.sha256(path)}` |")
    return "\n".join(lines)


def write_table(page: Path, text: str) -> None:
    """Put ``text`` between the markers of a Markdown page."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def packages(variant: str, platforms: list[str] | None, pythons: list[str] | None) -> list[Package]:
    """The zips of a variant; an empty filter takes all."""
    if variant == "bare":
        return [Package("", None, variant)]
    return [
        Package(platform.name, generation, variant)
        for generation in GENERATIONS
        for platform in generation.platforms
        if platform.name in (platforms or [platform.name])
        and generation.python in (pythons or [generation.python])
    ]


def main(arguments: list[str] | None = None) -> int:
    """The command line in this module's docstring."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--platform", action="append", choices=[p.name for p in PLATFORMS])
    parser.add_argument("--python", action="append", choices=[g.python for g in GENERATIONS])
    parser.add_argument("--variant", default="standard", choices=("bare", *wheels.VARIANTS, "all"))
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--table", type=Path, metavar="PAGE", help="rewrite this page's table")
    given = parser.parse_args(arguments)
    variants = ("bare", *wheels.VARIANTS) if given.variant == "all" else (given.variant,)
    zips: list[Path] = []
    missing: list[str] = []
    for variant in variants:
        built = []
        for package in packages(variant, given.platform, given.python):
            try:
                built.append(build(package, given.out))
            except (PackageError, wheels.LockError) as error:
                missing.append(f"Not built: {package}: {error}")
        if built:
            make_site(built, given.out / "site" / variant)
        zips += built
    print(table(zips), *missing, sep="\n")
    if given.table:
        made_of = f"Made of the sources of commit {_commit()}.\n\n"
        write_table(given.table, made_of + table(zips))
    return 1 if missing and given.variant != "all" else 0


if __name__ == "__main__":
    sys.exit(main())
