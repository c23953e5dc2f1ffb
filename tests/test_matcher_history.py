"""What a match is told of earlier rounds, when it is refused for them, and what nobody is told."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cli
from linkage.commands import ledger_head, leftovers, matcher_match, release
from linkage.commands.ledger_head import HeadError
from linkage.commands.matcher_desk import Desk
from linkage.errors import LedgerError, ReleaseError
from linkage.ledger import RoundId, Scope, State
from linkage.ledger.errors import (
    NotAuditedError,
    OtherMethodError,
    RolledBackError,
    TooManyReleasesError,
)
from linkage.release import Release, control
from linkage.texts import Lang, say, use
from tests import matchers
from tests.matchers import NAME, PARTIES, ROUND, Table, keys

ONE: dict[str, Any] = {"languages": [Lang.SV]}


@pytest.fixture(autouse=True)
def quick_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "STALE", 0)
    monkeypatch.setattr(release, "_reports", lambda _, out, lang: [(out / f"report.{lang}.html", b"<p>")])


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Release, ...]]:
    """The history that each match was controlled with."""
    found: list[tuple[Release, ...]] = []

    def watched(figures: Any, agreement: Any, facts: Any, made: Any, history: Any, **more: Any) -> Release:
        found.append(tuple(history))
        return control(figures, agreement, facts, made, history, **more)

    monkeypatch.setattr(matcher_match, "control", watched)
    return found


def matched(folder: Path, number: int) -> Table:
    """A round of the family, matched into a folder of its own."""
    table = Table(folder, number)
    table.match(table.both(), out=table.home / f"release-{number}", **ONE)
    return table


# -- the history -----------------------------------------------------------------------------------------


def test_a_match_is_given_every_earlier_release_of_its_history(
    tmp_path: Path, given: list[tuple[Release, ...]]
) -> None:
    for number in (1, 2, 3):
        table = matched(tmp_path, number)
    assert [[r.agreement.round for r in history] for history in given] == [[], [1], [1, 2]]
    kept = [made.release for made in table.ledger.releases()]
    assert [r.to_bytes() for r in given[-1]] == kept[:2]


def test_another_name_is_given_the_releases_of_the_same_parties_and_days(
    tmp_path: Path, given: list[tuple[Release, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    matched(tmp_path, 1)
    monkeypatch.setattr(matchers, "NAME", "another")
    table = matched(tmp_path, 42)
    assert [(made.id.name, made.id.number) for made in table.ledger.releases()] == [
        (NAME, 1),
        ("another", 42),
    ]
    assert [[r.agreement.name for r in history] for history in given] == [[], [NAME]]


def test_a_release_of_before_scopes_were_noted_is_known_by_its_parties_names(
    tmp_path: Path, given: list[tuple[Release, ...]]
) -> None:
    table = matched(tmp_path, 1)
    with closing(sqlite3.connect(table.home / "ledger.db")) as connection, connection:
        for name in ("scope_parties", "scopes"):
            connection.execute(f"DELETE FROM {name}")  # noqa: S608 - two words of ours
    assert [made.scope for made in table.ledger.releases()] == [None]
    matched(tmp_path, 2)
    assert [len(history) for history in given] == [0, 1]


def test_other_days_and_other_parties_are_no_history(
    tmp_path: Path, given: list[tuple[Release, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    matched(tmp_path, 1)
    plain: property = Desk.__dict__["scope"]

    def later(desk: Desk) -> Scope:
        scope: Scope = plain.__get__(desk)
        return replace(scope, first=scope.last.replace(year=2021), last=scope.last.replace(year=2022))

    def strangers(desk: Desk) -> Scope:
        scope: Scope = plain.__get__(desk)
        return replace(scope, parties=(("lund", "SHA256:lund"),))

    for number, others in ((2, later), (3, strangers)):
        with monkeypatch.context() as patch:
            patch.setattr(Desk, "scope", property(others))
            matched(tmp_path, number)
    assert given == [(), (), ()]


def test_the_scope_is_that_of_the_agreement(tmp_path: Path) -> None:
    table = matched(tmp_path, 1)
    (made,) = table.ledger.releases()
    assert made.scope is not None
    assert made.scope.method == "exact"
    assert made.scope.parties == tuple(
        sorted((party, keys()[0][party].public.fingerprint) for party in PARTIES)
    )
    assert (str(made.scope.first), str(made.scope.last)) == ("2020-01-01", "2020-03-31")


# -- refused for it --------------------------------------------------------------------------------------


def test_a_fourth_release_of_the_same_days_is_refused_before_anything_is_frozen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plain: property = Desk.__dict__["scope"]
    monkeypatch.setattr(Desk, "scope", property(lambda desk: replace(plain.__get__(desk), method="cellkey")))
    for number in (1, 2, 3):
        matched(tmp_path, number)
    fourth = Table(tmp_path, 4)
    monkeypatch.setattr(matcher_match, "count", lambda *_, **__: pytest.fail("opened"))
    with pytest.raises(TooManyReleasesError, match="3 releases that share a party with this round tell"):
        fourth.match(fourth.both(), out=fourth.home / "release-4")
    assert fourth.state is State.OPEN
    monkeypatch.setattr(
        "sys.argv",
        [
            *("linkage", "match", "--agreement", str(fourth.agreement), "--identity", str(fourth.identity)),
            *("--round-key", str(fourth.round_key), "--ledger", fourth.ledger_url, "--lang", "sv"),
            *("--store", str(fourth.store), "--out", str(fourth.home / "release-4")),
        ],
    )
    try:
        with pytest.raises(SystemExit) as caught:
            cli.main()
    finally:
        use(Lang.EN)
    assert caught.value.code == 13
    assert (
        "3 utgåvor som delar en part med denna omgång berättar redan om 2020-01-01" in capsys.readouterr().err
    )
    fourth.purge(give_up=True)
    ended = fourth.ledger.round(RoundId(NAME, 4))
    assert ended is not None
    assert ended.state is State.PURGED
    again = Table(tmp_path, 1).match(out=fourth.home / "release-1", **ONE)  # what was released is given back
    assert again.already


def test_a_release_that_came_while_a_round_was_counted_is_audited_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two matchers at once: the first keeps its release after the second has asked for its history."""
    plain: property = Desk.__dict__["scope"]
    monkeypatch.setattr(Desk, "scope", property(lambda desk: replace(plain.__get__(desk), method="cellkey")))
    second, found = Table(tmp_path, 2), []

    def watched(figures: Any, agreement: Any, facts: Any, made: Any, history: Any, **more: Any) -> Release:
        found.append((agreement.round, len(history)))
        if len(found) == 1:
            matched(tmp_path, 1)
        return control(figures, agreement, facts, made, history, **more)

    monkeypatch.setattr(matcher_match, "control", watched)
    with pytest.raises(NotAuditedError, match="malmo-sok-2 was audited without it") as caught:
        second.match(second.both(), out=second.home / "release-2", **ONE)
    assert isinstance(caught.value, LedgerError)
    assert second.state is State.FROZEN
    assert not (second.home / "release-2" / "release.json").exists()
    second.match(out=second.home / "release-2", **ONE)
    assert found == [(2, 0), (1, 0), (2, 1)]
    assert [made.id.number for made in second.ledger.releases()] == [1, 2]


