"""Randomness that repeats: names and weights come in, the same choices for the same seed go out, in whatever order they are asked for."""

import math
from collections.abc import Mapping
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Choice = TypeVar("Choice")


def of(*names: object) -> Random:
    """The source of one thing's choices, such as `of(seed, "seller", 7)`: no other thing's choices move them."""
    return Random("/".join(map(str, names)))


def lognormal(random: Random, median: float, mean: float) -> float:
    """An amount that has this median and this mean; the mean is the larger one."""
    return median * math.exp(random.gauss(0.0, math.sqrt(2 * math.log(mean / median))))


def zipf(random: Random, size: int) -> int:
    """A place from 0 to size - 1; the first ones come up most, as 1 / rank."""
    return min(int((size + 1) ** random.random()), size) - 1


class Weighted(Generic[Choice]):
    """Draws choices as often as their weights say."""

    def __init__(self, weights: Mapping[Choice, float]) -> None:
        self._choices = list(weights)
        self._cumulative = list(accumulate(weights.values()))

    def draw(self, random: Random) -> Choice:
        return random.choices(self._choices, cum_weights=self._cumulative)[0]
