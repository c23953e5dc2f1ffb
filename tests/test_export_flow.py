"""Export as a party runs it: the package holds what plain Python makes of the register, and tells no more."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import errno
import hashlib
import hmac
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
import xlsxwriter

from keys import files
from keys.identity import RoundKey
from keys.secret import Secret
from linkage import intake
from linkage.commands import export as export_module
from linkage.commands.agreement_files import load, load_ready
from linkage.commands.agreement_keys import public_keys
from linkage.commands.export import ExportFacts, ShortMap, export
from linkage.commands.identities import read_identity
from linkage.commands.secret import read_secret
from linkage.dimensions import Ages, Band
from linkage.errors import AgreementError, Error, FileError, KeysError, RegisterError, UsageError
from linkage.register import Read
from linkage.register import read as read_register
from linkage.register.errors import RefusedError
from linkage.synthetic.numbers import personnummer, samordningsnummer
from linkage.tokens import order
from tests import plain_se
from tests.builders import scene
from tests.needs import ROOT
from tests.plain_register import Row, bits, expect, months
from tests.registers import SPELLS as SOURCE
from tests.registers import plan_of
from tests.rounds import Round, inside, link

AGREEMENT = """\
format = "linkage-agreement/1"
name = "prov"
round = 1
title = "A round"
purpose = "Test the export."
basis = "Nobody exists."
[period]
unit = "month"
first = "2020-01"
last = "2020-12"
counting = "any-day"
[identifier]
scheme = "se"
accept = ["personnummer", "samordningsnummer"]
[dimensions]
sex = true
age = { on = "2020-12-31", bands = ["16-29", "30-64"], also = ["18-24"] }
[[party]]
name = "malmo"
title = "Malmö"
identity = ""
[[party.series]]
name = "krami"
title = "Krami"
[[party.series]]
name = "avanti"
title = "Avanti"
[[party.series]]
name = "lista"
title = "Lista"
known = "window"
[[party]]
name = "af"
title = "AF"
identity = ""
[[party.series]]
name = "etablering"
title = "Etablering"
[matcher]
name = "matcher"
title = "The matcher"
identity = ""
round_key = ""
[[measure]]
name = "all"
title = "All"
count = "malmo.krami | af.etablering"
by = ["period"]
[release]
method = "exact"
agreed = "Decided in this test."
[retention]
days = 30
basis = "Nobody exists."
"""
MAP = """\
format = "linkage-register/1"
extracted = "2021-01-15"
empty = ["lista"]
[[source]]
file = "r.csv"
id = "Pnr"
start = "Start"
end = "Slut"
series = { column = "Insats", values = { "Krami" = "krami", "Avanti" = "avanti" }, ignore = ["Annat"] }
"""
AGES = Ages(dt.date(2020, 12, 31), (Band("16-29", 16, 29), Band("30-64", 30, 64)), (Band("18-24", 18, 24),))
NONE = ShortMap()
HEAD = ("Pnr", "Insats", "Start", "Slut")


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Round:
    """A round whose keys are made and whose agreement is ready."""
    made = Round(tmp_path_factory.mktemp("keyed"), AGREEMENT, {"malmo": (), "af": ()})
    made.keys("prov", 1)
    return made


@pytest.fixture
def home(keyed: Round, tmp_path: Path) -> Iterator[Path]:
    """A copy of it; the work goes on in the folder of malmo."""
    shutil.copytree(keyed.folder, tmp_path / "round")
    folder = tmp_path / "round" / "malmo"
    (folder / "register.toml").write_text(MAP, encoding="utf-8")
    with inside(folder):
        yield folder


def run(home: Path, *registers: str, **options: Any) -> ExportFacts:
    given: dict[str, Any] = {
        "agreement": home.parent / "agreement" / "agreement.toml",
        "registers": [Path(r) for r in registers],
        "register_map": None,
        "short": NONE,
        "identity": home / "identity.key",
        "secret": home / "secret.key",
        "out": None,
        "dry_run": False,
        "ask": None,
        "progress": None,
        "max_refused": "100%",
    }
    return export(**(given | options))


def write_rows(path: Path, *rows: tuple[object, ...], head: tuple[str, ...] = HEAD) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([head, *rows])


def some_people(n: int) -> list[str]:
    born = [dt.date(1940, 1, 1) + dt.timedelta(173 * i) for i in range(n)]
    return [
        (samordningsnummer if i % 5 == 0 else personnummer)(day, 238 + i % 2) for i, day in enumerate(born)
    ]


def random_register(home: Path, n: int = 400) -> list[Row]:
    """Write r.csv with random rows; the same rows for the oracle."""
    draw = np.random.default_rng(7)
    people, rows = [*some_people(60), "900101-T238", "", "199001012384"], []
    for _ in range(n):
        person = people[int(draw.integers(len(people)))]
        first = dt.date(2019, 10, 1) + dt.timedelta(int(draw.integers(450)))
        last = first + dt.timedelta(int(draw.integers(200))) if draw.integers(4) else None
        series = [None, "krami", "avanti"][int(draw.integers(3))]
        shown = f"{person[2:8]}-{person[8:]}" if len(person) == 12 and draw.integers(2) else person
        rows.append(Row(shown, series, first, last))
    cells = {"krami": "Krami", "avanti": "Avanti", None: "Annat"}
    write_rows(home / "r.csv", *((r.identifier, cells[r.series], r.first, r.last or "") for r in rows))
    return rows


def opened(home: Path, package: Path) -> tuple[dict[str, Any], Mapping[str, Any], Secret]:
    """token → what its row says, the summary, and the secret."""
    agreement = load_ready(home.parent / "agreement" / "agreement.toml")
    sealed = intake.check(lambda: package.open("rb"), agreement, public_keys(home.parent / "agreement"))
    key = RoundKey.from_bytes(files.read_private(home.parent / "matcher" / "round.key", "round", None))
    people: dict[str, Any] = {}
    for index in range(1 << sealed.ranges):
        rows = sealed.open_range(index, key)
        assert order(rows.tokens).tolist() == list(range(len(rows)))
        for i in range(len(rows)):
            assert rows.sex is not None
            assert rows.age is not None
            series = {name: int(column[i]) for name, column in rows.presence.items() if column[i]}
            people[bytes(rows.tokens[i]).hex()] = (int(rows.sex[i]), int(rows.age[i]), series)
    return people, sealed.summary(key), read_secret(home / "secret.key", None)


def test_the_package_holds_what_plain_python_makes_of_the_register(home: Path) -> None:
    told = expect(random_register(home), months("2020-01", 12), dt.date(2021, 1, 15))
    facts = run(home)
    assert facts.package == Path("prov-1-malmo.link")
    people, summary, secret = opened(home, facts.package)
    digest = load_ready(home.parent / "agreement" / "agreement.toml").digest
    assert digest is not None
    key = secret.token_key(digest).hmac_key

    def row(person: str) -> tuple[int, int, dict[str, int]]:
        years = plain_se.age(person, AGES.on)
        age = next((i for i, piece in enumerate(AGES.pieces, 1) if years in piece), 0)
        series = {f"malmo.{name}": bits(periods) for name, periods in told.presence[person].items()}
        return (2 if int(person[10]) % 2 else 1, age, series)

    def token(person: str) -> str:
        return hmac.digest(key, f"se:{person}".encode(), "sha256")[:16].hex()

    assert people == {token(person): row(person) for person in told.presence}
    assert summary["people_counted"] == len(told.counted)
    assert summary["people_total"] == len(told.counted) + len(told.others) + told.nobody
    assert summary == facts.summary.to_json()
    assert facts.people == len(told.presence)
    assert facts.series == {
        name: sum(name in series for series in told.presence.values())
        for name in ("krami", "avanti", "lista")
    }


def test_the_facts_are_those_of_the_file(home: Path) -> None:
    random_register(home)
    facts = run(home, out=Path("x.link"), now=dt.datetime(2026, 1, 2, 3, 4, 5, 678_000, dt.UTC))
    document = json.loads(json.dumps(facts.as_json()))
    data = (home / "x.link").read_bytes()
    assert document["package"] == "x.link"
    assert document["sha512"] == hashlib.sha512(data).hexdigest()
    assert document["bytes"] == len(data)
    assert document["sequence"] == 1767323045678
    assert document["rows"] == 400
    assert document["rows"] == document["used"] + document["outside"] + document["ignored"] + sum(
        document["refused"].values()
    )
    assert list(document["identifiers"]) == [
        *("personnummer", "samordningsnummer", "interim", "reserve", "tf", "lma", "unreadable")
    ]
    assert set(document["refused"]) == {"interim", "empty", "check-digit"}
    found = {"kind": "csv", "encoding": "utf-8", "delimiter": ";", "sheet": ""}
    assert document["files"] == [{"file": "r.csv", **found, "rows": 400}]
    assert document["problems"] == ["r.csv.problems.csv"]
    assert document["warnings"] == ["nobody is in the series lista"]
    assert "send x.link to the matcher, to nobody else" in str(facts.after())


def test_a_dry_run_says_the_same_and_needs_no_secret(home: Path) -> None:
    random_register(home)
    whole = run(home).as_json()
    (home / "secret.key").unlink()
    (home.parent / "agreement" / "matcher-round.pub").unlink()
    (home / "prov-1-malmo.link").unlink()
    dry = run(home, dry_run=True).as_json()
    assert dry == {
        k: v for k, v in whole.items() if k not in {"package", "sha512", "bytes", "id", "sequence"}
    }
    assert not (home / "prov-1-malmo.link").exists()
    assert "without --dry-run" in str(run(home, dry_run=True).after())


def test_a_dry_run_comes_with_a_draft_too(home: Path) -> None:
    random_register(home)
    (home.parent / "agreement" / "agreement.toml").write_text(AGREEMENT, encoding="utf-8")
    assert run(home, dry_run=True).party == "malmo"
    with pytest.raises(AgreementError):
        run(home)
    assert load(home.parent / "agreement" / "agreement.toml").digest is None


def test_problems_are_written_for_the_user_alone(home: Path) -> None:
    random_register(home)
    (home / "out").mkdir()
    facts = run(home, out=Path("out/p.link"))
    assert facts.problems == (Path("r.csv.problems.csv"),)
    path = home / facts.problems[0]
    assert path.read_text(encoding="utf-8-sig").count("\n") == 1 + sum(facts.summary.refused.values())
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    write_rows(home / "r.csv", (personnummer(dt.date(1990, 1, 1), 238), "Krami", "2020-01-01", ""))
    (home / "more").mkdir()
    assert run(home, out=Path("more/p.link")).problems == ()
    assert [p.name for p in (home / "more").iterdir()] == ["p.link"]


def test_two_sources_of_one_file_have_their_own_problems(home: Path) -> None:
    write_rows(home / "r.csv", ("x", "Krami", "2020-01-01", ""), ("199001012385", "Krami", "2020-01-01", ""))
    (home / "register.toml").write_text(MAP + MAP[MAP.index("[[source]]") :], encoding="utf-8")
    assert [p.name for p in run(home).problems] == ["r.csv.problems.csv", "r.csv-2.problems.csv"]


FAULTS = {
    "a broken date": ("199001012385", "Krami", "31/1 2020", ""),
    "an end before its start": ("199001012385", "Krami", "2020-02-01", "2020-01-31"),
    "a value without a name": ("199001012385", "Krami 2.0", "2020-02-01", ""),
}


@pytest.mark.parametrize("row", FAULTS.values(), ids=FAULTS)
def test_rows_at_fault_stop_the_export_and_are_listed(home: Path, row: tuple[str, ...]) -> None:
    """Beside the list of problems, which names the file's records, nothing is written."""
    write_rows(home / "r.csv", ("198001022386", "Krami", "2020-01-01", ""), row)
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    with pytest.raises(RegisterError) as caught:
        run(home, max_refused="1%")
    after = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    listed = after.pop(home / "r.csv.problems.csv").decode("utf-8-sig")
    assert after == before
    assert "3;" in listed
    assert str(caught.value.details[-1]).startswith("r.csv.problems.csv: ")
    facts = run(home, dry_run=True, max_refused="1%")
    assert str(facts.fault) == str(caught.value)
    assert facts.as_json()["fault"] == str(caught.value)
    assert facts.people == 1
    assert "3;" in (home / "r.csv.problems.csv").read_text(encoding="utf-8-sig")
    assert facts.after() is None


