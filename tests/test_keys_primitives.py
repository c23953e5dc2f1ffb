"""The primitives against their sources: RFC test vectors, Wycheproof, and a second way to the same result."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from keys import primitives
from keys.primitives import Refused
from tests.needs import reference
from tests.plain_aes import aes256

XWING = json.loads((Path(__file__).parent / "vectors" / "keys" / "xwing.json").read_text(encoding="utf-8"))

# RFC 4231, cases 1, 2 and 6: a plain key, a short one, one longer than a block
HMAC_CASES = [
    ("0b" * 20, b"Hi There".hex(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (
        b"Jefe".hex(),
        b"what do ya want for nothing?".hex(),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        "aa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First".hex(),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
]

# RFC 5869, cases 1 and 3: ikm, salt, info, output
HKDF_CASES = [
    (
        "0b" * 22,
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        "0b" * 22,
        "",
        "",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
]

# RFC 8032, section 7.1, tests 1 and 3: seed, public key, message, signature
ED25519_CASES = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
        "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290"
        "ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]

# FIPS 197, appendix C.3, and SP 800-38A, appendix F.1.5 (four blocks): key, blocks, output
AES256_CASES = [
    (
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "00112233445566778899aabbccddeeff",
        "8ea2b7ca516745bfeafc49904b496089",
    ),
    (
        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
        "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
        "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"
        "b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7",
    ),
]


def data(text: str) -> bytes:
    return bytes.fromhex(text)


@pytest.mark.parametrize(("key", "message", "mac"), HMAC_CASES)
def test_hmac_is_that_of_rfc_4231(key: str, message: str, mac: str) -> None:
    assert primitives.hmac_sha256(data(key), data(message)).hex() == mac
    assert primitives.hmac_column(data(key), [data(message)], 32).hex() == mac


def test_hmac_passes_all_of_rfc_4231() -> None:
    cases = json.loads(reference("vectors/rfc4231_hmac_sha256.json").read_text(encoding="utf-8"))["cases"]
    assert len(cases) == 7
    for case in cases:
        size = len(case["hmac_sha256"]) // 2
        made = primitives.hmac_sha256(data(case["key"]), data(case["msg"]))[:size]
        assert made.hex() == case["hmac_sha256"]
        assert primitives.hmac_column(data(case["key"]), [data(case["msg"])], size) == made


@pytest.mark.parametrize(("ikm", "salt", "info", "okm"), HKDF_CASES)
def test_hkdf_is_that_of_rfc_5869(ikm: str, salt: str, info: str, okm: str) -> None:
    assert primitives.hkdf_sha256(data(ikm), data(salt), data(info), len(okm) // 2).hex() == okm


def test_hkdf_passes_all_of_rfc_5869() -> None:
    cases = json.loads(reference("vectors/rfc5869_hkdf_sha256.json").read_text(encoding="utf-8"))["cases"]
    assert len(cases) == 3
    for case in cases:
        made = primitives.hkdf_sha256(data(case["ikm"]), data(case["salt"]), data(case["info"]), case["L"])
        assert made.hex() == case["okm"]


def test_hkdf_passes_wycheproof() -> None:
    suite = json.loads(reference("vectors/wycheproof_hkdf_sha256.json").read_text(encoding="utf-8"))
    tests = [test for group in suite["testGroups"] for test in group["tests"]]
    assert len(tests) == suite["numberOfTests"]
    for test in tests:
        given_ = (data(test["ikm"]), data(test["salt"]), data(test["info"]), test["size"])
        if test["result"] == "valid":
            assert primitives.hkdf_sha256(*given_).hex() == test["okm"], test["tcId"]
        else:
            with pytest.raises(ValueError, match="8160"):
                primitives.hkdf_sha256(*given_)


def test_hkdf_refuses_more_than_255_blocks() -> None:
    assert len(primitives.hkdf_sha256(b"k", b"", b"", 255 * 32)) == 255 * 32
    with pytest.raises(ValueError, match="8160"):
        primitives.hkdf_sha256(b"k", b"", b"", 255 * 32 + 1)


@given(key=st.binary(max_size=130), messages=st.lists(st.binary(max_size=150)), size=st.integers(1, 32))
def test_a_column_is_the_standard_librarys_hmac_of_each(key: bytes, messages: list[bytes], size: int) -> None:
    expected = b"".join(hmac.digest(key, message, "sha256")[:size] for message in messages)
    assert primitives.hmac_column(key, iter(messages), size) == expected


@pytest.mark.parametrize("size", [0, 33, -1])
def test_a_column_has_no_other_width(size: int) -> None:
    with pytest.raises(ValueError, match="size"):
        primitives.hmac_column(b"k", [], size)


@pytest.mark.parametrize(("seed", "public", "message", "signature"), ED25519_CASES)
def test_ed25519_is_that_of_rfc_8032(seed: str, public: str, message: str, signature: str) -> None:
    assert primitives.ed25519_public(data(seed)).hex() == public
    assert primitives.ed25519_sign(data(seed), data(message)).hex() == signature
    primitives.ed25519_verify(data(public), data(message), data(signature))
    for wrong in (data(message) + b"\0", b"other"):
        with pytest.raises(Refused):
            primitives.ed25519_verify(data(public), wrong, data(signature))


def test_ed25519_refuses_a_signature_whose_second_half_is_not_reduced() -> None:
    seed, public, message, signature = map(data, ED25519_CASES[0])
    order = 2**252 + 27742317777372353535851937790883648493
    half = int.from_bytes(signature[32:], "little") + order
    with pytest.raises(Refused):
        primitives.ed25519_verify(public, message, signature[:32] + half.to_bytes(32, "little"))
    assert primitives.ed25519_sign(seed, message) == signature


@pytest.mark.parametrize("length", [0, 31, 33, 63, 65])
def test_ed25519_refuses_what_has_another_length(length: int) -> None:
    with pytest.raises(Refused):
        primitives.ed25519_verify(data(ED25519_CASES[0][1]), b"", bytes(length))
    with pytest.raises(Refused):
        primitives.ed25519_verify(bytes(length), b"", data(ED25519_CASES[0][3]))


@pytest.mark.parametrize("case", XWING["seeds"], ids=lambda case: case["seed"][:8])
def test_xwing_keys_are_those_of_the_draft(case: dict[str, str]) -> None:
    public = b"".join(primitives.xwing_public_bytes(data(case["seed"])))
    assert len(public) == primitives.MLKEM_PUBLIC + primitives.X25519_PUBLIC
    assert hashlib.sha3_256(public).hexdigest() == case["public_sha3_256"]


def xwing_shared(seed: bytes, encapsulated: bytes) -> bytes:
    """X-Wing's decapsulation as its draft writes it, from the two parts."""
    expanded = hashlib.shake_256(seed).digest(96)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
    to_mlkem, point = encapsulated[:1088], encapsulated[1088:]
    return hashlib.sha3_256(
        mlkem.decapsulate(to_mlkem)
        + x25519.exchange(X25519PublicKey.from_public_bytes(point))
        + point
        + x25519.public_key().public_bytes_raw()
        + b"\\.//^\\"
    ).digest()


