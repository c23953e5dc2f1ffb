"""What the matcher is told of a round."""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import json
from pathlib import Path

import pytest

from linkage import intake
from linkage.commands.matcher_receive import RefusedError
from linkage.commands.matcher_status import CHECKS
from linkage.ledger import Ledger, Refusal, State
from linkage.ledger.errors import NoLedgerError, OtherAgreementError
from tests.ledgers import SCOPE
from tests.matchers import NOW, ROUND, Table


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path)


def test_before_anything_there_is_no_ledger_and_none_is_made(table: Table) -> None:
    with pytest.raises(NoLedgerError, match="no ledger here"):
        table.status()
    assert not (table.home / "ledger.db").exists()


def test_a_round_that_nobody_delivered_to_is_open(table: Table) -> None:
    Ledger.open(table.ledger_url)
    facts = table.status()
    assert (facts.as_json()["state"], facts.missing) == ("open", ("malmo", "af"))
    assert [str(line) for line in facts.lines()] == [
        "the round malmo-sok-1 is open",
        "malmo: missing",
        "af: missing",
    ]
    assert str(facts.after()) == "wait for the packages of malmo, af"


def test_who_delivered_who_is_missing_and_what_was_refused(table: Table) -> None:
    table.receive(table.package("af"))
    bad = table.folder / "bad.link"
    bad.write_bytes(b"bad")
    with pytest.raises(RefusedError):
        table.receive(bad)
    facts = table.status()
    told = json.loads(json.dumps(facts.as_json()))
    assert told["parties"]["malmo"] is None
    assert told["parties"]["af"]["sha512"]
    assert told["missing"] == ["malmo"]
    assert [refusal["check"] for refusal in told["refused"]] == ["FormatError"]
    lines = [str(line) for line in facts.lines()]
    assert lines[1] == "malmo: missing"
    assert lines[2].startswith("af: delivered 2026-11-21")
    assert "(1) no whole package" in lines[3]


def test_each_state_is_told_with_its_next_step(table: Table) -> None:
    table.receive(*table.both())
    ledger = table.ledger
    steps = {"open": table.status()}
    ledger.freeze(ROUND, [p.sha512 for p in ledger.packages(ROUND)], NOW, SCOPE)
    steps["frozen"] = table.status()
    ledger.release(ROUND, b"{}", bytes(64), NOW, audited=0)
    steps["released"] = table.status()
    table.purge()
    steps["purged"] = table.status()
    for state, facts in steps.items():
        assert facts.as_json()["state"] == state
        assert str(facts.lines()[0]) == f"the round malmo-sok-1 is {state}"
    due = NOW + dt.timedelta(days=30)
    assert f"to be purged from {due.astimezone():%Y-%m-%d}" in map(str, steps["released"].lines())
    assert steps["released"].as_json()["purge_due"] == due.isoformat(timespec="seconds")
    nexts = [str(facts.after()).split(" --")[0] for facts in steps.values()]
    assert nexts == ["linkage match", "linkage match", f"from {due:%Y-%m-%d}: linkage purge", "None"]
    assert steps["purged"].as_json()["purged"]


def test_why_a_round_ended_is_told(table: Table) -> None:
    table.receive(table.package("af"))
    table.ledger.fail(ROUND, "the package of af is wrong inside", NOW)
    facts = table.status()
    assert facts.as_json()["state"] == State.FAILED
    assert "the package of af is wrong inside" in str(facts.lines()[1])


def test_another_text_of_the_agreement_is_told(table: Table) -> None:
    table.receive(table.package("af"))
    other = Table(table.folder / "other", purpose="Count something else.")
    with pytest.raises(OtherAgreementError):
        Table.status(_with(table, other))


def _with(table: Table, other: Table) -> Table:
    """The ledger of one, the agreement of the other."""
    Path(other.home / "ledger.db").write_bytes((table.home / "ledger.db").read_bytes())
    return other


def test_a_refusal_in_the_name_of_a_party_says_so(table: Table) -> None:
    Ledger.open(table.ledger_url).refuse(ROUND, [Refusal(NOW, "PackageSignatureError", "ab" * 64, "malmo")])
    assert "in the name of malmo: (5) the signature does not hold; SHA-512 abababababababab…" in str(
        table.status().lines()[-1]
    )


def test_every_check_without_opening_has_its_words() -> None:
    """Whatever intake.check raises of a package is told in words, not by the name of a class."""
    opening = {"PartSealError", "PartError", "SummaryError"}
    raised = (
        {
            node.func.id
            for node in ast.walk(ast.parse(inspect.getsource(intake)))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id.endswith("Error")
        }
        - opening
        - {"IndexError", "MissingKeyError"}
    )
    assert raised
    assert raised <= CHECKS.keys()
    assert {"FormatError", "AnotherFormatError", "DamagedPartError"} <= CHECKS.keys()
