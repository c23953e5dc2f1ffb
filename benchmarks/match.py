"""From sealed packages to figures: how long, how much memory, and the same however it is cut.

    python benchmarks/match.py                      # 10 M × 10 M people, five series each, twelve months
    python benchmarks/match.py --people 1000000     # quicker

Makes its packages from random tokens in a temporary folder (570 MB), and runs every count in a process of its
own, so that memory is that count's. DuckDB counts the same tokens beside it where it is installed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial, reduce
from pathlib import Path
from typing import Any

import numpy as np

from keys.identity import Identity, PublicIdentity, RoundKey
from linkage import intake
from linkage.agreement.model import Agreement, Matcher, Party, ReleaseRule, Retention, Series
from linkage.dimensions import Dimensions
from linkage.match import count
from linkage.measures.expressions import And, Expression, Or, Presence, Tree
from linkage.measures.model import Count
from linkage.package.layout import Layout
from linkage.package.rows import Rows
from linkage.package.write import write
from linkage.tokens import words
from linkage.window import Unit, Window

SERIES, MONTHS = 5, 12
WINDOW = Window(Unit.MONTH, "2020-01", "2020-12")
CHECK = bytes(8)


# -- one round --------------------------------------------------------------------------------------------


class Round:
    """The keys and the agreement of a made-up round, kept in a folder for the processes that count."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = folder / "keys.json"
        if not kept.exists():
            matcher = Identity.generate("matcher")
            made = [Identity.generate("a"), Identity.generate("b"), matcher]
            secrets = [i.to_bytes().hex() for i in made]
            secrets.append(RoundKey.generate("matcher", "bench", 1, matcher).to_bytes().hex())
            kept.write_text(json.dumps(secrets))
        a, b, matcher, round_key = (bytes.fromhex(k) for k in json.loads(kept.read_text()))
        self.senders = [Identity.from_bytes(a), Identity.from_bytes(b)]
        self.matcher = Identity.from_bytes(matcher).public
        self.round_key = RoundKey.from_bytes(round_key)
        self.agreement = self._agreement()

    def _agreement(self) -> Agreement:
        parties = tuple(
            Party(
                s.name,
                s.name,
                s.public.fingerprint,
                tuple(Series(s.name, f"s{i}", "") for i in range(SERIES)),
            )
            for s in self.senders
        )
        trees = [[Presence(series.key) for series in party.series] for party in parties]
        a, b = (reduce(Or, mine[1:], mine[0]) for mine in trees)
        months = ("period",)
        measures = (
            Count("union", "", months, None, _as_expression("union", Or(a, b))),
            Count("both", "", months, None, _as_expression("both", And(a, b))),
            Count(
                "series", "", months, None, _as_expression("any", Or(a, b)),
                tuple(_as_expression(tree.series, tree) for mine in trees for tree in mine),
            ),
        )  # fmt: skip
        return Agreement(
            "bench", 1, "", "", "", WINDOW, "any-day", "se", (), "", Dimensions(), parties,
            Matcher("matcher", "", self.matcher.fingerprint, self.round_key.public.fingerprint), (), measures,
            ReleaseRule("exact", {}), Retention(30, ""), bytes(32), (),
        )  # fmt: skip

    def write(self, party: int, name: str, tokens: np.ndarray[Any, Any]) -> None:
        """A sealed package: stays of some months in two series in five."""
        random = np.random.default_rng(party)
        layout = Layout.of(self.agreement, self.senders[party].name)
        presence = {}
        for i, key in enumerate(layout.series):
            start, length = random.integers(0, MONTHS, (2, len(tokens)), np.uint8)
            bits = (np.uint16(2) << length).astype(np.uint16) - np.uint16(1) << start & np.uint16(WINDOW.full)
            presence[key] = bits if i == 0 else bits * (random.random(len(tokens), np.float32) < 0.25)
        with (self.folder / name).open("wb") as stream:
            write(
                stream,
                agreement=self.agreement,
                rows=Rows(tokens, presence),
                summary_json={"people_counted": len(tokens), "people_total": len(tokens)},
                check=CHECK,
                sender=self.senders[party],
                round_key=self.round_key.public,
                now=dt.datetime.now(dt.UTC),
            )

    def packages(self, names: list[str]) -> list[intake.Package]:
        identities: list[PublicIdentity] = [s.public for s in self.senders] + [self.matcher]
        keys = {i.fingerprint: i for i in identities}
        return [intake.check(partial((self.folder / n).open, "rb"), self.agreement, keys) for n in names]


def _as_expression(source: str, tree: Tree) -> Expression:
    return Expression(source, tree, WINDOW.full, True, source)


# -- what each process does -------------------------------------------------------------------------------


def peak() -> int:
    """Most bytes of memory that this process has had; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def one_count(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Count once, on as many cores as there are workers."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: job["workers"]])
    made = Round(folder)
    packages = made.packages(job["packages"])
    start = time.perf_counter()
    counted = count(
        packages,
        made.agreement,
        made.round_key,
        workers=job["workers"],
        blocks=job["blocks"],
        memory=job["memory"],
    )
    seconds = time.perf_counter() - start
    tables = b"".join(counted.figures.cells[m.name].people.tobytes() for m in made.agreement.measures)
    union, both = (counted.figures.cells[name].people[-1] for name in ("union", "both"))
    return {
        "seconds": seconds,
        "peak": peak(),
        "tables": hashlib.sha256(tables).hexdigest(),
        "union": int(union),
        "both": int(both),
    }


def one_opening(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Open every part of a package, and hash the same file with SHA-256."""
    made = Round(folder)
    (package,) = made.packages(job["packages"])
    start = time.perf_counter()
    for index in range(1 << package.ranges):
        package.open_range(index, made.round_key)
    opening = time.perf_counter() - start
    start = time.perf_counter()
    with (folder / job["packages"][0]).open("rb") as stream:
        hashlib.file_digest(stream, "sha256")
    hashing = time.perf_counter() - start
    return {"opening": package.size / opening, "hashing": package.size / hashing}


