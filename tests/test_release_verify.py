"""What verify sees: who signed, whose agreement, and numbers that cannot all be right."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.identity import PACKAGE, RELEASE, Identity
from linkage.errors import PackageError
from linkage.release import Release, parse, verify
from linkage.release.agreeing import check as agree
from linkage.release.disagreements import (
    ChangeError,
    CoveredError,
    DisagreementError,
    EverError,
    IncompleteError,
    MeanError,
    PartsError,
    PercentError,
    SameQuestionError,
    TotalError,
)
from linkage.release.verify import (
    NotAskedError,
    OtherAgreementError,
    OtherMatcherError,
    ReleaseSignatureError,
)
from tests.releases import AGREED, agreement, crowd, matcher, release, signed

AGREEMENT = agreement(last="2020-04", spans='h1 = ["2020-01", "2020-02"], h2 = ["2020-03", "2020-04"]')
YEAR = release(AGREEMENT, crowd(150, 4, seed=5))
DATA, SIGNATURE = signed(YEAR)
Rows = list[dict[str, Any]]


def altered(change: Callable[[dict[str, Any]], object], data: bytes = DATA) -> Release:
    document = json.loads(data)
    change(document)
    return parse(json.dumps(document).encode())


def rows(document: dict[str, Any], measure: str, **labels: object) -> Rows:
    table = next(t for t in document["tables"] if t["measure"] == measure)
    return [r for r in table["rows"] if all(r.get(k) == v for k, v in labels.items())]


def plus(measure: str, by: float = 1, /, **labels: Any) -> Callable[[dict[str, Any]], None]:
    """Moves one number of every row with these labels: "value", or what `key` names."""
    key = labels.pop("key", "value")

    def change(document: dict[str, Any]) -> None:
        for row in rows(document, measure, **labels):
            row[key] = round(row[key] + by, 1)

    return change


# -- (1) to (4) -------------------------------------------------------------------------------------------


def test_what_the_matcher_signed_passes_and_says_what_it_is() -> None:
    found = verify.check(DATA, SIGNATURE, matcher().public, AGREEMENT)
    assert found.release == YEAR
    assert found.signer == matcher().public.fingerprint
    assert found.as_json() == {
        "agreement": "exempel-1",
        "digest": YEAR.agreement.digest,
        "agreement_compared": True,
        "matcher": "matcher",
        "fingerprint": matcher().public.fingerprint,
        "method": "exact",
        "audited": False,
        "made": "2026-11-21T20:00:00+00:00",
        "tables": 11,
    }
    assert verify.check(DATA, SIGNATURE, matcher().public).compared is False


@pytest.mark.parametrize("at", [0, 1, len(DATA) // 2, len(DATA) - 1])
def test_one_changed_byte_breaks_the_signature(at: int) -> None:
    data = DATA[:at] + bytes([DATA[at] ^ 1]) + DATA[at + 1 :]
    with pytest.raises(ReleaseSignatureError):
        verify.check(data, SIGNATURE, matcher().public)


@pytest.mark.parametrize("signature", [b"", SIGNATURE[:-1], SIGNATURE + b"\0", bytes(64)])
def test_another_signature_is_refused(signature: bytes) -> None:
    with pytest.raises(ReleaseSignatureError) as refused:
        verify.check(DATA, signature, matcher().public)
    assert isinstance(refused.value, PackageError)


def test_a_signature_for_another_purpose_is_none() -> None:
    with pytest.raises(ReleaseSignatureError):
        verify.check(DATA, matcher().sign(PACKAGE, DATA), matcher().public)


def test_a_stranger_cannot_sign_in_the_matchers_place() -> None:
    stranger = Identity.generate("matcher")
    with pytest.raises(OtherMatcherError, match=stranger.public.fingerprint):
        verify.check(DATA, stranger.sign(RELEASE, DATA), stranger.public)


def test_the_matcher_is_the_agreements() -> None:
    other = replace(AGREEMENT.matcher, identity="SHA256:" + "A" * 43)
    with pytest.raises((OtherMatcherError, NotAskedError)):
        verify.check(DATA, SIGNATURE, matcher().public, replace(AGREEMENT, matcher=other))


def test_another_agreement_is_refused_by_its_digest() -> None:
    with pytest.raises(OtherAgreementError, match="the digests differ"):
        verify.check(DATA, SIGNATURE, matcher().public, agreement(agreed="någon annan"))
    with pytest.raises(OtherAgreementError):
        verify.check(DATA, SIGNATURE, matcher().public, replace(AGREEMENT, digest=None))


@pytest.mark.parametrize(
    ("change", "member"),
    [
        (lambda d: d["agreement"].update(purpose="Något annat"), "agreement"),
        (lambda d: d["labels"].update({"volym": "Alla i staden"}), "labels"),
        (lambda d: d["labels"].pop("af"), "labels"),
        (lambda d: d["matcher"].update(title="En annan"), "matcher"),
        (lambda d: d["dimensions"]["age"].update(on="2021-01-01"), "dimensions"),
        (lambda d: d["method"].update(agreed="Ingen"), "method"),
        (lambda d: d["packages"][0].update(title="En annan stad"), "packages"),
        (lambda d: d["packages"].reverse(), "packages"),
        (lambda d: d["tables"].pop(), "tables"),
        (lambda d: d["tables"].reverse(), "tables"),
        (lambda d: d["tables"][0].update(title="Unika i hela landet"), "tables"),
        (lambda d: d["tables"][0].update(count="stad.ung"), "tables"),
        (lambda d: d["tables"][0].update(covered=False), "tables"),
    ],
)
def test_what_the_agreement_does_not_hold_is_refused(
    change: Callable[[dict[str, Any]], object], member: str
) -> None:
    data, signature = signed(altered(change).to_bytes())
    with pytest.raises(NotAskedError, match=f"^{member} of the release"):
        verify.check(data, signature, matcher().public, AGREEMENT)


# -- (5): each check by name ------------------------------------------------------------------------------


def test_a_release_of_the_gate_agrees_with_itself() -> None:
    agree(YEAR)


@pytest.mark.parametrize(
    ("error", "change"),
    [
        (IncompleteError, lambda d: d["tables"][0]["rows"].pop()),
        (IncompleteError, lambda d: d["tables"][0]["rows"].append(d["tables"][0]["rows"][0])),
        (TotalError, plus("volym", period="2020-03", sex="all", age="all", part="stad.ung")),
        (TotalError, plus("volym", period="2020-03", sex="woman", age="30-64", part="unique")),
        (TotalError, plus("andel", key="of", period="all", sex="all")),
        (TotalError, plus("antal", sex="man", age="all", lists=1)),
        (MeanError, plus("nya", 0.1, period="mean")),
        (MeanError, plus("kombinationer", -0.1, period="mean", **{"in": ["stad.ung"]})),
        (MeanError, plus("andel", 0.1, key="of", period="mean", sex="all")),
        (PartsError, plus("med-centret", period="all", part="sum")),
        (PartsError, plus("med-centret", -1, period="all", part="surplus")),
        (PercentError, plus("andel", 0.1, key="percent", period="2020-02", sex="man")),
        (PercentError, plus("andel", 0.1, key="percent", period="mean", sex="all")),
        (PercentError, plus("andel", -0.1, key="difference", period="2020-02", sex="man")),
        (PercentError, plus("andel-av-fast", 0.1, key="percent", period="mean")),
        (ChangeError, plus("halvar", key="change", span="h2", sex="all", part="unique")),
        (ChangeError, plus("halvar", key="against", span="h2", sex="woman", part="unique")),
        (ChangeError, plus("halvar-andel", 0.1, key="change", span="h2")),
        (EverError, plus("nya", 500, period="all")),
        (EverError, plus("andel-av-fast", -100, period="all")),
        (SameQuestionError, plus("andel-av-fast", period="all")),
        (SameQuestionError, plus("kombinationer", period="2020-02", **{"in": ["stad.ung"]})),
    ],
)  # fmt: skip
def test_each_disagreement_is_named(
    error: type[DisagreementError], change: Callable[[dict[str, Any]], object]
) -> None:
    def and_its_mean(document: dict[str, Any]) -> None:
        change(document)
        _repair(document, error)

    with pytest.raises(error) as refused:
        agree(altered(and_its_mean))
    assert isinstance(refused.value, PackageError)
    assert refused.value.hint


def _repair(document: dict[str, Any], error: type[DisagreementError]) -> None:
    """Means of what was changed, so that a check after that of means is the first to see the change."""
    if error is not SameQuestionError:
        return
    found = rows(document, "kombinationer", **{"in": ["stad.ung"]})
    numbers = [r["value"] for r in found if r["period"] not in ("all", "mean")]
    for row in found:
        if row["period"] == "mean":
            row["value"] = int(sum(numbers) / len(numbers) * 10 + 0.5) / 10


def test_more_people_than_all_parts_together_are_noticed() -> None:
    """In a measure without sexes and means nothing else stands beside it."""
    measures = """
