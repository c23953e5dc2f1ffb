"""Registers as they are: a map says how files become series, rows are folded to one row per person."""

from __future__ import annotations

from linkage.register.errors import NotYetError, ShortMapError
from linkage.register.fold import Folded
from linkage.register.limit import USUAL as USUAL_LIMIT
from linkage.register.limit import Limit
from linkage.register.map import parse_day, parse_map
from linkage.register.model import (
    ByColumn,
    Events,
    PeriodList,
    Plan,
    RegisterMap,
    Source,
    Spells,
    Undated,
)
from linkage.register.planning import plan
from linkage.register.quality import Quality, quality
from linkage.register.reading import FileRead, Read, read
from linkage.register.reasons import kind_text, reason_text
from linkage.register.summary import Summary

__all__ = [
    "USUAL_LIMIT",
    "ByColumn",
    "Events",
    "FileRead",
    "Folded",
    "Limit",
    "NotYetError",
    "PeriodList",
    "Plan",
    "Quality",
    "Read",
    "RegisterMap",
    "ShortMapError",
    "Source",
    "Spells",
    "Summary",
    "Undated",
    "kind_text",
    "parse_day",
    "parse_map",
    "plan",
    "quality",
    "read",
    "reason_text",
]
