"""A value of a figure as content keeps it, and what it is of. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

Value = Mapping[str, Any]
Key = tuple[str, str, str, str]  # figure, dimension, member, sex
Values = Mapping[Key, Value]


def key_of(value: Value) -> Key:
    """The figure, dimension, member and sex; what is of no dimension has "" for the two."""
    ((dimension, member),) = value["by"].items() or [("", "")]
    return (value["figure"], dimension, member, value["sex"])


def by_key(values: Iterable[Value]) -> Values:
    """Each value by what it is of."""
    return {key_of(value): value for value in values}
