"""What each texture looks like: a color field on the unit square, seamless where it repeats."""

from __future__ import annotations

import math

from fields import Field, Sheet, mix


def _bricks(sheet: Sheet, columns: int, rows: int) -> tuple[Field, Field, Field]:
    """Height of a running bond in [0, 1], a random number per brick, and wobbly grain."""
    grain = sheet.noise(40, detail=5)
    wobble = (sheet.noise(14, seed=2) - 0.5) * 0.012
    row = ((sheet.v + wobble) * rows).floor()
    x = (sheet.u + wobble) * columns + (row % 2) * 0.5
    column = x.floor() % columns
    across = abs(x % 1 - 0.5) * (1 / columns)
    up = abs(((sheet.v + wobble) * rows) % 1 - 0.5) * (1 / rows)
    edge = (0.5 / columns - across).smaller(0.5 / rows - up)
    return edge.step(0.003, 0.011), sheet.random(column, row % rows), grain


def brick_wall(sheet: Sheet) -> Field:
    height, brick, grain = _bricks(sheet, 6, 16)
    clay = (brick * 0.75 + grain * 0.5 - 0.1).ramp("5f2c20", "9a4a30", "b4674a", "7f3a2a", "c39070")
    clay = clay.tinted(0.65 + sheet.noise(24, seed=5) * 0.7)
    mortar = (grain + 0.1).ramp("8d8272", "c5b9a3")
    return clay.over(mortar, height)


def brick_height(sheet: Sheet) -> Field:
    height, brick, grain = _bricks(sheet, 6, 16)
    return height * (0.8 + brick * 0.2) + grain * 0.25


def _boards(sheet: Sheet, count: int, seed: float) -> tuple[Field, Field, Field]:
    """Boards along u: the gap between them, a random number per board, and the grain."""
    board = (sheet.v * count).floor() % count
    chance = sheet.random(board, seed=seed)
    rings = sheet.noise(2.2, 26, detail=2, seed=seed)
    fiber = sheet.noise(7, 150, detail=3, seed=seed + 1)
    grain = (rings * 9 + chance * 3 + fiber * 1.5).sine() * 0.22 + fiber * 0.9
    gap = abs((sheet.v * count) % 1 - 0.5).step(0.5, 0.465)
    return gap, chance, grain


def planks(sheet: Sheet) -> Field:
    gap, chance, grain = _boards(sheet, 4, 3)
    wood = (grain + chance * 0.35 - 0.1).ramp("7a4a25", "b37b45", "d4a469", "e3c08a")
    return wood.tinted(0.12 + gap * 0.88)


def table_boards(sheet: Sheet) -> Field:
    gap, chance, grain = _boards(sheet, 3, 8)
    wood = (grain * 0.9 + chance * 0.4 - 0.12).ramp("2e1a10", "5d3620", "7d4d2d", "9a6a40")
    return wood.tinted(0.1 + gap * 0.9)


def shutter_boards(sheet: Sheet) -> Field:
    gap, chance, grain = _boards(sheet, 5, 12)
    flakes = sheet.noise(5, 16, detail=7, rough=0.7, seed=9)
    paint = (
        (grain * 0.5 + chance * 0.5)
        .ramp("1f6f72", "2f8a86", "4fa79b")
        .over((grain + 0.1).ramp("6b4a2e", "b08d63"), flakes.step(0.62, 0.585))
    )
    return paint.tinted(0.15 + gap * 0.85)


def plank_roughness(sheet: Sheet) -> Field:
    _, chance, grain = _boards(sheet, 4, 3)
    return (0.15 + grain * 0.5 + chance * 0.2).ramp("404040", "f0f0f0")


def _weave(sheet: Sheet, threads: int) -> Field:
    """Light and shade of a plain weave, about [0.75, 1.1]."""
    warp, weft = sheet.u * threads, sheet.v * threads
    over = (warp.floor() + weft.floor()) % 2
    shade = over * abs((warp % 1) - 0.5) + (1 - over) * abs((weft % 1) - 0.5)
    return 1.08 - shade * 0.6 + (sheet.noise(60, detail=2) - 0.5) * 0.25


def gingham(sheet: Sheet) -> Field:
    """A checked cloth: two half-tones that add up where the stripes cross."""
    across = abs((sheet.u * 6) % 1 - 0.5).step(0.255, 0.245)
    up = abs((sheet.v * 6) % 1 - 0.5).step(0.255, 0.245)
    cloth = ((across + up) * 0.5).ramp("f4ead6", "d9685a", "b3202c")
    return cloth.tinted(_weave(sheet, 96))


def awning(sheet: Sheet) -> Field:
    stripe = abs((sheet.u * 4) % 1 - 0.5).step(0.255, 0.245)
    stains = sheet.noise(4, detail=6, seed=4)
    cloth = sheet.color("d8a13a").over("f3e9d2", stripe)
    return cloth.tinted(_weave(sheet, 128) * (0.78 + stains * 0.35))


