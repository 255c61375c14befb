"""Measured side by side: each thing in turn, round after round, so that what disturbs one disturbs all."""

import time
from collections.abc import Callable, Mapping
from random import sample
from statistics import median, quantiles
from typing import TypeVar

T = TypeVar("T")

WARM_UP = 3


def in_turn(
    things: Mapping[T, Callable[[], object]],
    rounds: int,
    *,
    warm_up: int = WARM_UP,
    after: Callable[[], object] = lambda: None,
) -> dict[T, list[float]]:
    """Seconds of each thing in each round, after some rounds that do not count.

    Each round has an order of its own, so that none is always after the same. `after` is done after each
    thing and is no part of its seconds.
    """
    seconds: dict[T, list[float]] = {name: [] for name in things}
    for number in range(warm_up + rounds):
        for name, do in sample(list(things.items()), len(things)):
            began = time.perf_counter()
            do()
            took = time.perf_counter() - began
            if number >= warm_up:
                seconds[name].append(took)
            after()
    return seconds


def medians(seconds: Mapping[T, list[float]]) -> dict[T, float]:
    """The median seconds of each thing."""
    return {name: median(each) for name, each in seconds.items()}


def p95(seconds: list[float]) -> float:
    """What nineteen of twenty are within."""
    return quantiles(seconds, n=20)[-1]
