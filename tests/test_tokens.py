"""Tokens: published known answers, and their order."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.secret import Secret
from linkage.identifiers import Identifiers, scheme
from linkage.synthetic.numbers import personnummer
from linkage.tokens import order, seeds, tokens, words
from tests.needs import reference

SE = scheme("se")
SECRET = Secret(bytes(range(32)), "example", "SHA256:" + "A" * 43)
DIGEST = hashlib.sha256(b"example").digest()

# docs/token.md prints the same
TOKENS = {
    "199001012385": "4c99cdc0f4fc3eefa36aed99a446ba81",
    "189001019802": "0422b120d46c6bd15846a602b5504f46",
}
SEEDS = {
    "199001012385": "c99797e50394478113a62abe3569919d",
    "189001019802": "d59f8fd90e2de7d1db8e779268d25e91",
}


def identifiers(values: list[str]) -> Identifiers:
    reading = SE.read(pa.array(values, pa.string()), dt.date(2030, 1, 1))
    return Identifiers(SE, np.unique(reading.key))


def as_hex(column: np.ndarray) -> list[str]:
    assert column.dtype == np.uint8
    assert column.shape[1:] == (16,)
    return [bytes(row).hex() for row in column]


def test_tokens_and_seeds_are_the_published_ones() -> None:
    made = identifiers(list(TOKENS))
    assert as_hex(tokens(SECRET.token_key(DIGEST), made)) == [TOKENS[v] for v in made.values.astype(str)]
    assert as_hex(seeds(SECRET.seed_key(), made)) == [SEEDS[v] for v in made.values.astype(str)]


def test_all_published_vectors_pass() -> None:
    vectors = json.loads(reference("vectors/tokens.json").read_text(encoding="utf-8"))
    published = Secret(bytes.fromhex(vectors["secret"]), vectors["name"], SECRET.maker)
    digest = bytes.fromhex(vectors["digest"])
    assert published.token_key(digest).hmac_key.hex() == vectors["token_key"].encode().hex()
    assert published.seed_key().hmac_key.decode() == vectors["record_key"]
    assert published.check(digest).hex() == vectors["check"]
    made = identifiers([name.removeprefix("se:") for name in vectors["tokens"]])
    names = [f"se:{value}" for value in made.values.astype(str)]
    assert (
        dict(zip(names, as_hex(tokens(published.token_key(digest), made)), strict=True)) == vectors["tokens"]
    )
    assert dict(zip(names, as_hex(seeds(published.seed_key(), made)), strict=True)) == vectors["seeds"]


@settings(deadline=None)
@given(st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2020, 1, 1)), max_size=20))
def test_tokens_are_those_of_the_standard_library(born: list[dt.date]) -> None:
    made = identifiers([personnummer(day, 239) for day in born])
    key = SECRET.token_key(DIGEST)
    assert as_hex(tokens(key, made)) == [
        hmac.digest(key.hmac_key, b"se:" + value, "sha256")[:16].hex() for value in made.values.tolist()
    ]


def test_many_tokens_are_made_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    made = identifiers([personnummer(dt.date(1950, 1, 1) + dt.timedelta(n), 238) for n in range(500)])
    whole = tokens(SECRET.token_key(DIGEST), made)
    monkeypatch.setattr("linkage.token_workers._AT_ONCE", 7)
    assert (tokens(SECRET.token_key(DIGEST), made) == whole).all()


near = st.builds(
    lambda head, tail: head + tail,
    st.sampled_from([bytes(8), b"\xff" * 8, b"\x80" + bytes(7)]),
    st.binary(min_size=8, max_size=8),
)


@settings(deadline=None)
@given(st.lists(st.one_of(st.binary(min_size=16, max_size=16), near), max_size=30))
def test_order_is_bytewise(rows: list[bytes]) -> None:
    column = np.frombuffer(b"".join(rows), np.uint8).reshape(-1, 16)
    assert [bytes(row) for row in column[order(column)]] == sorted(rows)
    high, low = words(column)
    assert [(int(h), int(lo)) for h, lo in zip(high, low, strict=True)] == [
        (int.from_bytes(row[:8], "big"), int.from_bytes(row[8:], "big")) for row in rows
    ]
