"""Every cryptographic primitive of the project: the only module that imports `cryptography`.

Small and typed, bytes in and bytes out. A check that fails raises Refused, which says nothing; the modules
above turn it into a sentence for a person. Sources: RFC 2104 and 4231 (HMAC), RFC 5869 (HKDF), RFC 8032
(Ed25519), FIPS 203 (ML-KEM), draft-connolly-cfrg-xwing-kem (X-Wing), RFC 9180 with draft-ietf-hpke-pq (HPKE),
RFC 9106 (Argon2id), SP 800-38D (GCM), FIPS 197 and SP 800-38A (AES, one block at a time).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from io import BytesIO

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hmac, hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SEED = 32  # bytes of an Ed25519 seed and of an X-Wing seed
SIGNATURE = 64
ED25519_PUBLIC = 32
MLKEM_PUBLIC = 1184
X25519_PUBLIC = 32
HPKE_OVERHEAD = 1120 + 16  # what a sealed message is longer than its plaintext: encapsulation and tag

# RFC 9106 section 4, second recommended option: 3 passes, 4 lanes, 64 MiB
ARGON2ID_PASSES, ARGON2ID_LANES, ARGON2ID_KIB = 3, 4, 65536
ARGON2ID_SALT = 16
AEAD_KEY, AEAD_NONCE = 32, 12
AES256_KEY, AES_BLOCK = 32, 16

# the prime of edwards25519 (RFC 8032 section 5.1), and the second coordinates of its eight points of small
# order: y = 0 is of order 4, 1 and -1 of order 1 and 2, the last two of order 8 (twice one has y = 0)
_P = 2**255 - 19
_ORDER_8 = 0x5FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})
_SHA256 = 32  # bytes that it gives

XWingPrivate = hpke.MLKEM768X25519PrivateKey
XWingPublic = hpke.MLKEM768X25519PublicKey

_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class Refused(Exception):  # noqa: N818 - never shown: the modules above turn it into an error with a sentence
    """A signature, a ciphertext or a public key is not valid. Holds nothing of it."""


def random(n: int) -> bytes:
    """n bytes from the system's generator."""
    return os.urandom(n)


