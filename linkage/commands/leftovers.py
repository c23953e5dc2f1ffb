"""What a write that was killed midway left beside its file: hidden, never read, removed by the next one."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from keys import atomic

if TYPE_CHECKING:
    from pathlib import Path

STALE = 60.0  # seconds without a byte: nobody is writing it any more


def clear(path: Path) -> None:
    """Remove what earlier writes of `path` left. What cannot be removed stays: it does no harm."""
    with contextlib.suppress(OSError):
        for file in atomic.leftovers(path):
            if time.time() - file.stat().st_mtime >= STALE:
                file.unlink(missing_ok=True)
