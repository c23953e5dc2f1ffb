"""Whether the tables of a release agree with themselves and with each other (docs/release.md, check 5).

Works on the published numbers alone, and knows nothing of how they were made: a second opinion, not the same
arithmetic again. Where every number was moved by itself, by so many people at most, numbers of different
people fit within what that allows; the same people have the same number, and what is derived from published
numbers is as exact as ever. Where noise was drawn, what adds up within a row of time still does. Each check
is one function and one error of linkage.release.disagreements. Those of flows, outcomes, durations and
changes are in `agreeing_over_time`, that of several tables in `agreeing_questions`.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from linkage.release.agreeing_over_time import amounts, flows, lengths, outcomes
from linkage.release.agreeing_questions import same_questions
from linkage.release.counts import ALL, MEAN
from linkage.release.disagreements import (
    ChangeError,
    CoveredError,
    EverError,
    MeanError,
    PartsError,
    PercentError,
    TotalError,
)
from linkage.release.published import Key, Rows, exact, less, tenth
from linkage.release.tables import AMOUNT_STEP, HIDDEN, LENGTH_TOTALS

if TYPE_CHECKING:
    from linkage.release.document import Release


def check(release: Release) -> None:
    """Raises the error of the first check that fails."""
    step = AMOUNT_STEP if release.moved or release.rule.method == "suppress" else 1
    several = [
        Rows(table, release.scale, release.moved, step, drawn=release.drawn) for table in release.tables
    ]
    for rows in several:
        for one in _OF_DRAWN if release.drawn else _OF_ONE:
            one(rows)
    if not release.drawn:
        same_questions(several)


def totals(rows: Rows) -> None:
    """All sexes are the three sexes together, and all ages the bands and the rest."""
    for name in ("sex", "age"):
        pieces: defaultdict[Key, list[Key]] = defaultdict(list)
        for key in rows.at:
            if key.own in LENGTH_TOTALS and rows.table.kind == "duration":
                continue
            if getattr(key.place, name) not in (None, ALL) and key.place.time != MEAN:
                pieces[key.at(**{name: ALL})].append(key)
        for whole, several in pieces.items():
            for counted in rows.counted:
                values = [rows.number(piece, counted) for piece in several]
                known = [value for value in values if value is not None]
                told = rows.number(whole, counted)
                if told is None or len(known) < len(values):
                    continue
                if abs(told - sum(known)) > rows.leeway(len(values) + 1):
                    raise TotalError(
                        "table {measure}: the pieces of {row} do not add up to it",
                        measure=rows.table.measure,
                        row=str(whole),
                    )


def means(rows: Rows) -> None:
    """A mean is the mean of the known periods, and is told where these are."""
    for key, row in rows.at.items():
        if key.place.time == MEAN and key.own not in ("sum", "surplus"):
            for counted in rows.counted:
                if exact(row, counted) != tenth(rows.number(key, counted)):
                    raise MeanError(
                        "table {measure}: {row} is not the mean of its periods",
                        measure=rows.table.measure,
                        row=str(key),
                    )


def parts(rows: Rows) -> None:
    """sum is the parts added up, and surplus what it has more than unique."""
    if rows.table.own_key != "part":
        return
    for key in [key for key in rows.at if key.own == "sum"]:
        unique = key._replace(own="unique")
        terms = [rows.number(key._replace(own=part)) for part in rows.table.items]
        known = [term for term in terms if term is not None]
        whole = sum(known, Fraction(0)) if len(known) == len(terms) else None
        if rows.at[unique].get("note") == "no dates":
            whole = None
        more = less(whole, rows.number(unique))
        for own, expected in (("sum", whole), ("surplus", more)):
            if exact(rows.at[key._replace(own=own)], "value") != tenth(expected):
                raise PartsError(
                    "table {measure}: {row} is not that of the parts",
                    measure=rows.table.measure,
                    row=str(key._replace(own=own)),
                )


def percents(rows: Rows) -> None:
    """A per cent is value / of, and its difference that to the target; none where `of` is 0."""
    table = rows.table
    if not table.rated:
        return
    for key, row in rows.at.items():
        percent = _percent(rows, key)
        distance = less(percent, None if table.target is None else Fraction(table.target))
        for name, expected in (("percent", percent), ("difference", distance)):
            if name in row and exact(row, name) != tenth(expected):
                raise PercentError(
                    "table {measure}: the {name} of {row} is not that of its numbers",
                    measure=table.measure,
                    name=name,
                    row=str(key),
                )


def _percent(rows: Rows, key: Key) -> Fraction | None:
    value = rows.number(key)
    of = rows.number(key, "of") if "of" in rows.counted else exact(rows.at[key], "of")
    return 100 * value / of if value is not None and of else None


def changes(rows: Rows) -> None:
    """against is the number of the named span, and change the distance to it."""
    table = rows.table
    if table.against is None:
        return
    for key, row in rows.at.items():
        base = key.at(time=table.against)
        here, there = (_percent(rows, k) if table.rated else rows.number(k) for k in (key, base))
        told = key != base and here is not None and there is not None
        expected = (tenth(there), tenth(less(here, there))) if told else (None, None)
        if (exact(row, "against"), exact(row, "change")) != expected:
            raise ChangeError(
                "table {measure}: the change of {row} is not that of its numbers",
                measure=table.measure,
                row=str(key),
            )


def ever(rows: Rows) -> None:
    """Over the whole time at least as many as in each piece of it, at most as many as in all together."""
    if rows.table.kind not in ("count", "share", "flow", "outcome"):
        return  # a combination by "ever" of each set can be rarer than the same combination in a month
    for rest, pieces in rows.over_time.items():
        for counted in rows.counted if rest.own not in ("sum", "surplus") else ():
            whole = rows.number(rest.at(time=ALL), counted)
            values = [value for key, _ in pieces if (value := rows.number(key, counted)) is not None]
            if whole is None or not values:
                continue
            # who leaves twice counts once over the whole time, by the first leaving: its outcome may be worse
            least = Fraction(0) if (rows.table.kind, counted) == ("outcome", "value") else max(values)
            # what is beyond an edge adds nobody to the whole; periods that are not told may, and gaps too
            bounded = rows.table.time == "period" and all(row.get("note") not in HIDDEN for _, row in pieces)
            too_few = whole < least - rows.leeway(2)
            if too_few or (bounded and whole > sum(values) + rows.leeway(len(values) + 1)):
                raise EverError(
                    "table {measure}: {row} does not fit its periods",
                    measure=rows.table.measure,
                    row=str(rest.at(time=ALL)),
                )


def covered(rows: Rows) -> None:
    """Where everybody counted is in a part, the parts add up to no fewer."""
    if not rows.table.covered:
        return
    for key, row in rows.at.items():
        surplus = exact(row, "value") if key.own == "surplus" else None
        if surplus is not None and surplus < -rows.leeway(len(rows.table.items) + 1):
            raise CoveredError(
                "table {measure}: {row} is more than its parts together",
                measure=rows.table.measure,
                row=str(key._replace(own="unique")),
            )


_OF_ONE = (totals, means, parts, percents, changes, flows, outcomes, lengths, amounts, ever, covered)
_OF_DRAWN = (totals, means, parts, percents, changes, flows, outcomes, lengths, amounts)
"""Where noise was drawn anew for each table and each row of time, two of them need not agree."""
