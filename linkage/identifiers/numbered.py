"""What the numbers of Norway, Denmark and Finland have in common: each distinct value is read by itself.

The rules of a country come from python-stdnum. What it lets pass is decided here: it takes separators
anywhere, digits of other scripts, and today as the last day of birth, so it is only asked about what has been
cleaned and has the one right form.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linkage.dimensions import MAN, WOMAN
from linkage.errors import Text
from linkage.identifiers.ages import codes
from linkage.identifiers.clean import clean
from linkage.identifiers.model import NO_KEY, Canonical, Codes, Keys, NotCanonicalError, Reading

if TYPE_CHECKING:
    import pyarrow as pa

    from linkage.dimensions import Dimensions

_KEPT = 1 << 19  # values whose reading is remembered: registers name the same people again and again


class Reason(IntEnum):
    """Why a value is unreadable: codes of `reasons`."""

    NONE = 0
    EMPTY = 1
    CHARACTERS = 2
    DIGITS = 3
    FORM = 4
    DATE = 5
    SERIAL = 6
    CHECK = 7
    AFTER = 8


def reasons(digits: Text, serial: Text) -> tuple[tuple[str, Text], ...]:
    """Name and text of every Reason. digits: what is said of a wrong length; serial: of a wrong serial."""
    return (
        ("", Text("readable")),
        ("empty", Text("no identity number")),
        ("characters", Text("a sign that no identity number is written with")),
        ("digits", digits),
        ("form", Text("a sign in the wrong place")),
        ("date", Text("a day that does not exist")),
        ("serial", serial),
        ("check-digit", Text("a wrong check digit")),
        ("after-extraction", Text("born after the register was extracted")),
    )


class One(NamedTuple):
    """What one value is. canonical: empty where it is not of a kind that can be linked; born: as 19900131."""

    kind: int
    reason: Reason = Reason.NONE
    canonical: str = ""
    born: int = 0


class Numbered(ABC):
    """A scheme whose numbers hold a date, a serial and perhaps a check digit."""

    name: str
    kinds: tuple[str, ...]
    linkable: int
    reasons: tuple[tuple[str, Text], ...]
    width: int
    alike: int  # numbers whose keys differ only below this have the same day of birth

    def __init__(self) -> None:
        self._known: dict[str, tuple[One, int]] = {}

    @abstractmethod
    def one(self, text: str) -> One:
        """What a cleaned value is, born whenever. text: 0–9, A–Z, -, +, / and ? for any other sign."""

    @abstractmethod
    def key(self, canonical: str) -> int:
        """A whole number of its own, in the order of the canonical forms; not negative."""

    @abstractmethod
    def canonical(self, keys: Keys) -> Canonical:
        """As Scheme.canonical."""

    @abstractmethod
    def men(self, keys: Keys) -> Codes:
        """1 for men, 0 for women."""

    def read(self, column: pa.StringArray, extracted: dt.date) -> Reading:
        """As Scheme.read; column: n values without nulls."""
        distinct = column.dictionary_encode()
        data, offsets = clean(distinct.dictionary)
        text, bounds = data.tobytes().decode("ascii"), offsets.tolist()
        found = [self._look(text[bounds[i] : bounds[i + 1]]) for i in range(len(bounds) - 1)]
        kind = np.array([one.kind for one, _ in found], np.uint8)
        reason = np.array([one.reason for one, _ in found], np.uint8)
        key = np.array([key for _, key in found], np.int64)
        last = (extracted.year * 100 + extracted.month) * 100 + extracted.day
        late = (np.array([one.born for one, _ in found], np.int64) > last) & (reason == Reason.NONE)
        kind[late], reason[late], key[late] = len(self.kinds) - 1, Reason.AFTER, NO_KEY
        of = distinct.indices.to_numpy()
        return Reading(self, kind[of], reason[of], key[of])

    def _look(self, text: str) -> tuple[One, int]:
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            one = self.one(text)
            known = self._known[text] = (one, self.key(one.canonical) if one.canonical else NO_KEY)
        return known

    def unreadable(self, reason: Reason) -> One:
        """A value that is no number, and why."""
        return One(len(self.kinds) - 1, reason)

    def keys(self, values: Canonical) -> Keys:
        """As Scheme.keys. What lies after an extraction date is canonical all the same."""
        found = [(self._look(text), text) for text in _texts(values)]
        if any(one.canonical != text or not text for (one, _), text in found):
            raise NotCanonicalError("a value is no canonical identity number of the scheme")
        return np.array([key for (_, key), _ in found], np.int64)

    def dimensions(self, keys: Keys, dimensions: Dimensions) -> tuple[Codes, Codes]:
        """As Scheme.dimensions: the last digit of the serial is odd for men."""
        sex, age = np.zeros(len(keys), np.uint8), np.zeros(len(keys), np.uint8)
        if dimensions.sex:
            sex = np.where(self.men(keys) == 1, MAN, WOMAN).astype(np.uint8)
        if dimensions.age is not None and len(keys):
            _, one_of, of = np.unique(keys // self.alike, return_index=True, return_inverse=True)
            days = [self._look(text)[0].born for text in _texts(self.canonical(keys[one_of]))]
            age = codes(np.array(days, np.int64)[of], dimensions.age)
        return sex, age


def _texts(values: Canonical) -> list[str]:
    """Forms as text; what is not ASCII becomes what no form is."""
    return [value.decode("ascii", "replace") for value in values.tolist()]


def written(keys: Keys, width: int) -> Canonical:
    """Keys as so many digits each. Raises NotCanonicalError where one has more."""
    if len(keys) and not 0 <= int(keys.min()) <= int(keys.max()) < 10**width:
        raise NotCanonicalError("a key is none of the scheme")
    signs = np.empty((len(keys), width), np.uint8)
    rest = keys
    for place in range(width - 1, -1, -1):
        rest, digit = np.divmod(rest, 10)
        signs[:, place] = digit + 48
    return signs.view(f"S{width}").reshape(len(keys))


def day(born: dt.date) -> int:
    """A day as a whole number: 19900131."""
    return (born.year * 100 + born.month) * 100 + born.day