def test_a_list_that_cannot_be_written_hides_no_fault(home: Path) -> None:
    write_rows(home / "r.csv", FAULTS["a broken date"])
    (home / "r.csv.problems.csv").mkdir()
    with pytest.raises(RefusedError) as caught:
        run(home, max_refused="1%")
    assert "could not be written" in str(caught.value.details[-1])


def test_the_command_prints_a_faulty_dry_run_and_ends_with_10(home: Path) -> None:
    write_rows(home / "r.csv", FAULTS["a broken date"])
    agreement = home.parent / "agreement" / "agreement.toml"
    done = link("export", "--agreement", agreement, "--dry-run", "--json", cwd=home)
    assert done.code == 10
    assert done.json["refused"] == {"broken-date": 1}
    assert "record 2" in done.err
    assert link("export", "--agreement", agreement, cwd=home).code == 10


def test_a_later_export_replaces_the_package_and_is_newer(home: Path) -> None:
    random_register(home)
    first, again = run(home), run(home)
    assert first.written
    assert again.written
    assert again.written.sequence > first.written.sequence
    assert first.written.sha512 != again.written.sha512


# -- words on the command line ------------------------------------------------------------------------------

SPELLS = ShortMap(identifier="Pnr", series="krami", start="Start", end="Slut")


