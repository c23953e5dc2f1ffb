"""What is done with an agreement's files, with real keys."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from keys.errors import KeysError
from keys.identity import Identity, PublicIdentity, RoundKey, SignatureError
from linkage.agreement import parse, template
from linkage.agreement.editing import OtherFingerprintError
from linkage.commands import agreement as commands
from linkage.commands import agreement_check, agreement_files, agreement_keys
from linkage.commands.agreement_keys import MissingFileError, NamesakeError, StrangeFileError
from linkage.errors import AgreementError, FileError
from linkage.texts import Lang
from tests.agreements import FINGERPRINTS, READY

MALMO, AF, MATCHER = (Identity.generate(name) for name in ("malmo", "af", "matcher"))
ROUND = RoundKey.generate("matcher", "malmo-sok", 1, MATCHER)
DRAFT = READY
for _fingerprint in FINGERPRINTS.values():
    DRAFT = DRAFT.replace(_fingerprint, "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A draft and everybody's public keys."""
    (tmp_path / "agreement.toml").write_bytes(DRAFT.encode())
    for identity in (MALMO, AF, MATCHER):
        (tmp_path / f"{identity.name}.pub").write_text(identity.public.to_text(), encoding="utf-8")
    (tmp_path / "matcher-round.pub").write_text(ROUND.public.to_text(), encoding="utf-8")
    return tmp_path


@pytest.fixture
def ready(folder: Path) -> Path:
    """A ready agreement among the public keys that it names."""
    commands.fill(folder / "agreement.toml")
    return folder / "agreement.toml"


# -- reading ----------------------------------------------------------------------------------------------


def test_load_a_draft_and_a_ready_one(folder: Path) -> None:
    path = folder / "agreement.toml"
    assert agreement_files.load(path).digest is None
    with pytest.raises(AgreementError, match="draft, missing are party malmo: identity"):
        agreement_files.load_ready(path)
    commands.fill(path)
    assert agreement_files.load_ready(path).digest == agreement_files.load(path).digest is not None


def test_load_with_a_byte_order_mark_and_windows_lines(ready: Path) -> None:
    before = agreement_files.load(ready)
    ready.write_bytes(b"\xef\xbb\xbf" + ready.read_bytes().replace(b"\n", b"\r\n"))
    assert agreement_files.load(ready) == before


@pytest.mark.parametrize(
    ("data", "said"),
    [(READY.encode("cp1252", "replace"), "UTF-8"), (READY.encode("utf-16"), "line 1, column 1$"),
     ("a = 1\nåäö = 2".encode() + "å".encode("cp1252"), "line 2, column 8$"), (b"\0", "not TOML"),
     (b"#" * (agreement_files.MAX_BYTES + 1), "too large")],
    ids=["cp1252", "utf-16", "a letter", "nul", "large"],
)  # fmt: skip
def test_what_is_no_agreement(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "a.toml").write_bytes(data)
    with pytest.raises(AgreementError, match=said):
        agreement_files.load(tmp_path / "a.toml")


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such file"):
        agreement_files.load(tmp_path / "a.toml")
    with pytest.raises(FileError, match="cannot be read"):
        agreement_files.load(tmp_path)


def test_problems_name_the_file(ready: Path) -> None:
    ready.write_text(ready.read_text(encoding="utf-8").replace('"month"', '"week"'), encoding="utf-8")
    with pytest.raises(AgreementError, match=r"agreement\.toml") as caught:
        agreement_check.check(ready)
    assert len(caught.value.details) == 1


def test_public_keys(folder: Path) -> None:
    keys = agreement_keys.public_keys(folder)
    assert set(keys) == {k.fingerprint for k in (MALMO.public, AF.public, MATCHER.public, ROUND.public)}
    assert isinstance(keys[AF.public.fingerprint], PublicIdentity)


@pytest.mark.parametrize("data", [b"", b"ssh-ed25519 AAAA", b"\xff\xfe", b"{}", b"x" * 70_000])
def test_a_file_that_is_no_key_is_named(folder: Path, data: bytes) -> None:
    (folder / "id.pub").write_bytes(data)
    with pytest.raises(StrangeFileError, match=r"id\.pub"):
        agreement_keys.public_keys(folder)


def test_a_damaged_key_is_named(folder: Path) -> None:
    text = (folder / "af.pub").read_text(encoding="utf-8")
    (folder / "af.pub").write_text(
        text.replace('"af"', '"af2"').replace("SHA256:", "SHA256:x"), encoding="utf-8"
    )
    with pytest.raises(StrangeFileError, match=r"af\.pub"):
        agreement_keys.public_keys(folder)


