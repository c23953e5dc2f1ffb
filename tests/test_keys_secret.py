"""The secret and what is derived from it, against the known answers of docs/token.md."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import primitives
from keys.encoding import UnknownVersionError
from keys.identity import DamagedKeyError, Identity
from keys.names import BadNameError
from keys.secret import DifferentSecretError, Secret, SeedKey, TokenKey, settle
from tests.needs import reference

MAKER = "SHA256:" + "A" * 43
VALUE = bytes(range(32))
DIGEST = hashlib.sha256(b"example").digest()
SECRET = Secret(VALUE, "example", MAKER)


def test_known_answers() -> None:
    assert (
        SECRET.token_key(DIGEST).hmac_key
        == b"783ac0d9f587779c00e3bdc63325589a7521deeb1008685ab43db7ef0ce0ec5a"
    )
    assert SECRET.check(DIGEST).hex() == "92aa91eec324a721"
    assert SECRET.seed_key().hmac_key == b"87c88ce0df5974cb2047475e0155f54c1a3ebc6716e134e1133e2972aac4a385"
    identifier = [b"se:199001012385"]
    assert primitives.hmac_column(SECRET.token_key(DIGEST).hmac_key, identifier).hex() == (
        "4c99cdc0f4fc3eefa36aed99a446ba81"
    )
    assert primitives.hmac_column(SECRET.seed_key().hmac_key, identifier).hex() == (
        "c99797e50394478113a62abe3569919d"
    )


def test_all_published_known_answers() -> None:
    known = json.loads(reference("vectors/tokens.json").read_text(encoding="utf-8"))
    secret = Secret(bytes.fromhex(known["secret"]), known["name"], MAKER)
    digest = bytes.fromhex(known["digest"])
    assert digest == DIGEST
    assert secret.token_key(digest).hmac_key.decode() == known["token_key"]
    assert secret.seed_key().hmac_key.decode() == known["record_key"]
    assert secret.check(digest).hex() == known["check"]
    for key, answers in ((secret.token_key(digest), known["tokens"]), (secret.seed_key(), known["seeds"])):
        made = primitives.hmac_column(key.hmac_key, [text.encode() for text in answers])
        assert made.hex() == "".join(answers.values())


def hkdf(ikm: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 for one block, by the standard library alone."""
    return hmac.digest(hmac.digest(salt, ikm, "sha256"), info + b"\x01", "sha256")[:length]


@given(value=st.binary(min_size=32, max_size=32), digest=st.binary(min_size=32, max_size=32))
def test_derivations_are_as_the_format_says(value: bytes, digest: bytes) -> None:
    secret = Secret(value, "malmo-sok", MAKER)
    assert secret.token_key(digest).hmac_key == hkdf(value, digest, b"linkage/1/token", 32).hex().encode()
    assert secret.check(digest) == hkdf(value, digest, b"linkage/1/check", 8)
    family = hashlib.sha256(b"linkage-family/1\nmalmo-sok").digest()
    assert secret.seed_key().hmac_key == hkdf(value, family, b"linkage/1/record", 32).hex().encode()


def test_token_keys_differ_by_agreement_and_record_keys_by_family_alone() -> None:
    other = hashlib.sha256(b"round 2").digest()
    assert SECRET.token_key(DIGEST).hmac_key != SECRET.token_key(other).hmac_key
    assert SECRET.check(DIGEST) != SECRET.check(other)
    sibling = Secret(VALUE, "another", MAKER)
    assert sibling.token_key(DIGEST).hmac_key == SECRET.token_key(DIGEST).hmac_key
    assert sibling.seed_key().hmac_key != SECRET.seed_key().hmac_key


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_lengths_are_checked(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Secret(bytes(length), "example", MAKER)
    with pytest.raises(ValueError, match="32 bytes"):
        SECRET.token_key(bytes(length))
    with pytest.raises(ValueError, match="32 bytes"):
        SECRET.check(bytes(length))


def test_a_derived_key_is_lower_case_hex() -> None:
    for wrong in (b"", b"a" * 63, b"A" * 64, b"g" * 64, bytes(32)):
        with pytest.raises(ValueError, match="hex"):
            TokenKey(wrong)


def test_family_and_maker_are_checked() -> None:
    with pytest.raises(BadNameError):
        Secret.create("Malmö", MAKER)
    for wrong in ("", "malmo", MAKER[:-1], MAKER + "A"):
        with pytest.raises(ValueError, match=r"fingerprint|base64url"):
            Secret.create("malmo", wrong)


def test_new_secrets_differ() -> None:
    secrets = [Secret.create("malmo", MAKER) for _ in range(5)]
    assert len({s.check(DIGEST) for s in secrets}) == 5


def test_bytes_give_the_same_secret_back() -> None:
    again = Secret.from_bytes(SECRET.to_bytes())
    assert again.same(SECRET)
    assert (again.family, again.maker) == ("example", MAKER)


def test_damaged_bytes_are_refused() -> None:
    whole = SECRET.to_bytes()
    for place in range(len(whole)):
        with pytest.raises((DamagedKeyError, UnknownVersionError)):
            Secret.from_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises((DamagedKeyError, UnknownVersionError)):
            Secret.from_bytes(whole[:place])
    with pytest.raises(UnknownVersionError, match="linkage-secret/2"):
        Secret.from_bytes(whole.replace(b"linkage-secret/1", b"linkage-secret/2"))
    with pytest.raises(UnknownVersionError, match="linkage-identity/1"):
        Secret.from_bytes(Identity.generate("malmo").to_bytes())


def test_a_different_secret_is_never_replaced() -> None:
    assert settle(None, SECRET)
    assert not settle(SECRET, Secret(VALUE, "example", MAKER))
    others = [
        Secret(bytes(32), "example", MAKER),
        Secret(VALUE, "another", MAKER),
        Secret(VALUE, "example", "SHA256:" + "B" * 42 + "A"),
    ]
    for other in others:
        with pytest.raises(DifferentSecretError, match="a different secret of example"):
            settle(SECRET, other)


@pytest.mark.parametrize(
    "holder",
    [SECRET, SECRET.token_key(DIGEST), SECRET.seed_key()],
    ids=["secret", "token key", "record key"],
)
def test_nothing_secret_shows_or_travels(holder: Secret | TokenKey | SeedKey) -> None:
    hidden = [VALUE.hex(), SECRET.token_key(DIGEST).hmac_key.decode(), SECRET.seed_key().hmac_key.decode()]
    for shown in (repr(holder), str(holder), f"{holder}", f"{[holder]}"):
        assert "hidden" in shown
        assert not any(part in shown for part in hidden)
    for carry in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="holds a secret"):
            carry(holder)
    assert not hasattr(holder, "__dict__")
