"""Read damaged files of every kind of our own, and count what becomes of them.

``python -m tests.fuzz.run [--seed N] [--count N] [--only KIND]``: the same seed damages the same
files in the same way. Exit code 1, and the seed of each, if anything is called done that is not.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import tempfile
import time
import traceback
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from impasto.core.control import Control
from impasto.core.create.automaton.model import Automaton
from impasto.core.create.gan.exemplars import Exemplars
from impasto.core.create.gan.model import SpatialGan
from impasto.core.create.interface import load_model, save_model
from impasto.core.create.vae.model import StyleInventor
from impasto.core.errors import ImpastoError
from impasto.core.image.reference import ImageRef
from impasto.core.libraries import silence
from impasto.core.models.loading import weights_of
from impasto.core.models.spatial_gan import Generator
from impasto.core.networks.automaton import bundled_rule
from impasto.core.networks.style_vae import LATENT, bundled_style_vae
from impasto.core.styles.catalog import FOLDER
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks import registry
from impasto.core.tasks.analyze import AnalyzeRequest
from impasto.core.tasks.prepare_frames import PrepareFramesRequest
from impasto.core.tasks.redraw import RedrawRequest
from impasto.core.tasks.restyle_frames import FramesRequest
from impasto.core.tasks.stylize import StylizeItem, StylizeRequest
from impasto.core.video.settings import FramesSettings, SequenceRef

from .damage import damaged_bytes, damaged_document, damaged_tensors

OUTCOMES = {
    "refused": "refused in a sentence",
    "named": "named in a sentence, and the others went on",
    "anew": "made anew, to the same bytes",
    "same": "read, with the same result",
    "other": "read, with another result that is no flat picture",
    "flat": "WRONG: a flat picture was called done",
    "lost": "WRONG: something is missing or other than it was, and nothing was said",
    "traceback": "WRONG: a traceback",
}
WRONG = ("flat", "lost", "traceback")
LOOK = Look((StyleRef("scream"),), engine="NETWORK", brush_scale=4.0)


@dataclass(frozen=True)
class Kind:
    """A kind of file: ``damage`` writes a damaged one, ``use`` says what became of it."""

    share: int
    damage: Callable[[np.random.Generator], None]
    use: Callable[[], str]


def judged(path: Path, whole: bytes) -> str:
    """What a picture has become beside the one from the sound file."""
    if path.read_bytes() == whole:
        return "same"
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    return "flat" if pixels is None or float(pixels.std()) < 0.5 else "other"


class Bench:
    """Sound files of every kind in a folder, made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "in"
        self.source.mkdir()
        noise = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)
        ground = cv2.blur(noise, (5, 5))
        for number in range(1, 5):
            moved = np.roll(ground, 3 * number, 1)
            cv2.imwrite(str(self.source / f"s_{number:04d}.png"), moved)
        self.picture = self.source / "s_0001.png"

    def kinds(self) -> dict[str, Kind]:
        """All kinds by their names."""
        return {
            "style": self._style(),
            **{f"{kind} model": self._model(kind) for kind in ("GAN", "VAE", "AUTOMATON")},
            "strokes": self._strokes(),
            **self._frames(),
            **self._caches(),
        }

    def _style(self) -> Kind:
        sound, path, out = (FOLDER / "scream.impasto"), self.folder / "s.impasto", "style.png"
        whole = self._painted(sound, "whole.png").read_bytes()
        content = sound.read_bytes()
        return Kind(
            24,
            lambda rng: _write(path, damaged_tensors(content, "impasto_style", rng)),
            lambda: judged(self._painted(path, out), whole),
        )

    def _painted(self, style: Path, name: str) -> Path:
        look = Look((StyleRef(str(style)),), engine="NETWORK", brush_scale=4.0)
        out = self.folder / name
        item = StylizeItem(ImageRef("a", (str(self.picture),)), look, (str(out),))
        _only(registry.run(StylizeRequest((item,), overwrite=True), Control()).failures)
        return out

    def _model(self, kind: str) -> Kind:
        recipe = {"generator": kind, "seed": 0, "steps": 1, "texture": 0.5}
        picture = np.random.default_rng(2).integers(0, 255, (64, 64, 3), np.uint8)
        model = {
            "GAN": lambda: SpatialGan(
                weights_of(Generator()), np.zeros((1, 16), np.float32), Exemplars([picture]), recipe
            ),
            "VAE": lambda: StyleInventor(
                bundled_style_vae(), np.zeros((1, LATENT), np.float32), picture / 255, recipe
            ),
            "AUTOMATON": lambda: Automaton(bundled_rule(), recipe),
        }[kind]()
        path = self.folder / f"{kind}.impasto-model"
        save_model(model, path)
        content, whole = path.read_bytes(), load_model(path).sample((48, 48))

        def use() -> str:
            made = load_model(path).sample((48, 48))
            if np.array_equal(made, whole):
                return "same"
            return "flat" if not np.isfinite(made).all() or made.std() < 0.002 else "other"

        return Kind(
            8, lambda rng: _write(path, damaged_tensors(content, "impasto_model", rng)), use
        )

    def _strokes(self) -> Kind:
        look = Look((StyleRef("oil-impasto"),), engine="STROKES", brush_scale=4.0)
        path, out = self.folder / "p.strokes", self.folder / "strokes.png"
        item = StylizeItem(
            ImageRef("a", (str(self.picture),)),
            look,
            (str(self.folder / "p.png"),),
            strokes=(str(path),),
        )
        _only(registry.run(StylizeRequest((item,)), Control()).failures)
        content = path.read_bytes()

        def use() -> str:
            registry.run(RedrawRequest(str(path), str(out), overwrite=True), Control())
            return judged(out, whole)

        registry.run(RedrawRequest(str(path), str(out)), Control())
        whole = out.read_bytes()
        return Kind(
            12, lambda rng: _write(path, damaged_tensors(content, "impasto_strokes", rng)), use
        )

    def _frames(self) -> dict[str, Kind]:
        settings, reference = FramesSettings(LOOK), SequenceRef(str(self.source))
        done, out = self.folder / "done", self.folder / "out"
        given = self.folder / "given.json"
        movie = str(out / "m.mkv")

        def run(folder: Path, **more: str):
            return registry.run(FramesRequest(reference, settings, str(folder), **more), Control())

        _only(run(out, movie=movie).failures)
        shutil.move(out, done)
        registry.run(PrepareFramesRequest(reference, settings, str(given)), Control())
        sound = given.read_bytes()
        whole = {p.name: p.read_bytes() for p in done.iterdir() if p.is_file()}

        def again(**more: str) -> str:
            result = run(out, movie=movie, **more)
            now = {p.name: p.read_bytes() for p in out.iterdir() if p.is_file()}
            if result.failures:
                named = {int(f.key) for f in result.failures}
                kept = {n: c for n, c in now.items() if n in whole and c == whole[n]}
                frames = sum(name.endswith(".png") for name in kept)
                return "named" if frames >= 4 - len(named) else "lost"
            if now != whole:
                return "lost"
            return "anew" if result.written else "same"

        def spoil(name: str, damage: Callable) -> Callable[[np.random.Generator], None]:
            def write(rng: np.random.Generator) -> None:
                shutil.rmtree(out, ignore_errors=True)
                shutil.copytree(done, out)
                path = out / (name if isinstance(name, str) else "")
                _write(path, damage(path.read_bytes(), rng))

            return write

        def give(rng: np.random.Generator) -> None:
            shutil.rmtree(out, ignore_errors=True)
            _write(given, damaged_document(sound, rng))

        notes = ".impasto"
        return {
            "shot file, given": Kind(10, give, lambda: again(shot_file=str(given))),
            "shot file, own": Kind(8, spoil(f"{notes}/shots.json", damaged_document), again),
            "note of a frame": Kind(8, spoil(f"{notes}/s_0002.png.json", damaged_document), again),
            "note of a movie": Kind(3, spoil(f"{notes}/m.mkv.json", damaged_document), again),
            "finished frame": Kind(8, spoil("s_0003.png", damaged_bytes), again),
            "finished movie": Kind(3, spoil("m.mkv", damaged_bytes), again),
        }

    def _caches(self) -> dict[str, Kind]:
        images = tuple(ImageRef(p.name, (str(p),)) for p in sorted(self.source.iterdir()))
        done, cache, out = (self.folder / name for name in ("cached", "cache", "plots"))

        def analyze():
            return registry.run(AnalyzeRequest(images, str(out), str(cache)), Control())

        first = analyze()
        plots = {kind: Path(path).read_bytes() for kind, path in first.plots.items()}
        thumbnails = {key: Path(path).read_bytes() for key, path in first.thumbnails.items()}
        shutil.move(cache, done)

        def again() -> str:
            result = analyze()
            drawn = {kind: Path(path).read_bytes() for kind, path in result.plots.items()}
            small = {key: Path(path).read_bytes() for key, path in result.thumbnails.items()}
            if (result, drawn, small) != (first, plots, thumbnails):
                return "lost"
            return "same"

        def spoil(pattern: str, damage: Callable) -> Callable[[np.random.Generator], None]:
            def write(rng: np.random.Generator) -> None:
                shutil.rmtree(cache, ignore_errors=True)
                shutil.copytree(done, cache)
                paths = sorted(cache.glob(pattern))
                path = paths[rng.integers(len(paths))]
                _write(path, damage(path.read_bytes(), rng))

            return write

        return {
            "cached analysis": Kind(3, spoil("outcomes/*/result.json", damaged_document), again),
            "cached plot": Kind(2, spoil("outcomes/*/*.png", damaged_bytes), again),
            "cached search": Kind(2, spoil("duplicates/*.json", damaged_document), again),
            "cached descriptions": Kind(3, spoil("descriptors/*.sqlite", damaged_bytes), again),
            "thumbnail": Kind(3, spoil("thumbnails/*.png", damaged_bytes), again),
        }


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _only(failures: tuple) -> None:
    """Raise the failure of a single item."""
    if failures:
        raise ImpastoError(failures[0].message)


