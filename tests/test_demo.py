"""The demo is played once, to its end, and its release is compared with plain Python sets."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import pytest

from keys.errors import Text
from linkage.agreement import template
from linkage.commands import demo_play, demo_steps
from linkage.commands.demo import DemoFacts, FolderInUseError, UnknownDemoError, demo
from linkage.release import Release, parse
from linkage.release.rows import Scalar
from linkage.synthetic.demo import METHODS, Demo, figure, whole
from linkage.synthetic.demos import DEMOS
from linkage.synthetic.malmo_2020 import figures
from linkage.synthetic.malmo_2020.demo import DEMO
from linkage.synthetic.malmo_2020.figures import DUA, ETABLERING, GROUPS, LOK, OVRIG
from linkage.synthetic.malmo_2020.population import Population, populate
from linkage.texts import Lang, use
from tests.needs import ROOT, missing
from tests.rounds import ok


@dataclass(frozen=True)
class Played:
    """The demo in its folder."""

    facts: DemoFacts
    told: list[Text]
    seconds: float

    @property
    def release(self) -> Release:
        return parse(self.facts.release.read_bytes())


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    told: list[Text] = []
    began = time.process_time()
    folder = tmp_path_factory.mktemp("demo") / "round"
    facts = demo("malmo-2020", folder, method="exact", progress=told.append)
    return Played(facts, told, time.process_time() - began)


@pytest.fixture(scope="module")
def population() -> Population:
    return populate(DEMO.seed)


@pytest.fixture(scope="module")
def sets(population: Population) -> Mapping[str, list[set[int]]]:
    """Who is where, month by month: groups by name, and the registers' series."""
    everything = {**population.series, **population.groups}
    months = {name: [set(column.nonzero()[0].tolist()) for column in m.T] for name, m in everything.items()}
    months["ovrig"] = [set().union(*(months[name][m] for name in OVRIG)) for m in range(12)]
    months["volym"] = [set().union(*(months[name][m] for name in GROUPS)) for m in range(12)]
    return months


PERIODS = [f"2020-{month:02}" for month in range(1, 13)]
PARTS = {
    "dua-unga": DUA,
    "lok": LOK,
    "af.etablering": ETABLERING,
    "asf.avanti": "avanti",
    "asf.krami": "krami",
    "af.malmokraften": "malmokraften",
    "gvf.samstart": "samstart",
}


@pytest.mark.slow
def test_the_release_says_6251_where_the_city_said_6251(played: Played) -> None:
    volume = played.release.table("volym")
    assert volume.number(period="mean", part="sum") == 6251
    for part, group in PARTS.items():
        months = [volume.number(period=period, part=part) for period in PERIODS]
        assert tuple(months) == figures.PER_MONTH[group]
    assert played.release.table("ovrig").number(period="mean", part="sum") == 1531
    assert played.release.table("aret").number(part="sum") == 739


@pytest.mark.slow
def test_the_release_counts_unique_people_as_plain_sets_do(
    played: Played, sets: Mapping[str, list[set[int]]], population: Population
) -> None:
    volume = played.release.table("volym")
    for month, period in enumerate(PERIODS):
        assert volume.number(period=period, part="unique") == len(sets["volym"][month])
    reached = set().union(*sets["volym"])
    of_the_year = {index for people in population.year_only.values() for index in people.tolist()}
    assert volume.number(period="all", part="unique") == len(reached)
    assert played.release.table("aret").number(part="unique") == len(of_the_year)
    assert played.release.table("aret-nya").number() == len(of_the_year - reached)
    assert played.release.table("aret-alla").number() == len(of_the_year | reached)


