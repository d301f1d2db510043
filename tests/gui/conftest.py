"""A Blender window for each test module and each Blender generation."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from artist import Artist
from sandbox import SUITES, Sandbox
from window import Screen

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / "dist" / "gui"


def pytest_addoption(parser):
    parser.addoption("--suites", default=" ".join(SUITES), help="Debian suites, by a space")


def pytest_generate_tests(metafunc):
    if "suite" in metafunc.fixturenames:
        suites = metafunc.config.getoption("suites").split()
        metafunc.parametrize("suite", suites, scope="session")


def pytest_configure(config):
    config.addinivalue_line("markers", "story: the tests of this module build on each other")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Note what failed: at its setup, in itself, or at its teardown."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
        _failed(item.session).append(item)
    return report


def pytest_runtest_setup(item):
    """In a story, what comes after a failed chapter says nothing of its own."""
    if any(_same_story(item, other) for other in _failed(item.session)):
        pytest.skip("an earlier chapter of this story failed")


def pytest_sessionfinish(session):
    """Write down what to run once more, a test to a line: what failed, of a story all of it."""
    failed = _failed(session)
    again = [
        f"tests/gui/{item.nodeid}"
        for item in session.items
        if item in failed or any(_same_story(item, other) for other in failed)
    ]
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    (ARTIFACTS / "failed.txt").write_text("".join(f"{test}\n" for test in again))


def pytest_terminal_summary(terminalreporter):
    """Leave the counts, and what was skipped and why, for run.sh to print at the very end."""
    stats = terminalreporter.stats
    counts = {kind: len(stats.get(kind, ())) for kind in ("passed", "failed", "error", "skipped")}
    lines = [", ".join(f"{count} {kind}" for kind, count in counts.items())]
    for report in stats.get("skipped", ()):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        lines.append(f"skipped: {report.nodeid} ({reason})")
    (ARTIFACTS / "counts.txt").write_text("\n".join(lines) + "\n")


def _failed(session) -> list:
    return session.stash.setdefault(_FAILED_TESTS, [])


def _same_story(item, other) -> bool:
    story = item.get_closest_marker("story")
    return bool(story) and (item.module, item.callspec.id) == (other.module, other.callspec.id)


FAILED: pytest.StashKey[bool] = pytest.StashKey()
"""Set on a test that failed."""

_FAILED_TESTS: pytest.StashKey[list] = pytest.StashKey()


@pytest.fixture(scope="session")
def package() -> Path:
    """The zip that is installed: without wheels, as Debian's Blender has a Python of its own."""
    return max((ROOT / "dist").glob("impasto-*-bare.zip"), key=lambda path: path.stat().st_mtime)


@pytest.fixture(scope="session")
def sandbox(suite) -> Sandbox:
    """The suite's Debian, with the test scene made by its own Blender."""
    made = Sandbox(suite).setup()
    shutil.rmtree(made.work, ignore_errors=True)
    made.work.mkdir()
    shutil.copy(Path(__file__).with_name("scene.py"), made.work)
    made.run(
        *("blender", "--background", "--python-exit-code", "3", "--python", "/w/scene.py"),
        *("--", "/w/scene"),
    )
    for story in ("features", "panels"):  # What one story saves is no business of another.
        shutil.copy(made.work / "scene/scene.blend", made.work / f"scene/{story}.blend")
    return made


@pytest.fixture(scope="session")
def screen(sandbox, suite):
    """An X server for the suite."""
    opened = Screen(sandbox, 91 + SUITES.index(suite))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def open_window(screen, suite, request):
    """Starts Blender windows for a module and ends those that its tests left open."""
    opened: list[Artist] = []

    def start(name: str, *arguments: str, profile: str = "", alone: bool = False) -> Artist:
        log = ARTIFACTS / suite / name / "blender.log"
        profile = profile or f"/w/profile-{name}"
        window = Artist(screen, log, *arguments, profile=profile, alone=alone)
        opened.append(window)
        return window

    yield start
    for window in opened:
        window.kill()


@pytest.fixture(scope="session")
def profile(sandbox, package) -> str:
    """A profile in which the extension is installed and enabled, for windows that begin so."""
    shutil.copy(package, sandbox.work / package.name)
    sandbox.run(
        *("blender", "--command", "extension", "install-file"),
        *("--repo", "user_default", "--enable", f"/w/{package.name}"),
        BLENDER_USER_RESOURCES="/w/profile-ready",
    )
    return "/w/profile-ready"
