"""A whole round by the commands, with people who changed number between two registers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pytest

from linkage.synthetic.numbers import TEST_SERIALS, personnummer, samordningsnummer
from tests.agreements import FINGERPRINTS, READY
from tests.registers import ANNA, BO
from tests.rounds import Round, link

BEFORE = samordningsnummer(dt.date(1990, 1, 1), TEST_SERIALS[0])  # Anna's
CARL, CARL_BEFORE = (personnummer(dt.date(1980, 1, 1), serial) for serial in TEST_SERIALS[:2])
MALMO = """\
format = "linkage-register/1"
extracted = "2021-01-15"
empty = ["ung-malmo", "aktivitetscenter"]
[[source]]
file = "insatser.csv"
ids = ["Sökande", "Medsökande"]
period = "Månad"
series = "krami"
[[source]]
file = "bytta.csv"
id = "Nytt"
previous = "Gamla"
"""
AF = """\
format = "linkage-register/1"
extracted = "2021-01-15"
[[source]]
file = "r.csv"
id = "Pnr"
period = "Månad"
series = "etablering"
repair = "leading-zeros"
"""
YOUNG = personnummer(dt.date(2001, 1, 5), TEST_SERIALS[0])


def played(folder: Any, *, changes: str) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]:
    """What both exports said, and the release."""
    text = READY
    for fingerprint in FINGERPRINTS.values():
        text = text.replace(fingerprint, "")
    made = Round(folder, text, {"malmo": (), "af": ()})
    made.keys("malmo-sok", 1)
    rows = f"Sökande;Medsökande;Månad\n{ANNA};{BO};2020-01\n{CARL};;2020-02\n{YOUNG};;2020-02\n"
    (made.at("malmo") / "insatser.csv").write_text(rows, encoding="utf-8")
    (made.at("malmo") / "bytta.csv").write_text(f"Nytt;Gamla\n{changes}", encoding="utf-8")
    (made.at("malmo") / "register.toml").write_text(MALMO, encoding="utf-8")
    old = f"Pnr;Månad\n{BEFORE};2020-01\n{CARL_BEFORE};2020-02\n{YOUNG[3:]};2020-02\n"
    (made.at("af") / "r.csv").write_text(old, encoding="utf-8")
    (made.at("af") / "register.toml").write_text(AF, encoding="utf-8")
    malmo, af = (made.export(party) for party in ("malmo", "af"))
    for number in (ANNA, BEFORE, CARL, CARL_BEFORE, YOUNG):
        assert number not in malmo.out + malmo.err + af.out + af.err
    done = made.match()
    assert done.code == 0, done.err
    joined = malmo.json["changed"]["joined"]
    assert ("under several numbers: 2" in done.err) == (joined == 2)  # the matcher's knowledge alone
    assert "several numbers" not in done.out + made.release.read_text(encoding="utf-8")
    return malmo.json, af.json, json.loads(made.release.read_text(encoding="utf-8"))


def in_both(release: Mapping[str, Any]) -> int:
    """People who were in Krami and in the other party's programme in the same month."""
    (table,) = (t for t in release["tables"] if t["measure"] == "part")
    (value,) = (row["value"] for row in table["rows"] if row["period"] == "all")
    return int(value)


def test_people_are_found_by_the_number_that_the_other_knows(tmp_path: Any) -> None:
    malmo, af, release = played(tmp_path, changes=f'{ANNA};"{ANNA}, {BEFORE}"\n{CARL};{CARL_BEFORE}\n')
    assert malmo["people"] == 4
    assert malmo["changed"] == {"joined": 2, "unclear": 0, "left_out": 0}
    assert (af["people"], af["repaired"], af["changed"]["joined"]) == (3, 1, 0)
    assert in_both(release) == 3


def test_without_the_table_nobody_finds_them(tmp_path: Any) -> None:
    _, _, release = played(tmp_path, changes=f"{YOUNG};\n")
    assert in_both(release) == 1


@pytest.mark.parametrize("words", [("--dry-run",), ()])
def test_a_shortened_file_is_refused_and_nothing_is_written(tmp_path: Any, words: tuple[str, ...]) -> None:
    text = READY
    for fingerprint in FINGERPRINTS.values():
        text = text.replace(fingerprint, "")
    made = Round(tmp_path, text, {"malmo": (), "af": ()})
    made.keys("malmo-sok", 1)
    (made.at("af") / "r.csv").write_text(
        f"Pnr;Månad\n{ANNA};2020-01\n1,99001E+11;2020-02\n", encoding="utf-8"
    )
    (made.at("af") / "register.toml").write_text(AF, encoding="utf-8")
    done = link("export", "--agreement", made.agreement, "--json", *words, cwd=made.at("af"))
    assert done.code == 10
    assert "shortened" in done.err + done.out
    assert "99001" not in done.err + done.out
    assert not list(made.at("af").glob("*.link"))
    if words:
        assert done.json["refused"] == {"shortened": 1}