[[measure]]
name = "a"
title = "A"
count = "stad.ung | stad.vuxen"
parts = ["stad.ung", "stad.vuxen"]
"""
    found = release(agreement(measures), crowd(30, 12, seed=4))

    def change(document: dict[str, Any]) -> None:
        numbers = {row["part"]: row for row in document["tables"][0]["rows"]}
        numbers["unique"]["value"] = numbers["sum"]["value"] + 1
        numbers["surplus"]["value"] = -1

    with pytest.raises(CoveredError, match="unique is more than its parts together"):
        agree(altered(change, found.to_bytes()))


COUNTED = [
    (t["measure"], i, key)
    for t in json.loads(DATA)["tables"]
    if t["measure"] not in ("aret", "nya", "med-centret")
    for i, row in enumerate(t["rows"])
    for key in ("value", "of", "percent", "difference", "against", "change")
    if row.get(key) is not None and not (t["measure"] == "andel-av-fast" and key == "of")
]


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(COUNTED), st.sampled_from([-2, -1, 1, 2, 10]))
def test_no_number_of_a_table_can_be_changed_alone(place: tuple[str, int, str], by: int) -> None:
    measure, number, key = place

    def change(document: dict[str, Any]) -> None:
        row = rows(document, measure)[number]
        row[key] = row[key] + by if isinstance(row[key], int) else round(row[key] + by / 10, 1)

    with pytest.raises(DisagreementError):
        agree(altered(change))


def test_messages_hold_places_and_no_numbers_of_people() -> None:
    with pytest.raises(TotalError) as refused:
        agree(altered(plus("volym", period="2020-03", sex="all", age="all", part="stad.ung")))
    assert str(refused.value) == (
        "table volym: the pieces of 2020-03, all, all, stad.ung do not add up to it"
    )
    assert AGREED not in str(refused.value)
