"""What withholding costs beside the least that is possible, and how long it takes to find.

    python benchmarks/suppress.py                  # five tables of three sets, two sexes, five ages

Each table tells every combination of three parties' sets, every set and everybody, by sex, by age, by both
and in all, to seven readers. Target: within 5 % of the optimum in 60 seconds. Figures: benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from linkage.release.audit.problem import FAR, Part, Problem, Sums
from linkage.release.audit.solver import Clock
from linkage.release.audit.verdict import audit
from linkage.release.methods.suppress.pattern import Costs, Pattern, withheld
from linkage.release.methods.suppress.search import search
from linkage.release.methods.suppress.system import system

SETS, SEXES, AGES = 3, 2, 5
THRESHOLD, WIDTH = 10, 5
SECONDS, WITHIN = 60.0, 0.05


def table(seed: int, mean: float) -> tuple[Problem, Problem, Costs]:
    """With every number told, and with none; and what each costs. mean: of people in a combination."""
    rng = np.random.default_rng(seed)
    atoms = [*product(range(1, 1 << SETS), range(SEXES), range(AGES))]
    people = rng.poisson(mean * np.exp(rng.normal(0, 1, len(atoms)))).astype(np.int64)
    rows = {}
    for sex, age in product((None, *range(SEXES)), (None, *range(AGES))):
        here = [i for i, (_, s, a) in enumerate(atoms) if sex in (None, s) and age in (None, a)]
        for mask in range(1, 1 << SETS):
            rows[tuple(i for i in here if atoms[i][0] == mask)] = mask.bit_count() > 1
        for one in range(SETS):
            rows[tuple(i for i in here if atoms[i][0] >> one & 1)] = False
        rows[tuple(here)] = True
    told = Sums.of([*rows])
    values = told.values(people)
    sensitive = (values > 0) & (values < THRESHOLD) | np.array([*rows.values()]) & (values == 0)
    known = {}
    for some in (*combinations(range(SETS), 1), *combinations(range(SETS), SETS - 1)):
        mine = sum(1 << one for one in some)
        groups: dict[tuple[int, int, int], list[int]] = {}
        for i, (mask, sex, age) in enumerate(atoms):
            if mask & mine:
                groups.setdefault((mask & mine, sex, age), []).append(i)
        known["+".join(map(str, some))] = Sums.of([*groups.values()])
    part = Part("all", people, told, values, values.copy(), sensitive, known)
    whole = Problem((part,), (), ("outsider", *known), WIDTH)
    nothing = replace(part, low=np.zeros_like(values), high=np.full_like(values, FAR))
    costs = np.rint(10 * (1 + np.log1p(values))).astype(np.int64)
    return whole, replace(whole, parts=(nothing,)), Costs((costs,), np.zeros(0, np.int64))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=5)
    parser.add_argument("--mean", type=float, default=20.0)
    options = parser.parse_args()
    print(platform.machine(), platform.python_version(), "numpy", np.__version__, flush=True)
    met = True
    for seed in range(options.tables):
        whole, nothing, costs = table(seed, options.mean)
        made, begin = system(whole, nothing, costs, [0], totals=True), time.monotonic()
        found = search(made, Clock.within(SECONDS), np.random.default_rng(seed))
        took = time.monotonic() - begin
        if found is None:
            print(f"table {seed}: nothing found in {took:.0f} s", flush=True)
            met = False
            continue
        cost = int(costs.sums[0][found.withheld].sum())
        pattern = Pattern((found.withheld,), np.zeros(0, np.bool_))
        safe = audit(withheld(whole, nothing, pattern)).passed
        above = cost / found.bound - 1 if found.bound else float("inf")
        met = met and safe and above <= WITHIN
        print(
            f"table {seed}: {len(made.choices)} numbers, {int(made.must.sum())} sensitive, "
            f"{int(found.withheld.sum())} withheld; cost {cost}, at least {found.bound:.0f}, "
            f"{100 * above:.1f} % above; {found.solves} programs, {took:.0f} s; "
            f"audit {'passed' if safe else 'REFUSED'}",
            flush=True,
        )
    print("target met" if met else "TARGET MISSED")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
