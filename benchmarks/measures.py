"""Sixty measures of every kind in one pass over sealed packages: how long, how much memory, what more cost.

    python benchmarks/measures.py                      # 10 M people, 20 series; 12 months, then 60
    python benchmarks/measures.py --people 1000000     # quicker; the targets are for ten million

Makes its packages from random tokens in a temporary folder (4 GB), and runs every count in a process of its
own, so that memory is that count's. Targets: 12 months in 20 s, 60 months in 120 s on two cores, never more
memory than --memory and the program itself. Figures: benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import numpy.typing as npt

from keys.identity import Identity, RoundKey
from linkage import intake
from linkage.agreement.model import Agreement, Matcher, Party, ReleaseRule, Retention, Series, Value
from linkage.dimensions import Ages, Band, Dimensions
from linkage.match.engine import Engine
from linkage.match.groups import Aside
from linkage.match.plan import plan
from linkage.measures.expressions import Expression
from linkage.measures.figures import People
from linkage.measures.kinds import Questions
from linkage.measures.language import Vocabulary, parse
from linkage.measures.model import (
    Change,
    Count,
    Duration,
    Flow,
    Follow,
    Frame,
    HowMany,
    Measure,
    Outcome,
    Overlap,
    Places,
    Share,
)
from linkage.package.layout import Layout
from linkage.package.rows import Rows
from linkage.package.write import write
from linkage.window import Unit, Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.measures.kinds.table import Tables

TARGETS = {12: 20.0, 60: 120.0}
"""Months → seconds for ten million people on two cores."""
MEMORY = 400_000_000
"""What the blocks of both workers may take together."""
PROGRAM = 200_000_000
"""What Python, numpy and the tables of sixty measures take beside, at most."""
SERIES = 10
"""Of each party; one of the first party's holds amounts."""
MOST = 60_000
CHECK = bytes(8)


# -- the questions ----------------------------------------------------------------------------------------


