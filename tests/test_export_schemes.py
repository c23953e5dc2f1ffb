"""A whole round by the commands, for each scheme of identifiers that is not Swedish."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pyarrow as pa
import pytest

from linkage.agreement import parse
from linkage.errors import AgreementError
from linkage.identifiers import scheme
from linkage.register.numbers import SHORTEST, Broken
from linkage.schemes import SCHEMES as AGREED
from tests.plain_nordic import finnish, norwegian
from tests.rounds import Round
from tests.test_export_flow import AGREEMENT

IDENTIFIER = """\
scheme = "se"
accept = ["personnummer", "samordningsnummer"]
[dimensions]
sex = true
age = { on = "2020-12-31", bands = ["16-29", "30-64"], also = ["18-24"] }
"""
NORWEGIANS = [n for serial in range(1, 9) if (n := norwegian(dt.date(1990, 1, 1), serial))]
FINNS = [finnish(dt.date(1990, 1, serial - 899), serial, "-") for serial in range(900, 904)]
DANES = [f"0{day}0158-5000" for day in range(1, 5)]
SCHEMES = {
    "no": ('accept = ["fodselsnummer", "syntetisk"]\n[dimensions]\nsex = true', NORWEGIANS, "syntetisk"),
    "dk": ('accept = ["cpr"]\n[dimensions]\nsex = true', DANES, "cpr"),
    "fi": ('accept = ["tilapainen"]\n[dimensions]\nsex = true', FINNS, "tilapainen"),
    "text": ('pattern = "KUND-[0-9]{1,6}"', [f"KUND-{n}00000"[:11] for n in range(1, 5)], "text"),
}
SPOILED = {"no": "3002" + NORWEGIANS[0][4:], "dk": "320158-5000", "fi": "010190-900X", "text": "KUND/1"}


@pytest.mark.parametrize("name", SCHEMES)
def test_people_of_two_registers_are_counted_once(name: str, tmp_path: Path) -> None:
    rest, people, kind = SCHEMES[name]
    text = AGREEMENT.replace(IDENTIFIER, f'scheme = "{name}"\n{rest}\n')
    made = Round(tmp_path, text, {"malmo": (), "af": ()})
    made.keys("prov", 1)
    for party, mine, series, empty in (
        ("malmo", [*people[:3], SPOILED[name]], "krami", '["avanti", "lista"]'),
        ("af", [f" {one.lower()} " for one in people[1:4]], "etablering", "[]"),
    ):
        rows = "".join(f"{one};2020-01\n" for one in mine)
        (made.at(party) / "r.csv").write_text(f"Id;Månad\n{rows}", encoding="utf-8")
        (made.at(party) / "register.toml").write_text(
            f'format = "linkage-register/1"\nextracted = "2021-01-15"\nempty = {empty}\n[[source]]\n'
            f'file = "r.csv"\nid = "Id"\nperiod = "Månad"\nseries = "{series}"\n',
            encoding="utf-8",
        )
    told = made.export("malmo", "--max-refused", "50%")
    assert told.code == 0, told.err
    assert told.json["identifiers"][kind] == 3
    assert told.json["identifiers"]["unreadable"] == 1
    assert (told.json["people"], sum(told.json["refused"].values())) == (3, 1)
    assert made.export("af").code == 0
    done = made.match()
    assert done.code == 0, done.err
    for number in people:
        assert number not in told.out + told.err + done.out + done.err
    release = json.loads(made.release.read_text(encoding="utf-8"))
    (row,) = (row for row in release["tables"][0]["rows"] if row["period"] == "all")
    assert row["value"] == 4


def test_an_agreement_says_what_text_looks_like_and_warns_of_test_numbers() -> None:
    agreed = parse(AGREEMENT.replace(IDENTIFIER, 'scheme = "text"\npattern = "K[0-9]{6}"\n'))
    assert (agreed.scheme, agreed.accept, agreed.pattern) == ("text", ("text",), "K[0-9]{6}")
    rehearsal = AGREEMENT.replace(IDENTIFIER, 'scheme = "no"\naccept = ["fodselsnummer", "syntetisk"]\n')
    assert any("rehearsal" in str(text) for text in parse(rehearsal).warnings)
    earnest = AGREEMENT.replace(IDENTIFIER, 'scheme = "no"\naccept = ["fodselsnummer"]\n')
    assert not any("rehearsal" in str(text) for text in parse(earnest).warnings)
    with pytest.raises(AgreementError):
        parse(AGREEMENT.replace(IDENTIFIER, 'scheme = "fi"\n'))


@pytest.mark.parametrize(
    ("name", "cell", "expected"),
    [
        ("dk", "101585000", ["0101585000"]),
        ("no", "1819000170", []),  # one digit less, and with a zero it is no number
        ("dk", "010158-5000, 020158-5000", ["0101585000", "0201585000"]),
        ("fi", f"{FINNS[0]} {FINNS[1]}", FINNS[:2]),
        ("text", "kund-1; KUND-22", ["KUND-1", "KUND-22"]),
        ("text", "KUND-1;KUND/2", ["KUND-1"]),
    ],
)
def test_cells_are_mended_for_every_scheme(name: str, cell: str, expected: list[str]) -> None:
    made = scheme(name, "KUND-[0-9]{1,6}")
    numbers = Broken(made, dt.date(2021, 1, 15), several=True, repair=name in SHORTEST).read(pa.array([cell]))
    there = numbers.accepted(made, AGREED[name].kinds)
    assert made.canonical(numbers.key[there]).astype(str).tolist() == expected
