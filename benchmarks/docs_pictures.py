"""Draw the pictures of ``docs/create.md`` and ``docs/styles.md`` from our own drawings.

    python -m benchmarks.docs_pictures [variations morph growth styles loss refine]

Textures and styles are drawn by ``training.synthetic``, so the pictures may be published. Fits have
a fixed number of steps, so that the pictures can be made again. The loss network, which only
``loss`` needs, is that of ``bench_quality``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from impasto.core.allocator import keep_blocks
from impasto.core.control import Budget
from impasto.core.create.automaton.model import Automaton
from impasto.core.create.interface import fit
from impasto.core.create.vae.style_map import StyleMap
from impasto.core.image.convert import to_depth
from impasto.core.models.loading import load_encoder
from impasto.core.models.texture_loss import TextureTarget
from impasto.core.networks.style_vae import bundled_style_vae
from impasto.core.paint.adapter_fit import refine
from impasto.core.paint.engine import PaintJob
from impasto.core.paint.network import Stylizer
from impasto.core.paint.style_reader import encode_zooms
from impasto.core.styles.catalog import builtin_styles
from impasto.core.styles.style import Style, load_style_file
from training.synthetic import CONTENTS, STYLES

from . import sheets
from .bench_generate import tensor
from .materials import DATA

IMAGES = Path(__file__).parents[1] / "docs" / "images"
VARIED = (
    ("bricks", 0), ("cobbles", 1), ("slabs", 2), ("gravel", 0),
    ("grass", 1), ("leaves", 1), ("worn_paint", 0), ("parquet", 2),
)  # fmt: skip
MORPHED = (("bricks", 0), ("grass", 2))
GROWN = (("gravel", 2), ("grass", 2), ("leaves", 2), ("bark", 2), ("rust", 2), ("cobbles", 2))
OPTIMIZED = (("bricks", 0), ("gravel", 0), ("leaves", 0), ("planks", 1), ("grass", 2))
PAINTED = (("bricks", 0), ("slabs", 0), ("planks", 0), ("leaves", 3))
"""What refined styles paint; the last one is not seen by the fit."""
REFINED = (("impasto", 2), ("ink_wash", 3), ("ukiyo_e", 4), ("poster", 1))
_STYLE_SIDE, _CONTENT_SIDE = 512, 384
_GAN, _AUTOMATON, _REFINE = (Budget(steps=steps) for steps in (120, 200, 60))


def texture(name: str, seed: int, side: int = sheets.SIDE) -> np.ndarray:
    """Return a drawn texture, ``(side, side, 3)`` float32, sRGB-encoded in [0, 1]."""
    return CONTENTS[name](np.random.default_rng(seed), side).astype(np.float32) / 255


def draw_variations() -> None:
    """Textures, samples of the GAN, and quilting."""
    rows = []
    for drawn in VARIED:
        image = texture(*drawn)
        model = fit("GAN", [image], budget=_GAN, seed=1)
        rows.append(sheets.variations(image, model, np.random.default_rng(0)))
        print(drawn[0], flush=True)
    sheets.save(sheets.OUT / "create-gan.jpg", sheets.in_columns(rows, 2), 0.6)


def draw_morph() -> None:
    """From bricks to grass."""
    model = fit("GAN", [texture(*drawn) for drawn in MORPHED], budget=_GAN, seed=1)
    sheets.save(IMAGES / "create-morph.jpg", sheets.morph(model), 0.75)


def draw_growth() -> None:
    """Textures that the automaton grows, and loops that heal."""
    rows = []
    for drawn in GROWN:
        image = texture(*drawn)
        model = fit("AUTOMATON", [image], budget=_AUTOMATON, seed=1)
        assert isinstance(model, Automaton)
        rows.append(sheets.growth(image, model))
        print(drawn[0], flush=True)
    sheets.save(sheets.OUT / "create-automaton.jpg", np.vstack(rows), 0.75)


def draw_styles() -> None:
    """Bricks in styles that the VAE draws."""
    styles = [load_style_file(info.file) for info in builtin_styles()]
    style_map = StyleMap(bundled_style_vae(), styles)
    content = texture("bricks", 0)[:128, :128]
    sheet = sheets.drawn_styles(Stylizer(), style_map, styles, content)
    sheets.save(IMAGES / "create-styles.jpg", sheet)


def draw_loss(steps: int = 200) -> None:
    """Pixels that are optimized by the texture loss and by the loss network."""
    from training.losses import patch_loss, style_loss
    from training.teacher import Teacher

    encoder, teacher = load_encoder(), Teacher(DATA / "perceptual/squeezenet1_1.npz")
    columns = []
    for drawn in OPTIMIZED:
        image = tensor([texture(*drawn, 128)])
        wanted = teacher(image)
        by_network = sheets.optimized(
            image,
            lambda pixels, image=image, wanted=wanted: (
                style_loss(teacher(pixels), wanted) + patch_loss(pixels, image)
            ),
            steps,
        )
        by_texture = sheets.optimized(image, TextureTarget(encoder, image).loss, steps)
        columns.append(sheets.column([image, by_texture, by_network]))
    sheets.save(IMAGES / "create-loss.jpg", np.hstack(columns), 2.0)


def draw_refined() -> None:
    """Textures in drawn styles, as bundled and refined."""
    stylizer = Stylizer()
    contents = [texture(*drawn, _CONTENT_SIDE) for drawn in PAINTED]
    rows = []
    for name, seed in REFINED:
        pixels = STYLES[name](np.random.default_rng(seed), _STYLE_SIDE)
        picture = pixels.astype(np.float32) / 255
        bundled = Style(name, name, encode_zooms(stylizer, picture))
        fitted = refine(stylizer, bundled, picture, contents[:-1], budget=_REFINE)
        print(name, flush=True)
        painted = [
            [
                to_depth(stylizer.paint(PaintJob(c, s.code(1.0), adapters=s.adapters)), "8")
                for c in contents
            ]
            for s in (bundled, fitted)
        ]
        rows.append(sheets.refined(pixels, *painted))
    sheet = sheets.refined_sheet([to_depth(c, "8") for c in contents], rows)
    sheets.save(IMAGES / "refine.jpg", sheet, 0.45)


PARTS = {
    "variations": draw_variations,
    "morph": draw_morph,
    "growth": draw_growth,
    "styles": draw_styles,
    "loss": draw_loss,
    "refine": draw_refined,
}


def main() -> None:
    """Draw all, or what is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", default=list(PARTS), help=", ".join(PARTS))
    args = parser.parse_args()
    keep_blocks()
    for name in args.what:
        PARTS[name]()


if __name__ == "__main__":
    main()
