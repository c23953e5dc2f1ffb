"""A whole round by the commands, with amounts, forms of days and stays that count on the last day."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from keys import files
from keys.identity import RoundKey
from linkage import intake
from linkage.commands.agreement_files import load_ready
from linkage.commands.agreement_keys import public_keys
from linkage.register import Summary
from tests.agreements import FINGERPRINTS, READY
from tests.registers import ANNA, BO
from tests.rounds import Round, ok

AGREEMENT = READY.replace('"any-day"', '"last-day"').replace(
    '[[party]]\nname = "af"',
    '[[party.series]]\nname = "bistand"\ntitle = "Bistånd"\nvalue = { unit = "kr", max = 60000 }\n'
    '[[party]]\nname = "af"',
)
MALMO = """\
format = "linkage-register/1"
extracted = "2021-01-15"
empty = ["ung-malmo", "aktivitetscenter"]
[[source]]
file = "insatser.csv"
id = "Pnr"
start = "Start"
end = "Slut"
dates = ["%d.%m.%Y"]
series = "krami"
unless = { "Makulerad" = ["J", "Ja"], "Slag" = "Test" }
[[source]]
file = "utbetalt.csv"
id = "Pnr"
date = "Betalt"
amount = "Belopp"
series = "bistand"
[[source]]
file = "aterkrav.csv"
id = "Pnr"
period = "Månad"
amount = "Belopp"
decimal = ","
series = "bistand"
"""
REGISTERS = {
    "insatser.csv": "Pnr;Start;Slut;Makulerad;Slag\n"
    f"{ANNA};1.1.2020;30.01.2020;N;\n"
    f"{ANNA};15.03.2020;2020-04-30;N;\n"
    f"{BO};01.01.2020;31.12.9999;Ja;\n"
    f"{BO};01.01.2020;31.12.9999;;Test\n"
    f"{BO};01.12.2020;31.12.9999;N;\n",
    "utbetalt.csv": "Pnr;Betalt;Belopp\n"
    f"{ANNA};2020-01-25;8 500,50 kr\n"
    f"{ANNA};2020-01-31;250\n"
    f"{BO};2020-02-01;70000\n",
    "aterkrav.csv": f"Pnr;Månad;Belopp\n{ANNA};2020-01;-1.000\n{BO};2020-03;-5\n",
}
AF = """\
format = "linkage-register/1"
extracted = "2021-01-15"
[[source]]
file = "r.csv"
id = "Pnr"
start = "Start"
end = "Slut"
series = "etablering"
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Round, Mapping[str, object]]:
    """A round whose packages are written and matched, and what malmo's export said."""
    text = AGREEMENT
    for fingerprint in FINGERPRINTS.values():
        text = text.replace(fingerprint, "")
    made = Round(tmp_path_factory.mktemp("series"), text, {"malmo": (), "af": ()}, reports="en")
    made.keys("malmo-sok", 1)
    for name, rows in REGISTERS.items():
        (made.at("malmo") / name).write_text(rows, encoding="utf-8")
    (made.at("malmo") / "register.toml").write_text(MALMO, encoding="utf-8")
    (made.at("af") / "r.csv").write_text(f"Pnr;Start;Slut\n{ANNA};2020-04-01;2020-05-30\n")
    (made.at("af") / "register.toml").write_text(AF, encoding="utf-8")
    facts = [made.export(party).json for party in ("malmo", "af")]
    done = made.match()
    assert done.code == 0, done.err
    ok("verify", made.release, "--agreement", made.agreement, cwd=made.folder)
    return made, facts[0]


def test_the_package_has_the_sums(played: tuple[Round, Mapping[str, object]]) -> None:
    made, _ = played
    agreement = load_ready(made.agreement)
    package = intake.check(
        lambda: made.package("malmo").open("rb"), agreement, public_keys(made.agreement.parent)
    )
    key = RoundKey.from_bytes(files.read_private(made.at("matcher") / "round.key", "round", None))
    rows = package.open_range(0, key)
    found = sorted(
        (amounts[:3], bits)
        for amounts, bits in zip(
            rows.amounts["malmo.bistand"].tolist(), rows.presence["malmo.krami"].tolist(), strict=True
        )
    )
    assert found == [([0, 60_000, 0], 1 << 11), ([7_751, 0, 0], 0b1100)]
    told = Summary.from_json(package.summary(key))
    assert told.clamped == {"above-max": 1, "below-zero": 1}
    assert (told.rows_used, told.rows_outside, told.rows_ignored) == (7, 1, 2)


def test_the_export_tells_what_it_did(played: tuple[Round, Mapping[str, object]]) -> None:
    _, facts = played
    assert facts["clamped"] == {"above-max": 1, "below-zero": 1}
    assert facts["series"] == {"krami": 2, "ung-malmo": 0, "aktivitetscenter": 0, "bistand": 2}
    assert facts["people"] == 2


def test_the_release_counts_last_days_and_says_so(played: tuple[Round, Mapping[str, object]]) -> None:
    made, _ = played
    release = json.loads(made.release.read_text(encoding="utf-8"))
    assert release["window"]["counting"] == "last-day"
    both = {
        row["period"]: row["of"]
        for table in release["tables"]
        if table["measure"] == "part"
        for row in table["rows"]
    }
    assert [both[f"2020-{month:02}"] for month in (1, 2, 3, 4, 5, 12)] == [0, 0, 1, 1, 0, 1]
    volume = {
        row["period"]: row["value"]
        for table in release["tables"]
        if table["measure"] == "report"
        for row in table["rows"]
    }
    assert [volume[f"2020-{month:02}"] for month in (4, 5)] == [1, 0]
    pages = "".join(page.read_text(encoding="utf-8") for page in made.release.parent.glob("*.html"))
    assert "Somebody counts in a month if they were there on the last day of it." in pages
    assert "on any day of it" not in pages


def test_no_cell_stands_beside_the_package(played: tuple[Round, Mapping[str, object]]) -> None:
    made, _ = played
    mine = {"insatser.csv", "utbetalt.csv", "aterkrav.csv"}
    for path in made.folder.rglob("*"):
        if path.is_file() and path.name not in mine and path.parent != made.at("af"):
            data = path.read_bytes()
            assert ANNA.encode() not in data, path
            assert b"8 500" not in data, path
