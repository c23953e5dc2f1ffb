"""The measures that follow people from period to period: flow, outcome, duration, change.

What can be known of no period of the window is refused here, where it is still somebody's to correct.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.agreement.expressions import one, several
from linkage.agreement.names import listed, near
from linkage.agreement.shares import target
from linkage.measures.model import Change, Duration, Flow, Follow, Outcome

if TYPE_CHECKING:
    from linkage.agreement.expressions import Common, Given
    from linkage.agreement.tables import Table
    from linkage.measures.expressions import Expression

SHORTEST = 3
"""Periods of a window in which a stay can start and end: one before it, one of it, one after it."""


def flow(table: Table, common: Common, given: Given) -> Flow:
    """Moves between states, `every` periods apart; every = 1 where it is left out."""
    states = several(table, "flow", given.words, least=1)
    for index, state in enumerate(states):
        _dated(table, ("flow", index), state)
    if given.words.periods == 1:
        table.problem("flow", Text("a window of one period has no moves"))
    return Flow(*common, states, _reach(table, "every", given) if table.has("every") else 1)


def outcome(table: Table, common: Common, given: Given) -> Outcome:
    """Of those who left, how many are where."""
    leaving, to = (one(table, key, given.words) for key in ("leaving", "to"))
    dated = [_dated(table, (key,), e) for key, e in (("leaving", leaving), ("to", to))]
    here = [follow for follow in Follow if table.has(follow.value)]
    goal = target(table)
    if len(here) != 1:
        what = Text(
            "one of at, within and for is needed: how many periods after leaving"
            if not here
            else "only one of at, within and for is allowed"
        )
        table.problems.add(table.path, what)
        for follow in here:
            table.number(follow.value, _least(follow), told=_most(follow, leaving, to, given))
        return Outcome(*common, leaving, to, Follow.AT, 0, goal)
    follow = here[0]
    before = len(table.problems)
    k = table.number(follow.value, _least(follow), told=_most(follow, leaving, to, given))
    if all(dated) and len(table.problems) == before:
        _followed(table, follow, k, leaving, to)
    return Outcome(*common, leaving, to, follow, k, goal)


def _least(follow: Follow) -> int:
    """In the period of leaving itself, or after it."""
    return 1 if follow is Follow.FOR else 0


def _most(follow: Follow, leaving: Expression, to: Expression, given: Given) -> int:
    """The longest follow-up after which there is an event whose outcome can be known, else the least."""
    every = range(_least(follow), given.words.periods)
    return max((k for k in every if events(leaving.known, to.known, follow, k)), default=_least(follow))


def _followed(table: Table, follow: Follow, k: int, leaving: Expression, to: Expression) -> None:
    """Note a follow-up after which no event is left whose outcome can be known."""
    if events(leaving.known, to.known, follow, k):
        return
    allowed = [i for i in range(_least(follow), k) if events(leaving.known, to.known, follow, i)]
    if not allowed:
        what = Text("no period of the window is known in which somebody leaves and can be followed")
    else:
        what = Text(
            "reaches {k} periods, past the end of the window for whoever leaves: allowed are {low} to {most}",
            {"k": k, "low": allowed[0], "most": allowed[-1]},
        )
    table.problem(follow.value, what)


def events(leaving: int, to: int, follow: Follow, k: int) -> int:
    """The bitmap of the periods in which leaving, and what follows, is known.

    leaving, to: bitmaps of the periods in which the two expressions are known.
    """
    left = leaving & leaving >> 1
    steps = {Follow.AT: range(k, k + 1), Follow.WITHIN: range(k + 1), Follow.FOR: range(1, k + 1)}[follow]
    for step in steps:
        left &= to >> step
        if not left:
            break
    return left


def duration(table: Table, common: Common, given: Given) -> Duration:
    """How long completed stays are."""
    stay = one(table, "duration", given.words)
    _dated(table, ("duration",), stay)
    if given.words.periods < SHORTEST:
        what = Text(
            "a stay that starts and ends inside the window needs at least {least} periods",
            {"least": SHORTEST},
        )
        table.problem("duration", what)
    return Duration(*common, stay)


def change(table: Table, common: Common, given: Given) -> Change:
    """Amounts before and after an event."""
    key = table.text("change").strip()
    around = one(table, "around", given.words)
    dated = _dated(table, ("around",), around)
    noted = len(table.problems)
    before, after = _reach(table, "before", given), _reach(table, "after", given)
    periods = given.words.periods
    if len(table.problems) == noted and before + after >= periods:
        what = Text(
            "{before} before and {after} after do not fit into a window of {periods} periods: "
            "together at most {most}",
            {"before": before, "after": after, "periods": periods, "most": periods - 1},
        )
        table.problem("after", what)
    elif dated and len(table.problems) == noted and not surrounded(around.known, before, after, periods):
        what = Text(
            "in no period that has {before} before it and {after} after it in the window is it known",
            {"before": before, "after": after},
        )
        table.problem("around", what)
    return Change(*common, key, _unit(table, key, given), around, before, after)


def surrounded(around: int, before: int, after: int, periods: int) -> int:
    """The bitmap of the periods in which the event is known, with `before` and `after` inside the window."""
    inside = ((1 << max(0, periods - before - after)) - 1) << before
    return around & inside


def _unit(table: Table, key: str, given: Given) -> str:
    """The unit of the amounts that a change asks for."""
    series = given.series.get(key)
    if series and series.value:
        return series.value.unit
    amounts = [s.key for s in given.series.values() if s.value]
    if not key:
        return ""  # told already
    if series:
        what = Text(
            "{key} tells who was there and holds no amounts; with amounts there are {allowed}",
            {"key": key, "allowed": listed(amounts) or "–"},
        )
    else:
        what = Text(
            "no series with amounts {key!r}{near}, allowed are {allowed}",
            {"key": key, "near": near(key, amounts), "allowed": listed(amounts) or "–"},
        )
    table.problem("change", what)
    return ""


def _reach(table: Table, key: str, given: Given) -> int:
    """A number of periods, at least 1, that stays inside the window."""
    return table.number(key, 1, max(1, given.words.periods - 1))


def _dated(table: Table, keys: tuple[str | int, ...], expression: Expression) -> bool:
    """Whether the expression has dates; that it has none is noted."""
    if not expression.dated:
        what = Text(
            '{expression!r} has no dates (known = "window"): who moves, leaves or stays is not known',
            {"expression": expression.source},
        )
        table.problems.add((*table.path, *keys), what)
    return expression.dated
