"""Rounds played in memory: counted by the engine, and released as they are."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

from linkage.agreement.model import Agreement
from linkage.match import count
from linkage.measures.figures import Cells, Figures
from linkage.measures.model import Measure
from linkage.release import PackageFact, control
from tests.fake_package import ROUND_KEY, packages
from tests.oracle import Registers, Row


def released(figures: Figures, agreement: Agreement) -> list[list[Row]]:
    """The rows of release.json under the method "exact", for each measure."""
    facts = [PackageFact(p.name, "0" * 32, "0" * 128, 100) for p in agreement.parties]
    release = control(figures, agreement, facts, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    return [table["rows"] for table in json.loads(release.to_bytes())["tables"]]


def asked(agreement: Agreement, registers: Registers, *measures: Measure) -> list[Cells]:
    """What the engine counts for these measures."""
    asking = replace(agreement, measures=measures)
    figures = count(packages(registers, asking), asking, ROUND_KEY).figures
    return [figures.cells[m.name] for m in measures]


def told(agreement: Agreement, registers: Registers, *measures: Measure) -> list[list[Row]]:
    """What is released of it."""
    asking = replace(agreement, measures=measures or agreement.measures)
    return released(count(packages(registers, asking), asking, ROUND_KEY).figures, asking)
