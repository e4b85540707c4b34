"""Who was seen to lead which chat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "leaders",
        sa.Column("user_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "chat_id", name="pk_leaders"),
    )
