"""release.json read strictly: what is accepted is what docs/release.md says, and each fault is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.errors import PackageError
from linkage.release import parse
from linkage.release.reading import BadReleaseError
from linkage.release.reading_method import UnknownReleaseError
from linkage.release.writing import write
from tests.releases import agreement, crowd, release, year

AGREEMENT, RELEASE = year()
SMALL = """
[[measure]]
name = "a"
title = "A"
count = "volym"
parts = ["stad.ung", "stad.vuxen", "af.program"]
by = ["period", "sex"]
[[measure]]
name = "b"
title = "B"
share = "volym"
of = "af.arbetslos"
target = "47.5"
by = ["span"]
against = "h1"
[[measure]]
name = "c"
title = "C"
overlap = ["stad.ung", "stad.vuxen"]
[[measure]]
name = "d"
title = "D"
howmany = ["stad.ung", "stad.vuxen"]
by = ["period", "age"]
[[measure]]
name = "e"
title = "E"
count = "started(af.program)"
by = ["period"]
[[measure]]
name = "f"
title = "F"
share = "volym"
of = { mean = 900 }
source = "Någon"
by = ["period"]
"""
OVER_TIME = """
[[measure]]
name = "g"
title = "G"
flow = ["af.program", "stad.vuxen"]
every = 1
by = ["period"]
[[measure]]
name = "h"
title = "H"
leaving = "stad.vuxen"
to = "af.program"
within = 1
target = 40
by = ["period"]
[[measure]]
name = "i"
title = "I"
duration = "stad.vuxen"
by = ["sex"]
[[measure]]
name = "j"
title = "J"
change = "stad.bistand"
around = "stad.vuxen"
before = 1
after = 1
by = ["sex"]
[[measure]]
name = "k"
title = "K"
share = "stad.ung | stad.vuxen"
of = "places"
by = ["period"]
"""
SPANS = 'h1 = ["2020-01", "2020-02"], h2 = ["2020-03", "2020-03"]'
DATA = release(agreement(SMALL + OVER_TIME, last="2020-03", spans=SPANS), crowd(30, 3, seed=3)).to_bytes()

Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> bytes:
    document = json.loads(DATA)
    change(document)
    return json.dumps(document).encode()


def test_the_file_can_be_read_by_people() -> None:
    lines = DATA.decode().splitlines()
    assert DATA.endswith(b"}\n")
    assert '    {"period": "2020-01", "sex": "woman", "part": "stad.ung", "value": ' in DATA.decode()
    assert max(len(line) for line in lines) < 250
    rows = sum(len(table["rows"]) for table in json.loads(DATA)["tables"])
    assert sum(line.startswith("    {") for line in lines) >= rows


def test_other_white_space_and_order_are_the_same_release() -> None:
    again = json.dumps(json.loads(DATA), sort_keys=True, indent=3, ensure_ascii=True).encode()
    found = parse(again)
    assert found.tables == parse(DATA).tables
    assert found.to_bytes() == again


def test_whole_numbers_may_stand_for_decimals() -> None:
    whole = parse(changed(row(0, -1, value=7)))
    assert whole.tables[0].rows[-1]["value"] == 7
    assert str(whole.tables[0].rows[-1]["value"]) == "7.0"


def table(number: int, /, **members: object) -> Change:
    return lambda document: document["tables"][number].update(members)


def row(number: int, place: int, /, **members: object) -> Change:
    return lambda document: document["tables"][number]["rows"][place].update(members)


def member(name: str, value: object) -> Change:
    return lambda document: document.update({name: value})


def inside(name: str, /, **members: object) -> Change:
    return lambda document: document[name].update(members)


def package(**members: object) -> Change:
    return lambda document: document["packages"][0].update(members)


def without(*path: str | int) -> Change:
    def drop(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return drop


FAULTS: list[tuple[str, Change, str]] = [
    ("no object", lambda d: d.clear(), "format is no text"),
    ("member too many", member("extra", 1), "the file has a member that it may not have"),
    ("no tables", without("tables"), "tables is missing"),
    ("tables empty", member("tables", []), "tables does not have one table of each measure"),
    ("tables no array", member("tables", {}), "tables is no array"),
    ("table twice", lambda d: d["tables"].append(d["tables"][0]), "one table of each measure"),
    ("digest short", inside("agreement", digest="ab"), "agreement.digest is not written as it should be"),
    ("digest upper", inside("agreement", digest="A" * 64), "agreement.digest is not written"),
    ("round nought", inside("agreement", round=0), "agreement.round is no whole number from 1"),
    ("round true", inside("agreement", round=True), "agreement.round is no whole number"),
    ("title number", inside("agreement", title=7), "agreement.title is no text"),
    ("title control", inside("agreement", title="a\x07b"), "agreement.title has a control character"),
    ("surrogate", inside("agreement", title="\ud800"), "agreement.title has a control character"),
    ("name wrong", inside("agreement", name="Å"), "agreement.name is not written"),
    ("basis missing", without("agreement", "basis"), "agreement.basis is missing"),
    ("matcher key", inside("matcher", identity="SHA256:abc"), "matcher.identity is not written"),
    ("agreed missing", without("method", "agreed"), "method.agreed is missing"),
    ("agreed blank", inside("method", agreed=" "), "method.agreed is missing"),
    ("method unknown", inside("method", name="none"), "method.name is none of what it may be"),
    ("parameter", inside("method", epsilon="1"), "method has a member that it may not have"),
    ("percent 101", package(counted_percent=101), "counted_percent is no whole number from 0 to 100"),
    ("percent fine", package(counted_percent=99.5), "packages[0].counted_percent is no whole number"),
    ("sha512", package(sha512="00"), "packages[0].sha512 is not written"),
    ("party twice", package(party="af"), "one package of each party"),
    ("no packages", member("packages", []), "one package of each party"),
    ("no time", member("made", "2026-13-21T20:00:00Z"), "made is no time"),
    ("time zone", member("made", "2026-11-21T20:00:00+01:00"), "made is not written"),
    ("gap", inside("window", periods=["2020-01", "2020-03"]), "window is no run of periods"),
    ("no period", inside("window", periods=[]), "window is no run of periods"),
    ("period twice", inside("window", periods=["2020-01", "2020-01"]), "names something twice"),
    ("not a month", inside("window", periods=["2020-Q1"]), "window is no run of periods"),
    ("unit", inside("window", unit="week"), "window.unit is none"),
    ("span outside", inside("window", spans={"x": ["2019-01", "2020-01"]}), "window is no run"),
    ("span turned", inside("window", spans={"x": ["2020-02", "2020-01"]}), "window is no run"),
    ("span of three", inside("window", spans={"x": ["2020-01", "2020-02", "2020-03"]}), "window is no run"),
    ("span all", inside("window", spans={"all": ["2020-01", "2020-02"]}), "window is no run"),
    ("counting", inside("window", counting="first-day"), "window.counting is none"),
    ("sex", inside("dimensions", sex="yes"), "dimensions.sex is neither true nor false"),
    ("no day", lambda d: d["dimensions"]["age"].update(on="2020-02-30"), "dimensions.age.on is no day"),
    ("band other", lambda d: d["dimensions"]["age"].update(bands=["other"]), "dimensions.age.bands is none"),
    ("label number", inside("labels", af=3), "labels.af is no text"),
    ("audited", inside("audit", audited=True), "audit says that exact figures were audited"),
    ("kind", table(0, kind="flows"), "tables[0].kind is none of what it may be"),
    ("no kind", without("tables", 0, "kind"), "tables[0].kind is no text"),
    ("dimension", table(0, dimensions=["week"]), "tables[0].dimensions is none"),
    ("both times", table(0, dimensions=["period", "span"]), "tables[0].dimensions is none"),
    ("reserved part", table(0, parts=["sum"]), "tables[0].parts is none"),
    ("nine sets", table(2, overlap=list("abcdefghi")), "tables[2].overlap is none"),
    ("no covered", without("tables", 0, "covered"), "tables[0] asks what no measure asks"),
    ("against nothing", table(1, against="h9"), "tables[1].against is none"),
    ("against no span", table(0, against="h1"), "tables[0] asks what no measure asks"),
    ("constant", table(5, of={"mean": -1}), "tables[5].of.mean is no whole number from 0"),
    ("constant half", table(5, of={"mean": 1, "x": 2}), "tables[5].of has a member"),
    ("unknown period", row(0, 0, period="2019-01"), "tables[0].rows[0].period is none"),
    ("unknown sex", row(0, 0, sex="women"), "tables[0].rows[0].sex is none"),
    ("unknown part", row(0, 0, part="af.annat"), "tables[0].rows[0].part is none"),
    ("unknown sets", row(2, 0, **{"in": ["x"]}), "tables[2].rows[0].in is none"),
    ("turned sets", row(2, 2, **{"in": ["stad.vuxen", "stad.ung"]}), "tables[2].rows[2].in is none"),
    ("lists nought", row(3, 0, lists=0), "tables[3].rows[0].lists is no whole number from 1"),
    ("lists many", row(3, 0, lists=3), "tables[3].rows[0].lists is none"),
    ("half a person", row(0, 0, value=1.5), "tables[0].rows[0].value is no whole number"),
    ("too large", row(0, 0, value=2**53), "tables[0].rows[0].value is no whole number"),
    ("text for number", row(0, 0, value="3"), "tables[0].rows[0].value is no whole number"),
    ("true for number", row(0, 0, value=True), "tables[0].rows[0].value is no whole number"),
    ("two decimals", row(1, 0, percent=12.25), "tables[1].rows[0].percent has more than one decimal"),
    ("another target", row(1, 0, target=48), "tables[1].rows[0].target is not that of its table"),
    ("another constant", row(5, -1, of=901), "tables[5].rows[4].of is not that of its table"),
    ("null without note", row(0, 0, value=None), "tables[0].rows[0] needs a note"),
    ("note without null", row(0, 0, note="edge"), "tables[0].rows[0] needs a note, or has one too many"),
    ("unknown note", row(4, 0, note="secret"), "tables[4].rows[0].note is none"),
    ("every nought", table(6, every=0), "tables[6].every is no whole number from 1"),
    ("a state twice", table(6, flow=["a", "a"]), "tables[6].flow names something twice"),
    ("a state elsewhere", table(6, flow=["a", "elsewhere"]), "tables[6].flow is none of what it may be"),
    ("no state", table(6, flow=[]), "tables[6].flow is none of what it may be"),
    ("no every", without("tables", 6, "every"), "tables[6].every is missing"),
    ("unknown state", row(6, 0, **{"from": "stad.ung"}), "tables[6].rows[0].from is none"),
    ("to nowhere", without("tables", 6, "rows", 0, "to"), "tables[6].rows[0].to is missing"),
    ("a flow of a constant", table(6, of={"mean": 3}), "tables[6] has a member"),
    ("no follow-up", without("tables", 7, "within"), "tables[7] asks what no measure asks"),
    ("two follow-ups", table(7, at=1), "tables[7] asks what no measure asks"),
    ("follow-up too long", table(7, within=3), "tables[7].within is no whole number from 0 to 2"),
    ("for no time", lambda d: d["tables"][7].update({"for": 0}), "tables[7].for is no whole number from 1"),
    ("no leaving", without("tables", 7, "leaving"), "tables[7].leaving is missing"),
    ("to no text", table(7, to=3), "tables[7].to is no text"),
    ("of null", row(7, 0, of=None), "tables[7].rows[0] needs a note"),
    ("duration by period", table(8, dimensions=["period"]), "tables[8].dimensions is none"),
    ("duration against", table(8, against="h1"), "tables[8] has a member that it may not have"),
    ("length too long", row(8, 0, length=2), "tables[8].rows[0].length is none"),
    ("length a text", row(8, 0, length="1"), "tables[8].rows[0].length is none"),
    ("length half", row(8, 0, length=1.5), "tables[8].rows[0].length is no whole number"),
    ("length null", row(8, 0, value=None), "tables[8].rows[0] needs a note"),
    ("mean noted", row(8, -2, value=1.0, note="withheld"), "needs a note, or has one too many"),
    ("median fine", row(8, -1, value=1.25), "value has more than one decimal"),
    ("a window too short", inside("window", periods=["2020-01", "2020-02"], spans={}), "tables["),
    ("change by span", table(9, dimensions=["span"]), "tables[9].dimensions is none"),
    ("no unit", without("tables", 9, "unit"), "tables[9].unit is missing"),
    ("before nought", table(9, before=0), "tables[9].before is no whole number from 1"),
    ("around too wide", table(9, after=2), "tables[9] asks what no measure asks"),
    ("offset outside", row(9, 0, offset=-2), "tables[9].rows[0].offset is none"),
    ("offset unknown", row(9, 0, offset="rise"), "tables[9].rows[0].offset is none"),
    ("people null", row(9, 0, people=None), "tables[9].rows[0] needs a note"),
    ("people fewer than none", row(9, 0, people=-1), "tables[9].rows[0].people is no whole number from 0"),
    ("half a crown", row(9, 0, value=0.5), "tables[9].rows[0].value is no whole number"),
    ("amount null", row(9, 0, value=None), "tables[9].rows[0] needs a note"),
    ("fewer than no places", table(10, of={"places": -1}), "of.places is no whole number from 0"),
    ("places and a mean", table(10, of={"places": 1, "mean": 1}), "tables[10].of has a member"),
    ("places with a source", table(10, source="Någon"), "tables[10] asks what no measure asks"),
    ("places with some outside", table(10, outside=True), "tables[10] asks what no measure asks"),
    ("a mean from nowhere", without("tables", 5, "source"), "tables[5] asks what no measure asks"),
    ("other places", row(10, 0, of=359), "tables[10].rows[0].of is not that of its table"),
    ("places at some time", row(10, 3, of=360), "tables[10].rows[3].of is not that of its table"),
    ("places missing", row(10, 0, of=None), "tables[10].rows[0].of is not that of its table"),
    ("known is every period", table(4, known=["2020-01", "2020-03"]), "tables[4].known is no run of periods"),
    ("known backwards", table(4, known=["2020-03", "2020-02"]), "tables[4].known is no run of periods"),
    ("known has one end", table(4, known=["2020-02"]), "tables[4].known is no run of periods"),
    ("known outside", table(4, known=["2020-02", "2020-04"]), "tables[4].known[1] is none"),
    ("known of stays", table(8, known=["2020-02", "2020-02"]), "tables[8] has a member"),
    ("no largest amount", without("tables", 9, "max"), "tables[9].max is missing"),
    ("largest amount nought", table(9, max=0), "tables[9].max is no whole number from 1"),
    ("row too wide", row(0, 0, age="16-29"), "tables[0].rows[0] has a member that it may not have"),
    ("row too short", without("tables", 0, "rows", 0, "sex"), "tables[0].rows[0].sex is missing"),
]  # fmt: skip


def test_a_table_says_between_which_periods_its_answer_is_known_and_what_amounts_end_at() -> None:
    tables = parse(DATA).tables
    assert [table.known for table in tables] == [
        *[None] * 4,
        ("2020-02", "2020-03"),  # started
        None,
        ("2020-01", "2020-02"),  # a departure and its arrival
        ("2020-01", "2020-02"),  # left, and within one month
        None,
        ("2020-02", "2020-02"),  # a month before and one after
        None,
    ]
    assert [table.most for table in tables if table.kind == "change"] == [60000]
    assert parse(changed(table(4, known=[]))).tables[4].known == ()


@pytest.mark.parametrize(("change", "message"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_each_fault_is_named_with_its_place(change: Change, message: str) -> None:
    with pytest.raises(BadReleaseError) as refused:
        parse(changed(change))
    assert message in str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"{} {}",
        b'{"format": "linkage-release/1", "format": "linkage-release/1"}',
        b'{"format": NaN}',
        b'{"format": -Infinity}',
        b'{"format": 1e999999999999}',
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_json_object_is_refused(data: bytes) -> None:
    with pytest.raises(BadReleaseError):
        parse(data)


def test_another_version_is_refused_by_name() -> None:
    with pytest.raises(
        UnknownReleaseError, match="linkage-release/2, and this program knows linkage-release/1"
    ):
        parse(changed(member("format", "linkage-release/2")))


SUPPRESS = {
    "name": "suppress",
    "threshold": 10,
    "width": 3,
    "trust": "parties export their registers unaltered",
}


@pytest.mark.parametrize(
    "method",
    [
        *({k: v for k, v in SUPPRESS.items() if k != key} for key in ("threshold", "width", "trust")),
        *({**SUPPRESS, **wrong} for wrong in ({"threshold": 2}, {"width": 0}, {"trust": "x"}, {"D": 7})),
    ],
)
def test_suppress_with_other_parameters_is_no_release(method: dict[str, str | int]) -> None:
    with pytest.raises(BadReleaseError, match="method"):
        parse(changed(member("method", method)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place of a document, but of each table only its first and last row."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, item in value.items():
            found += places(item, (*path, key))
    elif isinstance(value, list):
        for i in sorted({0, len(value) - 1} if path[-1:] == ("rows",) else set(range(len(value)))):
            found += places(value[i], (*path, i))
    return found


PLACES = places(json.loads(DATA))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), JSON)
def test_whatever_stands_in_a_place_is_read_or_refused(path: tuple[str | int, ...], value: object) -> None:
    document = json.loads(DATA)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    try:
        parse(json.dumps(document).encode())
    except PackageError as refused:
        assert refused.hint  # noqa: PT017 - that it is refused at all is not what is asked


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(DATA) - 1), st.integers(0, 255))
def test_whatever_a_byte_becomes_is_read_or_refused(at: int, byte: int) -> None:
    data = DATA[:at] + bytes([byte]) + DATA[at + 1 :]
    try:
        found = parse(data)
    except PackageError:
        return
    assert found.to_bytes() == data


def test_only_what_json_holds_is_written() -> None:
    with pytest.raises(TypeError):
        write({"a": object()})
    assert write({"a": [1, {"b": None}]}) == b'{"a": [1, {"b": null}]}\n'


def test_numbers_are_found_by_their_labels() -> None:
    found = RELEASE.table("volym")
    assert found.number(part="unique") == found.pick(part="unique", period="all")[0]["value"]
    assert found.number(period="2020-03", sex="woman", part="stad.ung") is not None
    assert found.number(part="nothing") is None
    assert found.number() is None
    assert len(found.pick(period="mean")) == len(found.own)
    assert RELEASE.table("nya").number(period="2020-01") is None
    with pytest.raises(KeyError):
        RELEASE.table("nothing")
