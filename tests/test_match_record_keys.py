"""Seeds of packages become record keys of people: each person's own, however the work is cut."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import io
import tracemalloc
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.family import FamilyKey
from keys.secret import Secret
from linkage import intake
from linkage.identifiers import Identifiers, scheme
from linkage.match import count
from linkage.match import plan as planning
from linkage.match.join import join
from linkage.match.reader import Piece
from linkage.measures.expressions import Expression, Or, Presence
from linkage.measures.figures import Cells, People
from linkage.measures.kinds import Questions
from linkage.measures.model import Count, Frame
from linkage.package.pairs import Pairs
from linkage.package.rows import Rows
from linkage.synthetic.numbers import personnummer
from linkage.tokens import seeds, tokens, words
from tests.builders import Scene, with_agreement
from tests.builders import scene as played
from tests.fake_package import ROUND_KEY, FakePackage, rows_of, token
from tests.plain_aes import record_key

PARTIES = {"malmo": ("krami",), "af": ("etablering",), "region": ("vard",)}
VALUE = bytes(range(32))
FAMILY = FamilyKey(VALUE, "malmo-sok")
NUMBERS = [f"{n}" for n in range(9)]
"""What stands for an identity number here: token and seed are made up from it."""
FULL = 7
SE = scheme("se")
BORN = [dt.date(1960 + n, 1 + n, 1 + n) for n in range(12)]
SUMMARY = {"people_counted": 2, "people_total": 3}


@cache
def here(method: str = "cellkey") -> Scene:
    made = played(periods=3, sex=False, age=False, method=method, parties=tuple(PARTIES.items()))
    a, b, c = (Presence(f"{party}.{names[0]}") for party, names in PARTIES.items())
    sets = tuple(Expression(tree.series, tree, FULL, True, "") for tree in (a, b, c))
    somewhere = Expression("all", Or(a, Or(b, c)), FULL, True, "all")
    measures = (Count("m", "M", ("period",), None, somewhere, sets),)
    return replace(made, agreement=replace(made.agreement, measures=measures))


def seed(number: str, party: str = "") -> bytes:
    """A made-up seed of a person; that of a party that lies is its own."""
    return hashlib.sha256(f"{party} seed {number}".encode()).digest()[:16]


@cache
def key_of(number: str, party: str = "") -> int:
    """The record key, in plain Python."""
    return record_key(VALUE, seed(number, party))


def package(
    party: str,
    register: Mapping[str, int],
    known: Sequence[tuple[str, str]] = (),
    ranges: int = 0,
    lies: bool = False,
) -> FakePackage:
    """register: number → presence."""
    layout = here().layout(party)
    tokens = [token(number) for number in register]
    plain = rows_of(tokens, replace(layout, seed=False), {layout.series[0]: list(register.values())})
    seeds = {token(number): seed(number, party if lies else "") for number in register}
    in_order = b"".join(seeds[row.tobytes()] for row in plain.tokens)
    rows = replace(plain, seeds=np.frombuffer(in_order, np.uint8).reshape(-1, 16))
    pairs = Pairs.none()
    if known:
        newest, previous = (
            np.frombuffer(b"".join(token(n) for n in side), np.uint8).reshape(-1, 16)
            for side in zip(*known, strict=True)
        )
        pairs = Pairs.of(newest, previous)
    return FakePackage(party, layout, rows, ranges, known=pairs)


def seen(monkeypatch: pytest.MonkeyPatch) -> list[People]:
    """Every block of people that is counted from here on."""
    blocks: list[People] = []
    add = Questions.add

    def kept(self: Questions, tables: Any, people: People) -> None:
        blocks.append(people)
        add(self, tables, people)

    monkeypatch.setattr(Questions, "add", kept)
    return blocks


def keys_of(blocks: Sequence[People]) -> list[int]:
    """The record keys of all people, ascending."""
    assert all(people.record_keys is not None for people in blocks)
    return sorted(int(k) for people in blocks if people.record_keys is not None for k in people.record_keys)


def cells(packages: Sequence[Any], **options: Any) -> Cells:
    made = here()
    return count(packages, made.agreement, ROUND_KEY, FAMILY, **options).figures.cells["m"]


REGISTERS = st.tuples(*[st.dictionaries(st.sampled_from(NUMBERS), st.integers(1, FULL), max_size=9)] * 3)


@settings(deadline=None, max_examples=60)
@given(REGISTERS, st.tuples(*[st.integers(0, 3)] * 3), st.sampled_from([1, 2, 8, 32]), st.integers(1, 2))
def test_a_cell_holds_the_sum_of_its_peoples_keys(
    registers: tuple[dict[str, int], ...], ranges: tuple[int, ...], blocks: int, workers: int
) -> None:
    """Whatever the ranges, blocks and workers: against plain sets, and AES in plain Python."""
    sent = [package(p, own, ranges=r) for p, own, r in zip(PARTIES, registers, ranges, strict=True)]
    found = cells(sent, blocks=blocks, workers=workers)
    assert found.record_keys is not None
    assert [axis.name for axis in found.axes] == ["part", "period"]
    together: dict[str, int] = {}
    for own in registers:
        for number, bits in own.items():
            together[number] = together.get(number, 0) | bits
    for there, sums in zip([*registers, together], found.record_keys.tolist(), strict=True):
        expected = [
            sum(key_of(number) for number, bits in there.items() if bits & asked) % 2**32
            for asked in (1, 2, 4, FULL)
        ]
        assert sums == expected


def test_a_person_has_one_key_at_several_parties_and_in_every_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    registers = [{"0": 1, "1": 2}, {"1": 1, "2": 4}, {"1": 7}]
    sent = [package(p, own, ranges=2) for p, own in zip(PARTIES, registers, strict=True)]
    expected = sorted(key_of(number) for number in ("0", "1", "2"))
    for blocks, workers in [(1, 1), (4, 2), (64, 2)]:
        with monkeypatch.context() as patch:
            counted = seen(patch)
            cells(sent, blocks=blocks, workers=workers)
        assert keys_of(counted) == expected


def test_joined_people_have_the_key_of_their_newest_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest is with the second party; the first one has the person under two older numbers."""
    registers: list[dict[str, int]] = [{"1": 1, "2": 2, "5": 1}, {"0": 4}, {"2": 1}]
    known: list[list[tuple[str, str]]] = [[], [("0", "1"), ("0", "2"), ("0", "5")], []]
    sent = [package(p, own, pairs) for p, own, pairs in zip(PARTIES, registers, known, strict=True)]
    for blocks in (1, 16):
        with monkeypatch.context() as patch:
            counted = seen(patch)
            cells(sent, blocks=blocks)
        assert keys_of(counted) == [key_of("0")]