def outcome(kind: Kind, seed: list[int]) -> str:
    """Damage a file of a kind, use it, and return what became of it."""
    kind.damage(np.random.default_rng(seed))
    try:
        return kind.use()
    except ImpastoError:
        return "refused"
    except Exception:
        traceback.print_exc()
        return "traceback"


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--only", default="", metavar="KIND")
    options = parser.parse_args()
    silence()
    logging.disable()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        kinds = {n: k for n, k in Bench(Path(folder)).kinds().items() if options.only in n}
        total = sum(kind.share for kind in kinds.values())
        counts: dict[str, Counter[str]] = {name: Counter() for name in kinds}
        wrong = []
        for name, kind in kinds.items():
            for number in range(max(1, round(options.count * kind.share / total))):
                found = outcome(kind, [options.seed, zlib.crc32(name.encode()), number])
                counts[name][found] += 1
                if found in WRONG:
                    wrong.append(f"{name} {number}: {found}")
                    print(wrong[-1], flush=True)
    columns = [key for key in OUTCOMES if any(c[key] for c in counts.values()) or key in WRONG]
    print(f"\n| Seed {options.seed} | {' | '.join(columns)} |\n|{' --- |' * (len(columns) + 1)}")
    for name, counter in [*counts.items(), ("all", sum(counts.values(), Counter()))]:
        print(f"| {name} | {' | '.join(str(counter[key]) for key in columns)} |")
    print(f"\n{time.monotonic() - begun:.0f} s")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
