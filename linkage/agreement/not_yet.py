"""What an agreement asks that its release method does not protect yet, seen once the whole of it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.measures.model import Change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.agreement.places import Path
    from linkage.agreement.tables import Table
    from linkage.measures.model import Measure


def not_yet(top: Table, method: str, measures: Sequence[Measure]) -> None:
    """Note every question that the method cannot be asked. measures: all of them, none left out.

    Under `suppress` an amount in one table may be had from another.
    """
    for index, measure in enumerate(measures):
        if method == "suppress" and isinstance(measure, Change):
            path: Path = ("measure", index, "change")
            what = Text(
                'not yet with method = "suppress", which does not protect amounts between questions: '
                "leave the question out, or use cellkey"
            )
            top.problems.add(path, what)
