"""First contact: from a file that nobody has described to a package in three commands, all told."""

from __future__ import annotations

import csv
import datetime as dt
import re
import shlex
import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from linkage.agreement.model import Known, Series, Value
from linkage.commands.register_new import new
from linkage.commands.register_new_facts import NewMap
from linkage.identifiers import scheme
from linkage.register import ByColumn, Events, PeriodList, Spells, parse_map
from linkage.register.draft import Looked, draft
from linkage.register.guess import Column, Kind, look
from linkage.register.roles import like, named, roles
from linkage.register.sources import Head, Origin
from linkage.synthetic.numbers import personnummer
from linkage.texts import Lang, use
from tests.rounds import Done, Round, link
from tests.test_export_flow import AGREEMENT

PEOPLE = [personnummer(dt.date(1960, 1, 1) + dt.timedelta(90 * i), 238) for i in range(100)]
HEAD = ("Personnummer", "Namn", "Insats", "Startdatum", "Slutdatum", "Status", "Anteckning")
OWN = (Series("malmo", "krami", "Krami"), Series("malmo", "ung-malmo", "Ung Malmö (DUA-unga)"))
AGREED = ("--agreement", "../agreement/agreement.toml")


def column(*cells: str, name: str = "Kolumn") -> Column:
    return look(name, pa.array(cells, pa.string()), scheme("se"), dt.date(2021, 1, 15))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (PEOPLE, Kind.IDENTITY),
        ([f"{p[2:8]}-{p[8:]}" for p in PEOPLE] + ["", "okänd"], Kind.IDENTITY),
        ([f"{one}, {other}" for one, other in pairwise(PEOPLE)], Kind.IDENTITIES),
        (["2020-01-01", "2020-02-01 13:45", ""], Kind.DAY),
        (["31.1.2020", "2020-02-01"], Kind.DAY),
        (["2020-01", "2020-02"], Kind.PERIOD),
        (["202001", "202002"], Kind.PERIOD),
        (["2020-Q1"] * 3, Kind.PERIOD),
        (["Krami", "Avanti"] * 5, Kind.CATEGORY),
        (["1 234,50 kr", "-99"], Kind.AMOUNT),
        (["en lång anteckning " * 5] * 9, Kind.OTHER),
        (["070-123 45 67"] * 9, Kind.OTHER),
        (["anna@example.se"] * 9, Kind.OTHER),
        (["", " "], Kind.OTHER),
        ([f"värde {i}" for i in range(60)] * 3, Kind.OTHER),
    ],
)  # fmt: skip
def test_what_a_column_looks_like(cells: Sequence[str], kind: Kind) -> None:
    assert column(*cells).kind is kind


@pytest.mark.parametrize("name", ["Namn", "Handläggare", "E-post", "Efternamn", "Adress"])
def test_columns_about_persons_are_no_categories(name: str) -> None:
    assert column("Anna", "Bo", "Anna", "Bo", name=name).values == {}


def test_of_identifiers_that_are_any_text_the_rest_is_known_first() -> None:
    customers = scheme("text", "[A-Z0-9-]{1,10}")
    day = dt.date(2021, 1, 15)
    kinds = [
        look("K", pa.array(cells), customers, day).kind
        for cells in ([f"K{i}" for i in range(60)], ["2020-01-01"], ["KRAMI", "AVANTI"] * 4)
    ]
    assert kinds == [Kind.IDENTITY, Kind.DAY, Kind.CATEGORY]


def test_forms_of_days_are_chosen_only_where_there_is_one() -> None:
    assert (column("31.1.2020", "1.2.2020").forms, column("31.1.2020").unclear) == (("%d.%m.%Y",), False)
    assert set(column("01/02/2020", "03/04/2020").forms) == {"%d/%m/%Y", "%m/%d/%Y"}
    assert column("31/01/2020", "01/02/2020").forms == ("%d/%m/%Y",)
    mixed = column("31/01/2020", "31.01.2020", "2020-01-01")
    assert mixed.unclear


