"""On PostgreSQL titles and authors are found in an index of their own, and nothing is left to be indexed later."""

from __future__ import annotations

from alembic import op

from storage import full_text

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in full_text.POSTGRESQL_HEADS:
            op.execute(statement)
