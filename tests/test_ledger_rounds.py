"""The steps of a round: each from its own state, each once, all or nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from linkage.errors import Error
from linkage.ledger import Arrival, Ledger, Receipt, Refusal, Released, RoundId, State
from linkage.ledger.errors import ClosedError, MeanwhileError, OlderError, OtherAgreementError, StateError
from linkage.package.errors import AnotherSecretError
from tests import faults
from tests.ledgers import KINDS, NOW, ROUND, SCOPE, TERMS, address, arrival, later

MALMO, AF = arrival("malmo", 1), arrival("af", 1)
BOTH = [MALMO.sha512, AF.sha512]


@pytest.fixture(params=KINDS)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with address(request.param, tmp_path) as url:
        yield Ledger.open(url)


def walk(ledger: Ledger, state: State) -> None:
    """Bring a round to this state."""
    ledger.receive(TERMS, [MALMO, AF], NOW)
    if state is State.OPEN:
        return
    ledger.freeze(ROUND, BOTH, later(1), SCOPE)
    if state is State.FROZEN:
        return
    if state is State.FAILED:
        ledger.fail(ROUND, "the package of af: tokens are not ascending", later(2))
        return
    ledger.release(ROUND, b"{}", b"s" * 64, later(2), audited=0)
    if state is State.PURGED:
        ledger.begin_purge(ROUND, later(3))
        ledger.note_destroyed(ROUND, later(4), key=True)
        ledger.note_destroyed(ROUND, later(5), packages=True)
        ledger.finish_purge(ROUND, b"receipt", later(6))


def destroy(ledger: Ledger) -> None:
    """Both, each in a step of its own."""
    ledger.note_destroyed(ROUND, later(4), key=True)
    ledger.note_destroyed(ROUND, later(5), packages=True)


def state(ledger: Ledger) -> State:
    found = ledger.round(ROUND)
    assert found is not None
    return found.state


def test_a_whole_round_is_remembered(ledger: Ledger) -> None:
    ledger.note_round_key(ROUND, TERMS.round_key, NOW)
    walk(ledger, State.PURGED)
    found = ledger.round(ROUND)
    assert found is not None
    assert found.terms == TERMS
    assert (found.state, found.opened, found.frozen) == (State.PURGED, NOW, later(1))
    assert (found.released, found.purge_begun, found.purged) == (later(2), later(3), later(6))
    assert (found.key_destroyed, found.packages_destroyed) == (later(4), later(5))
    assert (found.failed, found.failure) == (None, None)
    assert ledger.rounds() == (found,)
    release = ledger.released(ROUND)
    assert release is not None
    assert (release.number, release.release, release.signature) == (1, b"{}", b"s" * 64)
    assert {p.sha512 for p in release.packages} == set(BOTH)
    assert ledger.receipts(ROUND) == (Receipt(ROUND, later(6), b"receipt"),)
    (key,) = ledger.round_keys(ROUND)
    assert (key.fingerprint, key.created, key.destroyed) == (TERMS.round_key, NOW, later(4))


def test_nothing_is_known_of_a_round_that_never_was(ledger: Ledger) -> None:
    assert ledger.round(ROUND) is None
    assert ledger.released(ROUND) is None
    assert not ledger.packages(ROUND)
    assert not ledger.refusals(ROUND)
    assert not ledger.receipts(ROUND)
    with pytest.raises(StateError, match="does not know"):
        ledger.freeze(ROUND, [], NOW, SCOPE)


def test_a_newer_package_takes_the_place_of_the_older(ledger: Ledger) -> None:
    assert ledger.receive(TERMS, [MALMO], NOW) == ()
    newer = arrival("malmo", 2)
    (old,) = ledger.receive(TERMS, [newer, AF], later(1))
    assert (old.sha512, old.received, old.replaced, old.counts) == (MALMO.sha512, NOW, later(1), False)
    assert {p.sha512 for p in ledger.packages(ROUND) if p.counts} == {newer.sha512, AF.sha512}
    assert len(ledger.packages(ROUND)) == 3
    assert ledger.receive(TERMS, [MALMO], later(2)) == ()  # it was accepted once: nothing is to be done
    assert {p.sha512 for p in ledger.packages(ROUND) if p.counts} == {newer.sha512, AF.sha512}


def test_the_same_package_again_changes_nothing_in_any_state(tmp_path: Path) -> None:
    for number, at in enumerate(State):
        ledger = Ledger.open(f"sqlite:///{tmp_path / f'{number}.db'}")
        walk(ledger, at)
        before = (ledger.rounds(), ledger.packages(ROUND))
        assert ledger.receive(TERMS, [AF, MALMO], later(9)) == ()
        assert (ledger.rounds(), ledger.packages(ROUND)) == before


@pytest.mark.parametrize("at", [s for s in State if s is not State.OPEN])
def test_other_packages_are_refused_once_the_round_is_frozen(tmp_path: Path, at: State) -> None:
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    walk(ledger, at)
    with pytest.raises(ClosedError):
        ledger.receive(TERMS, [AF, arrival("malmo", 2)], later(9))
    assert {p.sha512 for p in ledger.packages(ROUND)} == set(BOTH)


def test_an_older_package_is_refused_and_so_is_what_came_with_it(ledger: Ledger) -> None:
    ledger.receive(TERMS, [arrival("malmo", 5)], NOW)
    for sequence in (4, 5):
        other = replace(arrival("malmo", sequence), sha512="ee" * 64)
        with pytest.raises(OlderError, match="malmo"):
            ledger.receive(TERMS, [AF, other], later(1))
    assert [p.party for p in ledger.packages(ROUND)] == ["malmo"]


def test_a_round_has_one_agreement(ledger: Ledger) -> None:
    ledger.receive(TERMS, [MALMO], NOW)
    with pytest.raises(OtherAgreementError, match=TERMS.digest):
        ledger.receive(replace(TERMS, digest="00" * 32), [AF], NOW)
    second = replace(TERMS, id=RoundId(ROUND.name, 2), digest="00" * 32)
    ledger.receive(second, [AF], NOW)
    assert [r.id.number for r in ledger.rounds()] == [1, 2]


def test_what_is_frozen_is_what_was_looked_at(ledger: Ledger) -> None:
    ledger.receive(TERMS, [MALMO, AF], NOW)
    with pytest.raises(MeanwhileError):
        ledger.freeze(ROUND, [MALMO.sha512], NOW, SCOPE)
    ledger.receive(TERMS, [arrival("malmo", 2)], NOW)
    with pytest.raises(MeanwhileError):
        ledger.freeze(ROUND, BOTH, NOW, SCOPE)
    assert state(ledger) is State.OPEN


def test_refusals_are_lines_and_begin_no_round(ledger: Ledger) -> None:
    lines = [
        Refusal(NOW, "PackageSignatureError", "ab" * 64, "malmo"),
        Refusal(NOW, "FormatError", "cd" * 64, None),
    ]
    ledger.refuse(ROUND, lines)
    ledger.refuse(RoundId(ROUND.name, 2), lines[:1])
    assert ledger.refusals(ROUND) == tuple(lines)
    assert ledger.rounds() == ()


def test_a_round_key_is_noted_once_and_not_after_the_round_began(ledger: Ledger) -> None:
    ledger.note_round_key(ROUND, "SHA256:a", NOW)
    ledger.note_round_key(ROUND, "SHA256:a", later(1))
    ledger.note_round_key(ROUND, "SHA256:b", later(2))
    ledger.receive(TERMS, [MALMO], later(3))
    ledger.note_round_key(ROUND, "SHA256:a", later(4))
    with pytest.raises(StateError, match="has begun"):
        ledger.note_round_key(ROUND, "SHA256:c", later(4))
    assert [(k.fingerprint, k.created) for k in ledger.round_keys(ROUND)] == [
        ("SHA256:a", NOW),
        ("SHA256:b", later(2)),
    ]


def test_a_failed_round_keeps_its_first_reason(ledger: Ledger) -> None:
    walk(ledger, State.FAILED)
    again = ledger.fail(ROUND, "another reason", later(9))
    assert (again.failure, again.failed) == ("the package of af: tokens are not ascending", later(2))
    ledger.begin_purge(ROUND, later(9), complete=False)
    ledger.finish_purge(ROUND, b"receipt", later(9))
    assert state(ledger) is State.PURGED


def test_a_purge_ends_only_where_it_began_and_begins_once(ledger: Ledger) -> None:
    walk(ledger, State.RELEASED)
    with pytest.raises(StateError, match="not begun"):
        ledger.finish_purge(ROUND, b"receipt", later(3))
    with pytest.raises(StateError, match="not begun"):
        ledger.note_destroyed(ROUND, later(3), key=True)
    ledger.begin_purge(ROUND, later(3))
    assert ledger.begin_purge(ROUND, later(4)).purge_begun == later(3)
    destroy(ledger)
    ledger.finish_purge(ROUND, b"receipt", later(5))
    for step in (
        lambda: ledger.note_destroyed(ROUND, later(6), packages=True),
        lambda: ledger.begin_purge(ROUND, later(6)),
        lambda: ledger.finish_purge(ROUND, b"", later(6)),
    ):
        with pytest.raises(StateError, match="purged"):
            step()


@pytest.mark.parametrize("noted", [{}, {"key": True}, {"packages": True}])
def test_a_purge_that_found_everything_ends_only_where_everything_is_destroyed(
    ledger: Ledger, noted: dict[str, bool]
) -> None:
    walk(ledger, State.RELEASED)
    ledger.begin_purge(ROUND, later(3))
    ledger.note_destroyed(ROUND, later(4), **noted)
    with pytest.raises(StateError, match="has not destroyed everything"):
        ledger.finish_purge(ROUND, b"receipt", later(5))
    assert state(ledger) is State.RELEASED
    assert ledger.begin_purge(ROUND, later(5), complete=False).purge_complete is False
    assert ledger.begin_purge(ROUND, later(5), complete=True).purge_complete is False  # for good
    ledger.finish_purge(ROUND, b"receipt", later(6))
    assert state(ledger) is State.PURGED


def test_what_is_destroyed_is_noted_once(ledger: Ledger) -> None:
    walk(ledger, State.RELEASED)
    ledger.begin_purge(ROUND, later(3))
    destroy(ledger)
    again = ledger.note_destroyed(ROUND, later(9), key=True, packages=True)
    assert (again.key_destroyed, again.packages_destroyed) == (later(4), later(5))


OTHER_SECRET = replace(AF, check="5e" * 8)


def test_packages_of_different_secrets_are_never_received_together(ledger: Ledger) -> None:
    """As when two programs receive at once, and neither has seen the other's package."""
    with pytest.raises(AnotherSecretError, match="another secret"):
        ledger.receive(TERMS, [MALMO, OTHER_SECRET], NOW)
    assert ledger.rounds() == ()
    ledger.receive(TERMS, [MALMO], NOW)
    with pytest.raises(AnotherSecretError, match="of af was made with another secret than that of malmo"):
        ledger.receive(TERMS, [OTHER_SECRET], later(1))
    assert [p.party for p in ledger.packages(ROUND)] == ["malmo"]
    corrected = replace(arrival("malmo", 2), check=OTHER_SECRET.check)
    ledger.receive(TERMS, [corrected, OTHER_SECRET], later(2))  # all that count were made with one
    assert len(ledger.packages(ROUND)) == 3


