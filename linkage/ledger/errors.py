"""Why the ledger does not answer, or says no.

The library's own words are never shown: they may hold the password of a database's address.
"""

from __future__ import annotations

from typing import ClassVar

from linkage.errors import KeysError, LedgerError, PackageError, ReleaseError


class AddressError(LedgerError):
    """The address of the ledger is not one that can be used."""

    hint: ClassVar[str] = "for example sqlite:///ledger.db, or postgresql+psycopg://user@host/database"


class PasswordError(AddressError):
    """A password in the address: others see it in the list of processes, and the shell keeps it."""

    hint: ClassVar[str] = (
        "leave it out: PostgreSQL finds it in ~/.pgpass, or in the file that PGPASSFILE names"
    )


class DriverError(LedgerError):
    """The program has no driver for this kind of database."""

    hint: ClassVar[str] = "for PostgreSQL: pip install 'linkage-service[postgres]'"


class NoLedgerError(LedgerError):
    """There is no ledger at the address."""

    hint: ClassVar[str] = "run this in the matcher's folder, or name the ledger with --ledger"


class UnreachableError(LedgerError):
    """The database does not answer, or the file cannot be opened."""

    hint: ClassVar[str] = "see that the database runs, and that address, user and password are right"


class BusyError(LedgerError):
    """Another program holds the ledger."""

    hint: ClassVar[str] = "wait until the other program is done, and run the same command again"


class ReadOnlyError(LedgerError):
    """The ledger can be read and not written."""

    hint: ClassVar[str] = "give the user who runs this the right to write the ledger, its folder included"


class DamagedError(LedgerError):
    """The file is no database, or a damaged one."""

    hint: ClassVar[str] = "restore the ledger from its newest backup, never an empty one; see docs/ledger.md"


class FullError(LedgerError):
    """No room where the ledger lies."""

    hint: ClassVar[str] = "make room where the ledger lies, and run the same command again"


class FaultError(LedgerError):
    """The database reports what fits none of the other errors."""

    hint: ClassVar[str] = "see the database's own log"


class ForeignError(LedgerError):
    """The database belongs to another program."""

    hint: ClassVar[str] = "name another database, or another schema, with --ledger"


class NewerError(LedgerError):
    """The ledger was written by a newer version of this program."""

    hint: ClassVar[str] = "install the newest version of this program; a ledger does not go back"


class ChainError(LedgerError):
    """The releases in the ledger do not follow one another: a row was changed or removed."""

    hint: ClassVar[str] = "restore the ledger from its newest backup; see docs/ledger.md"


class MeanwhileError(LedgerError):
    """The round was changed by another program between two steps of this one."""

    hint: ClassVar[str] = "run the same command again"


class NotAuditedError(MeanwhileError):
    """A release that this one must be audited with was kept after its audit had begun."""

    hint: ClassVar[str] = "match again: nothing was released, and the packages stay frozen"


class StateError(LedgerError):
    """The round is not in the state that this step starts from."""

    hint: ClassVar[str] = "see linkage status"


class OtherAgreementError(PackageError):
    """The round was begun under another agreement: its packages cannot be counted under this one."""

    hint: ClassVar[str] = "use the agreement that the round began with; one that changed is a new round"


class ClosedError(PackageError):
    """The packages of the round are frozen, or the round has ended."""

    hint: ClassVar[str] = "a round is matched once; a correction is a new round: linkage agreement next"


class OlderError(PackageError):
    """A newer package of the party came in meanwhile."""

    hint: ClassVar[str] = "the newest export counts; to correct it, export once more"


class OtherFamilyKeyError(KeysError):
    """Another key than the family's: it would be other noise on the same people."""

    hint: ClassVar[str] = (
        "name the family's own key with --family-key, or restore it from its backup; lost for good, it ends "
        "the family: agree on a new name, see docs/keys.md"
    )


class FamilyEndedError(KeysError):
    """The family's key is destroyed, and the family has ended with it."""

    hint: ClassVar[str] = "agree on a new name: a new family with its own key and its own secret"


class TooManyReleasesError(ReleaseError):
    """Releases have told of these parties and days as often as they may."""

    hint: ClassVar[str] = (
        "agree on a round of other days; end this one with: linkage purge --give-up; see docs/ledger.md"
    )


class OtherMethodError(ReleaseError):
    """A release of the same parties and days is by another method: one would tell what the other hid."""

    hint: ClassVar[str] = (
        "agree on a round by the same method, or of other days; end this one with: linkage purge --give-up; "
        "see docs/ledger.md"
    )


class MetBeforeError(ReleaseError):
    """A release of the same parties and days is there, and the method of this one stands no other yet."""

    hint: ClassVar[str] = (
        "agree on a round of other days; end this one with: linkage purge --give-up; see docs/ledger.md"
    )


class BudgetSpentError(ReleaseError):
    """A release more would let more be learnt about one person than was promised."""

    hint: ClassVar[str] = (
        "no more is released of these parties and days; end the round with: linkage purge --give-up; "
        "see docs/ledger.md"
    )


class RolledBackError(LedgerError):
    """The ledger does not know what was done with it: it is an older copy, or another ledger."""

    hint: ClassVar[str] = (
        "restore the newest ledger, never an older one; a ledger of its own wants a store of its own "
        "(--store): see docs/ledger.md"
    )
