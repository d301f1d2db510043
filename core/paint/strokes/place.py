"""Place strokes on a picture: coarse to fine, along a field of directions, up to its edges.

References
----------
Hertzmann, "Painterly rendering with curved brush strokes of multiple sizes", SIGGRAPH 1998.
Litwinowicz, "Processing images and video for an impressionist effect", SIGGRAPH 1997 (strokes end at
edges).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from ...control import SILENT, Control
from ...image.color import lab_to_srgb, srgb_to_lab
from ...image.resize import resize
from ...styles.stroke_set import StrokeSet
from . import orientation
from .orientation import blur
from .stroke_list import StrokeList, joined

_NARROWEST = 0.0026  # share of the short side; thinner strokes would be millions
_STEPS = 6  # in which a stroke is followed to each side
_ENOUGH = 8.0  # pixels of a stroke's width; for wider ones a smaller picture is looked at
_TOLERANCE = 11.0  # Lab distance from its middle at which a stroke ends
_MISSED = 6.0  # Lab distance between two layers' pictures at which strokes are certain
_WIDTHS = (1.0, 0.7, 0.45)  # shares of its width to which a stroke may be narrowed at an edge
_TRIES = (-0.35, 0.35)  # shifts across itself by which a stroke may make way, in widths
_INK_TONES = (0.12, 0.38, 0.6)  # darkness from which each layer of hatching is drawn
_INK_WIDTH = 0.45  # of lines, by that of the narrowest strokes
_INK_ANGLES = (0.0, 1.05, 2.09)


@dataclass(frozen=True)
class Placing:
    """Settings with which strokes are placed.

    Attributes
    ----------
    brush_scale : float
        Size of the strokes; 1 as the set has them.
    fineness : float
        In [0, 1]; see ``Look.fineness``.
    direction : str
        ``"SHAPES"``, ``"STYLE"`` or ``"ANGLE"``.
    angle : float
        In radians, counter-clockwise from the horizontal.
    opacity : float
        In [0, 1].
    jitter : float
        In [0, 2].
    seed : int
        Of all that is random.
    seamless : bool
        Whether the picture is a torus.
    """

    brush_scale: float = 1.0
    fineness: float = 0.5
    direction: str = "SHAPES"
    angle: float = 0.0
    opacity: float = 1.0
    jitter: float = 1.0
    seed: int = 0
    seamless: bool = False


def working_side(strokes: StrokeSet, placing: Placing) -> int:
    """Return the short side at which a picture is looked at, whatever its own size.

    So a preview and the final picture have the same strokes.

    Parameters
    ----------
    strokes : StrokeSet
        Has the width of the narrowest strokes.
    placing : Placing
        Has the brush scale and the fineness.

    Returns
    -------
    int
        In pixels, a multiple of 16.
    """
    narrowest = layer_widths(strokes, placing)[-1]
    return int(np.clip(16 * round(4.0 / narrowest / 16), 256, 1536))


def layer_widths(strokes: StrokeSet, placing: Placing) -> np.ndarray:
    """Return the width of the strokes of each layer.

    Parameters
    ----------
    strokes : StrokeSet
        Widths as the style has them.
    placing : Placing
        Brush scale and fineness.

    Returns
    -------
    (layers,) float64
        Shares of the picture's short side, the widest first.
    """
    widest = strokes.width * placing.brush_scale
    ratio = np.clip(strokes.finest * 2.0 ** (1 - 2 * placing.fineness), 0.05, 1.0)
    return np.maximum(widest * ratio ** np.linspace(0, 1, strokes.layers), _NARROWEST)


def place(
    content: np.ndarray,
    guide: np.ndarray,
    strokes: StrokeSet,
    placing: Placing,
    mask: np.ndarray | None = None,
    control: Control = SILENT,
) -> StrokeList:
    """Place strokes on a picture.

    Parameters
    ----------
    content : (H, W, 3) float32, sRGB-encoded in [0, 1]
        Leads the directions, beside the guide.
    guide : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The colors to paint with.
    strokes : StrokeSet
        What the strokes are like.
    placing : Placing
        How they are placed.
    mask : (H, W) float32 in [0, 1], optional
        Where anything is to be painted; strokes end at its edge.
    control : Control
        Gets the progress, and is asked for a cancel several times in each layer.

    Returns
    -------
    StrokeList
        In the order in which they are laid.

    Raises
    ------
    JobCancelled
        The control was cancelled.
    """
    return joined(place_layers(content, guide, strokes, placing, mask, control))


def place_layers(
    content: np.ndarray,
    guide: np.ndarray,
    strokes: StrokeSet,
    placing: Placing,
    mask: np.ndarray | None = None,
    control: Control = SILENT,
) -> list[StrokeList]:
    """Place strokes on a picture, and return those of each layer by themselves.

    Parameters
    ----------
    content : (H, W, 3) float32, sRGB-encoded in [0, 1]
        Leads the directions, beside the guide.
    guide : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The colors to paint with.
    strokes : StrokeSet
        What the strokes are like.
    placing : Placing
        How they are placed.
    mask : (H, W) float32 in [0, 1], optional
        Where anything is to be painted; strokes end at its edge.
    control : Control
        Gets the progress, and is asked for a cancel several times in each layer.

    Returns
    -------
    list of StrokeList
        In the order in which they are laid.

    Raises
    ------
    JobCancelled
        The control was cancelled.
    """
    scene = _Scene(content, guide, strokes, placing, mask, control)
    widths = layer_widths(strokes, placing) * min(content.shape[:2])
    layers: list[Callable[[], StrokeList]]
    if strokes.ink:
        line = _INK_WIDTH * widths[-1]
        layers = [*scene.hatching(line), partial(scene.outlines, line)]
    else:
        layers = [partial(scene.layer, index, widths) for index in range(strokes.layers)]
    parts = []
    for index, layer in enumerate(layers):
        control.advance(index / len(layers))
        parts.append(layer())
    return parts


class _Scene:
    """A picture on which strokes are placed, at working resolution."""

    def __init__(
        self,
        content: np.ndarray,
        guide: np.ndarray,
        strokes: StrokeSet,
        placing: Placing,
        mask: np.ndarray | None,
        control: Control,
    ) -> None:
        self.strokes, self.placing, self.mask = strokes, placing, mask
        self._check = control.cancel.raise_if_set
        self.wrap = placing.seamless
        self.rng = np.random.default_rng(placing.seed)
        self.height, self.width = content.shape[:2]
        self.lab = srgb_to_lab(guide)
        self._check()
        self._content = self.lab if content is guide else srgb_to_lab(content)
        short = min(self.height, self.width)
        flow = max(8.0, strokes.flow * placing.brush_scale * short)
        # At a lower resolution, as it is smooth.
        step = flow / 8
        shape = (max(2, round(self.height / step)), max(2, round(self.width / step)))
        self._calm = orientation.style_field(
            shape, strokes.directions, flow * shape[0] / self.height, self.rng, self.wrap
        )

    @cached_property
    def _tensor(self) -> np.ndarray:
        """Structure of what is shown, which all layers share."""
        shapes = self.lab if self._content is self.lab else 0.5 * (self.lab + self._content)
        return orientation.tensor_field(shapes, self.wrap)

    def field(self, width: float) -> np.ndarray:
        """Return directions ``(h, w, 2)`` for strokes of a width, as double-angle vectors."""
        placing = self.placing
        if placing.direction == "ANGLE":
            double = -2 * placing.angle  # y points down
            return np.array([[[np.cos(double), np.sin(double)]]], np.float32)
        share = 1.0 if placing.direction == "SHAPES" else 0.05
        step = max(1, int(width / _ENOUGH))
        self._check()
        tensor = self._reduced(self._tensor, step)
        self._check()
        at = width * tensor.shape[0] / self.height
        return orientation.direction_field(tensor, at, self._calm, self.wrap, share)

    def _reduced(self, image: np.ndarray, step: int) -> np.ndarray:
        """Return a smaller image: averages of so many pixels along each axis."""
        size = (-(-self.width // step), -(-self.height // step))
        return image if step == 1 else resize(image, size, wrap=self.wrap)

    def layer(self, index: int, widths: np.ndarray) -> StrokeList:
        """Return the strokes of one layer."""
        width = float(widths[index])
        lab = self._reduced(self.lab, max(1, int(width / _ENOUGH)))
        unit = lab.shape[0] / self.height
        picture = blur(lab, 0.28 * width * unit, self.wrap)
        if index == 0:
            wanted = np.ones((1, 1), np.float32)
        else:
            self._check()
            before = blur(lab, 0.45 * float(widths[index - 1]) * unit, self.wrap)
            missed = blur(_distance(picture, before), 0.35 * width * unit, self.wrap)
            # Every layer touches the same share of a flat area, with ever more strokes.
            retouch = self.strokes.retouch * 0.5 ** (index - 1)
            wanted = np.clip((missed - 1.5) / _MISSED, retouch, 1)
        x, y, keep = self._candidates(width, wanted, self.strokes.density)
        x, y = x[keep], y[keep]
        found = self._follow(x, y, width, picture, self.field(width))
        # What is most needed comes last, so that nothing covers it.
        order = np.argsort(self._at(wanted, x, y) + self.rng.uniform(0, 0.7, len(x)), kind="stable")
        return self._listed(found, order)

    def hatching(self, width: float) -> list[Callable[[], StrokeList]]:
        """Return what draws each direction of hatching, for what is darker than its tone."""
        picture = blur(self.lab, 0.5 * width, self.wrap)
        bright, dark = np.percentile(self.lab[..., 0], (97, 3))
        # A pale picture is drawn in all tones, too, as far as it has any.
        tones = (bright - picture[..., 0]) / max(float(bright - dark), 40.0)
        field = self.field(8 * width)
        turn = 2 * (0.3 if self.placing.direction == "ANGLE" else 1.0)

        def draw(tone: float, angle: float) -> StrokeList:
            wanted = np.clip((tones - tone) / 0.22, 0, 1)
            turned = np.stack(_turned(field[..., 0], field[..., 1], turn * angle), axis=2)
            return self._lines(wanted, self.strokes.density, width, picture, turned)

        return [partial(draw, *pair) for pair in zip(_INK_TONES, _INK_ANGLES, strict=True)]

    def outlines(self, width: float) -> StrokeList:
        """Return lines along the edges of what is shown."""
        picture = blur(self.lab, width, self.wrap)
        self._check()
        energy = orientation.structure_tensor(picture, width, self.wrap)[..., 2]
        wanted = np.clip(np.sqrt(energy) * width / 12 - 0.3, 0, 1)
        density = max(0.6, self.strokes.density)
        return self._lines(wanted, density, width, picture, self.field(3 * width))

    def _lines(
        self,
        wanted: np.ndarray,
        density: float,
        width: float,
        picture: np.ndarray,
        field: np.ndarray,
    ) -> StrokeList:
        """Return lines in ink, which swell where it is dark."""
        x, y, keep = self._candidates(width, wanted, density)
        x, y = x[keep], y[keep]
        found = self._follow(x, y, width, picture, field, tolerance=2.5 * _TOLERANCE)
        found["width"] = width * (1.2 - 0.6 * self._at(picture, x, y)[:, 0] / 100)
        found["lab"] = found["lab"] * np.array([0.22, 0.6, 0.6], np.float32)
        return self._listed(found, np.arange(len(x)))

    def _candidates(
        self, width: float, wanted: np.ndarray, density: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return evenly scattered points, and which of them are kept."""
        aspect = self.strokes.aspect
        spacing = max(1.0, np.sqrt(0.5 * aspect * width * width / density))
        columns, rows = (max(1, round(s / spacing)) for s in (self.width, self.height))
        j, i = np.mgrid[0:rows, 0:columns]
        scatter = self.strokes.scatter
        shift = self.rng.uniform(-0.5, 0.5, (2, rows, columns))
        x = ((i + 0.5 * (j % 2) + 0.25 + scatter * shift[0]) * self.width / columns).ravel()
        y = ((j + 0.5 + scatter * shift[1]) * self.height / rows).ravel()
        x, y = (x % self.width, y % self.height) if self.wrap else (x, y)
        keep = self.rng.uniform(0, 1, len(x)) < self._at(wanted, x, y)
        if self.mask is not None:
            keep &= self._at(self.mask, x, y) > 0.5
        return x.astype(np.float32), y.astype(np.float32), keep

    def _at(self, image: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the pixels of an image, which may be smaller, at positions: the nearest ones."""
        height, width = image.shape[:2]
        i = np.floor(x * (width / self.width)).astype(np.int64)
        j = np.floor(y * (height / self.height)).astype(np.int64)
        if self.wrap:
            return image[j % height, i % width]
        return image[np.clip(j, 0, height - 1), np.clip(i, 0, width - 1)]

    def _direction(
        self, field: np.ndarray, x: np.ndarray, y: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        double = self._at(field, x, y)
        angle = 0.5 * np.arctan2(double[:, 1], double[:, 0])
        return np.cos(angle), np.sin(angle)

    def _follow(
        self,
        x: np.ndarray,
        y: np.ndarray,
        width: float,
        picture: np.ndarray,
        field: np.ndarray,
        tolerance: float = _TOLERANCE,
    ) -> dict[str, np.ndarray]:
        """Follow the field to both sides of each point, up to edges; return the strokes' numbers."""
        self._check()
        strokes, rng, count = self.strokes, self.rng, len(x)
        lab = self._at(picture, x, y)
        turn = rng.normal(0, max(1e-6, strokes.angle_jitter * self.placing.jitter), count)
        c, s = _turned(*self._direction(field, x, y), turn)
        x, y, wide = self._make_way(x, y, c, s, width, lab, picture, tolerance)
        long = strokes.aspect * width * rng.uniform(0.75, 1.25, count)
        step = (long - 0.5 * wide).clip(0.3 * width) / (2 * _STEPS)

        def allowed(px: np.ndarray, py: np.ndarray) -> np.ndarray:
            alike = _distance(self._at(picture, px, py), lab) < tolerance
            return alike if self.mask is None else alike & (self._at(self.mask, px, py) > 0.5)

        def direction(px: np.ndarray, py: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return _turned(*self._direction(field, px, py), turn)

        bx, by = _traced(x, y, c, s, step, allowed, direction)
        ax, ay = _traced(x, y, -c, -s, step, allowed, direction)
        chord = np.hypot(bx - ax, by - ay)
        short = chord < 1e-3
        angle = np.where(short, np.arctan2(s, c), np.arctan2(by - ay, bx - ax))
        rise = (x - (ax + bx) / 2) * np.sin(angle) - (y - (ay + by) / 2) * np.cos(angle)
        length = chord + 0.5 * wide
        bend = np.clip(rise / length, -strokes.curvature, strokes.curvature)
        jitter = rng.standard_normal((count, 3)) * np.asarray(strokes.color_jitter)
        return {
            "x": (ax + bx) / 2,
            "y": (ay + by) / 2,
            "length": np.maximum(length, wide),
            "width": wide,
            "angle": angle,
            "bend": bend,
            "lab": lab + self.placing.jitter * jitter,
        }

    def _make_way(
        self,
        x: np.ndarray,
        y: np.ndarray,
        c: np.ndarray,
        s: np.ndarray,
        width: float,
        lab: np.ndarray,
        picture: np.ndarray,
        tolerance: float,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Shift strokes away from edges beside them or narrow them; return x, y and widths."""
        wide = np.full(len(x), _WIDTHS[-1] * width)
        new_x, new_y = x.copy(), y.copy()
        left = np.arange(len(x))  # those that do not fit yet
        for share in _WIDTHS:
            for shift in (0.0, *_TRIES):
                cl, sl = c[left], s[left]
                mx, my = x[left] - sl * shift * width, y[left] + cl * shift * width
                reach = 0.5 * share * width
                fits = np.ones(len(left), bool)
                for side in (-reach, 0.0, reach):
                    seen = self._at(picture, mx - sl * side, my + cl * side)
                    fits &= _distance(seen, lab[left]) < tolerance
                found = left[fits]
                new_x[found], new_y[found], wide[found] = mx[fits], my[fits], share * width
                left = left[~fits]
        return new_x, new_y, wide

    def _listed(self, found: dict[str, np.ndarray], order: np.ndarray) -> StrokeList:
        """Return strokes in an order, in units of the long side."""
        strokes, rng, count = self.strokes, self.rng, len(order)
        unit = float(max(self.width, self.height))
        lab = found.pop("lab")[order].astype(np.float32)
        lab[:, 0] = lab[:, 0].clip(0, 100)
        lab[:, 1:] *= strokes.saturation
        color = np.clip(lab_to_srgb(lab[None])[0], 0, 1) if count else np.zeros((0, 3), np.float32)
        lengths = {
            name: (found[name][order] / unit).astype(np.float32)
            for name in ("x", "y", "length", "width")
        }
        load = (0.45 + 0.55 * lab[:, 0] / 100) * rng.uniform(0.75, 1.25, count)
        return StrokeList(
            **lengths,
            angle=found["angle"][order].astype(np.float32),
            bend=found["bend"][order].astype(np.float32),
            color=color.astype(np.float32),
            stamp=rng.integers(0, 1 << 16, count).astype(np.int32),
            opacity=np.full(count, strokes.opacity * self.placing.opacity, np.float32),
            load=np.clip(load * strokes.relief, 0, 1).astype(np.float32),
            aspect=(self.width / unit, self.height / unit),
            seamless=self.wrap,
        )


_Vector = tuple[np.ndarray, np.ndarray]


def _distance(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return how far colors ``(..., 3)`` are apart."""
    if first.ndim == 2:
        apart = first - second
        return np.sqrt(np.einsum("nc,nc->n", apart, apart))
    # Row by row: new memory for the whole picture would take more time than the sums.
    return np.stack([_distance(*rows) for rows in zip(first, second, strict=True)])


def _turned(c: np.ndarray, s: np.ndarray, turn: np.ndarray | float) -> _Vector:
    """Return directions ``(c, s)`` turned by an angle each, or all by one."""
    return c * np.cos(turn) - s * np.sin(turn), s * np.cos(turn) + c * np.sin(turn)


def _traced(
    x: np.ndarray,
    y: np.ndarray,
    dx: np.ndarray,
    dy: np.ndarray,
    step: np.ndarray,
    allowed: Callable[[np.ndarray, np.ndarray], np.ndarray],
    direction: Callable[[np.ndarray, np.ndarray], _Vector],
) -> _Vector:
    """Return where lines end that follow a field from points, as long as it is allowed."""
    going = np.ones(len(x), bool)
    for _ in range(_STEPS):
        ahead_x, ahead_y = x + dx * step, y + dy * step
        going &= allowed(ahead_x, ahead_y)
        x, y = np.where(going, ahead_x, x), np.where(going, ahead_y, y)
        fx, fy = direction(x, y)
        sign = np.where(fx * dx + fy * dy < 0, -1.0, 1.0)
        # Half of the turn only: strokes are stiffer than the field.
        dx, dy = dx + sign * fx, dy + sign * fy
        norm = np.hypot(dx, dy) + 1e-9
        dx, dy = dx / norm, dy / norm
    return x, y
