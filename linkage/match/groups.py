"""Pairs of all parties → which tokens are the same person (docs/package.md, "Pairs").

All pairs are in memory at a time; so are the rows of their tokens, set aside in `linkage.match.aside`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from linkage.changed import joined
from linkage.tokens import find, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.package.pairs import Pairs
    from linkage.tokens import TokenArray, Words

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, repr=False)
class Aside:
    """The n tokens that pairs name, ascending, and each party's pairs as (newest, previous) places."""

    high: Words
    low: Words
    pairs: tuple[tuple[Places, Places], ...]

    @classmethod
    def of(cls, several: Sequence[Pairs]) -> Aside:
        """several: the pairs of each party."""
        every = [tokens for pairs in several for tokens in (pairs.newest, pairs.previous)]
        high, low = _ascending(every)
        return cls(
            high,
            low,
            tuple(
                (find((high, low), words(pairs.newest)), find((high, low), words(pairs.previous)))
                for pairs in several
            ),
        )

    def __len__(self) -> int:
        return len(self.high)

    def __repr__(self) -> str:
        return "<Aside: tokens that pairs name>"

    def newest(self, owned: Sequence[npt.NDArray[np.bool_]]) -> Places:
        """The place of each token's newest, shape (n,): its own where it is not joined.

        owned: for each party, whether it has a row of each token. A pair whose newest token is not in the
        sender's own rows does not count.
        """
        counting = [
            pair
            for (newest, previous), own in zip(self.pairs, owned, strict=True)
            for pair in zip(newest[own[newest]].tolist(), previous[own[newest]].tolist(), strict=True)
        ]
        found = np.arange(len(self), dtype=np.intp)
        for group, newest in joined(counting)[0]:
            found[group] = newest
        return found


def _ascending(several: Sequence[TokenArray]) -> tuple[Words, Words]:
    """All tokens, ascending, each once, as words."""
    columns = [words(tokens) for tokens in several]
    empty = [np.empty(0, np.uint64)]
    high = np.concatenate([*(high for high, _ in columns), *empty])
    low = np.concatenate([*(low for _, low in columns), *empty])
    order = np.lexsort((low, high))
    high, low = high[order], low[order]
    new = np.ones(len(high), np.bool_)
    new[1:] = (high[1:] != high[:-1]) | (low[1:] != low[:-1])
    return high[new], low[new]
