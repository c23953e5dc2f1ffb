"""What a method hands to the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linkage.release.counts import Counts


@dataclass(frozen=True)
class Protected:
    """method: its name and parameters as published; counts: by measure name; audit: what was attacked."""

    method: Mapping[str, str | int]
    counts: Mapping[str, Counts]
    audit: Mapping[str, object]
