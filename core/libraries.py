"""What libraries would leave behind, or print, by themselves."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path


def leave_no_folders() -> None:
    """Keep libraries from making empty folders; to be called before they are loaded."""
    # torch makes a folder for what it compiles, and we have it compile nothing.
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", tempfile.gettempdir())
    if sys.platform == "linux":  # elsewhere, matplotlib has one folder for settings and its cache
        with suppress(RuntimeError):  # no home
            cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
            os.environ.setdefault("MPLCONFIGDIR", str(cache / "matplotlib"))


def silence() -> None:
    """Let only Python write to standard error: decoders print there what their errors say anyway."""
    try:
        if sys.stderr.fileno() != 2:
            return
    except (OSError, ValueError, AttributeError):  # it was replaced
        return
    ours = os.dup(2)
    sys.stderr = os.fdopen(ours, "w", 1, sys.stderr.encoding, sys.stderr.errors, "\n")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
