"""What a kind of measure is to whoever counts: a table of one block, and figures of the sum of all blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.measures.evaluate import Block
    from linkage.measures.facts import Time, Where
    from linkage.measures.figures import Cells
    from linkage.measures.kinds.table import Table


class Kind(Protocol):
    """One measure, ready to be asked of every block.

    Made of the measure, the frame, and the program that its expressions become steps of.
    """

    def block(self, block: Block) -> Table:
        """The table of one block. Tables of blocks add."""
        ...

    def cells(self, total: Table) -> Cells:
        """The figures: `total` is the sum of the tables of all blocks."""
        ...

    def told(self, time: Time) -> Sequence[Where | None]:
        """For each place of the own axes, in their order, what is true of the people counted in that row.

        None where nothing is known; empty where the row counts something else than people.
        """
        ...