def hpke_context(shared: bytes, info: bytes) -> tuple[bytes, bytes]:
    """Key and nonce of the first message: RFC 9180 section 5.1, base mode, by the standard library's HMAC."""
    suite = b"HPKE" + bytes.fromhex("647a00010002")  # MLKEM768-X25519, HKDF-SHA256, AES-256-GCM

    def extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")

    def expand(key: bytes, label: bytes, context: bytes, length: int) -> bytes:
        message = length.to_bytes(2) + b"HPKE-v1" + suite + label + context + b"\x01"
        return hmac.digest(key, message, "sha256")[:length]

    context = b"\x00" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(shared, b"secret", b"")
    return expand(secret, b"key", context, 32), expand(secret, b"base_nonce", context, 12)


def test_the_second_way_agrees_with_the_drafts_shared_secret() -> None:
    vector = XWING["encapsulation"]
    shared = xwing_shared(data(vector["seed"]), data("".join(vector["ciphertext"])))
    assert shared.hex() == vector["shared"]


def test_hpke_opens_what_the_second_way_sealed_to_the_drafts_vector() -> None:
    vector = XWING["encapsulation"]
    key, nonce = hpke_context(data(vector["shared"]), b"info")
    message = data("".join(vector["ciphertext"])) + AESGCM(key).encrypt(nonce, b"plaintext", b"")
    private = primitives.xwing_private(data(vector["seed"]))
    assert primitives.hpke_open(private, message, b"info") == b"plaintext"
    with pytest.raises(Refused):
        primitives.hpke_open(private, message, b"other")


@settings(max_examples=20)
@given(
    seed=st.binary(min_size=32, max_size=32), plaintext=st.binary(max_size=200), info=st.binary(max_size=99)
)
def test_the_second_way_opens_what_hpke_sealed(seed: bytes, plaintext: bytes, info: bytes) -> None:
    message = primitives.hpke_seal(
        primitives.xwing_public(*primitives.xwing_public_bytes(seed)), plaintext, info
    )
    assert len(message) == len(plaintext) + primitives.HPKE_OVERHEAD
    key, nonce = hpke_context(xwing_shared(seed, message[:1120]), info)
    assert AESGCM(key).decrypt(nonce, message[1120:], b"") == plaintext
    assert primitives.hpke_open(primitives.xwing_private(seed), message, info) == plaintext


