"""A party's registers → a sealed package for the matcher: the whole way, what fails soonest first."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from keys.atomic import whole_file
from keys.errors import KeysError
from keys.identity import PublicIdentity, PublicRoundKey
from linkage import register
from linkage.commands.agreement_files import load, load_ready
from linkage.commands.agreement_keys import public_keys
from linkage.commands.export_facts import ExportFacts
from linkage.commands.export_map import ShortMap, choose
from linkage.commands.export_numbers import pairs
from linkage.commands.export_problems import with_problems, write_problems
from linkage.commands.export_warnings import warnings
from linkage.commands.identities import read_identity
from linkage.commands.secret import own_party, read_secret
from linkage.errors import FileError, UsageError
from linkage.package import read
from linkage.package.layout import Layout
from linkage.package.pairs import Pairs
from linkage.package.rows import Rows
from linkage.package.write import Written, write
from linkage.tokens import seeds, tokens

if TYPE_CHECKING:
    from keys.identity import Identity
    from keys.secret import Secret
    from linkage.agreement.model import Agreement, Party

__all__ = ["ExportFacts", "ShortMap", "export"]

Ask: TypeAlias = Callable[[], str]
Progress: TypeAlias = Callable[[int, int, int], None]


class RoundKeyMissingError(KeysError):
    """The round key or the matcher's identity is not beside the agreement."""

    hint = "put the matcher's .pub files, with the agreement's fingerprints, beside the agreement"


class WrongRoundKeyError(KeysError):
    """The round key beside the agreement was made for another round."""

    hint = "ask the matcher for the round key of this round; the agreement must name its fingerprint"


class OtherFamilyError(KeysError):
    """The secret is that of another family of agreements."""

    hint = "use another folder for each family, or name the file with --secret"


class NotWrittenError(FileError):
    """The package or a file beside it cannot be written."""

    hint = "see that the folder is there and the disk has room, or name another file with --out"


class OverwriteError(UsageError):
    """The package would be written over a register, a key, or whatever else is no package."""

    hint = "name another file with --out; packages usually end in .link"


@dataclass(frozen=True, repr=False)
class _Keys:
    """What a package is made with."""

    secret: Secret
    round_key: PublicRoundKey


def export(
    *,
    agreement: Path,
    registers: Sequence[Path],
    register_map: Path | None,
    short: ShortMap,
    identity: Path,
    secret: Path,
    out: Path | None,
    dry_run: bool,
    ask: Ask | None,
    ask_database: Callable[[str], str] | None = None,
    progress: Progress | None,
    now: dt.datetime | None = None,
    max_refused: str = register.USUAL_LIMIT,
) -> ExportFacts:
    """Read registers, turn identity numbers into tokens, write the package; or, dry, only read and report.

    Which party it is, the identity tells. ask: for passphrases; ask_database: for the password of a database,
    by its name. progress: called with bytes read, bytes there are (0: nobody knows), and rows. now: aware;
    the package's time and sequence. A dry run needs neither the secret nor the other keys, comes with a draft
    too, and gives the facts even where the register is at fault (see `fault`).
    max_refused: the share of rows that may be refused for mistakes in them, as "1%".
    Raises AgreementError, KeysError, UsageError, RegisterError, FileError; then no package was written.
    """
    limit = register.Limit.parse(max_refused)
    agreed = load(agreement) if dry_run else load_ready(agreement)
    me = read_identity(identity, ask)
    party = _party(agreed, me)
    keys = None if dry_run else _keys(agreed, agreement.parent, secret, ask)
    chosen = choose(registers, register_map, short, party)
    package = out or Path(f"{agreed.slug}-{party.name}.link")
    inputs = [chosen.folder / source.file for source in chosen.register_map.sources]
    _check_place(package, [*inputs, Path(chosen.name), agreement, identity, secret])
    plan = register.plan(chosen.register_map, agreed, party, chosen.name, chosen.folder)
    read = register.read(plan, chosen.folder, agreed.dimensions, progress, ask_database)
    fault = read.fault or limit.fault(read, plan.scheme)
    if fault is not None and not dry_run:
        raise with_problems(fault, read, chosen.folder)
    try:
        problems = write_problems(read, chosen.folder)
        written = _write(agreed, party, me, keys, read, package, now or dt.datetime.now(dt.UTC))
    except OSError as error:
        raise NotWrittenError(
            "cannot be written ({reason}): {path}", reason=error.strerror, path=error.filename or package
        ) from None
    quality = register.quality(read, plan)
    return ExportFacts(
        party=party.name,
        round=agreed.slug,
        scheme=agreed.scheme,
        package=None if written is None else package,
        written=written,
        people=len(read.folded),
        series=read.folded.people(),
        summary=read.folded.summary,
        files=read.files,
        problems=problems,
        agreement=agreed.name,
        number=agreed.round,
        digest=None if agreed.digest is None else agreed.digest.hex(),
        quality=quality,
        warnings=warnings(plan, read, quality, agreed, mapped=not registers),
        fault=fault,
    )


