"""The groups of an agreement: expressions with a name and a title, which other expressions use."""

from __future__ import annotations

from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Final

from keys.errors import Text
from linkage.agreement.holders import first_of, once
from linkage.agreement.model import Group, Known
from linkage.agreement.names import IN_ROWS
from linkage.measures import language
from linkage.measures.expressions import Expression, OfSex, Presence
from linkage.measures.trees import leaves
from linkage.window import MAX_PERIODS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from linkage.agreement.model import Party
    from linkage.agreement.places import Path
    from linkage.agreement.tables import Problems, Table
    from linkage.dimensions import Dimensions
    from linkage.window import Window


_STAND_IN: Final = OfSex(1)
"""The one tree that stands for every expression that cannot be read, known by being this very object."""


def vocabulary(
    parties: Sequence[Party], dimensions: Dimensions, window: Window | None
) -> language.Vocabulary:
    """What expressions may speak of, groups aside."""
    told = first_of(series for party in parties for series in party.series)
    return language.Vocabulary(
        series={key: (s.title, s.known is Known.DATES) for key, s in told.items() if not s.value},
        amounts=frozenset(key for key, s in told.items() if s.value),
        groups={},
        sex=dimensions.sex,
        ages=dimensions.age,
        periods=len(window) if window else MAX_PERIODS,
    )


def groups(top: Table, known: language.Vocabulary) -> tuple[tuple[Group, ...], language.Vocabulary]:
    """The groups in the agreement's order, and the vocabulary with them."""
    tables = top.tables("group")
    found = tuple(Group(t.name(reserved=IN_ROWS), t.text("title"), t.text("is")) for t in tables)
    once(tables, [g.name for g in found])
    for table in tables:
        table.finish()
    named: dict[str, tuple[Group, Table]] = {}
    for group, table in zip(found, tables, strict=True):
        if group.name:
            named.setdefault(group.name, (group, table))
    # a stand-in first for each: what uses a group that is wrong is read as if the group was well
    read = {name: replace(_stand_in(name, known), label=g.title) for name, (g, _) in named.items()}
    for name in _in_order(named, known, top.problems):
        group, table = named[name]
        here = replace(known, groups=read)
        tree = expression(group.source, here, top.problems, (*table.path, "is"))
        read[name] = replace(tree, label=group.title)
    return found, replace(known, groups=read)


def expression(source: str, known: language.Vocabulary, problems: Problems, path: Path) -> Expression:
    """The expression; what is wrong with it is noted, with a caret below the place."""
    if not source.strip():
        return _stand_in(source, known)  # that it is empty has been said
    try:
        return language.parse(source, known)
    except language.ExpressionError as error:
        line, caret = error.details
        values: dict[str, object] = {"what": error.message, "line": line, "caret": caret}
        problems.add(path, Text("{what}\n    {line}\n    {caret}", values))
        return _stand_in(source, known)


def _stand_in(source: str, known: language.Vocabulary) -> Expression:
    """What stands for an expression with a problem; no agreement is made with it."""
    return Expression(source, _STAND_IN, (1 << known.periods) - 1, dated=True, label=source)


def readable(found: Expression) -> bool:
    """Whether the expression and the groups that it uses could be read; where not, that has been told."""
    return not any(leaf is _STAND_IN for leaf in leaves(found.tree))


def _used(source: str, known: language.Vocabulary) -> set[str]:
    """The groups that an expression uses. known: each group stands for itself, as if it was a series."""
    try:
        tree = language.parse(source, known).tree
    except language.ExpressionError:  # told when it is read in earnest; until then, what looks like a group
        return {word.text for word in language.words(source)} & known.groups.keys()
    return {leaf.series for leaf in leaves(tree) if isinstance(leaf, Presence)} & known.groups.keys()


def _in_order(
    named: Mapping[str, tuple[Group, Table]], known: language.Vocabulary, problems: Problems
) -> tuple[str, ...]:
    """The names, each after those that it uses; where they use each other, that is noted."""
    stood_for = {name: Expression(name, Presence(name), 0, dated=True, label=name) for name in named}
    here = replace(known, groups=stood_for)
    uses = {name: _used(group.source, here) for name, (group, _) in named.items()}
    while True:
        try:
            order = tuple(TopologicalSorter(uses).static_order())
        except CycleError as error:
            cycle: list[str] = error.args[1][:0:-1]  # from a name to one that it uses; first and last are one
            start = cycle.index(min(cycle, key=list(named).index))
            cycle = cycle[start:] + cycle[: start + 1]
            path = (*named[cycle[0]][1].path, "is")
            problems.add(path, Text("groups that use each other: {cycle}", {"cycle": " → ".join(cycle)}))
            uses |= {name: set() for name in cycle}
        else:
            return order
