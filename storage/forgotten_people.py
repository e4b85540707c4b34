"""Who was forgotten, in a file beside the database: a backup that is put in its place does not know it yet.

A line is a token and the SHA-256 of that token and the person's number, so the file names nobody; whoever has it can
only try numbers. The database notes the tokens that it has obeyed, and the file may be of one of several machines.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from storage import notices, personal
from storage.records import Now

NAME = "forgotten"
"""What the file is called, in DATA_DIR."""

_TOKEN_BYTES = 16
_PARTS = 2


def note(path: Path, user_id: int) -> str:
    """Add a person to the file, for good before this returns; the token. Blocks. Raises OSError."""
    token = secrets.token_hex(_TOKEN_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        # On a line of its own also after one that a crash cut short.
        os.write(file, f"\n{token} {_digest(token, user_id)}\n".encode("ascii"))
        os.fsync(file)
    finally:
        os.close(file)
    return token


async def forget(session: AsyncSession, user_id: int, token: str, now: Now) -> int:
    """Delete what the database has of a person who is in the file under that token; returns how many rows it was."""
    await notices.raise_once(session, _notice(token), now())
    return await personal.forget(session, user_id)


def read(path: Path) -> list[tuple[str, str]]:
    """The tokens and digests in the file; none where there is no file. Blocks. Raises OSError."""
    try:
        text = path.read_text("ascii", errors="replace")
    except FileNotFoundError:
        return []
    return [(parts[0], parts[1]) for line in text.splitlines() if len(parts := line.split()) == _PARTS]


async def replay(session: AsyncSession, listed: Iterable[tuple[str, str]], now: Now) -> int:
    """Forget the listed people whom this database, restored from a backup, still knows. Returns how many there were."""
    new = [line for line in listed if await notices.raise_once(session, _notice(line[0]), now())]
    people = await personal.people(session) if new else frozenset()
    known = {user_id for user_id in people for token, digest in new if _digest(token, user_id) == digest}
    for user_id in known:
        await personal.forget(session, user_id)
    return len(known)


def _notice(token: str) -> str:
    return f"forgotten-{token}"


def _digest(token: str, user_id: int) -> str:
    return hashlib.sha256(f"{token} {user_id}".encode("ascii")).hexdigest()