def _check_place(package: Path, inputs: Sequence[Path]) -> None:
    """Before the long work: the package has a folder, and replaces an earlier package or nothing."""
    if not package.parent.is_dir():
        raise NotWrittenError("no such folder: {path}", path=package.parent)
    if package.resolve() in {path.resolve() for path in inputs}:
        raise OverwriteError("the package would replace a file that it is made from: {path}", path=package)
    if os.path.lexists(package) and not _is_package(package):
        raise OverwriteError("the package would replace a file that is no package: {path}", path=package)


def _is_package(path: Path) -> bool:
    """Whether a file begins as a package does, of whatever version."""
    family = read.MAGIC.partition(b"/")[0] + b"/"
    if not path.is_file():  # nor does this wait for a named pipe
        return False
    with path.open("rb") as stream:
        return stream.read(len(family)) == family


def _party(agreed: Agreement, me: Identity) -> Party:
    """The party that has this identity; in a draft, which has none yet, the party of its name."""
    draft = {p.name: p for p in agreed.parties if p.identity is None}
    return draft.get(me.name) or agreed.party(own_party(agreed, me))


def _keys(agreed: Agreement, folder: Path, path: Path, ask: Ask | None) -> _Keys:
    """The secret, and the round key with the matcher's signature checked (not only its fingerprint)."""
    found = public_keys(folder)
    matcher, round_key = found.get(agreed.matcher.identity or ""), found.get(agreed.matcher.round_key or "")
    if not isinstance(matcher, PublicIdentity) or not isinstance(round_key, PublicRoundKey):
        raise RoundKeyMissingError(
            "the public keys of {matcher} are not beside the agreement", matcher=agreed.matcher.name
        )
    round_key.verify(matcher)
    if (round_key.agreement, round_key.round) != (agreed.name, agreed.round):
        raise WrongRoundKeyError(
            "the round key is for {agreement}, round {round}",
            agreement=round_key.agreement,
            round=round_key.round,
        )
    secret = read_secret(path, ask)
    if secret.family != agreed.name:
        raise OtherFamilyError(
            "{path} is the secret of another family: {family}", path=path, family=secret.family
        )
    return _Keys(secret, round_key)


def _write(
    agreed: Agreement,
    party: Party,
    me: Identity,
    keys: _Keys | None,
    read: register.Read,
    package: Path,
    now: dt.datetime,
) -> Written | None:
    """The package, whole or not at all; none without keys."""
    if keys is None:
        return None
    digest = agreed.digest or b""
    with whole_file(package) as stream:
        return write(
            stream,
            agreement=agreed,
            rows=_rows(agreed, party, keys.secret, digest, read.folded),
            summary_json=read.folded.summary.to_json(),
            pairs=_pairs(keys.secret, digest, read.folded),
            check=keys.secret.check(digest),
            sender=me,
            round_key=keys.round_key,
            now=now,
        )


def _rows(agreed: Agreement, party: Party, secret: Secret, digest: bytes, folded: register.Folded) -> Rows:
    layout = Layout.of(agreed, party.name)
    return Rows(
        tokens=tokens(secret.token_key(digest), folded.identifiers),
        presence={s.key: folded.presence[s.name] for s in party.series if not s.value},
        amounts={s.key: folded.amounts[s.name] for s in party.series if s.value},
        seeds=seeds(secret.seed_key(), folded.identifiers) if layout.seed else None,
        sex=folded.sex if layout.sex else None,
        age=folded.age if layout.ages is not None else None,
    )


def _pairs(secret: Secret, digest: bytes, folded: register.Folded) -> Pairs:
    """Numbers that people had before, for the rows of others."""
    if folded.changed is None:
        return Pairs.none()
    return pairs(folded.changed, tokens(secret.token_key(digest), folded.changed.identifiers))
