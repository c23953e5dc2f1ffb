"""Where in a TOML text each value stands: for line numbers, and for edits that keep comments.

`scan` reads only text that `tomllib` has accepted, so it looks for no faults.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indexes from the top: ("party", 0, "series", 2, "title")."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})|' + r"'''.*?'''(?:'{0,2})|" + r'"(?:\\.|[^"\\])*"|' + r"'[^']*'",
    re.DOTALL,
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]+")
_SPACE = re.compile(r"[ \t]*")


class Spot(NamedTuple):
    """Offsets of a value and of its key. key: the whole key, last: its last part (a.b.last = value).

    inline: inside an inline table or an array, where a new key needs a comma instead of a line.
    """

    key: int
    last: int
    start: int
    end: int
    inline: bool


@dataclass
class Places:
    """Where everything stands. values: every value, those inside arrays and inline tables too."""

    text: str
    values: dict[Path, Spot] = field(default_factory=dict)
    headers: dict[Path, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lines = [found.end() for found in re.finditer("\n", self.text)]

    def line(self, path: Path) -> int:
        """Line of the value or header at the path, or of the nearest thing around it; counted from 1."""
        while path:
            if path in self.values:
                return bisect_right(self._lines, self.values[path].key) + 1
            if path in self.headers:
                return bisect_right(self._lines, self.headers[path]) + 1
            path = path[:-1]
        return 1


def scan(text: str) -> Places:
    """The places of all values of a valid TOML text."""
    scanner = _Scanner(text)
    scanner.run()
    return scanner.places


class _Scanner:
    """Walks through the text once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places = Places(text)
        self.arrays: dict[Path, int] = {}

    def run(self) -> None:
        table: Path = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._assignment(table, inline=False)
            self._skip(_BLANK)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        if found := pattern.match(self.text, self.at):
            self.at = found.end()

    def _header(self) -> Path:
        """[a.b] or [[a.b]]; the path of the table that it opens."""
        start = self.at
        double = self.text.startswith("[[", start)
        self.at += 2 if double else 1
        keys, _ = self._keys()
        self.at += 2 if double else 1
        path: Path = ()
        for key in keys[:-1] if double else keys:
            path += (key,)
            if path in self.arrays:
                path += (self.arrays[path],)
        if double:
            path += (keys[-1],)
            self.arrays[path] = self.arrays.get(path, -1) + 1
            self.places.headers.setdefault(path, start)
            path += (self.arrays[path],)
        self.places.headers[path] = start
        return path

    def _keys(self) -> tuple[list[str], int]:
        """A dotted key, and the offset of its last part; then the place after it and its spaces."""
        keys: list[str] = []
        while True:
            self._skip(_SPACE)
            last = self.at
            if quoted := _STRING.match(self.text, self.at):
                keys.append(tomllib.loads(f"key = {quoted[0]}")["key"])
                self.at = quoted.end()
            else:
                self._skip(_BARE)
                keys.append(self.text[last : self.at])
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return keys, last
            self.at += 1

    def _assignment(self, table: Path, *, inline: bool) -> None:
        """Key = value."""
        key = self.at
        keys, last = self._keys()
        self.at += 1
        self._value((*table, *keys), key, last, inline=inline)

    def _value(self, path: Path, key: int, last: int, *, inline: bool) -> None:
        self._skip(_BLANK)
        start = self.at
        if found := _STRING.match(self.text, self.at):
            self.at = found.end()
        elif self.text.startswith("[", start):
            self._array(path)
        elif self.text.startswith("{", start):
            self._inline_table(path)
        elif found := _SCALAR.match(self.text, self.at):
            self.at += len(found[0].rstrip())
        self.places.values[path] = Spot(key, last, start, self.at, inline)

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while not self._closes("]"):
            self._value((*path, index), self.at, self.at, inline=True)
            index += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while not self._closes("}"):
            self._assignment(path, inline=True)

    def _closes(self, sign: str) -> bool:
        """Whether the array or table ends here; a comma and blanks before the next item are gone past."""
        self._skip(_BLANK)
        if self.text.startswith(",", self.at):
            self.at += 1
            self._skip(_BLANK)
        if self.text.startswith(sign, self.at):
            self.at += 1
            return True
        return False
