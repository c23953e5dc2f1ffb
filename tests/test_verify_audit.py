"""`linkage verify --audit`: what somebody outside works out of releases, against every table there can be.

The oracle goes through all tables of a tiny round; it shares nothing with the program but the rule.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from keys.identity import RELEASE
from linkage.commands.verify_audit import AuditFacts, audit
from linkage.measures.kinds import Questions
from linkage.perturbation import perturbation
from linkage.release import Release, parse
from linkage.release.outsider import everybody as kinds_of_people
from linkage.release.outsider.asked import MeaningError, asked
from linkage.release.outsider.attack import Found
from linkage.release.outsider.seen import seen
from linkage.release.outsider.several import UnrealReleaseError, look
from tests.agreements import FINGERPRINTS
from tests.attacked_rounds import agreement, released
from tests.attacks import family_key
from tests.needs import opendp as opendp
from tests.releases import agreement as year_of
from tests.releases import crowd, matcher, moved_bytes
from tests.rounds import link, ok

MOST = 40
T, WIDTH, JS = 10, 5, 2
SERIES = ("malmo.krami", "af.etab")
Document = dict[str, Any]
Rows = list[dict[str, Any]]
Numbers = npt.NDArray[np.int64]
Atoms = tuple[bool, ...]
Told = Mapping[Atoms, int | str]


def questions(asked_of: Mapping[str, str]) -> str:
    return "".join(f'[[measure]]\nname = "{n}"\ntitle = "{n}"\n{q}\n' for n, q in asked_of.items())


QUESTIONS = questions(
    {
        "sets": 'overlap = ["malmo.krami", "af.etab"]',
        "krami": 'count = "malmo.krami"',
        "both": 'count = "malmo.krami & af.etab"',
        "some": 'count = "malmo.krami | af.etab"',
    }
)
ATOMS = ("malmo.krami",), ("af.etab",), SERIES
REGISTERS = {"malmo.krami": range(60), "af.etab": range(30, 90)}


def template(rule: str, asked_of: str = QUESTIONS, number: int = 1) -> Document:
    """A release of a month that nobody counted: its numbers are still to be written."""
    agreed = agreement(rule, SERIES, asked_of, number)
    key = family_key(1) if rule == "cellkey" else None
    document: Document = json.loads(released(agreed, REGISTERS, key).to_bytes())
    return document


def counted(row: Mapping[str, Any], measure: str) -> Atoms:
    """Which of the atoms a row counts."""
    of: dict[str, Callable[[tuple[str, ...]], bool]] = {
        "sets": lambda atom: set(atom) == set(row["in"]),
        "krami": lambda atom: "malmo.krami" in atom,
        "both": lambda atom: len(atom) == 2,
        "some": bool,
    }
    return tuple(of[measure](atom) for atom in ATOMS)


def every_row(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    for table in document["tables"]:
        for row in table["rows"]:
            yield table["measure"], row


def write(document: Document, numbers: Told) -> Release:
    """The release that tells these numbers of these atoms; a word is the note of a row without one."""
    for measure, row in every_row(document):
        said = numbers[counted(row, measure)]
        row.pop("note", None)
        row["value"] = said if isinstance(said, int) else None
        if isinstance(said, str):
            row["note"] = said
    return parse(json.dumps(document).encode())


def tables() -> list[Numbers]:
    """Every table: how many are in the first atom, the second, the third."""
    return [*np.meshgrid(*[np.arange(MOST)] * len(ATOMS), indexing="ij")]


def sums(atoms: Atoms, every: Sequence[Numbers]) -> Numbers:
    found: Numbers = sum(
        (n for n, inside in zip(every, atoms, strict=True) if inside), np.zeros_like(every[0])
    )
    return found


def verdict(values: Numbers, width: int, *, joined: bool) -> Found:
    """What is to be said of a hidden number that can be these."""
    least, most = int(values.min()), int(values.max())
    if most - least >= width:
        return Found.APART
    protected = {n for n in range(least, most + 1) if (0 < n < T) or (n == 0 and joined)}
    if not protected:
        return Found.OPEN
    return Found.NARROW if len(protected) == most - least + 1 else Found.UNCLEAR


def found_of(release: Release) -> dict[Atoms, Found]:
    """What the program finds, by the atoms of the number."""
    (looked,) = look([seen(release)]).looked
    assert looked.result is not None
    found = {}
    for number, kind in looked.result.found:
        place = looked.seen.place(number)
        row = {"in": place["in"].split(" & ")} if "in" in place else {}
        found[counted(row, number.measure)] = kind
    return found


# -- the oracle -------------------------------------------------------------------------------------------


def test_what_is_withheld_is_as_narrow_as_all_tables_say() -> None:
    document, every, kinds = template("suppress"), tables(), set[Found]()
    several = sorted({counted(row, measure) for measure, row in every_row(document)})
    for seed in range(25):
        rng = Random(seed)  # noqa: S311 - made-up numbers, the same in every run
        true = [np.array(rng.choice((0, 1, 3, 9, 10, 12, 20))) for _ in ATOMS]
        told: dict[Atoms, int | str] = {}
        for atoms in several:
            number = int(sums(atoms, true))
            told[atoms] = "withheld" if 0 < number < T or rng.random() < 0.4 else number
        fits = np.ones_like(every[0], np.bool_)
        for atoms, value in told.items():
            fits &= True if isinstance(value, str) else sums(atoms, every) == value
        joined = {atoms: atoms != (True, False, True) for atoms in several}
        expected = {
            atoms: verdict(sums(atoms, every)[fits], WIDTH, joined=joined[atoms])
            for atoms, value in told.items()
            if isinstance(value, str)
        }
        assert found_of(write(document, told)) == expected, seed
        kinds |= {*expected.values()}
    assert {Found.APART, Found.NARROW, Found.OPEN} <= kinds


def test_what_is_moved_is_as_narrow_as_all_tables_say() -> None:
    """Each shown number can be what the perturbation table turns into it, and equal people show alike."""
    document, every, kinds = template("cellkey"), tables(), set[Found]()
    several = sorted({counted(row, measure) for measure, row in every_row(document)})
    moves = perturbation(7, 4.0, JS).probabilities > 0
    for seed in range(25):
        rng = Random(seed)  # noqa: S311 - made-up numbers, the same in every run
        true = [np.array(rng.choice((0, 0, 1, 3, 12, 20))) for _ in ATOMS]
        shown: dict[Atoms, int | str] = {}
        for atoms in several:
            there = tuple(inside and bool(n) for inside, n in zip(atoms, true, strict=True))
            value = int(sums(atoms, true))
            possible = [change - 7 for change, is_ in enumerate(moves[min(value, len(moves) - 1)]) if is_]
            drawn = Random(f"{seed} {there}").choice((possible[0], possible[-1]))  # noqa: S311
            shown[atoms] = value + drawn if value + drawn >= T else "few"
        fits = np.ones_like(every[0], np.bool_)
        for atoms, number in shown.items():
            fits &= _can_be(number, moves)[sums(atoms, every)]
        for (one, a), (other, b) in product(shown.items(), repeat=2):
            alike = np.ones_like(fits)
            for n, x, y in zip(every, one, other, strict=True):
                alike &= (n == 0) | (x == y)
            fits &= ~alike | (a == b)
        joined = {atoms: atoms != (True, False, True) for atoms in several}
        expected = {a: verdict(sums(a, every)[fits], JS, joined=joined[a]) for a in shown}
        assert found_of(write(document, shown)) == expected, seed
        kinds |= {*expected.values()}
    assert {Found.APART, Found.NARROW} <= kinds


def _can_be(number: int | str, moves: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """For each count up to the largest, whether it can be shown so."""
    found = np.zeros(3 * MOST, np.bool_)
    for true in range(len(found)):
        ends = [true + i - 7 for i, there in enumerate(moves[min(true, len(moves) - 1)]) if there]
        found[true] = any(end < T if isinstance(number, str) else end == number for end in ends)
    return found


# -- releases as the matcher makes them, and as it must not -----------------------------------------------

FEW_IN_BOTH = {"malmo.krami": range(44), "af.etab": range(40, 74)}
TRUE: Mapping[Atoms, int] = {
    (True, False, True): 44,
    (True, False, False): 40,
    (False, True, False): 30,
    (True, True, True): 74,
}


@pytest.mark.parametrize("rule", ["suppress", "cellkey"])
def test_what_the_matcher_releases_passes(rule: str) -> None:
    for seed in range(3):
        key = family_key(seed) if rule == "cellkey" else None
        found = found_of(released(agreement(rule, SERIES, QUESTIONS), FEW_IN_BOTH, key))
        assert found
        assert {*found.values()} == {Found.APART}


def put_back() -> Document:
    """A release of few people in both, and told what else was withheld to hide them."""
    document: Document = json.loads(released(agreement("suppress", SERIES, QUESTIONS), FEW_IN_BOTH).data)
    withheld = {counted(row, m) for m, row in every_row(document) if row.get("note") == "withheld"}
    assert len(withheld) > 1
    for measure, row in every_row(document):
        if (atoms := counted(row, measure)) in withheld & TRUE.keys():
            row["value"] = TRUE[atoms]
            del row["note"]
    return document


def handed_out(document: Document, folder: Path, name: str = "release") -> Path:
    """The files of a release, signed by a matcher of ours, and its public key beside them."""
    text = json.dumps(document).replace(FINGERPRINTS["matcher"], matcher().public.fingerprint)
    path = folder / f"{name}.json"
    path.write_text(text)
    path.with_name(f"{name}.json.sig").write_bytes(matcher().sign(RELEASE, text.encode()))
    (folder / "matcher.pub").write_text(matcher().public.to_text())
    return path


def test_a_number_that_should_have_been_withheld_is_found_by_name(tmp_path: Path) -> None:
    path = handed_out(put_back(), tmp_path)
    done = link("verify", "--audit", path, "--matcher", "matcher.pub", cwd=tmp_path)
    assert done.code == 13
    assert done.out.splitlines()[-2:] == [
        "tiny-1: 1 hidden number attacked as somebody outside; 0 kept apart as promised",
        "could be narrowed: sets, in malmo.krami & af.etab",
    ]
    assert done.err.splitlines() == [
        "error: 1 number could be narrowed by anybody who reads this",
        "hint: tell the matcher, and do not pass the release on",
    ]
    swedish = link("verify", "--audit", path, "--matcher", "matcher.pub", "--lang", "sv", cwd=tmp_path)
    assert swedish.code == 13
    assert swedish.out.splitlines()[-1] == "kan ringas in: sets, in malmo.krami & af.etab"
    assert swedish.err.startswith("fel: 1 tal kan ringas in av vem som helst som läser detta\n")
    told = link("verify", "--audit", path, "--matcher", "matcher.pub", "--json", cwd=tmp_path)
    assert told.json["passed"] is False
    assert told.json["releases"][0]["outsider"]["narrow"] == [
        {"table": "sets", "in": "malmo.krami & af.etab"}
    ]


def test_a_release_that_passes_says_so(tmp_path: Path) -> None:
    data = released(agreement("cellkey", SERIES, QUESTIONS), FEW_IN_BOTH, family_key(1)).data
    path = handed_out(json.loads(data), tmp_path)
    done = ok("verify", "--audit", path, "--matcher", "matcher.pub", cwd=tmp_path)
    assert done.out.splitlines()[-1] == (
        "tiny-1: 5 hidden numbers attacked as somebody outside; 5 kept apart as promised"
    )
    assert ok("verify", "--audit", path, "--matcher", "matcher.pub", "--json", cwd=tmp_path).json["passed"]


def test_exact_numbers_are_not_attacked(tmp_path: Path) -> None:
    path = handed_out(template("exact"), tmp_path)
    done = ok("verify", "--audit", path, "--matcher", "matcher.pub", cwd=tmp_path)
    assert done.out.endswith("tiny-1: told exactly as counted: there is nothing to attack\n")


@pytest.mark.usefixtures("opendp")
def test_an_account_is_told_for_what_it_is(tmp_path: Path) -> None:
    path = handed_out(template("dp"), tmp_path)
    done = ok("verify", "--audit", path, "--matcher", "matcher.pub", cwd=tmp_path)
    assert done.out.endswith("its promise is an account, not an audit, and it adds up to ε = 0.5\n")


def test_an_altered_release_is_refused_before(tmp_path: Path) -> None:
    path = handed_out(put_back(), tmp_path)
    path.write_text(path.read_text().replace("44", "45"))
    done = link("verify", "--audit", path, "--matcher", "matcher.pub", cwd=tmp_path)
    assert done.code == 11
    assert "could be narrowed" not in done.out + done.err


def test_numbers_of_no_people_there_could_be_are_refused(tmp_path: Path) -> None:
    """Those in some of the lists are not those of the combinations; no two numbers are of one question."""
    numbers: Told = {(True, False, False): 20, (False, True, False): 20, (False, False, True): 20}
    more: Told = {(True, False, True): 40, (True, True, True): 75}
    path = handed_out(json.loads(write(template("suppress"), {**numbers, **more}).data), tmp_path)
    ok("verify", path, "--matcher", "matcher.pub", cwd=tmp_path)
    done = link("verify", "--audit", path, "--matcher", "matcher.pub", cwd=tmp_path)
    assert done.code == 13
    assert done.err.startswith("error: the numbers of tiny-1 contradict each other")


def test_words_that_do_not_fit_together(tmp_path: Path) -> None:
    path = handed_out(template("exact"), tmp_path)
    receipt = tmp_path / "receipt.json"
    receipt.write_text('{"format": "linkage-receipt/1"}')
    for words in ([path, path], ["--audit", path, receipt], ["--audit", path, "--signer", "matcher.pub"]):
        assert link("verify", *words, "--matcher", "matcher.pub", cwd=tmp_path).code == 2
    assert link("verify", "--audit", path, cwd=tmp_path).code == 2


# -- what is not known ------------------------------------------------------------------------------------


def facts(path: Path) -> AuditFacts:
    return audit([path], [], path.with_name("matcher.pub"))


def test_out_of_time_is_never_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = released(agreement("suppress", SERIES, QUESTIONS), FEW_IN_BOTH).data
    path = handed_out(json.loads(data), tmp_path)
    monkeypatch.setattr("linkage.release.audit.solver.Clock.left", lambda _: 0.0)
    assert facts(path).as_json()["passed"] is None
    done = link("verify", "--audit", path, "--matcher", "matcher.pub", cwd=tmp_path)
    assert done.code == 13
    assert "nothing is known" in done.out
    assert done.err.startswith("error: it is not known what could be worked out of tiny-1")


def test_where_people_were_drawn_nothing_is_called_narrow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = handed_out(put_back(), tmp_path)
    monkeypatch.setattr(kinds_of_people, "_EVERY_LIFE", 0)
    monkeypatch.setattr(kinds_of_people, "_MOST", 0)
    done = link("verify", "--audit", path, "--matcher", "matcher.pub", cwd=tmp_path)
    assert done.code == 13
    assert "of 1 more it is not known: people were drawn" in done.out
    assert "could be narrowed" not in done.out + done.err


def test_what_a_group_means_stands_in_the_agreement() -> None:
    agreed = year_of()
    release = parse(moved_bytes(agreed, crowd(100, 12, seed=1)))
    with pytest.raises(MeaningError, match="what 'volym' means"):
        asked(release)
    assert asked(release, agreed).measures == agreed.measures


OVER_TIME = questions(
    {
        "volym": 'count = "stad.ung | af.program"\nparts = ["stad.ung"]\nby = ["period", "sex"]',
        "center": 'count = "stad.ung | stad.center"\nparts = ["stad.ung", "stad.center"]\nby = ["period"]',
        "andel": 'share = "stad.ung & af.program"\nof = "af.program"\nby = ["span", "age"]\ntarget = 40',
        "moves": 'flow = ["stad.ung", "af.program & age.16-29"]\nby = ["period"]',
        "fast": 'share = "stad.ung"\nof = { mean = 90 }\nsource = "S"\nby = ["period"]',
        "left": 'leaving = "stad.ung"\nto = "af.program"\nwithin = 1\nby = ["period"]',
        "stay": 'duration = "stad.ung"',
        "paid": 'change = "stad.bistand"\naround = "left(stad.ung)"\nbefore = 1\nafter = 1',
        "lists": 'howmany = ["stad.ung", "af.program"]\nby = ["period"]',
    }
)


def test_questions_are_read_from_the_release_as_the_agreement_asks_them() -> None:
    """Titles aside, and of no series is more known than a row shows."""
    agreed = year_of(OVER_TIME, last="2020-04", spans='h1 = ["2020-01", "2020-02"]')
    own = asked(parse(moved_bytes(agreed, crowd(100, 4, seed=1))))
    for mine, theirs in zip(own.measures, agreed.measures, strict=True):
        assert mine.by == theirs.by
        assert [(e.tree, e.known, e.dated) for e in mine.expressions] == [
            (e.tree, e.known, e.dated) for e in theirs.expressions
        ]
    assert own.frame.dimensions == agreed.dimensions
    assert {*own.series} == {s.key for s in agreed.series}


@pytest.mark.parametrize("moves", [True, False])
def test_everybody_who_could_be_is_gone_through_period_by_period(
    monkeypatch: pytest.MonkeyPatch,
    moves: bool,
) -> None:
    """As many kinds are told apart as if all that can happen to somebody was gone through."""
    more = questions({"tre": 'overlap = ["stad.ung", "stad.vuxen", "af.program"]\nby = ["span"]'})
    now = OVER_TIME[: OVER_TIME.index('[[measure]]\nname = "left"')].replace("stad.center", "stad.vuxen")
    if not moves:
        now = now.replace('flow = ["stad.ung", "af.program & age.16-29"]', 'count = "age.16-29 & af.program"')
    agreed = year_of(now + more, last="2020-04", spans='h1 = ["2020-01", "2020-03"]')
    every = asked(parse(moved_bytes(agreed, crowd(10, 4, seed=1))), agreed)

    def kinds() -> list[set[tuple[int, ...]]]:
        counting = Questions(every.measures, every.frame, atoms={kinds_of_people.READER: ()})
        found = kinds_of_people.everybody(every, sex=counting.sex, age=counting.age)
        assert found.every
        tables = counting.zeros()
        counting.add(tables, found.people)
        atoms = counting.atoms(tables)
        assert atoms is not None
        return [
            {(*map(int, d), int(sex), int(age)) for d, sex, age in zip(s.digits, s.sex, s.age, strict=True)}
            for s in atoms.stretches
        ]

    whole = kinds()
    monkeypatch.setattr(kinds_of_people, "_EVERY_LIFE", 0)
    assert kinds() == whole


def test_what_may_be_of_few_or_of_many_is_told_and_no_fault() -> None:
    """Alone 31 at least, all of the one list 41 at most, and in both 9 at least: 9 or 10."""
    moved: Told = {ALONE: 38, OTHER: 30, BOTH: 16, KRAMI: 45, SOME: 57}
    assert found_of(write(template("cellkey", number=2), moved))[BOTH] is Found.UNCLEAR


@pytest.mark.parametrize(("number", "found"), [(1, Found.NARROW), (2, Found.APART)])
def test_that_equal_people_have_equal_numbers_is_used_in_the_first_round(number: int, found: Found) -> None:
    """33 at least alone, 35 at most with those in both: 0, 1 or 2; unequal numbers are of unequal people.

    Later rounds tell some numbers of the round before again, and those need not be equal.
    """
    moved: Told = {ALONE: 40, OTHER: 30, BOTH: "few", KRAMI: 28, SOME: 65}
    assert found_of(write(template("cellkey", number=number), moved))[BOTH] is found


# -- several releases -------------------------------------------------------------------------------------


def suppressed(numbers: Told, number: int = 1) -> Release:
    return write(template("suppress", number=number), numbers)


ALONE, OTHER, BOTH = (True, False, False), (False, True, False), (False, False, True)
KRAMI, SOME = (True, False, True), (True, True, True)
HIDING: Told = {
    ALONE: "withheld", OTHER: 30, BOTH: "withheld", KRAMI: 44, SOME: 74,
}  # fmt: skip


def test_what_one_release_hides_and_another_tells_is_found() -> None:
    """Each passes by itself."""
    other: Told = {**HIDING, ALONE: 40, KRAMI: "withheld", SOME: "withheld"}
    both = [seen(suppressed(HIDING)), seen(suppressed(other, number=2))]
    for alone in both:
        (looked,) = look([alone]).looked
        assert looked.result is not None
        assert not looked.result.of(Found.NARROW)
    outside = look(both)
    assert [change.together for change in outside.changes] == [True]
    for looked in outside.looked:
        assert looked.result is not None
        assert [looked.seen.place(n) for n in looked.result.of(Found.NARROW)] == [
            {"table": "sets", "in": "malmo.krami & af.etab"}
        ]


@pytest.mark.parametrize(("more", "few"), [(1, 1), (T - 1, 1), (T, 0), (50, 0)])
def test_few_who_came_between_two_releases_are_found(more: int, few: int) -> None:
    later: Told = {**HIDING, OTHER: 30 + more, SOME: 74 + more}
    outside = look([seen(suppressed(HIDING)), seen(suppressed(later, number=2))])
    (change,) = outside.changes
    assert (len(change.changed), len(change.few)) == (2, 2 * few)
    assert not change.together
    for looked in outside.looked:
        assert looked.result is not None
        assert not looked.result.of(Found.NARROW)


def test_two_rounds_on_the_command_line(tmp_path: Path) -> None:
    later: Told = {**HIDING, OTHER: 31, SOME: 75}
    paths = [
        handed_out(json.loads(suppressed(HIDING).data), tmp_path, "one"),
        handed_out(json.loads(suppressed(later, number=2).data), tmp_path, "two"),
    ]
    done = link("verify", "--audit", *paths, "--matcher", "matcher.pub", cwd=tmp_path)
    assert done.code == 13
    assert done.out.splitlines()[-3:] == [
        "tiny-1 and tiny-2: 2 of 5 numbers that both tell are of other people now; "
        "each was attacked by itself",
        "somebody came or went, and few did: sets, in af.etab",
        "somebody came or went, and few did: some",
    ]
    told = link("verify", "--audit", *paths, "--matcher", "matcher.pub", "--json", cwd=tmp_path).json
    assert told["changes"][0]["by_few"] == [{"table": "sets", "in": "af.etab"}, {"table": "some"}]


def test_two_releases_that_no_people_fit_are_attacked_one_by_one() -> None:
    """No number contradicts the other release's by itself: all of them together do."""
    first: Told = {ALONE: 40, OTHER: "withheld", BOTH: "withheld", KRAMI: 60, SOME: "withheld"}
    second: Told = {ALONE: "withheld", OTHER: 30, BOTH: "withheld", KRAMI: "withheld", SOME: 75}
    outside = look([seen(suppressed(first)), seen(suppressed(second, number=2))])
    (change,) = outside.changes
    assert not change.changed
    assert not change.together


def test_a_release_that_no_people_fit_is_said_to_be_so() -> None:
    unreal = seen(suppressed({ALONE: 20, OTHER: 20, BOTH: 20, KRAMI: 40, SOME: 75}))
    with pytest.raises(UnrealReleaseError):
        look([unreal])
