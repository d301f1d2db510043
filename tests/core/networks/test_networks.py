"""ONNX Runtime and torch compute the same; ONNX Runtime the same for any number of threads."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.core.models.networks import TorchNetworks
from impasto.core.networks.codes import FeatureSums
from impasto.core.networks.cpu import CpuNetworks
from impasto.core.networks.layout import BLOCK_SCALES, WIDTHS
from impasto.core.networks.sessions import threads_for
from impasto.core.networks.weights import bundled
from impasto.core.paint.network import Stylizer
from impasto.core.styles.catalog import pictured_styles
from impasto.core.styles.style import load_style_file

BORDERS = [
    (rows, columns) for rows in ("reflect", "circular") for columns in ("reflect", "circular")
]
LEVEL = 1 / 255


@pytest.fixture(scope="module")
def cpu() -> CpuNetworks:
    return CpuNetworks()


@pytest.fixture(scope="module")
def torch_cpu() -> TorchNetworks:
    return TorchNetworks("cpu")


def picture(height: int, width: int, seed: int) -> np.ndarray:
    """Soft shapes and grain, ``(H, W, 3)`` float32."""
    random = np.random.default_rng(seed)
    coarse = random.random((6, 6, 3), np.float32)
    shapes = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(shapes + 0.1 * random.standard_normal(shapes.shape, np.float32), 0, 1)


def styles(count: int, seed: int) -> np.ndarray:
    """Codes ``(K, CODE_LENGTH)`` of built-in styles."""
    paths = [info.file for info in pictured_styles()]
    chosen = np.random.default_rng(seed).choice(len(paths), count, replace=False)
    return np.stack([load_style_file(paths[index]).code(1.0) for index in chosen])


def statistics_of(features, count: int) -> np.ndarray:
    """What the decoder takes of the content, ``(K, STATISTICS)``."""
    sums = FeatureSums()
    sums.add(features)
    return sums.statistics().repeat(count, 0)


def noise(height: int, width: int, seed: int) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    sides = [2 ** (scale + 1) for scale in BLOCK_SCALES]
    return [random.standard_normal((height // s, width // s), np.float32) for s in sides]


def shares(count: int, height: int, width: int, seed: int) -> list[np.ndarray]:
    """Weights of regions that sum to one, at the scales of the features."""
    drawn = np.random.default_rng(seed).random((count, height // 16, width // 16), np.float32)
    drawn /= drawn.sum(0)
    return [drawn.repeat(16 >> i, 1).repeat(16 >> i, 2) for i in range(1, len(WIDTHS) + 1)]


@settings(max_examples=12, deadline=None)
@given(
    cells=st.tuples(st.integers(2, 14), st.integers(2, 14)),
    border=st.sampled_from(BORDERS),
    regions=st.integers(0, 4),
    seed=st.integers(0, 99),
)
def test_both_runtimes_see_and_paint_the_same(cpu, torch_cpu, cells, border, regions, seed):
    height, width = (16 * side for side in cells)
    image, count = picture(height, width, seed), max(1, regions)
    matrix = np.eye(3, dtype=np.float32) + 0.1 * np.random.default_rng(seed).random(
        (3, 3), np.float32
    )
    colors = matrix, np.float32([0.1, -0.1, 0.05])
    mine, theirs = (n.encode(image, colors, border) for n in (cpu, torch_cpu))
    for a, b in zip(mine, theirs, strict=True):
        assert np.abs(a - b).max() < 1e-4 * max(1, np.abs(b).max())
    codes, statistics = styles(count, seed), statistics_of(mine, count)
    planes = shares(count, height, width, seed) if regions else None
    grain = noise(height, width, seed)
    paintings = [
        networks.decode(features, statistics, codes, grain, planes, border=border)
        for networks, features in ((cpu, mine), (torch_cpu, theirs))
    ]
    assert paintings[0].shape == (height, width, 3)
    assert 0.02 < paintings[0].std() < 0.4  # neither flat nor only black and white
    assert np.abs(paintings[0] - paintings[1]).max() < 0.05 * LEVEL


def test_both_runtimes_add_adapters_alike(cpu, torch_cpu):
    random = np.random.default_rng(3)
    weights = bundled("decoder")
    name = "blocks.3.first"
    across = weights[f"{name}.weight"][0].size
    adapter = {
        f"{name}.up": random.standard_normal((len(weights[f"{name}.bias"]), 8)).astype(np.float16),
        f"{name}.down": (0.02 * random.standard_normal((8, across))).astype(np.float16),
        f"{name}.bias": np.full(len(weights[f"{name}.bias"]), 0.1, np.float16),
    }
    image, codes, grain = picture(96, 80, 1), styles(1, 4), noise(96, 80, 5)

    def painted(networks, adapters):
        features = networks.encode(image)
        statistics = statistics_of(features, 1)
        return networks.decode(features, statistics, codes, grain, None, adapters)

    for adapters in ((), ((adapter, 1.0),), ((adapter, 0.5), (adapter, 0.25))):
        a, b = (painted(networks, adapters) for networks in (cpu, torch_cpu))
        assert np.abs(a - b).max() < 0.1 * LEVEL
    assert np.abs(a - painted(cpu, ())).max() > 5 * LEVEL


@settings(max_examples=10, deadline=None)
@given(
    cells=st.tuples(st.integers(2, 40), st.integers(2, 40)),
    regions=st.integers(0, 3),
    seed=st.integers(0, 99),
)
def test_any_number_of_threads_gives_the_same_bits(cells, regions, seed):
    height, width = (16 * side for side in cells)
    image, count = picture(height, width, seed), max(1, regions)
    codes, grain = styles(count, seed), noise(height, width, seed)
    planes = shares(count, height, width, seed) if regions else None
    threads, results = cv2.getNumThreads(), []
    try:
        for number in (1, 2, 3, 5, 8, 16):
            cv2.setNumThreads(number)
            networks = CpuNetworks()
            features = networks.encode(image)
            statistics = statistics_of(features, count)
            painting = networks.decode(features, statistics, codes, grain, planes)
            results.append(
                b"".join(np.ascontiguousarray(f).tobytes() for f in (*features, painting))
            )
    finally:
        cv2.setNumThreads(threads)
    assert len(set(results)) == 1


def test_small_images_get_fewer_threads(monkeypatch):
    monkeypatch.setattr(cv2, "getNumThreads", lambda: 16)
    found = [threads_for(side, side) for side in (32, 128, 256, 512, 1024, 2048)]
    assert found == sorted(found)
    assert found[0] == 1 and found[-1] == 16


def test_agrees_with_torch_on_the_development_set(cpu, torch_cpu, shared_data):
    """Whole paintings of photographs, in a style read off another."""
    files = sorted((shared_data / "dev").rglob("*.[jp][pn]g"))[:12]
    if not files:
        pytest.skip("no pictures")
    from impasto.core.image.files import read_picture
    from impasto.core.paint.engine import PaintJob
    from impasto.core.paint.working import display_colors

    images = [display_colors(read_picture(file))[:400, :400] for file in files]
    one, other = Stylizer(cpu), Stylizer(torch_cpu)
    for image, style in zip(images, images[1:] + images[:1], strict=True):
        codes = [stylizer.encode_style(style) for stylizer in (one, other)]
        assert np.abs(codes[0] - codes[1]).max() < 1e-4
        paintings = [
            s.paint(PaintJob(image, code)) for s, code in zip((one, other), codes, strict=True)
        ]
        assert np.abs(paintings[0] - paintings[1]).max() < LEVEL
