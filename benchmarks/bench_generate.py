"""How good and how fast the generators of Create are: ``make bench-generate``.

GAN: for each texture the Fréchet distance of features (bundled encoder, 1/8) between samples and
source, the diversity of samples (mean standard deviation of pixels over samples, relative to the
source's own over crops), how near the nearest patch of the source is (1: as near as the source's own
patches are to each other), and the seam, beside image quilting. Automaton: texture distance (and
that of crops of the texture itself), copying, loop, speed. VAE: style distance of reconstructed
codes relative to the codes themselves, time to add styles. Loss: pixels optimized by the texture
loss and by the loss network that taught the encoder, each judged by both. Sheets go to
``benchmarks/out``; those of the manual, which show our own drawings, are made by
``docs_pictures``.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import time
from collections.abc import Callable

import cv2
import numpy as np
import torch

from impasto.benchmarks.seams import seam_strength
from impasto.core.allocator import keep_blocks
from impasto.core.control import NEVER, Budget, CancelToken, Clock, Control
from impasto.core.create.automaton.model import GROWTH_STEPS, Automaton
from impasto.core.create.gan.model import TILE
from impasto.core.create.interface import fit
from impasto.core.create.vae.fit import fine_tune
from impasto.core.create.vae.latents import decode_latent, encode_codes
from impasto.core.create.vae.style_map import StyleMap
from impasto.core.errors import JobCancelled
from impasto.core.models.encoder import Encoder
from impasto.core.models.loading import load_encoder
from impasto.core.models.texture_loss import TextureTarget
from impasto.core.networks.style_vae import bundled_style_vae
from impasto.core.paint.engine import PaintJob
from impasto.core.paint.network import Stylizer
from impasto.core.styles.catalog import pictured_styles
from impasto.core.styles.style import ZOOMS, Style, load_style_file

from . import sheets
from .materials import DATA, materials
from .quilting import quilt

CHOSEN = (
    "photo brick", "photo grass", "photo gravel", "straw ground", "rock strata", "sand",
    "forest floor", "dark stones", "lawn", "basket weave", "bark", "crazy paving",
    "linen", "marble", "rust", "leather",
)  # fmt: skip
UNSEEN = ("meadow", "mahogany", "paving", "cobbles")
MOVING = ("photo grass", "photo gravel", "rust", "lichen", "bark", "straw ground")
PARTS = ("gan", "morph", "manners", "automaton", "vae", "loss")
_SIDE, _SAMPLE, _SAMPLES = sheets.SIDE, 128, 50


def source(name: str, side: int = _SIDE) -> np.ndarray:
    """The texture of that name, ``(side, side, 3)`` float32, sRGB-encoded; None if it is not here."""
    image = next((m.images[0] for m in materials() if m.name == name), None)
    if image is None:
        raise LookupError(name)
    short, image = min(image.shape[:2]), image.astype(np.float32)
    return cv2.resize(image[:short, :short], (side, side), interpolation=cv2.INTER_AREA)


def tensor(images: list[np.ndarray]) -> torch.Tensor:
    """``(B, 3, H, W)`` of images ``(H, W, 3)``."""
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2)


@torch.inference_mode()
def frechet(encoder: Encoder, first: list[np.ndarray], second: list[np.ndarray]) -> float:
    """Fréchet distance of the features at 1/8 of two sets of images, per channel."""
    sides = []
    for images in (first, second):
        rows = torch.cat([encoder(tensor([i]))[2][0].flatten(1).t() for i in images]).double()
        sides.append((rows.mean(0), torch.cov(rows.t())))
    (m1, c1), (m2, c2) = sides
    values, vectors = torch.linalg.eigh(c1)
    root = vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.t()
    inner = torch.linalg.eigvalsh(root @ c2 @ root).clamp(min=0).sqrt().sum()
    apart = (m1 - m2).square().sum() + c1.trace() + c2.trace() - 2 * inner
    return float(apart / (c1.trace() + 1e-9))


def crops(image: np.ndarray, count: int, random: np.random.Generator) -> list[np.ndarray]:
    """Random squares of a source."""
    room = image.shape[0] - _SAMPLE + 1
    spots = [(int(random.integers(room)), int(random.integers(room))) for _ in range(count)]
    return [image[y : y + _SAMPLE, x : x + _SAMPLE] for y, x in spots]


def copying(samples: list[np.ndarray], image: np.ndarray, random: np.random.Generator) -> float:
    """How far 24 x 24 patches of samples are from the nearest of the source, relative to how far
    patches of the source are from the nearest elsewhere in it. Near 0: copied."""

    def nearest(patch: np.ndarray, hidden: tuple[int, int] | None = None) -> float:
        error = cv2.matchTemplate(image, patch, cv2.TM_SQDIFF)
        if hidden is not None:
            y, x = hidden
            error[max(0, y - 24) : y + 24, max(0, x - 24) : x + 24] = np.inf
        return float(np.sqrt(max(0.0, error.min())))

    theirs, own = [], []
    for _ in range(24):
        sample = samples[random.integers(len(samples))]
        y, x = random.integers(0, _SAMPLE - 24, 2)
        theirs.append(nearest(sample[y : y + 24, x : x + 24]))
        y, x = random.integers(0, _SIDE - 24, 2)
        own.append(nearest(image[y : y + 24, x : x + 24], (int(y), int(x))))
    return float(np.median(theirs) / max(1e-6, np.median(own)))


def bench_gan(seconds: float, start: int, limit: int) -> None:
    """The table and the sheet of the GAN."""
    encoder = load_encoder()
    rows, scores = [], []
    print(
        "| Texture | Steps | Fréchet | Quilting | Diversity | Quilting | Copying | Quilting | Seam |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in (CHOSEN + UNSEEN)[start:limit]:
        try:
            image = source(name)
        except LookupError:
            print(f"| {name} | not at hand | | | | | | | |")
            continue
        random = np.random.default_rng(0)
        made = fit("GAN", [image], budget=Budget(seconds), seed=1)
        ours = [made.sample((_SAMPLE, _SAMPLE), seed=s) for s in range(_SAMPLES)]
        quilted = [quilt(image, _SAMPLE, random) for _ in range(12)]
        real = crops(image, 24, random)
        spread = np.stack(crops(image, _SAMPLES, random)).std(0).mean()
        figures = [
            frechet(encoder, ours[:24], real),
            frechet(encoder, quilted, real),
            np.stack(ours).std(0).mean() / spread,
            np.stack(quilted).std(0).mean() / spread,
            copying(ours, image, random),
            copying(quilted, image, random),
        ]
        whole = made.sample((_SIDE, _SIDE), seed=1)
        seam = seam_strength(whole).worst
        scores.append(figures)
        words = " | ".join(f"{f:.2f}" for f in (*figures, seam))
        mark = " (unseen)" if name in UNSEEN else ""
        print(f"| {name}{mark} | {made.recipe['steps']} | {words} |", flush=True)
        rows.append(sheets.variations(image, made, random))
    if scores:
        median = " | ".join(f"{f:.2f}" for f in np.median(scores, axis=0))
        print(f"| **Median** | | {median} | |")
        sheets.save(sheets.OUT / "create-gan.jpg", sheets.in_columns(rows, 2), 0.6)


def bench_morph(seconds: float) -> None:
    """Brick to moss in six steps."""
    images = [source("photo brick"), source("photo grass")]
    made = fit("GAN", images, budget=Budget(seconds), seed=1)
    sheets.save(sheets.OUT / "create-morph.jpg", sheets.morph(made), 0.75)
    begun = time.monotonic()
    made.sample((4096, 4096), seed=1)
    spent = time.monotonic() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"GAN: 4096 x 4096 in {spent:.1f} s, tiles of {TILE}, {peak:.2f} GB at the most")


def bench_manners(seconds: float = 20.0) -> None:
    """How well a budget in seconds is kept, and how soon a cancel is heard."""
    images = [source("photo gravel"), source("photo grass")]
    for kind in ("GAN", "AUTOMATON"):
        begun = time.monotonic()
        made = fit(kind, images, budget=Budget(seconds), seed=1)
        spent, asked = time.monotonic() - begun, time.monotonic() + seconds / 2
        fit(
            kind,
            images,
            budget=Budget(10 * seconds),
            cancel=CancelToken(lambda at=asked: time.monotonic() > at),
        )
        late = [time.monotonic() - asked]
        asked = time.monotonic() + seconds / 4
        try:
            made.sample(
                (4096, 4096),
                control=Control(cancel=CancelToken(lambda at=asked: time.monotonic() > at)),
            )
        except JobCancelled:
            late.append(time.monotonic() - asked)
        words = ", ".join(f"{wait:.2f} s" for wait in late)
        print(
            f"{kind}: {seconds:.0f} s became {spent:.1f} s; cancelled fit and sample end in {words}"
        )


def bench_automaton(seconds: float) -> None:
    """The table and the strips of the automaton."""
    print("| Texture | Steps | Distance | Of crops | Copying | Loop closes | 1024² x 10 steps |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    strips = []
    for name in MOVING:
        image = source(name)
        made = fit("AUTOMATON", [image], budget=Budget(seconds), seed=1)
        assert isinstance(made, Automaton)
        frames: list[np.ndarray] = []
        made.loop((_SIDE, _SIDE), 24, on_frame=lambda n, f, kept=frames: kept.append(f))
        inside = np.mean([np.abs(b - a).mean() for a, b in itertools.pairwise(frames)])
        closing = np.abs(frames[0] - frames[-1]).mean() / inside
        begun = time.monotonic()
        made.sample((1024, 1024), steps=10)
        spent = time.monotonic() - begun
        target = TextureTarget(load_encoder(), tensor([image]))
        with torch.inference_mode():
            away = float(target.loss(tensor([made.sample((_SIDE, _SIDE), steps=GROWTH_STEPS)])))
            random = np.random.default_rng(0)
            parts = crops(image, 8, random)
            theirs = float(np.mean([float(target.loss(tensor([part]))) for part in parts]))
        ours = [made.sample((_SAMPLE, _SAMPLE), seed=s) for s in range(8)]
        figures = (away, theirs, copying(ours, image, random), closing, spent)
        words = " | ".join(f"{figure:.2f}" for figure in figures)
        print(f"| {name} | {made.recipe['steps']} | {words} s |", flush=True)
        strips.append(sheets.growth(image, made))
    sheets.save(sheets.OUT / "create-automaton.jpg", np.vstack(strips), 0.75)


def bench_vae() -> None:
    """Reconstruction, and the sheet of draws from the prior."""
    vae, stylizer = bundled_style_vae(), Stylizer()
    styles = [load_style_file(info.file) for info in pictured_styles()]
    content = source("photo brick")
    ratios = []
    for info, style in zip(pictured_styles(), styles, strict=True):
        again = decode_latent(vae, encode_codes(vae, style.codes))[list(ZOOMS).index(1.0)]
        painted = [stylizer.paint(PaintJob(content, code)) for code in (style.code(1.0), again)]
        away = [code_distance(stylizer, p, style) for p in painted]
        ratios.append(away[1] / away[0])
        del info
    print(
        f"VAE: style distance of reconstructed codes, relative: mean {np.mean(ratios):.3f}, "
        f"worst {np.max(ratios):.3f} of {len(ratios)} styles"
    )
    begun = time.monotonic()
    fine_tune([s.codes for s in styles[:10]], clock=Clock(Budget(30), NEVER))
    print(f"VAE: 10 styles added in {time.monotonic() - begun:.1f} s")
    whole = StyleMap(vae, styles)
    sheet = sheets.drawn_styles(stylizer, whole, styles, content[:128, :128])
    sheets.save(sheets.OUT / "create-styles.jpg", sheet)


def code_distance(stylizer: Stylizer, painted: np.ndarray, style: Style) -> float:
    """How far the statistics of a picture are from a style's, in deviations of codes."""
    apart = stylizer.encode_style(painted) - style.code(1.0)
    return float(np.abs(apart / bundled_style_vae().code_std).mean())


