"""What is done with an agreement's files: read, write, compare. Called by `cli` and by other commands."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from keys.atomic import whole_file
from linkage import agreement as agreements
from linkage.agreement.estimate import Estimate, estimates, threshold
from linkage.agreement.model import Agreement
from linkage.agreement.notes import notes
from linkage.agreement.precision import Precision, precision
from linkage.agreement.reading import undecoded
from linkage.commands.agreement_keys import by_name, named_keys, public_keys
from linkage.errors import AgreementError, FileError, Text
from linkage.texts import Lang, say

MAX_BYTES = 4 * 1024 * 1024

__all__ = [
    "assess",
    "check",
    "diff",
    "fill",
    "load",
    "load_ready",
    "new",
    "next_round",
    "pack",
    "public_keys",
    "read",
    "show",
]


class NoFileError(FileError):
    """There is no agreement at this path."""

    hint = "name the file with --agreement, or go to its folder"


class NoArgumentFileError(NoFileError):
    """There is no agreement at this path, which stands as a word of its own after the command."""

    hint = "name the file after the command, as agreement/agreement.toml, or go to its folder"


class ExistsError(FileError):
    """A file would be overwritten."""

    hint = "name another file, or move this one away"


class NotTextError(AgreementError):
    """The file is no text, or text in another encoding."""

    hint = "save it as UTF-8 in a text editor: often it is a letter as å, saved by an older program"


class DraftError(AgreementError):
    """Fingerprints are missing, so there is no digest yet and nothing can be done under the agreement."""

    hint = "put everybody's NAME.pub beside it, then: linkage agreement fill"


# -- reading ----------------------------------------------------------------------------------------------


def read(path: Path, missing: type[NoFileError] = NoFileError) -> str:
    """The text of a file as it is, with its BOM where it has one. Raises FileError, NotTextError.

    missing: what is raised where there is none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise missing("no such file: {path}", path=path) from None
    except OSError as error:
        raise FileError("cannot be read ({reason}): {path}", reason=error.strerror, path=path) from None
    if len(data) > MAX_BYTES:
        raise NotTextError("too large for an agreement: {path}", path=path)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line, column = undecoded(error)
        raise NotTextError(
            "not a text file in UTF-8: {path}, first in line {line}, column {column}",
            path=path,
            line=line,
            column=column,
        ) from None


def load(path: Path, missing: type[NoFileError] = NoFileError) -> Agreement:
    """The agreement in a file; perhaps a draft. Raises FileError, AgreementError with all problems."""
    return agreements.parse(read(path, missing), str(path))


def load_ready(path: Path) -> Agreement:
    """The agreement in a file, with its digest. Raises DraftError where fingerprints are missing."""
    return _ready(load(path), path)


def _ready(agreement: Agreement, path: Path) -> Agreement:
    if agreement.digest is None:
        raise DraftError(
            "the agreement is a draft, missing are {missing}: {path}",
            missing=", ".join(agreement.missing),
            path=path,
        )
    return agreement


# -- commands ---------------------------------------------------------------------------------------------


def new(path: Path, lang: Lang) -> Path:
    """Write the commented template; the path. Raises ExistsError where a file is there."""
    _write_new(path, agreements.template(lang.value).encode())
    return path


@dataclass(frozen=True)
class Checked:
    """What `check` found. digest: hex, None in a draft.

    measures: what each will be like; least: people below which a row of it is too small. precision: how far
    off its figures will be; None where the method does not move them. notes: how some measures count.
    """

    name: str
    round: int
    digest: str | None
    missing: tuple[str, ...]
    warnings: tuple[Text, ...]
    measures: tuple[Estimate, ...]
    least: int
    precision: Precision | None
    notes: tuple[Text, ...] = ()

    def words(self) -> dict[str, object]:
        """Values for a sentence."""
        return {
            "name": self.name,
            "round": self.round,
            "digest": self.digest,
            "missing": ", ".join(self.missing),
        }

    def as_json(self) -> dict[str, object]:
        """What --json prints."""
        return {
            "name": self.name,
            "round": self.round,
            "digest": self.digest,
            "missing": list(self.missing),
            "warnings": [say(warning) for warning in self.warnings],
            "notes": [say(note) for note in self.notes],
            "measures": [{"name": m.measure, "rows": m.rows, "too_small": m.small} for m in self.measures],
            "too_small_below": self.least,
            "expected_error": self.precision.as_json() if self.precision else None,
        }

    def lines(self) -> list[Text | str]:
        """The measures as a small table: how many rows, and how many too small where that can be guessed."""
        guessed = any(m.small is not None for m in self.measures)
        table = [(say("measure"), say("rows"), say("too small"))]
        table += [(m.measure, str(m.rows), "–" if m.small is None else str(m.small)) for m in self.measures]
        wide = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines: list[Text | str] = [
            f"  {name:<{wide[0]}}  {rows:>{wide[1]}}" + (f"  {small:>{wide[2]}}" if guessed else "")
            for name, rows, small in table
        ]
        if guessed:
            words: dict[str, object] = {"least": self.least}
            lines.append(Text("  too small: about so many rows will hold fewer than {least} people", words))
        if guessed and any(m.small is None for m in self.measures):
            lines.append(Text("  –: a series that it asks for tells neither expected nor places"))
        return [*lines, *(Text("  {line}", {"line": line}) for line in self._expected())]

    def _expected(self) -> Iterator[Text]:
        if self.precision is not None:
            yield from self.precision.lines()


