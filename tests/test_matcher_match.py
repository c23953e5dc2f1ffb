"""The match: once, whatever is killed, called twice, or called at once; and nothing it should not say."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import errno
import io
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import numpy as np
import pytest

from keys import files
from keys.errors import KeysError
from keys.identity import RELEASE
from linkage import match, report
from linkage.commands import leftovers, matcher_match, release, store
from linkage.commands.ledger_head import HeadError
from linkage.commands.matcher_match import EndedError, MissingPackageError, NotCountedError
from linkage.commands.matcher_receive import RefusedError, TwiceError
from linkage.commands.release import LostReleaseError, OtherReleaseError, WriteError, verify
from linkage.commands.store import LostPackageError, NotAFileError, StoreError
from linkage.errors import Error, FileError, LedgerError, PackageError, ReleaseError, UsageError
from linkage.ledger import Ledger, RoundId, State
from linkage.ledger.errors import ClosedError, NoLedgerError
from linkage.package.rows import Rows
from linkage.release import control
from linkage.texts import Lang
from tests import faults
from tests.builders import Part, assemble, header, in_order, plain_part, plain_summary, random_rows
from tests.ledgers import address
from tests.matchers import NAME, NOW, PEOPLE, ROUND, Table, keys

posix = pytest.mark.skipif(os.name == "nt", reason="modes, pipes and forks are POSIX")
ONE: dict[str, Any] = {"languages": [Lang.SV]}


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path)


@pytest.fixture(autouse=True)
def quick_reports(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports have tests of their own; here they are a line each, but in the test of the whole."""
    monkeypatch.setattr(leftovers, "STALE", 0)  # who was killed in a test is dead at once
    if "real_reports" in request.fixturenames:
        return
    monkeypatch.setattr(report, "html", lambda r, lang: f"{r.agreement.slug} {lang}", raising=False)
    monkeypatch.setattr(report, "excel", lambda _, lang: lang.encode(), raising=False)
    monkeypatch.setattr(report, "csv", lambda _, lang: {"volume.csv": lang.encode()}, raising=False)