def window_of(months: int) -> Window:
    last = f"{2020 + (months - 1) // 12}-{(months - 1) % 12 + 1:02}"
    return Window(Unit.MONTH, "2020-01", last, {"first-half": (0, months // 2 - 1)})


def dimensions_of(window: Window) -> Dimensions:
    return Dimensions(True, Ages(window.last_day, (Band("16-29", 16, 29), Band("30-64", 30, 64))))


class Asked:
    """Sixty measures of all kinds, by month, sex and age where a kind can be."""

    def __init__(self, window: Window, series: Sequence[Series]) -> None:
        names = {s.key: (s.title, True) for s in series if s.value is None}
        ages = dimensions_of(window).age
        self._words = Vocabulary(names, {}, sex=True, ages=ages, periods=len(window))
        self._keys = list(names)

    def read(self, source: str) -> Expression:
        return parse(source, self._words)

    def some(self, first: int, several: int) -> tuple[Expression, ...]:
        """So many series from the first on, of both parties in turn."""
        a, b = (self._keys[: SERIES - 1], self._keys[SERIES - 1 :])
        both = [key for pair in zip(a, b, strict=False) for key in pair]
        return tuple(self.read(both[(first + i) % len(both)]) for i in range(several))

    def all(self) -> tuple[Measure, ...]:
        """Mixed, so that the first thirty are of every kind too."""
        return tuple(self._one(i) for i in range(60))

    def _one(self, i: int) -> Measure:
        by = (f"m{i}", "", ("period", "sex", "age"), None)
        short = (f"m{i}", "", ("sex", "age"), None)
        a, b, c, d = self.some(i, 4)
        both = self.read(f"({a.source} | {b.source}) & !{c.source}")
        match i % 10:
            case 0:
                return Count(*by, self.read(f"{a.source} | {b.source}"), (a, b))
            case 1:
                return Count(*by, self.read(f"started({a.source}) - was({b.source}, 2)"))
            case 2:
                return Overlap(*by, (a, b, c))
            case 3:
                return HowMany(*by, (a, b, c, d))
            case 4:
                return Share(*by, both, self.read(f"{a.source} | {b.source}"))
            case 5:
                return Share(*by, a, Places(1000))
            case 6:
                return Flow(*by, (a, b, c))
            case 7:
                return Outcome(*by, a, self.read(f"{b.source} | {c.source}"), list(Follow)[i // 10 % 3], 3)
            case 8:
                return Duration(*short, self.read(f"bridge({a.source}, 1)"))
            case _:
                return Change(*short, "a.s9", "kr", self.read(f"started({a.source})"), 3, 3)


# -- one round --------------------------------------------------------------------------------------------


class Round:
    """The keys and the agreement of a made-up round, kept in a folder for the processes that count."""

    def __init__(self, folder: Path, months: int, measures: int = 60) -> None:
        self.folder, self.window, self.measures = folder, window_of(months), measures
        kept = folder / "keys.json"
        if not kept.exists():
            matcher = Identity.generate("matcher")
            made = [Identity.generate("a"), Identity.generate("b"), matcher]
            secrets = [i.to_bytes().hex() for i in made]
            secrets.append(RoundKey.generate("matcher", "bench", 1, matcher).to_bytes().hex())
            kept.write_text(json.dumps(secrets))
        *identities, round_key = (bytes.fromhex(k) for k in json.loads(kept.read_text()))
        *self.senders, own = map(Identity.from_bytes, identities)
        self.matcher = own.public
        self.round_key = RoundKey.from_bytes(round_key)

    @cached_property
    def agreement(self) -> Agreement:
        """Two parties with ten series each."""
        parties = tuple(
            Party(s.name, s.name, s.public.fingerprint, tuple(self._series(s.name))) for s in self.senders
        )
        asked = Asked(self.window, [s for p in parties for s in p.series]).all()[: self.measures]
        return Agreement(
            "bench", 1, "", "", "", self.window, "any-day", "se", (), "", dimensions_of(self.window), parties,
            Matcher("matcher", "", self.matcher.fingerprint, self.round_key.public.fingerprint), (), asked,
            ReleaseRule("exact", {}), Retention(30, ""), bytes(32), (),
        )  # fmt: skip

    def _series(self, party: str) -> list[Series]:
        every = [Series(party, f"s{i}", f"s{i}") for i in range(SERIES)]
        if party == "a":
            every[-1] = replace(every[-1], value=Value("kr", MOST))
        return every

    def write(self, party: int, tokens: npt.NDArray[np.uint8]) -> None:
        """A sealed package: everybody in one series or several, most of them for some months."""
        random = np.random.default_rng(party)
        layout = Layout.of(self.agreement, self.senders[party].name)
        n, months = len(tokens), len(self.window)
        presence = {}
        for i, key in enumerate(layout.presence):
            start, length = random.integers(0, months, (2, n), np.uint8)
            bits = (layout.bits.type(2) << np.minimum(length, 17)) - layout.bits.type(1) << start
            bits &= layout.bits.type(self.window.full)
            presence[key] = bits if i == 0 else bits * (random.random(n, np.float32) < 0.15)
        amounts = {}
        for key in layout.amounts:
            paid = random.integers(0, MOST, (n, 1), np.uint32) * (random.random((n, 1), np.float32) < 0.3)
            amounts[key] = np.ascontiguousarray(np.broadcast_to(paid.astype(np.uint32), (n, months)))
        sex, age = random.integers(1, 3, n).astype(np.uint8), random.integers(0, 3, n).astype(np.uint8)
        with self._path(party).open("wb") as stream:
            write(
                stream,
                agreement=self.agreement,
                rows=Rows(tokens, presence, sex=sex, age=age, amounts=amounts),
                summary_json={"people_counted": n, "people_total": n},
                check=CHECK,
                sender=self.senders[party],
                round_key=self.round_key.public,
                now=dt.datetime.now(dt.UTC),
            )

    def packages(self) -> list[intake.Package]:
        keys = {i.fingerprint: i for i in [*(s.public for s in self.senders), self.matcher]}
        opened = [partial(self._path(party).open, "rb") for party in range(len(self.senders))]
        return [intake.check(stream, self.agreement, keys) for stream in opened]

    def _path(self, party: int) -> Path:
        return self.folder / f"{self.senders[party].name}-{len(self.window)}.link"


def make(folder: Path, people: int, months: int) -> None:
    """Packages a and b, of seven and six tenths of the people: three tenths are in both."""
    tokens = np.random.default_rng(1).integers(0, 256, (people, 16), np.uint8)
    made = Round(folder, months)
    made.write(0, tokens[: people * 7 // 10])
    made.write(1, tokens[people * 4 // 10 :])


# -- what each process does -------------------------------------------------------------------------------


class Keyed(Questions):
    """Gives everybody a record key, as a release method will that needs them."""

    def add(self, tables: Tables, people: People) -> None:
        keys = np.arange(people.n, dtype=np.uint32) * np.uint32(2654435761)
        super().add(tables, replace(people, record_keys=keys))


def one_count(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Count once; how long, how much memory, and how often each part was opened."""
    made = Round(folder, job["months"], job["measures"])
    packages = made.packages()
    amounts = {s.key: s.value.max for s in made.agreement.series if s.value}
    frame = Frame(made.window, made.agreement.dimensions, amounts)
    questions = (Keyed if job["keys"] else Questions)(made.agreement.measures, frame, record_keys=job["keys"])
    opened: Counter[tuple[str, int]] = Counter()
    plain = intake.Package.open_range

    def counting(self: intake.Package, index: int, round_key: RoundKey) -> Rows:
        opened[self.party, index] += 1
        return plain(self, index, round_key)

    intake.Package.open_range = counting  # type: ignore[method-assign]  # the process does nothing else
    start, worked = time.perf_counter(), time.process_time()
    shared_out = plan(packages, questions, memory=job["memory"], workers=job["workers"], blocks=None)
    aside = Aside.of([package.open_pairs(made.round_key) for package in packages])
    tables = Engine(packages, made.round_key, questions, shared_out, aside, None).run()
    figures = questions.figures(tables)
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    return {
        "seconds": seconds,
        "cpu": worked,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "opened": sum(opened.values()),
        "parts": sum(1 << p.ranges for p in packages),
        "cells": sum(cells.people.size for cells in figures.cells.values()),
    }


def one_making(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    make(folder, job["people"], job["months"])
    return {}


# -- the table --------------------------------------------------------------------------------------------


def run(folder: Path, what: str, **job: Any) -> dict[str, Any]:
    job = {"measures": 60, "workers": 2, "memory": MEMORY, "keys": False, **job}
    done = subprocess.run(
        [sys.executable, __file__, "--folder", str(folder), "--job", json.dumps({"what": what, **job})],
        check=True,
        stdout=subprocess.PIPE,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def line(what: str, found: dict[str, Any], wanted: str = "", *, good: bool = True) -> None:
    told = f"{found['seconds']:.1f} s, {found['cpu']:.1f} s of CPU, {found['peak'] / 1e6:.0f} MB"
    print(f"{what:<42} {told:<36} {wanted:<16} {('yes' if good else 'NO') if wanted else ''}".rstrip())


def report(folder: Path, people: int, months: int) -> None:
    run(folder, "make", people=people, months=months)
    limit = TARGETS[months] * people / 10_000_000
    whole = run(folder, "count", months=months)
    print(f"\n{people:,} people, 20 series, {months} months; 60 measures have {whole['cells']:,} cells")
    line("60 measures, two workers", whole, f"<= {limit:.3g} s", good=whole["seconds"] <= limit)
    if whole["seconds"] > limit >= whole["cpu"] / 2:
        print(f"  (each core worked {whole['cpu'] / 2:.1f} s for it: the machine is busy with other things)")
    most = MEMORY + PROGRAM
    line("  memory with --memory 400 MB", whole, f"<= {most / 1e6:.0f} MB", good=whole["peak"] <= most)
    runs = [whole, *(run(folder, "count", months=months, measures=n) for n in (1, 30))]
    line("1 measure", runs[1])
    line("30 measures", runs[2])
    each = (whole["cpu"] - runs[1]["cpu"]) / 59
    line(f"  one more takes {each:.2f} s of CPU", whole)
    stretches = 2 * 8  # a worker that begins a stretch may open once more the part that the last one ended in
    once = all(r["parts"] <= r["opened"] <= r["parts"] + 2 * stretches for r in runs)
    parts = ", ".join(f"{r['opened']}" for r in runs)
    print(f"  parts opened, of {whole['parts']}: {parts:<37} one pass         {'yes' if once else 'NO'}")
    line("60 measures with record keys", run(folder, "count", months=months, keys=True))
    tight = run(folder, "count", months=months, memory=MEMORY // 4)
    most = MEMORY // 4 + PROGRAM
    line("  --memory 100 MB", tight, f"<= {most / 1e6:.0f} MB", good=tight["peak"] <= most)


JOBS = {"count": one_count, "make": one_making}


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--people", type=int, default=10_000_000)
    options.add_argument("--months", type=int, choices=list(TARGETS), action="append")
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--job", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.job:
        job = json.loads(given.job)
        print(json.dumps(JOBS[job["what"]](given.folder, job)))
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", end="")
    print(f", numpy {np.__version__}")
    for months in given.months or TARGETS:
        with tempfile.TemporaryDirectory() as folder:
            report(Path(folder), given.people, months)


if __name__ == "__main__":
    main()
