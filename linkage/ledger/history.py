"""What releases of the same people have told before: how often, and at what cost of privacy.

The history of a round is every release and every spending, whatever its name, of a round that shares a party
and a day with it. A party is the same where its name or its identity is: a renewed key makes no new party,
and neither does a new name.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlalchemy import select

from linkage.ledger import rows
from linkage.ledger.errors import BudgetSpentError, StateError, TooManyReleasesError
from linkage.ledger.model import RoundId, Spending
from linkage.ledger.tables import ReleaseRow, RoundRow, ScopePartyRow, ScopeRow, SpendingRow

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from linkage.ledger.model import Scope

MOST_RELEASES = 3
"""Under `cellkey`: releases of a family that may cover the same day."""
_ONE_BY_ONE = "cellkey"
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


def check_releases(session: Session, round_id: RoundId, scope: Scope | None) -> None:
    """Raises TooManyReleasesError where a release more of the family would tell of a day too often."""
    if scope is None or scope.method != _ONE_BY_ONE:
        return
    wanted = (
        select(RoundRow)
        .join(ReleaseRow)
        .join(ScopeRow)
        .where(RoundRow.name == round_id.name, RoundRow.number != round_id.number)
        .where(ScopeRow.method == _ONE_BY_ONE)
    )
    earlier = [found for row in session.scalars(wanted) if (found := rows.as_scope(row)) is not None]
    if (day := _too_often(scope, earlier)) is not None:
        raise TooManyReleasesError(
            "{releases} releases of {family} tell of {day:%Y-%m-%d} already",
            releases=MOST_RELEASES,
            family=round_id.name,
            day=day,
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