def test_packages_of_different_secrets_are_never_frozen(ledger: Ledger) -> None:
    """As a ledger may hold them that an earlier version wrote."""
    ledger.receive(TERMS, [MALMO, AF], NOW)
    with ledger._database.connection(writes=True) as connection:
        connection.execute(text("UPDATE packages SET secret_check = '5e5e5e5e5e5e5e5e' WHERE party = 'af'"))
    with pytest.raises(AnotherSecretError):
        ledger.freeze(ROUND, BOTH, later(1), SCOPE)
    assert state(ledger) is State.OPEN


def test_an_id_is_its_partys_alone(ledger: Ledger) -> None:
    ledger.receive(TERMS, [MALMO], NOW)
    ledger.receive(TERMS, [replace(AF, id=MALMO.id)], later(1))
    assert {p.id for p in ledger.packages(ROUND) if p.counts} == {MALMO.id}
    with pytest.raises(OlderError, match="another package of malmo with the same id"):
        ledger.receive(TERMS, [replace(arrival("malmo", 2), id=MALMO.id)], later(2))
    assert len(ledger.packages(ROUND)) == 2


def test_a_second_release_of_a_round_gives_the_first(ledger: Ledger) -> None:
    walk(ledger, State.RELEASED)
    for _ in range(2):
        again = ledger.release(ROUND, b"drawn anew", b"t" * 64, later(9), audited=0)
        assert (again.number, again.release, again.signature, again.made) == (1, b"{}", b"s" * 64, later(2))
    assert len(ledger.releases()) == 1