# -- new, check, fill -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", list(Lang))
def test_new_never_overwrites(tmp_path: Path, lang: Lang) -> None:
    path = commands.new(tmp_path / "agreement.toml", lang)
    assert path.read_text(encoding="utf-8") == template(lang)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(FileError, match="a file already"):
        commands.new(path, lang)
    assert path.read_text(encoding="utf-8") == "mine"
    with pytest.raises(FileError, match="cannot be written"):
        commands.new(tmp_path / "no" / "agreement.toml", lang)


def test_check_says_draft_or_ready(folder: Path) -> None:
    path = folder / "agreement.toml"
    draft = agreement_check.check(path)
    assert (draft.name, draft.round, draft.digest) == ("malmo-sok", 1, None)
    assert len(draft.missing) == 4
    commands.fill(path)
    ready = agreement_check.check(path)
    digest = parse(path.read_text(encoding="utf-8")).digest
    assert digest is not None
    assert ready.as_json() == {
        "name": "malmo-sok",
        "round": 1,
        "digest": digest.hex(),
        "missing": [],
        "warnings": [],
        "notes": [
            "measure.new: 'first-half' is compared, and known in 5 of its 6 periods alone, "
            "2020-02 to 2020-06",
            "measure.new: 'jan–feb' is compared, and known in 1 of its 2 periods alone, 2020-02 to 2020-02",
        ],
        "measures": [
            {"name": "volume", "rows": 5 * 14 * 4 * 4, "too_small": None},
            {"name": "new", "rows": 3 * 4, "too_small": None},
            {"name": "both", "rows": 7, "too_small": None},
            {"name": "lists", "rows": 2, "too_small": None},
            {"name": "part", "rows": 14, "too_small": None},
            {"name": "report", "rows": 14, "too_small": None},
        ],
        "too_small_below": 10,
        "expected_error": None,
    }
    json.dumps(ready.as_json())
    lines = [str(line).split() for line in ready.lines()]
    assert lines[:2] == [["measure", "rows"], ["volume", "1120"]]
    assert len(lines) == 7


def test_fill(folder: Path) -> None:
    path = folder / "agreement.toml"
    facts = commands.fill(path)
    assert set(facts.filled) == {"malmo", "af", "matcher", "matcher-round"}
    assert facts.missing == ()
    agreement = agreement_files.load_ready(path)
    assert agreement.party("af").identity == AF.public.fingerprint
    assert agreement.matcher.round_key == ROUND.public.fingerprint
    assert path.read_text(encoding="utf-8").count("#") == DRAFT.count("#")
    before = path.stat().st_mtime_ns
    assert commands.fill(path).filled == ()
    assert path.stat().st_mtime_ns == before


def test_fill_with_some_keys_only(folder: Path) -> None:
    (folder / "matcher.pub").unlink()
    facts = commands.fill(folder / "agreement.toml")
    assert facts.missing == ("matcher: identity", "matcher: round_key")
    waits, looked = map(str, facts.notes)
    assert waits == "matcher-round.pub waits for the .pub of matcher"
    assert looked.endswith("usually matcher.pub")


def test_fill_takes_no_round_key_of_another_round(folder: Path) -> None:
    for agreement, number in (("malmo-sok", 2), ("other", 1)):
        other = RoundKey.generate("matcher", agreement, number, MATCHER)
        (folder / "matcher-round.pub").write_text(other.public.to_text(), encoding="utf-8")
        facts = commands.fill(folder / "agreement.toml")
        assert facts.missing == ("matcher: round_key",)
        assert [str(n) for n in facts.notes] == [
            f"matcher-round.pub is for {agreement}, round {number}: not used"
        ]


def test_fill_takes_no_round_key_that_the_matcher_did_not_sign(folder: Path) -> None:
    impostor = RoundKey.generate("matcher", "malmo-sok", 1, Identity.generate("matcher"))
    (folder / "matcher-round.pub").write_text(impostor.public.to_text(), encoding="utf-8")
    with pytest.raises(SignatureError):
        commands.fill(folder / "agreement.toml")
    assert (folder / "agreement.toml").read_bytes() == DRAFT.encode()


def test_fill_does_not_choose_between_two_keys(folder: Path) -> None:
    (folder / "af-old.pub").write_text(Identity.generate("af").public.to_text(), encoding="utf-8")
    with pytest.raises(NamesakeError, match="called af"):
        commands.fill(folder / "agreement.toml")


def test_fill_replaces_no_key(ready: Path) -> None:
    before = ready.read_bytes()
    (ready.parent / "af.pub").write_text(Identity.generate("af").public.to_text(), encoding="utf-8")
    with pytest.raises(OtherFingerprintError):
        commands.fill(ready)
    assert ready.read_bytes() == before


