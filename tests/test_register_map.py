# ruff: noqa: E501 - a table of mistakes reads best with one mistake a line
"""register.toml: what it may say, and every mistake told at once with its line."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from linkage.errors import AgreementError, RegisterError
from linkage.register import (
    ByColumn,
    Events,
    PeriodList,
    RegisterMap,
    Source,
    Spells,
    Undated,
    parse_map,
    plan,
)
from linkage.register.errors import MapError
from linkage.register.sources import Origin
from tests.builders import scene

GOOD = """\
\ufeffformat = "linkage-register/1"   # as 2-formats prints it
extracted = "2021-01-15"
empty = ["avanti"]
[[source]]
file   = 'C:\\extracts\\insatser-2020.csv'
id     = "Personnummer"
start  = "Startdatum"
end    = "Slutdatum"
series = { column = "Insats", values = { "Ung Malmö" = "ung-malmo", "Krami" = "krami", "Krami 2" = "krami" }, ignore = ["Vägledning"] }
where  = { "Avslutsorsak" = ["Arbete", "Studier"], "Status" = "klar" }
[[source]]
file = "b.csv"
id = "Personnummer "
date = "Avslutsdatum"
series = "krami"
[[source]]
file = "c.csv"
id = "P"
period = "Månad"
series = "krami"
[[source]]
file = "d.csv"
id = "P"
series = "lista"
"""


def test_a_map_says_what_it_says() -> None:
    assert parse_map(GOOD) == RegisterMap(
        sources=(
            Source(
                "C:\\extracts\\insatser-2020.csv",
                "Personnummer",
                Spells("Startdatum", "Slutdatum"),
                ByColumn(
                    "Insats",
                    {"Ung Malmö": "ung-malmo", "Krami": "krami", "Krami 2": "krami"},
                    frozenset({"Vägledning"}),
                ),
                {"Avslutsorsak": frozenset({"Arbete", "Studier"}), "Status": frozenset({"klar"})},
            ),
            Source("b.csv", "Personnummer", Events("Avslutsdatum"), "krami"),
            Source("c.csv", "P", PeriodList("Månad"), "krami"),
            Source("d.csv", "P", Undated(), "lista"),
        ),
        extracted=dt.date(2021, 1, 15),
        empty=("avanti",),
    )


def test_a_source_knows_its_columns_and_series() -> None:
    first, second, third, last = parse_map(GOOD).sources
    assert first.coded == ("Avslutsorsak", "Status", "Insats", "Startdatum", "Slutdatum")
    assert first.names == ("ung-malmo", "krami")
    assert (second.coded, third.coded, last.coded) == (("Avslutsdatum",), ("Månad",), ())


SOURCE = '[[source]]\nfile = "a.csv"\nid = "P"\nstart = "S"\nend = "E"\nseries = "krami"\n'
FORMAT = 'format = "linkage-register/1"\n'


def test_a_day_may_stand_without_quotes() -> None:
    assert parse_map(f"{FORMAT}extracted = 2021-01-15\n{SOURCE}").extracted == dt.date(2021, 1, 15)
    assert parse_map(FORMAT + SOURCE).extracted is None


def problems(text: str) -> list[str]:
    with pytest.raises(MapError) as caught:
        parse_map(text, "min.toml")
    assert "min.toml" in str(caught.value)
    return [str(detail) for detail in caught.value.details]


def source(*lines: str, without: str = "") -> str:
    kept = [line for line in SOURCE.splitlines() if not without or not line.startswith(without)]
    return FORMAT + "\n".join([*kept, *lines]) + "\n"


LATER = ("value",)


@pytest.mark.parametrize("key", LATER)
def test_what_later_versions_bring_is_not_yet_there(key: str) -> None:
    assert problems(source(f'{key} = "x"')) == [
        f"line 8, source[1].{key}: not yet: {key} comes in a later version"
    ]


ORIGINS = {
    'file = "a.csv"': ("a.csv", Origin()),
    'file = "-"\nencoding = "latin1"': ("-", Origin(encoding="iso8859-1")),
    'file = "a.csv"\nencoding = "windows-1252"\ndelimiter = "tab"': (
        "a.csv",
        Origin(encoding="cp1252", delimiter="\t"),
    ),
    'file = "a.xlsx"\nsheet = "Blad 2"': ("a.xlsx", Origin(sheet="Blad 2")),
    'sql = "sqlite:///x.db"\nquery = "select 1"': (
        "sqlite:///x.db",
        Origin(url="sqlite:///x.db", query="select 1"),
    ),
    'sql = "postgresql+psycopg://anna@db.example.se/vux?sslmode=require"\nquery = "q"\npassword_file = "p"': (
        "postgresql://db.example.se/vux",
        Origin(
            url="postgresql+psycopg://anna@db.example.se/vux?sslmode=require",
            query="q",
            password_file="p",  # noqa: S106 - a file
        ),
    ),
}


@pytest.mark.parametrize("text", ORIGINS)
def test_where_a_source_is(text: str) -> None:
    (found,) = parse_map(source(text, without="file")).sources
    assert (found.file, found.origin) == ORIGINS[text]


NO_ORIGINS = {
    'sql = "postgresql://anna:hemlig@db/vux"\nquery = "q"': "a password does not stand in a map",
    'sql = "postgresql://db/vux?password=hemlig"\nquery = "q"': "a password does not stand in a map",
    'sql = "hemlig"\nquery = "q"': "not an address of a database",
    'sql = "sqlite:///x.db"': "missing, expected text in quotes",
    'sql = "sqlite:///x.db"\nquery = "q"\nfile = "a.csv"': "file does not go with sql",
    'sql = "sqlite:///x.db"\nquery = "q"\nsheet = "a"': "sheet does not go with sql",
    'file = "a.csv"\nquery = "q"': "query goes with sql",
    'file = "a.csv"\npassword_file = "q"': "password_file goes with sql",
    'file = "a.csv"\nencoding = "rot13"': "no encoding that registers have",
    'file = "a.csv"\ndelimiter = "x"': "one of",
    'file = "a.csv"\nsheet = "x"': "a sheet is for Excel files",
    'file = "a.xlsx"\nencoding = "cp1252"': "encoding is for CSV",
    'file = "https://example.se/a.csv"': "an address of a database is written as sql",
}


@pytest.mark.parametrize("text", NO_ORIGINS)
def test_what_does_not_say_where_a_source_is(text: str) -> None:
    (told,) = problems(source(text, without="file"))
    assert NO_ORIGINS[text] in told
    assert "hemlig" not in told


def test_the_standard_input_is_read_once() -> None:
    two = source('file = "-"', without="file") + source('file = "-"', without="file").removeprefix(FORMAT)
    assert any("the standard input is read once" in told for told in problems(two))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (source('colour = "x"'), "unknown key, allowed are sql, file, sheet, encoding"),
        (source('serie = "x"', without="series"), "(did you mean 'series'?)"),
        (source('date = "D"'), "either start and end, or date, or period: not start + date"),
        (source('period = "D"'), "either start and end, or date, or period: not start + period"),
        (source(without="end"), "without an end everybody would still be there"),
        (source(without="start"), "an end needs a start"),
        (source(without="id"), "missing, expected text in quotes"),
        (source(without="file"), "missing, expected text in quotes"),
        (source('id = ""', without="id"), "empty, expected text in quotes"),
        (source("series = 1", without="series"), "expected text in quotes, found a whole number"),
        (source('series = { column = "I" }', without="series"), "missing, expected a table, as [values]"),
        (source('series = { column = "I", values = {} }', without="series"), "names no value"),
        (source('series = { values = { a = "krami" } }', without="series"), "missing, expected text in quotes"),
        (source('series = { column = "I", values = { a = 1 } }', without="series"), "found a whole number"),
        (source('series = { column = "I", values = { a = "b" }, ignore = ["a "] }', without="series"), "'a' stands under values too"),
        (source('series = { column = "I", values = { a = "b", "a " = "c" } }', without="series"), "the same value twice"),
        (source('series = { column = "I", values = { a = "b" }, other = 1 }', without="series"), "unknown key"),
        (source("where = { A = [] }"), "an empty list: no row would ever be read"),
        (source("where = { A = [1] }"), "expected text in quotes, found a whole number"),
        (source('where = "A"'), "expected a table"),
        (f"{FORMAT}extracted = 2021-01-15T00:00:00\n{SOURCE}", "write"),
        (f'{FORMAT}extracted = "15/1 2021"\n{SOURCE}', 'not a day, write "2021-01-15"'),
        (f'{FORMAT}extracted = "2021-02-29"\n{SOURCE}', 'not a day, write "2021-01-15"'),
        (f'{FORMAT}extracted = "1899-01-01"\n{SOURCE}', 'not a day, write "2021-01-15"'),
        (f'{FORMAT}empty = "a"\n{SOURCE}', "expected a list of texts, found text"),
        (f"{FORMAT}other = 1\n{SOURCE}", "unknown key, allowed are format, extracted, empty, source"),
        (FORMAT, "no [[source]]: a map names at least one file, or what is empty"),
        (FORMAT + SOURCE.replace("[[", "[").replace("]]", "]"), "expected tables, each as [[source]], found a table"),
        (SOURCE, "missing, expected text in quotes"),
        ('format = "linkage-register/2"\n' + SOURCE, "unknown 'linkage-register/2'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_what_is_allowed(text: str, told: str) -> None:
    assert any(told in problem for problem in problems(text)), problems(text)


def test_all_mistakes_are_told_at_once_in_order() -> None:
    told = problems(source('colour = "x"', 'amount = "A"', "[[source]]", 'file = "b.xlsx"', "id = 1"))
    assert [line.split(":")[0] for line in told] == [
        "line 8, source[1].colour",
        "line 9, source[1].amount",
        "line 10, source[2].series",
        "line 12, source[2].id",
    ]


def test_what_is_no_toml_is_told_with_its_line() -> None:
    with pytest.raises(AgreementError, match=r"register\.toml, line 1"):
        parse_map("format = ")
    with pytest.raises(AgreementError) as caught:
        parse_map(source('file = "C:\\data"', without="file"))
    assert "single quotes" in str(caught.value.advice)
    assert "single quotes" in problems(source('file = "C:\\new"', without="file"))[0]


# -- with an agreement --------------------------------------------------------------------------------------


def fit(register_map: RegisterMap) -> list[str]:
    """What does not fit the small agreement of the tests, for malmo (krami, avanti, lista without dates)."""
    agreement = scene().agreement
    try:
        plan(register_map, agreement, agreement.party("malmo"), "register.toml")
    except RegisterError as error:
        return [str(detail) for detail in error.details]
    return []


SPELLS = Source("a.csv", "P", Spells("S", "E"), ByColumn("I", {"a": "krami", "b": "avanti"}))
LIST = Source("b.csv", "P", Undated(), "lista")


def test_a_map_that_fits_is_a_plan() -> None:
    agreement = scene().agreement
    made = plan(RegisterMap((SPELLS, LIST)), agreement, agreement.party("malmo"), "register.toml")
    assert [s.name for s in made.series] == ["krami", "avanti", "lista"]
    assert made.extracted == dt.date(2020, 12, 31)
    assert made.unfed == ()
    assert [made.code(name) for name in ("krami", "lista")] == [0, 2]
    assert [made.dated(name) for name in ("krami", "lista")] == [True, False]
    earlier = RegisterMap((SPELLS, LIST), extracted=dt.date(2021, 2, 3))
    assert plan(earlier, agreement, agreement.party("malmo"), "").extracted == dt.date(2021, 2, 3)


def test_a_series_that_nothing_feeds_is_told_unless_it_is_called_empty() -> None:
    agreement = scene().agreement
    party = agreement.party("malmo")
    assert plan(RegisterMap((SPELLS,)), agreement, party, "").unfed == ("lista",)
    assert plan(RegisterMap((SPELLS,), empty=("lista",)), agreement, party, "").unfed == ()
    assert fit(RegisterMap((SPELLS, LIST), empty=("lista",))) == [
        "empty names 'lista', and a source feeds it"
    ]
    assert "no series 'nobody'" in fit(RegisterMap((SPELLS, LIST), empty=("nobody",)))[0]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("kramy", "a.csv: no series 'kramy' (did you mean 'krami'?), agreed are krami, avanti, lista"),
        ("etablering", "a.csv: 'etablering' is a series of af, and malmo exports its own"),
        ("af.etablering", "a.csv: 'af.etablering' is a series of af, and malmo exports its own"),
        ("malmo.krami", "a.csv: write 'krami' without the party's name"),
    ],
)
def test_a_party_exports_only_its_own_series(name: str, told: str) -> None:
    assert told in fit(RegisterMap((replace(SPELLS, series=name), LIST)))


def test_rows_without_dates_are_only_for_series_without_dates() -> None:
    assert fit(RegisterMap((SPELLS, LIST, replace(LIST, series="krami")))) == [
        "b.csv: the series 'krami' needs dates: start and end, date, or period"
    ]


def test_all_that_does_not_fit_is_told_at_once() -> None:
    assert len(fit(RegisterMap((replace(SPELLS, series="x"), replace(LIST, series="krami"))))) == 2
