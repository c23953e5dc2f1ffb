"""The families of errors, one per exit code; each stage derives its own from these.

`cli` turns families into exit codes and nothing else does, so a stage never knows how it was called.
"""

from __future__ import annotations

from typing import ClassVar

from keys.errors import Error, KeysError, Text

__all__ = [
    "AgreementError",
    "Error",
    "FileError",
    "IdentifierError",
    "KeysError",
    "LedgerError",
    "PackageError",
    "RegisterError",
    "ReleaseError",
    "Text",
    "UsageError",
]


class UsageError(Error):
    """The command was called with words that do not fit together (exit 2)."""

    hint = "see --help"


class FileError(Error):
    """A file cannot be read or written (exit 10)."""


class AgreementError(Error):
    """The agreement is not as 2-formats says: all its problems are in `details` (exit 10)."""

    hint = "correct the agreement; every party must hold the same one"


class RegisterError(Error):
    """A register or its map is not as agreed (exit 10)."""

    hint = "correct the register or its map, and export again"


class IdentifierError(Error):
    """An identifier is not canonical where only canonical ones may come (exit 10)."""


class PackageError(Error):
    """A package, a signature or a release file is refused (exit 11)."""

    hint: ClassVar[str] = "ask the sender to export and send the package again; do not edit it"


class ReleaseError(Error):
    """The release is refused; the parties are not told why (exit 13)."""


class LedgerError(Error):
    """The ledger or the network does not answer, or says no (exit 14)."""
