"""What the engine counts from rows of tokens is what plain sets of identity numbers give."""

from __future__ import annotations

import datetime as dt
import json
import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage.agreement.model import Agreement
from linkage.match import count
from linkage.measures.model import Cells, Figures, Measure, Note
from linkage.release import PackageFact, control
from tests import oracle
from tests.fake_package import ROUND_KEY, packages
from tests.oracle import Registers
from tests.random_rounds import rounds


def told(cells: Cells, row: oracle.Row, measure: Measure) -> tuple[int | None, str]:
    """What the cells say where a row of the oracle stands: a number, or why there is none."""
    index = []
    for axis in cells.axes:
        label = "all" if axis.name == "window" else row[axis.name]
        index.append(axis.values.index(tuple(label) if axis.name == "in" else label))
    note: Note = cells.notes[tuple(index)]
    return (int(cells.people[tuple(index)]) if note is Note.KNOWN else None), note.value


def assert_same(cells: Cells, measure: Measure, registers: Registers, agreement: Agreement) -> None:
    """Each cell is in the oracle's rows once, with the same number or the same reason."""
    seen = 0
    for row in oracle.rows(measure, registers, agreement):
        if row.get("period") == "mean" or row.get("part") in ("sum", "surplus"):
            continue
        roles = [a.values for a in cells.axes if a.name == "role"]
        for role in map(str, roles[0] if roles else ("value",)):
            expected = row[role], row.get("note", "")
            assert told(cells, row | {"role": role}, measure) == expected, (measure, row, role)
            seen += 1
    assert seen == cells.people.size
    assert not cells.people[cells.notes != Note.KNOWN].any(), "nothing stands behind a note"


def assert_told(figures: Figures, registers: Registers, agreement: Agreement) -> None:
    """What is released of the figures under "exact" is, row by row, what the oracle says."""
    facts = [PackageFact(p.name, "0" * 32, "0" * 128, 100) for p in agreement.parties]
    release = control(figures, agreement, facts, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    tables = json.loads(release.to_bytes())["tables"]
    for measure, table in zip(agreement.measures, tables, strict=True):
        assert table["rows"] == oracle.rows(measure, registers, agreement), measure


@settings(
    max_examples=500 if os.environ.get("LINKAGE_REQUIRE") == "all" else 150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    rounds(),
    st.lists(st.integers(0, 4), min_size=3, max_size=3),
    st.sampled_from([None, 1, 2, 8, 64]),
    st.integers(1, 3),
)
def test_engine_is_oracle(
    made: tuple[Agreement, Registers], ranges: list[int], blocks: int | None, workers: int
) -> None:
    agreement, registers = made
    cut = dict(zip((p.name for p in agreement.parties), ranges, strict=False))
    sent = packages(registers, agreement, cut)
    counted = count(sent, agreement, ROUND_KEY, blocks=blocks, workers=workers)
    for measure in agreement.measures:
        assert_same(counted.figures.cells[measure.name], measure, registers, agreement)
    assert_told(counted.figures, registers, agreement)