def check(path: Path) -> Checked:
    """Ready or draft, and what is noticed. Raises AgreementError with all problems."""
    return _checked(load(path, NoArgumentFileError))


def _checked(agreement: Agreement) -> Checked:
    digest = agreement.digest.hex() if agreement.digest else None
    return Checked(
        agreement.name,
        agreement.round,
        digest,
        agreement.missing,
        agreement.warnings,
        estimates(agreement),
        threshold(agreement),
        precision(agreement),
        tuple(notes(agreement)),
    )


@dataclass(frozen=True)
class Filled:
    """What `fill` put in. filled: names of the public keys; notes: keys that do not fit this round."""

    path: Path
    filled: tuple[str, ...]
    missing: tuple[str, ...]
    digest: str | None
    notes: tuple[Text, ...] = ()

    def as_json(self) -> dict[str, object]:
        """What --json prints."""
        return {
            "agreement": str(self.path),
            "filled": list(self.filled),
            "missing": list(self.missing),
            "digest": self.digest,
            "notes": [say(note) for note in self.notes],
        }


def fill(path: Path) -> Filled:
    """Put the fingerprints of the *.pub files beside the agreement into it; comments and layout stay.

    A round key counts only where it is for this agreement and round and the matcher signed it. The file is
    written whole, and only if something changes. Raises AgreementError, KeysError.
    """
    text = read(path, NoArgumentFileError)
    before = agreements.parse(text, str(path))
    keys, notes = by_name(before, public_keys(path.parent))
    filled = agreements.fill(text, {name: key.fingerprint for name, key in keys.items()})
    after = agreements.parse(filled, str(path))
    if filled != text:
        _write(path, filled.encode())
    lacking = [f"{name}.pub" for name in _lacking(after)]
    if lacking := [file for file in lacking if not (path.parent / file).exists()]:
        words: dict[str, object] = {"folder": path.parent.resolve(), "files": ", ".join(lacking)}
        notes += (Text("looked in {folder} for the keys that are missing, usually {files}", words),)
    gained = set(_fingerprints(after)) - set(_fingerprints(before))
    names = tuple(name for name, key in keys.items() if key.fingerprint in gained)
    return Filled(path, names, after.missing, after.digest.hex() if after.digest else None, notes)


def _lacking(agreement: Agreement) -> list[str]:
    """Whose fingerprints the agreement lacks, by the names of their public files."""
    matcher = agreement.matcher
    every = {party.name: party.identity for party in agreement.parties}
    every |= {matcher.name: matcher.identity, f"{matcher.name}-round": matcher.round_key}
    return [name for name, fingerprint in every.items() if fingerprint is None]


def _fingerprints(agreement: Agreement) -> list[str]:
    """All fingerprints that the agreement has, those of the parties first."""
    every = [p.identity for p in agreement.parties]
    every += [agreement.matcher.identity, agreement.matcher.round_key]
    return [fingerprint for fingerprint in every if fingerprint is not None]


@dataclass(frozen=True)
class Packed:
    """A zip of an agreement and its public keys."""

    path: Path
    files: tuple[str, ...]
    digest: str

    def as_json(self) -> dict[str, object]:
        """What --json prints."""
        return {"path": str(self.path), "files": list(self.files), "digest": self.digest}


