"""The few places where SQL differs between databases, and the limits that they set."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    CursorResult,
    Dialect,
    Executable,
    Integer,
    String,
    Table,
    Text,
    bindparam,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

T = TypeVar("T")
Values = Mapping[str, Any] | Sequence[Mapping[str, Any]]

# SQLite before 3.32 takes 999 variables in a statement; beside a list there are a few more.
_CHUNK = 900


def upsert(session: AsyncSession, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the words of the session's database."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def chunks(values: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    """The distinct values in lists that fit into one IN; none for no values."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), size):
        yield distinct[start : start + size]


async def changed(session: AsyncSession, statement: Executable, values: Values | None = None) -> int:
    """Carry out a statement that writes, once for these variables or for each of them; how many rows it touched."""
    # Drivers keep the count of an INSERT only when asked to.
    connection = await session.connection()
    result = await connection.execute(statement, values, execution_options={"preserve_rowcount": True})
    return cast("CursorResult[Any]", result).rowcount


class _List(TypeDecorator[Collection[Any]]):
    """Numbers or texts as one variable: a JSON list in SQLite, an array in PostgreSQL."""

    impl = Text
    cache_ok = True

    def __init__(self, of: type[BigInteger | String]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """What the database takes."""
        return ARRAY(self.of) if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        """To the database."""
        values = list(value or ())
        return values if dialect.name == "postgresql" else json.dumps(values)


class _Among(FunctionElement[bool]):
    inherit_cache = True


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a column is one of the numbers or texts given as the variable of that name, however many there are.

    Unlike IN it is the same statement for any number of them, so that it is written and prepared once.
    """
    of: type[BigInteger | String] = BigInteger if isinstance(column.type, Integer) else String
    return _Among(column, bindparam(name, type_=_List(of)))


@compiles(_Among)
def _any_of_array(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY ({values})"


@compiles(_Among, "sqlite")
def _in_json_list(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - made of what was compiled


class _Picked(FunctionElement[int]):
    inherit_cache = True
    type = BigInteger()


def picked(numbers: BindParameter[Any], key: ColumnElement[int]) -> ColumnElement[int]:
    """The number that stands under a row's own number, in a variable of the type NUMBERED."""
    return _Picked(numbers, key)


@compiles(_Picked)
def _from_jsonb(element: _Picked, compiler: SQLCompiler, **options: Any) -> str:
    numbers, key = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(CAST({numbers} AS JSONB) ->> CAST({key} AS TEXT) AS BIGINT)"


@compiles(_Picked, "sqlite")
def _from_json(element: _Picked, compiler: SQLCompiler, **options: Any) -> str:
    numbers, key = (compiler.process(clause, **options) for clause in element.clauses)
    return f"json_extract({numbers}, '$.\"' || {key} || '\"')"


class _Numbered(TypeDecorator[Mapping[int, int]]):
    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[int, int] | None, dialect: Dialect) -> str:  # noqa: ARG002 - the hook's signature
        """To the database."""
        return json.dumps(dict(value or {}))


NUMBERED = _Numbered()
"""Numbers by numbers, as one variable; a hundred or so, because each row looks through them."""