def test_pairs_that_join_nobody_change_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    registers = [{"0": 1}, {"1": 2}, {"2": 4}]
    known: list[list[tuple[str, str]]] = [[("1", "2")], [("0", "2")], []]  # neither sender has the newest
    sent = [package(p, own, pairs) for p, own, pairs in zip(PARTIES, registers, known, strict=True)]
    counted = seen(monkeypatch)
    cells(sent)
    assert keys_of(counted) == sorted(key_of(number) for number in ("0", "1", "2"))


@pytest.mark.parametrize("known", [[], [("0", "8")]], ids=["in a block", "set aside"])
def test_of_parties_that_disagree_the_first_ones_seed_counts(
    known: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = PARTIES
    sent = [
        package(first, {"1": 1}),
        package(second, {"0": 1}, known),
        package(third, {"0": 1, "1": 1}, lies=True),
    ]
    counted = seen(monkeypatch)
    cells(sent)
    assert keys_of(counted) == sorted([key_of("0"), key_of("1")])
    liar = [package(first, {"0": 1}, known, lies=True), package(second, {"0": 1}), package(third, {})]
    counted.clear()
    cells(liar)
    assert keys_of([people for people in counted if people.n]) == [key_of("0", first)]


def test_two_rounds_of_sealed_packages_give_a_person_the_same_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """From identity numbers on. All that the rounds have in common: the secret, the name, the family key."""
    people = sorted(personnummer(day, 238) for day in BORN)
    counted = seen(monkeypatch)
    found = []
    for number in (1, 2):
        made = replace(here(), secret=Secret(bytes(range(32)), "malmo-sok", "SHA256:" + "A" * 43))
        digest = hashlib.sha256(bytes([number])).digest()
        made = with_agreement(made, digest=digest)
        sealed = []
        for party, those in zip(PARTIES, (slice(0, 8), slice(4, 12), slice(2, 5)), strict=True):
            mine = Identifiers(SE, SE.keys(np.array(people[those], "S12")))
            layout = made.layout(party)
            rows = Rows(
                tokens(made.secret.token_key(digest), mine),
                {layout.series[0]: np.full(len(mine), 5, layout.bits)},
                seeds(made.secret.seed_key(), mine),
            )
            data = made.package(party, rows, summary_json=SUMMARY)
            sealed.append(intake.check(partial(io.BytesIO, data), made.agreement, made.keys))
        counted.clear()
        result = count(sealed, made.agreement, made.round_key, FAMILY, workers=number)
        found.append((keys_of(counted), result.figures.cells["m"].record_keys))
    (first, sums), (second, again) = found
    hmac_key = made.secret.seed_key().hmac_key
    plain = [hmac.digest(hmac_key, f"se:{person}".encode(), "sha256")[:16] for person in people]
    assert first == second == sorted(record_key(VALUE, each) for each in plain)
    assert sums is not None
    assert again is not None
    assert sums.tolist() == again.tolist()


def test_another_familys_key_gives_other_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = [package(p, dict.fromkeys(NUMBERS, 1)) for p in PARTIES]
    counted = seen(monkeypatch)
    count(sent, here().agreement, ROUND_KEY, FamilyKey(bytes(32), "malmo-sok"))
    other = keys_of(counted)
    assert other == sorted(record_key(bytes(32), seed(number)) for number in NUMBERS)
    assert not {key_of(number) for number in NUMBERS} & set(other)


def test_a_family_key_belongs_to_cellkey_alone() -> None:
    sent = [package(p, {"0": 1}) for p in PARTIES]
    with pytest.raises(ValueError, match="family key"):
        count(sent, here().agreement, ROUND_KEY)
    with pytest.raises(ValueError, match="family key"):
        count(sent, here("exact").agreement, ROUND_KEY, FAMILY)
    without = [FakePackage(s.party, here("exact").layout(s.party), replace(s.rows, seeds=None)) for s in sent]
    found = count(without, here("exact").agreement, ROUND_KEY).figures.cells["m"]
    assert found.record_keys is None


def test_rows_without_seeds_are_not_given_keys_of_nothing() -> None:
    bare: Rows = replace(package("malmo", {"0": 1}).rows, seeds=None)
    questions = Questions(
        here().agreement.measures, Frame(here().agreement.window, here().agreement.dimensions)
    )
    with pytest.raises(ValueError, match="without seeds"):
        join([Piece(*words(bare.tokens), bare)], questions, FAMILY)


def test_memory_counts_the_blocks_of_seeds() -> None:
    agreement = here().agreement
    sent = [package(p, {"0": 1}) for p in PARTIES]
    frame = Frame(agreement.window, agreement.dimensions)
    bare = Questions(agreement.measures, frame)
    asked = Questions(agreement.measures, frame, record_keys=True)
    rows = planning._rows(sent, 2)
    kept = asked.bytes_of_block(rows) - bare.bytes_of_block(rows)
    added = planning._bytes(sent, asked, 2) - planning._bytes(sent, bare, 2) - kept
    n = 8192
    seeds = np.random.default_rng(1).integers(0, 256, (n, 16), dtype=np.uint8)
    tracemalloc.start()
    FAMILY.record_keys(seeds)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 16 * n < peak < 1.05 * n * added / rows


def test_people_show_no_key() -> None:
    people = join(
        [Piece(*words(p.rows.tokens), p.rows) for p in [package("malmo", {"0": 1})]],
        Questions(
            here().agreement.measures,
            Frame(here().agreement.window, here().agreement.dimensions),
            record_keys=True,
        ),
        FAMILY,
    )
    assert people.record_keys is not None
    assert people.record_keys.tolist() == [key_of("0")]
    assert str(key_of("0")) not in repr([people]) + str(people)
