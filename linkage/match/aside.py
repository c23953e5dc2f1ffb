"""Rows of tokens that pairs name: set aside from every block, and counted last, each person once."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from linkage.match.reader import Piece, cut
from linkage.package.rows import concatenated
from linkage.tokens import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.match.groups import Aside, Places
    from linkage.measures.kinds import Questions
    from linkage.package.rows import Rows


class _Held(NamedTuple):
    """Rows of one party, and the places of their tokens among those set aside."""

    places: Places
    rows: Rows
    party: str


class SetAside:
    """Collects rows while blocks are counted, from several threads; then gives blocks of them."""

    def __init__(self, aside: Aside, parties: int, questions: Questions) -> None:
        self._aside = aside
        self._questions = questions
        self._held: list[list[_Held]] = [[] for _ in range(parties)]
        self._adding = Lock()
        self.joined = 0  # people with rows under several tokens, known after `blocks`

    def without(self, party: int, piece: Piece) -> Piece:
        """The piece without the rows that are set aside, which are kept."""
        if not len(self._aside) or not len(piece.high):
            return piece
        first = int(np.searchsorted(self._aside.high, piece.high[0]))
        after = int(np.searchsorted(self._aside.high, piece.high[-1], side="right"))
        sought = self._aside.high[first:after], self._aside.low[first:after]
        found = find((piece.high, piece.low), sought)
        there = found >= 0
        if not there.any():
            return piece
        rows = self._asked_for(piece.rows)
        held = _Held(first + np.flatnonzero(there), rows.take(found[there]), piece.party)
        with self._adding:
            self._held[party].append(held)
        stay = np.ones(len(piece.high), np.bool_)
        stay[found[there]] = False
        rest = np.flatnonzero(stay)
        return piece._replace(high=piece.high[rest], low=piece.low[rest], rows=rows.take(rest))

    def _asked_for(self, rows: Rows) -> Rows:
        """The rows with the columns that somebody asks for: the others need not be copied."""
        return replace(
            rows,
            presence={key: bits for key, bits in rows.presence.items() if key in self._questions.series},
            seeds=rows.seeds if self._questions.record_keys else None,
            amounts={key: values for key, values in rows.amounts.items() if key in self._questions.amounts},
        )

    def blocks(self, most: int) -> Iterator[list[Piece]]:
        """Pieces of all parties, cut by the newest token of each row's person, about `most` rows at a time.

        A piece has a person once: rows under previous numbers are in pieces of their own.
        """
        parties = [_together(mine) if mine else None for mine in self._held]
        rows = sum(len(held.places) for held in parties if held)
        if not rows:
            return
        owned = [self._owned(held) for held in parties]
        newest = self._aside.newest(owned)
        there = np.flatnonzero(np.logical_or.reduce(owned))
        self.joined = int(np.count_nonzero(np.bincount(newest[there]) > 1))
        pieces = [piece for held in parties if held for piece in self._pieces(held, newest)]
        log = max(0, (rows - 1) // most).bit_length()
        for block in range(1 << log):
            yield [cut(piece, block, log) for piece in pieces]

    def _owned(self, held: _Held | None) -> npt.NDArray[np.bool_]:
        """Whether the party has a row of each token."""
        owned = np.zeros(len(self._aside), np.bool_)
        if held:
            owned[held.places] = True
        return owned

    def _pieces(self, held: _Held, newest: Places) -> Iterator[Piece]:
        """The rows with each person's newest token, then those with its first, second … previous one."""
        person = newest[held.places]
        previous = np.flatnonzero(person != held.places)
        own = np.flatnonzero(person == held.places)
        yield self._piece(held, own, person, more=False)
        while len(previous):
            previous = previous[np.argsort(person[previous], kind="stable")]
            first = np.ones(len(previous), np.bool_)
            first[1:] = person[previous[1:]] != person[previous[:-1]]
            yield self._piece(held, previous[first], person, more=True)
            previous = previous[~first]

    def _piece(self, held: _Held, index: Places, person: Places, *, more: bool) -> Piece:
        index = index[np.argsort(person[index])]
        place = person[index]
        high, low = self._aside.high[place], self._aside.low[place]
        return Piece(high, low, held.rows.take(index), more, held.party)


def _together(several: list[_Held]) -> _Held:
    """What one party's blocks left here, as one."""
    places = np.concatenate([held.places for held in several])
    return _Held(places, concatenated([held.rows for held in several]), several[0].party)
