"""The secret of the parties: make, hand over, accept, destroy. Called by `cli`, export and the demo.

Nothing that the matcher runs imports this: the matcher must never have the secret.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from keys import exchange, files, receipts
from keys.atomic import whole_file
from keys.errors import KeysError
from keys.identity import Identity, PublicIdentity, PublicRoundKey
from keys.secret import Secret, settle
from linkage.commands.agreement_files import load_ready
from linkage.commands.agreement_keys import public_keys
from linkage.commands.identities import Ask, read_identity
from linkage.errors import FileError

if TYPE_CHECKING:
    from linkage.agreement.model import Agreement


class NotTheMakerError(KeysError):
    """Another party makes the secret: two secrets would match nobody."""

    hint = "wait for the file secret-PARTY.link that bears your name, then: linkage secret accept FILE"


class NotInAgreementError(KeysError):
    """The identity at hand is not the one that the agreement names for this role."""

    hint = "use the identity.key whose fingerprint stands in the agreement (linkage keys show)"


class MatcherSecretError(KeysError):
    """The matcher must never hold the secret: it could undo every token."""

    hint = "the secret is for the parties alone; the matcher needs only its identity and its round key"


def read_secret(path: Path, ask: Ask | None) -> Secret:
    """The secret in a key file. Raises KeysError."""
    return Secret.from_bytes(files.read_private(path, "secret", ask))


def own_party(agreement: Agreement, identity: Identity) -> str:
    """Name of the party that this identity is in the agreement. Raises KeysError for anybody else."""
    fingerprint = identity.public.fingerprint
    if fingerprint == agreement.matcher.identity:
        raise MatcherSecretError("this is the matcher's identity, which must never have the secret")
    for party in agreement.parties:
        if party.identity == fingerprint:
            return party.name
    raise NotInAgreementError(
        "no party of the agreement {name} has this identity: {own}",
        name=agreement.slug,
        own=fingerprint,
    )


@dataclass(frozen=True)
class MadeSecret:
    """A new secret, and the sealed hand-over for each other party."""

    family: str
    key: Path
    handed: dict[str, Path]
    passphrase: bool


def create_secret(
    agreement: Path,
    *,
    identity: Path,
    secret: Path,
    folder: Path,
    passphrase: str | None,
    ask: Ask | None,
) -> MadeSecret:
    """Make the family's secret, and one sealed secret-PARTY.link in `folder` for each other party.

    An existing secret of the family is handed over again, not replaced: a party may join later.
    """
    agreed = load_ready(agreement)
    maker = read_identity(identity, ask)
    name = own_party(agreed, maker)
    first = agreed.parties[0].name
    if name != first:
        raise NotTheMakerError("the first party of the agreement, {first}, makes the secret", first=first)
    known = public_keys(agreement.parent)
    receivers = {p.name: _receiver(known, p.name, p.identity) for p in agreed.parties if p.name != name}
    if secret.exists():
        made = read_secret(secret, ask)
        if made.family != agreed.name:
            raise KeysError(
                "{path} is the secret of another family: {family}",
                path=secret,
                family=made.family,
                hint="use another folder for each family, or name the file with --secret",
            )
    else:
        made = Secret.create(agreed.name, maker.public.fingerprint)
        files.write_private(secret, "secret", made.to_bytes(), passphrase)
    handed: dict[str, Path] = {}
    for party, public in receivers.items():
        handed[party] = folder / f"secret-{party}.link"
        sealed = exchange.hand_over(made, maker, public)
        with whole_file(handed[party]) as stream:
            stream.write(sealed)
    return MadeSecret(agreed.name, secret, handed, passphrase is not None)


def _receiver(
    known: Mapping[str, PublicIdentity | PublicRoundKey], name: str, fingerprint: str | None
) -> PublicIdentity:
    key = known.get(fingerprint or "")
    if not isinstance(key, PublicIdentity):
        raise KeysError(
            "the public identity of {party} is not beside the agreement",
            party=name,
            hint="put its NAME.pub, with the fingerprint that stands in the agreement, in the same folder",
        )
    return key


@dataclass(frozen=True)
class AcceptedSecret:
    """The secret that was handed over, now in a key file of one's own. handed: as of DestroyedSecret."""

    family: str
    maker: str
    key: Path
    already: bool
    passphrase: bool
    handed: tuple[Path, ...] = ()