@pytest.fixture
def real_reports() -> None:
    """This test writes real reports."""


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One item for each time that anything is counted."""
    calls: list[int] = []

    def count(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        return match.count(*args, **kwargs)

    monkeypatch.setattr(matcher_match, "count", count)
    return calls


def test_packages_in_a_signed_release_out(table: Table, real_reports: None) -> None:
    facts = table.match(table.both())
    names = {str(path.relative_to(table.out)) for path in facts.files}
    assert {
        *("release.json", "release.json.sig", "report.sv.html", "report.en.html"),
        *("report.sv.xlsx", "report.en.xlsx"),
    } <= names
    assert any(name.startswith("csv") for name in names)
    assert facts.as_json()["release"] == str(table.out / "release.json")
    assert (facts.tables, facts.already, table.state) == (1, False, State.RELEASED)
    told = verify(table.out / "release.json", table.agreement)
    assert told.verified.compared
    data, signature = table.signed()
    keys()[1].public.verify(RELEASE, data, signature)
    (made,) = table.ledger.releases()
    assert (made.release, made.signature, made.number) == (data, signature, 1)
    assert {p["sha512"] for p in json.loads(data)["packages"]} == {p.sha512 for p in made.packages}
    assert table.round_key.exists()
    assert str(facts.after()).startswith("linkage verify")


def test_the_figures_are_those_of_plain_sets(table: Table) -> None:
    table.match(table.both())
    people = [random_rows(table.scene.layout(party), 10, seed=0) for party in ("malmo", "af")]
    tokens = {bytes(token) for rows in people for token in rows.tokens}
    (found,) = json.loads(table.signed()[0])["tables"]
    values = {(r["part"], r["period"]): r["value"] for r in found["rows"]}
    assert values["unique", "all"] == len(tokens)
    assert values["sum", "all"] == 20


def test_without_a_package_it_takes_those_received(table: Table) -> None:
    table.receive(*table.both())
    assert not table.match().already


def test_one_may_be_named_and_the_other_received_before(table: Table) -> None:
    table.receive(table.package("af"))
    table.match([table.package("malmo")])
    assert table.state is State.RELEASED


def test_with_a_ledger_in_postgresql(table: Table) -> None:
    with address("postgresql", table.folder) as url:
        table.receive(table.package("af"), ledger=url)
        assert not table.match([table.package("malmo")], ledger=url).already
        before = table.signed()
        assert table.match(table.both(), ledger=url).already
        with pytest.raises(ClosedError):
            table.match([table.package("malmo", minute=1)], ledger=url)
        table.purge(ledger=url)
        assert table.match(table.both(), ledger=url).already
        assert table.signed() == before
    assert not (table.home / "ledger.db").exists()


# -- once -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", [0, 1, 2])
def test_the_same_packages_give_the_same_bytes_and_nothing_is_computed(
    table: Table, counted: list[int], named: int
) -> None:
    table.match(table.both())
    before = table.signed()
    (table.out / "release.json").unlink()
    (table.out / "report.sv.html").unlink()
    table.identity.unlink()  # no key is needed either
    table.round_key.unlink()
    again = table.match(table.both()[:named], now=NOW + dt.timedelta(days=400))
    assert again.already
    assert table.signed() == before
    assert all(path.exists() for path in again.files)
    assert counted == [1]
    assert len(table.ledger.releases()) == 1


def test_other_packages_after_the_match_are_refused(table: Table, counted: list[int]) -> None:
    table.match(table.both())
    before = table.signed()
    for packages in ([table.package("malmo", minute=1)], [table.package("af"), table.package("malmo", 1)]):
        with pytest.raises(ClosedError, match="has been matched"):
            table.match(packages)
    assert table.signed() == before
    assert counted == [1]
    assert [line.check for line in table.ledger.refusals(ROUND)] == ["ClosedError"] * 2


def test_a_purged_round_gives_its_release_back_and_counts_nothing(table: Table, counted: list[int]) -> None:
    table.match(table.both())
    before = table.signed()
    table.purge()
    assert table.match(table.both()).already
    assert table.signed() == before
    assert counted == [1]
    assert table.stored() == {}
    with pytest.raises(ClosedError, match="purged"):
        table.match([table.package("malmo", minute=1)])


def test_another_folder_gets_the_same_bytes(table: Table) -> None:
    table.match(table.both())
    other = table.match(out=table.home / "elsewhere")
    assert other.release.read_bytes() == table.signed()[0]


def test_an_edited_release_is_put_right(table: Table) -> None:
    table.match(table.both())
    before = table.signed()
    document = json.loads(before[0])
    document["tables"] = []
    (table.out / "release.json").write_text(json.dumps(document))
    table.match()
    assert table.signed() == before


def test_a_release_of_another_round_is_not_overwritten(table: Table) -> None:
    table.match(table.both())
    before = table.signed()
    second = Table(table.folder, number=2)
    with pytest.raises(OtherReleaseError, match="release of malmo-sok-1"):
        second.match(second.both())
    assert table.signed() == before
    assert second.state is State.OPEN
    second.match(out=table.home / "second")
    assert [made.number for made in table.ledger.releases()] == [1, 2]


def test_a_ledger_that_has_not_seen_the_key_being_made_says_so_and_goes_on(table: Table) -> None:
    received = table.receive(*table.both())
    matched = table.match()
    again = table.match()
    for facts in (received, matched, again):
        (told,) = facts.notes
        assert "has not seen the round key of malmo-sok-1 being made" in str(told)
        assert str(table.home / "ledger.db") in str(told)
    elsewhere = {"ledger": f"sqlite:///{table.home / 'other.db'}", "store": table.home / "other"}
    assert table.match(table.both(), **elsewhere, out=table.home / "second").notes


def test_a_ledger_that_has_says_nothing(table: Table) -> None:
    Ledger.open(table.ledger_url).note_round_key(ROUND, keys()[2].public.fingerprint, NOW)
    assert table.receive(*table.both()).notes == ()
    assert table.match().notes == ()
    table.purge()
    assert table.match().notes == ()


def test_a_key_noted_for_another_round_is_not_this_rounds(table: Table) -> None:
    Ledger.open(table.ledger_url).note_round_key(RoundId(NAME, 2), keys()[2].public.fingerprint, NOW)
    Ledger.open(table.ledger_url).note_round_key(ROUND, "SHA256:another", NOW)
    assert table.receive(*table.both()).notes


def test_a_ledger_older_than_the_release_is_noticed(table: Table, counted: list[int]) -> None:
    table.receive(*table.both())
    yesterday = (table.home / "ledger.db").read_bytes()
    table.match()
    before = table.signed()
    (table.home / "ledger.db").write_bytes(yesterday)
    with pytest.raises(LostReleaseError, match="does not know the release"):
        table.match()
    assert table.signed() == before
    assert counted == [1]


def test_a_folder_that_is_a_file_is_told_before_anything_happens(table: Table) -> None:
    table.out.write_bytes(b"")
    with pytest.raises(FileError, match="not a folder"):
        table.match(table.both())
    assert table.state is State.OPEN


def test_something_else_called_release_json_is_replaced(table: Table) -> None:
    table.out.mkdir()
    (table.out / "release.json").write_bytes(b"{}")
    table.match(table.both())
    verify(table.out / "release.json", table.agreement)


# -- what makes no round ----------------------------------------------------------------------------------


def test_a_party_without_a_package_is_named(table: Table) -> None:
    with pytest.raises(MissingPackageError, match="no package of af"):
        table.match([table.package("malmo")])
    assert table.state is State.OPEN
    table.match([table.package("af")])


def test_nobody_has_delivered(table: Table) -> None:
    with pytest.raises(NoLedgerError):
        table.match()
    assert not (table.home / "ledger.db").exists()
    Ledger.open(table.ledger_url)
    with pytest.raises(MissingPackageError, match="no package of malmo, af"):
        table.match()


def test_two_of_one_party_in_one_call_are_refused(table: Table) -> None:
    with pytest.raises(TwiceError):
        table.match([*table.both(), table.package("malmo", minute=1)])
    assert table.state is None


def test_a_refused_package_stops_the_match(table: Table) -> None:
    table.receive(*table.both())
    bad = table.folder / "bad.link"
    bad.write_bytes(b"bad")
    with pytest.raises(RefusedError):
        table.match([bad])
    assert table.state is State.OPEN


def test_an_older_package_is_not_passed_over_in_silence(table: Table) -> None:
    old = table.package("malmo")
    table.receive(old, table.package("af"))
    table.receive(table.package("malmo", minute=1))
    with pytest.raises(NotCountedError, match="newer package of malmo"):
        table.match([old, table.package("af")])
    assert table.state is State.OPEN


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"engine": "spark"}, "spark is not there yet"),
        ({"engine": "distributed"}, "distributed is not there yet"),
        ({"engine": "abacus"}, "no engine abacus"),
        ({"memory": "much"}, "no amount"),
        ({"memory": "0"}, "no amount"),
        ({"memory": "-5M"}, "no amount"),
        ({"memory": "1.5G"}, "no amount"),
    ],
)
def test_words_that_do_not_fit_are_usage(table: Table, options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        table.match(table.both(), **options)
    assert not (table.home / "ledger.db").exists()


@pytest.mark.parametrize(
    ("memory", "bytes_"), [(None, None), ("500M", 500 << 20), ("2g", 2 << 30), ("64KiB", 64 << 10), ("7", 7)]
)
def test_memory_is_read_and_passed_on(
    table: Table, monkeypatch: pytest.MonkeyPatch, memory: str | None, bytes_: int | None
) -> None:
    asked: dict[str, Any] = {}

    def count(*_: object, **options: Any) -> None:
        asked.update(options)
        raise KeyboardInterrupt

    def check(*_: object, **options: Any) -> None:
        assert options == {"memory": bytes_, "workers": 2}

    monkeypatch.setattr(matcher_match, "check_memory", check)
    monkeypatch.setattr(matcher_match, "count", count)
    with pytest.raises(KeyboardInterrupt):
        table.match(table.both(), memory=memory, workers=2)
    assert (asked["memory"], asked["workers"]) == (bytes_, 2)


def test_too_little_memory_ends_no_round(table: Table) -> None:
    with pytest.raises(UsageError):
        table.match(table.both(), memory="1K")
    assert table.state is State.OPEN  # nothing is frozen for a word that does not fit
    table.match([table.package("malmo", minute=1)])


def other_key(table: Table) -> dict[str, Any]:
    return {"round_key": Table(table.folder / "two", number=2).round_key}


def other_identity(table: Table) -> dict[str, Any]:
    path = table.home / "other.key"
    files.write_private(path, "identity", keys()[0]["malmo"].to_bytes(), None)
    return {"identity": path}


def exposed_key(table: Table) -> dict[str, Any]:
    table.round_key.chmod(0o644)
    return {}


def locked_key(table: Table) -> dict[str, Any]:
    path = table.home / "locked.key"
    files.write_private(path, "round", keys()[2].to_bytes(), "en lång lösenfras")
    return {"round_key": path, "ask_round": lambda: "en annan lösenfras"}


@posix
@pytest.mark.parametrize(
    "make", [other_key, other_identity, exposed_key, locked_key, lambda t: {"round_key": t.home / "none.key"}]
)
def test_a_wrong_key_is_told_before_the_freeze(table: Table, make: Callable[[Table], dict[str, Any]]) -> None:
    with pytest.raises(KeysError):
        table.match(table.both(), **make(table))
    assert table.state is State.OPEN
    assert not table.out.exists()


def test_a_key_under_a_passphrase_opens_the_round(table: Table) -> None:
    options = locked_key(table)
    table.match(table.both(), **(options | {"ask_round": lambda: "en lång lösenfras"}))
    assert table.state is State.RELEASED


# -- what fails only after opening ------------------------------------------------------------------------


def descending(table: Table, party: str) -> Path:
    """A package that passes every check that needs no opening, its tokens in the wrong order."""
    real = table.scene
    rows = in_order(real.rows(party, 5))
    facts = header(real, party, sequence=int(NOW.timestamp() * 1000))
    wrong = plain_part(real.layout(party), rows.take(np.arange(4, -1, -1)))
    parts = [Part(1, wrong), Part(2, plain_summary(PEOPLE))]
    path = table.folder / f"descending-{party}.link"
    path.write_bytes(assemble(facts, parts, real.parties[party], real.round_key.public.seal))
    return path


def test_a_package_that_is_wrong_inside_ends_the_round(table: Table, counted: list[int]) -> None:
    bad = descending(table, "af")
    with pytest.raises(EndedError, match=r"ended without a release: the package of af is wrong inside"):
        table.match([table.package("malmo"), bad])
    found = table.ledger.round(ROUND)
    assert found is not None
    assert (found.state, table.out.exists()) == (State.FAILED, False)
    for packages in ([], [bad], [table.package("malmo")]):
        with pytest.raises(EndedError, match="the package of af is wrong inside"):
            table.match(packages)
    with pytest.raises(ClosedError, match="ended without a release"):
        table.match([table.package("af", minute=1)])
    assert counted == [1]
    assert table.purge(now=NOW).complete  # nothing is kept for: it is due at once


def test_a_summary_that_says_nothing_ends_the_round(table: Table) -> None:
    with pytest.raises(EndedError, match="summary of malmo"):
        table.match([table.package("malmo", summary_json={"rows_read": 1}), table.package("af")])
    assert table.state is State.FAILED


@pytest.mark.parametrize("counted", ["much", True, -1, 11])
def test_a_summary_of_another_form_is_the_packages_fault(table: Table, counted: object) -> None:
    wrong = {"people_counted": counted, "people_total": 10}
    with pytest.raises(PackageError, match="summary of malmo"):
        table.match([table.package("malmo", summary_json=wrong), table.package("af")])
    assert table.state is State.FAILED


@pytest.mark.parametrize("which", ["rows", "summary"])
def test_what_the_sender_sealed_wrongly_ends_the_round(table: Table, which: str) -> None:
    real = table.scene
    rows = plain_part(real.layout("af"), in_order(real.rows("af", 5)))
    parts = [Part(1, b"\xff" * 9 if which == "rows" else rows), Part(2, plain_summary(b"{"))]
    path = table.folder / "wrong.link"
    path.write_bytes(assemble(header(real, "af"), parts, real.parties["af"], real.round_key.public.seal))
    with pytest.raises(EndedError, match="the package of af is wrong inside"):
        table.match([table.package("malmo"), path])
    assert table.state is State.FAILED


class Broken(io.BytesIO):
    """A disk that can no longer be read."""

    def read(self, size: int | None = -1, /) -> bytes:
        del size
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def too_many(path: Path) -> NoReturn:
    raise NotAFileError("cannot read {path}: {reason}", path=path, reason=os.strerror(errno.EMFILE))


TRANSIENT: dict[str, tuple[Callable[[Path], BinaryIO], type[Exception], str]] = {
    "open": (too_many, LostPackageError, "cannot be read"),
    "read": (lambda _: Broken(), OSError, "Input/output"),
    "short": (lambda _: io.BytesIO(b"cut"), LostPackageError, "was altered"),
}


@pytest.mark.parametrize("fault", TRANSIENT)
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_disk_that_fails_once_while_counting_ends_no_round(
    table: Table, monkeypatch: pytest.MonkeyPatch, fault: str, after: int
) -> None:
    table.receive(*table.both())
    way, error, words = TRANSIENT[fault]
    calls = 0
    real, freeze = store.open_sent, Ledger.freeze

    def once(path: Path) -> BinaryIO:
        nonlocal calls
        calls += 1
        return way(path) if calls == after + 1 else real(path)

    with monkeypatch.context() as patch:
        patch.setattr(
            Ledger, "freeze", lambda *args: (patch.setattr(store, "open_sent", once), freeze(*args))[1]
        )
        with pytest.raises(error, match=words):
            table.match()
    assert table.state is State.FROZEN
    table.match()
    assert len(table.ledger.releases()) == 1


def test_a_copy_that_rots_after_the_freeze_ends_no_round(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.receive(*table.both())
    freeze = Ledger.freeze

    def rot(self: Ledger, *args: Any) -> Any:
        frozen = freeze(self, *args)
        (name,) = (name for name in table.stored() if "/af-" in name or "\\af-" in name)
        data = bytearray((table.store / name).read_bytes())
        data[3000] ^= 1
        (table.store / name).write_bytes(data)
        return frozen

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "freeze", rot)
        with pytest.raises(LostPackageError, match="package of af was altered"):
            table.match()
    assert table.state is State.FROZEN
    with pytest.raises(LostPackageError, match="package of af was altered"):
        table.match()
    table.match(table.both())  # the same bytes are put back
    assert len(table.ledger.releases()) == 1


def test_a_package_that_is_gone_from_the_store_is_told(table: Table) -> None:
    table.receive(*table.both())
    for name in table.stored():
        (table.store / name).unlink()
    with pytest.raises(LostPackageError, match="no longer in"):
        table.match()
    assert table.state is State.OPEN
    table.match(table.both())


def test_a_refused_release_leaves_the_set_frozen_and_tells_no_cause(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ReleaseError("the release is refused")

    with monkeypatch.context() as patch:
        patch.setattr(matcher_match, "control", refuse)
        with pytest.raises(ReleaseError):
            table.match(table.both())
    assert table.state is State.FROZEN
    with pytest.raises(ClosedError, match="are frozen"):
        table.match([table.package("malmo", minute=1)])
    table.match(table.both())


def test_nothing_of_two_packages_together_shows(tmp_path: Path) -> None:
    """Packages of the same people, of other people, and such as disagree about everybody: all told alike."""
    told = set()
    for name in ("same", "others", "disagree"):
        table = Table(tmp_path / name)
        first = table.scene.rows("malmo", 50)
        second = table.scene.rows("af", 50, seed=2)
        tokens = second.tokens if name == "others" else first.tokens
        sex = (first.sex + 1) % 3 if name == "disagree" and first.sex is not None else first.sex
        rows = Rows(tokens, second.presence, None, sex, None)
        paths = []
        for party, people in (("malmo", first), ("af", rows)):
            path = table.folder / f"{party}.link"
            path.write_bytes(table.scene.package(party, people, summary_json=PEOPLE))
            paths.append(path)
        facts = table.match(paths)
        words = json.dumps(facts.as_json()) + "".join(map(str, [*facts.lines(), *table.status().lines()]))
        told.add(words.replace(str(tmp_path / name), ""))
    assert len(told) == 1


# -- at once, interrupted, killed, no room ----------------------------------------------------------------


def test_two_matches_at_once_release_one(table: Table) -> None:
    table.receive(*table.both())
    barrier = threading.Barrier(2)
    results: list[object] = []

    def meet(*args: Any, **more: Any) -> Any:
        barrier.wait(timeout=20)  # both have counted, neither has released
        return control(*args, **more)

    def run(out: Path, minute: int) -> None:
        try:
            results.append(table.match(out=out, now=NOW + dt.timedelta(minutes=minute), **ONE))
        except Error as error:
            results.append(error)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matcher_match, "control", meet)
        patch.setattr(leftovers, "STALE", 60.0)  # nobody is killed here: what the other writes is no leftover
        threads = [
            threading.Thread(target=run, args=(table.home / name, minute))
            for minute, name in enumerate(("one", "two"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    (made,) = table.ledger.releases()
    assert [type(result) for result in results] == [matcher_match.MatchFacts] * 2
    for name in ("one", "two"):
        assert (table.home / name / "release.json").read_bytes() == made.release


def test_each_run_has_chance_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By which a method that withholds decides between equals: nobody can run it again."""
    keys: list[bytes] = []

    def control_and_note(*args: Any, key: bytes, **more: Any) -> Any:
        keys.append(key)
        return control(*args, key=key, **more)

    monkeypatch.setattr(matcher_match, "control", control_and_note)
    for name in ("one", "two"):
        table = Table(tmp_path / name)
        table.match(table.both(), **ONE)
    assert [len(key) for key in keys] == [32, 32]
    assert keys[0] != keys[1]


