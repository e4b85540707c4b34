"""Who may read the database and its copies: their owner alone, whatever the machine's umask is.

Only what belongs to the process's user is changed, and of folders only one that holds nothing but the bot's files: a
DATA_DIR may as well be somebody's home, or `/srv`, where others have business.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path

OWNER_ONLY = 0o600
COPIES = "bot-*Z.sqlite3"
"""What backups in a folder are called."""

_OTHERS = 0o077
_LIST = "forgotten"


def make_folder(folder: Path) -> None:
    """Make the folder, for its owner alone; those above it as usual. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def keep_private(path: Path) -> None:
    """Make the database file unless it is there, and take from others what they may do with it and its copies.

    SQLite gives its two files beside it the mode that it has.
    """
    with suppress(OSError):  # SQLite finds the same and says what is wrong
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
    for file in _files_of(path):
        tighten(file)
    _tighten_folder(path)


def tighten(path: Path) -> None:
    """Take from others what they may do with a file or folder that is this user's own."""
    with suppress(OSError):  # gone meanwhile, or on a disk without modes
        found = path.stat()
        if found.st_uid == os.geteuid() and found.st_mode & _OTHERS:
            path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)


def _files_of(path: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from (file for file in path.parent.iterdir() if _is_ours(path, file) and file.is_file())


def _is_ours(path: Path, file: Path) -> bool:
    ours = (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-journal", _LIST)
    return file.name in ours or any(fnmatchcase(file.name, text) for text in (f"{path.name}.before-*", COPIES))


def _tighten_folder(path: Path) -> None:
    folder = path.parent
    with suppress(OSError):
        shared = folder.stat().st_mode & stat.S_ISVTX  # as /tmp is
        if not shared and all(_is_ours(path, file) for file in folder.iterdir()):
            tighten(folder)