def one_duckdb(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    """The same tokens as two columns of numbers, in DuckDB's memory; people in all, and in both."""
    import duckdb
    import pyarrow as pa

    connection = duckdb.connect()
    connection.execute(f"set threads = {job['workers']}")
    for name in job["tokens"]:
        high, low = words(np.load(folder / name))
        connection.register("column", pa.table({"high": high, "low": low}))
        connection.execute(f'create table {Path(name).stem} as select * from "column"')
    start = time.perf_counter()
    found = connection.execute(
        "select count(*), count(*) filter (n = 2) from (select count(*) n from "
        "(select * from a union all select * from b) group by high, low)"
    ).fetchone()
    assert found is not None
    return {"seconds": time.perf_counter() - start, "union": found[0], "both": found[1]}


# -- the table --------------------------------------------------------------------------------------------


def run(folder: Path, what: str, **job: Any) -> dict[str, Any]:
    job = {"blocks": None, "memory": None, "workers": 1, **job}
    done = subprocess.run(
        [sys.executable, __file__, "--folder", str(folder), "--job", json.dumps({"what": what, **job})],
        check=True,
        stdout=subprocess.PIPE,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def median(runs: list[dict[str, Any]], key: str) -> float:
    return statistics.median(r[key] for r in runs)


def make(folder: Path, people: int) -> None:
    """Packages a, b and few: b shares half of a's people, few is b's stand-in with a twentieth of them."""
    random = np.random.default_rng(1)
    a = random.integers(0, 256, (people, 16), np.uint8)
    b = np.concatenate([a[: people // 2], random.integers(0, 256, (people - people // 2, 16), np.uint8)])
    made = Round(folder)
    for party, name, tokens in ((0, "a", a), (1, "b", b), (1, "few", b[::20])):
        np.save(folder / f"{name}.npy", tokens)
        made.write(party, f"{name}.link", tokens)


def line(what: str, found: str, wanted: str = "", *, good: bool = True) -> None:
    print(f"{what:<42} {found:<30} {wanted:<10} {('ok' if good else 'MISSED') if wanted else ''}".rstrip())


def seconds(*runs: dict[str, Any]) -> str:
    return f"{median(list(runs), 'seconds'):.2f} s, {median(list(runs), 'peak') / 1e6:.0f} MB"


def identical(*runs: dict[str, Any]) -> None:
    same = len({run["tables"] for run in runs}) == 1
    line("  tables of all these", "identical" if same else "DIFFER", "identical", good=same)


def report(folder: Path, people: int, runs: int) -> None:
    two, uneven = ["a.link", "b.link"], ["a.link", "few.link"]
    system = f"{platform.machine()}, {os.cpu_count()} cores"
    print(f"{system}, Python {platform.python_version()}, numpy {np.__version__}; medians of {runs}\n")
    rounds = [[run(folder, "count", packages=two, workers=w) for w in (1, 2)] for _ in range(runs)]
    one, pair = ([both[i] for both in rounds] for i in (0, 1))
    line(
        f"{people:,} × {people:,} people, one core", seconds(*one), "≤ 3 s", good=median(one, "seconds") <= 3
    )
    line("  peak memory of the process", "", "≤ 300 MB", good=median(one, "peak") <= 300e6)
    everybody = people + people // 2
    line("  people in all", f"{one[0]['union']:,}", f"{everybody:,}", good=one[0]["union"] == everybody)
    ratio = median(pair, "seconds") / median(one, "seconds")
    line("  two workers", f"{seconds(*pair)} = {ratio:.2f} ×", "≤ 0.85 ×", good=ratio <= 0.85)
    tight = run(folder, "count", packages=two, workers=2, memory=40_000_000)
    line("  two workers, --memory 40 MB", seconds(tight))
    cut = [run(folder, "count", packages=two, blocks=n) for n in (16, 2048)]
    line("  16 blocks", seconds(cut[0]))
    line("  2 048 blocks", seconds(cut[1]))
    identical(*one, *pair, tight, *cut)
    small = [run(folder, "count", packages=uneven, blocks=n) for n in (None, 16, 2048)]
    line(f"{people:,} × {people // 20:,} people", seconds(small[0]))
    line("  16 blocks", seconds(small[1]))
    line("  2 048 blocks", seconds(small[2]))
    identical(*small)
    opened = [run(folder, "opening", packages=["a.link"]) for _ in range(runs)]
    speed, limit = median(opened, "opening"), median(opened, "hashing")
    told = f"{speed / 1e9:.2f} GB/s = {speed / limit:.2f} × SHA-256"
    line("opening a package", told, "≥ 0.5 ×", good=speed >= limit / 2)
    if not importlib.util.find_spec("duckdb"):
        line("DuckDB", "not installed, not compared")
        return
    for threads in (1, 2):
        duck = run(folder, "duckdb", tokens=["a.npy", "b.npy"], workers=threads)
        agrees = (duck["union"], duck["both"]) == (everybody, people // 2)
        line(
            f"DuckDB, the tokens alone, {threads} threads",
            f"{duck['seconds']:.2f} s{'' if agrees else ', WRONG'}",
        )


JOBS = {"count": one_count, "opening": one_opening, "duckdb": one_duckdb}


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--people", type=int, default=10_000_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--job", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.job:
        job = json.loads(given.job)
        print(json.dumps(JOBS[job["what"]](given.folder, job)))
        return
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), given.people)
        report(Path(folder), given.people, given.runs)


if __name__ == "__main__":
    main()
