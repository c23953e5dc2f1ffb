"""A release of moved numbers: what it must say of itself, and what its numbers owe each other."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from linkage.agreement.model import ReleaseRule
from linkage.commands.release import VerifyFacts
from linkage.release import agreeing, parse, verify
from linkage.release.disagreements import (
    ChangeError,
    DisagreementError,
    MeanError,
    PartsError,
    PercentError,
    SameQuestionError,
    TotalError,
)
from linkage.release.reading import BadReleaseError
from linkage.texts import Lang, say
from tests.releases import MOVED, agreement, matcher, over_time_moved, signed, year, year_moved

Change = Callable[[dict[str, Any]], object]


def changed(change: Change, data: bytes | None = None) -> bytes:
    document = json.loads(year_moved().to_bytes() if data is None else data)
    change(document)
    return json.dumps(document).encode()


def method(**members: object) -> Change:
    return lambda document: document["method"].update(members)


def audit(**members: object) -> Change:
    return lambda document: document["audit"].update(members)


def row(measure: str, labels: Mapping[str, object], **members: object) -> Change:
    """One row with other members; a number is added."""

    def write(document: dict[str, Any]) -> None:
        table = next(t for t in document["tables"] if t["measure"] == measure)
        found = next(r for r in table["rows"] if all(r[k] == v for k, v in labels.items()))
        for name, value in members.items():
            found[name] = round(found[name] + value, 1) if isinstance(value, int) else value

    return write


FAULTS: list[tuple[Change, str]] = [
    (lambda d: d["method"].pop("trust"), "method.trust is missing"),
    (lambda d: d["method"].pop("variance"), "method.variance is missing"),
    (method(agreed="x"), "method has a member that it may not have"),
    (method(trust="parties export their registers"), "method.trust is none of what it may be"),
    (method(threshold=2), "method.threshold is no whole number from 3"),
    (method(threshold=3, js=3), "method.threshold is no whole number from 4"),
    (method(D=3), "method.D is no whole number from 4"),
    (method(D=0, js=0), "method.D is no whole number from 1"),
    (method(js=-1), "method.js is no whole number from 0"),
    (method(variance=0), "method.variance is no whole number from 1"),
    (method(variance="0.0"), "method.variance is not written as it should be"),
    (method(variance="-4"), "method.variance is not written as it should be"),
    (method(variance="4,5"), "method.variance is not written as it should be"),
    (method(variance=4.5), "method.variance is no whole number"),
    (audit(audited=False), "audit says that protected figures were not audited"),
    (audit(views=[]), "audit.views is missing"),
    (audit(width=0), "audit.width is no whole number from 1"),
    (lambda d: d["audit"].pop("width"), "audit.width is missing"),
    (lambda d: d.update(audit={"audited": False}), "audit.views is missing"),
    (method(threshold=600), r"tables\[0\] tells what its method does not"),
]


@pytest.mark.parametrize(("change", "said"), FAULTS)
def test_what_a_release_must_say_of_itself(change: Change, said: str) -> None:
    with pytest.raises(BadReleaseError, match=said):
        parse(changed(change))


@pytest.mark.parametrize("variance", [4, "4", "4.5", "0.25"])
def test_a_variance_is_whole_or_a_decimal_in_quotes(variance: int | str) -> None:
    assert parse(changed(method(variance=variance))).method["variance"] == variance


@pytest.mark.parametrize(
    ("measure", "labels", "name", "number"),
    [
        ("volym", {"part": "stad.ung"}, "value", 9),
        ("volym", {"part": "sum"}, "value", 0),
        ("andel", {"period": "2020-02"}, "of", 1),
        ("kombinationer", {"period": "mean"}, "value", 9.9),
    ],
)
def test_no_number_of_people_below_the_threshold_is_read(
    measure: str, labels: Mapping[str, object], name: str, number: float
) -> None:
    def write(document: dict[str, Any]) -> None:
        table = next(t for t in document["tables"] if t["measure"] == measure)
        next(r for r in table["rows"] if all(r[k] == v for k, v in labels.items()))[name] = number

    with pytest.raises(BadReleaseError, match="tells what its method does not"):
        parse(changed(write))


def test_few_is_no_note_of_exact_figures() -> None:
    labels = {"period": "2020-01", "sex": "other"}
    write = row("volym", labels, value=None, note="few")
    with pytest.raises(BadReleaseError, match="tells what its method does not"):
        parse(changed(write, year()[1].to_bytes()))


def test_people_of_amounts_are_not_below_the_threshold_either() -> None:
    def write(document: dict[str, Any]) -> None:
        table = next(t for t in document["tables"] if t["measure"] == "bistandet")
        table["rows"][0]["people"] = 9

    with pytest.raises(BadReleaseError, match="tells what its method does not"):
        parse(changed(write, over_time_moved().to_bytes()))


# -- verify -----------------------------------------------------------------------------------------------


def test_verify_compares_every_parameter_with_the_agreement() -> None:
    agreed = replace(agreement(), release=ReleaseRule("cellkey", MOVED))
    found = verify.check(*signed(year_moved()), matcher().public, agreed)
    assert found.compared
    said = [say(line, Lang.EN) for line in VerifyFacts(found).lines()]
    assert (
        "method cellkey: every number is moved by at most 7; fewer than 10 is one mark; "
        "the matcher says that it was audited"
    ) in said
    for parameter in ("threshold", "D", "variance", "js"):
        other = replace(agreed, release=ReleaseRule("cellkey", MOVED | {parameter: 15}))
        with pytest.raises(verify.NotAskedError, match="method of the release"):
            verify.check(*signed(year_moved()), matcher().public, other)


# -- what the numbers owe each other ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (row("andel", {"period": "2020-03", "sex": "all"}, percent=1), PercentError),
        (row("andel", {"period": "mean", "sex": "all"}, of=1), MeanError),
        (row("volym", {"period": "all", "sex": "all", "age": "all", "part": "sum"}, value=1), PartsError),
        (row("volym", {"period": "all", "sex": "all", "age": "all", "part": "surplus"}, value=1), PartsError),
        (row("halvar", {"span": "h2", "sex": "all", "part": "stad.ung"}, change=1), ChangeError),
    ],
)
def test_what_is_derived_is_exact(change: Change, error: type[DisagreementError]) -> None:
    with pytest.raises(error):
        agreeing.check(parse(changed(change)))


def test_totals_may_be_as_far_from_their_parts_as_all_changes_allow_and_no_farther() -> None:
    """Where one of them is few nothing is known of their sum."""
    labels = {"sex": "all"}
    release = parse(changed(row("aret", labels, value=50)))
    agreeing.check(release)  # who is neither is few: how many, nobody says
    told = {r["sex"]: r["value"] for r in year_moved().table("aret").rows}
    assert told["other"] is None

    def everybody_told(more: int) -> Change:
        def write(document: dict[str, Any]) -> None:
            rows = next(t for t in document["tables"] if t["measure"] == "aret")["rows"]
            at = {r["sex"]: r for r in rows}
            at["other"].pop("note")
            at["other"]["value"] = 20
            at["all"]["value"] = at["woman"]["value"] + at["man"]["value"] + 20 + more

        return write

    for far in (-28, 0, 28):
        agreeing.check(parse(changed(everybody_told(far))))
    for far in (-29, 29):
        with pytest.raises(TotalError):
            agreeing.check(parse(changed(everybody_told(far))))


def test_one_set_has_one_number_in_all_tables_and_is_few_in_all_or_none() -> None:
    with pytest.raises(SameQuestionError, match="do not agree on volym"):
        agreeing.check(parse(changed(row("andel-av-fast", {"period": "all"}, value=1))))

    def few(document: dict[str, Any]) -> None:
        for period in ("2020-05", "mean"):
            row("lamnar", {"period": period, "sex": "all"}, value=None, note="few")(document)

    with pytest.raises(SameQuestionError, match=r"do not agree on left\(stad.ung | stad.vuxen\)"):
        agreeing.check(parse(changed(few, over_time_moved().to_bytes())))
