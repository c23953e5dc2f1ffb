"""Amounts in a whole package: written, sealed, opened, and refused where they are not as agreed."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from linkage import intake
from linkage.package.checks import check
from linkage.package.errors import AmountError, PresenceError
from linkage.package.layout import Layout
from linkage.package.rows import Rows
from tests.builders import MOST, Scene, in_order, random_rows, scene

PARTIES = (("malmo", ("krami", "bistand#", "lista!", "hyra#")), ("af", ("ersattning#",)))
ROUND = scene(periods=7, parties=PARTIES)
ALONE = ROUND.layout("af")


def opened(round_: Scene, party: str, rows: Rows, **options: Any) -> Rows:
    """The rows that the matcher opens."""
    data = round_.package(party, rows, **options)
    package = intake.check(lambda: io.BytesIO(data), round_.agreement, round_.keys)
    parts = [package.open_range(i, round_.round_key) for i in range(1 << package.ranges)]
    return Rows(
        tokens=np.concatenate([p.tokens for p in parts]),
        presence={key: np.concatenate([p.presence[key] for p in parts]) for key in rows.presence},
        amounts={key: np.concatenate([p.amounts[key] for p in parts]) for key in rows.amounts},
    )


@pytest.mark.parametrize("party", ["malmo", "af"])
@pytest.mark.parametrize("target", [2_000, 1 << 21])
def test_the_matcher_opens_the_amounts_that_the_party_had(party: str, target: int) -> None:
    rows = ROUND.rows(party, 60)
    found, sent = opened(ROUND, party, rows, target=target), in_order(rows)
    assert np.array_equal(found.tokens, sent.tokens)
    for key, values in sent.amounts.items():
        assert np.array_equal(found.amounts[key], values)
    for key, bits in sent.presence.items():
        assert np.array_equal(found.presence[key], bits)


def one(amounts: list[int], layout: Layout = ALONE) -> Rows:
    rows = random_rows(layout, 1)
    return replace(rows, amounts={layout.series[0]: np.array([amounts], np.uint32)})


def test_somebody_with_amounts_alone_may_stand_in_a_package() -> None:
    check(one([0, 0, 0, 0, 0, 0, 1]), ALONE, ranges=0, index=0)
    check(one([MOST] * 7), ALONE, ranges=0, index=0)


def test_somebody_without_any_amount_may_not() -> None:
    with pytest.raises(PresenceError, match="without any presence or amount"):
        check(one([0] * 7), ALONE, ranges=0, index=0)


def test_no_amount_is_above_the_agreed_one() -> None:
    with pytest.raises(AmountError, match=r"af\.ersattning, range 0"):
        check(one([0, 0, 0, MOST + 1, 0, 0, 0]), ALONE, ranges=0, index=0)


def test_the_writer_refuses_what_the_matcher_would() -> None:
    with pytest.raises(AmountError):
        ROUND.package("af", one([MOST + 1, 0, 0, 0, 0, 0, 0]))


def test_the_matcher_refuses_what_another_writer_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkage.package.write.checks.check", lambda *_, **__: None)
    data = ROUND.package("af", one([MOST + 1, 0, 0, 0, 0, 0, 0]))
    monkeypatch.undo()
    package = intake.check(lambda: io.BytesIO(data), ROUND.agreement, ROUND.keys)
    with pytest.raises(AmountError):
        package.open_range(0, ROUND.round_key)