def made(kind: Kind, name: str, filled: int = 9, **values: int) -> Column:
    return Column(name, kind, filled, values=values)


@pytest.mark.parametrize(
    ("names", "start", "end"),
    [
        (("Startdatum", "Slutdatum"), "Startdatum", "Slutdatum"),
        (("Slut", "Start", "Född"), "Start", "Slut"),
        (("From", "Tom"), "From", "Tom"),
        (("Fr.o.m.", "T.o.m."), "Fr.o.m.", "T.o.m."),
        (("Beslut från", "Beslut till", "Registrerad"), "Beslut från", "Beslut till"),
        (("D1", "D2"), "D1", "D2"),
    ],
)
def test_first_and_last_day_are_known_by_name(names: tuple[str, ...], start: str, end: str) -> None:
    found = roles([made(Kind.DAY, name, 9 - i) for i, name in enumerate(names)], OWN)
    assert (found.start, found.end, found.date) == (start, end, "")


def test_one_day_is_an_event_and_previous_numbers_are_known_by_name() -> None:
    columns = [
        *(made(Kind.IDENTITY, n) for n in ("Tidigare personnummer", "Personnummer", "Medsökande")),
        made(Kind.DAY, "Utbetalningsdag"),
    ]
    found = roles(columns, OWN[:1])
    assert (found.id, found.previous, found.date) == (
        "Personnummer",
        "Tidigare personnummer",
        "Utbetalningsdag",
    )
    assert found.ids == ("Personnummer", "Medsökande")
    assert found.series == "krami"


def test_series_are_taken_by_name_or_title_and_never_by_likeness() -> None:
    assert named("KRAMI ", OWN) == "krami"
    assert named("Ung Malmö (DUA unga)", OWN) == "ung-malmo"
    assert named("Kramia", OWN) == ""
    assert like("Kramia", OWN) == "krami"
    assert like("Krami 2.0", OWN) == "krami"
    assert like("Vägledning", OWN) == ""


def test_amounts_go_with_series_that_hold_them() -> None:
    paid = (Series("malmo", "bistand", "Bistånd", value=Value("kr", 60000)),)
    columns = [made(Kind.IDENTITY, "Pnr"), made(Kind.PERIOD, "Månad"), made(Kind.AMOUNT, "Belopp")]
    assert (roles(columns, paid).amount, roles(columns, paid).period) == ("Belopp", "Månad")
    assert roles(columns, OWN[:1]).amount == ""


@pytest.mark.parametrize(
    ("cells", "decimals"),
    [
        (["1.234,50", "200,00-", "−7", "+5 kr"], ()),
        (["4 716 kr", "7 241 kr"] * 5, ()),
        (["1.234", "99,50"], (",",)),
        (["1,234", "1,234.50"], (".",)),
        (["1.230", "2.340"], (",", ".")),
        (["12,50", "13,50", "14,50", "15,50", "okänt"], ()),
    ],
)
def test_amounts_are_what_the_export_reads_as_such(cells: list[str], decimals: tuple[str, ...]) -> None:
    found = column(*cells)
    assert (found.kind, found.decimals) == (Kind.AMOUNT, decimals)
    assert column(*cells, name="Telefon").kind is not Kind.AMOUNT
    assert column("211 20", "214 41", "12 x").kind is not Kind.AMOUNT


PAID = (Series("malmo", "bistand", "Bistånd", value=Value("kr", 60000)),)


def test_of_several_columns_of_amounts_the_one_that_is_called_so_is_taken() -> None:
    columns = [made(Kind.PERIOD, "Månad"), *(made(Kind.DAY, d) for d in ("Startdatum", "Slutdatum"))]
    numbers = [made(Kind.AMOUNT, "Ärende"), made(Kind.AMOUNT, "Utbetalt belopp")]
    found = roles([*columns, *numbers], PAID)
    assert (found.amount, found.amounts) == ("Utbetalt belopp", ("Ärende", "Utbetalt belopp"))
    assert (found.period, found.start) == ("Månad", "")
    assert roles([*columns, made(Kind.AMOUNT, "A"), made(Kind.AMOUNT, "B")], PAID).amount == ""


