"""A core is left to the window, but not at any price."""

from __future__ import annotations

import os

import pytest
import torch

from impasto.core.worker import threads


@pytest.mark.parametrize(
    ("wanted", "spare", "available", "given"),
    [(0, 1, 8, 7), (0, 0, 8, 8), (0, 1, 2, 2), (0, 1, 1, 1), (0, 9, 4, 1), (3, 1, 2, 3)],
)
def test_room(wanted, spare, available, given):
    assert threads.room(wanted, spare, available) == given


def test_what_the_user_says_of_waiting_holds(monkeypatch):
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    threads.wait_asleep()
    assert (os.environ["OMP_WAIT_POLICY"], os.environ["GOMP_SPINCOUNT"]) == ("ACTIVE", "5000")


def test_a_loaded_torch_is_told():
    before = torch.get_num_threads()
    try:
        assert threads.limit(1, 0)
        assert torch.get_num_threads() == 1
        assert threads.limit(0, 1)
        assert torch.get_num_threads() == 1, "its own choice is never raised"
    finally:
        torch.set_num_threads(before)
