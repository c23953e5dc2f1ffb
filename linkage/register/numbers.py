"""Cells of an identity column → identity numbers: several of a cell, and those that spreadsheets broke.

What a scheme reads as it stands is never touched. Only the distinct cells that it cannot read are looked at
one by one: whether they hold several numbers, are whole numbers written with decimals, lost leading zeros, or
were shortened to a power of ten, which nobody can mend.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.errors import RegisterError

if TYPE_CHECKING:
    from linkage.identifiers import Codes, Keys, Scheme
    from linkage.identifiers.model import Reading

SHORTEST: Final = {"se": (10, 7), "dk": (10, 9), "no": (11, 10)}
"""Scheme → digits of a number that can begin with zeros, and the fewest that are left of it without them."""

_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{1,3}|[0-9][.,][0-9]+[eE][0-9]{1,3}")
_DECIMALS = re.compile(r"([0-9]{7,12})[.,]0+")
_DIGITS = re.compile(r"[0-9]{7,10}")
_BETWEEN = re.compile(r"[,;\r\n]")


class Mark(IntEnum):
    """What is told of a number beside kind and reason."""

    NONE = 0
    REPAIRED = 1
    LOST = 2
    SHORTENED = 3


class ShortenedError(RegisterError):
    """A spreadsheet wrote identity numbers as powers of ten: their last digits are lost."""

    hint = "nothing brings the digits back: export the register anew, the column as text, not by way of Excel"


@dataclass(frozen=True, repr=False)
class Numbers:
    """n numbers in the order of their cells.

    cell: where each stands; mark: codes of Mark; kind, reason and key as in a Reading. A cell without any
    number has one that is unreadable.
    """

    cell: npt.NDArray[np.intp]
    kind: Codes
    reason: Codes
    key: Keys
    mark: Codes
    _texts: pa.StringArray
    _text: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.cell)

    def __repr__(self) -> str:
        return f"<{len(self)} Numbers>"

    def texts(self, index: npt.NDArray[np.intp]) -> pa.StringArray:
        """What stands there, of these numbers."""
        return self._texts.take(pa.array(self._text[index]))

    def accepted(self, scheme: Scheme, accept: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Where the number is of a kind that is linked."""
        wanted = np.array([name in accept for name in scheme.kinds])
        return np.asarray(wanted[self.kind] & (self.key >= 0))

    @classmethod
    def of(cls, reading: Reading, cells: pa.StringArray) -> Self:
        """One number of each cell, as the scheme read it."""
        n = len(cells)
        every = np.arange(n, dtype=np.intp)
        return cls(
            every, reading.kind, reason := reading.reason, reading.key, np.zeros_like(reason), cells, every
        )


