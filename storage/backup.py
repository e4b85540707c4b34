"""A copy of an SQLite database while the bot is at work: one file, whole, and nobody else's to read.

All of it blocks; `storage.database.back_up` runs it in a thread.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from storage.errors import StorageError
from storage.migrations.state import explained
from storage.private_files import COPIES, OWNER_ONLY, tighten


def back_up_sqlite(path: Path, place: Path, now: datetime, *, keep: int | None = None) -> Path:
    """The copy of the database at `path`: the file `place`, or one in the folder `place`, named by `now` (aware).

    Of those in a folder the newest `keep` stay. A file that is there is never written over. Raises StorageError.
    """
    if not path.is_file():
        raise StorageError(f"there is no database at {path}; DATA_DIR or DATABASE_URL say where it is")
    folder = place if place.is_dir() else None
    target = folder / f"bot-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.sqlite3" if folder is not None else place
    try:
        # It holds what the database holds, so nobody else may read it either, from its first byte on.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
    except OSError as error:
        raise StorageError(f"{target} cannot be made: {error.strerror}") from error
    try:
        with explained(path), closing(sqlite3.connect(path)) as source:
            source.execute("VACUUM INTO ?", (str(target),))
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    copies = sorted(folder.glob(COPIES)) if folder is not None else []
    for copy in copies:
        tighten(copy)  # earlier ones may have been put there by other means
    for old in copies[:-keep] if keep is not None else ():
        old.unlink()
    return target