def drafted(columns: Sequence[Column], own: Sequence[Series]) -> Looked:
    head = Head(tuple(c.name for c in columns), "csv", "utf-8", ";")
    return Looked("x.csv", head, 9, True, tuple(columns), roles(columns, own))


def test_columns_that_could_hold_amounts_are_always_named() -> None:
    columns = [made(Kind.IDENTITY, "Pnr"), made(Kind.PERIOD, "Månad"), made(Kind.AMOUNT, "Belopp")]
    text = draft([drafted(columns, ())], (), "2021-01-15", ())
    assert re.search('^# amount = "Belopp" +# looks like amounts, for a series', text, re.MULTILINE)
    text = draft([drafted([*columns, made(Kind.AMOUNT, "Nr")], PAID)], PAID, "2021-01-15", ())
    assert re.search('^amount = "Belopp"', text, re.MULTILINE)
    assert re.search('^# amount = "Nr" +# looks like amounts: is it this one', text, re.MULTILINE)
    none = drafted(columns[:2], PAID)
    assert '# amount = "…"' in draft([none], PAID, "2021-01-15", ())
    lines = NewMap(Path("register.toml"), Path("agreement.toml"), "malmo", (none,), ()).lines()
    assert any("which column holds the amounts" in str(line) for line in lines)


def test_the_sign_before_decimals_is_written_or_asked_for() -> None:
    for decimals, said in (
        ((",",), '^decimal = ","'),
        ((",", "."), '^# decimal = "," .*\n# decimal = "\\."'),
    ):
        paid = Column("Belopp", Kind.AMOUNT, 9, decimals=decimals)
        looked = drafted([made(Kind.IDENTITY, "Pnr"), made(Kind.PERIOD, "Månad"), paid], PAID)
        assert re.search(said, draft([looked], PAID, "2021-01-15", ()), re.MULTILINE)
        ready = NewMap(Path("register.toml"), Path("agreement.toml"), "malmo", (looked,), ()).ready
        assert ready is (len(decimals) == 1)


def test_where_the_window_alone_is_known_no_days_are_asked_for() -> None:
    window = (Series("malmo", "center", "Aktivitetscenter", Known.WINDOW),)
    listed = [made(Kind.IDENTITY, "Pnr")]
    bare = draft([drafted(listed, window)], window, "2021-01-15", ())
    assert "who was there at some time: no days are needed" in bare
    assert "no column looks like days" not in bare
    dated = [*listed, made(Kind.DAY, "Startdatum"), made(Kind.DAY, "Slutdatum")]
    text = draft([drafted(dated, window)], window, "2021-01-15", ())
    assert "no days are needed" in text
    assert "every row counts" in text
    assert '\nstart = "Startdatum"' in text
    assert "no days are needed" not in draft([drafted(dated, OWN)], OWN, "2021-01-15", ())


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Round:
    ready = Round(tmp_path_factory.mktemp("keyed"), AGREEMENT, {"malmo": (), "af": ()})
    ready.keys("prov", 1)
    return ready


@pytest.fixture
def home(keyed: Round, tmp_path: Path) -> Path:
    shutil.copytree(keyed.folder, tmp_path / "round")
    return tmp_path / "round" / "malmo"


def rows_of(*insatser: str) -> list[list[str]]:
    draw = np.random.default_rng(5)
    return [
        [person, "Anna Ek", insatser[i % len(insatser)], f"2020-{m:02}-03", end, "PA"[i % 2], f"anm {i}"]
        for i, person in enumerate(PEOPLE * 3)
        for m in [int(draw.integers(1, 10))]
        for end in ["" if i % 7 == 0 else f"2020-{m + 2:02}-01"]
    ]  # fmt: skip


