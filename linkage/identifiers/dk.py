"""Danish identity numbers (CPR), and the replacement numbers that stand in their place.

A number has had no check digit since 2007, so a mistake in typing one cannot be seen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from stdnum.dk import cpr
from stdnum.exceptions import ValidationError

from linkage.errors import Text
from linkage.identifiers.numbered import Numbered, One, Reason, day, reasons, written

if TYPE_CHECKING:
    from linkage.identifiers.model import Canonical, Codes, Keys

_FORM = re.compile(r"([0-9]{6})-?((?=.*[0-9])[0-9A-Z]{4}|[A-Z]{4})")
_LETTERS = re.compile(r"[A-Z?]")
_CPR, _REPLACEMENT, _UNREADABLE = range(3)


class Danish(Numbered):
    """The scheme "dk": ten digits."""

    name = "dk"
    kinds: tuple[str, ...] = ("cpr", "erstatning", "unreadable")
    linkable = 1
    reasons = reasons(Text("not ten digits"), Text("the serial number 0000"))
    width = 10
    alike = 1_000  # the first digit of the serial, with the year, tells the century

    def one(self, text: str) -> One:
        """As Numbered.one."""
        match = _FORM.fullmatch(text)
        if match is None:
            return self.unreadable(_why(text))
        date, serial = match[1], match[2]
        replacement = not serial.isdigit()
        if date[0] in "6789":  # 60 is added to the day of some replacement numbers
            replacement, date = True, f"{int(date[0]) - 6}{date[1:]}"
        try:
            born = cpr.get_birth_date(date + (serial if serial.isdigit() else "0001"))
        except ValidationError:
            return self.unreadable(Reason.DATE)
        if serial == "0000":
            return self.unreadable(Reason.SERIAL)
        if replacement:
            return One(_REPLACEMENT)
        return One(_CPR, Reason.NONE, date + serial, day(born))

    def key(self, canonical: str) -> int:
        """As Numbered.key."""
        return int(canonical)

    def canonical(self, keys: Keys) -> Canonical:
        """As Scheme.canonical: "S10"."""
        return written(keys, self.width)

    def men(self, keys: Keys) -> Codes:
        """As Numbered.men."""
        return (keys % 2).astype(np.uint8)


def _why(text: str) -> Reason:
    if not text:
        return Reason.EMPTY
    if _LETTERS.search(text):
        return Reason.CHARACTERS
    return Reason.FORM if sum(sign.isdigit() for sign in text) == Danish.width else Reason.DIGITS