class Broken:
    """Reads cells of one column with a scheme, the broken ones too."""

    def __init__(self, scheme: Scheme, extracted: dt.date, *, several: bool, repair: bool) -> None:
        """several: whether a cell may hold several numbers. repair: whether lost zeros are put back."""
        self._scheme = scheme
        self._extracted = extracted
        self._several = several
        self._repair = repair
        self._long, self._short = SHORTEST.get(scheme.name, (0, 1))

    def read(self, cells: pa.StringArray) -> Numbers:
        """The numbers of n cells, without nulls."""
        reading = self._scheme.read(cells, self._extracted)
        found = Numbers.of(reading, cells)
        unread = np.flatnonzero(reading.reason)
        if not len(unread):
            return found
        distinct = cells.take(pa.array(unread)).dictionary_encode()
        values: list[str] = distinct.dictionary.to_pylist()
        pieces = _Pieces(values, several=self._several)
        known = {text: i for i, text in enumerate(self._candidates(pieces))}
        if not known:
            return found
        again = self._scheme.read(pa.array(list(known), pa.string()), self._extracted)
        mended = [self._mend(pieces, i, known, again) for i in range(len(values))]
        return self._put(found, unread, distinct.indices.to_numpy(), mended, list(known), again)

    def _candidates(self, pieces: _Pieces) -> list[str]:
        """Everything that some piece could be, each once; nothing where no cell is worth a second look."""
        found: dict[str, None] = {}
        for number, several in enumerate(pieces.pieces):
            if pieces.worth(number):
                for piece in several:
                    found |= dict.fromkeys((piece, *(_spaced(piece) if self._several else ())))
        found |= dict.fromkeys(full for text in list(found) if (full := self._full(text)))
        return list(found)

    def _full(self, text: str) -> str:
        """With zeros in front, where some may be lost; else nothing."""
        return (
            text.zfill(self._long)
            if _DIGITS.fullmatch(text) and self._short <= len(text) < self._long
            else ""
        )

    def _mend(
        self, pieces: _Pieces, number: int, known: dict[str, int], again: Reading
    ) -> list[tuple[int, Mark]] | None:
        """The candidates that a cell turns out to be; None where it stays as it was read."""
        if not pieces.worth(number):
            return None
        found: list[tuple[int, Mark]] = []
        for piece in pieces.pieces[number]:
            whole = self._one(piece, known, again)
            if self._several and again.reason[whole[0]] and (parts := _words(piece, known, again)):
                found += [self._one(part, known, again) for part in parts]
            else:
                found.append(whole)
        return found

    def _one(self, text: str, known: dict[str, int], again: Reading) -> tuple[int, Mark]:
        place, full = known[text], self._full(text)
        if _SHORTENED.fullmatch(text):
            return place, Mark.SHORTENED
        if full and again.reason[place] and not again.reason[known[full]]:
            return (known[full], Mark.REPAIRED) if self._repair else (place, Mark.LOST)
        return place, Mark.NONE

    def _put(
        self,
        found: Numbers,
        unread: npt.NDArray[np.intp],
        value: npt.NDArray[np.integer],
        mended: list[list[tuple[int, Mark]] | None],
        texts: list[str],
        again: Reading,
    ) -> Numbers:
        """The numbers as they were read, with those of the mended cells in place."""
        again_at = len(found)
        lists = {int(c): m for c, v in zip(unread, value, strict=True) if (m := mended[v]) is not None}
        stay = np.ones(again_at, np.bool_)
        stay[list(lists)] = False
        more = [(cell, place, mark) for cell, several in lists.items() for place, mark in several]
        cells, places, marks = (np.array([entry[i] for entry in more], np.intp) for i in range(3))
        kept = np.flatnonzero(stay)
        cell = np.concatenate((kept, cells))
        order = np.argsort(cell, kind="stable")
        return Numbers(
            cell[order],
            np.concatenate((found.kind[kept], again.kind[places]))[order],
            np.concatenate((found.reason[kept], again.reason[places]))[order],
            np.concatenate((found.key[kept], again.key[places]))[order],
            np.concatenate((found.mark[kept], marks.astype(np.uint8)))[order],
            pa.concat_arrays([found._texts, pa.array(texts, pa.string())]),
            np.concatenate((kept, again_at + places))[order],
        )


class _Pieces:
    """The pieces of each cell, cut at commas, semicolons and line breaks where a cell may hold several."""

    def __init__(self, values: list[str], *, several: bool) -> None:
        self.pieces = [_cut(value, several=several) for value in values]
        self._values = values

    def worth(self, number: int) -> bool:
        """Whether a cell could be anything else than what it was read as."""
        pieces = self.pieces[number]
        return len(pieces) > 1 or any(
            piece != self._values[number]
            or _SHORTENED.fullmatch(piece)
            or _DIGITS.fullmatch(piece)
            or " " in piece
            for piece in pieces
        )


def _cut(value: str, *, several: bool) -> list[str]:
    text = value.strip()
    if _DECIMALS.fullmatch(text) or _SHORTENED.fullmatch(text) or not several:
        found = [text]
    else:
        found = [piece for part in _BETWEEN.split(text) if (piece := " ".join(part.split()))] or [text]
    return [mended[1] if (mended := _DECIMALS.fullmatch(piece)) else piece for piece in found]


def _spaced(piece: str) -> list[str]:
    """The words of a piece, and each two that follow each other: a number may have a space inside."""
    words = piece.split(" ")
    if len(words) == 1:
        return []
    return words + [f"{a} {b}" for a, b in pairwise(words)]


def _words(piece: str, known: dict[str, int], again: Reading) -> list[str]:
    """The numbers that the words of a piece are, where one of them is readable; else nothing.

    A word that is no number, but one together with the word after it, is written with a space inside.
    """
    words = piece.split(" ")
    found: list[str] = []
    readable = False
    while words:
        two = " ".join(words[:2])
        take = 2 if len(words) > 1 and again.reason[known[words[0]]] and not again.reason[known[two]] else 1
        found.append(" ".join(words[:take]))
        readable |= not again.reason[known[found[-1]]]
        words = words[take:]
    return found if readable and len(found) > 1 else []
