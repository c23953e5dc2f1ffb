"""How fast packages are written, received and opened, beside hashlib.sha256 over the same bytes.

    python benchmarks/package.py [people in millions …]

Rows lie in memory, the package too: disks are not measured. Each figure is the best of three.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from linkage import intake
from linkage.package.rows import Rows
from linkage.package.write import write
from linkage.tokens import order
from tests.builders import NOW, SUMMARY, scene

SERIES = ("one", "two", "three", "four", "five")
HERE = scene(parties=(("malmo", SERIES), ("af", ("one",))))


def people(n: int) -> Rows:
    """n people in order, each in about half of the series."""
    draw = np.random.default_rng(1)
    layout = HERE.layout("malmo")
    tokens = draw.integers(0, 256, (n, 16), dtype=np.uint8)
    presence = {key: draw.integers(0, 4096, n, dtype="<u2") for key in layout.series}
    presence[layout.series[0]] |= 1
    sex, age = (draw.integers(0, 3, n, dtype=np.uint8) for _ in range(2))
    return Rows(tokens, presence, None, sex, age).take(order(tokens))


class Nowhere(io.RawIOBase):
    """Takes what is written, and forgets it."""

    def write(self, data: Any, /) -> int:
        return len(data)


def written(rows: Rows) -> None:
    """Write a package into nowhere."""
    write(
        Nowhere(),  # type: ignore[arg-type]
        agreement=HERE.agreement,
        rows=rows,
        summary_json=SUMMARY,
        check=HERE.check,
        sender=HERE.parties["malmo"],
        round_key=HERE.round_key.public,
        now=NOW,
    )


def best(work: Callable[[], Any], times: int = 3) -> float:
    """Seconds of the fastest of a few runs."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return min(took)


def measure(n: int) -> None:
    """Print the figures for n people."""
    rows = people(n)
    shuffled = rows.take(np.random.default_rng(2).permutation(n))
    data = HERE.package("malmo", rows)
    size = len(data)
    package = intake.check(lambda: io.BytesIO(data), HERE.agreement, HERE.keys)
    parts = [data[i : i + package._sealed.length] for i in range(0, size, package._sealed.length)]

    def open_all() -> None:
        for index in range(1 << package.ranges):
            package.open_range(index, HERE.round_key)

    def hash_all() -> None:
        for part in parts:
            hashlib.sha256(part).digest()

    def show(what: str, seconds: float) -> None:
        print(f"  {what:34} {seconds:7.3f} s  {size / seconds / 1e9:5.2f} GB/s")

    print(f"{n:,} people × {len(SERIES)} series: {size:,} bytes in {1 << package.ranges} ranges")
    show("write, rows in order", best(lambda: written(rows)))
    show("write, rows in any order", best(lambda: written(shuffled)))
    show(
        "receive: (1) to (9), SHA-512",
        best(lambda: intake.check(lambda: io.BytesIO(data), HERE.agreement, HERE.keys)),
    )
    hashed, opened = best(hash_all), best(open_all)
    show("hashlib.sha256 over the parts", hashed)
    show("open: (10) to (15)", opened)
    print(f"  opening is {hashed / opened:.2f} × the speed of hashlib.sha256 (wanted: 0.50)")


if __name__ == "__main__":
    print(f"{dt.date.today()}  numpy {np.__version__}")  # noqa: DTZ011 - the day where the machine stands
    for millions in [float(word) for word in sys.argv[1:]] or [1, 10]:
        measure(round(millions * 1e6))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak memory {peak / 1024:.0f} MB, the rows and the package in it")
