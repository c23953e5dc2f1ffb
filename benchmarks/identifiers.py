"""How many identity numbers a second are read on one core, plain and when every value needs mending.

    python benchmarks/identifiers.py

The values are all test numbers of 180 years, each some times, in batches of the size that registers are read
in. Processor time of the best of three; the plain twin of the tests stands beside it.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import pyarrow as pa

from keys.secret import Secret
from linkage.dimensions import Ages, Band, Dimensions
from linkage.identifiers import Identifiers, dimensions, scheme
from linkage.synthetic.numbers import TEST_SERIALS, personnummer, samordningsnummer
from linkage.tokens import tokens
from tests import plain_se

SE = scheme("se")
EXTRACTED = dt.date(2021, 1, 15)
BATCH = 50_000
LEAST = {"plain": 3e6, "mended": 5e5}


def numbers() -> list[str]:
    """All test numbers of those born 1841 to 2020, in random order."""
    days = (
        dt.date(1841, 1, 1) + dt.timedelta(n) for n in range((dt.date(2021, 1, 1) - dt.date(1841, 1, 1)).days)
    )
    found = [make(day, s) for day in days for s in TEST_SERIALS for make in (personnummer, samordningsnummer)]
    random.Random(1).shuffle(found)
    return found


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


FORMS: dict[str, tuple[str, Callable[[str], str]]] = {
    "199001012385": ("plain", lambda n: n),
    "19900101-2385": ("plain", lambda n: f"{n[:8]}-{n[8:]}"),
    "900101-2385": ("plain", lambda n: f"{n[2:8]}-{n[8:]}"),
    "all of these, mixed": (
        "plain",
        lambda n: [n, f"{n[:8]}-{n[8:]}", f"{n[2:8]}-{n[8:]}", n[2:]][hash(n) % 4],
    ),
    "' 199001012385 '": ("mended", lambda n: f" {n} "),
    "19900101–2385 (en dash)": ("mended", lambda n: f"{n[:8]}–{n[8:]}"),
    "19 90 01 01 - 23 85 (thin spaces)": (
        "mended",
        lambda n: "\u2009".join(n[i : i + 2] for i in range(0, 12, 2)),
    ),
    "full-width digits": ("mended", wide),
    "all of these, mixed ": (
        "mended",
        lambda n: [f" {n} ", f"{n[:8]}–{n[8:]}", f"{n[:8]}\u00a0{n[8:]}", wide(n)][hash(n) % 4],
    ),
}


def best(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of processor time."""
    found = []
    for _ in range(times):
        before = time.process_time()
        work()
        found.append(time.process_time() - before)
    return min(found)


def main() -> None:
    every = numbers()
    print(f"{len(every):,} test numbers, batches of {BATCH:,}, one core\n")
    print(f"{'written as':36} {'million a second':>18}")
    slow = []
    for shown, (kind, form) in FORMS.items():
        column = pa.array([form(n) for n in every], pa.string())
        batches = [column.slice(i, BATCH) for i in range(0, len(column), BATCH)]
        rate = len(column) / best(lambda b=batches: [SE.read(part, EXTRACTED) for part in b])
        slow += [shown] if rate < LEAST[kind] else []
        print(f"{shown.strip():36} {rate / 1e6:18.2f}   {kind}, at least {LEAST[kind] / 1e6}")
    letters = pa.array([f"{n[:8]}-T{n[9:]}" for n in every[:100_000]])
    print(
        f"{'19900101-T385 (never linked)':36} {1e5 / best(lambda: SE.read(letters, EXTRACTED)) / 1e6:18.2f}"
    )
    some = every[:20_000]
    plain = best(lambda: [plain_se.read(n, EXTRACTED) for n in some])
    print(f"{'plain Python, 199001012385':36} {len(some) / plain / 1e6:18.2f}")
    key = np.unique(SE.read(pa.array(every), EXTRACTED).key)
    made = Identifiers(SE, key)
    wanted = Dimensions(True, Ages(dt.date(2020, 12, 31), (Band("16-29", 16, 29), Band("30-64", 30, 64))))
    secret = Secret(bytes(range(32)), "bench", "SHA256:" + "A" * 43).token_key(bytes(32))
    for shown, work in {
        "canonical, checked once more": lambda: Identifiers(SE, key),
        "sex and age": lambda: dimensions(made, wanted),
        "tokens": lambda: tokens(secret, made),
    }.items():
        print(f"{shown:36} {len(key) / best(work) / 1e6:18.2f}")
    if slow:
        sys.exit(f"\ntoo slow: {', '.join(slow)}")


if __name__ == "__main__":
    main()
