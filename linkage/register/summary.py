"""What became of a register's rows and people: the party's own counts, for its eyes and the matcher's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from linkage.errors import PackageError
from linkage.register.cells import plain

if TYPE_CHECKING:
    import pyarrow as pa


class SummaryError(PackageError):
    """A summary is not as docs/package.md says: it came with a package, and the package is at fault."""

    hint: ClassVar[str] = "the sender's program made it wrong: update it, and make a new round"


@dataclass(frozen=True)
class Summary:
    """Whole numbers only; rows_read = rows_used + rows_outside + rows_ignored + the sum of refused.

    rows_outside: in no period of the window. rows_ignored: left out by the map. refused: reason → rows.
    identifiers: kind → rows, of those that the map does not leave out. people_total: all people that these
    rows are about; people_counted: those of them with an identifier that the agreement links. clamped: sums
    of amounts, of a person in a period, that were above the agreed largest, or below zero. rows_partly: used
    rows with a further number that is not linked. repaired: numbers whose lost zeros were put back. changed:
    previous numbers that a newest one replaces; changes_unclear: groups of numbers of which nobody knows the
    newest, or that are too many for one person; changes_left_out: previous numbers that are not linked.
    """

    rows_read: int
    rows_used: int
    rows_outside: int
    rows_ignored: int
    refused: Mapping[str, int] = field(default_factory=dict)
    identifiers: Mapping[str, int] = field(default_factory=dict)
    people_counted: int = 0
    people_total: int = 0
    clamped: Mapping[str, int] = field(default_factory=dict)
    rows_partly: int = 0
    repaired: int = 0
    changed: int = 0
    changes_unclear: int = 0
    changes_left_out: int = 0

    @property
    def counted_percent(self) -> int:
        """People who could be counted, in whole per cent, rounded down; 100 where there is nobody."""
        return 100 * self.people_counted // self.people_total if self.people_total else 100

    def to_json(self) -> dict[str, Any]:
        """Its fields by name."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The summary that to_json() gave. Raises SummaryError."""
        names = {f.name for f in fields(cls)}
        maps = {"refused", "identifiers", "clamped"}
        numbers = [document.get(name) for name in names - maps]
        for name in maps:
            counts = document.get(name)
            if not isinstance(counts, Mapping) or not all(isinstance(key, str) for key in counts):
                raise SummaryError("the summary is not of its form")
            numbers += counts.values()
        if document.keys() != names or not all(type(n) is int and n >= 0 for n in numbers):
            raise SummaryError("the summary is not of its form")
        return cls(**document)


class Tally:
    """Counts while rows are read."""

    def __init__(self, kinds: tuple[str, ...]) -> None:
        """kinds: of identifiers; those that do not occur are told as 0."""
        self.rows_read = 0
        self.rows_used = 0
        self.rows_outside = 0
        self.rows_ignored = 0
        self.refused: dict[str, int] = {}
        self.identifiers = dict.fromkeys(kinds, 0)
        self.clamped: dict[str, int] = {}
        self.partly = 0
        self.repaired = 0
        self.changed = 0
        self.changes_unclear = 0
        self.changes_left_out = 0
        self._nobody = 0
        self._others: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._waiting: list[npt.NDArray[np.int64]] = []
        self._missed: npt.NDArray[np.int64] = np.empty(0, np.int64)

    def refuse(self, reason: str, rows: int) -> None:
        """So many rows are refused for this reason."""
        if rows:
            self.refused[reason] = self.refused.get(reason, 0) + rows

    def clamp(self, reason: str, sums: int) -> None:
        """So many sums of amounts were outside what is agreed."""
        if sums:
            self.clamped[reason] = self.clamped.get(reason, 0) + sums

    def found(self, kind: str, rows: int) -> None:
        """So many rows have an identifier of this kind."""
        self.identifiers[kind] += rows

    def others(self, values: pa.StringArray) -> None:
        """Rows of people who cannot be counted: each distinct value is one of them, and each empty cell."""
        distinct = values.dictionary_encode()
        counts = np.bincount(distinct.indices.to_numpy()).tolist()
        texts = [plain(value) for value in distinct.dictionary.to_pylist()]
        self._nobody += sum(count for text, count in zip(texts, counts, strict=True) if not text)
        # only the hash is kept, of a kind that is new in every run: enough to tell values apart
        self._waiting.append(np.array([hash(text) for text in texts if text], np.int64))
        if sum(map(len, self._waiting)) > max(1 << 18, len(self._others)):
            self._compact()

    def missed(self, keys: npt.NDArray[np.int64]) -> None:
        """Rows of people with an identifier that is linked, refused for something else in them."""
        if len(keys):
            self._missed = np.union1d(self._missed, keys)

    def rename(self, newest: Callable[[npt.NDArray[np.int64]], npt.NDArray[np.int64]]) -> None:
        """People have other keys from now on."""
        self._missed = np.unique(newest(self._missed))

    def _compact(self) -> None:
        self._others = np.unique(np.concatenate([self._others, *self._waiting]))
        self._waiting = []

    def summary(self, counted: npt.NDArray[np.int64]) -> Summary:
        """What was counted so far. counted: keys of people with a row that is linked; distinct, ascending."""
        self._compact()
        missed = len(np.setdiff1d(self._missed, counted, assume_unique=True))
        return Summary(
            rows_read=self.rows_read,
            rows_used=self.rows_used,
            rows_outside=self.rows_outside,
            rows_ignored=self.rows_ignored,
            refused=dict(sorted(self.refused.items())),
            identifiers=dict(self.identifiers),
            people_counted=len(counted),
            people_total=len(counted) + missed + len(self._others) + self._nobody,
            clamped=dict(self.clamped),
            rows_partly=self.partly,
            repaired=self.repaired,
            changed=self.changed,
            changes_unclear=self.changes_unclear,
            changes_left_out=self.changes_left_out,
        )
