"""Random small releases, each attacked by somebody who shares no code with the audit.

    python benchmarks/attacks.py                                   # ten thousand, into benchmarks/attacks.log
    python benchmarks/attacks.py --method suppress --n 50 --told   # what leaks, and what is asked and told

Every reader (outsider, each party, pairs, all but one) looks for the least and the greatest whole number that
each protected number can be, by integer programs over whole histories. Target: none is narrower than the
width. What is left out of the rounds, and the figures: benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import scipy

from linkage.errors import ReleaseError
from tests.attacked_random import COLUMNS, METHODS, a_round, released, shown
from tests.attacker import attack

LOG = Path(__file__).with_suffix(".log")
EACH = 1000


class Task(NamedTuple):
    """One round."""

    method: str
    months: bool
    seed: int
    columns: int
    told: bool


class Came(NamedTuple):
    """What came of it. leaks: lines that say what."""

    refused: bool
    cells: int
    solves: int
    leaks: tuple[str, ...]


def play(task: Task) -> Came:
    played = a_round(task.seed, task.method, months=task.months, columns=task.columns)
    name = f"{task.method}{' over time' * task.months}, seed {task.seed}"
    try:
        release = released(played, task.seed)
    except ReleaseError as error:
        return Came(True, 0, 0, (f"{name}: refused: {error}",) if task.told else ())
    found = attack(release.data, *played)
    leaks = [f"{name}: LEAK {leak}" for leak in found.leaks]
    if leaks and task.told:
        leaks.append(shown(played, release))
    return Came(False, found.cells, found.solves, tuple(leaks))


def tasks(options: argparse.Namespace) -> Iterator[Task]:
    """A seed with one method after the other."""
    chosen = [(options.method, options.months)] if options.method else METHODS
    for i in range(options.seed * len(chosen), options.seed * len(chosen) + options.n):
        method, months = chosen[i % len(chosen)]
        yield Task(method, months, i // len(chosen), options.columns, options.told)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--method", choices=["suppress", "cellkey"], help="left out: all that the tests play")
    parser.add_argument("--months", action="store_true", help="with --method: by period and span, and moves")
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0, help="the first")
    parser.add_argument(
        "--columns", type=int, default=COLUMNS, help="kinds of people there could be, at most"
    )
    parser.add_argument(
        "--told", action="store_true", help="what is refused; of a leak, what is asked and told"
    )
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if options.method:
        return attacked(options, None)
    with LOG.open("w", encoding="utf-8") as log:
        return attacked(options, log)


def attacked(options: argparse.Namespace, log: TextIO | None) -> int:
    def say(line: str) -> None:
        print(line, flush=True)
        if log:
            print(line, file=log, flush=True)

    say(f"{version()}; {platform.machine()}, Python {platform.python_version()}, scipy {scipy.__version__}")
    every, leaking, begin = tasks(options), 0, time.monotonic()
    with ProcessPoolExecutor(options.workers) as pool:
        for first in range(0, options.n, EACH):
            start, came = time.monotonic(), list[Came]()
            for one in pool.map(play, islice(every, EACH), chunksize=4):
                came.append(one)
                for line in one.leaks:
                    say(line)
            leaks = sum(any("LEAK" in line for line in one.leaks) for one in came)
            leaking += leaks
            refused = sum(one.refused for one in came)
            cells, solves = sum(one.cells for one in came), sum(one.solves for one in came)
            say(
                f"rounds {first + 1:5}-{first + len(came):5}: {len(came) - refused} released, {refused} "
                f"refused; {cells} numbers of readers, {solves} programs, {leaks} leak; "
                f"{time.monotonic() - start:.0f} s"
            )
    say(f"{leaking} of {options.n} leak; {time.monotonic() - begin:.0f} s with {options.workers} workers")
    return 1 if leaking else 0


def version() -> str:
    """Which code this is."""
    asked = ["git", "-C", str(LOG.parent), "describe", "--always", "--dirty"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    return f"commit {found.stdout.strip() or 'unknown'}"


if __name__ == "__main__":
    raise SystemExit(main())