def pack(path: Path, out: Path | None) -> Packed:
    """Zip the agreement and the public keys that it names, and nothing else; the same bytes every time.

    out: NAME-ROUND.zip in the current folder where it is None. Raises DraftError, KeysError where a key is
    missing, FileError.
    """
    text = read(path, NoArgumentFileError)
    agreement = _ready(agreements.parse(text, str(path)), path)
    files = {"agreement.toml": text.encode()} | named_keys(agreement, public_keys(path.parent))
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, data)
    out = out or Path(f"{agreement.slug}.zip")
    _write(out, packed.getvalue())
    return Packed(out, tuple(files), agreement.digest.hex() if agreement.digest else "")


@dataclass(frozen=True)
class Shown:
    """An agreement for reading. text: to print; page: the web page that was written, if one was."""

    text: Text | str
    after: Text | None
    page: Path | None
    facts: Checked

    def as_json(self) -> dict[str, object]:
        """What --json prints."""
        return {**self.facts.as_json(), "page": str(self.page) if self.page else None}


def show(path: Path, lang: Lang, out: Path | None) -> Shown:
    """What the agreement says, for a jurist: as text, or as a web page in `out`."""
    agreement = load(path, NoArgumentFileError)
    facts = _checked(agreement)
    if out is None:
        return Shown(agreements.plain(agreement, lang), None, None, facts)
    _write(out, agreements.show(agreement, lang).encode())
    return Shown(
        Text("written: {path}", {"path": out}), Text("open {path} in a browser", {"path": out}), out, facts
    )


@dataclass(frozen=True)
class Assessed:
    """An assessment to be finished. text: to print; page: the file, if one was written; blanks: how many."""

    text: Text | str
    after: Text
    page: Path | None
    blanks: int
    facts: Checked

    def as_json(self) -> dict[str, object]:
        """What --json prints."""
        page = str(self.page) if self.page else None
        return {**self.facts.as_json(), "page": page, "blanks": self.blanks}


def assess(path: Path, lang: Lang, out: Path | None) -> Assessed:
    """A data protection impact assessment with the agreement's facts in it, as Markdown.

    out: the file to write, a web page where its name ends in .html. Raises ExistsError where a file is there:
    somebody may have begun to finish it.
    """
    agreement = load(path, NoArgumentFileError)
    assessment = agreements.dpia(agreement, lang)
    blanks: dict[str, object] = {"blanks": assessment.blanks}
    after = Text(
        "fill in what is marked ☐, {blanks} times; then let the data protection officers read it", blanks
    )
    text: Text | str = assessment.text
    if out is not None:
        page = out.suffix.lower() in (".html", ".htm")
        _write_new(out, (assessment.page(lang) if page else assessment.text).encode())
        text = Text("written: {path}", {"path": out})
    return Assessed(text, after, out, assessment.blanks, _checked(agreement))


def diff(one: Path, other: Path) -> list[Text]:
    """What differs between two agreements; empty where their digests are the same."""
    texts = []
    for path in (one, other):
        texts.append(read(path, NoArgumentFileError))
        agreements.parse(texts[-1], str(path))
    return agreements.diff(*texts)


@dataclass(frozen=True)
class NextRound:
    """The agreement of the next round. notes: what may still speak of the old one."""

    path: Path
    name: str
    round: int
    notes: tuple[Text, ...]

    def as_json(self) -> dict[str, object]:
        """What --json prints."""
        return {
            "agreement": str(self.path),
            "name": self.name,
            "round": self.round,
            "notes": [say(note) for note in self.notes],
        }


def next_round(path: Path, out: Path | None) -> NextRound:
    """Write the agreement of the next round. out: NAME-ROUND.toml beside the old one where it is None.

    Raises ExistsError where a file is there.
    """
    text = read(path, NoArgumentFileError)
    old = agreements.parse(text, str(path))
    written = agreements.following(text)
    following = agreements.parse(written, str(path))
    out = out or path.with_name(f"{following.slug}.toml")
    _write_new(out, written.encode())
    return NextRound(out, following.name, following.round, agreements.stale(old, following))


# -- writing ----------------------------------------------------------------------------------------------


def _write(path: Path, data: bytes, *, replace: bool = True) -> None:
    """Write the file, whole or not at all."""
    try:
        with whole_file(path, replace=replace) as stream:
            stream.write(data)
    except FileExistsError:
        raise ExistsError("there is a file already: {path}", path=path) from None
    except OSError as error:
        raise FileError("cannot be written ({reason}): {path}", reason=error.strerror, path=path) from None


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet."""
    _write(path, data, replace=False)