def burlap(sheet: Sheet) -> Field:
    warp = sheet.noise(6, 110, detail=2, seed=1)
    weft = sheet.noise(110, 6, detail=2, seed=2)
    return (
        (warp * 0.6 + weft * 0.6 - 0.1)
        .ramp("5e4427", "a8834f", "cfae7a")
        .tinted(_weave(sheet, 56).power(1.6))
    )


def _painted(sheet: Sheet, paint: str, pale: str, amount: float, seed: float) -> Field:
    """Chipped paint over rust."""
    flakes = sheet.noise(6, detail=9, rough=0.68, seed=seed)
    runs = sheet.noise(22, 2.5, detail=4, seed=seed + 1)
    grain = sheet.noise(50, detail=3, seed=seed + 2)
    decay = flakes + (runs - 0.5) * 0.35
    rust = (grain * 0.6 + flakes * 0.5 - 0.05).ramp("2d140b", "6e2f14", "a8551f", "c98242")
    coat = sheet.color(paint).over(pale, (grain * 0.5 + runs * 0.6).step(0.25, 0.8))
    rim = decay.step(amount - 0.05, amount).tinted(1.0)
    coat = mix(sheet.tree, "MULTIPLY", 0.6, coat, rim.ramp("ffffff", "a07a5a"))
    return coat.over(rust, decay.step(amount + 0.012, amount))


def barrel_paint(sheet: Sheet) -> Field:
    return _painted(sheet, "1d4f8c", "4b86bd", 0.575, 3)


def bucket_paint(sheet: Sheet) -> Field:
    return _painted(sheet, "b8281d", "d9583b", 0.6, 11)


def sign_paint(sheet: Sheet) -> Field:
    return _painted(sheet, "3c6b3a", "7fa35c", 0.585, 17)


def terracotta(sheet: Sheet) -> Field:
    bands = sheet.noise(2, 24, detail=4, seed=6)
    bloom = sheet.noise(5, detail=7, rough=0.65, seed=8)
    clay = (bands * 0.7 + bloom * 0.3).ramp("8e4427", "bb6238", "d0804f")
    return clay.over("e3c9ac", bloom.step(0.68, 0.52))


def orange_peel(sheet: Sheet) -> Field:
    pits = sheet.cells(34, seed=2)
    return (sheet.noise(4) * 0.8 + 0.1).ramp("d96a0c", "f08a1d", "f6a93b").tinted(0.6 + pits * 0.45)


def lemon_peel(sheet: Sheet) -> Field:
    pits = sheet.cells(28, seed=5)
    return (
        (sheet.noise(3, seed=3) * 0.9 + 0.05)
        .ramp("c9a414", "f0cf2e", "f8e26b")
        .tinted(0.62 + pits * 0.42)
    )


def _petals(sheet: Sheet, count: int, repeat: int) -> tuple[Field, Field]:
    """Distance from the middle of a tile in half sides, and a star of so many petals."""
    x, y = (sheet.u * repeat) % 1 - 0.5, (sheet.v * repeat) % 1 - 0.5
    radius = (x * x + y * y).root() * 2
    return radius, y.turns(x).sine(count) * 0.5 + 0.5


def _glazed(sheet: Sheet, color: Field, repeat: int, grout: str) -> Field:
    """Tiles of slightly different glaze, and the joints between them."""
    x, y = sheet.u * repeat, sheet.v * repeat
    edge = (0.5 - abs(x % 1 - 0.5)).smaller(0.5 - abs(y % 1 - 0.5))
    tile = sheet.random(x.floor() % repeat, y.floor() % repeat)
    worn = sheet.noise(9, detail=6, seed=4)
    return color.tinted(0.72 + tile * 0.22 + worn * 0.25).over(grout, edge.step(0.012, 0.03))


def floor_star(sheet: Sheet) -> Field:
    radius, petals = _petals(sheet, 8, 2)
    star = (radius - petals * 0.42).step(0.3, 0.28)
    ring = abs(radius - 0.86).step(0.07, 0.05)
    color = sheet.color("a8412f").over("e6d8bd", star)
    color = sheet.color("33524f").over(color, ring.larger(radius.step(0.16, 0.14)))
    return _glazed(sheet, color, 2, "5a5044")


def floor_plain(sheet: Sheet) -> Field:
    diamond = abs((sheet.u * 2) % 1 - 0.5) + abs((sheet.v * 2) % 1 - 0.5)
    inner = diamond.step(0.36, 0.35)
    color = sheet.color("d9b77c").over("456663", inner)
    return _glazed(sheet, sheet.color("a8412f").over(color, diamond.step(0.13, 0.12)), 2, "5a5044")


def azulejo(sheet: Sheet) -> Field:
    """Blue and white wall tiles."""
    radius, petals = _petals(sheet, 4, 4)
    flower = (radius - petals * 0.5).step(0.3, 0.27)
    corners = abs(radius - 1.12).step(0.13, 0.1)
    line = abs(radius - 0.84).step(0.045, 0.025)
    blue = flower.larger(corners).larger(line)
    color = sheet.noise(12, seed=3).ramp("17386f", "2f5fa8").over("eef0ea", blue)
    color = sheet.color("e0b04a").over(color, radius.step(0.16, 0.13))
    return _glazed(sheet, color, 4, "b9b5a8")