def hkdf_sha256(ikm: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA256 (RFC 5869), extract and expand; length at most 255 × 32 bytes, else ValueError."""
    return HKDF(hashes.SHA256(), length, salt, info).derive(ikm)


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104): 32 bytes."""
    state = hmac.HMAC(key, hashes.SHA256())
    state.update(message)
    return state.finalize()


def hmac_column(key: bytes, messages: Iterable[bytes], size: int = 16, prefix: bytes = b"") -> bytes:
    """HMAC-SHA256 of prefix + message for each message, the first `size` bytes of each, end to end in order.

    The key's two blocks and the prefix are hashed once; each message starts from a copy of that state.
    """
    if not 1 <= size <= _SHA256:
        raise ValueError("size is 1 to 32 bytes")
    begun = hmac.HMAC(key, hashes.SHA256())
    begun.update(prefix)
    start = begun.copy
    out = BytesIO()
    write = out.write
    for message in messages:
        state = start()
        state.update(message)
        write(state.finalize() if size == _SHA256 else state.finalize()[:size])
    return out.getvalue()


def ed25519_public(seed: bytes) -> bytes:
    """The public key, 32 bytes, of a 32-byte Ed25519 seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def ed25519_check(public: bytes) -> None:
    """Raises Refused where the bytes are no key's one encoding, or a point of small order.

    OpenSSL takes any 32 bytes as a key; with a point of small order one signature would be good for anything.
    Bytes that are no point at all pass here: no signature ever verifies with them.
    """
    y = int.from_bytes(public, "little") & ((1 << 255) - 1)
    if len(public) != ED25519_PUBLIC or y >= _P or y in _SMALL_ORDER:
        raise Refused


def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    """Ed25519 signature, 64 bytes, by a 32-byte seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> None:
    """Raises Refused unless the signature is this key's over this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Refused from None


def xwing_private(seed: bytes) -> XWingPrivate:
    """The X-Wing private key of a 32-byte seed: SHAKE256(seed, 96) = 64 bytes ML-KEM-768, 32 bytes X25519."""
    mlkem, x25519 = _xwing_parts(seed)
    return XWingPrivate(mlkem, x25519)


def xwing_public_bytes(seed: bytes) -> tuple[bytes, bytes]:
    """The public keys of a 32-byte X-Wing seed: ML-KEM-768 (1184 bytes) and X25519 (32 bytes)."""
    mlkem, x25519 = _xwing_parts(seed)
    return mlkem.public_key().public_bytes_raw(), x25519.public_key().public_bytes_raw()


def _xwing_parts(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    if len(seed) != SEED:
        raise ValueError("an X-Wing seed has 32 bytes")
    expanded = hashlib.shake_256(seed).digest(96)
    return MLKEM768PrivateKey.from_seed_bytes(expanded[:64]), X25519PrivateKey.from_private_bytes(
        expanded[64:]
    )


def xwing_public(mlkem: bytes, x25519: bytes) -> XWingPublic:
    """The X-Wing public key of its two halves. Raises Refused where a half is no usable key."""
    try:
        point = X25519PublicKey.from_public_bytes(x25519)
        # a point of small order gives everybody the same shared value: better refused with the key's name
        # now than when something is sealed to it
        X25519PrivateKey.from_private_bytes(bytes(32)).exchange(point)
        return XWingPublic(MLKEM768PublicKey.from_public_bytes(mlkem), point)
    except ValueError:
        raise Refused from None


def hpke_seal(public: XWingPublic, plaintext: bytes, info: bytes) -> bytes:
    """One HPKE message in base mode: MLKEM768_X25519, HKDF-SHA256, AES-256-GCM; HPKE_OVERHEAD bytes longer.

    Layout: 1120 bytes encapsulation, ciphertext, 16 bytes tag; no associated data.
    """
    return _SUITE.encrypt(plaintext, public, info)


def hpke_open(private: XWingPrivate, ciphertext: bytes, info: bytes) -> bytes:
    """The plaintext of hpke_seal. Raises Refused where key, info or a single bit differs."""
    try:
        return _SUITE.decrypt(ciphertext, private, info)
    except (InvalidTag, ValueError):
        raise Refused from None


def argon2id(passphrase: bytes, salt: bytes) -> bytes:
    """A 32-byte key from a passphrase (RFC 9106, second recommended option); takes 64 MiB for a moment."""
    kdf = Argon2id(
        salt=salt,
        length=AEAD_KEY,
        iterations=ARGON2ID_PASSES,
        lanes=ARGON2ID_LANES,
        memory_cost=ARGON2ID_KIB,
    )
    return kdf.derive(passphrase)


def aead_seal(key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
    """AES-256-GCM: ciphertext and 16 bytes tag. A key and nonce are used for one message, ever."""
    return AESGCM(key).encrypt(nonce, plaintext, associated)


def aead_open(key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
    """The plaintext of aead_seal. Raises Refused where key, associated data or a single bit differs."""
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, associated)
    except (InvalidTag, ValueError):
        raise Refused from None


def aes256_blocks(key: bytes, blocks: bytes | memoryview) -> bytes:
    """AES-256 (FIPS 197) of each block of 16 bytes by itself (ECB, SP 800-38A), end to end in order.

    A keyed permutation of blocks, to make numbers from them that nobody without the key can tell. Never for
    keeping anything secret: equal blocks give equal blocks. blocks: of whole blocks, else ValueError.
    """
    if len(key) != AES256_KEY:
        raise ValueError("an AES-256 key has 32 bytes")
    cipher = Cipher(algorithms.AES256(key), modes.ECB()).encryptor()  # noqa: S305 - nothing is hidden by it
    return cipher.update(blocks) + cipher.finalize()