def test_a_list_needs_no_map(home: Path) -> None:
    random_register(home, 50)
    shutil.copy(home / "r.csv", home / "s.csv")
    (home / "register.toml").write_text("broken", encoding="utf-8")  # a named register turns it off
    facts = run(home, "r.csv", "s.csv", short=SPELLS, dry_run=True)
    assert facts.summary.rows_read == 100
    assert [str(w) for w in facts.warnings] == [
        f"the rows are of one series, so nobody is in the series {series}: a map holds several"
        for series in ("avanti", "lista")
    ]


def test_the_extraction_day_may_be_said_beside_a_map(home: Path) -> None:
    number = f"{personnummer(dt.date(2021, 3, 1), 238)[2:8]}-{personnummer(dt.date(2021, 3, 1), 238)[8:]}"
    write_rows(home / "r.csv", (number, "Krami", "2020-01-01", ""))
    assert run(home, dry_run=True).summary.refused == {"after-extraction": 1}
    later = run(home, dry_run=True, short=ShortMap(extracted="2021-03-02", encoding="UTF-8"))
    assert later.summary.refused == {}
    early = run(home, dry_run=True, short=ShortMap(extracted="2020-06-30"))
    assert "before the window ends" in str(early.warnings[0])


def test_without_a_day_the_agreements_last_day_counts(home: Path) -> None:
    (home / "register.toml").write_text(MAP.replace('extracted = "2021-01-15"\n', ""), encoding="utf-8")
    born = personnummer(dt.date(1921, 1, 10), 238)
    write_rows(home / "r.csv", (f"{born[2:8]}+{born[8:]}", "Krami", "2020-01-01", ""))
    assert run(home, dry_run=True).summary.refused == {"plus-sign": 1}  # nobody turns 100 in 2020
    assert run(home, dry_run=True, short=ShortMap(extracted="2021-01-01")).summary.refused == {}


