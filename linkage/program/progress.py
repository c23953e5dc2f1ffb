"""How far a long work has come: one line on stderr, redrawn; nothing where stderr is no terminal."""

from __future__ import annotations

import shutil
import sys
import time

from linkage.errors import Text
from linkage.texts import say

_BAR = 20
_OFTEN = 0.1  # seconds between two drawings


class Progress:
    """A progress line for anything over a second."""

    PATIENCE = 1.0

    def __init__(self, label: str) -> None:
        self._label = label
        self._began = time.monotonic()
        self._drawn = 0.0
        self._shown = 0
        self._on = sys.stderr.isatty()

    def __call__(self, done: int, total: int, rows: int | None = None) -> None:
        """Say that `done` of `total` (0: nobody knows) are done, and so many rows were read."""
        now = time.monotonic()
        if not self._on or now - self._began < self.PATIENCE or now - self._drawn < _OFTEN:
            return
        self._drawn = now
        self._draw(line(say(self._label), done, total, rows, now - self._began))

    def close(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r" + " " * self._shown + "\r")
            sys.stderr.flush()
        self._shown, self._on = 0, False

    def _draw(self, text: str) -> None:
        text = text[: shutil.get_terminal_size().columns - 1]
        sys.stderr.write("\r" + text.ljust(self._shown))  # no control sequences: they are not everywhere
        sys.stderr.flush()
        self._shown = len(text)


def line(label: str, done: int, total: int, rows: int | None, seconds: float) -> str:
    """What is shown: label, share and bar where the total is known, rows a second, time left."""
    parts = [label]
    if total:
        full = min(_BAR * done // total, _BAR)
        parts += [f"[{'#' * full}{'-' * (_BAR - full)}]", f"{min(100 * done // total, 100):3} %"]
    if rows is not None:
        words: dict[str, object] = {"rows": _short(rows), "speed": _short(round(rows / seconds))}
        parts.append(say(Text("{rows} rows, {speed} a second", words)))
    if total and done:
        left = round(seconds * max(total - done, 0) / done)
        parts.append(say(Text("{time} left", {"time": f"{left // 60}:{left % 60:02}"})))
    return "  ".join(parts)


def _short(number: int) -> str:
    return f"{number:,}".replace(",", " ")
