# ruff: noqa: S608 - queries on tables of the test itself
"""Registers of every kind, each quirk in a file of its own; the same rows from whatever they were read."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.dimensions import Dimensions
from linkage.errors import Error
from linkage.register import Read, Source, Spells, parse_map, read
from linkage.register.sources import Columns, Origin, encoding, open_reader
from linkage.register.sources import sql as sql_module
from linkage.register.sources.values import Cells, number, serial
from tests import make_registers
from tests.make_registers import FOLDER, HEAD, ROWS
from tests.needs import missing
from tests.registers import ANNA, bitmaps, plan_of

EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
WHEN = Spells("Start", "Slut")
ALL = Columns(("Pnr",), HEAD[1:], frozenset({"Start", "Slut"}))
CANARIES = (ANNA, ANNA[2:], "Malmö", "2020-02-28")


USUAL = 'id = "Pnr"\nstart = "Start"\nend = "Slut"\nseries = "krami"\n'


def source_of(name: str, origin: str, source: str = USUAL) -> Source:
    text = f'format = "linkage-register/1"\n[[source]]\nfile = "{name}"\n{source}{origin}\n'
    return parse_map(text).sources[0]


@pytest.mark.parametrize("name", EXPECTED)
def test_every_quirk(name: str) -> None:
    expected = dict(EXPECTED[name])
    source = source_of(name, expected.pop("origin"), expected.pop("source", USUAL))
    plan = plan_of(source, series="krami avanti lista! bistand=")
    if "error" in expected:
        with pytest.raises(Error) as caught:
            read(plan, FOLDER, Dimensions())
        assert str(caught.value) == expected["error"]
        assert not any(canary in f"{caught.value.__context__!r}" for canary in CANARIES)
        return
    found = read(plan, FOLDER, Dimensions())
    summary, (file,) = found.folded.summary, found.files
    assert summary.people_counted == expected.pop("people")
    assert summary.rows_used == expected.pop("used")
    assert summary.refused == expected.pop("refused", {})
    assert (found.fault is not None) == expected.pop("fault", False)
    assert summary.repaired == expected.pop("repaired", 0)
    assert summary.changed == expected.pop("joined", 0)
    assert sum(summary.clamped.values()) == expected.pop("clamped", 0)
    people = [value.decode() for value in found.folded.identifiers.values.tolist()]
    for person, amounts in expected.pop("amounts", {}).items():
        row = found.folded.amounts["bistand"][people.index(person)].tolist()
        assert row == [*amounts, *[0] * (12 - len(amounts))]
    assert expected.items() <= {"encoding": file.encoding, "delimiter": file.delimiter}.items()


def test_the_corpus_is_what_its_script_makes() -> None:
    made = make_registers.every()
    assert {path.name for path in FOLDER.iterdir()} == {*made, "expected.json"}
    assert {name: make_registers.told_of(case) for name, case in made.items()} == EXPECTED
    for name, case in made.items():
        if name.endswith(".csv"):  # the writers of the others change with their versions
            assert (FOLDER / name).read_bytes() == case.data, name


def cells_of(file: str, folder: Path, origin: Origin | None = None) -> list[tuple[str, ...]]:
    reader = open_reader(file, folder, origin, HEAD)
    rows: list[tuple[str, ...]] = []
    for batch in reader.batches(ALL, lambda _: None):
        assert batch.first == len(rows) + 2
        columns = [batch.texts["Pnr"], *(batch.coded[name].dictionary_decode() for name in HEAD[1:])]
        rows += zip(*(column.to_pylist() for column in columns), strict=True)
    return rows


def sqlite(folder: Path) -> Origin:
    with sqlite3.connect(folder / "r.db") as made:
        made.execute("create table r (Pnr integer, Start text, Slut text, Ort text)")
        made.executemany("insert into r values (?, ?, ?, ?)", [_plain(row) for row in ROWS])
    made.close()
    return Origin(url="sqlite:///r.db", query="select * from r where '12:30' like '%%'")


def _plain(row: tuple[object, ...]) -> list[str | None]:
    return [None if cell is None else str(cell) for cell in row]


def test_every_kind_gives_the_same_cells(tmp_path: Path) -> None:
    oracle = [tuple("" if cell is None else str(cell) for cell in row) for row in ROWS]
    assert cells_of("utf-8.csv", FOLDER) == oracle
    assert cells_of("usual.xlsx", FOLDER) == oracle
    for name in ("usual", "numbers", "floats", "decimals"):
        assert cells_of(f"{name}.parquet", FOLDER) == oracle
    assert cells_of("x", tmp_path, sqlite(tmp_path)) == oracle
    assert cells_of("numbers-and-serials.xlsx", FOLDER) == oracle


POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


@pytest.fixture
def postgres() -> Iterator[sa.Connection]:
    engine = sa.create_engine(POSTGRES, poolclass=sa.NullPool, connect_args={"connect_timeout": 3})
    try:
        connection = engine.connect()
    except (sa.exc.OperationalError, ModuleNotFoundError):
        missing("PostgreSQL on 127.0.0.1:5432, user postgres")
    with connection:
        name = f"linkage_test_{os.getpid()}"
        columns = '"Pnr" bigint, "Start" date, "Slut" timestamp, "Ort" text'
        connection.execute(sa.text(f"create table {name} ({columns})"))
        for row in ROWS:
            values = dict(zip("abcd", row, strict=True))
            connection.execute(sa.text(f"insert into {name} values (:a, :b, :c, :d)"), values)
        connection.commit()
        connection.info["table"] = name
        yield connection
        connection.rollback()
        connection.execute(sa.text(f"drop table if exists {name}"))
        connection.commit()


def test_postgres_gives_the_same_package_rows(postgres: sa.Connection) -> None:
    query = f"select * from {postgres.info['table']}"
    plain = read(plan_of(Source("utf-8.csv", "Pnr", WHEN, "krami")), FOLDER, Dimensions())
    for source in (
        Source("db", "Pnr", WHEN, "krami", origin=Origin(url=POSTGRES, query=query)),
        Source("usual.xlsx", "Pnr", WHEN, "krami"),
        Source("numbers.parquet", "Pnr", WHEN, "krami"),
    ):
        found = read(plan_of(source), FOLDER, Dimensions())
        assert bitmaps(found) == bitmaps(plain)
        assert found.folded.identifiers.values.tolist() == plain.folded.identifiers.values.tolist()


REFUSED_QUERIES = {
    "select * from nowhere_at_all": "names a table that is not there",
    "select nothing from {table}": "names a column that is not there",
    "drop table {table}": "refuses the query (42601)",
    "delete from {table} returning *": "refuses the query (42601)",
    "selec": "refuses the query (42601)",
    'select 1/("Pnr" - "Pnr") as "Pnr" from {table}': "refuses the query (22012)",
}


@pytest.mark.parametrize("query", REFUSED_QUERIES)
def test_a_query_that_fails(query: str, postgres: sa.Connection) -> None:
    origin = Origin(url=POSTGRES, query=query.format(table=postgres.info["table"]))
    with pytest.raises(Error) as caught:
        list(open_reader("db", Path(), origin).batches(Columns(("Pnr",)), lambda _: None))
    assert REFUSED_QUERIES[query] in str(caught.value)
    context = caught.value.__context__
    # the end of a context manager may stand here, by what ran before; it holds nothing of the database
    assert context is None or (isinstance(context, StopIteration) and not context.args)


def test_a_database_that_goes_away(postgres: sa.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_module, "_ROWS", 10)
    monkeypatch.setitem(sql_module._OPTIONS, "max_row_buffer", 10)
    query = 'select pg_backend_pid() as "Pid" from generate_series(1, 1000000)'
    reader = open_reader("db", Path(), Origin(url=POSTGRES, query=query))
    batches = reader.batches(Columns(("Pid",)), lambda _: None)
    pid = int(next(batches).texts["Pid"][0].as_py())
    postgres.execute(sa.text("select pg_terminate_backend(:pid)"), {"pid": pid})
    with pytest.raises(Error, match="the database went away: db, after record"):
        list(batches)


def test_no_database(tmp_path: Path) -> None:
    def refusal(url: str) -> str:
        with pytest.raises(Error) as caught:
            open_reader("db", tmp_path, Origin(url=url, query="select 1"))
        return str(caught.value)

    assert refusal("sqlite:///none.db") == "no such register: db"
    assert not (tmp_path / "none.db").exists()
    assert refusal("postgresql+psycopg://postgres@127.0.0.1:1/x") == "the database does not answer: db"
    assert refusal("nosuch://x/y") == "no driver for nosuch is installed: db"


def test_a_sqlite_register_is_never_written(tmp_path: Path) -> None:
    origin = sqlite(tmp_path)
    before = (tmp_path / "r.db").read_bytes()
    with pytest.raises(Error, match="the database refuses the query"):
        open_reader("db", tmp_path, Origin(url=origin.url, query="delete from r"))
    assert (tmp_path / "r.db").read_bytes() == before


def test_a_password_is_asked_for_where_one_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that wants a password, played by SQLite: the one here lets everybody in."""
    origin, real = sqlite(tmp_path), sql_module._Asked

    def asked(url: sa.URL, query: str) -> sql_module._Asked:
        if url.password != "rätt":  # noqa: S105 - not a password of anything
            raise sa.exc.OperationalError("q", {}, Exception("FATAL: password authentication failed"))
        return real(url._replace(password=None), query)

    monkeypatch.setattr(sql_module, "_Asked", asked)
    names: list[str] = []

    def answer(word: str) -> Callable[[str], str]:
        def ask(name: str) -> str:
            names.append(name)
            return word

        return ask

    assert open_reader("db", tmp_path, origin, HEAD, answer("rätt")).head.names == HEAD
    assert names == ["db"]
    (tmp_path / "p").write_text("rätt\n", encoding="utf-8")
    (tmp_path / "p").chmod(0o600)
    from_file = replace(origin, password_file="p")  # noqa: S106 - a file
    assert open_reader("db", tmp_path, from_file, HEAD).head.names == HEAD
    for ask in (None, answer("fel")):
        with pytest.raises(Error, match="the database refuses the user or the password: db"):
            open_reader("db", tmp_path, origin, HEAD, ask)


