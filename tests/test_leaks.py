"""After a whole round, no identity number, token or key is anywhere but in the parties' own folders."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from keys import files
from keys.secret import Secret
from linkage.agreement.model import Agreement
from linkage.commands.agreement_files import load
from linkage.identifiers import Identifiers, scheme
from linkage.synthetic.numbers import TEST_SERIALS, personnummer, samordningsnummer
from linkage.tokens import seeds, tokens
from tests import rounds
from tests.rounds import Done, Round, Spell, link
from tests.test_round import PARTIES, UNDATED, agreement_text

QUESTIONS = """[[measure]]
name = "volume"
title = "Volume"
count = "malmo.* | af.*"
parts = ["malmo.krami", "af.etablering"]
by = ["period", "sex", "age"]
[[measure]]
name = "both"
title = "Both"
overlap = ["malmo.krami", "af.etablering"]
by = ["period"]
"""
BORN = [dt.date(1960 + n, 1 + n % 12, 1 + n % 28) for n in range(30)]
PEOPLE = [make(b, s) for b in BORN for s in TEST_SERIALS[:2] for make in (personnummer, samordningsnummer)]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Round, list[Done]]:
    """A round that was played to its end, and purged, and what every command of it printed."""
    folder = tmp_path_factory.mktemp("leaks")
    start, end = dt.date(2019, 2, 1), dt.date(2019, 4, 30)
    registers = {
        "malmo": [Spell(p, "krami" if n % 3 else "lista", start, end) for n, p in enumerate(PEOPLE)],
        "af": [Spell(p[2:8] + "-" + p[8:], "etablering", start, end) for p in PEOPLE[::2]],
    }
    round_ = Round(
        folder / "round", agreement_text(list(registers), 6, QUESTIONS), registers, UNDATED, PARTIES, "both"
    )
    round_.folder.mkdir()
    printed: list[Done] = []
    with pytest.MonkeyPatch.context() as patch:
        temporary = folder / "round" / "tmp"
        temporary.mkdir()
        for name in ("TMPDIR", "TEMP", "TMP"):
            patch.setenv(name, str(temporary))
        patch.setattr("tempfile.tempdir", None)
        patch.setattr(rounds, "link", _kept(printed))
        round_.play("reach", 3)
        own = round_.at("matcher")
        family = ("keys", "family", "--agreement-name", load(round_.agreement).name)
        printed.append(link(*family, "--no-passphrase", cwd=own))
        family_key = (own / "family.key").read_bytes()
        secret = (round_.at("malmo") / "secret.key").read_bytes()
        round_key = (round_.at("matcher") / "round.key").read_bytes()
        at = round_.at("matcher")
        agreed = ("--agreement", str(round_.agreement))
        calls: tuple[tuple[str | Path, ...], ...] = (
            ("status", *agreed),
            ("inspect", round_.package("malmo")),
            ("inspect", round_.release),
            ("inspect", "family.key"),
            ("match", round_.package("malmo"), *agreed),
            ("match", round_.package("malmo"), *agreed, "--round-key", "family.key", "--out", "wrong"),
            ("keys", "family", "--agreement-name", "another", "--no-passphrase"),
            ("report", round_.release),
            ("purge", *agreed, "--now", "--yes"),
            (*family, "--destroy", "--yes"),
            (*family, "--no-passphrase"),
        )
        printed += [link(*words, cwd=at) for words in calls]
        bad = round_.at("malmo") / "bad.csv"
        bad.write_text(f"Personnummer;Start;Slut\n{PEOPLE[0]};2019-02-31;\n{PEOPLE[1]};{PEOPLE[1]};\n")
        short = ["--id", "Personnummer", "--series", "krami", "--start", "Start", "--end", "Slut"]
        printed.append(link("export", bad, *short, "--agreement", round_.agreement, cwd=round_.at("malmo")))
    (round_.folder / "kept").mkdir()
    (round_.folder / "kept" / "secret.key").write_bytes(secret)
    (round_.folder / "kept" / "round.key").write_bytes(round_key)
    (round_.folder / "kept" / "family.key").write_bytes(family_key)
    for key in (round_.folder / "kept").iterdir():
        key.chmod(0o600)
    return round_, printed


def _kept(printed: list[Done]) -> object:
    """link, which also keeps what was printed."""

    def kept(*words: str | Path, cwd: Path) -> Done:
        done = link(*words, cwd=cwd)
        printed.append(done)
        return done

    return kept


def forms(value: bytes) -> Iterator[bytes]:
    """Raw, hex, and base64 at each of its three alignments, in both alphabets."""
    yield value
    yield value.hex().encode()
    yield value.hex().upper().encode()
    for skip in range(3):
        whole = value[skip:]
        encoded = base64.b64encode(whole[: len(whole) // 3 * 3])
        yield encoded
        yield encoded.replace(b"+", b"-").replace(b"/", b"_")


def secrets_of(round_: Round) -> dict[str, list[bytes]]:
    """What must not be found: kind → needles."""
    agreement: Agreement = load(round_.agreement)
    assert agreement.digest is not None
    kept = round_.folder / "kept"
    secret = Secret.from_bytes(files.read_private(kept / "secret.key", "secret", None))
    token_key, seed_key = secret.token_key(agreement.digest), secret.seed_key()
    swedish = scheme("se")
    import numpy as np

    people = Identifiers(swedish, swedish.keys(np.array(sorted(PEOPLE), dtype="S12")))
    found: dict[str, list[bytes]] = {"identity numbers": [], "tokens": [], "seeds": [], "keys": []}
    for person in PEOPLE:
        for shown in (person, person[2:], person[:8] + "-" + person[8:], person[2:8] + "-" + person[8:]):
            found["identity numbers"] += [shown.encode(), shown.encode("utf-16-le")]
            found["identity numbers"] += list(forms(shown.encode()))
    for token in tokens(token_key, people):
        found["tokens"] += list(forms(token.tobytes()))
    for seed in seeds(seed_key, people):
        found["seeds"] += list(forms(seed.tobytes()))
    raw = [secret.value(), token_key.hmac_key, bytes.fromhex(token_key.hmac_key.decode())]
    raw += [seed_key.hmac_key, bytes.fromhex(seed_key.hmac_key.decode())]
    for who in [*round_.registers, "matcher"]:
        document = json.loads(files.read_private(round_.at(who) / "identity.key", "identity", None))
        raw += [_seed(document["ed25519"]), _seed(document["xwing"])]
    round_key = files.read_private(kept / "round.key", "round", None)
    raw.append(_seed(json.loads(round_key)["xwing"]))
    family_key = files.read_private(kept / "family.key", "family", None)
    raw.append(_seed(json.loads(family_key)["key"]))
    for value in raw:
        found["keys"] += list(forms(value))
    return found


def _seed(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def places(round_: Round) -> Iterator[tuple[str, bytes]]:
    """Every file outside the parties' own folders, archives also opened; the matcher's keys aside."""
    own = {round_.at(party) for party in round_.registers} | {round_.folder / "kept"}
    for path in round_.folder.rglob("*"):
        if not path.is_file() or any(folder in path.parents for folder in own):
            continue
        if path.parent == round_.at("matcher") and path.suffix == ".key":
            continue
        data = path.read_bytes()
        yield str(path.relative_to(round_.folder)), data
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for name in archive.namelist():
                    yield f"{path.name}/{name}", archive.read(name)


@pytest.mark.parametrize("kind", ["identity numbers", "tokens", "seeds", "keys"])
def test_none_is_found(played: tuple[Round, list[Done]], kind: str) -> None:
    round_, printed = played
    needles = secrets_of(round_)[kind]
    assert needles
    haystacks = [*places(round_)]
    haystacks += [(f"output {n}", (done.out + done.err).encode()) for n, done in enumerate(printed)]
    names = " ".join(name for name, _ in haystacks)
    for expected in ("ledger.db", "release.json", "report", "malmo.link", "xlsx", "family-destroyed.json"):
        assert expected in names
    found = sorted({name for name, data in haystacks for needle in needles if needle in data})
    assert found == []


def test_the_search_finds_what_is_there(played: tuple[Round, list[Done]]) -> None:
    round_, _ = played
    register = (round_.at("malmo") / "spells.csv").read_bytes()
    assert any(needle in register for needle in secrets_of(round_)["identity numbers"])
    key = (round_.folder / "kept" / "secret.key").read_bytes()
    opened = files.read_private(round_.folder / "kept" / "secret.key", "secret", None)
    assert any(needle in key + opened for needle in secrets_of(round_)["keys"])


def test_no_temporary_file_is_left(played: tuple[Round, list[Done]]) -> None:
    round_, _ = played
    assert [p for p in (round_.folder / "tmp").rglob("*") if p.is_file()] == []
    assert [p.name for p in round_.folder.rglob("*") if p.name.endswith((".part", ".tmp"))] == []
