"""One identity number, put wherever a register can hold it: nothing but the register itself ever shows it."""

from __future__ import annotations

import base64
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from linkage.synthetic.numbers import personnummer
from tests.needs import ROOT
from tests.rounds import Done, Round, Spell, link
from tests.test_round import PARTIES, UNDATED, agreement_text

CANARY = personnummer(dt.date(1987, 6, 5), 239)
OTHER = personnummer(dt.date(1966, 1, 2), 238)
QUESTION = '[[measure]]\nname = "one"\ntitle = "One"\ncount = "malmo.krami"\nby = []\n'
SHORT = ["--id", "Pnr", "--series", "krami", "--start", "Start", "--end", "Slut"]
HEAD = "Pnr;Start;Slut;Insats\n"
GOOD = f"{OTHER};2019-01-01;2019-02-01;Krami\n"

BROKEN: dict[str, str | bytes] = {
    "in a day": f"{HEAD}{OTHER};{CANARY};;Krami\n",
    "in an end": f"{HEAD}{OTHER};2019-01-01;{CANARY};Krami\n",
    "with a wrong check digit": f"{HEAD}{CANARY[:-1]}{(int(CANARY[-1]) + 1) % 10};2019-01-01;;Krami\n",
    "with letters": f"{HEAD}{CANARY}x;2019-01-01;;Krami\n",
    "before its start": f"{HEAD}{CANARY};2019-02-01;2019-01-01;Krami\n",
    "ragged": f"{HEAD}{CANARY};2019-01-01;;Krami;{CANARY}\n",
    "a quote that is not closed": f'{HEAD}"{CANARY};2019-01-01;;Krami\n',
    "as a column": f"Pnr;Start;Slut;{CANARY}\n{GOOD}",
    "twice as a column": f"Pnr;Start;{CANARY};{CANARY}\n{GOOD}",
    "as the header": f"{CANARY};Start;Slut;Insats\n{GOOD}",
    "after a NUL": f"{HEAD}{CANARY}\0;2019-01-01;;Krami\n",
    "in no encoding": HEAD.encode() + f"{CANARY};2019-01-01;;Kr".encode() + b"\xc3\x81\x8d\xff\xfe\n",
    "as an exponent": f"{HEAD}1,98706E+11;2019-01-01;;{CANARY}\n",
    "as a programme": f"{HEAD}{OTHER};2019-01-01;;{CANARY}\n",
}


@pytest.fixture(scope="module")
def party(tmp_path_factory: pytest.TempPathFactory) -> Round:
    """A party that can export, and the agreement it exports for."""
    folder = tmp_path_factory.mktemp("canary") / "round"
    folder.mkdir()
    day = dt.date(2019, 1, 1)
    registers = {"malmo": [Spell(OTHER, "krami", day, day)], "af": [Spell(OTHER, "etablering", day, day)]}
    round_ = Round(folder, agreement_text(list(registers), 6, QUESTION), registers, UNDATED, PARTIES)
    round_.keys("reach", 3)
    return round_


def shows(data: bytes) -> bool:
    """Whether the canary is in it, in one of the forms that somebody could read."""
    forms = {CANARY, CANARY[2:], f"{CANARY[:8]}-{CANARY[8:]}", f"{CANARY[2:8]}-{CANARY[8:]}"}
    needles = [form.encode() for form in forms] + [form.encode("utf-16-le") for form in forms]
    needles += [CANARY.encode().hex().encode(), base64.b64encode(CANARY.encode())]
    return any(needle in data for needle in needles)


def written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below, the registers themselves aside."""
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in {"r.csv", "new.csv", "big.csv"}:
            yield path.name, path.read_bytes()


@pytest.mark.parametrize("where", BROKEN)
@pytest.mark.parametrize("option", [[], ["--dry-run"], ["--json"], ["--max-refused", "100%"]], ids=str)
def test_it_is_never_shown(where: str, option: list[str], party: Round) -> None:
    content = BROKEN[where]
    home = party.at("malmo")
    register = home / "r.csv"
    register.write_bytes(content if isinstance(content, bytes) else content.encode())
    done: Done = link("export", register, *SHORT, *option, "--agreement", party.agreement, cwd=home)
    assert "fault in the program" not in done.err
    assert not shows((done.out + done.err).encode())
    assert [name for name, data in written(party.folder) if shows(data)] == []


def test_it_is_not_in_a_first_map(party: Round) -> None:
    home = party.at("malmo")
    register = home / "new.csv"
    register.write_text(HEAD + f"{CANARY};2019-01-01;;{CANARY}\n" * 3, encoding="utf-8")
    done = link("register", "new", register, "--agreement", party.agreement, "--out", "n.toml", cwd=home)
    assert not shows((done.out + done.err).encode())
    assert [name for name, data in written(party.folder) if shows(data)] == []


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
@pytest.mark.parametrize("after", [0.3, 0.8, 1.3, 2.0])
def test_it_is_not_left_by_a_program_that_was_killed(after: float, party: Round) -> None:
    home = party.at("malmo")
    register = home / "big.csv"
    register.write_text(HEAD + f"{CANARY};2019-01-01;;Krami\n" * 400_000, encoding="utf-8")
    temporary = party.folder / "tmp"
    temporary.mkdir(exist_ok=True)
    words = [sys.executable, "-m", "cli", "export", str(register), *SHORT]
    words += ["--agreement", str(party.agreement)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    with subprocess.Popen(
        words, cwd=home, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        time.sleep(after)
        program.send_signal(signal.SIGKILL)
        out, err = program.communicate()
    assert not shows(out + err)
    assert [name for name, data in written(party.folder) if shows(data)] == []


def test_the_search_would_find_it(party: Round) -> None:
    assert shows(BROKEN["ragged"].encode() if isinstance(BROKEN["ragged"], str) else b"")
    (party.folder / "leak.txt").write_text(CANARY[2:8] + "-" + CANARY[8:], encoding="utf-8")
    assert [name for name, data in written(party.folder) if shows(data)].count("leak.txt") == 1
    (party.folder / "leak.txt").unlink()
