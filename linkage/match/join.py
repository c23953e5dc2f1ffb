"""The rows of one token range, of all parties → its people, each once."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.measures.figures import People

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keys.family import FamilyKey, RecordKeys
    from linkage.match.reader import Piece
    from linkage.measures.figures import Bits
    from linkage.measures.kinds import Questions
    from linkage.package.rows import Amounts
    from linkage.tokens import Words

Index: TypeAlias = npt.NDArray[np.intp]
_UNSEEN = 255  # no code of a sex or an age is as large


def join(pieces: Sequence[Piece], questions: Questions, family_key: FamilyKey | None = None) -> People:
    """All people of the range, with the columns that somebody asks for.

    A party without a person contributes zeros; rows under previous numbers (`more`) add to what is there, and
    come after the others of their party. Two parties that disagree on somebody's sex or age: it counts
    as other there, and nobody is told. family_key: where there is one, people get record keys of their seeds.
    """
    person, n = _people(
        np.concatenate([piece.high for piece in pieces]), np.concatenate([piece.low for piece in pieces])
    )
    ends = accumulate((len(piece.high) for piece in pieces), initial=0)
    whose = [person[start:stop] for start, stop in pairwise(ends)]
    return People(
        n,
        _presence(pieces, whose, n, questions),
        sex=_agreed([p.rows.sex if questions.sex and not p.more else None for p in pieces], whose, n),
        age=_agreed([p.rows.age if questions.age and not p.more else None for p in pieces], whose, n),
        amounts=_amounts(pieces, whose, n, questions),
        record_keys=None if family_key is None else _record_keys(pieces, whose, n, family_key),
        members=_members(pieces, whose, n, questions),
    )


def _members(
    pieces: Sequence[Piece], whose: Sequence[Index], n: int, questions: Questions
) -> dict[str, npt.NDArray[np.bool_]]:
    """Whom each party has, under whatever number."""
    members = {party: np.zeros(n, np.bool_) for party in questions.members}
    for index, piece in zip(whose, pieces, strict=True):
        if piece.party in members:
            members[piece.party][index] = True
    return members


def _record_keys(
    pieces: Sequence[Piece], whose: Sequence[Index], n: int, family_key: FamilyKey
) -> RecordKeys:
    """Of each person's seed, that of the newest number. Parties have the same, unless one of them lies: then
    the first one's counts, and nobody is told.
    """
    keys = np.zeros(n, np.uint32)
    for index, piece in reversed(list(zip(whose, pieces, strict=True))):  # the first is written last
        if piece.more:
            continue
        if piece.rows.seeds is None:
            raise ValueError("rows without seeds have no record keys")
        keys[index] = family_key.record_keys(piece.rows.seeds)
    return keys


def _presence(
    pieces: Sequence[Piece], whose: Sequence[Index], n: int, questions: Questions
) -> dict[str, Bits]:
    presence = {key: np.zeros(n, questions.frame.window.dtype) for key in questions.series}
    for index, piece in zip(whose, pieces, strict=True):
        for key in piece.rows.presence.keys() & presence.keys():
            if piece.more:
                presence[key][index] |= piece.rows.presence[key]
            else:
                presence[key][index] = piece.rows.presence[key]
    return presence


def _amounts(
    pieces: Sequence[Piece], whose: Sequence[Index], n: int, questions: Questions
) -> dict[str, Amounts]:
    """Period by period, as a package has them. Somebody's amounts under several numbers are added up, to the
    agreed maximum.
    """
    by_period = {key: np.zeros((len(questions.frame.window), n), np.uint32) for key in questions.amounts}
    for index, piece in zip(whose, pieces, strict=True):
        for key in piece.rows.amounts.keys() & by_period.keys():
            for found, more in zip(by_period[key], piece.rows.amounts[key].T, strict=True):
                if piece.more:
                    found[index] += np.minimum(more, np.uint32(questions.amounts[key]) - found[index])
                else:
                    found[index] = more
    return {key: found.T for key, found in by_period.items()}


def _people(high: Words, low: Words) -> tuple[Index, int]:
    """Each row's person, numbered from 0 by ascending token, and the number of people.

    The rows are a few ascending runs, which a stable sort only merges. It looks at the first eight bytes of a
    token; where two tokens share these, all sixteen are sorted by.
    """
    order = np.argsort(high, kind="stable")
    new = _differs(high[order])
    same = np.flatnonzero(~new)
    if np.any(low[order[same]] != low[order[same - 1]]):
        order = np.lexsort((low, high))
        new = _differs(high[order]) | _differs(low[order])
    person = np.empty(len(high), np.intp)
    person[order] = np.cumsum(new) - 1
    return person, int(np.count_nonzero(new))


def _differs(ascending: Words) -> npt.NDArray[np.bool_]:
    """Whether each differs from the one before; the first does."""
    new = np.ones(len(ascending), np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=new[1:])
    return new


def _agreed(
    columns: Sequence[npt.NDArray[np.uint8] | None], whose: Sequence[Index], n: int
) -> npt.NDArray[np.uint8]:
    """The code that all rows of a person give, 0 where two differ or none gives one."""
    agreed = np.full(n, _UNSEEN, np.uint8)
    for column, index in zip(columns, whose, strict=True):
        if column is not None:
            before = agreed[index]
            agreed[index] = np.where((before == _UNSEEN) | (before == column), column, 0)
    return np.where(agreed == _UNSEEN, np.uint8(0), agreed)
