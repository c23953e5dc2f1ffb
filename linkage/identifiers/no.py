"""Norwegian identity numbers: fødselsnummer and D-nummer, and what stands in their place."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import numpy as np
from stdnum.exceptions import ValidationError
from stdnum.no import fodselsnummer

from linkage.errors import Text
from linkage.identifiers.numbered import Numbered, One, Reason, day, reasons, written

if TYPE_CHECKING:
    from linkage.identifiers.model import Canonical, Codes, Keys

_FORM = re.compile(r"([0-9]{6})-?([0-9]{5})")
_LETTERS = re.compile(r"[A-Z?]")
_FODSELSNUMMER, _D, _SYNTHETIC, _H, _FH, _UNREADABLE = range(6)


class Norwegian(Numbered):
    """The scheme "no": eleven digits."""

    name = "no"
    kinds: tuple[str, ...] = ("fodselsnummer", "d-nummer", "syntetisk", "h-nummer", "fh-nummer", "unreadable")
    linkable = 3
    reasons = reasons(Text("not eleven digits"), Text("a serial number that the year of birth does not have"))
    width = 11
    alike = 10_000  # the first digit of the serial, with the year, tells the century

    def one(self, text: str) -> One:
        """As Numbered.one."""
        match = _FORM.fullmatch(text)
        if match is None:
            return self.unreadable(_why(text))
        number = match[1] + match[2]
        if number[0] in "89":
            right = _checked(number)
            return One(_FH) if right else self.unreadable(Reason.CHECK)
        kind, plain = _kind(number)
        born = _born(plain)
        if born is None:
            # the same day with a serial of the 1900s: is it the day, or a serial that means no century
            no_century = _born(plain[:6] + "000" + plain[9:]) is not None
            return self.unreadable(Reason.SERIAL if no_century else Reason.DATE)
        if not _checked(number):
            return self.unreadable(Reason.CHECK)
        return One(kind, Reason.NONE, number if kind < self.linkable else "", day(born))

    def key(self, canonical: str) -> int:
        """As Numbered.key."""
        return int(canonical)

    def canonical(self, keys: Keys) -> Canonical:
        """As Scheme.canonical: "S11"."""
        return written(keys, self.width)

    def men(self, keys: Keys) -> Codes:
        """As Numbered.men."""
        return (keys // 100 % 2).astype(np.uint8)


def _kind(number: str) -> tuple[int, str]:
    """Kind of eleven digits, and the number with the true month in it.

    40 is added to the day of a D-nummer, and to the month of a hospital's own number; 80 to the month of a
    made-up one (Skatteetaten, Tenor).
    """
    month = int(number[2:4])
    if month > 80:
        return _SYNTHETIC, f"{number[:2]}{month - 80:02}{number[4:]}"
    if month > 40:
        return _H, f"{number[:2]}{month - 40:02}{number[4:]}"
    return (_D if number[0] >= "4" else _FODSELSNUMMER), number


def _born(plain: str) -> dt.date | None:
    try:
        return fodselsnummer.get_birth_date(plain)
    except ValidationError:
        return None


def _checked(number: str) -> bool:
    """Whether both check digits are right; there are numbers for which there is none."""
    first, second = fodselsnummer.calc_check_digit1(number), fodselsnummer.calc_check_digit2(number)
    return number[9:] == first + second


def _why(text: str) -> Reason:
    if not text:
        return Reason.EMPTY
    if _LETTERS.search(text):
        return Reason.CHARACTERS
    return Reason.FORM if sum(sign.isdigit() for sign in text) == Norwegian.width else Reason.DIGITS
