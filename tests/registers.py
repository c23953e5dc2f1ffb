"""Short ways to a plan and a register file, for tests."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from linkage.agreement.model import Known, Series, Value
from linkage.dimensions import Dimensions
from linkage.identifiers import scheme
from linkage.register import Plan, Read, Source, Spells, read
from linkage.synthetic.numbers import personnummer
from linkage.window import Unit, Window

EXTRACTED = dt.date(2021, 1, 15)
YEAR = Window(Unit.MONTH, "2020-01", "2020-12")
ANNA, BO = personnummer(dt.date(1990, 1, 1), 238), personnummer(dt.date(1985, 5, 5), 239)
SPELLS = Source("r.csv", "Pnr", Spells("Start", "Slut"), "krami")


def plan_of(*sources: Source, series: str = "krami avanti lista!", window: Window = YEAR) -> Plan:
    """A plan of the party malmo; a series that ends in "!" is known for the window, in "=" has amounts."""
    own = tuple(
        Series(
            "malmo",
            name.rstrip("!="),
            name,
            Known.WINDOW if name.endswith("!") else Known.DATES,
            Value("kr", 60_000) if name.endswith("=") else None,
        )
        for name in series.split()
    )
    accept = ("personnummer", "samordningsnummer")
    return Plan(sources, own, window, scheme("se"), accept, EXTRACTED)


def read_text(
    folder: Path,
    text: str | bytes,
    source: Source = SPELLS,
    *,
    window: Window = YEAR,
    wanted: Dimensions | None = None,
) -> Read:
    """Write a file as the source names it, and read it."""
    data = text if isinstance(text, bytes) else text.encode()
    (folder / source.file).write_bytes(data)
    return read(plan_of(source, window=window), folder, wanted or Dimensions())


def bitmaps(found: Read) -> dict[str, dict[str, int]]:
    """canonical form → series → bitmap; series without any bit left out."""
    return {
        value.decode(): {name: int(bits[i]) for name, bits in found.folded.presence.items() if bits[i]}
        for i, value in enumerate(found.folded.identifiers.values.tolist())
    }
