"""Make the built-in styles: codes, thumbnails and their index, from ``training/styles.csv``.

A source is a file of the manifest, or ``drawn:NAME:SEED`` for a picture drawn by
``training.synthetic``. Only codes, thumbnails and the numbers of stroke sets are shipped; the pictures
are not. With ``--index-only``, codes and thumbnails stay as they are and only the words about them are
written; with ``--strokes-only``, only the stroke sets are measured anew; with ``--sheet-only``, only
thumbnails and the sheet are painted.
"""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from impasto.core.image.picture import Picture
from impasto.core.paint import native
from impasto.core.paint.network import Stylizer
from impasto.core.paint.strokes.measure import measure_strokes
from impasto.core.paint.strokes.relief import light
from impasto.core.paint.style_reader import encode_zooms
from impasto.core.styles.catalog import FOLDER, builtin_styles
from impasto.core.styles.look import Look
from impasto.core.styles.media import MEDIA
from impasto.core.styles.style import SUFFIX, Provenance, Style, load_style_file, save_style

from .synthetic import CONTENTS, STYLES

THUMBNAIL = 160
CELL, COLUMNS = 150, 3
"""Side of a picture of the sheet in pixels, and styles in a row."""

SHEET_TEXTURES = ("cobbles", "flat_shapes")
"""Drawn textures that the sheet shows beside the sample."""

OWN_COLOR = "Drawn strokes in the texture's own colors"
"""Where a medium is from."""

CREDIT = ("work", "artist", "year")
"""Columns of ``styles.csv`` that say what picture a style was read from."""


def manifest(root: Path) -> dict[str, dict[str, str]]:
    """Rows of the manifest by file; those held back for measuring are left out."""
    with (root / "manifest.csv").open(newline="", encoding="utf-8") as stream:
        return {row["file"]: row for row in csv.DictReader(stream) if row["split"] == "train"}


def read_source(source: str, root: Path, rows: dict) -> tuple[np.ndarray, Provenance]:
    """Pixels ``(H, W, 3)`` uint8 RGB of a style's source, and where they come from."""
    if source.startswith("drawn:"):
        _, name, seed = source.split(":")
        pixels = STYLES[name](np.random.default_rng(int(seed)), 512)
        return pixels, Provenance(name, "drawn by training/synthetic", "CC0-1.0")
    row = rows[source]
    pixels = cv2.cvtColor(cv2.imread(str(root / source)), cv2.COLOR_BGR2RGB)
    origin = f"{row['source_repo']}: {row['path']} at {row['commit'][:12]}"
    return pixels, Provenance("", origin, row["licence"])  # as the manifest spells it


def titled(provenance: Provenance, row: dict[str, str]) -> Provenance:
    """Return a provenance with the title, artist and year that ``styles.csv`` gives."""
    title = ", ".join(row[key] for key in CREDIT if row[key])
    return replace(provenance, title=title or provenance.title)


def index_entry(row: dict[str, str], provenance: Provenance) -> dict[str, str]:
    """Return what ``index.json`` says of a style."""
    words = {key: row[key] for key in ("identifier", "name", "family", *CREDIT)}
    return {**words, "license": provenance.license, "source": provenance.source}


def read_index() -> list[dict]:
    """Read ``index.json``."""
    return json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))


def write_index(entries: list[dict[str, str]]) -> None:
    """Write ``index.json``, in the order in which a gallery shows the styles."""
    text = json.dumps(entries, indent=1, ensure_ascii=False) + "\n"
    (FOLDER / "index.json").write_text(text, encoding="utf-8")


def rewrite_index(chosen: list[dict[str, str]]) -> None:
    """Write names, families and credits anew; codes and thumbnails stay bit for bit."""
    media = [entry for entry in read_index() if entry.get("medium")]
    entries = []
    for row in chosen:
        path = FOLDER / f"{row['identifier']}{SUFFIX}"
        style = load_style_file(path)
        provenance = titled(style.provenance, row)
        style = replace(style, name=row["name"], family=row["family"], provenance=provenance)
        save_style(style, path)
        entries.append(index_entry(row, provenance))
    write_index(entries + media)


def rewrite_strokes(chosen: list[dict[str, str]], root: Path, rows: dict) -> None:
    """Measure the stroke sets anew; codes stay bit for bit."""
    for row in chosen:
        path = FOLDER / f"{row['identifier']}{SUFFIX}"
        pixels, _ = read_source(row["source"], root, rows)
        strokes = measure_strokes(pixels.astype(np.float32) / 255)
        save_style(replace(load_style_file(path), strokes=lambda strokes=strokes: strokes), path)


def paint_sample(stylizer: Stylizer, style: Style, sample: np.ndarray) -> np.ndarray:
    """Paint the sample with strokes, lit by their relief; ``(H, W, 3)`` float32 in [0, 1]."""
    look = Look((), engine="STROKES")
    painted = native.stylize(stylizer, [Picture(sample)], look, style)[0]
    assert painted.strokes is not None
    return light(painted.picture.color, painted.strokes.normals())


