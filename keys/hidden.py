"""Values that hold something secret: they cannot be printed, pickled or copied by accident."""

from __future__ import annotations

from typing import NoReturn, SupportsIndex


class Hidden:
    """Base of every class with a private key, a secret, or a key derived from it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: hidden>"

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> NoReturn:
        """Refuse pickle and copy: a secret is written by to_bytes, on purpose, and in no other way."""
        raise TypeError(f"{type(self).__name__} holds a secret and is not pickled or copied")