@pytest.mark.parametrize(
    ("registers", "options", "told"),
    [
        (("r.csv",), {"register_map": Path("register.toml")}, "a map and registers: one of the two"),
        (("r.csv",), {"short": ShortMap()}, "which column holds the identity numbers"),
        (
            ("r.csv",),
            {"short": ShortMap("Pnr")},
            "which series do the rows belong to, of krami, avanti, lista",
        ),
        (("r.csv",), {"short": ShortMap("Pnr", "krami", "Start")}, "--start and --end go together"),
        (("r.csv",), {"short": ShortMap("Pnr", "krami")}, "the series krami needs dates"),
        ((), {"short": SPELLS}, "--id, --series, --start and --end go with a register that is named"),
        ((), {"short": ShortMap(extracted="15/1")}, "'15/1' is not a day"),
    ],
)
def test_words_that_do_not_fit_together(
    home: Path, registers: tuple[str, ...], options: dict[str, Any], told: str
) -> None:
    random_register(home, 5)
    with pytest.raises(UsageError) as caught:
        run(home, *registers, **options)
    assert str(caught.value) == told
    assert str(caught.value.advice)


def test_a_register_or_map_that_is_not_there(home: Path) -> None:
    with pytest.raises(FileError, match=r"no such register: r\.csv"):
        run(home)
    with pytest.raises(FileError, match="no such register map"):
        run(home, register_map=Path("other.toml"))
    (home / "register.toml").write_bytes("format = 'å'".encode("cp1252"))
    with pytest.raises(RegisterError, match=r"not a text file in UTF-8: .*line 1, column 11$"):
        run(home)
    (home / "register.toml").unlink()
    with pytest.raises(UsageError, match=r"there is no register\.toml here"):
        run(home)
    with pytest.raises(RegisterError) as caught:
        run(home, "r.csv", short=ShortMap("Pnr", "nobody", "S", "E"))
    assert "no series 'nobody'" in str(caught.value.details[0])


