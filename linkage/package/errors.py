"""Why a package is refused: one class per check of docs/package.md, in the order of the checks.

Messages name parties, parts and counts of parts, never a row.
"""

from __future__ import annotations

from typing import ClassVar

from linkage.errors import PackageError


class FormatError(PackageError):
    """(1) The file is not a whole package of this format."""

    hint: ClassVar[str] = "it was cut or changed on the way, or is another kind of file: ask for it again"


class AnotherFormatError(PackageError):
    """(1) A package of another version."""

    hint: ClassVar[str] = "sender and matcher need the same version of this program"


class AnotherAgreementError(PackageError):
    """(2) The package was made for an agreement of another name."""

    hint: ClassVar[str] = "choose the agreement that the package was made for, or ask for the right package"


class AnotherRoundError(PackageError):
    """(2) The package was made for another round of the same agreement."""

    hint: ClassVar[str] = "ask the sender to export again with the agreement of this round"


class AnotherDigestError(PackageError):
    """(2) The sender's copy of the agreement differs."""

    hint: ClassVar[str] = "compare the two copies with: linkage agreement diff"


class StrangerError(PackageError):
    """(3) The sender is no party of the agreement."""

    hint: ClassVar[str] = "take packages only from the parties of the agreement"


class OtherPartyError(PackageError):
    """(3), (5) One party sends in the name of another."""

    hint: ClassVar[str] = "each party exports with its own identity: ask both who made the package"


class AnotherMatcherError(PackageError):
    """(4) The package is sealed for another matcher."""

    hint: ClassVar[str] = "ask the sender whom the package is meant for"


class AnotherRoundKeyError(PackageError):
    """(4) The package is sealed to another round key."""

    hint: ClassVar[str] = "ask the sender to export again with the round key that the agreement names"


class PackageSignatureError(PackageError):
    """(5) The package was altered on the way, or signed by somebody else."""

    hint: ClassVar[str] = "ask the sender to send the package again; do not edit it"


class AnotherSecretError(PackageError):
    """(6) Packages of the round were made with different secrets: nobody would be found twice."""

    hint: ClassVar[str] = "the parties compare their secrets (same file from the same maker) and export again"


class ColumnsError(PackageError):
    """(7) The columns are not the ones that the agreement asks this party for."""

    hint: ClassVar[str] = "ask the sender to export again with the agreement of this round"


class SequenceError(PackageError):
    """(8) A newer package of the same party is here already, or this one's twin with other content."""

    hint: ClassVar[str] = "the newest export counts; to correct it, export once more"


class FutureError(PackageError):
    """(8) The package says that it is of a later day: nothing newer could ever take its place."""

    hint: ClassVar[str] = "sender and matcher set their clocks (linkage doctor shows it), then export again"


class DamagedPartError(PackageError):
    """(9), (10) A part is not the one that the sender signed."""

    hint: ClassVar[str] = "the file was damaged or edited: ask the sender to send the package again"


class PartSealError(PackageError):
    """(11) The round key does not open the part: it was sealed to another key or for another place."""

    hint: ClassVar[str] = (
        "use the round key that the agreement names; if it is that one, a new round is needed"
    )


class PartError(PackageError):
    """(12) What was sealed is not a part: its count, its length or its padding is wrong."""

    hint: ClassVar[str] = "the sender's program made it wrong: update it, and make a new round"


class TokenOrderError(PackageError):
    """(13) Tokens are not strictly ascending inside their range."""

    hint: ClassVar[str] = "the sender's program made it wrong: update it, and make a new round"


class DimensionError(PackageError):
    """(14) A sex or an age that the agreement does not know."""

    hint: ClassVar[str] = "the sender's program made it wrong: update it, and make a new round"


class PresenceError(PackageError):
    """(15) Presence outside the window, dates of a series without dates, or a row without all."""

    hint: ClassVar[str] = "the sender's program made it wrong: update it, and make a new round"


class AmountError(PackageError):
    """(15) An amount is above the largest that is agreed."""

    hint: ClassVar[str] = "the sender's program made it wrong: update it, and make a new round"


class SummaryError(PackageError):
    """(16) The summary is not canonical JSON of a table."""

    hint: ClassVar[str] = "the sender's program made it wrong: update it, and make a new round"


class PairError(PackageError):
    """(17) Pairs of changed numbers are not strictly ascending, or a number replaces itself."""

    hint: ClassVar[str] = "the sender's program made it wrong: update it, and make a new round"


class WriteError(PackageError):
    """A package cannot be made of what was given."""

    hint: ClassVar[str] = "use the agreement, the identity and the round key of this round"
