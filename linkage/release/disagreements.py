"""The errors of a release whose numbers cannot all be right: one for each check of agreeing."""

from __future__ import annotations

from linkage.errors import PackageError


class DisagreementError(PackageError):
    """Two numbers of a release cannot both be right."""

    hint = "do not use this release; ask the matcher for release.json again"


class IncompleteError(DisagreementError):
    """A table lacks a row, or has it twice."""


class TotalError(DisagreementError):
    """Sexes or ages do not add up to their total."""


class MeanError(DisagreementError):
    """A mean is not that of its periods."""


class PartsError(DisagreementError):
    """sum or surplus is not that of the parts."""


class PercentError(DisagreementError):
    """A per cent or its distance to the target is not that of its row."""


class ChangeError(DisagreementError):
    """A comparison with a span is not that of the two rows."""


class EverError(DisagreementError):
    """Fewer people over the whole time than in a piece of it, or more than in all pieces together."""


class CoveredError(DisagreementError):
    """More people than the parts that they are all in."""


class FlowError(DisagreementError):
    """Whoever comes into a state is not who leaves it or stays, or moves do not add up."""


class OutcomeError(DisagreementError):
    """More of those who left are there later than have left."""


class LengthsError(DisagreementError):
    """A mean or median length is not that of the lengths."""


class AmountsError(DisagreementError):
    """Mean amounts around an event that cannot be those of the same people."""


class SameQuestionError(DisagreementError):
    """Two tables answer one question differently."""