def bench_loss(steps: int = 200) -> None:
    """Is the texture loss as good a teacher as the loss network? The table and the sheet."""
    weights = DATA / "perceptual/squeezenet1_1.npz"
    if not weights.exists():
        print("Texture loss: the loss network is not at hand.")
        return
    from training.losses import patch_loss, style_loss
    from training.teacher import Teacher

    from .bench_quality import Judge

    encoder, teacher, judge = load_encoder(), Teacher(weights), Judge(weights)
    print("| Texture | Optimized by | Texture loss | Loss network | Patches |")
    print("| --- | --- | --- | --- | --- |")
    sheet, ranks = [], []
    for name in CHOSEN[:10:2]:
        image = tensor([cv2.resize(source(name), (_SAMPLE, _SAMPLE), interpolation=cv2.INTER_AREA)])
        target, taught = TextureTarget(encoder, image), teacher(image)

        def distances(
            picture: torch.Tensor, target: TextureTarget = target, taught: dict = taught
        ) -> tuple[float, float]:
            with torch.inference_mode():
                torch.manual_seed(0)
                return float(target.loss(picture)), judge.style(judge.features(picture), taught)

        losses: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
            "texture loss": target.loss,
            "loss network": lambda p, t=taught, i=image: (
                style_loss(teacher(p), t) + patch_loss(p, i)
            ),
        }
        row = [image]
        for teacher_name, loss in losses.items():
            found = sheets.optimized(image, loss, steps)
            by_both = distances(found)
            patches = judge.patches(found, image)
            words = f"{by_both[0]:.3f} | {by_both[1]:.3f} | {patches:.1f}"
            print(f"| {name} | {teacher_name} | {words} |", flush=True)
            row.append(found)
        seen = [distances(tensor([picture])) for picture in strangers(name)]
        order = np.argsort(np.argsort(np.array(seen), axis=0), axis=0)
        ranks.append(np.corrcoef(order.T)[0, 1])
        sheet.append(sheets.column(row))
    words = ", ".join(f"{r:.2f}" for r in ranks)
    print(f"Rank correlation over {len(seen)} pictures: {np.mean(ranks):.2f} ({words})")
    sheets.save(sheets.OUT / "create-loss.jpg", np.hstack(sheet), 2.0)


