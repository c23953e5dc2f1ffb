"""The public keys that travel beside an agreement, as *.pub files in its folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from keys.identity import PublicIdentity, PublicRoundKey, parse_public
from linkage.agreement.model import Agreement
from linkage.errors import KeysError, Text

MAX_KEY_BYTES = 64 * 1024

PublicKey: TypeAlias = PublicIdentity | PublicRoundKey


class StrangeFileError(KeysError):
    """A .pub file beside the agreement is no public key of ours."""

    hint = "ask its owner for it again; only the .pub files of the agreement belong beside it"


class NamesakeError(KeysError):
    """Two public keys go by one name."""

    hint = "keep the one whose fingerprint its owner tells you by phone"


class MissingFileError(KeysError):
    """A public key that the agreement names is not beside it."""

    hint = "put the .pub file with this fingerprint beside the agreement"


def public_keys(folder: Path) -> dict[str, PublicKey]:
    """fingerprint → key of every *.pub file in the folder. Raises KeysError, which names the file."""
    found = (_public_key(path) for path in sorted(folder.glob("*.pub")))
    return {key.fingerprint: key for key in found}


def _public_key(path: Path) -> PublicKey:
    try:
        with path.open("rb") as file:
            return parse_public(file.read(MAX_KEY_BYTES).decode("utf-8-sig"))
    except KeysError as error:
        raise StrangeFileError("{what}: {path}", what=error.message, path=path) from None
    except (OSError, UnicodeDecodeError):
        raise StrangeFileError("this is no public key file: {path}", path=path) from None


def by_name(
    agreement: Agreement, keys: Mapping[str, PublicKey]
) -> tuple[dict[str, PublicKey], tuple[Text, ...]]:
    """The keys that the agreement can use, by NAME or NAME-round, and what is said of those it cannot."""
    found: dict[str, PublicKey] = {}
    notes: list[Text] = []
    for key in keys.values():
        if isinstance(key, PublicIdentity):
            if key.name in found:
                raise NamesakeError("two public keys are called {name}", name=key.name)
            found[key.name] = key
    matcher = found.get(agreement.matcher.name)
    for key in keys.values():
        if not isinstance(key, PublicRoundKey):
            continue
        name = f"{key.name}-round"
        if (key.name, key.agreement, key.round) != (agreement.matcher.name, agreement.name, agreement.round):
            values: dict[str, object] = {"name": name, "agreement": key.agreement, "round": key.round}
            notes.append(Text("{name}.pub is for {agreement}, round {round}: not used", values))
        elif not isinstance(matcher, PublicIdentity):
            notes.append(
                Text("{name}.pub waits for the .pub of {signer}", {"name": name, "signer": key.name})
            )
        elif name in found:
            raise NamesakeError("two round keys are called {name}", name=name)
        else:
            key.verify(matcher)
            found[name] = key
    return found, tuple(notes)


def named_keys(agreement: Agreement, keys: Mapping[str, PublicKey]) -> dict[str, bytes]:
    """File name → text of every public key that the agreement names, the round key checked."""
    matcher = agreement.matcher
    wanted = {p.name: p.identity for p in agreement.parties}
    wanted |= {matcher.name: matcher.identity, f"{matcher.name}-round": matcher.round_key}
    found: dict[str, PublicKey] = {}
    for name, fingerprint in wanted.items():
        key = keys.get(fingerprint or "")
        if key is None:
            raise MissingFileError("no {name}.pub with {fingerprint}", name=name, fingerprint=fingerprint)
        found[name] = key
    usable, _ = by_name(agreement, {key.fingerprint: key for key in found.values()})
    for name, key in found.items():
        if usable.get(name) is not key:
            raise MissingFileError(
                "the key with {fingerprint} is not of {name}", name=name, fingerprint=key.fingerprint
            )
    return {f"{name}.pub": key.to_text().encode() for name, key in found.items()}