def at_once(steps: list[Callable[[], object]]) -> list[object]:
    """What the steps return, or the error they raise, all started in the same moment."""
    barrier = threading.Barrier(len(steps))
    results: list[object] = [None] * len(steps)

    def run(place: int) -> None:
        barrier.wait()
        try:
            results[place] = steps[place]()
        except Error as error:
            results[place] = type(error)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_releases_at_once_one_stands_and_all_are_given_it(ledger: Ledger) -> None:
    walk(ledger, State.FROZEN)

    def release(place: int) -> Released:
        return ledger.release(ROUND, bytes([place]), bytes(64), later(place), audited=0)

    made = at_once([partial(release, place) for place in range(4)])
    assert len(set(made)) == 1
    assert ledger.releases() == (made[0],)


def test_a_release_and_a_failure_at_once_end_in_one_state(ledger: Ledger) -> None:
    walk(ledger, State.FROZEN)
    released, failed = at_once(
        [
            lambda: ledger.release(ROUND, b"{}", bytes(64), NOW, audited=0),
            lambda: ledger.fail(ROUND, "why", NOW),
        ]
    )
    assert (released is StateError) != (failed is StateError)
    assert state(ledger) is (State.FAILED if released is StateError else State.RELEASED)
    assert len(ledger.releases()) == (0 if released is StateError else 1)


