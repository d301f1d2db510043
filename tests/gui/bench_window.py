"""How quick it feels: to enable, to draw, and to click during the largest job (``make bench-window``).

The figures go beside the goals into ``speed.json`` and are printed; none of them fails a test. A
machine that is busy with something else only makes them worse, so each is measured several times until
it reaches its goal.

A click is timed until its property has changed. If Blender is drawing at that moment, the click
waits; and here the processor draws every pixel, by Mesa, where it takes a graphics card milliseconds.
So the figures have the same clicks without a job beside them.
"""

from __future__ import annotations

import json
import statistics
import time

import pytest
from artist import MODULE
from conftest import ARTIFACTS

GOALS = {"enable_ms": 50, "draw_all_ms": 2, "click_ms": 100}
ROUNDS = 12
CLICK_ROUNDS = 5
"""As many as fit into the job."""
PANELS = {"textures", "members", "style", "style_mix", "stylize", "frames", "create", "jobs"}

ENABLE = f"""
import addon_utils, time
addon_utils.disable({MODULE!r})
for name in [name for name in sys.modules if name.startswith({MODULE!r})]:
    del sys.modules[name]
start = time.perf_counter()
addon_utils.enable({MODULE!r})
answer = time.perf_counter() - start
"""

OPEN_ALL = """
panels = [p for p in bpy.types.Panel.__subclasses__() if getattr(bpy.types, p.__name__, None) is p]
panels = [p for p in panels if getattr(p, 'bl_category', '') == 'Impasto']
for panel in reversed(panels):
    bpy.utils.unregister_class(panel)
for panel in panels:
    if isinstance(getattr(panel, 'bl_options', None), set):
        panel.bl_options = panel.bl_options - {'DEFAULT_CLOSED'}
    bpy.utils.register_class(panel)
"""
"""Before the tab is drawn for the first time: later, it remembers what is folded."""


@pytest.fixture(scope="module")
def figures(suite):
    """What is measured, for a file."""
    file = ARTIFACTS / suite / "speed.json"
    # What was measured before is kept where only a test that failed is run once more.
    measured = json.loads(file.read_text()) if file.exists() else {"goals": GOALS}
    yield measured
    text = json.dumps(measured, indent=2)
    file.write_text(text + "\n")
    print(text)


@pytest.fixture
def artist(open_window, profile, request):
    """A Blender with the extension enabled."""
    window = open_window(f"speed-{request.node.originalname}", profile=profile)
    yield window
    window.quit()


def best(measure, goal: float, rounds: int = ROUNDS) -> float:
    """The smallest figure of some rounds, in milliseconds; the first that reaches the goal."""
    figures: list[float] = []
    while len(figures) < rounds and (not figures or figures[-1] > goal):
        figures.append(1000 * measure())
    return round(min(figures), 2)


def test_enable(artist, figures):
    figures["enable_ms"] = best(
        lambda: statistics.median(artist.run(ENABLE) for _ in range(5)), GOALS["enable_ms"]
    )


def test_draw(artist, figures):
    """All panels of the tab together, none folded; each is drawn whenever the pointer moves over
    it.
    """
    artist.run(OPEN_ALL)
    artist.open("/w/scene/scene.blend")
    artist.press(r"impasto\.analyze_textures")
    artist.wait_idle()
    artist.run("time_draws('IMPASTO_PT_')")

    def draw() -> float:
        artist.run("draw_seconds.clear()")
        for _ in range(30):
            artist.run("region().tag_redraw()")
            time.sleep(0.03)
        times = artist.ask("draw_seconds")
        panels = {name: statistics.median(found) for name, found in sorted(times.items())}
        figures["draw_ms"] = {name: round(1000 * s, 2) for name, s in panels.items()}
        return sum(panels.values())

    figures["draw_all_ms"] = best(draw, GOALS["draw_all_ms"])
    assert {f"IMPASTO_PT_{name}" for name in PANELS} <= figures["draw_ms"].keys()


def test_click_during_the_largest_job(artist, figures):
    artist.open("/w/scene/big.blend")
    idle = clicks(artist)
    figures["click_ms_without_a_job"] = [round(1000 * s) for s in idle]
    goal = max(GOALS["click_ms"], 1000 * statistics.median(idle))
    working = f"{artist.JOB} is not None"

    def median() -> float:
        for _ in range(3):
            if not artist.ask(working):
                artist.start_long_job()
            seconds = clicks(artist, 5)
            if artist.ask(working):  # else it was over before the last click: once more
                break
        else:
            pytest.fail("no job lasts as long as five clicks")
        figures["click_ms_during_a_job"] = [round(1000 * s) for s in seconds]
        return statistics.median(seconds)

    figures["click_ms"] = best(median, goal, CLICK_ROUNDS)
    artist.key("Escape")
    artist.wait_idle()


def clicks(artist, count: int = 10) -> list[float]:
    """Seconds from a click on a checkbox to the change of its property, several times."""
    x, y = artist.find(r"impasto\.automatic$")
    latencies = []
    for _ in range(count):
        artist.move(x, y)
        time.sleep(0.5)  # As a hand that comes to rest before it clicks.
        artist.run("watch('bpy.context.scene.impasto.automatic')")
        clicked = time.time()
        artist.screen.do("click 1")
        artist.until("changes", "the click", 20)
        latencies.append(artist.ask("changes[0]") - clicked)
    return latencies
