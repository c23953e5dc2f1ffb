"""From a CSV to a package: time and memory, beside what reading the same columns as text takes.

    python benchmarks/export.py                                   # 2 M rows, 400 000 people
    python benchmarks/export.py --rows 20000000                   # the same people in ten times the rows

The register is made up in a temporary folder (about 100 bytes a row). Each step runs in a process of its own,
on one core where the system can pin it, so that memory is that step's; processor time.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pyarrow as pa
import pyarrow.csv

from linkage.commands.export import _rows
from linkage.package.write import write
from linkage.register import ByColumn, RegisterMap, Source, Spells, plan, read
from linkage.synthetic.numbers import TEST_SERIALS, personnummer, samordningsnummer
from tests.builders import NOW, scene

SERIES = {"Krami": "krami", "Avanti": "avanti", "Ung Malmö": "ung-malmo", "Samstart": "samstart"}
NAMES = ("Personnummer", "Insats", "Startdatum", "Slutdatum")
NOTE = "handläggare på arbetsmarknadsavdelningen, enhet syd"
SCENE = scene(parties=(("malmo", tuple(SERIES.values())), ("af", ("etablering",))))
SOURCE = Source("r.csv", NAMES[0], Spells(*NAMES[2:]), ByColumn(NAMES[1], SERIES, frozenset({"Vägledning"})))


def make(path: Path, rows: int, people: int) -> None:
    """A register of spells in 2019 to 2021, in random order."""
    draw = random.Random(1)
    first = dt.date(1841, 1, 1)
    days = [first + dt.timedelta(n) for n in range((dt.date(2021, 1, 1) - first).days)]
    every = [make(day, s) for day in days for s in TEST_SERIALS for make in (personnummer, samordningsnummer)]
    some = draw.sample([f"{n[:8]}-{n[8:]}" for n in every], people)
    dates = [(dt.date(2019, 1, 1) + dt.timedelta(n)).isoformat() for n in range(1_000)]
    values = [*SERIES, "Vägledning"]
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, delimiter=";")
        table.writerow(("Rad", *NAMES, "Anteckning"))
        for n in range(rows):
            start = draw.randrange(800)
            end = dates[start + draw.randrange(200)] if draw.random() < 0.8 else ""
            table.writerow((n, draw.choice(some), draw.choice(values), dates[start], end, NOTE))


def text_alone(folder: Path) -> object:
    """The same columns as text, by pyarrow: the measure of what reading costs."""
    reader = pa.csv.open_csv(
        folder / "r.csv",
        read_options=pa.csv.ReadOptions(use_threads=False, block_size=1 << 22),
        parse_options=pa.csv.ParseOptions(delimiter=";", newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            include_columns=NAMES, column_types=dict.fromkeys(NAMES, pa.string())
        ),
    )
    return sum(len(batch) for batch in reader)


def fold(folder: Path) -> object:
    """Read, check and fold, the quality report included."""
    agreement = SCENE.agreement
    made = plan(RegisterMap((SOURCE,), dt.date(2021, 6, 30)), agreement, agreement.party("malmo"), "")
    return read(made, folder, agreement.dimensions).folded


def package(folder: Path) -> object:
    """All of it, to a sealed package."""
    folded, agreement = fold(folder), SCENE.agreement
    with (folder / "p.link").open("wb") as stream:
        written = write(
            stream,
            agreement=agreement,
            rows=_rows(agreement, agreement.party("malmo"), SCENE.secret, agreement.digest, folded),
            summary_json=folded.summary.to_json(),
            check=SCENE.check,
            sender=SCENE.parties["malmo"],
            round_key=SCENE.round_key.public,
            now=NOW,
        )
    return f"{len(folded):,} people, {written.bytes / 1e6:.0f} MB"


STEPS = {"columns as text": text_alone, "read and fold": fold, "to a package": package}


def measured(step: str, folder: Path) -> dict[str, float]:
    """Run one step in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--step", step, "--folder", str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def run(step: str, folder: Path) -> None:
    """The child: one step on one core."""
    import resource

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    before, began = time.process_time(), time.perf_counter()
    what = STEPS[step](folder)
    used, wall = time.process_time() - before, time.perf_counter() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"cpu": used, "wall": wall, "mb": most / 1024, "idle": idle / 1024, "what": str(what)}))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--rows", type=int, default=2_000_000)
    words.add_argument("--people", type=int, default=400_000)
    words.add_argument("--step", choices=STEPS)
    words.add_argument("--folder", type=Path)
    given = words.parse_args()
    if given.step:
        run(given.step, given.folder)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder / "r.csv", given.rows, given.people)
        size = (folder / "r.csv").stat().st_size / 1e6
        print(f"{given.rows:,} rows, {size:.0f} MB, about {given.people:,} people; one core\n")
        print(f"{'':18} {'CPU s':>8} {'wall s':>8} {'× text':>8} {'rows/s':>12} {'peak MB':>8}")
        text = 0.0
        for step in STEPS:
            found = min((measured(step, folder) for _ in range(3)), key=lambda f: f["cpu"])
            text = text or found["cpu"]
            print(
                f"{step:18} {found['cpu']:8.2f} {found['wall']:8.2f} {found['cpu'] / text:8.1f}"
                f" {given.rows / found['cpu']:12,.0f} {found['mb']:8.0f}   {found['what']}"
            )


if __name__ == "__main__":
    main()