def test_of_rounds_released_at_once_each_has_its_number(ledger: Ledger) -> None:
    ids = [RoundId("malmo-sok", number) for number in range(1, 6)]
    for round_id in ids:
        ledger.receive(replace(TERMS, id=round_id), [MALMO], NOW)
        ledger.freeze(round_id, [MALMO.sha512], NOW, SCOPE)

    def release(round_id: RoundId) -> Released:
        return ledger.release(round_id, str(round_id).encode(), bytes(64), NOW, audited=0)

    at_once([partial(release, round_id) for round_id in ids])
    assert [r.number for r in ledger.releases()] == [1, 2, 3, 4, 5]
    assert {r.id for r in ledger.releases()} == set(ids)


def test_of_packages_and_a_freeze_at_once_nothing_slips_in(ledger: Ledger) -> None:
    ledger.receive(TERMS, [MALMO, AF], NOW)
    newer = arrival("malmo", 2)
    frozen, received = at_once(
        [lambda: ledger.freeze(ROUND, BOTH, NOW, SCOPE), lambda: ledger.receive(TERMS, [newer], NOW)]
    )
    assert (frozen is MeanwhileError) != (received is ClosedError)
    counts = {p.sha512 for p in ledger.packages(ROUND) if p.counts}
    assert counts == ({newer.sha512, AF.sha512} if frozen is MeanwhileError else set(BOTH))


# -- the same told twice: the ledger, and a few lines of plain Python -------------------------------------

