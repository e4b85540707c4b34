"""What can be wrong with the database as a whole, in sentences for the person who runs the bot."""

from __future__ import annotations


class StorageError(Exception):
    """The database cannot be used; the text says why and what to do, and holds no password."""
