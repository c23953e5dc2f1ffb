"""People who could be: of each sex and age, in some series, for a period, for long, one after another.

A reader does not know which atoms have nobody. So that a number that is 0 could be 1 for all it can tell,
there must be an atom of people who would be counted there; and atoms must be such as real people would have,
not digits put together. So they are asked the same questions as everybody else, and counted as nobody.
"""

from __future__ import annotations

from itertools import combinations, permutations, product
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from linkage.dimensions import SEXES
from linkage.measures.figures import People

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import numpy.typing as npt

    from linkage.measures.model import Frame
    from linkage.window import Window

_MOST: Final = 20_000
"""People who are imagined at most: of more, so many are drawn, always the same."""
_EVERY_LIFE: Final = 13
"""Up to so many series times periods every life there can be is imagined."""
_DRAWN: Final = 2_000
"""Else so many lives are drawn beside those that are thought of: stays anywhere, in any of the series."""
_ALL_SETS: Final = 6
"""Up to so many series every set of them is imagined; of more, pairs."""


class _Life(NamedTuple):
    """Series by their numbers, and the bitmap of the periods in each."""

    series: tuple[int, ...]
    bits: tuple[int, ...]


def imagined(
    frame: Frame, owned: Mapping[str, Collection[str]], *, sex: bool, age: bool, whole: bool
) -> People:
    """People who could be: all of them where they are few.

    owned: party → keys of its series; sex, age: whether somebody asks for them; whole: more of them, as what
    is true of them at different times is looked at together.
    """
    keys = [key for several in owned.values() for key in several]
    lives = _lives(len(keys), frame.window, whole=whole)
    pieces = len(frame.dimensions.age.pieces) + 1 if frame.dimensions.age and age else 1
    classes = [*product(range(len(SEXES) if sex else 1), range(pieces))]
    places = np.arange(len(lives) * len(classes))
    if len(places) > _MOST:
        places = np.sort(np.random.default_rng(len(places)).choice(places, _MOST, replace=False))
    life, of_class = np.divmod(places, len(classes))
    by_key = {key: lives[life, number] for number, key in enumerate(keys)}
    codes = np.array(classes, np.uint8)[of_class]
    nobody = np.zeros(len(places), frame.window.dtype)
    members = {
        party: np.bitwise_or.reduce([nobody, *(by_key[key] for key in several)]) != 0
        for party, several in owned.items()
    }
    return People(len(places), by_key, codes[:, 0], codes[:, 1], members=members)


def _lives(series: int, window: Window, *, whole: bool) -> npt.NDArray[Any]:
    """Bitmaps of the periods in each series. Shape (n, series).

    All of them where they are few; else those that are thought of; of whole lives some by chance too.
    """
    periods, dtype = len(window), window.dtype
    if series * periods <= _EVERY_LIFE:
        every = np.arange(1, 1 << series * periods, dtype=np.int64)[:, None]
        return (every >> np.arange(series) * periods & window.full).astype(dtype)
    several = [*dict.fromkeys(_thought_of(series, window.full, periods))]
    lives = np.zeros((len(several), series), dtype)
    for number, (there, bits) in enumerate(several):
        lives[number, [*there]] |= np.array(bits, dtype)
    return np.concatenate([lives, _drawn(series, window)]) if whole else lives


def _drawn(series: int, window: Window) -> npt.NDArray[Any]:
    """Stays anywhere, in some of the series; always the same."""
    draw = np.random.default_rng(series * len(window))
    first, last = np.sort(draw.integers(0, len(window), (2, _DRAWN, series)), axis=0).astype(np.uint64)
    there = draw.random((_DRAWN, series)) < draw.random((_DRAWN, 1))
    bits = (np.uint64(2) << last) - (np.uint64(1) << first)
    return np.where(there, bits, 0).astype(window.dtype)


def _thought_of(series: int, full: int, periods: int) -> Iterator[_Life]:
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