WAYS = {
    "freeze": {"open": "frozen", "frozen": "", "released": "", "failed": "", "purged": ""},
    "release": {"frozen": "released"},
    "fail": {"open": "failed", "frozen": "failed", "failed": ""},
    "begin_purge": {"released": "", "failed": ""},
    "key_destroyed": {"released": "", "failed": ""},
    "packages_destroyed": {"released": "", "failed": ""},
    "finish_purge": {"released": "purged", "failed": "purged"},
}  # step → state that it starts from → state that it leads to; "" stays


BEFORE = {
    "key_destroyed": {"begin_purge"},
    "packages_destroyed": {"begin_purge"},
    "finish_purge": {"begin_purge", "key_destroyed", "packages_destroyed"},
}  # step → the steps that must have been taken


@dataclass
class Plain:
    """What a ledger of one round should do, in memory."""

    state: str = ""
    counts: dict[str, Arrival] = field(default_factory=dict)
    accepted: list[Arrival] = field(default_factory=list)
    highest: dict[str, int] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    def receive(self, *arrivals: Arrival) -> bool:
        new = [a for a in arrivals if a not in self.accepted]
        if new and self.state not in {"", "open"}:
            return False
        if any(a.sequence <= self.highest.get(a.party, 0) for a in new):
            return False
        self.state = self.state or "open"
        for a in new:
            self.counts[a.party], self.highest[a.party] = a, a.sequence
            self.accepted.append(a)
        return True

    def step(self, name: str) -> bool:
        if name == "release" and "release" in self.done:
            return True
        if self.state not in WAYS[name] or not self.done >= BEFORE.get(name, set()):
            return False
        self.state = WAYS[name][self.state] or self.state
        self.done.add(name)
        return True


PACKAGES = st.tuples(st.sampled_from(["malmo", "af"]), st.integers(1, 3)).map(lambda p: arrival(*p))
STEPS = st.one_of(
    st.sampled_from(sorted(WAYS)),
    st.lists(PACKAGES, min_size=1, max_size=2, unique_by=lambda a: a.party),
)


def told(ledger: Ledger, step: str | list[Arrival]) -> bool:
    """Whether the ledger took the step."""
    counts = [p.sha512 for p in ledger.packages(ROUND) if p.counts]
    try:
        if isinstance(step, list):
            ledger.receive(TERMS, step, NOW)
        elif step == "freeze":
            ledger.freeze(ROUND, counts, NOW, SCOPE)
        elif step == "release":
            ledger.release(ROUND, b"{}", bytes(64), NOW, audited=0)
        elif step == "fail":
            ledger.fail(ROUND, "why", NOW)
        elif step == "begin_purge":
            ledger.begin_purge(ROUND, NOW)
        elif step.endswith("_destroyed"):
            ledger.note_destroyed(ROUND, NOW, key=step.startswith("key"), packages=step.startswith("pack"))
        else:
            ledger.finish_purge(ROUND, b"receipt", NOW)
    except (StateError, ClosedError, OlderError):
        return False
    return True


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("empty")
    Ledger.open(f"sqlite:///{folder / 'ledger.db'}")
    return (folder / "ledger.db").read_bytes()


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(STEPS, max_size=10))
def test_any_steps_in_any_order_do_what_a_few_lines_of_python_do(
    empty: bytes, tmp_path_factory: pytest.TempPathFactory, steps: list[str | list[Arrival]]
) -> None:
    file = tmp_path_factory.mktemp("steps") / "ledger.db"
    file.write_bytes(empty)
    with faults.watched(faults.Points()):  # nothing is lost that a power cut could take
        play(file, steps)


def play(file: Path, steps: list[str | list[Arrival]]) -> None:
    ledger, plain = Ledger.open(f"sqlite:///{file}"), Plain()
    for step in steps:
        taken = plain.receive(*step) if isinstance(step, list) else plain.step(step)
        assert told(ledger, step) is taken
        found = ledger.round(ROUND)
        assert (found.state.value if found else "") == plain.state
        assert {p.sha512 for p in ledger.packages(ROUND) if p.counts} == {
            a.sha512 for a in plain.counts.values()
        }
        assert len(ledger.releases()) == ("release" in plain.done)
