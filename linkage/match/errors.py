"""Why packages that were received cannot be counted."""

from __future__ import annotations

from typing import ClassVar

from linkage.errors import PackageError, UsageError


class MemoryBudgetError(UsageError):
    """The memory allowed does not hold one part of each package."""

    hint: ClassVar[str] = "allow more memory, or use fewer workers"


class CoverageError(PackageError):
    """A party's summary does not say how many of its people could be counted."""

    hint: ClassVar[str] = "the sender's program made it wrong: update it, and make a new round"
