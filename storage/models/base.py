"""What all tables have in common."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, MetaData

# Names, so that a later migration can drop a constraint on every database.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def required(name: str, kind: Any, *more: Any, **options: Any) -> Column[Any]:
    """A column that is never null."""
    return Column(name, kind, *more, nullable=False, **options)
