"""Identity numbers: text → canonical form, or kind and reason. One module per scheme."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from linkage.identifiers.dk import Danish
from linkage.identifiers.fi import Finnish
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
from linkage.identifiers.no import Norwegian
from linkage.identifiers.se import Swedish
from linkage.identifiers.text import Texts

if TYPE_CHECKING:
    from linkage.dimensions import Dimensions
    from linkage.errors import Text

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
    "reasons",
    "scheme",
]

_SCHEMES: dict[str, Callable[[], Scheme]] = {
    "se": Swedish,
    "no": Norwegian,
    "dk": Danish,
    "fi": Finnish,
}


def scheme(name: str, pattern: str = "") -> Scheme:
    """A scheme by its name, made for one export. pattern: the agreement's, for "text" alone.

    Raises UnknownSchemeError.
    """
    if name == Texts.name:
        return Texts(pattern)
    if name not in _SCHEMES:
        raise UnknownSchemeError("not yet: identifiers of the scheme {name!r}", name=name)
    return _SCHEMES[name]()


def reasons(name: str) -> tuple[tuple[str, Text], ...]:
    """The reasons of the scheme of this name, as `Scheme.reasons`. Raises UnknownSchemeError."""
    return Texts.reasons if name == Texts.name else scheme(name).reasons


def dimensions(identifiers: Identifiers, dimensions: Dimensions) -> tuple[Codes, Codes]:
    """What the agreement lets a party derive from its n identifiers.

    Returns sex (codes of `linkage.dimensions.SEXES`) and age (0, or 1 + the index of the piece that holds
    the completed years on the agreed day), each of shape (n,); zeros where not agreed.
    """
    return identifiers.dimensions(dimensions)
