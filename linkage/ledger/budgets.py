"""What is taken of the budgets of privacy that a round is a part of, and what they leave."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from sqlalchemy import select

from linkage.ledger import rows
from linkage.ledger.model import Budget
from linkage.ledger.tables import SpendingRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from linkage.ledger.model import Scope, Spending

    Taken = tuple[Scope, Fraction, Fraction]
    """By whom; how much, and how much was promised of the whole history."""


def of_epsilon(session: Session, scope: Scope, spending: Spending) -> Budget:
    """ε of the round's history. spending: what the next drawing takes, and what its agreement promises."""
    taken = [(w, Fraction(row.epsilon), Fraction(row.family_epsilon)) for w, row in _noted(session)]
    return _budget(taken, scope, spending.epsilon, spending.family_epsilon)


def of_delta(session: Session, scope: Scope, spending: Spending) -> Budget:
    """δ, likewise."""
    taken = [(w, Fraction(row.delta), Fraction(row.family_delta)) for w, row in _noted(session)]
    return _budget(taken, scope, spending.delta, spending.family_delta)


def _budget(every: Sequence[Taken], scope: Scope, cost: Fraction, promised: Fraction) -> Budget:
    """As `history.check_budget` counts: no promise of the history is broken, whoever made it."""
    promises = [(scope, promised), *((whose, most) for whose, _, most in every if whose.meets(scope))]
    left = [most - _sum(every, whose) for whose, most in promises]
    return Budget(_sum(every, scope), promised, max(Fraction(0), min(left)), cost)


def _sum(every: Sequence[Taken], scope: Scope) -> Fraction:
    return sum((one for whose, one, _ in every if whose.meets(scope)), Fraction(0))


def _noted(session: Session) -> list[tuple[Scope, SpendingRow]]:
    found = [(rows.as_scope(row.scope.round), row) for row in session.scalars(select(SpendingRow))]
    return [(whose, row) for whose, row in found if whose is not None]
