"""What identifiers of the scheme "text" look like: the few regular expressions that an agreement may hold.

Signs, classes such as [A-Z0-9], groups with alternatives, and ?, {n} and {n,m}: nothing that matches without
end, and nothing that two programs read in two ways. What is allowed means the same in RE2, in Python and in
a database (docs/schemes.md).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keys.errors import Text

if TYPE_CHECKING:
    from typing import NoReturn

LONGEST: Final = 64
"""Signs of the longest identifier that a pattern may allow."""
LONGEST_PATTERN: Final = 200
DEEPEST: Final = 8
"""Groups inside groups."""

_SIGN = re.compile(r"[A-Z0-9 _/:@#=-]")
_ESCAPED = re.compile(r"[][.()|?*+{}^$/-]")
_COUNT = re.compile(r"\{([0-9]{1,2})(?:,([0-9]{1,2}))?\}")


class PatternError(ValueError):
    """A pattern is none that an agreement may hold. where: the sign at which it stops being one, from 1."""

    def __init__(self, what: Text, where: int) -> None:
        super().__init__("not a pattern")
        self.what = what
        self.where = where


class _Length(NamedTuple):
    least: int
    most: int


def lengths(pattern: str) -> tuple[int, int]:
    """The least and the most signs of what a pattern allows; 1 … LONGEST. Raises PatternError."""
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError(Text("longer than {limit} signs", {"limit": LONGEST_PATTERN}), LONGEST_PATTERN + 1)
    reader = _Reader(pattern)
    found = reader.alternatives(0)
    if reader.here < len(pattern):
        reader.wrong(Text("a ) without its ("))
    if not found.least:
        raise PatternError(Text("nothing at all would be an identifier"), 1)
    return found


class _Reader:
    """Goes through a pattern from left to right and adds up lengths."""

    def __init__(self, pattern: str) -> None:
        self.here = 0
        self._pattern = pattern

    def wrong(self, what: Text) -> NoReturn:
        """Refuse the pattern at this place."""
        raise PatternError(what, self.here + 1)

    def alternatives(self, depth: int) -> _Length:
        """One sequence, or several with | between them, up to a ) or the end."""
        found = self._sequence(depth)
        while self._next() == "|":
            self.here += 1
            other = self._sequence(depth)
            found = _Length(min(found.least, other.least), max(found.most, other.most))
        return found

    def _next(self) -> str:
        return self._pattern[self.here : self.here + 1]

    def _sequence(self, depth: int) -> _Length:
        least = most = 0
        while (sign := self._next()) and sign not in "|)":
            one = self._piece(sign, depth)
            low, high = self._times()
            least, most = least + one.least * low, most + one.most * high
            if most > LONGEST:
                self.wrong(Text("identifiers of more than {limit} signs", {"limit": LONGEST}))
        if not most:
            self.wrong(Text("nothing stands here"))
        return _Length(least, most)

    def _piece(self, sign: str, depth: int) -> _Length:
        if sign == "(":
            return self._group(depth)
        if sign == "[":
            self._class()
        else:
            self._literal(sign)
        return _Length(1, 1)

    def _group(self, depth: int) -> _Length:
        if depth == DEEPEST:
            self.wrong(Text("more than {limit} groups inside each other", {"limit": DEEPEST}))
        self.here += 1
        found = self.alternatives(depth + 1)
        if self._next() != ")":
            self.wrong(Text("a ) is missing"))
        self.here += 1
        return found

    def _literal(self, sign: str) -> None:
        if sign == "\\":
            if not _ESCAPED.fullmatch(self._pattern[self.here + 1 : self.here + 2]):
                self.wrong(Text("a \\ stands only before a sign with a meaning; a digit is [0-9]"))
            self.here += 2
            return
        self._plain(sign)
        self.here += 1

    def _plain(self, sign: str) -> None:
        """Refuse what is no sign that identifiers are written with."""
        if sign.islower():
            self.wrong(Text("a small letter: identifiers are made upper case before they are looked at"))
        if sign == ".":
            self.wrong(Text("a . is any sign: name those that are meant, as [A-Z0-9]"))
        if sign in "*+":
            self.wrong(
                Text("{sign} has no end: say how many, as {example}", {"sign": sign, "example": "{1,8}"})
            )
        if not _SIGN.fullmatch(sign):
            self.wrong(Text("a sign that a pattern does not use here"))

    def _class(self) -> None:
        """[…]: signs and ranges of letters or of digits."""
        self.here += 1
        start = self.here
        while (sign := self._next()) != "]":
            if not sign:
                self.wrong(Text("a ] is missing"))
            if sign == "-" and self.here != start and self._pattern[self.here + 1 : self.here + 2] != "]":
                self.wrong(Text("a - among signs stands first or last"))
            self._literal(sign)
            if self._next() == "-" and self._pattern[self.here + 1 : self.here + 2] not in ("]", ""):
                self._range(sign)
        if self.here == start:
            self.wrong(Text("nothing stands here"))
        self.here += 1

    def _range(self, low: str) -> None:
        high = self._pattern[self.here + 1]
        if not (re.fullmatch("[A-Z]{2}|[0-9]{2}", low + high) and low < high):
            self.wrong(Text("a range is of two letters A–Z or two digits, the lower first"))
        self.here += 2

    def _times(self) -> tuple[int, int]:
        """How often the piece before may stand."""
        times = (1, 1)
        if self._next() == "?":
            self.here, times = self.here + 1, (0, 1)
        elif count := _COUNT.match(self._pattern, self.here):
            times = int(count[1]), int(count[2] or count[1])
            if not times[1] > 0 or times[0] > times[1]:
                self.wrong(Text("a count is at least 1, the lower number first"))
            self.here = count.end()
        if self._next() in tuple("?{"):
            self.wrong(Text("a count is written once, as {example}", {"example": "{4} or {1,8}"}))
        return times
