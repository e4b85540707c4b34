"""Backups: whole while the bot writes, nobody else's to read, and good to go on with."""

from __future__ import annotations

import asyncio
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.stored import NOW, add, place

from bot.cli import main as cli
from bot.cli.arguments import build_parser
from bot.config import Settings
from storage import stats, subscriptions
from storage.database import Database, StorageError, back_up, migrate


def here(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder}/bot.sqlite3"


async def chats(db: Database) -> int:
    async with db.read() as session:
        return sum((await stats.totals(session)).destinations.values())


async def test_a_backup_holds_what_was_committed_when_it_began_and_takes_the_databases_place(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    await migrate(here(folder))
    db = Database(here(folder))
    await add(db, place(1), place(2))
    async with db.begin() as session:
        await subscriptions.save(session, place(3))
        copy = await back_up(here(folder), tmp_path / "copy.sqlite3")
    await db.close()
    (folder / "bot.sqlite3").write_bytes(copy.read_bytes())
    restored = Database(here(folder))
    assert await chats(restored) == 2
    await add(restored, place(4))
    assert await chats(restored) == 3
    await restored.close()


async def test_only_its_owner_can_read_a_backup(tmp_path: Path) -> None:
    await migrate(here(tmp_path))
    copy = await back_up(here(tmp_path), tmp_path / "copy.sqlite3")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


async def test_in_a_folder_backups_have_the_time_for_a_name_and_the_newest_stay(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "bot-notes.txt").touch()
    await migrate(here(tmp_path))
    moments = iter([NOW + timedelta(days=days) for days in range(4)])
    for _ in range(4):
        await back_up(here(tmp_path), folder, keep=2, now=lambda: next(moments))
    left = ["bot-20260826T010000Z.sqlite3", "bot-20260827T010000Z.sqlite3", "bot-notes.txt"]
    assert sorted(entry.name for entry in folder.iterdir()) == left


async def test_nothing_is_written_over_and_nothing_is_left_of_a_backup_that_fails(tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    with pytest.raises(StorageError, match="there is no database at"):
        await back_up(here(tmp_path), target)
    (tmp_path / "bot.sqlite3").write_text("no database", encoding="ascii")
    with pytest.raises(StorageError, match="is not an SQLite database"):
        await back_up(here(tmp_path), target)
    assert not target.exists()
    target.write_text("mine", encoding="ascii")
    with pytest.raises(StorageError, match="File exists"):
        await back_up(here(tmp_path), target)
    assert target.read_text(encoding="ascii") == "mine"


async def test_postgresql_is_copied_by_its_own_tool() -> None:
    with pytest.raises(StorageError, match="pg_dump"):
        await back_up("postgresql+psycopg://bot:hush@localhost/bot", Path("copy"))


def test_the_command_says_where_the_backup_is_or_why_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(migrate(here(tmp_path)))
    args = build_parser().parse_args(["backup", str(tmp_path / "copy.sqlite3")])
    settings = Settings(_env_file=None, data_dir=tmp_path)
    assert (cli._run(args, settings), cli._run(args, settings)) == (0, 1)
    said = capsys.readouterr()
    assert said.out == f"a copy of the database: {tmp_path}/copy.sqlite3\n"
    assert "copy.sqlite3 cannot be made: File exists" in said.err