def write(path: Path, rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD) -> None:
    with path.open("w", encoding="cp1252", newline="") as out:
        table = csv.writer(out, delimiter=";")
        table.writerow(head)
        table.writerows(rows)


def step(done: Done) -> str:
    """What the program says is next."""
    return done.err.split("next: ")[-1].strip()


def test_three_commands_all_told_by_the_program(home: Path) -> None:
    write(home / "insatser.csv", rows_of("Krami", "Avanti", "Lista"))
    lost = link("export", *AGREED, cwd=home)
    assert lost.code == 2
    assert "linkage register new FILE" in lost.err
    first = link("register", "new", "insatser.csv", *AGREED, cwd=home)
    assert first.code == 0, first.err
    assert "insatser.csv: 300 rows looked at, cp1252, separated by ;" in first.out or "utf-8" in first.out
    words = shlex.split(step(first).split("then: ")[1])
    assert words[:3] == ["linkage", "export", "--dry-run"]
    second = link(*words[1:], cwd=home)
    assert second.code == 0, second.err
    assert "people in each period" in second.out
    assert re.search(r"^2020-05 +[0-9]+  #+ +[0-9]+  #+", second.out.replace("█", "#"), re.MULTILINE)
    assert step(second) == "the same without --dry-run"
    third = link(*(w for w in words[1:] if w != "--dry-run"), cwd=home)
    assert third.code == 0, third.err
    assert step(third) == "send prov-1-malmo.link to the matcher, to nobody else"
    assert (home / "prov-1-malmo.link").exists()


def test_the_map_is_one_that_the_program_reads_and_holds_nobody(home: Path) -> None:
    write(home / "insatser.csv", rows_of("Krami", "Avanti", "Vägledning", "Krami 2.0"))
    done = link("register", "new", "insatser.csv", *AGREED, cwd=home)
    assert "not clear: 'Vägledning' bears no series' name (75 rows)" in done.out
    assert "not clear: no rows for the agreed series lista" in done.out
    assert "say what is not clear" in step(done)
    text = (home / "register.toml").read_text(encoding="utf-8")
    source = parse_map(text).sources[0]
    assert source.when == Spells("Startdatum", "Slutdatum")
    assert source.series == ByColumn("Insats", {"Krami": "krami", "Avanti": "avanti"})
    assert '# "Krami 2.0" = "krami"' in text
    assert '# empty = ["lista"]' in text
    assert not [p for p in PEOPLE if p in text or p[2:] in text or p[:8] in text]
    assert "Anna" not in text + done.out
    assert "anm 1" not in text
    dry = link("export", "--dry-run", *AGREED, cwd=home)
    assert dry.code == 10
    assert "Vägledning" in dry.err
    ready = text.replace('    # "Vägledning",', '    "Vägledning",').replace(
        '# "Krami 2.0" =', '"Krami 2.0" ='
    )
    (home / "register.toml").write_text(ready, encoding="utf-8")
    assert link("export", "--dry-run", *AGREED, cwd=home).code == 0


def test_json_tells_the_same(home: Path) -> None:
    write(home / "insatser.csv", rows_of("Krami", "Vägledning"))
    facts = link("register", "new", "insatser.csv", "--json", *AGREED, cwd=home).json
    assert (facts["map"], facts["party"], facts["ready"]) == ("register.toml", "malmo", False)
    assert facts["files"][0]["columns"] == {
        "Personnummer": "identity", "Insats": "category", "Startdatum": "day",
        "Slutdatum": "day", "Status": "category",
    }  # fmt: skip
    assert facts["values_without_series"] == {"Vägledning": 150}
    assert facts["series_without_source"] == ["avanti", "lista"]


