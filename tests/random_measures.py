"""Random expressions and measures of every kind, over what an agreement offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from linkage.dimensions import MAN, WOMAN
from linkage.measures.expressions import (
    And,
    AtLeast,
    Bridge,
    Ever,
    Expression,
    Left,
    Minus,
    Not,
    OfAge,
    OfSex,
    Or,
    Presence,
    Started,
    Tree,
    Was,
    Will,
    Within,
)
from linkage.measures.model import (
    Change,
    Count,
    Duration,
    Flow,
    Follow,
    HowMany,
    Measure,
    Outcome,
    Overlap,
    Places,
    Share,
)
from tests.oracle_world import World
from tests.random_chance import Chance

if TYPE_CHECKING:
    from linkage.agreement.model import Agreement

TARGETS = (None, Fraction(48), Fraction(75, 2))


class Trees:
    """Random expressions over what an agreement offers."""

    def __init__(self, chance: Chance, agreement: Agreement) -> None:
        self.chance = chance
        self.agreement = agreement
        self.world = World({}, agreement)
        self.periods = len(agreement.window)
        self.count = 0

    def expression(self, *, dated: bool = False) -> Expression:
        """A random expression, every third a leaf."""
        return self._told(self.tree(self.chance.pick([0, 1, 2]), dated=dated))

    def joined(self) -> Expression:
        """Series joined by "or"."""
        keys = self.chance.several(lambda: self.chance.pick(self.present), 1, 3)
        tree: Tree = Presence(keys[0])
        for key in keys[1:]:
            tree = Or(tree, Presence(key))
        return self._told(tree)

    @property
    def present(self) -> list[str]:
        """Keys of the series that tell who was there."""
        return [s.key for s in self.agreement.series if s.value is None]

    def _told(self, tree: Tree) -> Expression:
        """Known periods and dates as the oracle tells them."""
        self.count += 1
        bare = Expression(f"expression {self.count}", tree, 0, True, f"Expression {self.count}")
        known = sum(1 << p for p in range(self.periods) if self.world.known(bare, p))
        return replace(bare, known=known, dated=self.world.dated(bare))

    def tree(self, depth: int, *, dated: bool = False) -> Tree:
        if depth == 0 or self.chance.whole(0, 3) == 0:
            return self._leaf(dated=dated)
        return self._of_dates(depth - 1) if self.chance.coin() else self._of_any(depth - 1, dated=dated)

    def _leaf(self, *, dated: bool) -> Tree:
        series = [key for key in self.present if not (dated and key in self.world.undated)]
        leaves: list[Tree] = [Presence(key) for key in 4 * series]
        if self.agreement.dimensions.sex:
            leaves += [OfSex(WOMAN), OfSex(MAN)]
        if ages := self.agreement.dimensions.age:
            leaves += [OfAge(ages.codes(band.name)) for band in ages.bands + ages.also]
        leaves.append(AtLeast(2, (OfSex(WOMAN), OfSex(MAN))))  # nobody, in every period
        return self.chance.pick(leaves)

    def _of_any(self, depth: int, *, dated: bool) -> Tree:
        def a() -> Tree:
            return self.tree(depth, dated=dated)

        match self.chance.whole(0, 5):
            case 0:
                return Not(a())
            case 1:
                return And(a(), a())
            case 2:
                return Or(a(), a())
            case 3:
                return Minus(a(), a())
            case 4:
                return Ever(a())
            case _:
                items = tuple(a() for _ in range(self.chance.whole(1, 3)))
                return AtLeast(self.chance.whole(1, len(items)), items)

    def _of_dates(self, depth: int) -> Tree:
        a = self.tree(depth, dated=True)
        k = self.chance.whole(0, min(4, self.periods - 1))
        made: list[Tree] = [Started(a), Left(a), Was(a, k), Will(a, k), Within(a, k), Bridge(a, k)]
        return self.chance.pick(made)


def measure(trees: Trees, name: str) -> Measure:
    """Of any kind that the agreement could have: what nobody could know of its window, it refuses."""
    kind: type[Measure] = trees.chance.pick(_kinds(trees))
    dimensions = trees.agreement.dimensions
    offered = ["sex"] * dimensions.sex + ["age"] * (dimensions.age is not None)
    by = [d for d in offered if trees.chance.coin()]
    time = "" if kind in (Duration, Change) else trees.chance.pick(["", "period", "span"])
    if time:
        by.append(time)
    spans = ("all", *trees.agreement.window.spans)
    against = trees.chance.pick([None, *spans]) if time == "span" else None
    common = (name, name.upper(), tuple(trees.chance.shuffled(by)), against)
    return _ASKED[kind](trees, common)


Common: TypeAlias = tuple[str, str, tuple[str, ...], str | None]


def _kinds(trees: Trees) -> list[type[Measure]]:
    """What can be asked of the window; those more often in which less happens by chance."""
    kinds: list[type[Measure]] = [Count, Overlap, HowMany, Share, Share, Share]
    if trees.periods > 1:
        kinds += [Flow, Flow, Outcome, Outcome, Outcome]
    if trees.periods > 2:
        kinds += [Duration, Duration]
        kinds += [Change, Change] * any(s.value for s in trees.agreement.series)
    return kinds


def _some(trees: Trees, least: int, most: int) -> tuple[Expression, ...]:
    return tuple(trees.chance.several(trees.expression, least, most))


def _count(trees: Trees, common: Common) -> Measure:
    return Count(*common, trees.expression(), _some(trees, 0, 3))


def _overlap(trees: Trees, common: Common) -> Measure:
    return Overlap(*common, _some(trees, 2, 4))


def _howmany(trees: Trees, common: Common) -> Measure:
    return HowMany(*common, _some(trees, 1, 4))


def _share(trees: Trees, common: Common) -> Measure:
    target = trees.chance.pick(TARGETS)
    of = ["expression", "elsewhere"] + ["places"] * bool(trees.present)
    match trees.chance.pick(of):
        case "places":
            return Share(*common, trees.joined(), Places(trees.chance.whole(1, 20)), None, target)
        case "elsewhere":
            return Share(*common, trees.expression(), 7, "elsewhere", target)
        case _:
            return Share(*common, trees.expression(), trees.expression(), None, target)


def _flow(trees: Trees, common: Common) -> Measure:
    states = trees.chance.several(lambda: trees.expression(dated=True), 1, 3)
    return Flow(*common, tuple(states), _reach(trees, trees.periods - 1))


def _outcome(trees: Trees, common: Common) -> Measure:
    follow = trees.chance.pick(list(Follow))
    k = _reach(trees, trees.periods - 1) - (follow is not Follow.FOR and trees.chance.coin())
    leaving, to = trees.expression(dated=True), trees.expression(dated=True)
    return Outcome(*common, leaving, to, follow, k, trees.chance.pick(TARGETS))


def _duration(trees: Trees, common: Common) -> Measure:
    return Duration(*common, trees.expression(dated=True))


def _change(trees: Trees, common: Common) -> Measure:
    series = trees.chance.pick([s.key for s in trees.agreement.series if s.value])
    before = _reach(trees, trees.periods - 2)
    after = _reach(trees, trees.periods - 1 - before)
    return Change(*common, series, "kr", trees.expression(dated=True), before, after)


def _reach(trees: Trees, most: int) -> int:
    """A number of periods, mostly a small one."""
    return trees.chance.whole(1, trees.chance.pick([min(some, most) for some in (1, 2, 3, most)]))


_Asked: TypeAlias = Callable[[Trees, Common], Measure]
_ASKED: dict[type[Measure], _Asked] = {
    Count: _count,
    Overlap: _overlap,
    HowMany: _howmany,
    Share: _share,
    Flow: _flow,
    Outcome: _outcome,
    Duration: _duration,
    Change: _change,
}
