"""Any number that both sides know, such as a customer number: text with a pattern (docs/schemes.md).

Such forms cannot be keys themselves: each new one gets the next number. So keys hold within one object, which
is made for one export and grows with the people in it.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.errors import Text
from linkage.identifiers.model import NO_KEY, Canonical, Codes, Keys, NotCanonicalError, Reading
from linkage.patterns import lengths

if TYPE_CHECKING:
    from linkage.dimensions import Dimensions

_TEXT, _UNREADABLE = 0, 1
_NONE, _EMPTY, _PATTERN = 0, 1, 2
_PLAIN_SPACES = " \t\n\v\f\r"
_SPACES = _PLAIN_SPACES + "\x85\u1680\u2028\u2029\u200b\u2060\ufeff"  # those that NFKC leaves as they are


class Texts:
    """The scheme "text", with the forms that one export has met."""

    name = "text"
    kinds: tuple[str, ...] = ("text", "unreadable")
    linkable = 1
    reasons: tuple[tuple[str, Text], ...] = (
        ("", Text("readable")),
        ("empty", Text("no identifier")),
        ("pattern", Text("not what the agreement's pattern allows")),
    )

    def __init__(self, pattern: str) -> None:
        """pattern: as an agreement may hold it. Raises PatternError."""
        _, longest = lengths(pattern)
        self._form = np.dtype(f"S{longest}")
        self._pattern = rf"\A(?:{pattern})\z"
        self._numbers: dict[str, int] = {}
        self._texts: list[str] = []

    def read(self, column: pa.StringArray, extracted: dt.date) -> Reading:  # noqa: ARG002 - no dates in these
        """As Scheme.read; column: n values without nulls."""
        distinct = column.dictionary_encode()
        values = _cleaned(distinct.dictionary)
        fits = self._fits(values)
        keys = np.full(len(values), NO_KEY, np.int64)
        keys[fits] = self._keys(values.filter(pa.array(fits)))
        empty = pc.equal(values, "").to_numpy(zero_copy_only=False)
        reason = np.where(fits, _NONE, np.where(empty, _EMPTY, _PATTERN)).astype(np.uint8)
        of = distinct.indices.to_numpy()
        return Reading(self, np.where(fits, _TEXT, _UNREADABLE).astype(np.uint8)[of], reason[of], keys[of])

    def canonical(self, keys: Keys) -> Canonical:
        """As Scheme.canonical: as wide as the longest form that the pattern allows."""
        if not self._texts and not keys.any():
            return np.zeros(len(keys), self._form)
        if len(keys) and not 0 <= int(keys.min()) <= int(keys.max()) < len(self._texts):
            raise NotCanonicalError("a key is none of the scheme")
        return np.array([self._texts[key] for key in keys.tolist()], self._form)

    def keys(self, values: Canonical) -> Keys:
        """As Scheme.keys."""
        try:
            texts = pa.array([value.decode("ascii") for value in values.tolist()], pa.string())
        except UnicodeDecodeError:
            texts = None
        if texts is None or not self._fits(texts).all() or not _cleaned(texts).equals(texts):
            raise NotCanonicalError("a value is not what the agreement's pattern allows")
        return self._keys(texts)

    def dimensions(self, keys: Keys, dimensions: Dimensions) -> tuple[Codes, Codes]:  # noqa: ARG002 - it tells none
        """As Scheme.dimensions: nothing is known."""
        return np.zeros(len(keys), np.uint8), np.zeros(len(keys), np.uint8)

    def _fits(self, values: pa.StringArray) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        return np.asarray(
            pc.match_substring_regex(values, self._pattern).to_numpy(zero_copy_only=False), np.bool_
        )

    def _keys(self, values: pa.StringArray) -> Keys:
        """The number of each form, the next one where it is new."""
        numbers, texts = self._numbers, self._texts
        keys = np.empty(len(values), np.int64)
        for place, text in enumerate(values.to_pylist()):
            key = numbers.get(text)
            if key is None:
                key = numbers[text] = len(texts)
                texts.append(text)
            keys[place] = key
        return keys


def _cleaned(values: pa.StringArray) -> pa.StringArray:
    """NFKC, without spaces around, upper case."""
    if pc.all(pc.string_is_ascii(values)).as_py() is not False:
        return pc.ascii_upper(pc.ascii_trim(values, _PLAIN_SPACES))
    texts = [unicodedata.normalize("NFKC", text).strip(_SPACES).upper() for text in values.to_pylist()]
    return pa.array(texts, pa.string())