def test_a_round_by_another_method_is_refused_before_anything_is_frozen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = matched(tmp_path, 1)
    plain: property = Desk.__dict__["scope"]
    monkeypatch.setattr(Desk, "scope", property(lambda desk: replace(plain.__get__(desk), method="cellkey")))
    for _ in ("noted", "not noted"):
        second = Table(tmp_path, 2)
        with pytest.raises(OtherMethodError, match="is by exact, and this round by cellkey"):
            second.match(second.both(), out=second.home / "release-2", **ONE)
        assert second.state is State.OPEN
        with closing(sqlite3.connect(table.home / "ledger.db")) as connection, connection:
            for name in ("scope_parties", "scopes"):
                connection.execute(f"DELETE FROM {name}")  # noqa: S608 - two words of ours


# -- an older copy of the ledger -------------------------------------------------------------------------


def test_a_ledger_of_yesterday_is_noticed_wherever_the_release_goes(tmp_path: Path) -> None:
    table = matched(tmp_path, 1)
    second = Table(tmp_path, 2)
    second.receive(*second.both())
    yesterday = (table.home / "ledger.db").read_bytes()
    second.match(out=table.home / "release-2", **ONE)
    (table.home / "ledger.db").write_bytes(yesterday)
    for again in (second, table):
        with pytest.raises(RolledBackError, match="older than what was done with it") as caught:
            again.match(out=tmp_path / "elsewhere", **ONE)
        assert str(table.home / "ledger.db") in str(caught.value)
        assert "äldre" in say(caught.value.message, Lang.SV)
    assert second.state is State.OPEN
    assert not (tmp_path / "elsewhere").exists()