# -- pack, show, diff, next -------------------------------------------------------------------------------


def test_pack_holds_the_agreement_and_its_keys_and_nothing_else(ready: Path, tmp_path: Path) -> None:
    (ready.parent / "stranger.pub").write_text(
        Identity.generate("stranger").public.to_text(), encoding="utf-8"
    )
    (ready.parent / "identity.key").write_text("secret", encoding="utf-8")
    facts = commands.pack(ready, tmp_path / "a.zip")
    assert set(facts.files) == {"agreement.toml", "malmo.pub", "af.pub", "matcher.pub", "matcher-round.pub"}
    with zipfile.ZipFile(facts.path) as archive:
        assert archive.testzip() is None
        assert archive.read("agreement.toml") == ready.read_bytes()
        archive.extractall(tmp_path / "there")
    there = tmp_path / "there" / "agreement.toml"
    assert agreement_files.load_ready(there) == agreement_files.load_ready(ready)
    assert facts.digest == agreement_check.check(there).digest
    assert commands.pack(there, tmp_path / "b.zip").path.read_bytes() == facts.path.read_bytes()


def test_pack_writes_into_the_current_folder(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (ready.parent / "here").mkdir()
    monkeypatch.chdir(ready.parent / "here")
    assert commands.pack(ready, None).path == Path("malmo-sok-1.zip")
    assert (ready.parent / "here" / "malmo-sok-1.zip").is_file()


def test_pack_refuses_a_draft_and_a_missing_key(folder: Path, tmp_path: Path) -> None:
    path = folder / "agreement.toml"
    with pytest.raises(AgreementError, match="draft"):
        commands.pack(path, tmp_path / "a.zip")
    commands.fill(path)
    (folder / "af.pub").unlink()
    with pytest.raises(MissingFileError, match=r"no af\.pub with SHA256:"):
        commands.pack(path, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_pack_refuses_keys_of_others(ready: Path, tmp_path: Path) -> None:
    text = ready.read_text(encoding="utf-8")
    af, malmo = AF.public.fingerprint, MALMO.public.fingerprint
    ready.write_text(text.replace(af, "?").replace(malmo, af).replace("?", malmo), encoding="utf-8")
    with pytest.raises(KeysError, match="is not of"):
        commands.pack(ready, tmp_path / "a.zip")


def test_show(ready: Path, tmp_path: Path) -> None:
    shown = commands.show(ready, Lang.SV, None)
    assert "Vad som lämnar Malmö stad" in str(shown.text)
    assert shown.after is None
    page = commands.show(ready, Lang.EN, tmp_path / "a.html")
    assert (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert page.as_json()["page"] == str(tmp_path / "a.html")
    assert page.as_json()["digest"] == agreement_check.check(ready).digest


def test_diff(ready: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(ready.read_text(encoding="utf-8").replace("days  = 30", "days = 31"), encoding="utf-8")
    assert commands.diff(ready, ready) == []
    assert [str(t) for t in commands.diff(ready, other)] == ["retention, days was 30, is 31"]
    other.write_text("x = 1", encoding="utf-8")
    with pytest.raises(AgreementError, match=r"other\.toml"):
        commands.diff(ready, other)


def test_next(ready: Path) -> None:
    facts = commands.next_round(ready, None)
    assert facts.path == ready.parent / "malmo-sok-2.toml"
    assert (facts.name, facts.round) == ("malmo-sok", 2)
    assert agreement_files.load(facts.path).missing == ("matcher: round_key",)
    assert any("dimensions.age.on" in str(note) for note in facts.notes)
    with pytest.raises(FileError, match="a file already"):
        commands.next_round(ready, None)
    # the old round key lies beside it still, and is not taken
    filled = commands.fill(facts.path)
    assert filled.missing == ("matcher: round_key",)
    assert filled.notes


def test_two_rounds_have_two_digests(ready: Path) -> None:
    second = commands.next_round(ready, None).path
    new = RoundKey.generate("matcher", "malmo-sok", 2, MATCHER)
    (ready.parent / "matcher-round.pub").write_text(new.public.to_text(), encoding="utf-8")
    commands.fill(second)
    assert agreement_check.check(second).digest not in (None, agreement_check.check(ready).digest)


def test_fill_names_the_files_that_it_looked_for(tmp_path: Path) -> None:
    path = tmp_path / "agreement.toml"
    commands.new(path, Lang.EN)
    (told,) = commands.fill(path).notes
    assert "matcher.pub, matcher-round.pub" in str(told)
    assert str(tmp_path) in str(told)
