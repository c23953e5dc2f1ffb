"""What an agreement may ask of people over time and perhaps does not mean: the empty and the unchanging."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.agreement.estimate import known
from linkage.agreement.parts import Parts
from linkage.measures.expressions import Or
from linkage.measures.model import Change, Duration, Flow, Outcome
from linkage.measures.trees import lasting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.agreement.model import Agreement
    from linkage.agreement.places import Path
    from linkage.measures.expressions import Expression, Tree
    from linkage.measures.model import Measure

_YEAR = dt.timedelta(days=366)


def far_age(agreement: Agreement) -> Iterator[tuple[Path, Text]]:
    """A day on which ages are taken that is more than a year before or after the window."""
    age, starts = agreement.dimensions.age, agreement.window.starts
    if age and not starts[0] - _YEAR <= age.on <= starts[-1] + _YEAR:
        what = Text(
            "more than a year from the window, {first} to {last}: people are of another age then",
            {"first": starts[0], "last": agreement.window.last_day},
        )
        yield ("dimensions", "age", "on"), what


def over_time(measure: Measure, periods: int) -> Iterator[Text]:
    """What is noticed of a measure that follows people. periods: of the window."""
    yield from _never(measure, periods)
    match measure:
        case Outcome(leaving=leaving) if _unchanging(leaving):
            yield Text(
                "nobody leaves {expression!r}: whoever is in it is so in every period",
                {"expression": leaving.source},
            )
        case Duration(duration=stay) if _unchanging(stay):
            yield Text(
                "no stay in {expression!r} starts or ends: whoever is in it is so in every period",
                {"expression": stay.source},
            )
        case Change(around=around) if _unchanging(around):
            yield Text(
                "{expression!r} is no event: whoever is in it is so in every period",
                {"expression": around.source},
            )
        case Flow(flow=states):
            yield from _behind(states)


def _unchanging(expression: Expression) -> bool:
    """Whether people are in it in every period or in none; nobody at all is told elsewhere."""
    return lasting(expression.tree) and not Parts(given_up=False).nobody(expression.tree)


def _behind(states: tuple[Expression, ...]) -> Iterator[Text]:
    """States that nobody is ever in, since whoever is in them is in an earlier one."""
    parts = Parts(given_up=False)
    before: Tree = states[0].tree
    earlier = [before]  # kept: Parts knows trees by their identity
    for state in states[1:]:
        if parts.within(state.tree, before):
            yield Text(
                "nobody is counted in the state {state!r}: whoever is in it is in an earlier one, and people "
                "count in the first",
                {"state": state.source},
            )
        before = Or(before, state.tree)
        earlier.append(before)


def _never(measure: Measure, periods: int) -> Iterator[Text]:
    """A measure each of whose expressions is known at some time, and never at the times that it joins."""
    if not all(expression.known for expression in measure.expressions):
        return  # told of the expression
    if isinstance(measure, Flow) and not known(measure, periods):
        yield Text("no two periods {every} apart are known: every row stays empty", {"every": measure.every})
    elif isinstance(measure, Duration) and not known(measure, periods):
        yield Text("no three periods in a row are known: no stay is seen from its start to its end")
