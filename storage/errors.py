"""What can be wrong with the database as a whole, in sentences for the person who runs the bot."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class StorageError(Exception):
    """The database cannot be used; the text says why and what to do, and holds no password."""


class GivenUp(Exception):
    """The program stops, and the database kept this waiting for too long; nothing of it was done."""


TROUBLE = (OperationalError, InterfaceError, PoolTimeout, OSError, GivenUp)
"""Errors of a database that is locked, full or gone for now: what was asked may well succeed later."""


def reason_of(error: Exception) -> str:
    """What the database itself says, without the statement and what PostgreSQL guesses in further lines."""
    return str(error.orig if isinstance(error, DBAPIError) else error).strip().partition("\n")[0]