def build_media(stylizer: Stylizer, sample: np.ndarray) -> list[dict]:
    """Write a style file for each medium; return their entries of ``index.json``.

    The networks read them from the sample as their own strokes paint it.
    """
    entries = []
    for medium in MEDIA:
        provenance = Provenance(OWN_COLOR, OWN_COLOR, "CC0-1.0")
        style = Style(medium.identifier, medium.name, np.empty(0), "Media", provenance)
        style = replace(style, own_color=True, strokes=lambda medium=medium: medium.strokes)
        codes = encode_zooms(stylizer, paint_sample(stylizer, style, sample))
        save_style(replace(style, codes=codes), FOLDER / f"{medium.identifier}{SUFFIX}")
        row = {"identifier": medium.identifier, "name": medium.name, "family": "Media"}
        entry = index_entry({**row, **dict.fromkeys(CREDIT, "")}, provenance)
        entries.append({**entry, "medium": True})
    return entries


def write_thumbnails(stylizer: Stylizer, sample: np.ndarray, sheet: Path) -> None:
    """Paint the sample in every style: the gallery's thumbnails, and a sheet with two more textures."""
    builtin_styles.cache_clear()
    drawn = [
        CONTENTS[name](np.random.default_rng(1), len(sample)).astype(np.float32) / 255
        for name in SHEET_TEXTURES
    ]
    cells = []
    for info in builtin_styles():
        style = load_style_file(info.file)
        pictures = [paint_sample(stylizer, style, texture) for texture in (sample, *drawn)]
        small = cv2.resize(pictures[0], (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA)
        thumbnail = (np.clip(small, 0, 1) * 255 + 0.5).astype(np.uint8)
        cv2.imwrite(str(info.thumbnail), thumbnail[..., ::-1])
        cells.append(_cell(pictures, info.name))
    sheet.parent.mkdir(parents=True, exist_ok=True)
    rows = [np.hstack(cells[i : i + COLUMNS]) for i in range(0, len(cells), COLUMNS)]
    cv2.imwrite(str(sheet), np.vstack(rows)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])


def main() -> None:
    """Write ``core/styles/builtin`` anew, and a sheet of all styles."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data/training"))
    parser.add_argument("--sample", type=Path, default=Path("training/sample.png"))
    parser.add_argument("--sheet", type=Path, default=Path("docs/images/styles.jpg"))
    parser.add_argument("--strokes-only", action="store_true", help="only stroke sets anew")
    parser.add_argument("--sheet-only", action="store_true", help="only thumbnails and sheet")
    parser.add_argument("--index-only", action="store_true", help="only names and credits anew")
    args = parser.parse_args()
    with Path("training/styles.csv").open(newline="", encoding="utf-8") as stream:
        chosen = list(csv.DictReader(stream))
    if args.index_only:
        rewrite_index(chosen)
        return
    rows, stylizer = manifest(args.data), Stylizer()
    sample = cv2.cvtColor(cv2.imread(str(args.sample)), cv2.COLOR_BGR2RGB).astype(np.float32) / 255
    if args.sheet_only:
        write_thumbnails(stylizer, sample, args.sheet)
        return
    if args.strokes_only:
        rewrite_strokes(chosen, args.data, rows)
        entries = [entry for entry in read_index() if not entry.get("medium")]
    else:
        entries = build_styles(stylizer, chosen, args.data, rows)
    write_index(entries + build_media(stylizer, sample))
    write_thumbnails(stylizer, sample, args.sheet)


def build_styles(
    stylizer: Stylizer, chosen: list[dict[str, str]], root: Path, rows: dict
) -> list[dict]:
    """Write all style files anew, without thumbnails; return their entries of ``index.json``."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    index = []
    for row in chosen:
        pixels, provenance = read_source(row["source"], root, rows)
        provenance = titled(provenance, row)
        picture = pixels.astype(np.float32) / 255
        codes, strokes = encode_zooms(stylizer, picture), measure_strokes(picture)
        style = Style(row["identifier"], row["name"], codes, row["family"], provenance)
        style = replace(style, strokes=lambda strokes=strokes: strokes)
        save_style(style, FOLDER / f"{row['identifier']}{SUFFIX}")
        index.append(index_entry(row, provenance))
    return index


def _cell(pictures: list[np.ndarray], name: str) -> np.ndarray:
    """Pictures side by side with a name below, uint8."""
    row = [_framed(picture) for picture in pictures]
    label = np.full((28, row[0].shape[1] * len(row), 3), 30, np.uint8)
    white, thin = (225, 225, 225), cv2.LINE_AA
    cv2.putText(label, name, (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.45, white, 1, thin)
    return np.vstack((np.hstack(row), label))


def _framed(picture: np.ndarray) -> np.ndarray:
    framed = np.full((CELL + 4, CELL + 4, 3), 30, np.uint8)
    small = cv2.resize(picture, (CELL, CELL), interpolation=cv2.INTER_AREA)
    framed[2:-2, 2:-2] = (np.clip(small, 0, 1) * 255 + 0.5).astype(np.uint8)
    return framed


if __name__ == "__main__":
    main()
