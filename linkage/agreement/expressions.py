"""The expressions that a measure is made of, read from its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from keys.errors import Text
from linkage.agreement.groups import expression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.agreement.model import Series
    from linkage.agreement.tables import Table
    from linkage.dimensions import Dimensions
    from linkage.measures.expressions import Expression
    from linkage.measures.language import Vocabulary


class Given(NamedTuple):
    """What an agreement has told before its questions. series: by key, those whose names have no fault."""

    words: Vocabulary
    dimensions: Dimensions
    spans: tuple[str, ...]
    series: Mapping[str, Series]


class Common(NamedTuple):
    """What every measure has."""

    name: str
    title: str
    by: tuple[str, ...]
    against: str | None


def one(table: Table, key: str, words: Vocabulary) -> Expression:
    """The expression that a key holds."""
    return expression(table.text(key), words, table.problems, (*table.path, key))


def several(table: Table, key: str, words: Vocabulary, *, least: int) -> tuple[Expression, ...]:
    """A list of expressions, no two of which are the same set of people."""
    sources = table.texts(key)
    found: list[Expression] = []
    for index, source in enumerate(sources):
        path = (*table.path, key, index)
        before = len(table.problems)
        this = expression(source, words, table.problems, path)
        twin = next((other for other in found if other.tree == this.tree), None)
        if twin and len(table.problems) == before and source.strip():
            what = Text("{one!r} and {other!r} are the same people", {"one": twin.source, "other": source})
            table.problems.add(path, what)
        found.append(this)
    if isinstance(table.data.get(key), list) and len(table.data[key]) < least:
        table.problem(
            key, Text("{count} given, at least {least} are needed", {"count": len(sources), "least": least})
        )
    return tuple(found)