def test_several_files_parquet_too_and_periods(home: Path) -> None:
    table = pa.table({"Pnr": PEOPLE, "Månad": ["2020-01", "2020-02"] * 50, "Insats": ["krami"] * 100})
    pa.parquet.write_table(table, home / "a.parquet")
    write(home / "b.csv", [[p, "2020-05-03", "Avanti"] for p in PEOPLE], ("Pnr", "Dag", "Insats"))
    assert link("register", "new", "a.parquet", "b.csv", *AGREED, cwd=home).code == 0
    first, second = parse_map((home / "register.toml").read_text(encoding="utf-8")).sources
    assert (first.when, second.when) == (PeriodList("Månad"), Events("Dag"))


def test_what_is_unclear_is_left_open(home: Path) -> None:
    write(home / "x.csv", [[p, "03/04/2020", "a"] for p in PEOPLE], ("Pnr", "Dag", "Fritext"))
    done = link("register", "new", "x.csv", *AGREED, cwd=home)
    assert "not clear: x.csv: which series the rows are in" in done.out
    assert "not clear: x.csv: how days are written" in done.out
    text = (home / "register.toml").read_text(encoding="utf-8")
    assert '# dates = ["%d/%m/%Y", "%m/%d/%Y"]' in text
    assert '# series = "…"' in text
    assert link("export", "--dry-run", *AGREED, cwd=home).code == 10


def test_a_map_is_never_replaced_and_faults_leave_none(home: Path) -> None:
    write(home / "x.csv", [[p] for p in PEOPLE], ("Pnr",))
    (home / "register.toml").write_text("mine", encoding="utf-8")
    assert link("register", "new", "x.csv", *AGREED, cwd=home).code == 10
    assert (home / "register.toml").read_text(encoding="utf-8") == "mine"
    (home / "register.toml").unlink()
    write(home / "no-head.csv", [[p] for p in PEOPLE[1:]], (PEOPLE[0],))
    (home / "empty.csv").touch()
    for name in ("no-head.csv", "empty.csv", "nowhere.csv", "."):
        done = link("register", "new", name, *AGREED, cwd=home)
        assert done.code == 10, name
        assert "hint: " in done.err
        assert PEOPLE[0] not in done.err + done.out
    assert link("register", "new", "-", *AGREED, cwd=home).code == 2
    assert not (home / "register.toml").exists()


def test_the_party_is_named_or_found(home: Path) -> None:
    write(home / "x.csv", rows_of("Etablering"))
    named_one = link("register", "new", "x.csv", "--party", "af", "--json", *AGREED, cwd=home)
    assert named_one.json["ready"] is True
    assert (
        link("register", "new", "x.csv", "--party", "nobody", "--out", "y.toml", *AGREED, cwd=home).code == 2
    )
    (home / "identity.key").unlink()
    (home / "malmo.pub").unlink()
    lost = link("register", "new", "x.csv", "--out", "y.toml", *AGREED, cwd=home)
    assert lost.code == 2
    assert "--party" in lost.err
    alone = link(
        "register", "new", "x.csv", "--out", "y.toml", "--agreement", "none.toml", "--json", cwd=home
    )
    assert (alone.json["party"], alone.json["ready"]) == (None, False)


def test_comments_are_in_the_users_language_and_the_file_is_beside_the_map(tmp_path: Path) -> None:
    write(tmp_path / "x.csv", rows_of("Krami"))
    (tmp_path / "maps").mkdir()
    use(Lang.SV)
    try:
        new(
            [tmp_path / "x.csv"],
            agreement=tmp_path / "none.toml",
            party=None,
            identity=tmp_path / "identity.key",
            origin=Origin(),
            out=tmp_path / "maps" / "register.toml",
            ask=None,
        )
    finally:
        use(Lang.EN)
    text = (tmp_path / "maps" / "register.toml").read_text(encoding="utf-8")
    assert "# En registerkarta" in text
    assert 'file = "../x.csv"' in text
