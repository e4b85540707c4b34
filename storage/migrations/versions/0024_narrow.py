"""On PostgreSQL the rows of the search are narrow: what is long in them is kept apart."""

from __future__ import annotations

from alembic import op

from storage import full_text

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in full_text.POSTGRESQL_NARROW:
            op.execute(statement)
