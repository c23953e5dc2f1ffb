"""Where the numbers of a table stand, and the distinct sums of atoms that they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from linkage.measures.figures import Note
from linkage.release.counts import ALL, TIME_AXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from linkage.measures.figures import Axis, Cells
    from linkage.release.audit.problem import Places

Index: TypeAlias = tuple[int, ...]


class Collector:
    """The distinct sums of one part, numbered as they come."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self.several: list[Places] = []

    def add(self, atoms: npt.NDArray[np.bool_]) -> int:
        """The number of the sum over these atoms. atoms: shape (k,)."""
        key = np.packbits(atoms).tobytes()
        if key not in self._numbers:
            self._numbers[key] = len(self.several)
            self.several.append(np.flatnonzero(atoms))
        return self._numbers[key]


def own_shape(axes: Sequence[Axis]) -> tuple[int, ...]:
    """The lengths of the kind's own axes."""
    return tuple(len(axis.values) for axis in axes if axis.name not in (*TIME_AXES, "sex", "age"))


def numbered(cells: Cells) -> Iterator[Index]:
    """The places of the cells with a number."""
    return (index for index in np.ndindex(*cells.people.shape) if cells.notes[index] == Note.KNOWN)


def places(cells: Cells) -> Iterator[tuple[Index, str, int, str, str]]:
    """Each cell with a number: its place, its time, the place on its own axes counted through, sex, age."""
    names = [axis.name for axis in cells.axes]
    shape = tuple(len(axis.values) for axis in cells.axes)
    own = [i for i, name in enumerate(names) if name not in (*TIME_AXES, "sex", "age")]
    own_shape = tuple(shape[i] for i in own)
    for index in numbered(cells):
        at = {name: str(cells.axes[i].values[index[i]]) for i, name in enumerate(names) if i not in own}
        time = next(at[name] for name in TIME_AXES if name in at)
        place = int(np.ravel_multi_index([index[i] for i in own], own_shape)) if own else 0
        yield index, time, place, at.get("sex", ALL), at.get("age", ALL)
