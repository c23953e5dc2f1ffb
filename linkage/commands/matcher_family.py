"""The key of a family: made once, noted in the ledger, used for all its rounds, destroyed with the family."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from keys import files, receipts
from keys.atomic import leftovers, whole_file
from keys.family import FamilyKey
from keys.identity import Identity
from keys.names import check_name
from linkage.commands.identities import read_identity
from linkage.commands.matcher_desk import OtherFamilyError, ledger_or_new, read_family_key, utc_now
from linkage.errors import Error, FileError, KeysError, LedgerError, Text
from linkage.ledger import FamilyNote, Ledger
from linkage.ledger.families import check_going_on

Ask = Callable[[], str]


class KeyMadeBeforeError(KeysError):
    """The family has its key, and it is not here."""

    hint: ClassVar[str] = (
        "restore it from its backup. A new key would be new noise on the same people, and averages over "
        "rounds would tell more than was agreed: where it is lost for good, agree on a new name"
    )


class NoFamilyError(LedgerError):
    """The ledger has seen no key of the family."""

    hint: ClassVar[str] = "perhaps --ledger or --agreement-name names another"


class FamilyReceiptError(FileError):
    """The receipt cannot be where it was asked for. Said before anything is destroyed."""

    hint: ClassVar[str] = "nothing was destroyed: name another file with --out"


class GoneBeforeError(KeysError):
    """The key's destruction was noted, and neither key nor receipt is here."""

    hint: ClassVar[str] = "name the receipt with --out, or the key with --family-key"