@pytest.mark.slow
def test_the_release_knows_the_combinations(played: Played, sets: Mapping[str, list[set[int]]]) -> None:
    names = ("dua-unga", "lok", "af.etablering", "ovrig")
    own = {"dua-unga": DUA, "lok": LOK, "af.etablering": ETABLERING, "ovrig": "ovrig"}
    table = played.release.table("kombinationer")
    for month, chosen in product(range(12), product((False, True), repeat=4)):
        inside = tuple(name for name, there in zip(names, chosen, strict=True) if there)
        if not inside:
            continue
        people = set.intersection(*(sets[own[name]][month] for name in inside))
        people = people.difference(*(sets[own[name]][month] for name in names if name not in inside))
        labels: dict[str, Scalar] = {"period": PERIODS[month], "in": inside}
        assert [row["value"] for row in table.pick(**labels)] == [len(people)]


@pytest.mark.slow
def test_the_release_knows_who_is_in_no_cooperation(
    played: Played, sets: Mapping[str, list[set[int]]]
) -> None:
    table = played.release.table("bada-utan-samverkan")
    for month, period in enumerate(PERIODS):
        both = sets["bistand-manad"][month] & sets["arbetslos"][month]
        cooperating = [sets[n][month] for n in ("volym", "ama-30-64", "ama-16-29", "ung-malmo")]
        assert table.number(period=period) == len(both.difference(*cooperating))


@pytest.mark.slow
def test_shares_are_the_reports_and_the_ones_it_wanted(
    played: Played, sets: Mapping[str, list[set[int]]]
) -> None:
    volume, unemployed = sets["volym"], sets["arbetslos"]
    share = played.release.table("andel-som-rapporten").number("percent", period="mean")
    assert share == round_half_up(100 * sum(map(len, volume)) / 12 / 26023)
    among = sum(len(volume[m] & unemployed[m]) for m in range(12))
    everyone = sum(len(unemployed[m]) for m in range(12))
    assert everyone / 12 == 26023
    found = played.release.table("andel").number("percent", period="mean")
    assert found == round_half_up(100 * among / everyone)


def round_half_up(value: float) -> object:
    from decimal import ROUND_HALF_UP, Decimal

    return Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_UP)


@pytest.mark.slow
def test_coverage_is_whole_but_for_those_without_a_number(played: Played) -> None:
    percent = {package.party: package.counted_percent for package in played.release.packages}
    assert percent == {"asf": 99, "gvf": 100, "af": 100, "fsf": 100}


def unique(release: Release) -> dict[str, str]:
    """The numbers that adding up could not give, as they are written."""
    return {
        "month": whole(figure(release, "volym", period="mean", part="unique")).strip(),
        "year": whole(figure(release, "volym", period="all", part="unique")).strip(),
        "reached": whole(figure(release, "aret-alla")).strip(),
    }


@pytest.mark.slow
def test_the_headline_is_the_releases(played: Played) -> None:
    said = json.loads(json.dumps(played.facts.as_json()))["headline"]
    numbers = [line.split("  ")[0] for line in said[1:]]
    assert numbers == ["6 251", *unique(played.release).values()]
    assert [str(line).strip() for line in played.facts.lines()[:-2]] == said


@pytest.mark.slow
def test_the_report_is_there_and_says_the_figures(played: Played) -> None:
    page = played.facts.report.read_text(encoding="utf-8")
    plain = (
        page.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ").replace(",", " ")
    )
    assert "6 251" in plain
    assert unique(played.release)["year"] in plain


@pytest.mark.slow
def test_the_page_about_the_demo_has_its_figures(played: Played) -> None:
    page = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    month = figure(played.release, "volym", period="mean", part="unique")
    found = unique(played.release)
    for number in (f"{month:,}".replace(",", " "), found["year"], found["reached"]):
        assert f"| {number} |" in page


@pytest.mark.slow
def test_every_step_is_told(played: Played) -> None:
    assert [text.values["number"] for text in played.told[1:]] == list(range(1, len(played.told)))
    assert all(text.values["total"] == len(played.told) - 1 for text in played.told[1:])


@pytest.mark.slow
def test_it_takes_less_than_half_a_minute(played: Played) -> None:
    assert played.seconds < 30  # of this process, so that it holds on a machine that does other things too


