"""What the match needs of a package that passed intake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keys.identity import RoundKey
    from linkage.package.layout import Layout
    from linkage.package.pairs import Pairs
    from linkage.package.rows import Rows


class Package(Protocol):
    """A sealed package; `linkage.intake.Package` is one. Opening must be safe from several threads."""

    @property
    def party(self) -> str:
        """The sender's name in the agreement."""
        ...

    @property
    def layout(self) -> Layout:
        """The columns of its rows."""
        ...

    @property
    def size(self) -> int:
        """Bytes of the whole package."""
        ...

    @property
    def ranges(self) -> int:
        """log2 of the number of token ranges."""
        ...

    @property
    def pairs(self) -> int:
        """Number of parts with pairs of changed numbers."""
        ...

    def open_pairs(self, round_key: RoundKey) -> Pairs:
        """All pairs of a newest and a previous token that the party knows, ascending."""
        ...

    def open_range(self, index: int, round_key: RoundKey) -> Rows:
        """The rows whose tokens lie in range `index`, ascending by token."""
        ...

    def summary(self, round_key: RoundKey) -> Mapping[str, Any]:
        """The party's own counts."""
        ...