_DAHLIA = [(0.44, 13), (0.38, 13), (0.32, 12), (0.26, 11), (0.2, 9), (0.145, 8), (0.095, 6)]
"""Radius and number of petals of each whorl, from the outermost."""


def dahlia(sheet: Sheet) -> Field:
    """A flower before a dark, blurred garden: a picture that does not repeat."""
    x, y = sheet.u - 0.5, sheet.v - 0.5
    radius, turn = (x * x + y * y).root(), y.turns(x)
    garden = (sheet.noise(3, seed=4) * 1.6 - 0.3).ramp("0a1a18", "123a34", "2c5a3c", "0f2c30")
    fiber = sheet.noise(40, detail=3, seed=2) * 0.2 + 0.9
    color = garden
    for whorl, (length, petals) in enumerate(_DAHLIA):
        # Half of a sine for each petal, each whorl turned against the one below it.
        bulge = abs((turn + whorl * 0.031).sine(petals / 2))
        along = radius * (1 / length)
        petal = (along * 0.9 + (whorl * 0.37) % 0.2).ramp("5a1408", "a8331a", "dd6229", "f8b06a")
        petal = petal.tinted((bulge.power(0.6) * 0.45 + 0.6) * fiber)
        edge = (bulge.power(0.55) * 0.3 + 0.7) * length
        shadow = (radius - edge).step(0.03, 0.0)
        color = petal.over(color.tinted(1 - shadow * 0.5), (radius - edge).step(0.004, 0.0))
    return color


def lantern_paper(sheet: Sheet) -> Field:
    """Lit paper: brighter than white in the middle of its height."""
    ribs = abs((sheet.v * 9) % 1 - 0.5).step(0.5, 0.44)
    fiber = sheet.noise(18, detail=5)
    warm = (1 - abs(sheet.v - 0.5) * 1.7).ramp("8a2a0a", "ef7f1e", "ffb24d")
    return warm.tinted((0.35 + ribs * 0.65) * (0.5 + fiber) * (3.2 - abs(sheet.v - 0.5) * 4))


def _leaf(x: Field, y: Field, length: float, width: float) -> tuple[Field, Field]:
    """Mask of a leaf from (0, 0) up along y, and its veins."""
    along = y * (1 / length)
    inside = (along * (1 - along)).larger(0.0)
    half = inside.power(0.8) * (width * 1.5) * (1.25 - along * 0.5)
    mask = (half - abs(x)).step(0.0, 0.008) * (along * (1 - along)).step(0.0, 0.004)
    midrib = abs(x).step(0.012, 0.004)
    veins = abs(((along - abs(x) * (1.6 / length)) * 8) % 1 - 0.5).step(0.1, 0.03) * 0.45
    return mask, midrib.larger(veins)


def _turned(sheet: Sheet, x: float, y: float, degrees: float) -> tuple[Field, Field]:
    """Coordinates that start at (x, y), with y along the direction (0 is up)."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    dx, dy = sheet.u - x, sheet.v - y
    return dx * c - dy * s, dx * s + dy * c


def _sprig(sheet: Sheet, leaves, length: float, width: float, greens: tuple[str, ...]):
    """Leaves on a stem: color and mask."""
    stem = abs(sheet.u - 0.5).step(0.012, 0.007) * sheet.v.step(0.93, 0.9)
    color, mask = sheet.color("6b5a32"), stem
    clouds = sheet.noise(5) * 0.6
    for number, (x, y, degrees) in enumerate(leaves):
        across, along = _turned(sheet, x, y, degrees)
        inside, veins = _leaf(across, along, length, width)
        leaf = (clouds + (number * 0.37) % 0.5).ramp(*greens)
        leaf = mix(sheet.tree, "ADD", veins * 0.22, leaf, "b8c46a")
        color, mask = leaf.over(color, inside), mask.larger(inside)
    return color, mask


_OLIVE = [(0.5, 0.06 + 0.19 * i, side * (50 - 4 * i)) for i in range(4) for side in (-1, 1)]
_BASIL = [(0.5, 0.05, 70), (0.5, 0.05, -70), (0.5, 0.3, 52), (0.5, 0.3, -52)]
_BASIL += [(0.5, 0.52, 28), (0.5, 0.52, -28), (0.5, 0.55, 0)]
_VINE = [(0.5, 0.12, 62), (0.5, 0.2, -58), (0.5, 0.42, 48), (0.5, 0.5, -40), (0.5, 0.58, 4)]


def olive_sprig(sheet: Sheet) -> tuple[Field, Field]:
    return _sprig(sheet, [*_OLIVE, (0.5, 0.72, 0)], 0.3, 0.09, ("3f5a30", "6f8a55", "a3b37f"))


def basil_sprig(sheet: Sheet) -> tuple[Field, Field]:
    return _sprig(sheet, _BASIL, 0.42, 0.27, ("1f5a1e", "3d8a2c", "7cb342"))


def vine_sprig(sheet: Sheet) -> tuple[Field, Field]:
    return _sprig(sheet, _VINE, 0.4, 0.3, ("2f4f1c", "5e7f2a", "a59a3a", "b5562a"))
