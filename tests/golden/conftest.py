"""An option that writes the expected files anew."""

from __future__ import annotations


def pytest_addoption(parser):
    parser.addoption(
        "--write-golden", action="store_true", help="write the expected files of tests/golden anew"
    )
