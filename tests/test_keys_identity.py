"""Identities and round keys: who signed, who can open, and that nothing private shows."""

from __future__ import annotations

import copy
import hashlib
import json
import pickle
import traceback
from base64 import urlsafe_b64encode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import encoding, identity, primitives
from keys.encoding import UnknownVersionError
from keys.identity import (
    PURPOSES,
    BadNameError,
    DamagedKeyError,
    Identity,
    PublicIdentity,
    PublicKeyError,
    PublicRoundKey,
    RoundKey,
    SealError,
    SignatureError,
    parse_public,
    safety_number,
)

MALMO = Identity("malmo", bytes(range(32)), bytes(range(32, 64)))
OTHER = Identity("af", bytes(range(64, 96)), bytes(range(96, 128)))
MATCHER = Identity("matcher", bytes(range(1, 33)), bytes(range(2, 34)))
ROUND = RoundKey.generate("matcher", "malmo-sok", 1, MATCHER)


def test_a_fingerprint_is_the_hash_that_the_format_says() -> None:
    public = MALMO.public
    digest = hashlib.sha256(b"linkage-identity/1\n" + public.ed25519 + public.mlkem + public.x25519).digest()
    assert public.fingerprint == "SHA256:" + urlsafe_b64encode(digest).decode().rstrip("=")
    key = ROUND.public
    digest = hashlib.sha256(b"linkage-round-key/1\n" + key.mlkem + key.x25519).digest()
    assert key.fingerprint == "SHA256:" + urlsafe_b64encode(digest).decode().rstrip("=")


def test_the_known_identity_keeps_its_fingerprint() -> None:
    # pins seed expansion, public forms and their order at once
    assert MALMO.public.fingerprint == "SHA256:ntFA40tF0kSgTpbzjPuEWN1qzyhMnqRoIVcHgffK2jI"
    assert safety_number(MALMO.public.fingerprint) == "57817 60165 11042 92622 33419 17494 31771 34118"


def test_new_identities_differ() -> None:
    assert len({Identity.generate("malmo").public.fingerprint for _ in range(5)}) == 5


@pytest.mark.parametrize("purpose", sorted(PURPOSES))
def test_a_signature_is_good_for_its_purpose_alone(purpose: str) -> None:
    signature = MALMO.sign(purpose, b"data")
    assert len(signature) == 64
    MALMO.public.verify(purpose, b"data", signature)
    for other in PURPOSES - {purpose}:
        with pytest.raises(SignatureError):
            MALMO.public.verify(other, b"data", signature)


def test_a_signature_is_over_purpose_and_hash() -> None:
    message = b"linkage-release/1\n" + hashlib.sha512(b"data").digest()
    assert MALMO.sign("linkage-release/1", b"data") == primitives.ed25519_sign(bytes(range(32)), message)


@given(data=st.binary(), place=st.integers(0, 63), bit=st.integers(0, 7))
def test_a_signature_with_any_bit_changed_is_refused(data: bytes, place: int, bit: int) -> None:
    signature = bytearray(MALMO.sign(identity.PACKAGE, data))
    signature[place] ^= 1 << bit
    with pytest.raises(SignatureError):
        MALMO.public.verify(identity.PACKAGE, data, bytes(signature))


def test_a_signature_of_another_or_over_other_data_is_refused() -> None:
    signature = MALMO.sign(identity.PACKAGE, b"data")
    with pytest.raises(SignatureError, match="not by af"):
        OTHER.public.verify(identity.PACKAGE, b"data", signature)
    for data in (b"", b"dat", b"data\n", b"Data"):
        with pytest.raises(SignatureError, match="not by malmo"):
            MALMO.public.verify(identity.PACKAGE, data, signature)
    with pytest.raises(SignatureError):
        MALMO.public.verify(identity.PACKAGE, b"data", b"")


def test_a_purpose_that_nobody_agreed_on_is_a_bug() -> None:
    for purpose in ("", "linkage-identity/1", "linkage-package/2", "linkage-package/1\n"):
        with pytest.raises(ValueError, match="purposes"):
            MALMO.sign(purpose, b"data")
        with pytest.raises(ValueError, match="purposes"):
            MALMO.public.verify(purpose, b"data", bytes(64))


@given(plaintext=st.binary(max_size=100), info=st.binary(max_size=50))
def test_only_the_receiver_opens_and_only_with_the_info(plaintext: bytes, info: bytes) -> None:
    sealed = MALMO.public.seal(plaintext, info)
    assert MALMO.unseal(sealed, info) == plaintext
    with pytest.raises(SealError):
        OTHER.unseal(sealed, info)
    with pytest.raises(SealError):
        MALMO.unseal(sealed, info + b"\0")


def test_the_round_key_opens_what_was_sealed_to_it() -> None:
    sealed = ROUND.public.seal(b"part", b"info")
    assert ROUND.unseal(sealed, b"info") == b"part"
    with pytest.raises(SealError):
        RoundKey.generate("matcher", "malmo-sok", 1, MATCHER).unseal(sealed, b"info")
    with pytest.raises(SealError):
        MATCHER.unseal(sealed, b"info")