def finished(table: Table) -> None:
    """Whatever happened before, the same packages end in one release, the ledger's, written whole."""
    known = table.ledger.releases()
    written = table.signed() if (table.out / "release.json.sig").exists() else None
    table.match(table.both(), **ONE)
    (made,) = table.ledger.releases()
    assert table.signed() == (made.release, made.signature)
    assert not known or known == (made,)
    assert written is None or written == table.signed()
    keys()[1].public.verify(RELEASE, *table.signed())
    assert not list(table.home.rglob(".*.part"))


def no_release_without_its_row(table: Table) -> None:
    """A release that somebody could have seen is the ledger's."""
    path = table.out / "release.json"
    if path.exists():
        assert [made.release for made in table.ledger.releases()] == [path.read_bytes()]


@pytest.fixture
def one_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """All reports are written alike: one is enough to be killed at."""
    monkeypatch.setattr(release, "_reports", lambda _, out, lang: [(out / f"report.{lang}.html", b"<p>")])


def ready(folder: Path) -> Table:
    table = Table(folder)
    table.both()
    Ledger.open(table.ledger_url)
    return table


@pytest.mark.usefixtures("one_report")
def test_ctrl_c_anywhere_and_once_more(tmp_path: Path) -> None:
    before, at, struck = ready(tmp_path / "before"), 0, True
    while struck:
        at += 1
        table = before.copy(tmp_path / str(at))
        points = faults.Points(at, faults.interrupt)
        with contextlib.suppress(KeyboardInterrupt), faults.watched(points, after=False):
            table.match(table.both(), **ONE)
        struck = points.passed >= at
        no_release_without_its_row(table)
        with faults.watched(faults.Points()):
            finished(table)
    assert at > 15, at


