"""The cache: hits, misses, damage, bounds."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest

from impasto.core.control import Control
from impasto.core.errors import BadRequest
from impasto.core.features import DescriptorCache, Thumbnails, describe
from impasto.core.features.cache import content_key
from impasto.core.features.columns import LENGTH
from impasto.core.image.reference import ImageRef


@pytest.fixture
def image(tmp_path: Path) -> ImageRef:
    path = tmp_path / "image.png"
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 255, (40, 40, 3), np.uint8))
    return ImageRef("image", (str(path),))


def row(value: float = 1.0) -> np.ndarray:
    """A row that could be a description."""
    return np.full(LENGTH, value, np.float32)


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    cache = DescriptorCache(tmp_path / "cache")
    assert cache.get("ab12") is None
    cache.put("ab12", row(3))
    np.testing.assert_array_equal(cache.get("ab12"), row(3))
    cache.flush()
    np.testing.assert_array_equal(DescriptorCache(tmp_path / "cache").get("ab12"), row(3))


def test_the_key_follows_content_and_reading(image: ImageRef, tmp_path: Path) -> None:
    path = Path(image.paths[0])
    key = content_key(image)
    copy = tmp_path / "copy.png"
    copy.write_bytes(path.read_bytes())
    assert content_key(ImageRef("other", (str(copy),))) == key
    assert content_key(ImageRef("image", image.paths, "Non-Color")) != key
    assert content_key(ImageRef("image", image.paths, alpha_mode="PREMUL")) != key
    assert content_key(ImageRef("image", image.paths * 2)) != key
    cv2.imwrite(str(path), np.zeros((40, 40, 3), np.uint8))
    assert content_key(image) != key
    with pytest.raises(BadRequest):
        content_key(ImageRef("none", ()))


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY", b"nonsense" * 4000])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    kept = DescriptorCache(tmp_path)
    kept.put("ab12", row())
    kept.close()
    (tmp_path / "descriptions.sqlite").write_bytes(damage)
    cache = DescriptorCache(tmp_path)
    assert cache.get("ab12") is None
    cache.put("ab12", row(2))
    cache.close()
    np.testing.assert_array_equal(DescriptorCache(tmp_path).get("ab12"), row(2))


def test_a_file_that_is_damaged_inside_costs_only_the_cache(
    image: ImageRef, tmp_path: Path
) -> None:
    kept = DescriptorCache(tmp_path / "cache")
    for index in range(100):
        kept.put(f"{index:04}", row())
    kept.close()
    path = tmp_path / "cache" / "descriptions.sqlite"
    path.write_bytes(path.read_bytes()[:20000])
    assert describe([image], cache=DescriptorCache(tmp_path / "cache")).rows.shape == (1, LENGTH)
    content = content_key(image)
    describe([image], cache=DescriptorCache(tmp_path / "cache"))
    assert DescriptorCache(tmp_path / "cache").get(content) is not None


def test_foreign_rows_are_misses(tmp_path: Path) -> None:
    cache = DescriptorCache(tmp_path)
    cache.put("ab12", row())
    cache.close()
    for content in (np.zeros(3, np.float32).tobytes(), row(np.nan).tobytes(), "text", None, 5):
        with closing(sqlite3.connect(tmp_path / "descriptions.sqlite")) as file, file:
            file.execute("DELETE FROM descriptions")
            file.execute("DROP TABLE descriptions")
            file.execute("CREATE TABLE descriptions (key TEXT PRIMARY KEY, row)")
            file.execute("INSERT INTO descriptions VALUES ('ab12', ?)", (content,))
        assert cache.get("ab12") is None


def test_a_row_that_was_changed_is_a_miss(tmp_path: Path) -> None:
    """Though its numbers are as good as any."""
    cache = DescriptorCache(tmp_path)
    cache.put("ab12", row())
    cache.close()
    with closing(sqlite3.connect(tmp_path / "descriptions.sqlite")) as file, file:
        (content,) = file.execute("SELECT row FROM descriptions").fetchone()
        changed = bytearray(content)
        changed[2] ^= 1
        file.execute("UPDATE descriptions SET row = ?", (bytes(changed),))
    assert cache.get("ab12") is None


def test_the_newest_rows_stay_though_the_clock_was_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = DescriptorCache(tmp_path, bytes_at_most=4 * LENGTH * 2)
    for year, key in ((2040, "old"), (2039, "older"), (2020, "new"), (2019, "newest")):
        monkeypatch.setattr(time, "time", lambda year=year: (year - 1970) * 365.0 * 24 * 3600)
        cache.put(key, row())
        cache.flush()
    cache.prune()
    assert set(cache.get_many(["old", "older", "new", "newest"])) == {"new", "newest"}


@pytest.mark.parametrize("damage", ["cut", "flip", "zero", "empty", "gone"])
def test_a_damaged_thumbnail_is_made_anew(image: ImageRef, tmp_path: Path, damage: str) -> None:
    cache, thumbnails = DescriptorCache(tmp_path / "cache"), Thumbnails(tmp_path / "thumbnails")
    (content,) = describe([image], cache=cache, thumbnails=thumbnails).contents
    path = thumbnails.path(content)
    whole = path.read_bytes()
    middle = len(whole) // 2
    wrong = {
        "cut": whole[:-4],
        "flip": whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1 :],
        "zero": whole[:middle] + bytes(len(whole) - middle),
        "empty": b"",
    }
    path.unlink() if damage == "gone" else path.write_bytes(wrong[damage])
    assert not thumbnails.has(content) and content not in thumbnails.contents()
    describe([image], cache=cache, thumbnails=thumbnails)
    assert path.read_bytes() == whole
    assert thumbnails.has(content) and content in thumbnails.contents()


def test_files_of_another_layout_are_made_anew(tmp_path: Path) -> None:
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "ab12.npy").write_bytes(b"of an earlier version")
    with closing(sqlite3.connect(tmp_path / "descriptions.sqlite")) as file, file:
        file.execute("CREATE TABLE descriptions (other TEXT)")
    cache = DescriptorCache(tmp_path)
    cache.put("ab12", row())
    cache.close()
    np.testing.assert_array_equal(cache.get("ab12"), row())
    assert not (tmp_path / "ab").exists()


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    """Whole rows of both are there in the end."""
    program = """
