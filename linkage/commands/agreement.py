"""What is done with an agreement's files: make, fill, pack, show, compare. Called by `cli`."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from linkage import agreement as agreements
from linkage.agreement.model import Agreement
from linkage.commands.agreement_check import Checked, checked
from linkage.commands.agreement_files import NoArgumentFileError, load, read, ready, write, write_new
from linkage.commands.agreement_keys import by_name, named_keys, public_keys
from linkage.errors import Text
from linkage.texts import Lang, say


def new(path: Path, lang: Lang) -> Path:
    """Write the commented template; the path. Raises ExistsError where a file is there."""
    write_new(path, agreements.template(lang.value).encode())
    return path


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
        write(path, filled.encode())
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
    agreement = ready(agreements.parse(text, str(path)), path)
    files = {"agreement.toml": text.encode()} | named_keys(agreement, public_keys(path.parent))
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, data)
    out = out or Path(f"{agreement.slug}.zip")
    write(out, packed.getvalue())
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
    facts = checked(agreement)
    if out is None:
        return Shown(agreements.plain(agreement, lang), None, None, facts)
    write(out, agreements.show(agreement, lang).encode())
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
        write_new(out, (assessment.page(lang) if page else assessment.text).encode())
        text = Text("written: {path}", {"path": out})
    return Assessed(text, after, out, assessment.blanks, checked(agreement))


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
    write_new(out, written.encode())
    return NextRound(out, following.name, following.round, agreements.stale(old, following))