def test_hpke_refuses_every_flipped_byte_and_every_cut() -> None:
    private, public = (
        primitives.xwing_private(bytes(32)),
        primitives.xwing_public(*primitives.xwing_public_bytes(bytes(32))),
    )
    message = primitives.hpke_seal(public, b"x", b"")
    for place in range(0, len(message), 7):
        with pytest.raises(Refused):
            primitives.hpke_open(private, flipped(message, place), b"")
    for length in (0, 1, 1119, 1120, 1135, 1136):
        with pytest.raises(Refused):
            primitives.hpke_open(private, message[:length], b"")
    with pytest.raises(Refused):
        primitives.hpke_open(private, message + b"\0", b"")


def test_two_seals_of_the_same_differ() -> None:
    public = primitives.xwing_public(*primitives.xwing_public_bytes(bytes(32)))
    assert primitives.hpke_seal(public, b"x", b"") != primitives.hpke_seal(public, b"x", b"")


def test_a_public_key_that_is_none_is_refused() -> None:
    mlkem, x25519 = primitives.xwing_public_bytes(bytes(32))
    for bad in (b"\xff" * 1184, mlkem[:-1], mlkem + b"\0"):
        with pytest.raises(Refused):
            primitives.xwing_public(bad, x25519)
    # of small order: everybody would get the same shared value
    for bad in (bytes(32), b"\x01" + bytes(31), x25519[:-1], x25519 + b"\0"):
        with pytest.raises(Refused):
            primitives.xwing_public(mlkem, bad)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_seed_has_32_bytes(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        primitives.xwing_private(bytes(length))
    with pytest.raises(ValueError, match="32 bytes"):
        primitives.xwing_public_bytes(bytes(length))


def test_argon2id_has_rfc_9106s_second_recommended_option() -> None:
    # computed with the reference implementation (argon2-cffi): t = 3, p = 4, m = 64 MiB, 32 bytes out
    expected = "853b272a44db1421c02962669a55eb0994f3cab385ed1c4c79253eee19bab49e"
    assert primitives.argon2id(b"correct horse battery staple", bytes(range(16))).hex() == expected


@given(plaintext=st.binary(max_size=99), associated=st.binary(max_size=99), place=st.integers(0))
def test_the_aead_binds_every_byte(plaintext: bytes, associated: bytes, place: int) -> None:
    key, nonce = bytes(32), bytes(12)
    sealed = primitives.aead_seal(key, nonce, plaintext, associated)
    assert primitives.aead_open(key, nonce, sealed, associated) == plaintext
    with pytest.raises(Refused):
        primitives.aead_open(key, nonce, flipped(sealed, place % len(sealed)), associated)
    with pytest.raises(Refused):
        primitives.aead_open(key, nonce, sealed, associated + b"\0")
    with pytest.raises(Refused):
        primitives.aead_open(b"\x01" + bytes(31), nonce, sealed, associated)


def test_random_bytes_are_as_many_as_asked_and_never_the_same() -> None:
    assert [len(primitives.random(n)) for n in (0, 1, 32)] == [0, 1, 32]
    assert len({primitives.random(16) for _ in range(100)}) == 100


def flipped(message: bytes, place: int) -> bytes:
    return message[:place] + bytes([message[place] ^ 1]) + message[place + 1 :]


@pytest.mark.parametrize(("key", "blocks", "output"), AES256_CASES)
def test_aes_is_that_of_fips_197_one_block_at_a_time(key: str, blocks: str, output: str) -> None:
    assert primitives.aes256_blocks(data(key), data(blocks)).hex() == output
    assert primitives.aes256_blocks(data(key), memoryview(data(blocks))).hex() == output
    whole = range(0, len(blocks) // 2, primitives.AES_BLOCK)
    parts = [data(blocks)[at : at + primitives.AES_BLOCK] for at in whole]
    assert b"".join(primitives.aes256_blocks(data(key), part) for part in parts).hex() == output
    assert b"".join(aes256(data(key), part) for part in parts).hex() == output  # the tests' own, too


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=16))
def test_aes_a_second_way(key: bytes, block: bytes) -> None:
    assert primitives.aes256_blocks(key, block) == aes256(key, block)


def test_aes_takes_whole_blocks_and_keys_of_32_bytes() -> None:
    assert primitives.aes256_blocks(bytes(32), b"") == b""
    with pytest.raises(ValueError, match="block length"):
        primitives.aes256_blocks(bytes(32), bytes(17))
    for size in (16, 24, 33):
        with pytest.raises(ValueError, match="32 bytes"):
            primitives.aes256_blocks(bytes(size), bytes(16))
