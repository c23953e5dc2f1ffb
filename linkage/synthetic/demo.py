"""What a demo is: made-up registers, the agreement that they are counted under, what the release shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING, Final

from linkage.errors import ReleaseError, Text
from linkage.synthetic.sheets import Sheet

if TYPE_CHECKING:
    from linkage.release import Release


METHODS: Final = ("cellkey", "exact")
"""How a demo can be played: as its file agreement.toml says, or with nothing protected."""
_EXACT: Final = "exact.toml"


class NoFiguresError(ReleaseError):
    """The release lacks the figures that the demo is about."""

    hint = "this is a fault of the demo: please report it"


@dataclass(frozen=True)
class Register:
    """What one party has in its folder: CSV files and the text of its register.toml."""

    party: str
    sheets: tuple[Sheet, ...]
    map: str


@dataclass(frozen=True)
class Demo:
    """A whole round to be played.

    name: the agreement's too; its round is 1. about: one line for the list of demos. seed: everybody who
    plays the demo meets the same made-up people. parties: in the agreement's order, the first makes the
    secret. registers: from a seed; the same seed, the same bytes. headline: the lines that end the demo:
    what the report could say, and what it could not.
    """

    name: str
    about: Text
    seed: int
    parties: tuple[str, ...]
    agreement_text: Callable[[], str]
    registers: Callable[[int], Sequence[Register]]
    headline: Callable[[Release], list[Text]]
    matcher: str = "matcher"

    def under(self, method: str) -> Demo:
        """The same demo, played by one of METHODS; another is a ValueError."""
        if method not in METHODS:
            raise ValueError(f"no demo is played by {method}")
        if method == METHODS[0]:
            return self
        return replace(self, agreement_text=lambda: _unprotected(self.agreement_text()))


def _unprotected(agreement: str) -> str:
    """The agreement with another [release], which ends with an empty line as all its sections do."""
    before, release, rest = agreement.partition("[release]\n")
    _, gap, after = rest.partition("\n\n")
    if not release or not gap:
        raise ValueError("an agreement without a [release] between others")
    return before + packaged(__package__, _EXACT) + "\n" + after


def packaged(package: str, name: str) -> str:
    """The text of a file that lies beside a demo's modules: its agreement, a register map."""
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")


def figure(release: Release, measure: str, key: str = "value", **labels: str) -> Decimal:
    """A number of the release, for the headline. Raises NoFiguresError where it is not there."""
    found = release.table(measure).number(key, **labels)
    if found is None:
        raise NoFiguresError("the release has no figure for the summary of the demo")
    return Decimal(found)


def whole(number: Decimal) -> str:
    """A number of people as a headline shows it: no decimals, thousands apart, seven places wide."""
    return f"{number:,.0f}".replace(",", " ").rjust(7)