@posix
@pytest.mark.usefixtures("one_report")
def test_killed_anywhere_and_once_more(tmp_path: Path) -> None:
    before, at, going = ready(tmp_path / "before"), 0, True
    while going:
        at += 1
        table = before.copy(tmp_path / str(at))
        going = faults.killed(lambda table=table: table.match(table.both(), **ONE), at)  # type: ignore[misc] # mypy cannot infer a lambda's default
        no_release_without_its_row(table)
        with faults.watched(faults.Points()):
            finished(table)
    assert at > 15, at


@pytest.mark.usefixtures("one_report")
def test_a_full_disk_anywhere_and_once_more(tmp_path: Path) -> None:
    before, at, struck = ready(tmp_path / "before"), 0, True
    while struck:
        at += 1
        table = before.copy(tmp_path / str(at))
        points = faults.Points(at, faults.full_disk)
        with faults.watched(points, after=False, room=True):
            try:
                table.match(table.both(), **ONE)
            except (StoreError, WriteError, HeadError) as error:
                assert str(error.advice)  # noqa: PT017 - it may also end well
        struck = points.passed >= at
        no_release_without_its_row(table)
        with faults.watched(faults.Points()):
            finished(table)
    assert at > 10, at


@pytest.mark.parametrize("step", ["receive", "freeze", "release", "fail"])
def test_a_ledger_that_says_no_at_any_step_loses_nothing(
    table: Table, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def no(*_: object, **__: object) -> None:
        raise LedgerError("the ledger is locked")

    packages = [table.package("malmo"), descending(table, "af")] if step == "fail" else table.both()
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, step, no)
        with pytest.raises(LedgerError):
            table.match(packages)
    assert not table.out.exists()
    if step == "fail":
        with pytest.raises(EndedError):
            table.match(packages)
    else:
        finished(table)


# -- what the matcher's disk holds ------------------------------------------------------------------------


def test_no_token_ever_lies_on_the_matchers_disk(table: Table, capfd: pytest.CaptureFixture[str]) -> None:
    table.match(table.both(), workers=2)
    second = Table(table.folder, number=2)
    packages = [second.package("malmo"), descending(second, "af")]
    with pytest.raises(EndedError):
        second.match(packages, out=table.home / "second")
    seen = capfd.readouterr()
    every = [path.read_bytes() for path in table.home.rglob("*") if path.is_file()]
    every += [seen.out.encode(), seen.err.encode()]
    for party in ("malmo", "af"):
        for token in random_rows(table.scene.layout(party), 10, seed=0).tokens:
            raw = token.tobytes()
            forms = {raw, raw.hex().encode(), base64.b64encode(raw)[:20], base64.urlsafe_b64encode(raw)[:20]}
            assert not [form for form in forms for data in every if form in data]


def test_what_a_package_error_says_is_of_one_package(table: Table) -> None:
    with pytest.raises(PackageError) as caught:
        table.match([table.package("malmo"), descending(table, "af")])
    assert "malmo-sok" in str(caught.value)
    assert "of malmo" not in str(caught.value)
