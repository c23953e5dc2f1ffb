"""A release's files: verified by anybody, its reports made again from release.json alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from keys.errors import KeysError
from keys.identity import RELEASE, Identity
from linkage.commands import leftovers
from linkage.commands.release import (
    FILE,
    SIGNATURE,
    NoMatcherKeyError,
    WhoseKeyError,
    check_folder,
    report,
    verify,
    write_all,
)
from linkage.errors import Error, FileError, PackageError
from linkage.ledger import RoundId
from linkage.release import parse
from linkage.release import verify as releases
from linkage.release.writing import write
from linkage.texts import Lang
from tests.matchers import ROUND, Table, keys
from tests.rounds import link


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """A round, matched; only read."""
    table = Table(tmp_path_factory.mktemp("made"))
    table.match(table.both())
    return table


@pytest.fixture
def table(made: Table, tmp_path: Path) -> Table:
    return made.copy(tmp_path / "copy")


def test_with_the_agreement_everything_is_compared(table: Table) -> None:
    facts = verify(table.out / FILE, table.agreement)
    assert facts.as_json()["agreement_compared"] is True
    lines = [str(line) for line in facts.lines()]
    assert keys()[1].public.fingerprint in lines[0]
    assert lines[2].startswith("the agreement at hand is the one")
    assert "no audit" in lines[3]


def test_the_matchers_key_may_be_named_or_lie_beside_the_agreement(table: Table) -> None:
    key = table.agreement.parent / "matcher.pub"
    facts = verify(table.out / FILE, matcher=key)
    assert not facts.verified.compared
    assert str(facts.lines()[2]).startswith("no agreement was compared")
    (table.out / "matcher.pub").write_bytes(key.read_bytes())
    key.unlink()
    with pytest.raises(NoMatcherKeyError, match="is not here: SHA256:"):
        verify(table.out / FILE, table.agreement)


def test_a_key_that_lies_beside_the_release_proves_nothing(table: Table) -> None:
    # a whole release by somebody who calls itself the matcher, with a key to go with it
    forger = Identity.generate("matcher")
    document = json.loads((table.out / FILE).read_bytes())
    document["matcher"]["identity"] = forger.public.fingerprint
    data = parse(write(document)).to_bytes()
    (table.out / FILE).write_bytes(data)
    (table.out / f"{FILE}.sig").write_bytes(forger.sign(RELEASE, data))
    (table.out / "matcher.pub").write_text(forger.public.to_text())
    with pytest.raises(WhoseKeyError, match="a release alone cannot say whose it is"):
        verify(table.out / FILE)
    with pytest.raises(PackageError):
        verify(table.out / FILE, table.agreement)
    # who names that key is told what it is: a key that somebody named
    assert verify(table.out / FILE, matcher=table.out / "matcher.pub").verified.compared is False


def test_a_round_key_is_no_identity(table: Table) -> None:
    path = table.home / "matcher-round.pub"
    path.write_text(keys()[2].public.to_text())
    with pytest.raises(NoMatcherKeyError, match="round key"):
        verify(table.out / FILE, matcher=path)


def edited(table: Table) -> None:
    path = table.out / FILE
    path.write_bytes(path.read_bytes().replace(b'"value": 1', b'"value": 2', 1))


def edited_and_signed_by_another(table: Table) -> None:
    other = Identity.generate("matcher")
    (table.out / SIGNATURE).write_bytes(other.sign(RELEASE, (table.out / FILE).read_bytes()))


def without_signature(table: Table) -> None:
    (table.out / SIGNATURE).unlink()


def cut(table: Table) -> None:
    path = table.out / FILE
    path.write_bytes(path.read_bytes()[:-10])


def missing(table: Table) -> None:
    (table.out / FILE).unlink()


def folder(table: Table) -> None:
    missing(table)
    (table.out / FILE).mkdir()


def other_agreement(table: Table) -> None:
    text = table.agreement.read_text(encoding="utf-8")
    table.agreement.write_text(text.replace("Count people.", "Count others."), encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "error"),
    [
        (edited, releases.ReleaseSignatureError),
        (edited_and_signed_by_another, releases.ReleaseSignatureError),
        (without_signature, FileError),
        (cut, PackageError),
        (missing, FileError),
        (folder, FileError),
        (other_agreement, releases.OtherAgreementError),
    ],
)
def test_what_is_wrong_with_a_release_is_told(
    table: Table, harm: Callable[[Table], None], error: type[Error]
) -> None:
    harm(table)
    with pytest.raises(error) as caught:
        verify(table.out / FILE, table.agreement)
    assert str(caught.value.advice)


def test_another_matchers_key_does_not_verify(table: Table) -> None:
    path = table.home / "other.pub"
    path.write_text(Identity.generate("matcher").public.to_text())
    with pytest.raises((PackageError, KeysError)):
        verify(table.out / FILE, table.agreement, path)


@pytest.mark.parametrize("lang", list(Lang))
def test_reports_are_made_again_from_the_file_alone(table: Table, lang: Lang) -> None:
    before = {p.name: p.read_bytes() for p in table.out.iterdir() if p.is_file()}
    alone = table.home / "alone"
    alone.mkdir()
    (alone / FILE).write_bytes(before[FILE])
    facts = report(alone / FILE, alone, lang)
    assert (alone / f"report.{lang}.html").read_bytes() == before[f"report.{lang}.html"]
    assert {path.suffix for path in facts.files} == {".html", ".xlsx", ".csv"}
    assert all(path.stat().st_size for path in facts.files)
    assert json.loads(json.dumps(facts.as_json()))["files"]
    assert str(facts.after()).endswith(f"report.{lang}.html")
    assert str(facts.lines()[-1]).startswith("no signature was looked at")


def test_what_is_no_release_gives_no_report(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(b'{"format": "linkage-release/1"}')
    with pytest.raises(PackageError):
        report(path, tmp_path, Lang.EN)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "there", [b"", b"[]", b"\xff", b'{"agreement": 5}', b'{"agreement": {"name": "x", "round": []}}']
)
def test_what_names_no_round_does_not_stand_in_the_way(tmp_path: Path, there: bytes) -> None:
    (tmp_path / FILE).write_bytes(there)
    check_folder(tmp_path, ROUND, None)
    check_folder(tmp_path, RoundId("other", 1), None)


def test_the_same_again_is_the_same(table: Table) -> None:
    data, signature = table.signed()
    files, tables = write_all(data, signature, table.home / "again", [Lang.SV])
    assert tables == 1
    assert [path.name for path in files][:3] == [FILE, SIGNATURE, "report.sv.html"]
    assert (table.home / "again" / FILE).read_bytes() == data


def test_leftovers_are_removed_when_nobody_writes_them_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / f".{FILE}.{'0' * 24}.part"
    left.write_bytes(b"half")
    leftovers.clear(tmp_path / FILE)
    assert left.exists()  # somebody may be writing it at this moment
    monkeypatch.setattr(leftovers, "STALE", 0)
    leftovers.clear(tmp_path / FILE)
    assert not left.exists()
    leftovers.clear(tmp_path / "nowhere" / FILE)


def test_a_release_without_its_signature_says_whom_to_ask(table: Table) -> None:
    (table.out / f"{FILE}.sig").unlink()
    done = link("verify", table.out / FILE, "--agreement", table.agreement, cwd=table.home)
    assert done.code == 10
    assert "ask the matcher for release.json.sig" in done.err


def test_what_cannot_be_verified_is_told_what_can(table: Table) -> None:
    done = link("verify", table.agreement, "--agreement", table.agreement, cwd=table.home)
    assert done.code == 10
    assert "verify takes releases and receipts" in done.err
