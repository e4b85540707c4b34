"""What is stored is its owner's alone to read, whatever the umask is and however it was left before."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.stored import NOW, add, place

from storage import forgotten_people
from storage.database import Database, back_up, migrate
from storage.private_files import keep_private


@pytest.fixture(autouse=True)
def _careless() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder}/bot.sqlite3"


def modes(folder: Path) -> dict[str, int]:
    """The modes of the folder and all in it that others may do something with."""
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    return {name: mode for name, mode in found.items() if mode & 0o077}


async def opened(folder: Path) -> Database:
    """A database that has been written to, so that SQLite's files stand beside it."""
    await migrate(url(folder))
    db = Database(url(folder))
    await add(db, place(1))
    return db


async def test_with_an_open_umask_the_database_its_files_and_its_folder_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    db = await opened(folder)
    forgotten_people.note(folder / forgotten_people.NAME, 7)
    names = {entry.name for entry in folder.iterdir()}
    assert {"bot.sqlite3", "bot.sqlite3-wal", "bot.sqlite3-shm", "forgotten"} <= names
    assert modes(folder) == {}
    await db.close()


async def test_what_others_could_read_before_they_cannot_after_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    db = await opened(folder)
    copy = await back_up(url(folder), folder)
    (folder / "bot.sqlite3.before-0024-20260821T000000Z").write_bytes(b"")
    for entry in folder.iterdir():
        entry.chmod(0o666)
    folder.chmod(0o777)
    await migrate(url(folder))
    assert copy.is_file()
    assert modes(folder) == {}
    await db.close()


async def test_copies_are_private_wherever_they_are_and_so_become_those_beside_them(tmp_path: Path) -> None:
    folder, copies = tmp_path / "data", tmp_path / "copies"
    copies.mkdir()
    await migrate(url(folder))
    (copies / "bot-20260101T000000Z.sqlite3").touch()
    await back_up(url(folder), copies, now=lambda: NOW)
    assert set(modes(copies)) == {"copies"}  # which the operator made, and may share


@pytest.mark.parametrize("foreign", ["notes.txt", ".bashrc", "bot.sqlite3.png"])
async def test_a_folder_in_which_others_have_something_stays_as_it_is(tmp_path: Path, foreign: str) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / foreign).touch()
    await migrate(url(folder))
    assert modes(folder) == {"home": 0o755, foreign: 0o666}


async def test_a_folder_for_everybodys_files_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    folder.chmod(0o1777)
    await migrate(url(folder))
    assert modes(folder) == {"tmp": 0o1777}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_files_of_another_user_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3"
    asyncio.run(migrate(url(tmp_path)))
    path.chmod(0o640)
    os.chown(path, 12345, 12345)
    keep_private(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
