"""The secret that the parties of a family share, and the keys derived from it: one label, one purpose.

The matcher never has it, and no module of the matcher's side imports this one. Derivations: docs/token.md.
"""

from __future__ import annotations

import hashlib
import hmac

from keys import encoding, primitives
from keys.errors import KeysError
from keys.hidden import Hidden
from keys.identity import DamagedKeyError, private_document
from keys.names import BadNameError, check_name
from keys.public import SECRET, fingerprint_bytes

SIZE = 32
CHECK_SIZE = 8
DIGEST_SIZE = 32

_TOKEN_INFO = b"linkage/1/token"
_CHECK_INFO = b"linkage/1/check"
_SEED_INFO = b"linkage/1/record"


class DifferentSecretError(KeysError):
    """Another secret is here already: taking a new one would make all later packages match nobody's."""

    hint = "find out which of the two the other parties hold; to give up the old one: linkage secret destroy"


class DerivedKey(Hidden):
    """A key derived from the secret. hmac_key: its 64 lower-case hex characters in ASCII, the HMAC's key."""

    __slots__ = ("hmac_key",)

    def __init__(self, hmac_key: bytes) -> None:
        """hmac_key: 64 bytes, lower-case hex; else ValueError."""
        if len(hmac_key) != 64 or not set(hmac_key) <= set(b"0123456789abcdef"):
            raise ValueError("a derived key is 64 lower-case hex characters")
        self.hmac_key = hmac_key


class TokenKey(DerivedKey):
    """Makes tokens for one agreement and round."""

    __slots__ = ()


class SeedKey(DerivedKey):
    """Makes seeds, the same in all rounds of a family."""

    __slots__ = ()


class Secret(Hidden):
    """32 random bytes for one family. family: the agreement's name; maker: fingerprint of who made it."""

    __slots__ = ("_value", "family", "maker")

    def __init__(self, value: bytes, family: str, maker: str) -> None:
        """Value: 32 bytes; else, or where maker is no fingerprint, ValueError. Raises BadNameError."""
        if len(value) != SIZE:
            raise ValueError("a secret has 32 bytes")
        fingerprint_bytes(maker)
        self._value = value
        self.family = check_name(family)
        self.maker = maker

    def __repr__(self) -> str:
        return f"<Secret of {self.family}: hidden>"

    @classmethod
    def create(cls, family: str, maker: str) -> Secret:
        """A new secret from the system's generator. maker: fingerprint of the party that makes it."""
        return cls(primitives.random(SIZE), family, maker)

    def token_key(self, digest: bytes) -> TokenKey:
        """The key of tokens under the agreement with this digest (32 bytes)."""
        return TokenKey(self._derive(_digest(digest), _TOKEN_INFO, 32).hex().encode())

    def check(self, digest: bytes) -> bytes:
        """8 bytes that show whether two parties used the same secret. Finds mistakes, not malice."""
        return self._derive(_digest(digest), _CHECK_INFO, CHECK_SIZE)

    def seed_key(self) -> SeedKey:
        """The key of seeds for the family."""
        salt = hashlib.sha256(f"linkage-family/1\n{self.family}".encode()).digest()
        return SeedKey(self._derive(salt, _SEED_INFO, 32).hex().encode())

    def value(self) -> bytes:
        """The 32 bytes themselves, for keys.exchange to seal and for nobody else."""
        return self._value

    def same(self, other: Secret) -> bool:
        """Whether the two are one: value, family and maker."""
        return hmac.compare_digest(self.to_bytes(), other.to_bytes())

    def to_bytes(self) -> bytes:
        """The secret, for keys.files and keys.exchange."""
        return encoding.checked(
            {
                "format": SECRET,
                "family": self.family,
                "maker": self.maker,
                "secret": encoding.b64(self._value),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Secret:
        """The secret that to_bytes() wrote. Raises UnknownVersionError, DamagedKeyError."""
        document = private_document(data, SECRET)
        try:
            encoding.members(document, {"format", "family", "maker", "secret"})
            value = encoding.unb64(encoding.string(document, "secret"), SIZE)
            return cls(value, encoding.string(document, "family"), encoding.string(document, "maker"))
        except (ValueError, BadNameError):
            raise DamagedKeyError("the private key is damaged") from None

    def _derive(self, salt: bytes, info: bytes, length: int) -> bytes:
        return primitives.hkdf_sha256(self._value, salt, info, length)


def settle(held: Secret | None, offered: Secret) -> bool:
    """Whether `offered` is to be stored: True where nothing is held, False where it is the same.

    Raises DifferentSecretError where another secret is held.
    """
    if held is None:
        return True
    if held.same(offered):
        return False
    raise DifferentSecretError("a different secret of {family} is here already", family=held.family)


def _digest(digest: bytes) -> bytes:
    if len(digest) != DIGEST_SIZE:
        raise ValueError("a digest has 32 bytes")
    return digest
