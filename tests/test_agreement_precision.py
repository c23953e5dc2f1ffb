"""What `check` tells of the error of figures that are moved: drawn once from the table itself."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from linkage.agreement import parse
from linkage.agreement.cuts import PutTogether, put_together
from linkage.agreement.model import ReleaseRule
from linkage.agreement.precision import precision
from linkage.commands import agreement_check
from linkage.perturbation import KEYS, perturbation
from linkage.texts import Lang, say
from linkage.window import Unit, Window
from tests.agreements import RULES, WHOLE, changed, under
from tests.releases import MOVED, agreement


@pytest.mark.parametrize(("d", "variance", "js"), [(7, "4", 2), (5, "3", 2), (10, "8", 4), (3, "1", 0)])
def test_what_is_told_is_what_the_table_does(d: int, variance: str, js: int) -> None:
    text = changed(
        "D = 7\nvariance = 4\njs = 2", f'D = {d}\nvariance = "{variance}"\njs = {js}', under("cellkey")
    )
    told = precision(parse(text))
    assert told is not None
    rng, n = np.random.default_rng(d), 200_000
    table = perturbation(d, float(variance), js)
    off = table.changes(np.full(n, 1000), rng.integers(0, KEYS, n, dtype=np.uint32))
    assert abs(off.std() - told.typical) < 0.02
    assert (abs(off) <= told.usual).mean() > 0.948
    assert (abs(off) <= told.usual - 1).mean() < 0.95
    assert abs(off).max() == told.most == d
    means = off[: n // 12 * 12].reshape(-1, 12).mean(axis=1)
    assert told.periods == 12
    assert abs(means.std() - told.mean) < 0.02


def test_a_per_cent_of_people_is_as_far_off_as_told() -> None:
    told = precision(parse(under("cellkey", WHOLE)))
    assert told is not None
    assert told.people == 400  # the median of 200, 400 and 500
    rng, table = np.random.default_rng(3), perturbation(7, 4.0, 2)
    x, of = (
        people + table.changes(np.full(100_000, people), rng.integers(0, KEYS, 100_000, dtype=np.uint32))
        for people in (200, 400)
    )
    assert abs((100 * x / of).std() - told.percent) < 0.01


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "cellkey"])
def test_other_methods_have_none(rule: str, tmp_path: Path) -> None:
    assert precision(parse(under(rule))) is None
    path = tmp_path / "agreement.toml"
    path.write_text(under(rule), encoding="utf-8")
    assert agreement_check.check(path).as_json()["expected_error"] is None


def test_check_tells_it_in_a_line_or_two_and_as_json(tmp_path: Path) -> None:
    path = tmp_path / "agreement.toml"
    path.write_text(under("cellkey"), encoding="utf-8")
    facts = agreement_check.check(path)
    expected = json.loads(json.dumps(facts.as_json()))["expected_error"]
    several = expected.pop("put_together")
    assert expected == {
        "standard_deviation": 2.0,
        "within_95_percent": 4,
        "at_most": 7,
        "mean": {"periods": 12, "standard_deviation": 0.577},
        "percent": {"of_people": 100, "standard_deviation": 2.236},
    }
    assert several[0] == {"people": "volume", "time": "all", "ways": 5, "standard_deviation": 1.265}
    assert len(several) == 9
    told = [say(line, Lang.EN) for line in facts.lines()][-3:]
    assert told == [
        "  a figure is typically 2 people from the number counted, 95 of 100 figures at most 4, "
        "and none more than 7",
        "  a mean of 12 periods: typically 0.6 people where others are there in each, up to 2 where the same "
        "are; 50 per cent of 100 people: 2.2 percentage points",
        "  volume (all) can be put together from other numbers too, in 5 ways in all: who averages them is "
        "typically 1.3 people off",
    ]
    assert "2,2 procentenheter" in say(facts.lines()[-2], Lang.SV)
    assert "1,3 personer fel" in say(facts.lines()[-1], Lang.SV)


def test_one_period_has_no_mean() -> None:
    told = precision(replace(parse(under("cellkey")), window=Window(Unit.YEAR, "2020", "2020")))
    assert told is not None
    assert "mean" not in " ".join(str(line) for line in told.lines())


# -- the same people, put together in several ways ---------------------------------------------------------


def asking(questions: str) -> PutTogether | None:
    """Of an agreement of two parties, by sex and two ages, what is told in the most ways."""
    agreed = agreement(questions)
    return next(iter(put_together(agreed)), None)


CUT = """
[[measure]]
name = "{name}"
title = "T"
{asks}
by = {by}
"""
JOINED = "stad.ung | af.program"
SEVERAL = [
    ([("count", f'"{JOINED}"', [])], None),
    ([("count", f'"{JOINED}"', ["sex"])], (1, 2)),
    ([("count", f'"{JOINED}"', ["sex", "age"])], (1, 2, 2, 4)),
    ([("count", f'"{JOINED}"', ["sex"]), ("count", '"af.program | stad.ung"', ["sex"])], (1, 2)),
    ([("overlap", '["stad.ung", "af.program"]', [])], None),
    ([("count", f'"{JOINED}"', []), ("overlap", '["stad.ung", "af.program"]', [])], (1, 3)),
    ([("count", '"stad.ung"', []), ("overlap", '["stad.ung", "af.program"]', ["sex"])], (1, 2, 4)),
    ([("howmany", '["stad.ung", "af.program"]', ["age"])], (2, 4)),
    ([("duration", '"stad.ung"', ["sex"])], None),
]


@pytest.mark.parametrize(("asked", "numbers"), SEVERAL)
def test_people_are_put_together_in_so_many_ways(
    asked: list[tuple[str, str, list[str]]], numbers: tuple[int, ...] | None
) -> None:
    text = "".join(
        CUT.format(name=f"m{i}", asks=f"{kind} = {what}", by=json.dumps(by))
        for i, (kind, what, by) in enumerate(asked)
    )
    found = asking(text)
    assert (found.numbers if found else None) == numbers


def test_who_averages_all_ways_is_as_far_off_as_told() -> None:
    """The weighted mean of sums of moved numbers, drawn from the table."""
    cut, rng, table = (
        PutTogether("x", "all", (1, 2, 2, 4, 8)),
        np.random.default_rng(4),
        perturbation(7, 4.0, 2),
    )
    weights = [1 / n for n in cut.numbers]
    moved = sum(
        weight
        * table.changes(np.full((50_000, n), 50), rng.integers(0, KEYS, (50_000, n), np.uint32)).sum(axis=1)
        for n, weight in zip(cut.numbers, weights, strict=True)
    )
    assert abs(np.std(moved / sum(weights)) - cut.off(Fraction(4))) < 0.02
    assert cut.off(Fraction(4)) == pytest.approx(2 / math.sqrt(1 + 1 / 2 + 1 / 2 + 1 / 4 + 1 / 8))


def test_check_tells_of_the_most_ways_and_warns_of_too_many() -> None:
    several = "".join(
        CUT.format(name=f"m{i}", asks=f'overlap = ["stad.ung", "{other}"]', by=json.dumps(["sex", "age"]))
        for i, other in enumerate(("af.program", "af.arbetslos", "stad.vuxen", "stad.center"))
    )
    for questions, warned in (("", False), (several, True)):
        agreed = agreement(CUT.format(name="a", asks='count = "stad.ung"', by='["sex", "age"]') + questions)
        rule = ReleaseRule("cellkey", MOVED)
        told = precision(replace(agreed, release=rule))
        assert told is not None
        lines = [say(line, Lang.EN) for line in told.lines()]
        assert any("can be put together" in line for line in lines)
        assert any("too near" in line for line in lines) is warned
        assert told.as_json()["put_together"]
        assert (told.off[0] < 1) is warned
