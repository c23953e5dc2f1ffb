"""Whoever tries all identity numbers against tokens: the secret decides; a token is good for one round.

The attacker's tokens are made without the program (tests/attacks.py); the tokens attacked are the program's.
"""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np

from keys.secret import Secret
from linkage.agreement import parse
from linkage.identifiers import Identifiers, scheme
from linkage.tokens import seeds, tokens
from tests.agreements import READY, changed
from tests.attacks import chance, dictionary, every_number, seed, token

MAKER = "SHA256:" + "A" * 42 + "E"
SECRET = Secret(bytes(range(32)), "malmo-sok", MAKER)
OTHER_SECRET = bytes(32)
YEARS = (1950, 1969)
SE = scheme("se")


@cache
def people() -> tuple[str, ...]:
    """Whose tokens are attacked: 500 of some 29 000."""
    return tuple(sorted(chance(1).sample([*every_number(*YEARS)], 500)))


@cache
def digest(text: str) -> bytes:
    found = parse(text).digest
    assert found is not None
    return found


def made(text: str = READY, secret: Secret = SECRET) -> set[bytes]:
    """The program's tokens of them all under an agreement."""
    identifiers = Identifiers(SE, SE.keys(np.array(people(), "S12")))
    return {row.tobytes() for row in tokens(secret.token_key(digest(text)), identifiers)}


def seeded(secret: Secret) -> list[bytes]:
    """The program's seeds, in the order of people()."""
    identifiers = Identifiers(SE, SE.keys(np.array(people(), "S12")))
    return [row.tobytes() for row in seeds(secret.seed_key(), identifiers)]


def found(stolen: set[bytes], book: dict[bytes, str]) -> set[str]:
    return {book[one] for one in stolen if one in book}


def test_whoever_holds_secret_and_tokens_finds_everybody() -> None:
    book = dictionary(every_number(*YEARS), lambda n: token(SECRET.value(), digest(READY), n))
    assert found(made(), book) == set(people())


def test_without_the_secret_nobody_is_found() -> None:
    book = dictionary(every_number(*YEARS), lambda n: token(OTHER_SECRET, digest(READY), n))
    assert found(made(), book) == set()


def test_a_hash_without_a_key_would_be_undone_by_anybody() -> None:
    """What lists of hashed numbers are: no secret is needed."""
    stolen = {hashlib.sha256(number.encode()).digest() for number in people()}
    book = dictionary(every_number(*YEARS), lambda n: hashlib.sha256(n.encode()).digest())
    assert found(stolen, book) == set(people())


OTHER_AGREEMENTS = {
    "round": changed("round   = 1", "round   = 2"),
    "purpose": changed("reached in 2020.", "reached in 2020!"),
    "question": changed('overlap = ["volume", "malmo.krami"', 'overlap = ["young", "malmo.krami"'),
    "release": changed("Both jurists, 2020-11-01", "Both jurists, 2020-11-02"),
}


def test_tokens_of_two_rounds_or_purposes_have_nothing_in_common() -> None:
    first = made()
    for text in OTHER_AGREEMENTS.values():
        assert len(made(text)) == len(people())
        assert first & made(text) == set()


def test_without_the_digest_they_would_all_match() -> None:
    """Were the key made of the secret alone, packages of two rounds and purposes could be put together."""
    first = {token(SECRET.value(), b"", number) for number in people()}
    second = dictionary(people(), lambda number: token(SECRET.value(), b"", number))
    assert found(first, second) == set(people())


def test_a_matcher_that_kept_the_seeds_links_people_of_two_rounds() -> None:
    """Said openly: under cellkey the same people need the same noise. Another family has other seeds."""
    order = list(range(len(people())))
    chance(2).shuffle(order)  # the order of another package
    first = seeded(SECRET)
    second = [seeded(SECRET)[i] for i in order]
    assert [first.index(one) for one in second] == order
    assert first == [seed(SECRET.value(), "malmo-sok", n) for n in people()]
    elsewhere = seeded(Secret(SECRET.value(), "another", MAKER))
    assert set(first) & set(elsewhere) == set()