def test_a_map_is_read_beside_its_registers(home: Path) -> None:
    random_register(home, 5)
    (home / "sub").mkdir()
    for name in ("r.csv", "register.toml"):
        shutil.move(home / name, home / "sub" / name)
    assert run(home, register_map=Path("sub/register.toml"), dry_run=True).summary.rows_read == 5


def test_an_encoding_is_found_or_said(home: Path) -> None:
    random_register(home, 50)
    told = run(home, dry_run=True).summary
    data = (home / "r.csv").read_text(encoding="utf-8").replace("Annat", "Åtgärd")
    (home / "register.toml").write_text(MAP.replace("Annat", "Åtgärd"), encoding="utf-8")
    (home / "r.csv").write_text(data, encoding="cp850", newline="")
    for encoding in (None, "cp850"):
        facts = run(home, dry_run=True, short=ShortMap(encoding=encoding))
        assert facts.summary == told
        assert "cp850" in str(facts.lines()[1])
    with pytest.raises(RegisterError, match=r"not UTF-8: r\.csv, record"):
        run(home, dry_run=True, short=ShortMap(encoding="utf-8"))
    with pytest.raises(UsageError, match="no encoding that registers have: 'rot13'"):
        run(home, dry_run=True, short=ShortMap(encoding="rot13"))


def test_registers_of_every_kind_give_the_same_package_rows(home: Path) -> None:
    random_register(home, 60)
    with (home / "r.csv").open(encoding="utf-8", newline="") as stream:
        head, *rows = csv.reader(stream, delimiter=";")
    columns = dict(zip(head, zip(*rows, strict=True), strict=True))
    pq.write_table(pa.table({name: list(cells) for name, cells in columns.items()}), home / "r.parquet")
    book = xlsxwriter.Workbook(home / "r.xlsx")
    sheet = book.add_worksheet("Blad1")
    for at, row in enumerate([head, *rows]):
        sheet.write_row(at, 0, row)
    book.close()
    made = sa.create_engine(f"sqlite:///{home / 'r.db'}", poolclass=sa.NullPool)
    with made.begin() as table:
        table.exec_driver_sql("create table r (Pnr text, Insats text, Start text, Slut text)")
        table.exec_driver_sql("insert into r values (?, ?, ?, ?)", [tuple(row) for row in rows])
    found = []
    for place in (
        'file = "r.csv"',
        'file = "r.parquet"',
        'file = "r.xlsx"\nsheet = "Blad1"',
        'sql = "sqlite:///r.db"\nquery = "select * from r"',
    ):
        (home / "register.toml").write_text(MAP.replace('file = "r.csv"', place), encoding="utf-8")
        facts = run(home)
        assert facts.package
        found.append((opened(home, facts.package)[0], facts.summary, facts.people))
    assert found == found[:1] * 4


def test_a_register_from_a_pipe(home: Path) -> None:
    random_register(home, 30)
    words = ["export", "-", "--id", "Pnr", "--series", "krami", "--start", "Start", "--end", "Slut"]
    words += ["--agreement", str(home.parent / "agreement" / "agreement.toml"), "--dry-run", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words, "--max-refused", "100%"],
        input=(home / "r.csv").read_bytes(),
        capture_output=True,
        cwd=home,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] == 30
    assert (home / "stdin.problems.csv").exists()


