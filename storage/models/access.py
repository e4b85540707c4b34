"""Who may ask for how much."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table

from storage.columns import UtcDateTime
from storage.models.base import metadata, required

# What a person or chat has had of something in the period that began then.
usage = Table(
    "usage",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String, primary_key=True),
    required("begun_at", UtcDateTime, index=True),
    required("taken", Integer),
    # Whether it was said in this period that the limit is reached.
    required("told", Boolean),
)

# People and chats that are not answered. What is said with /forget leaves it as it is.
bans = Table(
    "bans",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    required("banned_at", UtcDateTime),
)
