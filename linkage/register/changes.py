"""Numbers that people had before → the newest in a party's own rows, and pairs for the others' rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from linkage.changed import joined
from linkage.identifiers import Identifiers

if TYPE_CHECKING:
    from linkage.identifiers import Keys, Scheme

_Places = npt.NDArray[np.intp]


@dataclass(frozen=True, repr=False)
class Changed:
    """Pairs of the party's people: places of the newest and of the previous number among the identifiers."""

    identifiers: Identifiers
    newest: _Places
    previous: _Places

    def __len__(self) -> int:
        return len(self.newest)

    def __repr__(self) -> str:
        return f"<{len(self)} Changed numbers>"


class Changes:
    """Collects pairs of (newest, previous) while rows are read."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Keys, Keys]] = []
        self._pairs: list[tuple[int, int]] = []
        self._joined: list[tuple[int, int]] = []
        self._newest: dict[int, int] = {}
        self.unclear = 0

    def add(self, newest: Keys, previous: Keys) -> None:
        """People have these numbers now and had those before; a number that is its own is none."""
        differ = newest != previous
        if differ.any():
            self._waiting.append((newest[differ], previous[differ]))

    def finish(self) -> bool:
        """Find who is who. True where some number is replaced.

        unclear: groups that are not joined, as docs/package.md says: their rows stay under the numbers that
        they have, and their pairs go to the matcher as they are.
        """
        if not self._waiting:
            return False
        newest, previous = (np.concatenate(keys) for keys in zip(*self._waiting, strict=True))
        every = np.unique(np.stack([newest, previous], axis=1), axis=0)
        pairs = [(int(n), int(p)) for n, p in every]
        groups, self.unclear = joined(pairs)
        self._newest = {member: latest for members, latest in groups for member in members}
        self._joined = [pair for pair in self._newest.items() if pair[0] != pair[1]]
        unclear = [pair for pair in pairs if pair[0] not in self._newest]
        self._pairs = unclear + [(latest, member) for member, latest in self._joined]
        return bool(self._joined)

    @property
    def joined(self) -> int:
        """Previous numbers that a newest one replaces."""
        return len(self._joined)

    def newest(self, keys: Keys) -> Keys:
        """The newest number of each."""
        previous = np.array(sorted(self._joined), np.int64).reshape(-1, 2)
        if not len(previous):
            return keys
        place = np.minimum(np.searchsorted(previous[:, 0], keys), len(previous) - 1)
        return np.where(previous[place, 0] == keys, previous[place, 1], keys)

    def pairs(self, scheme: Scheme, own: Keys) -> Changed | None:
        """Those whose newest number is in the party's own rows: others would not count. own: ascending."""
        if not self._pairs:
            return None
        table = np.array(self._pairs, np.int64).reshape(-1, 2)
        table = table[np.isin(table[:, 0], own)]
        every = np.unique(table)
        return Changed(
            Identifiers(scheme, every),
            np.searchsorted(every, table[:, 0]),
            np.searchsorted(every, table[:, 1]),
        )
