"""What `check` tells of the error of figures that are moved: drawn once from the table itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from linkage.agreement import parse
from linkage.agreement.precision import precision
from linkage.commands import agreement_check
from linkage.perturbation import KEYS, perturbation
from linkage.texts import Lang, say
from linkage.window import Unit, Window
from tests.agreements import RULES, WHOLE, changed, under


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
    assert json.loads(json.dumps(facts.as_json()))["expected_error"] == {
        "standard_deviation": 2.0,
        "within_95_percent": 4,
        "at_most": 7,
        "mean": {"periods": 12, "standard_deviation": 0.577},
        "percent": {"of_people": 100, "standard_deviation": 2.236},
    }
    told = [say(line, Lang.EN) for line in facts.lines()][-2:]
    assert told == [
        "  a figure is typically 2 people from the number counted, 95 of 100 figures at most 4, "
        "and none more than 7",
        "  a mean of 12 periods: typically 0.6 people where others are there in each, up to 2 where the same "
        "are; 50 per cent of 100 people: 2.2 percentage points",
    ]
    assert "2,2 procentenheter" in say(facts.lines()[-1], Lang.SV)


def test_one_period_has_no_mean() -> None:
    told = precision(replace(parse(under("cellkey")), window=Window(Unit.YEAR, "2020", "2020")))
    assert told is not None
    assert "mean" not in " ".join(str(line) for line in told.lines())