def test_a_long_first_record_is_no_end(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(f"Pnr;Start;Slut;Ort\n{ANNA};2020-01-01;;{'x' * 200_000}\n")
    assert cells_of("r.csv", tmp_path)[0][:2] == (ANNA, "2020-01-01")


@pytest.mark.skipif(os.name != "posix", reason="modes mean nothing elsewhere")
def test_a_password_file_is_for_its_owner(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("hemlig\n", encoding="utf-8")
    (tmp_path / "p").chmod(0o644)
    with pytest.raises(Error, match="others may read the password file"):
        open_reader("db", tmp_path, Origin(url=POSTGRES, query="select 1", password_file="p"))  # noqa: S106 - a file


class Pipe:
    """A standard input that gives its bytes once, and says how many were asked for."""

    def __init__(self, *parts: bytes, times: int = 1) -> None:
        self._parts = [*parts[:-1], *[parts[-1]] * times]
        self._held = b""
        self.given = 0

    def read(self, size: int) -> bytes:
        while len(self._held) < size and self._parts:
            self._held += self._parts.pop(0)
        data, self._held = self._held[:size], self._held[size:]
        self.given += len(data)
        return data


def piped(monkeypatch: pytest.MonkeyPatch, pipe: Pipe, origin: Origin | None = None) -> Read:
    monkeypatch.setattr("sys.stdin", type("In", (), {"buffer": pipe}))
    return read(plan_of(Source("-", "Pnr", WHEN, "krami", origin=origin or Origin())), Path(), Dimensions())


def test_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = bitmaps(read(plan_of(Source("utf-8.csv", "Pnr", WHEN, "krami")), FOLDER, Dimensions()))
    assert bitmaps(piped(monkeypatch, Pipe(make_registers.csv()))) == wanted
    assert bitmaps(piped(monkeypatch, Pipe(make_registers.csv("cp850")), Origin(encoding="cp850"))) == wanted
    with pytest.raises(Error, match="not UTF-8: -, after record"):
        piped(monkeypatch, Pipe(make_registers.csv("cp1252")))
    with pytest.raises(Error, match="not yet: - is no text"):
        piped(monkeypatch, Pipe((FOLDER / "usual.xlsx").read_bytes()))


def test_a_line_of_two_gigabytes_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = Pipe(
        f"Pnr;Start;Slut\n{ANNA};2020-01-01;\n{ANNA};2020-01-01;".encode(), b"x" * (1 << 20), times=2_048
    )
    with pytest.raises(Error, match="longer than 4194304 bytes"):
        piped(monkeypatch, endless)
    assert endless.given < 64 << 20


def test_a_file_that_grows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(make_registers.csv())

    def grow(_: int) -> None:
        with path.open("ab") as more:
            more.write(f"{ANNA};2020-01-01;;\r\n".encode())

    reader = open_reader("r.csv", tmp_path, None, HEAD)
    with pytest.raises(Error, match=r"the file changes while it is read: r\.csv"):
        list(reader.batches(ALL, grow))


TEXT = """Åke Åsa Öberg Ängström Jönköping Malmö Gävle Skellefteå Västerås Örebro Hässleholm även är på för
från till och det som inte när måste får avslutad påbörjad arbete studier sjukskriven flyttat Umeå"""
WORDS = tuple(TEXT.split())


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), min_size=1),
    st.sampled_from(["utf-8", *encoding.READINGS]),
    st.sampled_from([str, str.upper, str.title]),
)
def test_the_encoding_of_swedish_text_is_found(
    words: list[str], name: str, case: Callable[[str], str]
) -> None:
    text = case(f"199001012385;{' '.join(words)};2020-01-01")
    data = text.encode(name)
    found = encoding.found(lambda: [data[:7], data[7:]])
    assert found is not None
    assert data.decode(found) == text


def test_numbers_have_all_their_digits() -> None:
    assert [number(n) for n in (199001012385.0, 1234.5, 1e20, -0.5, 1e-7, float("nan"))] == [
        "199001012385", "1234.5", "100000000000000000000", "-0.5", "0.0000001", ""]  # fmt: skip
    assert Cells().texts(["a", None, True, False, 1, 1.0, dt.datetime(2020, 1, 1, 8, 30)]) == (  # noqa: DTZ001
        ["a", "", "true", "false", "1", "1", "2020-01-01 08:30:00"], True)  # fmt: skip


@given(st.integers(-10, 3_000_000))
def test_serials_are_excels_days(value: int) -> None:
    text = serial(float(value))
    if value == 60 or not 1 <= value <= 2_958_465:
        assert text == str(value)
    else:
        start = np.datetime64("1899-12-31") if value < 60 else np.datetime64("1899-12-30")
        assert text == str(start + value)
