"""Sealed packages → figures: one pass over the people, a token range at a time, all parties side by side.

Tokens are opened in memory only, and nothing about one person outlives its block. Nothing that depends on the
rows of two packages together is said anywhere but in the figures.
"""

from linkage.match.count import Counted, check_memory, count
from linkage.match.errors import CoverageError, MemoryBudgetError

__all__ = ["Counted", "CoverageError", "MemoryBudgetError", "check_memory", "count"]
