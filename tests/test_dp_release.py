"""Releases by method dp: what one person can move, what is told, and that nothing true is."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage.agreement.model import Agreement, ReleaseRule
from linkage.match import count
from linkage.match.count import Counted
from linkage.measures.figures import Cells, Figures
from linkage.measures.model import Count, Frame
from linkage.release import Release, agreeing, control, parse
from linkage.release import verify as releases
from linkage.release.disagreements import TotalError
from linkage.release.methods import dp
from linkage.release.methods.dp import drawing as method
from linkage.release.methods.dp import noise as noises
from linkage.release.methods.dp.histograms import Histogram, histogram
from linkage.release.methods.dp.layout import Layout
from linkage.release.methods.dp.noise import NoSamplerError
from linkage.release.reading import BadReleaseError
from linkage.report import csv, excel, html
from linkage.texts import Lang
from tests import needs
from tests.fake_package import ROUND_KEY, packages
from tests.needs import opendp
from tests.oracle import Registers
from tests.random_chance import BySeed
from tests.random_rounds import a_round
from tests.releases import (
    MADE,
    MEASURES,
    OVER_TIME_MEASURES,
    Person,
    agreement,
    crowd,
    figures,
    signed,
    travellers,
)
from tests.releases import matcher as signer
from tests.releases import packages as facts

assert opendp is needs.opendp
pytestmark = pytest.mark.usefixtures("opendp")

LAPLACE = ReleaseRule("dp", {"epsilon": "2", "family_epsilon": "6", "mechanism": "laplace"})
GAUSSIAN = ReleaseRule(
    "dp",
    {
        **LAPLACE.parameters,
        "mechanism": "gaussian",
        "delta": "0.000001",
        "family_delta": "0.00001",
    },
)
SEEDS = st.integers(0, 2**64 - 1)
EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def frame_of(agreed: Agreement) -> Frame:
    amounts = {s.key: s.value.max for s in agreed.series if s.value}
    return Frame(agreed.window, agreed.dimensions, amounts)


def answered(agreed: Agreement, registers: Registers) -> Counted:
    """Figures and atoms, as the engine counts them."""
    return count(packages(registers, agreed), agreed, ROUND_KEY)


# -- what one person can move -----------------------------------------------------------------------------


@EXAMPLES
@given(SEEDS, st.sampled_from([LAPLACE, GAUSSIAN]))
def test_nobody_moves_the_drawn_cells_by_more_than_is_accounted_for(seed: int, rule: ReleaseRule) -> None:
    """The same round with and without somebody, whoever it is: every cell that is drawn."""
    agreed, registers = a_round(BySeed(seed))
    agreed = replace(agreed, release=rule)
    people = sorted({row.person for rows in registers.values() for row in rows})
    whole = answered(agreed, registers)
    for person in people[:3]:
        rest = {key: [row for row in rows if row.person != person] for key, rows in registers.items()}
        fewer = answered(agreed, rest)
        for measure in agreed.measures:
            both = [
                method._plan(measure, c.figures.cells[measure.name], rule, frame_of(agreed), c.atoms)
                for c in (whole, fewer)
            ]
            _check_reach(*both)


@pytest.mark.parametrize("rule", [LAPLACE, GAUSSIAN], ids=["laplace", "gaussian"])
@pytest.mark.parametrize("measures", [MEASURES, OVER_TIME_MEASURES], ids=["people", "over time"])
def test_nobody_moves_more_where_every_kind_is_asked(rule: ReleaseRule, measures: str) -> None:
    """Moves over stretches among them: who moves in each period counts in each."""
    agreed = replace(agreement(measures), release=rule)
    people = crowd(25, 12, seed=11) + travellers(25, 12, seed=12)
    whole, frame = figures(agreed, people), frame_of(agreed)
    for number in range(0, len(people), 9):
        fewer = figures(agreed, people[:number] + people[number + 1 :])
        for measure in agreed.measures:
            _check_reach(
                *(method._plan(measure, f.cells[measure.name], rule, frame, None) for f in (whole, fewer))
            )


def _check_reach(one: method.Plan, other: method.Plan) -> None:
    found, without = one.histogram, other.histogram
    assert (found.touched, found.squares) == (without.touched, without.squares)
    assert np.array_equal(found.made, without.made)
    assert np.array_equal(found.told, without.told)
    drawn = method._asked(found)[:, :, None, None]
    moved = np.where(drawn, np.abs(found.cells - without.cells), 0)
    assert (moved.sum(axis=(0, 2, 3)) <= np.array(found.touched)).all()
    assert ((moved**2).sum(axis=(0, 2, 3)) <= np.array(found.squares)).all()
    if one.amounts is not None and other.amounts is not None:
        apart = np.abs(one.amounts - other.amounts)
        assert np.count_nonzero(apart.sum(axis=(1, 2, 3))) <= one.reach.cells - sum(found.touched)
        assert (apart.sum(axis=(1, 2, 3)) <= one.most).all()


@EXAMPLES
@given(SEEDS)
def test_what_is_drawn_adds_up_to_every_figure(seed: int) -> None:
    """Without noise, the cells give the true figures back: unions, parts and totals are sums of them."""
    agreed, registers = a_round(BySeed(seed))
    agreed = replace(agreed, release=LAPLACE)
    found = answered(agreed, registers)
    with patch.object(noises, "draw", lambda numbers, _: numbers.copy()):
        protected = dp.protect(found.figures, LAPLACE, frame_of(agreed), found.atoms)
    for name, cells in found.figures.cells.items():
        told = protected.counts[name]
        known = told.notes == cells.notes
        assert known.all()
        shown = np.array([[note.value == "" for note in cells.notes.reshape(-1)]]).reshape(cells.people.shape)
        assert np.array_equal(np.where(shown, told.values, 0), np.where(shown, cells.people, 0)), name
        if cells.sums is not None and told.sums is not None:
            assert np.array_equal(np.where(shown, told.sums, 0), np.where(shown, cells.sums.total, 0)), name


def test_parts_are_drawn_by_combination_where_that_costs_less() -> None:
    for seed in range(400):
        agreed, registers = a_round(BySeed(seed))
        agreed = replace(agreed, release=LAPLACE)
        asked = [m for m in agreed.measures if isinstance(m, Count) and 2 <= len(m.parts) <= 3]
        if not asked:
            continue
        found, measure = answered(agreed, registers), asked[0]
        cells, frame = found.figures.cells[measure.name], frame_of(agreed)
        joint = histogram(measure, cells, frame, found.atoms, gaussian=False)
        each = histogram(measure, cells, frame, None, gaussian=False)
        assert max(joint.touched) <= 1
        assert max(each.touched) in (0, len(measure.parts) + 1, len(measure.parts), 1)
        assert histogram(measure, cells, frame, found.atoms, gaussian=True).each
        return
    raise AssertionError("no round with parts")


# -- what is told -----------------------------------------------------------------------------------------


def released(rule: ReleaseRule, measures: str, people: list[Person]) -> tuple[Agreement, Release]:
    agreed = replace(agreement(measures), release=rule)
    return agreed, control(figures(agreed, people), agreed, facts(agreed), MADE)


@pytest.mark.parametrize("rule", [LAPLACE, GAUSSIAN], ids=["laplace", "gaussian"])
def test_a_release_of_every_kind_verifies_and_is_reported(rule: ReleaseRule) -> None:
    for measures, people in (
        (MEASURES, crowd(300, 12, seed=3)),
        (OVER_TIME_MEASURES, travellers(300, 12, seed=4)),
    ):
        agreed, release = released(rule, measures, people)
        releases.check(*signed(release), signer().public, agreed)
        assert not release.audited
        assert release.accounting is not None
        assert release.accounting.cells.keys() == {m.name for m in agreed.measures}
        if rule is GAUSSIAN:
            assert "sannolikhet på högst 0,000001" in html(release, Lang.SV)
            continue
        page = html(release, Lang.EN)
        assert "noise with a proven bound (ε = 2)" in page
        assert "±" in page
        assert ', at least"' in next(iter(csv(release, Lang.EN).values())).decode()
        assert "minst" in next(iter(csv(release, Lang.SV).values())).decode()
        assert excel(release, Lang.SV)


@settings(EXAMPLES, max_examples=8)
@given(SEEDS, st.sampled_from([LAPLACE, GAUSSIAN]))
def test_whatever_is_asked_the_release_reads_agrees_and_is_reported(seed: int, rule: ReleaseRule) -> None:
    agreed, registers = a_round(BySeed(seed))
    agreed = replace(agreed, release=rule)
    found = answered(agreed, registers)
    sent = [
        replace(fact, party=p.name) for fact, p in zip(facts(agreement()) * 2, agreed.parties, strict=False)
    ]
    release = control(found.figures, agreed, sent, MADE, atoms=found.atoms)
    assert parse(release.to_bytes()).to_bytes() == release.to_bytes()
    agreeing.check(release)
    html(release, Lang.SV)
    csv(release, Lang.SV)
    excel(release, Lang.EN)


def test_all_but_numbers_follows_from_the_agreement_alone() -> None:
    """Notes, rows, accounting, coverage: the same of other people, of far fewer, and of nobody."""
    agreed = replace(agreement(MEASURES + OVER_TIME_MEASURES), release=LAPLACE)
    shapes = []
    for people in (crowd(200, 12, seed=1) + travellers(200, 12, seed=2), crowd(3, 12, seed=9), []):
        sent = [replace(fact, counted_percent=len(people) % 100) for fact in facts(agreed)]
        document = json.loads(control(figures(agreed, people), agreed, sent, MADE).to_bytes())
        for table in document["tables"]:
            for row in table["rows"]:
                _without_numbers(row)
        shapes.append(document)
    assert shapes[0] == shapes[1] == shapes[2]
    assert all(package["counted_percent"] is None for package in shapes[0]["packages"])


def _without_numbers(row: dict[str, Any]) -> None:
    for key in list(row):
        if key.rpartition("_")[2] in ("low", "high") or key in (
            *("value", "people", "percent", "difference", "change"),
            *(("against",) if "against" in row else ()),
            *(("of",) if "of_low" in row else ()),
        ):
            # of nobody there is no per cent and no mean: that is said of noisy numbers
            del row[key]


ONE = """
[[measure]]
name = "alla"
title = "Alla"
count = "stad.ung | af.program"
by = ["period", "sex"]
"""


def test_a_true_number_stands_in_the_file_no_oftener_than_chance_puts_it_there() -> None:
    """Of a canary: a number of people that nothing else in the file comes near."""
    canary = 7919
    agreed = replace(agreement(ONE, first="2020-01", last="2020-02", spans=""), release=LAPLACE)
    cells = figures(agreed, []).cells["alla"]
    people = np.full_like(cells.people, canary)
    true = Figures(agreed.measures, {"alla": replace(cells, people=_totals(cells, people))})
    rounds, same, told = 150, 0, 0
    for _ in range(rounds):
        (table,) = control(true, agreed, facts(agreed), MADE).tables
        inner = [row for row in table.rows if row["sex"] != "all" and row["period"] != "mean"]
        same += sum(row["value"] == canary for row in inner)
        told += len(inner)
    scale = 3 / 2  # three rows of time, ε 2
    chance = (1 - math.exp(-1 / scale)) / (1 + math.exp(-1 / scale))
    assert abs(same / told - chance) < 5 * math.sqrt(chance * (1 - chance) / told)


def _totals(cells: Cells, people: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    layout = Layout(cells.axes)
    return layout.whole(layout.inner(people))


def test_a_mutant_that_draws_nothing_is_caught_by_the_canary() -> None:
    with (
        patch.object(noises, "draw", lambda numbers, _: numbers.copy()),
        pytest.raises(AssertionError),
    ):
        test_a_true_number_stands_in_the_file_no_oftener_than_chance_puts_it_there()


# -- intervals --------------------------------------------------------------------------------------------

FEW = """
[[measure]]
name = "volym"
title = "Unika"
count = "volym"
parts = ["stad.ung", "af.program"]
by = ["span", "sex"]
against = "h1"
[[measure]]
name = "andel"
title = "Andel"
share = "volym & af.arbetslos"
of = "af.arbetslos"
target = 40
by = ["span"]
[[measure]]
name = "utanfor"
title = "Andel utanför"
share = "stad.ung"
of = "af.program"
by = ["period"]
"""
FEW_OVER_TIME = """
[[measure]]
name = "steg"
title = "Steg"
flow = ["af.program", "stad.ung"]
by = ["period"]
[[measure]]
name = "langd"
title = "Längd"
duration = "stad.vuxen"
[[measure]]
name = "bistandet"
title = "Biståndet"
change = "stad.bistand"
around = "left(stad.ung | stad.vuxen)"
before = 1
after = 1
"""


@pytest.mark.parametrize("rule", [LAPLACE, GAUSSIAN], ids=["laplace", "gaussian"])
@pytest.mark.parametrize("measures", [FEW, FEW_OVER_TIME], ids=["people", "over time"])
def test_intervals_hold_the_counted_number_as_often_as_they_say(rule: ReleaseRule, measures: str) -> None:
    """Every figure of every row, over many releases of the same people."""
    spans = 'h1 = ["2020-01", "2020-02"], h2 = ["2020-03", "2020-05"]'
    agreed = agreement(measures, first="2020-01", last="2020-05", spans=spans)
    true = figures(agreed, crowd(160, 5, seed=6) if measures is FEW else travellers(160, 5, seed=7))
    exact = control(true, agreed, facts(agreed), MADE)
    agreed, times = replace(agreed, release=rule), 120
    held: Counter[tuple[str, int, str]] = Counter()
    told: Counter[tuple[str, int, str]] = Counter()
    for _ in range(times):
        for table, plain in zip(control(true, agreed, facts(agreed), MADE).tables, exact.tables, strict=True):
            for at, (row, truth) in enumerate(zip(table.rows, plain.rows, strict=True)):
                for key in table.values:
                    found, value = table.interval(row, key), truth[key]
                    if found is not None and isinstance(value, int | Decimal):
                        low, high = found
                        told[table.measure, at, key] += 1
                        held[table.measure, at, key] += (low is None or low <= value) and (
                            high is None or value <= high
                        )
    assert len(told) > 40
    for where, several in told.items():
        part = held[where] / several
        assert part >= 0.95 - 5.5 * math.sqrt(0.95 * 0.05 / several), (where, part)
    assert sum(held.values()) / sum(told.values()) > 0.94


def test_intervals_are_not_wider_than_need_be() -> None:
    agreed = replace(agreement(ONE), release=LAPLACE)
    true = figures(agreed, crowd(2000, 12, seed=8))
    held = Counter[bool]()
    for _ in range(60):
        release = control(true, agreed, facts(agreed), MADE)
        cells = true.cells["alla"]
        for row in release.tables[0].rows:
            if row["sex"] == "woman" and row["period"] != "mean":
                period = cells.axes[0].values.index(row["period"])
                number = int(cells.people[period, 0])
                low, high = row["value_low"], row["value_high"]
                assert isinstance(low, int)
                assert isinstance(high, int)
                held[low < number < high] += 1  # a whole number narrower on both sides
    assert held[True] / sum(held.values()) < 0.97


# -- refused ----------------------------------------------------------------------------------------------


def document() -> dict[str, Any]:
    _, release = released(LAPLACE, ONE, crowd(60, 12, seed=5))
    found = json.loads(release.to_bytes())
    assert isinstance(found, dict)
    return found


FAULTS: dict[str, tuple[list[str | int], Any, str]] = {
    "coverage": (["packages", 0, "counted_percent"], 97, "told without noise"),
    "audited": (["audit", "audited"], True, "were audited"),
    "too little noise": (["audit", "accounting", "scale"], "6.4", "the agreed bound"),
    "no number": (["audit", "accounting", "scale"], "nan", "not written as it should be"),
    "a measure too many": (["audit", "accounting", "cells", "annat"], 0, "the agreed bound"),
    "fewer than nobody": (["tables", 0, "rows", 0, "value"], -1, "no end of an interval"),
    "an end on the wrong side": (["tables", 0, "rows", 0, "value_low"], 10**6, "no end of an interval"),
    "a note": (["tables", 0, "rows", 0, "note"], "withheld", "needs a note"),
    "an epsilon above all bounds": (["method", "epsilon"], "11", "none of what it may be"),
    "a family that has less": (["method", "family_epsilon"], "1", "none of what it may be"),
    "a mechanism": (["method", "mechanism"], "none", "none of what it may be"),
    "a delta of laplace": (["method", "delta"], "0.000001", "may not have"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_release_that_is_not_as_dp_makes_them_is_refused(fault: str) -> None:
    path, value, said = FAULTS[fault]
    found = document()
    parse(json.dumps(found).encode())
    inner = found
    for key in path[:-1]:
        inner = inner[key]  # type: ignore[index]  # lists and objects alike
    inner[path[-1]] = value  # type: ignore[index]
    with pytest.raises(BadReleaseError, match=said):
        parse(json.dumps(found).encode())


def test_an_interval_that_is_missing_is_refused() -> None:
    found = document()
    del found["tables"][0]["rows"][0]["value_high"]
    with pytest.raises(BadReleaseError, match="value_high is missing"):
        parse(json.dumps(found).encode())


def test_pieces_that_do_not_add_up_are_refused() -> None:
    found = document()
    row = next(r for r in found["tables"][0]["rows"] if r["sex"] == "all" and r["period"] != "mean")
    row["value"] += 1
    row["value_high"] += 1
    with pytest.raises(TotalError, match="do not add up"):
        agreeing.check(parse(json.dumps(found).encode()))


def test_nothing_is_told_where_opendp_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opendp.prelude", None)
    with pytest.raises(NoSamplerError):
        document()


def test_what_is_taken_from_the_budget_is_what_the_agreement_says() -> None:
    assert dp.cost(LAPLACE) == (Fraction(2), Fraction(0))
    assert dp.cost(GAUSSIAN) == (Fraction(2), Fraction(1, 10**6))


def test_a_histogram_does_not_print_its_people() -> None:
    assert repr(
        Histogram(
            np.zeros((1, 1, 1, 1), np.int64), np.eye(1, dtype=np.int64), np.ones((1, 1), bool), (1,), (1,)
        )
    ).startswith("<")