def test_a_new_ledger_beside_the_same_packages_is_noticed(tmp_path: Path) -> None:
    table = matched(tmp_path, 1)
    with pytest.raises(RolledBackError):
        table.match(table.both(), ledger=f"sqlite:///{tmp_path / 'new.db'}", out=tmp_path / "new")


def test_the_note_follows_the_ledger_and_is_made_where_there_is_none(tmp_path: Path) -> None:
    table = matched(tmp_path, 1)
    note = table.store / ledger_head.FILE
    (made,) = table.ledger.releases()
    assert note.read_text() == f"linkage-ledger-head/1 1 {made.chain} 0\n"
    assert note.stat().st_mode & 0o077 == 0
    note.unlink()
    table.match(out=table.home / "release-1", **ONE)
    assert note.read_text() == f"linkage-ledger-head/1 1 {made.chain} 0\n"


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"linkage-ledger-head/2 1 " + b"0" * 64 + b" 0\n", b"x" * 5000]
)
def test_a_note_that_is_none_is_told(tmp_path: Path, data: bytes) -> None:
    table = matched(tmp_path, 1)
    (table.store / ledger_head.FILE).write_bytes(data)
    with pytest.raises(HeadError, match="not a note of a ledger"):
        table.match(out=table.home / "release-1", **ONE)


def test_a_note_that_is_a_folder_is_told(tmp_path: Path) -> None:
    table = matched(tmp_path, 1)
    (table.store / ledger_head.FILE).unlink()
    (table.store / ledger_head.FILE).mkdir()
    with pytest.raises(HeadError, match="cannot read"):
        table.match(out=table.home / "release-1", **ONE)


# -- what nobody is told ---------------------------------------------------------------------------------

CAUSE = "volume 2020-02 woman is between 3 and 4"


def test_that_a_release_was_refused_is_told_and_never_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table(tmp_path)

    def refused(*_: object, **__: object) -> Release:
        raise ReleaseError("a number can be worked out: {cause}", cause=CAUSE)

    monkeypatch.setattr(matcher_match, "control", refused)
    with pytest.raises(ReleaseError):
        table.match(table.both(), **ONE)
    assert table.state is State.FROZEN
    status = table.status()
    told = [json.dumps(status.as_json()), *(say(line) for line in status.lines())]
    table.purge(give_up=True)
    status = table.status()
    told += [json.dumps(status.as_json()), *(say(line) for line in status.lines())]
    told += [receipt.data.decode() for receipt in table.ledger.receipts(RoundId(NAME, 1))]
    told.append(str(table.ledger.round(ROUND)))
    assert len(told) > 8
    for words in told:
        assert "worked out" not in words
        assert "2020-02" not in words
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert CAUSE.encode() not in file.read_bytes(), file
    assert not (table.out / "release.json").exists()
