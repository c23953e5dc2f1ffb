"""The digest of an agreement: one number that binds all its values, and none of its comments or layout.

2-formats, "Digest". Tokens are made under it, packages name it, and the parties compare it by phone.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from linkage.canonical import NotCanonical, encode
from linkage.errors import AgreementError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = b"linkage-agreement/1\n"


class CanonicalError(AgreementError):
    """A value has no canonical form: a float, a date, text that is not NFC."""

    hint = "write it as text in quotes"


def canonical(document: Mapping[str, object]) -> bytes:
    """The document as canonical JSON (linkage.canonical).

    Raises CanonicalError for what the digest does not know: floats, dates, control characters, text that is
    not NFC, whole numbers of 2⁵³ and above.
    """
    try:
        return encode(document)
    except NotCanonical as error:
        raise CanonicalError("the agreement has no digest: {reason}", reason=str(error)) from None


def digest(document: Mapping[str, object]) -> bytes:
    """SHA-256("linkage-agreement/1\\n" || canonical(document)), 32 bytes."""
    return hashlib.sha256(PREFIX + canonical(document)).digest()
