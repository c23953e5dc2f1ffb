"""Identity numbers: text → canonical form, or kind and reason. One module per scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.identifiers.model import (
    NO_KEY,
    Canonical,
    Codes,
    Identifiers,
    Keys,
    NotCanonicalError,
    Reading,
    Scheme,
    UnknownSchemeError,
)
from linkage.identifiers.se import Swedish

if TYPE_CHECKING:
    from linkage.dimensions import Dimensions

__all__ = [
    "NO_KEY",
    "Canonical",
    "Codes",
    "Identifiers",
    "Keys",
    "NotCanonicalError",
    "Reading",
    "Scheme",
    "UnknownSchemeError",
    "dimensions",
    "scheme",
]

_SCHEMES: dict[str, Scheme] = {"se": Swedish()}


def scheme(name: str) -> Scheme:
    """The scheme of this name. Raises UnknownSchemeError."""
    if name not in _SCHEMES:
        raise UnknownSchemeError("not yet: identifiers of the scheme {name!r}", name=name)
    return _SCHEMES[name]


def dimensions(identifiers: Identifiers, dimensions: Dimensions) -> tuple[Codes, Codes]:
    """What the agreement lets a party derive from its n identifiers.

    Returns sex (codes of `linkage.dimensions.SEXES`) and age (0, or 1 + the index of the piece that holds
    the completed years on the agreed day), each of shape (n,); zeros where not agreed.
    """
    return identifiers.dimensions(dimensions)
