"""What else must be hidden so that nothing hidden can be worked out. Pure arithmetic; knows no figures.

A published table is a set of equations: a whole and the parts that it is the sum of. A hidden value is safe
when the published ones could just as well have come of another. So for each hidden value the cheapest *move*
is looked for: some values one step up and some one step down, so that every equation and every limit still
holds. Whatever the move passes through is hidden too; after that nobody can tell which of the two is true.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from heapq import heappop, heappush
from itertools import count
from typing import Any

Name = tuple[Any, ...]
Equation = tuple[Name, ...]  # the whole, and then its parts
Limit = tuple[Name, ...]  # one that is at most the sum of the others
Move = dict[Name, int]

MOVES_TRIED = 4000
STEPS_AROUND = 3
# What it costs a move to pass one that is hidden already, so that the shortest is taken of those that hide
# as much; and what is reckoned for each equation still to mend, so that a nearly finished move goes on.
FOR_ONE_ALREADY_HIDDEN, FOR_ONE_TO_MEND = 1, 12


class Hidden(Enum):
    """Why a value is hidden, which is also what a reader knows of it."""

    SMALL = "small"  # 1 up to the threshold
    BESIDE = "beside"  # none, or the threshold and above: it would give a small one away
    ANY = "any"  # none or more


@dataclass(slots=True)
class Published:
    """Values, what they sum to, and which are hidden so far.

    `cost` is how much a reader would miss a value. `counts` says whether those from one up to the threshold
    are hidden because they are small, as they are of counts but not of sums.
    """

    below: int
    values: Mapping[Name, int]
    equations: list[Equation]
    limits: list[Limit]
    cost: Callable[[Name], int]
    counts: Callable[[Name], bool]
    hidden: dict[Name, Hidden] = field(default_factory=dict)
    safe: set[Name] = field(default_factory=set)
    _equations_of: defaultdict[Name, list[int]] = field(init=False)
    _limits_of: defaultdict[Name, list[Limit]] = field(init=False)

    def __post_init__(self) -> None:
        self._equations_of, self._limits_of = defaultdict(list), defaultdict(list)
        for number, equation in enumerate(self.equations):
            for name in equation:
                self._equations_of[name].append(number)
        for limit in self.limits:
            for name in limit:
                self._limits_of[name].append(limit)

    def protect(self) -> None:
        """Hide more, until every hidden value could be another. A move once found holds for good.

        A nought tells of nobody, so it is hidden only with what it is a part of, and not protected.
        """
        for name in [*self.hidden]:
            if name in self.safe or self.values[name] == 0:
                continue
            move = self._cheapest_move(name)
            near = {name}
            for _ in range(STEPS_AROUND):
                if move is not None:
                    break
                near = self._loosened_around(near)
                move = self._cheapest_move(name)
            for passed in move or near:
                self.hidden.setdefault(passed, Hidden.BESIDE if self.counts(passed) else Hidden.ANY)
            self.safe |= move.keys() if move else {name}

    def _loosened_around(self, near: set[Name]) -> set[Name]:
        """Stop telling that the hidden ones in the same equations are small, where that tells too much.

        Four groups of one person each say so when the four and their sum are all known to be 1 to 4.
        """
        wider = {
            name
            for of in near
            for number in self._equations_of[of]
            for name in self.equations[number]
            if self.values[name]
        } | near
        for name in wider:
            if self.hidden.get(name) is Hidden.SMALL:
                self.hidden[name] = Hidden.ANY
        return wider

    def _cheapest_move(self, name: Name) -> Move | None:
        """The move through this value that hides the least, found by always going on with the cheapest."""
        order = count()
        heap: list[tuple[int, int, int, Move, dict[int, int]]] = []
        for step in (1, -1):
            if self._may(name, step):
                heappush(heap, (0, next(order), 0, {name: step}, self._broken({}, name, step)))
        seen: set[frozenset[tuple[Name, int]]] = set()
        for _ in range(MOVES_TRIED):
            if not heap:
                return None
            _, _, cost, move, broken = heappop(heap)
            repairs = self._repairs(move, broken) if broken else self._repairs_of_limits(move)
            if repairs is None:
                return move
            for other, other_step in repairs:
                longer = {**move, other: other_step}
                key = frozenset(longer.items())
                if key in seen:
                    continue
                seen.add(key)
                spent = cost + self._cost_of(other)
                still = self._broken(broken, other, other_step)
                reckoned = spent + FOR_ONE_TO_MEND * len(still)
                heappush(heap, (reckoned, next(order), spent, longer, still))
        return None

    def _cost_of(self, name: Name) -> int:
        return FOR_ONE_ALREADY_HIDDEN if name in self.hidden else self.cost(name)

    def _broken(self, broken: Mapping[int, int], name: Name, step: int) -> dict[int, int]:
        """By how much each equation is out once the value has moved too; those that hold are left out."""
        after = dict(broken)
        for number in self._equations_of[name]:
            out = after.pop(number, 0) + (step if self.equations[number][0] == name else -step)
            if out:
                after[number] = out
        return after

    def _repairs(self, move: Move, broken: Mapping[int, int]) -> list[tuple[Name, int]]:
        """The steps that mend the broken equation with the fewest ways to mend it."""
        ways = []
        for number, out in broken.items():
            whole = self.equations[number][0]
            towards = -1 if out > 0 else 1
            found = [
                (name, step)
                for name in self.equations[number]
                if name not in move
                and self._may(name, step := towards if name == whole else -towards)
            ]
            if len(found) < 2:
                return found
            ways.append(found)
        return min(ways, key=len)

    def _may(self, name: Name, step: int) -> bool:
        """Whether a reader could believe the value one step away."""
        value = self.values[name] + step
        why = self.hidden.get(name)
        if why is Hidden.SMALL:
            return 1 <= value < self.below
        if why is Hidden.ANY or not self.counts(name):
            return value >= 0
        return value >= self.below

    def _repairs_of_limits(self, move: Move) -> list[tuple[Name, int]] | None:
        """The steps that mend the first limit that is broken; None when all of them hold."""

        def moved(name: Name) -> int:
            return self.values[name] + move.get(name, 0)

        for name in move:
            for most, *others in self._limits_of[name]:
                if moved(most) > sum(map(moved, others)):
                    ways = [(most, -1), *((other, 1) for other in others)]
                    return [way for way in ways if way[0] not in move and self._may(*way)]
        return None
