"""How quick it feels: to enable, to draw, and to click during the largest job.

The figures go into ``speed.json`` beside the screenshots, with the floors that a machine with a
screen and nothing else to do keeps. The tests themselves only refuse what no load explains, ten
times as much: here, the processor also draws every pixel of the window.
"""

from __future__ import annotations

import json
import statistics
import time

import pytest
from artist import MODULE
from conftest import ARTIFACTS

FLOORS = {"enable_ms": 50, "draw_all_ms": 2, "click_ms_median": 100}
SLACK = 10

ENABLE = f"""
import addon_utils, time
addon_utils.disable({MODULE!r})
for name in [name for name in sys.modules if name.startswith({MODULE!r})]:
    del sys.modules[name]
start = time.perf_counter()
addon_utils.enable({MODULE!r})
answer = time.perf_counter() - start
"""


@pytest.fixture(scope="module")
def artist(open_window, profile, suite):
    """A Blender with the extension enabled, and the figures it gives."""
    window = open_window("speed", profile=profile)
    window.figures = {"floors": FLOORS}
    yield window
    window.quit()
    text = json.dumps(window.figures, indent=2)
    (ARTIFACTS / suite / "speed.json").write_text(text + "\n")
    print(text)


def test_enable(artist):
    seconds = [artist.run(ENABLE) for _ in range(5)]
    artist.figures["enable_ms"] = round(1000 * statistics.median(seconds), 1)
    assert artist.figures["enable_ms"] < SLACK * FLOORS["enable_ms"]


def test_draw(artist):
    artist.open("/w/scene/scene.blend")
    artist.press(r"impasto\.analyze_textures")
    artist.wait_idle()
    artist.run("time_draws('IMPASTO_PT_')")
    for _ in range(60):
        artist.run("region().tag_redraw()")
        time.sleep(0.03)
    artist.open_tab()
    draws = artist.ask("draw_seconds")
    panels = {name: statistics.median(times) * 1000 for name, times in draws.items()}
    artist.figures["draw_ms"] = {name: round(ms, 2) for name, ms in sorted(panels.items())}
    artist.figures["draw_all_ms"] = round(sum(panels.values()), 2)
    assert artist.figures["draw_all_ms"] < SLACK * FLOORS["draw_all_ms"]


def test_click_during_the_largest_job(artist):
    artist.open("/w/scene/big.blend")
    artist.start_long_job()
    during = clicks(artist)
    assert artist.ask(f"{artist.JOB} is not None"), "the job was over too soon"
    artist.key("Escape")
    artist.wait_idle()
    idle = clicks(artist)
    artist.figures["click_ms_median"] = round(1000 * statistics.median(during))
    artist.figures["click_ms_worst"] = round(1000 * max(during))
    artist.figures["click_ms_median_without_a_job"] = round(1000 * statistics.median(idle))
    assert artist.figures["click_ms_median"] < SLACK * FLOORS["click_ms_median"] + 1000 * max(idle)


def clicks(artist) -> list[float]:
    """Seconds from a click on a checkbox to the change of its property, several times."""
    x, y = artist.find(r"impasto\.automatic$")
    latencies = []
    for _ in range(8):
        artist.move(x, y)
        time.sleep(0.3)
        artist.run("watch('bpy.context.scene.impasto.automatic')")
        clicked = time.time()
        artist.screen.do("click 1")
        artist.until("changes", "the click", 20)
        latencies.append(artist.ask("changes[0]") - clicked)
    return latencies
