"""Pairs of changed numbers: written in order, opened again, and refused where a sender made them wrong."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage import intake
from linkage.errors import PackageError
from linkage.package import errors
from linkage.package.describe import describe
from linkage.package.pairs import Pairs
from linkage.tokens import TokenArray, find, words
from tests.builders import (
    STEP,
    SUMMARY,
    Part,
    assemble,
    header,
    in_order,
    plain_part,
    plain_summary,
    scene,
)

HERE = scene()
LAYOUT = HERE.layout("malmo")
ROWS = in_order(HERE.rows("malmo", 8))

Pair = tuple[bytes, bytes]
TOKENS = st.builds(
    bytes.__add__,
    st.sampled_from([bytes(8), b"\x7f" + b"\xff" * 7, b"\x80" + bytes(7), b"\xff" * 8]),
    st.sampled_from([bytes(8), bytes(7) + b"\1", b"\x80" + bytes(7), b"\xff" * 8]),
)
PAIRS = st.tuples(TOKENS, TOKENS).filter(lambda pair: pair[0] != pair[1])


def table(tokens: Sequence[bytes]) -> TokenArray:
    return np.frombuffer(b"".join(tokens), np.uint8).reshape(-1, 16)


def of(pairs: Sequence[Pair]) -> Pairs:
    return Pairs.of(table([n for n, _ in pairs]), table([p for _, p in pairs]))


def plain(pairs: Pairs) -> list[Pair]:
    return [(n.tobytes(), p.tobytes()) for n, p in zip(pairs.newest, pairs.previous, strict=True)]


def plain_pairs(pairs: Sequence[Pair]) -> bytes:
    """The plaintext of a pair part as docs/package.md says it."""
    return struct.pack("<I", len(pairs)) + b"".join(n for n, _ in pairs) + b"".join(p for _, p in pairs)


@given(st.lists(PAIRS, max_size=12))
def test_pairs_are_a_sorted_set(pairs: list[Pair]) -> None:
    made = of(pairs)
    made.check()
    assert plain(made) == sorted(set(pairs))
    part = made.encode(1024)
    assert part == plain_pairs(sorted(set(pairs))).ljust(1024, b"\0")
    assert plain(Pairs.decode(part)) == plain(made)


@given(st.lists(TOKENS, unique=True), st.lists(TOKENS))
def test_find_is_a_dictionary(tokens: list[bytes], sought: list[bytes]) -> None:
    ascending = sorted(tokens)
    there = {token: i for i, token in enumerate(ascending)}
    found = find(words(table(ascending)), words(table(sought)))
    assert found.tolist() == [there.get(token, -1) for token in sought]


def test_what_is_written_is_opened_again() -> None:
    people = HERE.rows("malmo", 3000)
    draw = np.random.default_rng(2)
    pairs = Pairs.of(
        np.repeat(people.tokens[:1500], 2, axis=0), draw.integers(0, 256, (3000, 16), dtype=np.uint8)
    )
    data, written = HERE.written("malmo", people, pairs=pairs, target=STEP)
    package = intake.check(lambda: io.BytesIO(data), HERE.agreement, HERE.keys)
    assert package.pairs == 2, "no part grows for pairs: what is more is another part"
    assert written.parts == 2 + (1 << written.ranges) + 1
    assert plain(package.open_pairs(HERE.round_key)) == plain(pairs)
    assert sum(len(package.open_range(i, HERE.round_key)) for i in range(1 << package.ranges)) == 3000
    assert package.summary(HERE.round_key) == SUMMARY
    assert describe(io.BytesIO(data))["pairs"] == 2


def test_without_pairs_there_is_no_part_of_them() -> None:
    package = intake.check(
        lambda: io.BytesIO(HERE.package("malmo", ROWS, pairs=Pairs.none())), HERE.agreement, HERE.keys
    )
    assert package.pairs == 0
    assert len(package.open_pairs(HERE.round_key)) == 0


def test_a_pair_whose_newest_nobody_has_is_not_written() -> None:
    with pytest.raises(errors.WriteError, match="not among the rows"):
        HERE.package("malmo", ROWS, pairs=of([(bytes(16), bytes(15) + b"\1")]))


def test_a_token_does_not_replace_itself() -> None:
    with pytest.raises(ValueError, match="itself"):
        of([(bytes(16), bytes(16))])


A, B, C = bytes(16), bytes(15) + b"\1", bytes(15) + b"\2"
WRONG: dict[str, tuple[list[bytes], type[PackageError]]] = {
    "more pairs than fit": ([struct.pack("<I", 2048)], errors.PartError),
    "padding that is not zero": ([plain_pairs([(A, B)]) + b"\0\1"], errors.PartError),
    "newest tokens exchanged": ([plain_pairs([(B, A), (A, B)])], errors.PairError),
    "previous tokens exchanged": ([plain_pairs([(A, C), (A, B)])], errors.PairError),
    "a pair twice": ([plain_pairs([(A, B), (A, B)])], errors.PairError),
    "a pair twice in two parts": ([plain_pairs([(A, B)]), plain_pairs([(A, B)])], errors.PairError),
    "parts exchanged": ([plain_pairs([(B, A)]), plain_pairs([(A, B)])], errors.PairError),
    "its own newest": ([plain_pairs([(A, B), (B, B)])], errors.PairError),
}


@pytest.mark.parametrize("fault", WRONG)
def test_pairs_with_one_fault_are_refused(fault: str) -> None:
    plaintexts, error = WRONG[fault]
    parts = [Part(0, plain) for plain in plaintexts]
    parts += [Part(1, plain_part(LAYOUT, ROWS)), Part(2, plain_summary(SUMMARY))]
    facts = header(HERE, "malmo", pairs=len(plaintexts))
    data = assemble(facts, parts, HERE.parties["malmo"], HERE.round_key.public.seal)
    package = intake.check(lambda: io.BytesIO(data), HERE.agreement, HERE.keys)
    with pytest.raises(PackageError) as refused:
        package.open_pairs(HERE.round_key)
    assert type(refused.value) is error


def test_rows_sealed_as_pairs_do_not_open() -> None:
    parts = [
        Part(1, plain_pairs([(A, B)])),
        Part(1, plain_part(LAYOUT, ROWS)),
        Part(2, plain_summary(SUMMARY)),
    ]
    data = assemble(header(HERE, "malmo", pairs=1), parts, HERE.parties["malmo"], HERE.round_key.public.seal)
    package = intake.check(lambda: io.BytesIO(data), HERE.agreement, HERE.keys)
    with pytest.raises(errors.PartSealError):
        package.open_pairs(HERE.round_key)
    assert len(package.open_range(0, HERE.round_key)) == 8
