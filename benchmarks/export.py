"""From a register to a package: time and memory, beside what reading the same columns as text takes.

    python benchmarks/export.py                  # all of it: minutes, and 2 GB of disk
    python benchmarks/export.py --only small     # or: large, people, excel

Registers are made up in a temporary folder. Each step runs in a process of its own, so that memory is that
step's. Processor time, the median of three; the large register and the ten million people once.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import pyarrow as pa
import pyarrow.csv

from benchmarks.registers import NAMES, SERIES, excel, numbers, register
from keys.secret import Secret
from linkage.commands.export import _rows
from linkage.identifiers import Identifiers, scheme
from linkage.package.write import write
from linkage.register import ByColumn, RegisterMap, Source, Spells, plan, quality, read
from linkage.register.sources import Columns, open_reader
from linkage.tokens import tokens
from tests.builders import NOW, scene

SCENE = scene(parties=(("malmo", tuple(SERIES.values())), ("af", ("etablering",))))
PEOPLE, MANY = 400_000, 10_000_000
SMALL, LARGE, SHEET = 2_000_000, 20_000_000, 200_000
TIMES_TEXT, TIMES_SMALL, TIMES_MEMORY, MEGABYTES, RATE, TIMES_CALAMINE = 4.0, 7.0, 1.5, 600, 1.5, 2.0


def text_alone(folder: Path, encoding: str = "cp1252") -> object:
    """The same columns as text, by pyarrow: the measure of what reading costs."""
    reader = pa.csv.open_csv(
        folder / "r.csv",
        read_options=pa.csv.ReadOptions(use_threads=False, block_size=1 << 22, encoding=encoding),
        parse_options=pa.csv.ParseOptions(delimiter=";", newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            include_columns=NAMES, column_types=dict.fromkeys(NAMES, pa.string())
        ),
    )
    return f"{sum(len(batch) for batch in reader):,} rows"


def fold(folder: Path, file: str = "r.csv") -> object:
    """Read, check and fold, and the quality report."""
    source = Source(file, NAMES[0], Spells(*NAMES[2:]), ByColumn(NAMES[1], SERIES, frozenset({"Vägledning"})))
    agreement = SCENE.agreement
    made = plan(RegisterMap((source,), dt.date(2021, 6, 30)), agreement, agreement.party("malmo"), "")
    found = read(made, folder, agreement.dimensions)
    quality(found, made)
    return found.folded


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


def calamine_alone(folder: Path) -> object:
    """All cells of the sheet, as calamine gives them."""
    import python_calamine

    sheet = python_calamine.CalamineWorkbook.from_path(folder / "r.xlsx").get_sheet_by_index(0)
    return f"{sum(1 for _ in sheet.iter_rows()):,} rows"


def sheet_read(folder: Path) -> object:
    """The same sheet as batches of text columns."""
    reader = open_reader("r.xlsx", folder)
    columns = Columns(NAMES[:1], NAMES[1:], frozenset(NAMES[2:]))
    return f"{sum(len(batch) for batch in reader.batches(columns, lambda _: None)):,} rows"


def people(folder: Path) -> object:
    """Ten million different numbers through check and HMAC, on two cores."""
    del folder
    column, se, step = numbers(MANY), scheme("se"), 1 << 16
    key = Secret(bytes(range(32)), "bench", "SHA256:" + "A" * 43).token_key(bytes(32))
    began, used = time.perf_counter(), _spent()
    keys = [se.read(column.slice(at, step), dt.date(2099, 12, 31)).key for at in range(0, MANY, step)]
    made = Identifiers(se, np.concatenate(keys))
    checked, check = time.perf_counter() - began, _spent() - used
    began, used = time.perf_counter(), _spent()
    tokens(key, made)
    hashed, hmac = time.perf_counter() - began, _spent() - used
    cores = min(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)
    return {"wall": checked + hashed, "check": check, "hmac": hmac, "bound": check + hmac / cores}


def _spent() -> float:
    """Seconds of processor time, of this process and of those it started and that ended."""
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system


def _most() -> float:
    """The most memory of this process, in MB; 0 where only Linux would tell.

    Not ru_maxrss: a child begins with what its parent had.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0)


STEPS = {
    "columns as text": text_alone,
    "read and fold": fold,
    "to a package": package,
    "calamine alone": calamine_alone,
    "sheet as text": sheet_read,
    "sheet folded": lambda folder: fold(folder, "r.xlsx"),
    "people": people,
}


