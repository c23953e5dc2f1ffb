"""The files of a release: written by the match, made again by `report`, checked by `verify`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from keys.atomic import whole_file
from keys.identity import PublicIdentity
from linkage.commands import leftovers
from linkage.commands.agreement_files import load_ready
from linkage.commands.agreement_keys import public_keys
from linkage.commands.identities import read_public
from linkage.errors import FileError, KeysError, LedgerError, Text, UsageError
from linkage.release import parse
from linkage.release import verify as releases

if TYPE_CHECKING:
    from linkage.agreement.model import Agreement
    from linkage.ledger import Released, RoundId
    from linkage.release import Release
    from linkage.texts import Lang

FILE = "release.json"
SIGNATURE = "release.json.sig"
HEAD = 4096  # bytes, in which a release says what it is
LARGEST = 256 * 1024 * 1024  # bytes; the release of the largest agreement stays far below


class OtherReleaseError(FileError):
    """The folder holds the release of another round."""

    hint: ClassVar[str] = "name another folder with --out; a release is never overwritten by another"


class LostReleaseError(LedgerError):
    """The folder holds a release of this round, and the ledger does not know it."""

    hint: ClassVar[str] = "the ledger is older than the release, or another one: see docs/ledger.md"


class WriteError(FileError):
    """The files of a release cannot be written."""

    hint: ClassVar[str] = "nothing is lost: make room, or name another --out, and run the same command again"


class NotVerifiableError(FileError):
    """A file that is neither a release nor a receipt."""

    hint: ClassVar[str] = "verify takes releases and receipts; what another file is: linkage inspect"


class NoSignatureError(FileError):
    """The release came without its signature."""

    hint: ClassVar[str] = "ask the matcher for release.json.sig, and put it beside release.json"


class WhoseKeyError(UsageError):
    """Nothing was given that says whose signature it should be."""

    hint: ClassVar[str] = "name --agreement, or --matcher with a NAME.pub whose fingerprint you compared"


class NoMatcherKeyError(KeysError):
    """The matcher's public key is not at hand."""

    hint: ClassVar[str] = "name the matcher's NAME.pub with --matcher; its fingerprint is in the agreement"


def check_folder(out: Path, round_id: RoundId, released: Released | None) -> None:
    """See that this round's release may be written to `out`. released: what the ledger has of it.

    Raises OtherReleaseError where another release is there, LostReleaseError where one of this round is there
    and none in the ledger: then the ledger was rolled back, and matching again would be a second release.
    """
    if out.exists() and not out.is_dir():
        raise FileError("{path} is not a folder", path=out, hint="name another folder with --out")
    path = out / FILE
    try:
        data = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise FileError(
            "cannot read {path}: {reason}", path=path, reason=error.strerror, hint="name another --out"
        ) from None
    found = _round_of(data)
    if found is None or (released is not None and data == released.release):
        return
    if found != str(round_id):
        raise OtherReleaseError("{path} is the release of {found}", path=path, found=found)
    if released is None:
        raise LostReleaseError("the ledger does not know the release in {path}", path=path)


def _round_of(data: bytes) -> str | None:
    """The round that a release file names, None where it is none."""
    try:
        agreement = json.loads(data)["agreement"]
        return f"{agreement['name']}-{int(agreement['round'])}"
    except (ValueError, TypeError, LookupError, RecursionError):
        return None


def write_all(
    data: bytes, signature: bytes, out: Path, languages: Sequence[Lang]
) -> tuple[tuple[Path, ...], int]:
    """Write release.json, its signature and all reports, each whole; their paths and the number of tables.

    Raises WriteError where the disk does not take them.
    """
    release = parse(data)
    files = [_write(out / FILE, data), _write(out / SIGNATURE, signature)]
    for lang in languages:
        files += [_write(path, content) for path, content in _reports(release, out, lang)]
    return tuple(files), len(release.tables)


def _reports(release: Release, out: Path, lang: Lang) -> Iterator[tuple[Path, bytes]]:
    from linkage import report  # late: it loads pandas and altair, which receive and status never need

    yield out / f"report.{lang.value}.html", report.html(release, lang).encode()
    yield out / f"report.{lang.value}.xlsx", report.excel(release, lang)
    for name, content in report.csv(release, lang).items():
        yield out / "csv" / lang.value / name, content


