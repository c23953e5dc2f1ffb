"""Numbers that pairs of a newest and a previous one connect: who is the same person, and under which number.

One rule for a party's own register and for all packages together (docs/package.md, "Pairs"). The work is a
step per pair in plain Python: pairs are few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST: Final = 4
"""Numbers of one person. More than that is a mistake somewhere, and would make one of many people."""


def joined(pairs: Iterable[tuple[int, int]]) -> tuple[list[tuple[list[int], int]], int]:
    """The groups that (newest, previous) pairs connect: those that are joined, each with its newest.

    A group of more than LARGEST is not joined, nor one in which not exactly one is nobody's previous: the
    second answer is how many these are.
    """
    group: dict[int, list[int]] = {}
    replaced: set[int] = set()
    for newest, previous in pairs:
        replaced.add(previous)
        larger, smaller = group.setdefault(newest, [newest]), group.setdefault(previous, [previous])
        if larger is smaller:
            continue
        if len(larger) < len(smaller):
            larger, smaller = smaller, larger
        larger += smaller
        for member in smaller:
            group[member] = larger
    found = []
    groups = {id(members): members for members in group.values()}
    for members in groups.values():
        latest = [member for member in members if member not in replaced]
        if len(members) <= LARGEST and len(latest) == 1:
            found.append((members, latest[0]))
    return found, len(groups) - len(found)
