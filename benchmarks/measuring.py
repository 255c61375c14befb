"""Measured side by side: each thing in turn, round after round, so that what disturbs one disturbs all."""

import time
from collections.abc import Callable, Mapping
from random import sample
from statistics import median, quantiles
from typing import TypeVar

T = TypeVar("T")

WARM_UP = 3


def in_turn(things: Mapping[T, Callable[[], object]], rounds: int) -> dict[T, list[float]]:
    """Seconds of each thing in each round, after some rounds that do not count.

    Each round has an order of its own, so that none is always after the same.
    """
    seconds: dict[T, list[float]] = {name: [] for name in things}
    for number in range(WARM_UP + rounds):
        for name, do in sample(list(things.items()), len(things)):
            began = time.perf_counter()
            do()
            if number >= WARM_UP:
                seconds[name].append(time.perf_counter() - began)
    return seconds


def medians(seconds: Mapping[T, list[float]]) -> dict[T, float]:
    """The median seconds of each thing."""
    return {name: median(each) for name, each in seconds.items()}


def p95(seconds: list[float]) -> float:
    """What nineteen of twenty are within."""
    return quantiles(seconds, n=20)[-1]
