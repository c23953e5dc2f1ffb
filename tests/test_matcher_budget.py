"""The budget of privacy from end to end: paid before it is drawn, told by status, refused when spent."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cli
from linkage.commands import leftovers, release
from linkage.ledger import Budget, Ledger, RoundId, Spending, State
from linkage.ledger.errors import BudgetSpentError
from linkage.texts import Lang, say, use
from tests import faults, needs
from tests.agreements import RULES
from tests.matchers import NAME, NOW, Table
from tests.needs import opendp
from tests.test_ledger_history import days, spend

assert opendp is needs.opendp
pytestmark = pytest.mark.usefixtures("opendp")
ONE: dict[str, Any] = {"languages": [Lang.SV]}
DP = 'method = "dp"\nepsilon = "1.25"\nfamily_epsilon = "3"\nmechanism = "laplace"\n'


@pytest.fixture(autouse=True)
def quick_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "STALE", 0)
    monkeypatch.setattr(release, "_reports", lambda _, out, lang: [(out / f"report.{lang}.html", b"<p>")])


def matched(folder: Path, number: int) -> Table:
    table = Table(folder, number, rule=DP)
    table.match(table.both(), out=table.home / f"release-{number}", **ONE)
    return table


def test_it_is_taken_round_by_round_told_and_then_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, told in ((1, ("1.25", "1.75")), (2, ("2.5", "0.5"))):
        facts = matched(tmp_path, number).status()
        assert facts.as_json()["budget"] == {
            "epsilon": {"taken": told[0], "promised": "3", "left": told[1], "cost": "1.25"}
        }
    third = Table(tmp_path, 3, rule=DP)
    third.receive(*third.both())
    facts = third.status()
    line = "budget för ε: 2.5 av 3 är uttaget, 0.5 är kvar; en dragning tar 1.25"
    assert line in [say(text, Lang.SV) for text in facts.lines()]
    assert say(facts.after(), Lang.EN).startswith("the budget is spent: linkage purge --give-up")  # type: ignore[arg-type] # there is a next step
    _refused_by_the_program(third, capsys, monkeypatch)
    assert third.state is State.OPEN
    assert len(third.ledger.spendings()) == 2


def _refused_by_the_program(
    table: Table, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One clear line, one hint, exit 13, in both languages."""
    monkeypatch.chdir(table.home)
    options = ["--identity", str(table.identity), "--round-key", str(table.round_key)]
    command = ["match", "--agreement", str(table.agreement), "--ledger", table.ledger_url, *options]
    said = {"en": "2.5 of 3 is taken, and malmo-sok-3 needs 1.25", "sv": "2.5 av 3 är uttaget, och"}
    for lang, message in said.items():
        monkeypatch.setattr("sys.argv", ["linkage", *command, "--out", str(table.out), "--lang", lang])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        use(Lang.EN)
        lines = capsys.readouterr().err.strip().splitlines()
        assert ended.value.code == 13, lines
        assert message in lines[0]
        assert "linkage purge --give-up" in lines[1]
        assert len(lines) == 2
    assert not table.out.exists()


def test_status_tells_of_delta_where_the_mechanism_takes_it(tmp_path: Path) -> None:
    table = Table(tmp_path, rule=RULES["gaussian"])
    table.receive(*table.both())
    assert table.status().as_json()["budget"] == {
        "epsilon": {"taken": "0", "promised": "3", "left": "3", "cost": "0.5"},
        "delta": {"taken": "0", "promised": "0.00001", "left": "0.00001", "cost": "0.000001"},
    }
    exact = Table(tmp_path / "exact")
    exact.receive(*exact.both())
    assert "budget" not in exact.status().as_json()


def test_another_name_sees_the_same_budget(tmp_path: Path) -> None:
    """Of the same parties over a time that overlaps; of another time, nothing is taken."""
    matched(tmp_path, 1)
    other = Table(tmp_path, 2, rule=DP.replace('"3"', '"9"'))
    text = other.agreement.read_text(encoding="utf-8").replace(f'"{NAME}"', '"another"')
    for first, last, left in (("2020-03", "2020-05", "1.75"), ("2020-04", "2020-05", "9")):
        moved = text.replace('first = "2020-01"', f'first = "{first}"').replace("2020-03", last)
        moved = moved.replace(f'first = "{last}"', f'first = "{first}"')
        other.agreement.write_text(moved, encoding="utf-8")
        found = other.status().as_json()
        assert found["round"] == "another-2"
        assert found["budget"]["epsilon"]["left"] == left  # type: ignore[index] # dp has a budget


@pytest.mark.skipif(os.name == "nt", reason="no fork")
def test_killed_between_taking_and_writing_it_is_spent_and_the_next_drawing_pays_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table(tmp_path / "table", rule=DP)
    table.receive(*table.both())
    keep = Ledger.release
    monkeypatch.setattr(Ledger, "release", lambda *_, **__: os.kill(os.getpid(), 9))
    assert faults.killed(lambda: table.match(**ONE), 10**9)
    monkeypatch.setattr(Ledger, "release", keep)
    assert (len(table.ledger.spendings()), table.ledger.releases()) == (1, ())
    assert not (table.out / "release.json").exists()
    table.match(**ONE)
    assert table.status().budgets["epsilon"].taken == Fraction(5, 2)
    assert len(table.ledger.releases()) == 1


# -- what status counts is what a match is refused by -----------------------------------------------------

COSTS = st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(3, 2)])
PLANS = st.lists(st.tuples(st.integers(0, 4), COSTS, st.integers(2, 4)), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return Ledger.open(f"sqlite:///{tmp_path_factory.mktemp('book') / 'ledger.db'}")


@settings(max_examples=15, deadline=None)
@given(PLANS)
def test_a_round_is_refused_just_where_status_says_that_it_is_spent(
    book: Ledger, plan: list[tuple[int, Fraction, int]]
) -> None:
    """Whatever was promised by whom, over days that overlap or do not. Each example has days of its own."""
    begin = 100 * len(book.spendings())
    for number, (start, cost, family) in enumerate(plan, start=1):
        scope = days(begin + 10 * start, begin + 10 * start + 14, "dp")
        wanted = Spending(RoundId(f"a{begin}", number), cost, Fraction(0), Fraction(family), Fraction(0), NOW)
        epsilon, delta = book.budgets(scope, wanted)
        assert delta == Budget(Fraction(0), Fraction(0), Fraction(0), Fraction(0))
        if epsilon.spent:
            with pytest.raises(BudgetSpentError):
                book.check_history(wanted.id, scope, wanted)
        else:
            spend(book, f"a{begin}", number, scope, wanted)
