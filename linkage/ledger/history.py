"""What releases of the same people have told before: by which method, how often, at what cost of privacy.

The history of a round is every release and every spending, whatever its name, of a round that shares a party
and a day with it. A party is the same where its name or its identity is: a renewed key makes no new party,
and neither does a new name.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from linkage.ledger import rows
from linkage.ledger.errors import (
    BudgetSpentError,
    MetBeforeError,
    NotAuditedError,
    OtherMethodError,
    StateError,
    TooManyReleasesError,
)
from linkage.ledger.model import RoundId, Spending
from linkage.ledger.tables import ReleaseRow, RoundRow, ScopePartyRow, ScopeRow, SpendingRow

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from linkage.ledger.model import Scope

MOST_RELEASES = 3
"""Under `cellkey`: releases with a party in common that may tell of the same day."""
_ONE_BY_ONE = "cellkey"
_ALONE = "suppress"
"""Two windows give together who came and who went, which is not looked for over two releases."""
_AUDITED = (_ONE_BY_ONE, _ALONE)
"""Audited together with all releases that they meet."""
_COSTS = "dp"


def note(row: RoundRow, scope: Scope) -> None:
    """Note whom the round tells of; noted already: nothing changes, as its agreement has not."""
    if row.scope is None:
        row.scope = ScopeRow(
            method=scope.method,
            first_day=scope.first,
            last_day=scope.last,
            parties=[ScopePartyRow(party=p, identity=i) for p, i in scope.parties],
        )


def check_releases(
    session: Session, round_id: RoundId, scope: Scope | None, unnoted: Iterable[Scope] = ()
) -> None:
    """Whether the releases that a new one meets allow it: by their method, and by how many they are.

    unnoted: of releases that were made before scopes were noted. Raises OtherMethodError,
    MetBeforeError, TooManyReleasesError.
    """
    if scope is None:
        return
    earlier = [whose for _, whose in _released(session, round_id)]
    met = [whose for whose in [*earlier, *unnoted] if whose.meets(scope)]
    _one_method(scope, met)
    if scope.method == _ONE_BY_ONE and (day := _too_often(scope, met)) is not None:
        raise TooManyReleasesError(
            "{releases} releases that share a party with this round tell of {day:%Y-%m-%d} already",
            releases=MOST_RELEASES,
            day=day,
        )


def check_audited(session: Session, round_id: RoundId, scope: Scope | None, audited: int) -> None:
    """Raises NotAuditedError where a release was kept that this one was to be audited with, and was not.

    audited: the number of the last release that the audit knew of.
    """
    if scope is None or scope.method not in _AUDITED:
        return
    if any(number > audited and whose.meets(scope) for number, whose in _released(session, round_id)):
        raise NotAuditedError(
            "another release of the same parties and days was made meanwhile, and {round} was audited "
            "without it",
            round=round_id,
        )


def _released(session: Session, round_id: RoundId) -> Iterator[tuple[int, Scope]]:
    """Number and scope of every release of other rounds, where the scope was noted."""
    wanted = (
        select(RoundRow)
        .join(ReleaseRow)
        .join(ScopeRow)
        .where(or_(RoundRow.name != round_id.name, RoundRow.number != round_id.number))
        .options(selectinload(RoundRow.scope).selectinload(ScopeRow.parties))
        .options(selectinload(RoundRow.release).load_only(ReleaseRow.number))
    )
    for row in session.scalars(wanted):
        scope = rows.as_scope(row)
        if scope is not None and row.release is not None:
            yield row.release.number, scope


def _one_method(scope: Scope, met: Sequence[Scope]) -> None:
    """Raises where a release that is met is by another method, or where none may be met at all.

    What one method leaves open another may tell: a number withheld here stands there as it was counted.
    """
    for other in met:
        if other.method != scope.method:
            raise OtherMethodError(
                "an earlier release of the same parties and days is by {other}, and this round by {method}",
                other=other.method,
                method=scope.method,
            )
    if met and scope.method == _ALONE:
        raise MetBeforeError(
            "there is an earlier release of the same parties and days, and by {method} there can be no other",
            method=scope.method,
        )


def _too_often(scope: Scope, earlier: Sequence[Scope]) -> dt.date | None:
    """The first day of the scope that as many as may have told of; None where there is none.

    How many tell of a day grows only where one begins, so no other days need be looked at.
    """
    begins = {max(scope.first, other.first) for other in earlier}
    for day in sorted(day for day in begins if day <= scope.last):
        if sum(other.first <= day <= other.last for other in earlier) >= MOST_RELEASES:
            return day
    return None


def spend(row: RoundRow, spending: Spending) -> None:
    """Note what is taken. It was asked of `check_budget` in the same transaction."""
    if row.scope is None:
        raise StateError(
            "the packages of the round {round} are not frozen", round=RoundId(row.name, row.number)
        )
    row.scope.spendings.append(
        SpendingRow(
            epsilon=str(spending.epsilon),
            delta=str(spending.delta),
            family_epsilon=str(spending.family_epsilon),
            family_delta=str(spending.family_delta),
            at=spending.at,
        )
    )


def spent(row: RoundRow) -> None:
    """Raises StateError where a release that costs has not been paid for."""
    if row.scope is not None and row.scope.method == _COSTS and not row.scope.spendings:
        raise StateError(
            "nothing was taken of the budget for the round {round}", round=RoundId(row.name, row.number)
        )


def check_budget(session: Session, scope: Scope, spending: Spending) -> None:
    """Raises BudgetSpentError where this spending breaks its own promise, or one that was made before.

    Each spending promised a bound for all of its own history, which this one becomes a part of.
    """
    noted = [(rows.as_scope(row.scope.round), _as_spending(row)) for row in session.scalars(_ALL)]
    every = [(whose, one) for whose, one in noted if whose is not None]
    for promised, promise in [(scope, spending), *(s for s in every if s[0].meets(scope))]:
        history = [one for whose, one in every if whose.meets(promised)]
        _within(promise, [*history, spending])


_ALL = select(SpendingRow).order_by(SpendingRow.id)


def spendings(session: Session) -> Iterable[Spending]:
    """Everything taken so far, oldest first."""
    return (_as_spending(row) for row in session.scalars(_ALL))


def _within(promise: Spending, history: Sequence[Spending]) -> None:
    """Raises BudgetSpentError where a history costs more than was promised. Costs add up."""
    new = history[-1]
    epsilon = sum((one.epsilon for one in history), Fraction(0))
    delta = sum((one.delta for one in history), Fraction(0))
    if epsilon > promise.family_epsilon:
        raise BudgetSpentError(
            "the budget of privacy is spent: {spent} of {budget} is taken, and {round} needs {cost}",
            spent=_decimal(epsilon - new.epsilon),
            budget=_decimal(promise.family_epsilon),
            cost=_decimal(new.epsilon),
            round=new.id,
        )
    if delta > promise.family_delta:
        raise BudgetSpentError(
            "the budget of privacy is spent: {spent} of delta {budget} is taken, and {round} needs {cost}",
            spent=_decimal(delta - new.delta),
            budget=_decimal(promise.family_delta),
            cost=_decimal(new.delta),
            round=new.id,
        )


def _decimal(value: Fraction) -> str:
    """A sum of decimal numbers, written as one."""
    return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"


def _as_spending(row: SpendingRow) -> Spending:
    """A row as a value."""
    return Spending(
        id=RoundId(row.scope.round.name, row.scope.round.number),
        epsilon=Fraction(row.epsilon),
        delta=Fraction(row.delta),
        family_epsilon=Fraction(row.family_epsilon),
        family_delta=Fraction(row.family_delta),
        at=row.at,
    )