def measured(step: str, folder: Path, times: int = 3) -> dict[str, object]:
    """Run one step in a process of its own; the run with the median of its times."""
    found = []
    for _ in range(times):
        words = [sys.executable, __file__, "--step", step, "--folder", str(folder)]
        found.append(json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout))
    middle = statistics.median_low(run["cpu"] for run in found)
    return next(run for run in found if run["cpu"] == middle)


def run(step: str, folder: Path) -> None:
    """The child: one step; on one core, but for the people."""
    if hasattr(os, "sched_setaffinity") and step != "people":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    before, began = time.process_time(), time.perf_counter()
    what = STEPS[step](folder)
    used, wall = time.process_time() - before, time.perf_counter() - began
    shown = what if isinstance(what, dict) else str(what)
    print(json.dumps({"cpu": used, "wall": wall, "mb": _most(), "what": shown}))


def line(shown: str, found: dict[str, object], beside: float, rows: int) -> None:
    """One line of a table."""
    print(
        f"{shown:26} {found['cpu']:8.2f} {found['cpu'] / beside:6.2f} {rows / found['cpu']:12,.0f}"
        f" {found['mb']:8.0f}   {found['what']}",
        flush=True,
    )


def head(what: str, beside: str) -> None:
    """The head of a table."""
    print(f"\n{what}\n{'':26} {'CPU s':>8} {beside:>6} {'rows/s':>12} {'peak MB':>8}", flush=True)


def verdict(shown: str, value: float, target: float, *, least: bool = False) -> None:
    """One line: whether a target is met."""
    met = value >= target if least else value <= target
    print(f"  {shown}: {value:.2f}, {'at least' if least else 'at most'} {target}: {'yes' if met else 'NO'}")


def csv(*, large: bool) -> None:
    """2 M rows, and 20 M rows over the same people."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        register(folder / "r.csv", SMALL, PEOPLE)
        size = (folder / "r.csv").stat().st_size / 1e6
        head(f"{SMALL:,} rows, {size:.0f} MB of cp1252, {PEOPLE:,} people, one core", "× text")
        text = measured("columns as text", folder)
        found = {step: measured(step, folder) for step in ("read and fold", "to a package")}
        for shown, step in {"columns as text": text, **found}.items():
            line(shown, step, text["cpu"], SMALL)
        small = found["to a package"]
        verdict("× the time of text", small["cpu"] / text["cpu"], TIMES_TEXT)
        if large:
            register(folder / "r.csv", LARGE, PEOPLE)
            head(f"{LARGE:,} rows over the same people, once", "× 2 M")
            all_of_it = measured("to a package", folder, times=1)
            line("to a package", all_of_it, small["cpu"], LARGE)
            verdict("× the time", all_of_it["cpu"] / small["cpu"], TIMES_SMALL)
            verdict("× the memory", all_of_it["mb"] / small["mb"], TIMES_MEMORY)
            verdict("MB", all_of_it["mb"], MEGABYTES)


def workbook() -> None:
    """An Excel sheet beside calamine."""
    with tempfile.TemporaryDirectory() as name:
        excel(Path(name) / "r.xlsx", SHEET, PEOPLE)
        head(f"{SHEET:,} rows of an Excel sheet, one core", "× cal.")
        alone = measured("calamine alone", Path(name))
        for step in ("calamine alone", "sheet as text", "sheet folded"):
            found = alone if step == "calamine alone" else measured(step, Path(name))
            line(step, found, alone["cpu"], SHEET)
        verdict("× calamine", found["cpu"] / alone["cpu"], TIMES_CALAMINE)


def many() -> None:
    """Ten million people."""
    found = measured("people", Path(), times=1)
    what = found["what"]
    print(f"\n{MANY:,} different people, check and HMAC, two cores, {found['mb']:.0f} MB beside the workers")
    print(f"  check {what['check']:.2f} s, HMAC {what['hmac']:.2f} s of all processes")
    print(f"  by the clock {what['wall']:.2f} s")
    verdict("million a second by the clock", MANY / what["wall"] / 1e6, RATE, least=True)
    verdict("if both cores are free", MANY / what["bound"] / 1e6, RATE, least=True)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--only", choices=("small", "large", "people", "excel"))
    words.add_argument("--step", choices=STEPS)
    words.add_argument("--folder", type=Path)
    given = words.parse_args()
    if given.step:
        run(given.step, given.folder)
        return
    if given.only in (None, "small", "large"):
        csv(large=given.only != "small")
    if given.only in (None, "people"):
        many()
    if given.only in (None, "excel"):
        workbook()


if __name__ == "__main__":
    main()