@pytest.mark.slow
def test_private_files_stay_in_their_folders(played: Played) -> None:
    folder = played.facts.folder
    keys = {str(path.relative_to(folder)) for path in folder.rglob("*.key")}
    parties = {f"{who}/{kind}.key" for who in DEMO.parties for kind in ("identity", "secret")}
    assert keys == parties | {"matcher/identity.key", "matcher/round.key"}
    assert not [path for path in (folder / "matcher").rglob("*") if "secret" in path.name]


@pytest.fixture
def shell() -> dict[str, str]:
    """An environment in which `linkage` is this program."""
    program = Path(sys.executable).with_name("linkage")
    if os.name != "posix" or not program.exists() or shutil.which("sh") is None:
        missing("a POSIX shell and the installed program linkage")
    return {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}


@pytest.mark.slow
def test_the_steps_can_be_repeated_by_hand(played: Played, shell: dict[str, str]) -> None:
    folder = played.facts.folder
    script = (folder / "steps.sh").read_text(encoding="utf-8")
    (folder / "quick.sh").write_text(script.replace("--out release", "--out release --reports none"))
    done = subprocess.run(
        ["sh", "quick.sh"], cwd=folder, env=shell, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    again = parse((folder / "by-hand" / "matcher" / "release" / "release.json").read_bytes())
    assert again.tables == played.release.tables


@pytest.mark.slow
def test_the_guide_has_the_commands_of_the_script(played: Played) -> None:
    guide = played.facts.steps.read_text(encoding="utf-8")
    script = (played.facts.folder / "steps.sh").read_text(encoding="utf-8")
    for step in demo_steps.steps(DEMO.under("exact"), played.facts.folder):
        assert "\n".join(step.commands) in guide
        assert " && ".join(step.commands) in script


def test_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownDemoError) as error:
        demo("atlantis", tmp_path / "round")
    assert str(error.value) == "there is no demo of the name atlantis"
    assert [str(text.values["name"]).strip() for text in error.value.details] == list(DEMOS)
    assert not (tmp_path / "round").exists()


def test_the_list_has_a_line_for_each(tmp_path: Path) -> None:
    lines = ok("demo", "--list", cwd=tmp_path).out.splitlines()
    assert [line.split("  ")[0] for line in lines] == list(DEMOS)
    assert all(len(line) <= 110 for line in lines)


def test_a_folder_in_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FolderInUseError, match="the folder is not empty"):
        demo("malmo-2020", tmp_path)
    with pytest.raises(FolderInUseError, match="not a folder"):
        demo("malmo-2020", tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_steps_are_told_in_swedish(tmp_path: Path) -> None:
    from linkage.commands.demo_guide import write_steps

    use(Lang.SV)
    try:
        guide = write_steps(DEMO, tmp_path, demo_steps.steps(DEMO, tmp_path)).read_text(encoding="utf-8")
    finally:
        use(Lang.EN)
    assert guide.startswith("# Den här mappens omgång, steg för steg")
    assert "linkage secret create --agreement ../agreement/agreement.toml" in guide


def test_where_modes_mean_nothing_the_keys_have_a_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_steps, "modes_protect", lambda: False)
    commands = [command for step in demo_steps.steps(DEMO, tmp_path) for command in step.commands]
    assert not [command for command in commands if "--no-passphrase" in command]
    assert all(
        "--passphrase-file ../passphrase.txt" in command
        for command in commands
        if command.startswith(("linkage keys", "linkage secret", "linkage export", "linkage match"))
    )
    assert (tmp_path / "passphrase.txt").read_text(encoding="utf-8").strip() == demo_play.KEY_WORDS


@pytest.mark.skipif(os.name == "nt", reason="without a passphrase on POSIX only")
def test_a_demo_under_cellkey_makes_the_familys_key(tmp_path: Path) -> None:
    def made(demo: Demo) -> list[demo_steps.Step]:
        called = [step for step in demo_steps.steps(demo, tmp_path) if "keys family" in step.commands[0]]
        for step in called:
            step.play()
        return called

    (tmp_path / "matcher").mkdir()
    assert made(DEMO.under("exact")) == []
    (step,) = made(DEMO)
    assert step.commands == ("linkage keys family --agreement-name malmo-2020 --no-passphrase",)
    assert step.where == "matcher"
    assert (tmp_path / "matcher" / "family.key").exists()