def test_nobody_in_the_window_is_a_warning(home: Path) -> None:
    write_rows(home / "r.csv", (personnummer(dt.date(1990, 1, 1), 238), "Krami", "2018-01-01", "2018-02-01"))
    facts = run(home)
    assert [str(w) for w in facts.warnings] == ["nobody of the register is in the window"]
    assert facts.package is not None
    assert opened(home, facts.package)[0] == {}


# -- keys ---------------------------------------------------------------------------------------------------


def test_keys_that_do_not_belong_to_the_round(home: Path) -> None:
    random_register(home, 5)
    agreement = home.parent / "agreement"
    other = home.parent / "af"
    with pytest.raises(KeysError, match="matcher's identity"):
        run(home, identity=home.parent / "matcher" / "identity.key")
    with pytest.raises(KeysError, match="there is no secret"):
        run(home, secret=home / "nothing.key")
    own = read_identity(home / "identity.key", None)
    files.write_private(
        home / "other.key", "secret", Secret.create("annan", own.public.fingerprint).to_bytes(), None
    )
    with pytest.raises(KeysError, match="the secret of another family: annan"):
        run(home, secret=home / "other.key")
    public = agreement / "matcher-round.pub"
    good = public.read_text(encoding="utf-8")
    document = json.loads(good)
    public.write_text(json.dumps(document | {"signature": "A" * 86}), encoding="utf-8")
    with pytest.raises(KeysError):
        run(home)
    public.unlink()
    with pytest.raises(KeysError, match="the public keys of matcher are not beside the agreement"):
        run(home)
    public.write_text(good, encoding="utf-8")
    with pytest.raises(RegisterError):  # af holds another register: the map names malmo's series
        run(home, identity=other / "identity.key", secret=other / "secret.key")
    assert not list(home.rglob("prov-1-*.link"))


# -- what is left behind ------------------------------------------------------------------------------------


def test_a_package_never_replaces_what_it_is_made_from(home: Path) -> None:
    random_register(home, 5)
    for name in ("r.csv", "register.toml", "identity.key", "secret.key", "../malmo/r.csv"):
        before = (home / name).read_bytes()
        with pytest.raises(UsageError, match="would replace a file that it is made from"):
            run(home, out=Path(name))
        assert (home / name).read_bytes() == before


@pytest.mark.parametrize("name", ["malmo.pub", "../agreement/matcher.pub", "notes.txt", "empty", "folder"])
def test_a_package_replaces_nothing_but_a_package(home: Path, name: str) -> None:
    random_register(home, 5)
    (home / "notes.txt").write_text("my own")
    (home / "empty").touch()
    (home / "folder").mkdir()
    path = home / name
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(UsageError, match="would replace a file that is no package"):
        run(home, out=Path(name))
    assert (path.read_bytes() if path.is_file() else None) == before
    (home / "older.link").write_bytes(b"linkage-package/0\n of an older program")
    assert run(home, out=Path("older.link")).package == Path("older.link")