def test_the_matchers_signature_covers_the_whole_round_key() -> None:
    public = ROUND.public
    public.verify(MATCHER.public)
    fields = {"name": "matcher2", "agreement": "malmo-sok2", "round": 2}
    changed = [{**vars_of(public), name: value} for name, value in fields.items()]
    other = RoundKey.generate("matcher", "malmo-sok", 1, OTHER).public
    changed.append({**vars_of(public), "mlkem": other.mlkem})
    changed.append({**vars_of(public), "x25519": other.x25519})
    changed.append({**vars_of(public), "signature": other.signature})
    changed.append({**vars_of(other), "signer": MATCHER.public.fingerprint})
    for fields_ in changed:
        with pytest.raises(SignatureError):
            PublicRoundKey(**fields_).verify(MATCHER.public)  # type: ignore[arg-type] # one of each type
    with pytest.raises(SignatureError, match="signed by another identity than af"):
        public.verify(OTHER.public)


def vars_of(key: PublicRoundKey) -> dict[str, object]:
    names = ("name", "agreement", "round", "mlkem", "x25519", "signer", "signature")
    return {name: getattr(key, name) for name in names}


@pytest.mark.parametrize("key", [MALMO.public, ROUND.public], ids=["identity", "round"])
def test_a_public_file_is_read_as_it_was_written(key: PublicIdentity | PublicRoundKey) -> None:
    text = key.to_text()
    assert text.endswith("}\n")
    assert parse_public(text) == key
    # as mail programs and editors on Windows leave it
    assert parse_public("\ufeff" + text.replace("\n", "\r\n")) == key


def broken(change: Callable[[dict[str, object]], object], key: PublicIdentity | PublicRoundKey) -> str:
    document = json.loads(key.to_text())
    change(document)
    return json.dumps(document)


WRONG_VALUES: tuple[object, ...] = (None, 1.5, True, [], {}, "\ud800", 0, -1, "X", "")


@pytest.mark.parametrize("key", [MALMO.public, ROUND.public], ids=["identity", "round"])
def test_a_public_file_with_anything_changed_is_refused(key: PublicIdentity | PublicRoundKey) -> None:
    whole = json.loads(key.to_text())
    for name in whole:
        without = {other: value for other, value in whole.items() if other != name}
        for document in (without, *({**whole, name: value} for value in WRONG_VALUES)):
            with pytest.raises((PublicKeyError, UnknownVersionError, BadNameError)):
                parse_public(json.dumps(document))
    with pytest.raises(PublicKeyError, match="damaged"):
        parse_public(broken(lambda d: d.update(extra="x"), key))
    with pytest.raises(PublicKeyError, match="fingerprint"):
        parse_public(broken(lambda d: d.update(x25519=encoding.b64(OTHER.public.x25519)), key))
    with pytest.raises(PublicKeyError, match=r"sealing key of \w+ is no key"):
        parse_public(broken(lambda d: d.update(x25519=encoding.b64(bytes(32))), key))


def test_a_key_that_stands_twice_is_refused() -> None:
    twice = MALMO.public.to_text().replace('"name": "malmo"', '"name": "af",\n "name": "malmo"')
    assert json.loads(twice) == json.loads(MALMO.public.to_text())
    with pytest.raises(PublicKeyError, match="no public key file"):
        parse_public(twice)


def test_what_is_no_public_file_is_refused_by_name() -> None:
    for text in ("", "x", "[]", "null", '{"format": 1.0}', '{"a": 1, "a": 2}', "[" * 100_000):
        with pytest.raises((PublicKeyError, UnknownVersionError)):
            parse_public(text)
    with pytest.raises(UnknownVersionError, match="format linkage-identity/2 is not known here"):
        parse_public('{"format": "linkage-identity/2"}')
    # what is no format name is not repeated: it could be anything
    with pytest.raises(UnknownVersionError, match="no format") as caught:
        parse_public('{"format": "199001012385"}')
    assert "1990" not in str(caught.value)


@pytest.mark.parametrize("name", ["malmo", "af", "a", "0", "a-b-2", "x" * 64, "around", "com10"])
def test_a_name_is_a_name(name: str) -> None:
    assert Identity.generate(name).name == name


@pytest.mark.parametrize(
    "name",
    ["", "Malmo", "malmö", "a b", "-a", "a-", "a/b", "..", "con", "lpt1", "com0", "a-round", "x" * 65, "a\n"],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadNameError):
        Identity.generate(name)
    with pytest.raises(BadNameError):
        RoundKey.generate("matcher", name, 1, MATCHER)


@pytest.mark.parametrize("number", [0, -1, 2**53])
def test_a_round_is_a_number_from_1(number: int) -> None:
    with pytest.raises(PublicKeyError, match="round"):
        RoundKey.generate("matcher", "malmo-sok", number, MATCHER)