# -- as its agreement says --------------------------------------------------------------------------------

LEADING = ("volym", "ovrig", "aret", "aret-alla")
"""The measures that the report leads with. The noise of their numbers is the same with and without others."""


def leading() -> str:
    """The agreement of malmo-2020 with these measures alone, as attacking the others takes a minute."""
    before, *measures = DEMO.agreement_text().split("[[measure]]")
    last, protection, after = measures[-1].partition("# --- ")
    kept = [m for m in (*measures[:-1], last) if any(f'name = "{name}"' in m for name in LEADING)]
    assert len(kept) == len(LEADING)
    return "[[measure]]".join([before, *kept]) + protection + after


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Played:
    told: list[Text] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(DEMOS, DEMO.name, replace(DEMO, agreement_text=leading))
        facts = demo(DEMO.name, tmp_path_factory.mktemp("moved") / "round", progress=told.append)
    return Played(facts, told, 0)


@pytest.mark.slow
def test_as_its_agreement_says_every_mean_is_within_twelve_of_what_the_city_said(moved: Played) -> None:
    release = moved.release
    assert (release.rule.method, release.moved) == ("cellkey", 7)
    assert release.audit is not None
    for means, due in (("volym", 6251), ("ovrig", 1531)):
        assert abs(figure(release, means, period="mean", part="sum") - due) <= 12
    for part, group in PARTS.items():
        mean = sum(figures.PER_MONTH[group]) / 12
        assert abs(float(figure(release, "volym", period="mean", part=part)) - mean) <= 12


@pytest.mark.slow
def test_no_number_that_it_leads_with_is_moved_by_more_than_agreed(
    moved: Played, sets: Mapping[str, list[set[int]]], population: Population
) -> None:
    volume, moves = moved.release.table("volym"), list[int]()
    for month, period in enumerate(PERIODS):
        told = volume.number(period=period, part="unique")
        moves.append(int(told or 0) - len(sets["volym"][month]))
        for part, group in PARTS.items():
            moves.append(int(volume.number(period=period, part=part) or 0) - figures.PER_MONTH[group][month])
    reached = set().union(*sets["volym"])
    of_the_year = {index for people in population.year_only.values() for index in people.tolist()}
    moves.append(int(figure(moved.release, "volym", period="all", part="unique")) - len(reached))
    moves.append(int(figure(moved.release, "aret-alla")) - len(reached | of_the_year))
    assert any(moves)
    assert max(map(abs, moves)) <= 7


@pytest.mark.slow
def test_what_ends_the_demo_is_what_is_released_and_names_the_method(moved: Played) -> None:
    said = json.loads(json.dumps(moved.facts.as_json()))
    summed = whole(figure(moved.release, "volym", period="mean", part="sum")).strip()
    numbers = [line.split("  ")[0] for line in said["headline"][1:]]
    assert numbers == [summed, *unique(moved.release).values()]
    assert "method cellkey" in said["protection"]
    assert "at most 7" in said["protection"]
    assert any("programs solved" in str(text) for text in moved.told)
    assert moved.facts.report.exists()


@pytest.mark.slow
def test_nothing_protected_the_other_one_and_it_says_so(played: Played) -> None:
    assert "nothing protects them" in str(played.facts.protection)
    assert played.release.exact


@pytest.mark.parametrize("name", DEMOS)
def test_each_demo_is_agreed_as_a_new_agreement_begins_and_can_be_played_unprotected(name: str) -> None:
    agreed, unprotected = (tomllib.loads(DEMOS[name].under(m).agreement_text()) for m in METHODS)
    assert agreed["release"] == tomllib.loads(template(Lang.SV.value))["release"]
    assert unprotected["release"].keys() == {"method", "agreed"}
    assert {**agreed, "release": 0} == {**unprotected, "release": 0}
    with pytest.raises(ValueError, match="dp"):
        DEMOS[name].under("dp")