def accept_secret(
    handed: Path,
    agreement: Path,
    *,
    identity: Path,
    secret: Path,
    passphrase: str | None,
    ask: Ask | None,
) -> AcceptedSecret:
    """Open a hand-over and keep the secret. A different secret is never replaced; the same one is fine."""
    agreed = load_ready(agreement)
    receiver = read_identity(identity, ask)
    own_party(agreed, receiver)
    first = agreed.parties[0]
    maker = _receiver(public_keys(agreement.parent), first.name, first.identity)
    try:
        data = handed.read_bytes()
    except OSError:
        raise FileError("cannot read {path}", path=handed, hint="check the path") from None
    opened = exchange.accept(data, receiver, {maker.fingerprint: maker}, agreed.name)
    held = read_secret(secret, ask) if secret.exists() else None
    if settle(held, opened):
        files.write_private(secret, "secret", opened.to_bytes(), passphrase)
    return AcceptedSecret(
        agreed.name, first.name, secret, held is not None, passphrase is not None, _handed(secret, handed)
    )


def _handed(*paths: Path) -> tuple[Path, ...]:
    """The sealed hand-overs beside these files: with an identity.key they would bring a secret back."""
    folders = dict.fromkeys(path.parent for path in paths)
    found = [link for folder in folders for link in sorted(folder.glob("secret-*.link"))]
    return tuple(dict.fromkeys([*(path for path in paths if path.suffix == ".link"), *found]))


class ReceiptPlaceError(FileError):
    """The receipt cannot be where it was asked for. Said before anything is destroyed."""

    hint = "nothing was destroyed: name another file with --out"


class DestroyedBeforeError(KeysError):
    """There is nothing left to destroy."""

    hint = "keep the receipt; there is nothing left to do"


@dataclass(frozen=True)
class DestroyedSecret:
    """The secret is gone; the signed receipt says so.

    handed: sealed hand-overs that lie beside it, with which their receivers would bring it back.
    """

    family: str
    receipt: Path
    handed: tuple[Path, ...] = ()


def destroy_secret(
    *, identity: Path, secret: Path, out: Path, ask: Ask | None, now: dt.datetime
) -> DestroyedSecret:
    """Destroy the secret's file and write a signed receipt. now: with a time zone.

    The receipt is on the disk before the secret is gone, and gets its name after: it never attests to what
    did not happen, and a full disk costs neither. Raises ReceiptPlaceError where something is at `out`, be it
    an earlier receipt or a key: it is never replaced.
    """
    if not os.path.lexists(secret) and out.is_file():
        _check_not_destroyed(secret, out, read_identity(identity, ask))
    if os.path.lexists(out):
        raise ReceiptPlaceError("{path} is there already", path=out)
    if not out.parent.is_dir():
        raise ReceiptPlaceError("no such folder: {folder}", folder=out.parent)
    holder = read_identity(identity, ask)
    held = read_secret(secret, ask)
    with whole_file(out, replace=False) as stream:
        stream.write(receipts.receipt(holder, receipts.secret_destroyed(held, now)))
        stream.flush()
        files.destroy(secret)
    return DestroyedSecret(held.family, out, _handed(secret))


def _check_not_destroyed(secret: Path, out: Path, holder: Identity) -> None:
    """Raises DestroyedBeforeError where what lies at `out` is this holder's receipt of a secret."""
    try:
        facts = receipts.verify_receipt(out.read_bytes(), holder.public)
    except (KeysError, OSError):
        return
    if facts.get("destroyed") == "secret":
        raise DestroyedBeforeError(
            "the secret {secret} was destroyed before: {path} is its receipt", secret=secret, path=out
        )