def test_private_bytes_give_the_same_keys_back() -> None:
    again = Identity.from_bytes(MALMO.to_bytes())
    assert again.public == MALMO.public
    assert again.unseal(MALMO.public.seal(b"x", b""), b"") == b"x"
    assert again.sign(identity.RELEASE, b"x") == MALMO.sign(identity.RELEASE, b"x")
    key = RoundKey.from_bytes(ROUND.to_bytes())
    assert key.public == ROUND.public
    assert key.unseal(ROUND.public.seal(b"x", b""), b"") == b"x"


def read_identity(data: bytes) -> object:
    return Identity.from_bytes(data)


def read_round(data: bytes) -> object:
    return RoundKey.from_bytes(data)


@pytest.mark.parametrize(
    ("read", "whole"),
    [(read_identity, MALMO.to_bytes()), (read_round, ROUND.to_bytes())],
    ids=["identity", "round"],
)
def test_damaged_private_bytes_are_refused(read: Callable[[bytes], object], whole: bytes) -> None:
    step = max(1, len(whole) // 100)
    for place in range(0, len(whole), step):
        damaged = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        with pytest.raises((DamagedKeyError, UnknownVersionError)):
            read(damaged)
        with pytest.raises((DamagedKeyError, UnknownVersionError)):
            read(whole[:place])
    with pytest.raises(DamagedKeyError):
        read(whole + b"x")


def test_private_bytes_of_another_version_are_refused_by_name() -> None:
    newer = MALMO.to_bytes().replace(b"linkage-identity/1", b"linkage-identity/2")
    with pytest.raises(UnknownVersionError, match="linkage-identity/2"):
        Identity.from_bytes(newer)


@pytest.mark.parametrize("holder", [MALMO, ROUND], ids=["identity", "round"])
def test_nothing_private_shows_or_travels(holder: Identity | RoundKey) -> None:
    private = json.loads(holder.to_bytes())
    hidden = [private["xwing"], encoding.unb64(private["xwing"]).hex()]
    for shown in (repr(holder), str(holder), f"{holder}", f"{[holder]}"):
        assert "hidden" in shown
        assert not any(part in shown for part in hidden)
    for carry in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="holds a secret"):
            carry(holder)
    assert not hasattr(holder, "__dict__")


def test_a_failure_shows_nothing_private_even_with_the_locals() -> None:
    try:
        MALMO.unseal(OTHER.public.seal(b"x", b""), b"")
    except SealError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "unseal" in shown
    for part in (bytes(range(32)), bytes(range(32, 64))):
        assert repr(part) not in shown
        assert part.hex() not in shown


def test_a_safety_number_is_eight_groups_of_five() -> None:
    groups = safety_number(OTHER.public.fingerprint).split(" ")
    assert [len(group) for group in groups] == [5] * 8
    assert "".join(groups).isdigit()
    for wrong in (
        "",
        "SHA256:",
        "SHA256:x",
        "sha256:" + OTHER.public.fingerprint[7:],
        OTHER.public.fingerprint + "A",
    ):
        with pytest.raises(ValueError, match=r"fingerprint|base64url"):
            safety_number(wrong)


def test_a_signing_key_has_32_bytes() -> None:
    with pytest.raises(PublicKeyError, match="signing key"):
        PublicIdentity("malmo", bytes(31), MALMO.public.mlkem, MALMO.public.x25519)


# every point of edwards25519 whose order divides 8: y, and y with the sign of x
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]
PRIME = 2**255 - 19
# y of Malmö's key is no small number, so y + p has no 255 bits; a point with a small y has a second encoding
NOT_CANONICAL = [(PRIME + y).to_bytes(32, "little").hex() for y in range(19)]


@pytest.mark.parametrize("point", [*SMALL_ORDER, *NOT_CANONICAL, "00" * 31, "01" * 33, ""])
def test_what_is_no_point_of_full_order_is_no_signing_key(point: str) -> None:
    with pytest.raises(PublicKeyError, match="the signing key of malmo is no key"):
        PublicIdentity("malmo", bytes.fromhex(point), MALMO.public.mlkem, MALMO.public.x25519)
    with pytest.raises(PublicKeyError):
        parse_public(broken(lambda d: d.update(ed25519=encoding.b64(bytes.fromhex(point))), MALMO.public))


def test_why_small_orders_are_refused() -> None:
    # the neutral point as key and as R, S = 0: the library alone takes this as a signature of anything
    neutral = bytes.fromhex(SMALL_ORDER[0])
    primitives.ed25519_verify(neutral, b"anything", neutral + bytes(32))


@given(seed=st.binary(min_size=32, max_size=32))
def test_every_true_key_is_a_signing_key(seed: bytes) -> None:
    primitives.ed25519_check(primitives.ed25519_public(seed))


def test_a_round_key_with_the_public_half_of_another_is_refused() -> None:
    other = RoundKey.generate("matcher", "malmo-sok", 1, MATCHER)
    mixed = {**json.loads(ROUND.to_bytes()), "public": other.public.to_text()}
    del mixed["sha256"]
    with pytest.raises(DamagedKeyError):
        RoundKey.from_bytes(encoding.checked(mixed))
    whole = {**json.loads(ROUND.to_bytes())}
    del whole["sha256"]
    assert RoundKey.from_bytes(encoding.checked(whole)).public == ROUND.public
