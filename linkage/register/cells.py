"""How cells of a register are compared with what a map says."""

from __future__ import annotations

import unicodedata


def plain(cell: str) -> str:
    """The cell without spaces around it, letters stored in one way (NFC: some systems split å in two)."""
    return unicodedata.normalize("NFC", cell).strip()
