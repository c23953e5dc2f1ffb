"""The key of a round: made once, noted in the ledger before anything can be sealed to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from keys import files
from keys.atomic import whole_file
from keys.identity import Identity, RoundKey
from linkage.commands.identities import read_identity
from linkage.commands.matcher_desk import ledger_or_new, utc_now
from linkage.errors import Error, KeysError, Text
from linkage.ledger import Ledger, RoundId

KEY = "round.key"


class KeyOfAnotherRoundError(KeysError):
    """A round key is there already, of another round or another matcher."""

    hint: ClassVar[str] = (
        "make it in a folder of its own beside this one, with --identity {identity} --ledger {ledger}: "
        "one ledger for all rounds"
    )


@dataclass(frozen=True)
class RoundKeyFacts:
    """A round key: where it lies, and its fingerprint. already: it was there, and what lacked was added.

    notes: what the matcher should look at.
    """

    name: str
    fingerprint: str
    key: Path
    public: Path
    passphrase: bool
    already: bool
    notes: tuple[Text, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The facts, for --json."""
        return {
            "name": f"{self.name}-round",
            "fingerprint": self.fingerprint,
            "key": str(self.key),
            "public": str(self.public),
            "already": self.already,
        }


def round_key(
    agreement_name: str,
    number: int,
    *,
    identity: Path,
    folder: Path,
    passphrase: str | None,
    ledger: str,
    ask: Callable[[], str] | None = None,
    now: dt.datetime | None = None,
) -> RoundKeyFacts:
    """Make the key of a round in `folder`: round.key for the matcher alone, NAME-round.pub for everybody.

    passphrase: of the round key, None for none. ask: for the passphrase of the identity. Called again for the
    same round, it finishes what was left undone and makes no other key.
    Raises KeysError where a key of another round is there, StateError where the round has begun.
    """
    signer = read_identity(identity, ask)
    round_id = RoundId(agreement_name, number)
    path, public = folder / KEY, folder / f"{signer.name}-round.pub"
    already = path.exists()
    if already:
        beside = {"identity": _beside(str(identity), folder), "ledger": _ledger_beside(ledger, folder)}
        key = _found(path, passphrase, round_id, signer, beside)
    books, notes = ledger_or_new(ledger)
    if not already:
        key = _made(round_id, signer, books)
    if not already:
        files.write_private(path, "round", key.to_bytes(), passphrase)
    try:
        books.note_round_key(round_id, key.public.fingerprint, now or utc_now())
    except Error:
        if not already:  # nobody has seen it, so nothing can be sealed to it
            files.destroy(path)
        raise
    with whole_file(public) as stream:
        stream.write(key.public.to_text().encode())
    return RoundKeyFacts(
        signer.name, key.public.fingerprint, path, public, passphrase is not None, already, notes
    )


def _beside(path: str, folder: Path) -> str:
    """How a file is named from a folder beside this one."""
    return path if Path(path).is_absolute() else f"../{folder.resolve().name}/{Path(path).as_posix()}"


def _ledger_beside(url: str, folder: Path) -> str:
    start = "sqlite:///"
    return start + _beside(url.removeprefix(start), folder) if url.startswith(start) else url


def _made(round_id: RoundId, signer: Identity, books: Ledger) -> RoundKey:
    """A new key, where the ledger would note it."""
    books.check_not_begun(round_id)
    return RoundKey.generate(signer.name, round_id.name, round_id.number, signer)


def _found(
    path: Path, passphrase: str | None, round_id: RoundId, signer: Identity, beside: Mapping[str, str]
) -> RoundKey:
    """The key that is there. beside: how identity and ledger are named from a folder beside this one."""
    ask = None if passphrase is None else lambda: passphrase
    key = RoundKey.from_bytes(files.read_private(path, "round", ask))
    public = key.public
    if (public.agreement, public.round, public.signer) != (
        round_id.name,
        round_id.number,
        signer.public.fingerprint,
    ):
        raise KeyOfAnotherRoundError(
            "{path} is the key of {found}",
            path=path,
            found=RoundId(public.agreement, public.round),
            identity=beside["identity"],
            ledger=beside["ledger"],
        )
    return key
