"""The schemes that identifiers are written in, as far as an agreement must know them.

How their numbers are read is told in `linkage.identifiers`; docs/schemes.md gives forms and sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class Agreed:
    """What an agreement may say of a scheme.

    kinds: those that can be linked, in the order of their codes. test: kinds that are given to nobody, for
    rehearsals. tells: whether a number tells sex and age. patterned: whether a pattern says its form.
    """

    kinds: tuple[str, ...]
    test: tuple[str, ...] = ()
    tells: bool = True
    patterned: bool = False


SCHEMES: Final[Mapping[str, Agreed]] = MappingProxyType(
    {
        "se": Agreed(("personnummer", "samordningsnummer")),
        "no": Agreed(("fodselsnummer", "d-nummer", "syntetisk"), test=("syntetisk",)),
        "dk": Agreed(("cpr",)),
        "fi": Agreed(("henkilotunnus", "tilapainen"), test=("tilapainen",)),
        "text": Agreed(("text",), tells=False, patterned=True),
    }
)
