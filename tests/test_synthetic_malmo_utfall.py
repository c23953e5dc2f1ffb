"""The made-up lists of results: counted with plain Python sets, and then by a whole round.

The registers are read by their maps with plain Python, so these are the figures that the release has to give.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations, product

import pytest

from linkage.commands.demo import DemoFacts, demo
from linkage.release import Release, parse
from linkage.release.rows import Scalar
from linkage.synthetic.demo import Register, figure
from linkage.synthetic.malmo_utfall import figures
from linkage.synthetic.malmo_utfall.demo import DEMO
from linkage.synthetic.numbers import TEST_SERIALS, luhn
from tests.needs import ROOT
from tests.plain_registers import Plain, canonical, is_woman, read, rows

WINDOW = [f"2020-{month:02}" for month in range(1, 13)]
LISTS = {
    "asf.anstalld": 643,
    "af.ut-malmokraften": 599,
    "gvf.studiestartsstod": 372,
    "asf.ut-ung-malmo": 242,
    "etablering-kvinnor": 123,
    "af.ut-jobbspar": 81,
    "asf.ut-krami": 32,
    "gvf.ut-samstart": 23,
}
HIRED, STUDENTS = "asf.anstalld", "gvf.studiestartsstod"
SIX = tuple(name for name in LISTS if name not in (HIRED, STUDENTS))
IN_TWO = {
    (HIRED, "af.ut-malmokraften"): 340,
    (HIRED, "asf.ut-ung-malmo"): 70,
    (HIRED, "etablering-kvinnor"): 30,
    (HIRED, "af.ut-jobbspar"): 12,
    (HIRED, "asf.ut-krami"): 7,
    (HIRED, "gvf.ut-samstart"): 2,
    ("af.ut-malmokraften", STUDENTS): 35,
    (STUDENTS, "asf.ut-ung-malmo"): 20,
    ("etablering-kvinnor", "af.ut-jobbspar"): 18,
    ("af.ut-malmokraften", "af.ut-jobbspar"): 15,
}
PROCESSES = {
    f"{'asf' if name in ('ama-anstallning', 'samhallsorientering', 'samverkansforum') else 'af'}.{name}": due
    for name, due in figures.PROCESSES.items()
}
OVRIG = {
    "asf.avanti": figures.OVRIG["avanti"],
    "asf.krami": figures.OVRIG["krami"],
    "af.malmokraften": figures.OVRIG["malmokraften"],
    "gvf.samstart": figures.OVRIG["samstart"],
}
People = set[str]
SEXES: dict[str, Callable[[str], bool]] = {
    "woman": is_woman,
    "man": lambda number: not is_woman(number),
    "all": lambda _: True,
}


@pytest.fixture(scope="module")
def files() -> tuple[Register, ...]:
    return tuple(DEMO.registers(DEMO.seed))


@pytest.fixture(scope="module")
def plain(files: tuple[Register, ...]) -> Plain:
    return read(files, WINDOW)


@pytest.fixture(scope="module")
def lists(plain: Plain) -> dict[str, People]:
    women = {number for number in plain.ever("af.ut-etablering") if is_woman(number)}
    return {name: women if name == "etablering-kvinnor" else plain.ever(name) for name in LISTS}


@pytest.fixture(scope="module")
def nationally(plain: Plain, lists: dict[str, People]) -> People:
    """In work or study as the national indicator counts, of those who stand in a list."""
    own = set().union(*(plain.ever(f"{party}.arbete-studier") for party in DEMO.parties))
    return (own | lists[STUDENTS]) & set().union(*lists.values())


# -- the report's figures, exactly ------------------------------------------------------------------------


def test_the_eight_lists_have_the_reports_lengths(lists: dict[str, People]) -> None:
    assert {name: len(people) for name, people in lists.items()} == LISTS
    assert sum(map(len, lists.values())) == 2115


def test_any_two_lists_share_the_people_they_were_built_to_share(lists: dict[str, People]) -> None:
    shared = {(a, b): len(lists[a] & lists[b]) for a, b in combinations(LISTS, 2)}
    assert {pair: count for pair, count in shared.items() if count} == IN_TWO


def test_nobody_is_in_three_lists_and_1566_people_in_any(lists: dict[str, People]) -> None:
    times = Counter(number for people in lists.values() for number in people)
    assert Counter(times.values()) == {1: 1017, 2: 549}
    assert len(times) == 1566


def test_the_report_reasoned_its_way_to_1455(lists: dict[str, People]) -> None:
    certain = len(lists[HIRED]) + len(lists[STUDENTS])
    assert certain == 1015
    assert certain + sum(len(lists[name]) for name in SIX) * 40 // 100 == figures.REASONED
    six = set().union(*(lists[name] for name in SIX))
    assert (len(six), len(six - lists[HIRED] - lists[STUDENTS])) == (1067, 551)
    assert certain + 551 == 1566


def test_of_malmokraften_forty_to_forty_five_per_cent_had_no_municipal_job(lists: dict[str, People]) -> None:
    other = {name: len(lists[name] - lists[HIRED]) / len(lists[name]) for name in SIX}
    assert 0.40 < other["af.ut-malmokraften"] < 0.45
    assert min(other.values()) == other["af.ut-malmokraften"]  # "högre än i Malmökraften 2.0"


@pytest.mark.parametrize(("series", "due"), [*PROCESSES.items(), *OVRIG.items()])
def test_each_process_has_its_figure_every_month(plain: Plain, series: str, due: tuple[int, ...]) -> None:
    assert tuple(len(plain.in_month(series, month)) for month in range(12)) == due


def test_the_processes_add_up_to_1119_and_with_ovrig_to_2650() -> None:
    processes = sum(map(sum, PROCESSES.values()))
    assert processes == 12 * 1119
    assert processes + sum(map(sum, OVRIG.values())) == 12 * 2650


# -- assumptions ------------------------------------------------------------------------------------------


def test_men_left_etablering_too(plain: Plain, lists: dict[str, People]) -> None:
    men = plain.ever("af.ut-etablering") - lists["etablering-kvinnor"]
    assert len(men) == figures.MEN_OF_ETABLERING
    assert not men & set().union(*lists.values())


def test_a_municipal_job_is_never_work_in_the_national_sense(
    files: tuple[Register, ...], lists: dict[str, People], nationally: People
) -> None:
    assert len(nationally & lists[HIRED]) == sum(figures.WORK_OF_THEIR_OWN.values()) == 60
    assert len(nationally | lists[HIRED]) == 1566
    for register in files:
        for source in tomllib.loads(register.map)["source"]:
            if source["series"] == "arbete-studier":
                reasons = source["where"]["orsak" if register.party == "af" else "Avslutsorsak"]
                assert reasons == ["Arbete", "Studier"]


def test_who_goes_to_a_municipal_job_leaves_the_same_month_and_not_after_it_began(
    files: tuple[Register, ...],
) -> None:
    asf = files[0]
    began = {
        canonical(row["Personnummer"]): row["Anställd från"]
        for row in rows(asf, "arbetsmarknadsanstallningar-2020.csv")
        if row["Beslut"] == "Ny anställning"
    }
    left = 0
    for register, file, day in exit_files(files):
        for row in rows(register, file):
            if "Arbetsmarknadsanställning" in row.values():
                first = began[canonical(next(iter(row.values())))]
                assert first[:7] == row[day][:7]
                assert row[day] <= first
                left += 1
    assert left >= 461 - 60


def exit_files(files: tuple[Register, ...]) -> list[tuple[Register, str, str]]:
    asf, af, gvf = files
    return [
        (asf, "avslut-2020.csv", "Avslutsdatum"),
        (af, "avslut-2020.csv", "datum"),
        (gvf, "unga-2020.csv", "Utskriven"),
    ]


def test_who_leaves_a_programme_to_work_or_study_was_in_it_until_then(plain: Plain) -> None:
    for programme, left in (
        ("af.malmokraften", "af.ut-malmokraften"),
        ("af.jobbspar", "af.ut-jobbspar"),
        ("asf.krami", "asf.ut-krami"),
        ("gvf.samstart", "gvf.ut-samstart"),
    ):
        for number, months in plain.months[left].items():
            assert max(plain.months[programme][number]) == max(months), left


def test_whoever_was_hired_is_employed_from_that_month(plain: Plain) -> None:
    for number, months in plain.months[HIRED].items():
        assert {min(plain.months["asf.ama-anstallning"][number])} == months


def test_the_young_are_young(plain: Plain) -> None:
    for series in ("asf.ut-ung-malmo", "gvf.ut-samstart", "gvf.samstart"):
        assert {16 <= 2020 - int(number[:4]) < 30 for number in plain.ever(series)} == {True}


def test_what_the_agreement_expects_is_about_what_there_is(plain: Plain) -> None:
    for party in tomllib.loads(DEMO.agreement_text())["party"]:
        for series in party["series"]:
            months = plain.months[f"{party['name']}.{series['name']}"]
            known = [len(there) for there in months.values()]
            mean = sum(known) / 12 if any(known) else len(months)
            assert series["expected"] == pytest.approx(mean, rel=0.15, abs=1)


# -- the files --------------------------------------------------------------------------------------------


def test_no_number_in_the_files_can_be_a_living_persons(plain: Plain) -> None:
    for number in {number for people in plain.months.values() for number in people}:
        assert int(number[8:11]) in TEST_SERIALS
        assert luhn(number[2:11]) == int(number[11])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(files: tuple[Register, ...]) -> None:
    def written(registers: tuple[Register, ...]) -> list[bytes]:
        return [sheet.encode() for register in registers for sheet in register.sheets]

    assert written(tuple(DEMO.registers(DEMO.seed))) == written(files)
    assert written(tuple(DEMO.registers(DEMO.seed + 1))) != written(files)


# -- the release ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> DemoFacts:
    return demo(DEMO.name, tmp_path_factory.mktemp("utfall") / "round", method="exact")


@pytest.fixture(scope="module")
def release(facts: DemoFacts) -> Release:
    return parse(facts.release.read_bytes())


def value(release: Release, measure: str, **labels: Scalar) -> Scalar:
    (row,) = release.table(measure).pick(**labels)
    return row["value"]


@pytest.mark.slow
@pytest.mark.parametrize("sex", SEXES)
def test_the_release_counts_the_lists_and_the_people(
    release: Release, lists: dict[str, People], sex: str
) -> None:
    mine = {name: {n for n in people if SEXES[sex](n)} for name, people in lists.items()}
    for name, people in mine.items():
        assert value(release, "resultat", sex=sex, part=name) == len(people)
    unique, summed = len(set().union(*mine.values())), sum(map(len, mine.values()))
    assert value(release, "resultat", sex=sex, part="sum") == summed
    assert value(release, "resultat", sex=sex, part="unique") == unique
    assert value(release, "resultat", sex=sex, part="surplus") == summed - unique
    if sex == "all":
        assert (summed, unique) == (2115, 1566)


@pytest.mark.slow
@pytest.mark.parametrize("sex", SEXES)
def test_the_release_tells_the_men_of_etablering_too(release: Release, plain: Plain, sex: str) -> None:
    left = {n for n in plain.ever("af.ut-etablering") if SEXES[sex](n)}
    assert value(release, "etablering", sex=sex) == len(left)
    assert len(left) == {"woman": 123, "man": figures.MEN_OF_ETABLERING, "all": 227}[sex]


@pytest.mark.slow
def test_the_release_says_in_how_many_lists_people_are(release: Release) -> None:
    found = {lists: value(release, "hur-manga", lists=lists) for lists in range(1, 9)}
    assert {lists: count for lists, count in found.items() if count} == {1: 1017, 2: 549}


@pytest.mark.slow
def test_the_release_knows_the_overlaps(
    release: Release, lists: dict[str, People], nationally: People
) -> None:
    sets = {**lists, "nationellt": nationally}
    four = ("asf.anstalld", "af.ut-malmokraften", "gvf.studiestartsstod", "asf.ut-ung-malmo")
    for measure, names in (("kombinationer", four), ("tva-utfall", ("nationellt", HIRED))):
        for chosen in product((False, True), repeat=len(names)):
            inside = tuple(name for name, there in zip(names, chosen, strict=True) if there)
            if inside:
                outside = (sets[name] for name in names if name not in inside)
                people = set.intersection(*(sets[name] for name in inside)).difference(*outside)
                assert value(release, measure, **{"in": inside}) == len(people)
    both = value(release, "kombinationer", **{"in": ("asf.anstalld", "af.ut-malmokraften")})
    assert both == 340


@pytest.mark.slow
@pytest.mark.parametrize("sex", SEXES)
def test_the_release_has_the_shares(release: Release, lists: dict[str, People], sex: str) -> None:
    six = {n for name in SIX for n in lists[name] if SEXES[sex](n)}
    left = {n for n in lists["af.ut-malmokraften"] if SEXES[sex](n)}
    for measure, part, whole in (
        ("utover", six - lists[HIRED] - lists[STUDENTS], six),
        ("ej-anstallning", left - lists[HIRED], left),
    ):
        (row,) = release.table(measure).pick(sex=sex)
        percent = Decimal(100 * len(part)) / len(whole)
        assert (row["value"], row["of"]) == (len(part), len(whole))
        assert row["percent"] == percent.quantize(Decimal("0.1"), ROUND_HALF_UP)


@pytest.mark.slow
@pytest.mark.parametrize("sex", SEXES)
def test_the_release_counts_the_processes_month_by_month(release: Release, plain: Plain, sex: str) -> None:
    every = {**PROCESSES, **OVRIG}
    for month, period in enumerate(WINDOW):
        now = {name: {n for n in plain.in_month(name, month) if SEXES[sex](n)} for name in every}
        labels = {"period": period, "sex": sex}
        for name, people in now.items():
            assert value(release, "processer-ovrig", part=name, **labels) == len(people)
        unique = set().union(*now.values())
        assert value(release, "processer-ovrig", part="unique", **labels) == len(unique)
        if sex == "all":
            unique = set().union(*(now[name] for name in PROCESSES))
            assert value(release, "processer", part="unique", period=period) == len(unique)


@pytest.mark.slow
def test_the_release_says_1119_and_2650_where_the_city_did(release: Release) -> None:
    assert value(release, "processer", period="mean", part="sum") == 1119
    assert value(release, "processer-ovrig", period="mean", part="sum") == 2650


@pytest.mark.slow
def test_the_headline_tells_what_the_report_could_not(facts: DemoFacts, release: Release) -> None:
    said = [str(line).strip().split("  ")[0] for line in facts.headline[1:]]
    month = figure(release, "processer-ovrig", period="mean", part="unique")
    assert said == ["2 115", "1 455", "1 566", "2 650", f"{month:,.0f}".replace(",", " ")]


@pytest.mark.slow
def test_the_page_about_the_demo_has_its_figures(release: Release) -> None:
    page = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    processes = figure(release, "processer", period="mean", part="unique")
    month = figure(release, "processer-ovrig", period="mean", part="unique")
    for number in (1566, 2115, processes, month):
        assert f"| {number:,} |".replace(",", " ") in page


@pytest.mark.slow
def test_coverage_is_whole_but_for_those_without_a_number(release: Release) -> None:
    assert {p.party: p.counted_percent for p in release.packages} == {"asf": 99, "af": 100, "gvf": 100}
