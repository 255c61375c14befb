"""Questions whose statement is put together once, and then asked again with other values.

Django needs more time to put a statement together than PostgreSQL does to answer it by an index, and does so
each time. The busiest pages ask the same dozen questions of one case after the other.
"""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial, wraps
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models.sql.compiler import SQLCompiler

P = ParamSpec("P")
Row = TypeVar("Row")

# What stands in for a value until the question is asked: nothing that is asked for has such values, and they
# are so far apart that one a little changed, as by a day more, is none of them and is found out.
_APART = 2_000
_NUMBERS = range(-2_000_000_000, -1_000_000_000)
_DAYS = range(600_000)  # as ordinals: before the year 1644, and enough for 300 values


def prepared(build: Callable[P, models.QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
    """The rows that `build` gives, by a statement that is put together the first time only.

    Its positional arguments are values that stand in the statement as they are: whole numbers, days, ids
    (UUID) and rows of models, by their keys. Whatever else makes a difference, and how many values there are,
    shapes the statement: keyword arguments, of which there are few and which can be hashed. A day that others
    are reckoned from is such a one, and then the statement is put together once a day.

    Raises TypeError when a value is of another kind, or does not come to the statement as it is given.
    """

    @lru_cache(maxsize=128)
    def put_together(kinds: tuple[type, ...], /, **shape: Any) -> _Statement:
        return _Statement.of(build, [_stand_in(*one) for one in enumerate(kinds)], shape)

    @wraps(build)
    def ask(*values: P.args, **shape: P.kwargs) -> list[Row]:
        kinds = tuple(map(type, values))
        return put_together(kinds, **cast("dict[str, Any]", shape)).ask(values)

    return ask


def _stand_in(place: int, kind: type) -> Any:
    between = _APART // 2 + _APART * place
    if issubclass(kind, models.Model):
        return kind(pk=_NUMBERS[between])
    if kind is int:
        return _NUMBERS[between]
    if kind is date:
        return date.fromordinal(_DAYS[between])
    if kind is UUID:
        return UUID(int=place)
    raise TypeError(f"{kind.__name__} is no value that a statement is asked with again")


def _value(of: Any) -> Any:
    return of.pk if isinstance(of, models.Model) else of


@dataclass(frozen=True)
class _Statement:
    """What Django put together: the query set and its compiler, the text, and what stands in it."""

    rows: Any
    compiler: SQLCompiler
    text: str  # empty when no row can be meant
    values: Sequence[Any]
    # For each of the values which argument it is; None for one of its own.
    arguments: Sequence[int | None]
    stand_ins: Sequence[Any]

    @classmethod
    def of(cls, build: Callable[..., Any], stand_ins: list[Any], shape: dict) -> "_Statement":
        rows = build(*stand_ins, **shape)
        compiler = rows.query.get_compiler(rows.db)
        try:
            text, values = compiler.as_sql()
        except EmptyResultSet:
            return cls(rows, compiler, "", (), (), ())
        places = {_value(one): place for place, one in enumerate(stand_ins)}
        strange = {one for one in values if _may_stand_in(one)} ^ set(places)
        if strange:
            raise TypeError(f"not all values come as they are to {build.__qualname__}: {strange}")
        arguments = [places[one] if _may_stand_in(one) else None for one in values]
        return cls(rows, compiler, text, values, arguments, stand_ins)

    def ask(self, given: Sequence[Any]) -> list[Any]:
        if not self.text:
            return []
        values = tuple(
            value if place is None else _value(given[place])
            for value, place in zip(self.values, self.arguments, strict=True)
        )
        query = copy(self.rows.query)
        query.get_compiler = partial(self._compiler, values)
        rows = type(self.rows)(self.rows.model, query)
        rows._iterable_class = self.rows._iterable_class
        rows._fields = self.rows._fields
        rows._prefetch_related_lookups = self.rows._prefetch_related_lookups
        rows._known_related_objects = {
            field: {mine.pk: mine for mine in self._instead_of(known.values(), given)}
            for field, known in self.rows._known_related_objects.items()
        }
        return list(rows)

    def _instead_of(self, stand_ins: Iterable[Any], given: Sequence[Any]) -> list[Any]:
        return [given[self.stand_ins.index(one)] for one in stand_ins]

    def _compiler(self, values: Sequence[Any], using: str, *_: Any, **__: Any) -> SQLCompiler:
        compiler: Any = copy(self.compiler)
        compiler.using, compiler.connection = using, connections[using]
        compiler.as_sql = lambda *_, **__: (self.text, values)
        return compiler


def _may_stand_in(value: Any) -> bool:
    match value:
        case bool():
            return False
        case int():  # or what Django wraps it in, which a range looks for one by one
            return int(value) in _NUMBERS
        case date():
            return value.toordinal() in _DAYS
        case UUID():
            return value.int < _APART
        case _:
            return False