def _write(path: Path, content: bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as stream:
            stream.write(content)
    except OSError as error:
        raise WriteError("cannot write {path}: {reason}", path=path, reason=error.strerror) from None
    leftovers.clear(path)
    return path


@dataclass(frozen=True)
class ReportFacts:
    """The reports that were made again."""

    files: tuple[Path, ...]

    def as_json(self) -> dict[str, object]:
        """The facts, for --json."""
        return {"files": [str(file) for file in self.files]}

    def lines(self) -> list[Text]:
        """The facts, for a person."""
        unverified = Text("no signature was looked at: that is linkage verify")
        return [*(Text("{path}", {"path": file}) for file in self.files), unverified]

    def after(self) -> Text:
        """The next step."""
        return Text("open {path}", {"path": self.files[0]})


def report(release: Path, out: Path, lang: Lang) -> ReportFacts:
    """Make the reports again from release.json alone, in one language, in the folder `out`.

    The signature is not looked at: that is `verify`. Raises FileError, PackageError where it is no release.
    """
    found = parse(read(release))
    return ReportFacts(tuple(_write(path, content) for path, content in _reports(found, out, lang)))


def coverage_notes(release: Path) -> tuple[Text, ...]:
    """What a matcher should know before a release is handed on: of whose register nobody was counted."""
    return tuple(
        Text(
            "warning: nobody in the register of {party} could be counted (coverage 0 %): ask {party} to look",
            {"party": package.party},
        )
        for package in parse(read(release)).packages
        if package.counted_percent == 0
    )


@dataclass(frozen=True)
class VerifyFacts:
    """A release that passed every check."""

    verified: releases.Verified

    def as_json(self) -> dict[str, object]:
        """The facts, for --json."""
        return self.verified.as_json()

    def lines(self) -> list[Text]:
        """The facts, for a person."""
        release = self.verified.release
        lines = [
            Text(
                "signed by {matcher}, {fingerprint}",
                {"matcher": release.matcher.name, "fingerprint": self.verified.signer},
            ),
            Text(
                "the tables of {round} agree with each other: {tables}",
                {"tables": len(release.tables), "round": release.agreement.slug},
            ),
            Text(
                "the agreement at hand is the one that was answered: {digest}"
                if self.verified.compared
                else "no agreement was compared; the release names the digest {digest}",
                {"digest": release.agreement.digest},
            ),
        ]
        if release.exact:
            lines.append(Text("method exact: the figures are told as they are, and no audit was made"))
        if release.drawn:
            lines.append(
                Text(
                    "method dp: every number has noise; the matcher says that no more than ε = {epsilon} was "
                    "spent on anybody",
                    {"epsilon": release.method["epsilon"]},
                )
            )
        if release.moved:
            lines.append(
                Text(
                    "method cellkey: every number is moved by at most {most}; fewer than {few} is one mark; "
                    "the matcher says that it was audited",
                    {"most": release.moved, "few": release.rule.threshold},
                )
            )
        return lines


def verify(release: Path, agreement: Path | None = None, matcher: Path | None = None) -> VerifyFacts:
    """Check a release: signature, digest, and that its tables agree with each other and with the agreement.

    agreement: the file that the release should answer. matcher: the matcher's NAME.pub; left out, the key
    that the agreement names, from beside the agreement. Without both WhoseKeyError: whoever makes up a
    release can put a key beside it. Raises PackageError, KeysError, FileError, AgreementError.
    """
    data = read(release)
    if b"linkage-release/" not in data[:HEAD]:
        raise NotVerifiableError("{path} cannot be verified", path=release)
    signature = _signature(release.with_name(f"{release.name}.sig"))
    agreed = None if agreement is None else load_ready(agreement)
    if matcher is not None:
        key = _named(matcher)
    elif agreement is not None and agreed is not None:
        key = _beside(agreement, agreed)
    else:
        raise WhoseKeyError("a release alone cannot say whose it is: {path}", path=release)
    return VerifyFacts(releases.check(data, signature, key, agreed))


def _signature(path: Path) -> bytes:
    if not path.exists():
        raise NoSignatureError("no signature beside the release: {path}", path=path)
    return read(path)


def _named(path: Path) -> PublicIdentity:
    key = read_public(path)
    if not isinstance(key, PublicIdentity):
        raise NoMatcherKeyError("{path} is a round key, not an identity", path=path)
    return key


def _beside(agreement: Path, agreed: Agreement) -> PublicIdentity:
    fingerprint = agreed.matcher.identity or ""
    key = public_keys(agreement.parent).get(fingerprint)
    if not isinstance(key, PublicIdentity):
        raise NoMatcherKeyError(
            "the matcher's public key is not here: {fingerprint}", fingerprint=fingerprint
        )
    return key


def read(path: Path) -> bytes:
    """The bytes of a release file. Raises FileError."""
    try:
        if path.stat().st_size > LARGEST:
            raise FileError("{path} is too large to be a release", path=path, hint="name release.json")
        return path.read_bytes()
    except FileNotFoundError:
        raise FileError("no such file: {path}", path=path, hint="check the path") from None
    except OSError as error:
        raise FileError(
            "cannot read {path}: {reason}", path=path, reason=error.strerror, hint="check the path"
        ) from None