@dataclass(frozen=True)
class FamilyKeyFacts:
    """A family's key: where it lies, and its check value. already: it was there. notes: to look at."""

    family: str
    check: str
    key: Path
    already: bool
    notes: tuple[Text, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The facts, for --json."""
        return {"family": self.family, "check": self.check, "key": str(self.key), "already": self.already}

    def lines(self) -> list[Text]:
        """The facts, for a person."""
        return [
            Text(
                "{path}: the key of the family {family}, for all its rounds; never send it to a party",
                {"path": self.key, "family": self.family},
            ),
            Text("check value {check}, noted in the ledger", {"check": self.check}),
        ]

    def after(self) -> Text:
        """The next step."""
        return Text(
            "back up {path}, its passphrase kept elsewhere: without it the family ends", {"path": self.key}
        )


@dataclass(frozen=True)
class EndedFamily:
    """The family's key is gone; the signed receipt says so. already: it was destroyed before."""

    family: str
    receipt: Path
    already: bool

    def as_json(self) -> dict[str, object]:
        """The facts, for --json."""
        return {"family": self.family, "receipt": str(self.receipt), "already": self.already}

    def lines(self) -> list[Text]:
        """The facts, for a person."""
        return [
            Text(
                "the key of the family {family} was destroyed before: {path} is its receipt"
                if self.already
                else "destroyed: the key of the family {family}; {path} is the signed receipt",
                {"family": self.family, "path": self.receipt},
            )
        ]

    def after(self) -> Text:
        """The next step."""
        return Text("send {path} to the parties, and destroy what backups hold", {"path": self.receipt})


def make(
    family: str, *, key: Path, passphrase: str | None, ledger: str, now: dt.datetime | None = None
) -> FamilyKeyFacts:
    """Make the key of a family at `key`, for the matcher alone, and note it in the ledger.

    passphrase: of the key, None for none. Called again for the same family, it finishes what was left undone
    and makes no other key. Raises KeysError where another family's key is there, or this family has its key
    and it is not there; LedgerError.
    """
    check_name(family)
    already = os.path.lexists(key)
    if already:
        made = read_family_key(key, None if passphrase is None else lambda: passphrase)
        if made.family != family:
            raise OtherFamilyError(
                "{path} is the key of the family {found}",
                path=key,
                found=made.family,
                hint="name another file with --family-key: each family has its own key",
            )
    books, notes = ledger_or_new(ledger)
    if not already:
        _check_new(books.family(family), key)
        made = FamilyKey.generate(family)
        files.write_private(key, "family", made.to_bytes(), passphrase)
    try:
        books.note_family(family, made.check(), now or utc_now())
    except Error:
        if not already:  # nothing was ever counted with it
            files.destroy(key)
        raise
    return FamilyKeyFacts(family, made.check(), key, already, notes)


def _check_new(noted: FamilyNote | None, key: Path) -> None:
    """Raises KeyMadeBeforeError where the family has a key, FamilyEndedError where it had one."""
    if noted is not None:
        check_going_on(noted)
        raise KeyMadeBeforeError(
            "the key of the family {family} was made {day:%Y-%m-%d}, and is not at {path}",
            family=noted.name,
            day=noted.created,
            path=key,
        )


def destroy(
    family: str,
    *,
    key: Path,
    identity: Path,
    ledger: str,
    out: Path | None = None,
    ask: Ask | None = None,
    ask_identity: Ask | None = None,
    now: dt.datetime | None = None,
    sure: Callable[[], None] | None = None,
) -> EndedFamily:
    """Destroy a family's key and write a signed receipt: the family ends, and is never matched again.

    out: the receipt; left out, NAME-family-destroyed.json here. sure: called before what cannot be undone,
    and ends it by an exception. The ledger notes the end before the key goes, and the key is moved aside
    before it is overwritten: what was begun is finished by a second call, and nothing is counted in between.
    The receipt is on the disk before the key is gone, and gets its name after.
    Raises KeysError, LedgerError, FileError.
    """
    now = now or utc_now()
    receipt = out if out is not None else Path(f"{check_name(family)}-family-destroyed.json")
    books = Ledger.open(ledger, create=False)
    noted = books.family(family)
    if noted is None:
        raise NoFamilyError("the ledger knows no key of the family {family}", family=family)
    signer = read_identity(identity, ask_identity)
    doomed = key.with_name(f"{key.name}.{family}.destroying")
    begun = noted.destroyed is not None and not os.path.lexists(key)
    if begun and not doomed.exists():
        return _destroyed_before(noted, signer, key, receipt)
    _check_free(receipt)
    if not begun:
        held = _held(family, key, ask)
        if sure is not None:
            sure()
        noted = books.end_family(family, held.check(), now)
        key.replace(doomed)
    facts = receipts.family_key_destroyed(family, noted.check, now)
    try:
        with whole_file(receipt, replace=False) as stream:
            stream.write(receipts.receipt(signer, facts))
            stream.flush()
            for path in [*leftovers(key), doomed]:
                files.destroy(path)
    except OSError as error:
        raise FileError(
            "cannot write {path}: {reason}",
            path=receipt,
            reason=error.strerror,
            hint="make room, or name another file with --out, and run the same command again: it goes on",
        ) from None
    return EndedFamily(family, receipt, already=False)


def _held(family: str, key: Path, ask: Ask | None) -> FamilyKey:
    """The key that is to be destroyed. Raises KeysError."""
    if key.is_symlink():
        raise files.KeyFileError(
            "{file} is a link; nothing was destroyed", file=key, hint="name the file that it points to"
        )
    held = read_family_key(key, ask)
    if held.family != family:
        raise OtherFamilyError("{path} is the key of the family {found}", path=key, found=held.family)
    return held


def _destroyed_before(noted: FamilyNote, signer: Identity, key: Path, receipt: Path) -> EndedFamily:
    """The end that is signed at `receipt`. Raises GoneBeforeError where there is none."""
    try:
        facts = receipts.verify_receipt(receipt.read_bytes(), signer.public)
    except (KeysError, OSError):
        facts = {}
    if (facts.get("destroyed"), facts.get("check")) != (receipts.FAMILY_KEY, noted.check):
        raise GoneBeforeError(
            "the key of the family {family} is noted as destroyed: no key at {path}, no receipt at {receipt}",
            family=noted.name,
            path=key,
            receipt=receipt,
        )
    return EndedFamily(noted.name, receipt, already=True)


def _check_free(receipt: Path) -> None:
    """Raises FamilyReceiptError."""
    if os.path.lexists(receipt):
        raise FamilyReceiptError("{path} is there already", path=receipt)
    if not receipt.parent.is_dir():
        raise FamilyReceiptError("no such folder: {folder}", folder=receipt.parent)
