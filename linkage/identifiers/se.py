"""Swedish identity numbers: personnummer and samordningsnummer, and what stands in their place.

docs/identifiers.md tells the forms and their sources. Columns are worked on by length: all values of one
length side by side, one array per place, so that a check is one operation for a million values. Whatever is
not ten or twelve digits with at most one sign before the last four goes, cleaned, to `se_other`.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.dimensions import MAN, WOMAN
from linkage.errors import Text
from linkage.identifiers import se_other
from linkage.identifiers.ages import Days, codes
from linkage.identifiers.clean import Bytes, Offsets, clean, raw
from linkage.identifiers.model import NO_KEY, Canonical, Codes, Keys, NotCanonicalError, Reading
from linkage.identifiers.se_kinds import CENTURIES, EARLIEST, Kind, Reason, birth_year

if TYPE_CHECKING:
    from linkage.dimensions import Dimensions

Rows = list[npt.NDArray[np.uint8]]
_Mask = npt.NDArray[np.bool_]

_FORMS = (12, 13, 10, 11)  # lengths: with and without century, without and with a sign before the last four
_10, _100 = np.uint8(10), np.uint16(100)
_NEVER, _ALWAYS, _LEAP, _COORDINATION, _IN_CENTURY = 0, 1, 2, 4, 8  # bits of the two tables below
_DOUBLED = np.array([2 * n - 9 * (n > 4) if n < 10 else 0 for n in range(256)], np.uint8)
_TENS = np.array([n % 10 == 0 for n in range(256)])


@cache
def _days() -> Codes:
    """month · 100 + day as written → _NEVER, _ALWAYS or _LEAP (a day of leap years), and _COORDINATION.

    60 is added to the day of a samordningsnummer. Where the month is not known it is 00 and the day 60 … 91,
    where the day is not known it is 60.
    """
    table = np.full(10_000, _NEVER, np.uint8)
    for month in range(1, 13):
        for day in range(1, calendar.monthrange(2020, month)[1] + 1):
            years = _LEAP if (month, day) == (2, 29) else _ALWAYS
            table[month * 100 + day] = years
            table[month * 100 + day + 60] = years | _COORDINATION
        table[month * 100 + 60] = _ALWAYS | _COORDINATION
    table[60:92] = _ALWAYS | _COORDINATION
    return table


@cache
def _four_digits() -> npt.NDArray[np.uint32]:
    """Number → its four digits as they are written, in one word."""
    return np.frombuffer(b"".join(b"%04d" % n for n in range(10_000)), np.uint32)


@cache
def _years() -> Codes:
    """Year → _LEAP, _IN_CENTURY."""
    return np.array(
        [_LEAP * calendar.isleap(n) | _IN_CENTURY * (n // 100 in CENTURIES) for n in range(10_000)], np.uint8
    )


@dataclass
class _Found:
    """Results being filled in for the n values of a column."""

    kind: Codes
    reason: Codes
    key: Keys

    @classmethod
    def of(cls, n: int) -> _Found:
        return cls(
            np.full(n, Kind.UNREADABLE, np.uint8),
            np.full(n, Reason.FORM, np.uint8),
            np.full(n, NO_KEY, np.int64),
        )

    def take(self, places: npt.NDArray[np.intp]) -> _Found:
        """What was found for the values at these places."""
        return _Found(self.kind[places], self.reason[places], self.key[places])

    def put(self, places: npt.NDArray[np.intp], other: _Found) -> None:
        """Take over what was found for these values."""
        self.kind[places], self.reason[places], self.key[places] = other.kind, other.reason, other.key


class Swedish:
    """The scheme "se"."""

    name = "se"
    kinds = tuple(kind.name.lower() for kind in Kind)
    linkable = 2
    reasons: tuple[tuple[str, Text], ...] = tuple((r.slug, r.text) for r in Reason)

    def read(self, column: pa.StringArray, extracted: dt.date) -> Reading:
        """As Scheme.read; column: n values without nulls."""
        found = _Found.of(len(column))
        rest = _numbers(*raw(column), extracted, found)
        if len(rest):
            # mending costs ten times as much as reading: each distinct value once
            distinct = column.take(pa.array(rest)).dictionary_encode()
            mended = self._mend(distinct.dictionary, extracted)
            found.put(rest, mended.take(distinct.indices.to_numpy()))
        return Reading(self, found.kind, found.reason, found.key)

    def _mend(self, column: pa.StringArray, extracted: dt.date) -> _Found:
        """Clean values that are not plain numbers, and read them again."""
        data, offsets = clean(column)
        mended = _Found.of(len(column))
        other = _numbers(data, offsets, extracted, mended)
        if len(other):
            text = data.tobytes().decode("ascii")
            bounds = zip(offsets[other].tolist(), offsets[other + 1].tolist(), strict=True)
            told = [se_other.classify(text[start:end], extracted) for start, end in bounds]
            mended.kind[other] = [int(kind) for kind, _ in told]
            mended.reason[other] = [int(reason) for _, reason in told]
        return mended

    def canonical(self, keys: Keys) -> Canonical:
        """As Scheme.canonical: "S12"."""
        high, low = np.divmod(keys, 100_000_000)
        middle, last = np.divmod(low.astype(np.uint32), np.uint32(10_000))
        signs = np.empty((len(keys), 3), np.uint32)
        for place, four in enumerate((high, middle, last)):
            signs[:, place] = _four_digits().take(four, mode="wrap")  # what is no key is found out later
        return signs.view("S12").reshape(len(keys))

    def keys(self, values: Canonical) -> Keys:
        """As Scheme.keys. What lies after an extraction date is canonical all the same."""
        n = len(values)
        if values.dtype != np.dtype("S12"):
            raise NotCanonicalError("a value is no canonical Swedish identity number")
        found = _Found.of(n)
        data = np.frombuffer(values.tobytes(), np.uint8)
        rest = _numbers(data, np.arange(n + 1, dtype=np.int64) * 12, dt.date.max, found)
        if len(rest) or (found.key == NO_KEY).any():
            raise NotCanonicalError("a value is no canonical Swedish identity number")
        return found.key

    def dimensions(self, keys: Keys, dimensions: Dimensions) -> tuple[Codes, Codes]:
        """As Scheme.dimensions. The third serial digit is odd for men (folkbokföringslagen 18 §)."""
        sex, age = np.zeros(len(keys), np.uint8), np.zeros(len(keys), np.uint8)
        if dimensions.sex:
            sex = np.where(keys // 10 % 2 == 1, MAN, WOMAN).astype(np.uint8)
        if dimensions.age is not None:
            age = codes(_born(keys), dimensions.age)
        return sex, age


def _born(keys: Keys) -> Days:
    """The day of birth of every key; an unknown month or day counts as 1 July."""
    year, day = np.divmod(keys // 10_000, 10_000)
    day = np.where(day % 100 >= 60, day - 60, day)
    return year * 10_000 + np.where((day < 100) | (day % 100 == 0), 701, day)


def _numbers(data: Bytes, offsets: Offsets, extracted: dt.date, found: _Found) -> npt.NDArray[np.intp]:
    """Read the values that are ten or twelve digits; returns the places of those that are not."""
    lengths = np.diff(offsets)
    rest = ~np.isin(lengths, _FORMS)
    for length in _FORMS:
        places = np.flatnonzero(lengths == length)
        if len(places):
            rows = _rows(data, offsets, places, length)
            sign = rows.pop(length - 5) if length % 2 else None
            formed = _formed(rows, sign)
            found.put(places, _check(rows, sign == ord("+") if sign is not None else None, extracted))
            rest[places] = ~formed
    found.kind[rest], found.reason[rest], found.key[rest] = Kind.UNREADABLE, Reason.FORM, NO_KEY
    return np.flatnonzero(rest)


def _rows(data: Bytes, offsets: Offsets, places: npt.NDArray[np.intp], length: int) -> Rows:
    """One array per place of the values of this length; digits as 0 … 9, whatever is none as 10 or more."""
    if len(places) == len(offsets) - 1:
        first = int(offsets[0])
        table = np.ascontiguousarray(data[first : first + len(places) * length].reshape(-1, length).T)
        rows = [*table]
    else:
        starts = offsets[places]
        rows = [data[starts + place] for place in range(length)]
    return [row if length % 2 and place == length - 5 else row - 48 for place, row in enumerate(rows)]


def _formed(rows: Rows, sign: npt.NDArray[np.uint8] | None) -> _Mask:
    """Where every place but the sign is a digit, and the sign is - or +."""
    highest = rows[0]
    for row in rows[1:]:
        highest = np.maximum(highest, row)
    formed = highest <= 9
    if sign is not None:
        formed &= (sign == ord("-")) | (sign == ord("+"))
    return np.asarray(formed)


def _check(rows: Rows, plus: _Mask | None, extracted: dt.date) -> _Found:
    """Kind, reason and key of numbers of one length; what is said of values that are no digits is void."""
    ten, long = rows[-10:], len(rows) == 12
    two = ten[0] * _10 + ten[1]
    year = (rows[0] * _10 + rows[1]) * _100 + two if long else _birth_years(two, plus, extracted)
    day = (ten[2] * _10 + ten[3]) * _100 + (ten[4] * _10 + ten[5])
    serial = (ten[6] * _10 + ten[7]) * np.uint16(10) + ten[8]
    day_kind = _days()[np.minimum(day, 9_999)]
    coordination = day_kind >= _COORDINATION
    date = year.astype(np.int32) * 10_000 + day - coordination * np.uint8(60)
    year_kind = _years()[np.minimum(year, 9_999)]
    # the later assignment wins: the reverse of the order of Reason
    today = (extracted.year * 100 + extracted.month) * 100 + extracted.day
    reason = np.where(date > today, np.uint8(Reason.AFTER), np.uint8(0))
    if plus is not None and plus.any():
        reason[plus & ((year > extracted.year - 100) if long else (year < EARLIEST))] = Reason.PLUS
    reason[~_luhn(ten)] = Reason.CHECK
    reason[serial == 0] = Reason.SERIAL
    reason[(day_kind == _NEVER) | ((day_kind & _LEAP > 0) & (year_kind & _LEAP == 0))] = Reason.DATE
    reason[year_kind & _IN_CENTURY == 0] = Reason.CENTURY
    kind = coordination.astype(np.uint8)  # Kind.PERSONNUMMER is 0, Kind.SAMORDNINGSNUMMER 1
    if long:
        _stockholm(rows, reason, kind)
    kind[reason != 0] = Kind.UNREADABLE
    key = (year.astype(np.int64) * 10_000 + day) * 10_000 + (serial * np.uint16(10) + ten[9])
    key[kind >= Swedish.linkable] = NO_KEY
    return _Found(kind, reason, key)


def _birth_years(two: Codes, plus: _Mask | None, extracted: dt.date) -> npt.NDArray[np.uint16]:
    """Year of birth from its two last digits, by + or its absence."""
    young = np.array([birth_year(n % 100, plus=False, extracted=extracted) for n in range(256)], np.uint16)
    if plus is None or not plus.any():
        return young[two]
    old = np.array([birth_year(n % 100, plus=True, extracted=extracted) for n in range(256)], np.uint16)
    return np.where(plus, old[two], young[two])


def _luhn(ten: Rows) -> _Mask:
    """Where the last of ten digits is the check digit of the nine before it (SKV 704)."""
    total = np.zeros(len(ten[0]), np.uint8)
    for place, row in enumerate(ten):
        total += row if place % 2 else _DOUBLED[row]
    return _TENS[total]


def _stockholm(rows: Rows, reason: Codes, kind: Codes) -> None:
    """Set kind and reason of Stockholm's reserve numbers, 99YYYYNNNNNC: the only ones of digits alone.

    The check digit is Luhn's over the eight last (Inera, local reserve numbers).
    """
    places = np.flatnonzero((reason == Reason.CENTURY) & (rows[0] == 9) & (rows[1] == 9))
    ten = [row[places] for row in rows[2:]]
    century = ten[0] * _10 + ten[1]
    eight = [np.zeros(len(places), np.uint8)] * 2 + ten[2:]
    reserve = places[(century >= 18) & (century <= 22) & _luhn(eight)]
    reason[reserve], kind[reserve] = 0, Kind.RESERVE
