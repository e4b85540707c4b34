"""What can be wrong with the database as a whole, in sentences for the person who runs the bot."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class StorageError(Exception):
    """The database cannot be used; the text says why and what to do, and holds no password."""


class DatabaseAway(StorageError):
    """The server cannot be reached, or is only starting: the same may well succeed in a moment."""


class GivenUp(Exception):
    """The program stops, and the database kept this waiting for too long; nothing of it was done."""


TROUBLE = (OperationalError, InterfaceError, PoolTimeout, OSError, GivenUp)
"""Errors of a database that is locked, full or gone for now: what was asked may well succeed later."""


def reason_of(error: Exception) -> str:
    """What the database itself says, without the statement and what PostgreSQL guesses in further lines."""
    return str(error.orig if isinstance(error, DBAPIError) else error).strip().partition("\n")[0]


# libpq hands on what the server said as a text, without its code: https://www.postgresql.org/docs/current/libpq-status.html
_REFUSED = "FATAL:"
_PASSING = (
    "the database system is",  # starting up, shutting down, in recovery mode, not yet accepting connections
    "too many connections",
    "too many clients",
    "remaining connection slots",
    "terminating connection",
)


def is_away(error: DBAPIError) -> bool:
    """Whether no server answered, or one that is not ready; a wrong password or an unknown database is an answer."""
    said = str(error.orig)
    return isinstance(error, OperationalError) and (_REFUSED not in said or any(text in said for text in _PASSING))