import sys, numpy as np
from pathlib import Path
from impasto.core.features import DescriptorCache
from impasto.core.features.columns import LENGTH
cache = DescriptorCache(Path(sys.argv[1]))
for index in range(60):
    cache.put(f"{sys.argv[2]}{index}", np.full(LENGTH, index, np.float32))
    cache.flush()
"""
    command = [sys.executable, "-c", program, str(tmp_path)]
    both = [subprocess.Popen([*command, name]) for name in ("a", "b")]
    assert [process.wait(120) for process in both] == [0, 0]
    rows = DescriptorCache(tmp_path).get_many([f"{name}{i}" for name in "ab" for i in range(60)])
    assert len(rows) == 120
    assert all((rows[f"{name}{i}"] == i).all() for name in "ab" for i in range(60))


def test_a_killed_process_leaves_what_it_wrote(tmp_path: Path) -> None:
    program = """
import os, signal, sys, numpy as np
from pathlib import Path
from impasto.core.features import DescriptorCache
from impasto.core.features.columns import LENGTH
cache = DescriptorCache(Path(sys.argv[1]))
cache.put("written", np.ones(LENGTH, np.float32))
cache.flush()
with cache._database() as connection:
    connection.execute("DELETE FROM descriptions")
    os._exit(1)
"""
    process = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert process.returncode == 1
    assert DescriptorCache(tmp_path).get("written") is not None


def test_the_oldest_go_first(tmp_path: Path) -> None:
    cache = DescriptorCache(tmp_path, bytes_at_most=3 * 4 * LENGTH)
    keys = ("aa1", "bb2", "cc3", "dd4", "ee5")
    for key in keys:
        cache.put(key, row())
    cache.close()
    with closing(sqlite3.connect(tmp_path / "descriptions.sqlite")) as file, file:
        for age, key in enumerate(keys):
            file.execute("UPDATE uses SET time = ? WHERE key = ?", (1000 + age, key))
    assert cache.get("aa1") is not None
    assert cache.prune() == 2
    assert [key for key in keys if cache.get(key) is not None] == ["aa1", "dd4", "ee5"]


def test_known_files_are_not_read_again(image: ImageRef, tmp_path: Path) -> None:
    path = image.paths[0]
    cache = DescriptorCache(tmp_path / "cache")
    digest = cache.read_digest(path)
    assert cache.known_digests([path]) == {}  # written a moment ago: it may change unnoticed
    os.utime(path, (1e9, 1e9))
    wait_for_the_clock(path)
    assert cache.read_digest(path) == digest
    cache.close()
    assert DescriptorCache(tmp_path / "cache").known_digests([path]) == {path: digest}
    Path(path).write_bytes(Path(path).read_bytes()[::-1])  # as long as before
    os.utime(path, (1e9, 1e9))
    assert DescriptorCache(tmp_path / "cache").known_digests([path]) == {}
    Path(path).unlink()
    assert DescriptorCache(tmp_path / "cache").known_digests([path]) == {}


def wait_for_the_clock(path: str) -> None:
    """Wait until a file is no longer new."""
    while time.time() - os.stat(path).st_ctime < 2.1:
        time.sleep(0.1)


def test_a_folder_that_cannot_be_made_costs_only_the_cache(image: ImageRef, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    found = describe([image], cache=DescriptorCache(blocked / "cache"))
    assert found.rows.shape == (1, LENGTH)


def test_a_described_image_is_not_opened_again(image: ImageRef, tmp_path: Path) -> None:
    cache, thumbnails = DescriptorCache(tmp_path / "cache"), Thumbnails(tmp_path / "thumbnails", 32)
    first = describe([image], cache=cache, thumbnails=thumbnails)
    steps: list[str] = []
    again = describe(
        [image], cache=cache, thumbnails=thumbnails, control=Control(lambda p: steps.append(p.step))
    )
    np.testing.assert_array_equal(first.rows, again.rows)
    assert not any("Describing" in step for step in steps)
    assert thumbnails.read(first.contents[0]).shape == (32, 32, 4)
    thumbnails.path(first.contents[0]).unlink()
    describe([image], cache=cache, thumbnails=thumbnails)
    assert thumbnails.has(first.contents[0])
