"""Values that stand where an identity number should, and are none: told apart so that they can be counted.

They are few and of many forms, so they are read one by one. None of them is ever linked: each is given out by
a school, a region or an authority for itself, and means nobody elsewhere.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import lru_cache

from linkage.identifiers.se_kinds import CENTURIES, Kind, Reason, birth_year

# A date and four signs of which one at least is a letter. TF and two digits: pupils without a number (SCB,
# IVO). A letter and three digits: interim numbers of the universities' Ladok, IVO's T-numbers. Others:
# reserve numbers of the regions, such as Skåne and Värmland.
_DATED = re.compile(r"([0-9]{6}|[0-9]{8})([-+]?)(?:(TF[0-9]{2})|([A-Z][0-9]{3})|(?=[0-9]*[A-Z])[0-9A-Z]{4})")
_KINDS = {2: Kind.RESERVE, 3: Kind.TF, 4: Kind.INTERIM}  # by the last group that matched
# Inera's national reserve number XXYYMMDDNNGC: century + 3, 6 … 78, or 00 and a running number for the date.
_NATIONAL = re.compile(
    r"(?:(?:2[2-9]|[3-8][0-9]|9[0-8])[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"|00[0-9]{2}[2-9][0-9][45][0-9])-?[A-HJ-NPR-UXYZ]{2}[0-9A-Z][0-9]"
)
# Case number on an asylum seeker's card, XX-XXXXXX, and which card it is, /1; older ones have one digit less.
_LMA = re.compile(r"(?:[0-9]{1,2}-[0-9]{6}|LMA-?[0-9]{1,2}-?[0-9]{6})(?:/[0-9]{1,2})?")
_LETTER = re.compile(r"[A-Z?]")


def classify(text: str, extracted: dt.date) -> tuple[Kind, Reason]:
    """Kind and reason of a cleaned value that is not ten or twelve digits, a sign before the last four."""
    reason = Reason.NONE
    if dated := _DATED.fullmatch(text):
        reason = _date(dated[1], dated[2] == "+", extracted)
        if reason is Reason.NONE:
            return _KINDS[dated.lastindex or 2], reason
    if _NATIONAL.fullmatch(text):
        return Kind.RESERVE, Reason.NONE
    if _LMA.fullmatch(text):
        return Kind.LMA, Reason.NONE
    return Kind.UNREADABLE, reason or _unreadable(text)


@lru_cache(100_000)
def _date(digits: str, plus: bool, extracted: dt.date) -> Reason:
    """Why six or eight digits are no date of birth; 60 may have been added to the day, as everywhere."""
    two, month, day = int(digits[-6:-4]), int(digits[-4:-2]), int(digits[-2:])
    if len(digits) == 8:
        year = int(digits[:2]) * 100 + two
    else:
        year = birth_year(two, plus=plus, extracted=extracted)
    if year // 100 not in CENTURIES:
        return Reason.CENTURY
    day = day - 60 if day > 60 else day
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return Reason.DATE
    return Reason.AFTER if dt.date(year, month, day) > extracted else Reason.NONE


def _unreadable(text: str) -> Reason:
    if not text:
        return Reason.EMPTY
    if _LETTER.search(text):
        return Reason.CHARACTERS
    digits = sum(sign.isdigit() for sign in text)
    return Reason.FORM if digits in (10, 12) else Reason.DIGITS
