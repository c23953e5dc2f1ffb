"""Which rows have a problem: record number, column, reason, and no cell. For the party's own eyes."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from linkage.errors import Text
from linkage.texts import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from linkage.texts import Lang

MOST = 100_000  # lines of a problem file; whoever has more mends the register, not its lines
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Problems:
    """Problems of one file, in the order in which they were found."""

    def __init__(self) -> None:
        self._found: list[tuple[npt.NDArray[np.int64], str, Text]] = []
        self.count = 0

    def add(self, records: npt.NDArray[np.int64], column: str, reason: Text) -> None:
        """These records have this problem in this column."""
        room = max(MOST - self.count, 0)
        self.count += len(records)
        if len(records) and room:
            self._found.append((records[:room], column, reason))

    def first(self, most: int, of: Callable[[Text], bool] | None = None) -> list[tuple[int, str, Text]]:
        """The problems of the lowest records: record number, column, reason. of: which reasons, else all."""
        chosen = [found for found in self._found if of is None or of(found[2])]
        if not chosen:
            return []
        records = np.concatenate([records for records, _, _ in chosen])
        group = np.repeat(np.arange(len(chosen)), [len(records) for records, _, _ in chosen])
        order = np.argsort(records, kind="stable")[:most]
        return [(int(records[i]), *chosen[group[i]][1:]) for i in order]

    def to_csv(self, lang: Lang | None = None) -> bytes:
        """A table that a Swedish spreadsheet opens: semicolons, a byte order mark; words in the language."""
        out = io.StringIO()
        table = csv.writer(out, delimiter=";", lineterminator="\r\n")
        table.writerow((say("record", lang), say("column", lang), say("reason", lang)))
        for record, column, reason in self.first(MOST):
            table.writerow((record, _harmless(column), say(reason, lang)))
        if self.count > MOST:
            rest = Text("and {count} more", {"count": self.count - MOST})
            table.writerow(("", "", say(rest, lang)))
        return out.getvalue().encode("utf-8-sig")


def _harmless(column: str) -> str:
    """A column's name that a spreadsheet does not take for a formula."""
    return f"'{column}" if column.startswith(_FORMULA) else column
