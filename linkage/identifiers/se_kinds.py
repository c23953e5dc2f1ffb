"""Kinds of Swedish identity numbers, why a value is none, and the year behind two digits."""

from __future__ import annotations

import datetime as dt
from enum import IntEnum
from typing import TYPE_CHECKING

from linkage.errors import Text

if TYPE_CHECKING:
    from typing import Self

CENTURIES = (18, 19, 20)
EARLIEST = 1840  # numbers were first given in 1947: nobody born earlier had one, whatever a + says


class Kind(IntEnum):
    """What a value is. Only the first two can be linked; docs/identifiers.md gives every form's source."""

    PERSONNUMMER = 0
    SAMORDNINGSNUMMER = 1
    INTERIM = 2
    RESERVE = 3
    TF = 4
    LMA = 5
    UNREADABLE = 6


class Reason(IntEnum):
    """Why a value is unreadable; of several reasons, the first that holds in this order."""

    slug: str
    text: Text

    def __new__(cls, code: int, slug: str, text: Text) -> Self:
        """A reason is its code; slug: its name in JSON; text: what a person reads."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.slug, member.text = slug, text
        return member

    NONE = 0, "", Text("readable")
    EMPTY = 1, "empty", Text("no identity number")
    CHARACTERS = 2, "characters", Text("a sign that no identity number is written with")
    DIGITS = 3, "digits", Text("not ten or twelve digits")
    FORM = 4, "form", Text("a sign in the wrong place")
    CENTURY = 5, "century", Text("a century other than 18, 19 or 20")
    DATE = 6, "date", Text("a day that does not exist")
    SERIAL = 7, "serial", Text("the serial number 000")
    CHECK = 8, "check-digit", Text("a wrong check digit")
    PLUS = 9, "plus-sign", Text("a plus sign that does not fit the year of birth")
    AFTER = 10, "after-extraction", Text("born after the register was extracted, or a plus sign is missing")


def birth_year(two: int, *, plus: bool, extracted: dt.date) -> int:
    """The year that two digits mean on a day: a + is for those who turn 100 in that year or have done so.

    Without it the hundred years that end with the year of extraction, with it the hundred before them.
    """
    latest = extracted.year - 100 if plus else extracted.year
    return latest - (latest - two) % 100
