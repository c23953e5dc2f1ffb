"""What verify sees in tables that follow people through time: a changed number, and which check it fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.release.agreeing import check as agree
from linkage.release.disagreements import (
    AmountsError,
    ChangeError,
    DisagreementError,
    EverError,
    FlowError,
    IncompleteError,
    LengthsError,
    MeanError,
    OutcomeError,
    PercentError,
    SameQuestionError,
    TotalError,
)
from linkage.release.reading import BadReleaseError
from tests.releases import agreement, over_time, release, travellers
from tests.test_release_verify import altered, plus, rows

DATA = over_time()[1].to_bytes()
MANY = 10**6
Change = Callable[[dict[str, Any]], object]

ALONE = """
[[measure]]
name = "steg"
title = "Steg"
flow = ["af.program", "stad.vuxen"]
every = 2
by = ["period"]
[[measure]]
name = "till"
title = "Till programmet"
leaving = "stad.vuxen"
to = "af.program"
for = 1
by = ["period"]
[[measure]]
name = "langd"
title = "Hur länge"
duration = "stad.vuxen"
[[measure]]
name = "pengar"
title = "Biståndet"
change = "stad.bistand"
around = "left(stad.vuxen)"
before = 2
after = 1
[[measure]]
name = "lamnar"
title = "Lämnar"
count = "left(stad.vuxen)"
by = ["period"]
"""
"""Without sexes and ages: nothing but its own check sees what was changed in a table."""


def alone(first: str = "2020-01", last: str = "2020-12") -> bytes:
    agreed = agreement(ALONE, first=first, last=last, spans="")
    return release(agreed, travellers(90, 12, seed=7)).to_bytes()


LONE = alone()


def together(*changes: Change) -> Change:
    def change(document: dict[str, Any]) -> None:
        for one in changes:
            one(document)

    return change


def with_mean(measure: str, key: str, by: int, **labels: object) -> Change:
    """Moves the number of one period, and the mean with it, as somebody would who knows of means."""

    def change(document: dict[str, Any]) -> None:
        for row in rows(document, measure, **labels):
            row[key] += by
            same = {k: v for k, v in row.items() if k in ("from", "to")}
            found = rows(document, measure, **same)
            told = [r[key] for r in found if r["period"] not in ("all", "mean") and r[key] is not None]
            mean = next(r for r in found if r["period"] == "mean")
            mean[key] = int(sum(told) * 10 / len(told) + 0.5) / 10

    return change


def move(start: str, end: str, period: str, by: int, *, whole: bool = False) -> Change:
    change = with_mean("steg", "value", by, period=period, **{"from": start, "to": end})
    every = plus("steg", by, period="all", **{"from": start, "to": end})
    return together(change, every) if whole else change


def test_a_release_with_every_kind_agrees_with_itself() -> None:
    agree(over_time()[1])
    agree(altered(lambda _: None, LONE))


@pytest.mark.parametrize(
    ("error", "change"),
    [
        (IncompleteError, lambda d: d["tables"][0]["rows"].pop()),
        (IncompleteError, lambda d: d["tables"][0]["rows"].append(d["tables"][0]["rows"][0])),
        (TotalError, plus("steg", period="2020-03", sex="man", **{"from": "stad.ung", "to": "elsewhere"})),
        (TotalError, plus("langd", sex="woman", age="all", length=2)),
        (TotalError, plus("till-programmet", key="of", period="2020-03", sex="all")),
        (TotalError, plus("bistandet", key="people", sex="all", offset=0)),
        (MeanError, plus("steg", 0.1, period="mean", sex="all", **{"from": "stad.ung", "to": "stad.vuxen"})),
        (MeanError, plus("till-programmet", 0.1, key="of", period="mean", sex="all")),
        (MeanError, plus("platser", 0.1, period="mean", sex="all")),
        (PercentError, plus("till-programmet", 0.1, key="percent", period="all", sex="all")),
        (PercentError, plus("till-programmet", 0.1, key="difference", period="mean", sex="man")),
        (PercentError, plus("platser", 0.1, key="percent", period="2020-03", sex="woman")),
        (ChangeError, plus("steg-halvar", span="h2", **{"from": "elsewhere", "to": "elsewhere"})),
        (ChangeError, plus("till-programmet-halvar", 0.1, key="against", span="h2", age="all")),
        (LengthsError, plus("langd", 0.1, sex="man", age="all", length="mean")),
        (LengthsError, plus("langd", 0.5, sex="all", age="16-29", length="median")),
        (AmountsError, plus("bistandet", 2, sex="all", offset="level")),
        (AmountsError, plus("bistandet", -2, sex="woman", offset="mean")),
        (AmountsError, plus("bistandet", 50, sex="woman", offset=0)),
        (AmountsError, lambda d: rows(d, "bistandet", sex="other", offset=0)[0].update(value=5)),
    ],
)  # fmt: skip
def test_each_disagreement_is_named(error: type[DisagreementError], change: Change) -> None:
    with pytest.raises(error) as refused:
        agree(altered(change, DATA))
    assert refused.value.hint


@pytest.mark.parametrize(
    ("error", "message", "change"),
    [
        (FlowError, "came into af.program by 2020-03", move("af.program", "af.program", "2020-03", 1)),
        (FlowError, "those who came into elsewhere", move("stad.vuxen", "elsewhere", "2020-02", 2)),
        (FlowError, "not all periods move the same people: all", together(
            move("elsewhere", "elsewhere", "2020-03", 1, whole=True),
            move("elsewhere", "elsewhere", "2020-05", 1, whole=True),
            move("elsewhere", "elsewhere", "2020-07", 1, whole=True),
            move("elsewhere", "elsewhere", "2020-09", 1, whole=True),
            move("elsewhere", "elsewhere", "2020-01", 1, whole=True),
        )),
        (FlowError, "the moves of all, stad.vuxen → af.program are not", plus(
            "steg", period="all", **{"from": "stad.vuxen", "to": "af.program"})),
        (OutcomeError, "table till: ", with_mean("till", "value", 90, period="2020-04")),
        (EverError, "table till: all", plus("till", 1, key="of", period="all")),
        (SameQuestionError, "tables till and lamnar", with_mean("lamnar", "value", 1, period="2020-04")),
        (LengthsError, "langd: mean", plus("langd", 3, length=7)),
        (AmountsError, "the people of", plus("pengar", 1, key="people", offset=0)),
        (AmountsError, "the value of level", plus("pengar", 30, offset=1)),
        (AmountsError, "the value of level", plus("pengar", 2, offset="level")),
        (AmountsError, "the value of mean", plus("pengar", 30, offset=-1)),
    ],
)  # fmt: skip
def test_what_only_its_own_check_can_see_is_seen(
    error: type[DisagreementError], message: str, change: Change
) -> None:
    def made_right(document: dict[str, Any]) -> None:
        change(document)
        _per_cents(document)
        if error is EverError:
            whole = rows(document, "till", period="all")[0]
            pieces = [r["of"] or 0 for r in rows(document, "till") if r["period"] not in ("all", "mean")]
            whole["of"] = sum(pieces) + 1
            _per_cents(document)

    with pytest.raises(error, match=message):
        agree(altered(made_right, LONE))


def _per_cents(document: dict[str, Any]) -> None:
    """Per cents as they follow from the changed numbers, so that their check is not the first to see it."""
    found = rows(document, "till")
    told = [r for r in found if r["period"] not in ("all", "mean") and r["value"] is not None]
    for row in found:
        several = told if row["period"] == "mean" else [row]
        value, of = (sum(r[key] or 0 for r in several) for key in ("value", "of"))
        row["percent"] = int(1000 * value / of + 0.5) / 10 if of else None


PLACES = [
    (t["measure"], i, key)
    for t in json.loads(DATA)["tables"]
    if t["measure"] != "kvar"
    for i, row in enumerate(t["rows"])
    for key in ("value", "people", "of", "percent", "difference", "against", "change")
    if row.get(key) is not None and (t["measure"], key) != ("platser", "of")
]


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from([-1, 1, 2, 10]))
def test_no_number_of_a_table_can_be_changed_alone(place: tuple[str, int, str], by: int) -> None:
    measure, number, key = place

    def change(document: dict[str, Any]) -> None:
        row = rows(document, measure)[number]
        if measure == "bistandet" and key == "value":
            row[key] += by * 500  # a mean amount is told with its rounding, and so checked
        elif key in ("value", "people", "of") and isinstance(row[key], int):
            row[key] += by if row[key] + by >= 0 else 1
        else:
            row[key] = round(row[key] + by / 10, 1) if isinstance(row[key], float) else row[key] + by

    with pytest.raises((DisagreementError, BadReleaseError)):  # people whose amount is not told: no release
        agree(altered(change, DATA))


def test_in_a_window_too_short_for_a_whole_flow_nothing_disagrees() -> None:
    data = alone(last="2020-04")
    agree(altered(lambda _: None, data))