def strangers(name: str) -> list[np.ndarray]:
    """Pictures of a texture, spoiled in many ways, and of other textures."""
    random = np.random.default_rng(0)
    image = source(name)
    parts = crops(image, 8, random)
    made = [parts[0]]
    made += [cv2.GaussianBlur(parts[1], (0, 0), s) for s in (0.7, 1.5, 3.0)]
    made += [parts[2] + random.normal(0, s, parts[2].shape) for s in (0.02, 0.06, 0.15)]
    made += [parts[3][..., ::-1], 0.5 + 0.4 * (parts[4] - 0.5), np.rot90(parts[5]).copy()]
    made += [cv2.resize(image, (_SAMPLE, _SAMPLE), interpolation=cv2.INTER_AREA)]
    made += [cv2.resize(parts[6][:32, :32], (_SAMPLE, _SAMPLE), interpolation=cv2.INTER_CUBIC)]
    made += [random.permutation(parts[7].reshape(-1, 3)).reshape(parts[7].shape)]
    others = [source(other) for other in CHOSEN if other != name][:6]
    made += [crops(other, 1, random)[0] for other in others]
    return [np.clip(m, 0, 1).astype(np.float32) for m in made]


def main() -> None:
    """Run all, or what is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", default=list(PARTS))
    parser.add_argument("--seconds", type=float, default=120.0, help="for each fit of the GAN")
    parser.add_argument("--growing", type=float, default=90.0, help="for each fit of the automaton")
    parser.add_argument("--limit", type=int, default=20, help="textures of the GAN")
    parser.add_argument("--from", dest="start", type=int, default=0, help="the first of them")
    args = parser.parse_args()
    keep_blocks()
    if "gan" in args.what:
        bench_gan(args.seconds, args.start, args.limit)
    if "morph" in args.what:
        bench_morph(args.seconds)
    if "manners" in args.what:
        bench_manners()
    if "automaton" in args.what:
        bench_automaton(args.growing)
    if "vae" in args.what:
        bench_vae()
    if "loss" in args.what:
        bench_loss()


if __name__ == "__main__":
    main()
