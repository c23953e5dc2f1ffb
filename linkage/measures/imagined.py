"""People who could be: of each sex and age, in some series, for a period, for long, one after another.

A reader does not know which atoms have nobody. So that a number that is 0 could be 1 for all it can tell,
there must be an atom of people who would be counted there; and atoms must be such as real people would have,
not digits put together. So they are asked the same questions as everybody else, and counted as nobody.
"""

from __future__ import annotations

from itertools import combinations, permutations, product
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from linkage.dimensions import SEXES
from linkage.measures.figures import People

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from linkage.measures.model import Frame

_MOST: Final = 20_000
"""People who are imagined at most: of more, so many are drawn, always the same."""
_ALL_SETS: Final = 6
"""Up to so many series every set of them is imagined; of more, pairs."""


class _Life(NamedTuple):
    """Series by their numbers, and the bitmap of the periods in each."""

    series: tuple[int, ...]
    bits: tuple[int, ...]


def imagined(frame: Frame, owned: Mapping[str, Collection[str]], *, sex: bool, age: bool) -> People:
    """People who could be. owned: party → keys of its series; sex, age: whether somebody asks for them."""
    keys = [key for several in owned.values() for key in several]
    lives = [*dict.fromkeys(_lives(len(keys), frame.window.full, len(frame.window)))]
    pieces = len(frame.dimensions.age.pieces) + 1 if frame.dimensions.age and age else 1
    classes = [*product(range(len(SEXES) if sex else 1), range(pieces))]
    places = np.arange(len(lives) * len(classes))
    if len(places) > _MOST:
        places = np.sort(np.random.default_rng(len(places)).choice(places, _MOST, replace=False))
    life, of_class = np.divmod(places, len(classes))
    presence = np.zeros((len(keys), len(lives)), frame.window.dtype)
    for number, (series, bits) in enumerate(lives):
        for each, periods in zip(series, bits, strict=True):
            presence[each, number] |= presence.dtype.type(periods)
    by_key = {key: presence[i, life] for i, key in enumerate(keys)}
    codes = np.array(classes, np.uint8)[of_class]
    nobody = np.zeros(len(places), frame.window.dtype)
    members = {
        party: np.bitwise_or.reduce([nobody, *(by_key[key] for key in several)]) != 0
        for party, several in owned.items()
    }
    return People(len(places), by_key, codes[:, 0], codes[:, 1], members=members)


def _lives(series: int, full: int, periods: int) -> Iterator[_Life]:
    """Together in series, and one after the other."""
    each = [1 << p for p in range(periods)]
    until = [(bit << 1) - 1 for bit in each]
    since = [full & ~(bit - 1) for bit in each]
    whole = [((1 << n) - 1) << 1 for n in range(1, periods - 1)]
    for several in _sets(series):
        for bits in (full, *each, *(whole + until + since if len(several) == 1 else ())):
            yield _Life(several, (bits,) * len(several))
    for pair in permutations(range(series), 2):
        yield from (_Life(pair, (before, after)) for before, after in zip(until, since[1:], strict=False))
        yield from (_Life(pair, (before, full)) for before in until)


def _sets(series: int) -> Iterator[tuple[int, ...]]:
    """The sets of series that somebody is in at the same time."""
    sizes = range(1, series + 1) if series <= _ALL_SETS else (1, 2, series)
    for size in sizes:
        yield from combinations(range(series), size)
