"""How far an SQLite file has come, told without Alembic: at nearly every start there is nothing left for it to do.

To import it takes a tenth of a second, and to read the migrations another hundredth.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from storage.errors import StorageError
from storage.private_files import keep_private, make_folder

_SENTENCES = {
    sqlite3.SQLITE_NOTADB: "is not an SQLite database; move it away or set DATABASE_URL to another file",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore a copy of it",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; the bot must be able to write it and the folder that it is in",
    sqlite3.SQLITE_READONLY: "cannot be written; the bot must be able to write it and the folder that it is in",
    sqlite3.SQLITE_PERM: "cannot be opened; the bot must be able to write it and the folder that it is in",
    sqlite3.SQLITE_BUSY: "is in use by another program; stop that one first",
    sqlite3.SQLITE_FULL: "cannot be written: the disk is full",
}
_PRIMARY_CODE = 0xFF
_VERSIONS = Path(__file__).with_name("versions")


@dataclass(frozen=True, slots=True)
class MigrationResult:
    """From which revision (None: the database was new) to which, and where the copy of the old file is, if any."""

    before: str | None
    after: str
    copied_to: Path | None = None


@cache
def newest() -> str:
    """The revision that this program's tables have: the migrations' files begin with their revisions."""
    return max(file.name.partition("_")[0] for file in _VERSIONS.glob("[0-9]*.py"))


def sqlite_revision(path: Path) -> str | None:
    """The revision of the file, None for one that is still empty. Raises StorageError.

    The file and its folder are made, and are their owner's alone from then on.
    """
    _make_folder(path)
    keep_private(path)
    with explained(path):
        return _revision_of(path) if path.exists() and path.stat().st_size > 0 else None


def _make_folder(path: Path) -> None:
    try:
        make_folder(path.parent)
    except OSError as error:
        raise StorageError(
            f"the folder {path.parent} for the database cannot be made ({error.strerror}); set DATA_DIR to another"
        ) from error


def _revision_of(path: Path) -> str | None:
    with closing(sqlite3.connect(path)) as connection:
        # Reading would work in places where writing does not; find out now and not in the middle of a day.
        connection.execute("BEGIN IMMEDIATE")
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return None
        found = connection.execute("SELECT version_num FROM alembic_version") if "alembic_version" in tables else None
        row = found.fetchone() if found is not None else None
    if row is None:
        raise StorageError(f"the database {path} belongs to another program; set DATABASE_URL to another file")
    return str(row[0])


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns what SQLite and the file system say into a StorageError."""
    try:
        yield
    except sqlite3.Error as error:
        raise StorageError(_explain(path, error)) from error
    except DBAPIError as error:
        raise StorageError(_explain(path, error.orig)) from error
    except OSError as error:
        raise StorageError(f"the database {path} cannot be used: {error.strerror} ({error.filename})") from error


def _explain(path: Path, error: BaseException | None) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    if path.is_dir():
        return f"the database {path} is a folder; set DATABASE_URL to a file"
    return f"the database {path} {_SENTENCES.get(code, f'cannot be used: {error}')}"