def test_a_folder_that_is_not_there_is_found_before_the_work(home: Path) -> None:
    with pytest.raises(FileError, match="no such folder"):
        run(home, out=Path("nowhere/p.link"))


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("where", ["write", "write_problems"])
def test_a_full_disk_or_a_stop_leaves_the_earlier_package(
    home: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException, where: str
) -> None:
    random_register(home)
    run(home)
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}

    def fail(stream: Any, *_: object, **__: object) -> None:
        if hasattr(stream, "write"):
            stream.write(b"half")
        raise failure

    monkeypatch.setattr(export_module, where, fail)
    with pytest.raises((FileError, KeyboardInterrupt)):
        run(home)
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_nothing_that_is_written_or_told_holds_a_number(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    random_register(home)
    facts = run(home)
    write_rows(home / "bad.csv", *((p, "Krami", "hemlig", "") for p in some_people(60)))
    (home / "bad.toml").write_text(MAP.replace("r.csv", "bad.csv"), encoding="utf-8")
    told = [json.dumps(facts.as_json()), *map(str, facts.lines()), repr(facts), str(facts.after())]
    try:
        run(home, register_map=Path("bad.toml"))
    except Error as error:
        told += [str(error), str(error.advice), *map(str, error.details), repr(error)]
    told += [*capsys.readouterr()]
    written = [p.read_bytes() for p in home.iterdir() if p.suffix == ".link" or "problems" in p.name]
    assert len(written) >= 2
    everything = b"\n".join([*written, *(t.encode() for t in told)])
    for person in some_people(60):
        forms = {person, person[2:], f"{person[2:8]}-{person[8:]}", f"{person[:8]}-{person[8:]}"}
        for form in forms:
            assert form.encode() not in everything
        for data in (person.encode(), f"se:{person}".encode()):
            assert data.hex().encode() not in everything
            assert base64.b64encode(data).rstrip(b"=")[:-1] not in everything
    assert b"hemlig" not in everything


def test_seeds_are_made_where_the_release_asks_for_them(tmp_path: Path) -> None:
    made = scene(method="cellkey")
    person = personnummer(dt.date(1990, 1, 1), 238)
    write_rows(tmp_path / "r.csv", (person, "", "2020-01-01", ""))
    found: Read = read_register(plan_of(SOURCE), tmp_path, made.agreement.dimensions)
    digest = made.agreement.digest
    assert digest is not None
    rows = export_module._rows(
        made.agreement, made.agreement.party("malmo"), made.secret, digest, found.folded
    )
    assert rows.fits(made.layout("malmo"))
    assert rows.seeds is not None
    key = made.secret.seed_key().hmac_key
    assert bytes(rows.seeds[0]) == hmac.digest(key, f"se:{person}".encode(), "sha256")[:16]


def test_few_refused_rows_are_left_out_and_told_and_many_stop_it(home: Path) -> None:
    people = [personnummer(dt.date(1990, 1, 1) + dt.timedelta(i), 238) for i in range(99)]
    good = [(person, "Krami", "2020-02-01", "") for person in people]
    write_rows(home / "r.csv", *good, ("199001012384", "Krami", "2020-02-01", ""))
    agreement = ("--agreement", "../agreement/agreement.toml")
    under = link("export", *agreement, cwd=home)
    assert under.code == 0
    assert "  1 refused: a wrong check digit" in under.out
    assert "\n  99 people in krami\n" in under.out
    assert "people in each period" in under.out
    over = link("export", "--max-refused", "0.5%", *agreement, cwd=home)
    assert over.code == 10
    assert over.err.splitlines()[:3] == [
        "error: 1 of 100 rows is refused, 1.0 %, and at most 0.5 % may be",
        "  1 refused: a wrong check digit",
        "  r.csv, record 101, column 'Pnr': a wrong check digit",
    ]
    assert "19900101" not in under.out + under.err + over.out + over.err
    assert link("export", "--max-refused", "lots", *agreement, cwd=home).code == 2
    swedish = link("export", "--lang", "sv", "--max-refused", "0%", *agreement, cwd=home)
    assert "1 av 100 rader avvisas, 1,0 %, och högst 0 % får göra det" in swedish.err


def test_json_holds_the_quality_of_the_register(home: Path) -> None:
    row = ("199001012385", "Krami", "2020-02-01", "2020-03-01")
    write_rows(home / "r.csv", row, row)
    done = link("export", "--dry-run", "--json", "--agreement", "../agreement/agreement.toml", cwd=home)
    quality = done.json["quality"]
    assert [month for month, people in quality["periods"]["krami"].items() if people] == [
        "2020-02",
        "2020-03",
    ]
    assert set(quality["periods"]) == {"krami", "avanti"}
    assert (quality["duplicates"], quality["duplicates_exact"], quality["age_known"]) == (1, True, 1)
    assert any("nobody is in krami in 2020-01, 2020-04" in warning for warning in done.json["warnings"])


def test_what_it_was_exported_for_is_said_first(home: Path) -> None:
    write_rows(home / "r.csv", ("199001012385", "Krami", "2020-01-01", ""))
    facts = run(home)
    agreed = load(home.parent / "agreement" / "agreement.toml")
    assert agreed.digest is not None
    assert str(facts.lines()[0]) == f"malmo, for prov round 1, digest {agreed.digest.hex()}"
    assert facts.as_json()["digest"] == agreed.digest.hex()
