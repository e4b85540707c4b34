from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
import stat
import sys
from contextlib import closing
from datetime import timedelta
from importlib import resources
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fakes.processes import Processes
from fakes.stored import NOW, add, address, open_database, place
from sqlalchemy import create_engine

from storage import open_cards
from storage.database import Database, StorageError, migrate
from storage.migrations.run import migrate_sqlite
from storage.migrations.state import MigrationResult, newest
from storage.models import metadata
from storage.records import source_hash

HEAD = len([entry for entry in resources.files("storage.migrations.versions").iterdir() if entry.name[0].isdigit()])
"""The number of our newest migration."""


def revision(beyond: int) -> str:
    """The name of our newest migration, or of one that a test adds to it."""
    return f"{HEAD + beyond:04}"


ONE_MORE = """
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    op.execute("{statement}")
"""


def later(folder: Path, *statements: str) -> str:
    """The migrations of a later version of the program: ours, and one more for each statement."""
    scripts = folder / "later"
    with resources.as_file(resources.files("storage.migrations")) as ours:
        shutil.copytree(ours, scripts, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    for number, statement in enumerate(statements, start=HEAD + 1):
        text = ONE_MORE.format(revision=f"{number:04}", before=f"{number - 1:04}", statement=statement)
        (scripts / "versions" / f"{number:04}_more.py").write_text(text)
    return str(scripts)


def schema(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name != 'alembic_version'"
        )
        # A table that a migration rebuilt has its name in quotes.
        return {name: " ".join(sql.replace('"', "").split()) for name, sql in rows}


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def test_a_new_database_is_made_with_the_folders_above_it(tmp_path: Path) -> None:
    done = await migrate(address(tmp_path / "not" / "there"))
    assert done.before is None
    assert done.copied_to is None
    assert (tmp_path / "not" / "there" / "bot.sqlite3").exists()


async def test_a_database_that_is_up_to_date_is_left_alone(tmp_path: Path) -> None:
    first = await migrate(address(tmp_path))
    again = await migrate(address(tmp_path))
    assert again.before == again.after == first.after
    assert files(tmp_path) == ["bot.sqlite3"]


async def test_an_empty_file_counts_as_a_new_database(tmp_path: Path) -> None:
    (tmp_path / "bot.sqlite3").touch()
    assert (await migrate(address(tmp_path))).before is None


async def test_the_migrations_make_just_the_tables_that_the_program_uses(tmp_path: Path) -> None:
    await migrate(address(tmp_path))
    migrated = create_engine(f"sqlite:///{tmp_path}/bot.sqlite3")
    with migrated.connect() as connection:
        # SQLite keeps its full-text index in tables of its own.
        ours = {"include_name": lambda name, *_: not str(name).startswith("search_words")}
        assert compare_metadata(MigrationContext.configure(connection, opts=ours), metadata) == []
    migrated.dispose()
    # The comparison above is blind to conditions of indexes and to ON DELETE; SQLite's own words are not.
    made = create_engine(f"sqlite:///{tmp_path}/made.sqlite3")
    metadata.create_all(made)
    made.dispose()
    assert schema(tmp_path / "bot.sqlite3") == schema(tmp_path / "made.sqlite3")


async def test_a_database_that_is_behind_is_copied_before_it_changes(tmp_path: Path) -> None:
    async with open_database(tmp_path) as db:
        await add(db, place(7))
    file = tmp_path / "bot.sqlite3"
    file.chmod(0o640)
    before = schema(file)
    done = migrate_sqlite(file, NOW, location=later(tmp_path, "ALTER TABLE papers ADD COLUMN colour TEXT"))
    assert (done.before, done.after) == (revision(0), revision(1))
    assert done.copied_to == tmp_path / f"bot.sqlite3.before-{revision(1)}-20260824T010000Z"
    assert "colour" in schema(file)["papers"]
    assert schema(done.copied_to) == before
    assert stat.S_IMODE(done.copied_to.stat().st_mode) == 0o600
    with closing(sqlite3.connect(done.copied_to)) as copy:
        assert copy.execute("SELECT chat_id FROM destinations").fetchall() == [(7,)]


async def test_a_database_of_the_first_form_keeps_its_rows(tmp_path: Path) -> None:
    scripts = Path(later(tmp_path))
    for script in (scripts / "versions").glob("*.py"):
        if not script.name.startswith("0001"):
            script.unlink()
    file = tmp_path / "bot.sqlite3"
    migrate_sqlite(file, NOW, location=str(scripts))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "INSERT INTO announcements VALUES (1, 'cs.CV', '2026-08-21', 'fetched', 0, '', '', NULL, NULL, NULL)"
        )
        for number in (1, 2):
            connection.execute(
                "INSERT INTO papers VALUES ('2608.00001', ?, ?, 'We count.', '[\"Ada\"]', 'cs.CV', '[]', "
                "NULL, NULL, NULL, NULL, NULL, NULL, 0)",
                (number, f"Sheep {number}"),
            )
        connection.execute(
            "INSERT INTO translations VALUES (1, '2608.00001', 2, 'zh-CN', ?, '绵羊', NULL, NULL, NULL, '{}', 1, "
            "'2026-08-21', NULL)",
            (source_hash("Sheep 2", "We count."),),
        )
        for number, at, paused in ((1, None, None), (2, "09:00:00.000000", None), (3, None, "blocked")):
            connection.execute(
                "INSERT INTO destinations (id, chat_id, thread_id, kind, title, language, interface, timezone, "
                "delivery_time, layout, answer_links, paused) VALUES (?, ?, 0, 'private', '', 'en', 'en', 'UTC', ?, "
                "'classic', 0, ?)",
                (number, number, at, paused),
            )
            connection.execute("INSERT INTO subscriptions VALUES (?, 'cs.CV', '2026-08-21', '[]')", (number,))
    done = await migrate(address(tmp_path), now=lambda: NOW)
    assert (done.before, done.after) == ("0001", revision(0))
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT category FROM announcements").fetchall() == [("cs.CV",)]
        assert connection.execute("SELECT * FROM turns").fetchall() == []
        at_once = connection.execute("SELECT destination_id FROM subscriptions WHERE at_once")
        assert at_once.fetchall() == [(1,)]
        for word, count in (("sheep", 1), ("2", 1), ("1", 0), ("绵羊", 1), ("ada", 1), ("catcs", 1)):
            found = connection.execute("SELECT rowid FROM search_words WHERE search_words MATCH ?", (f'"{word}"',))
            assert len(found.fetchall()) == count


async def test_cards_that_wait_for_their_translation_are_kept_when_their_table_gets_another_key(tmp_path: Path) -> None:
    scripts = Path(later(tmp_path))
    for script in (scripts / "versions").glob("*.py"):
        if script.name >= "0022":
            script.unlink()
    file = tmp_path / "bot.sqlite3"
    migrate_sqlite(file, NOW, location=str(scripts))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "INSERT INTO open_cards VALUES (7, 8, 'hash', 'zh-CN', '2608.00001', 1, NULL, 'en', 'zh', '', ?)",
            (NOW.strftime("%Y-%m-%d %H:%M:%S.%f"),),
        )
    await migrate(address(tmp_path), now=lambda: NOW)
    db = Database(address(tmp_path))
    try:
        async with db.read() as session:
            (card,) = await open_cards.of_texts(session, ["hash"], "zh-CN")
    finally:
        await db.close()
    assert (card.chat_id, card.message_id, card.posted_at) == (7, 8, NOW)
    assert (card.waiting, card.inline_message_id) == (False, "")


async def test_the_three_newest_copies_are_kept(tmp_path: Path) -> None:
    await migrate(address(tmp_path))
    for number in range(5):
        statements = [f"ALTER TABLE papers ADD COLUMN colour{one} TEXT" for one in range(number + 1)]
        day = NOW + timedelta(days=number)
        migrate_sqlite(tmp_path / "bot.sqlite3", day, location=later(tmp_path, *statements))
    assert [name.partition("before-")[2] for name in files(tmp_path) if "before" in name] == [
        f"{revision(3)}-20260826T010000Z",
        f"{revision(4)}-20260827T010000Z",
        f"{revision(5)}-20260828T010000Z",
    ]


async def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    await migrate(address(tmp_path))
    file = tmp_path / "bot.sqlite3"
    before = schema(file)
    statements = ("ALTER TABLE papers ADD COLUMN colour TEXT", "ALTER TABLE no_such_table ADD COLUMN colour TEXT")
    with pytest.raises(StorageError, match="no_such_table"):
        migrate_sqlite(file, NOW, location=later(tmp_path, *statements))
    assert schema(file) == before
    assert (await migrate(address(tmp_path))).before == revision(0)


async def test_a_database_of_a_newer_version_is_refused_and_not_touched(tmp_path: Path) -> None:
    await migrate(address(tmp_path))
    file = tmp_path / "bot.sqlite3"
    migrate_sqlite(file, NOW, location=later(tmp_path, "ALTER TABLE papers ADD COLUMN colour TEXT"))
    before = schema(file)
    with pytest.raises(StorageError, match=rf"newer version of this program \(its revision is {revision(1)}"):
        await migrate(address(tmp_path))
    assert schema(file) == before


async def test_rows_survive_a_migration_that_rebuilds_the_table_they_refer_to(tmp_path: Path) -> None:
    async with open_database(tmp_path) as db:
        await add(db, place(7))
    file = tmp_path / "bot.sqlite3"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "INSERT INTO subscriptions (destination_id, category, cursor, announce_types) "
            "VALUES (1, 'cs.CV', '2026-08-21', '[]')"
        )
    rebuild = (
        "CREATE TABLE anew AS SELECT * FROM destinations",
        "DROP TABLE destinations",
        "ALTER TABLE anew RENAME TO destinations",
    )
    migrate_sqlite(file, NOW, location=later(tmp_path, *rebuild))
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT category FROM subscriptions").fetchall() == [("cs.CV",)]


async def test_the_newest_revision_is_the_one_that_migrating_ends_with(tmp_path: Path) -> None:
    assert (await migrate(address(tmp_path))).after == newest()


async def test_two_processes_may_migrate_the_same_new_database(tmp_path: Path, processes: Processes) -> None:
    script = f"import asyncio; from storage.database import migrate; asyncio.run(migrate('{address(tmp_path)}'))"
    python = [await processes.start(sys.executable, "-c", script) for _ in range(2)]
    assert [await one.wait() for one in python] == [0, 0]


async def test_of_two_that_bring_a_file_up_to_date_at_the_same_time_one_makes_the_copy(tmp_path: Path) -> None:
    await migrate(address(tmp_path))
    file, location = tmp_path / "bot.sqlite3", later(tmp_path, "ALTER TABLE papers ADD COLUMN colour TEXT")
    before = schema(file)
    done = await asyncio.gather(
        *(asyncio.to_thread(migrate_sqlite, file, NOW, location=location) for _ in range(4)), return_exceptions=True
    )
    copies = [
        outcome.copied_to for outcome in done if isinstance(outcome, MigrationResult) and outcome.copied_to is not None
    ]
    assert [outcome for outcome in done if not isinstance(outcome, MigrationResult)] == []
    assert len(copies) == 1
    assert schema(copies[0]) == before


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"the folder .*/file for the database cannot be made .* set DATA_DIR"):
        await migrate(address(tmp_path / "file"))


async def test_a_folder_where_the_file_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "bot.sqlite3").mkdir()
    with pytest.raises(StorageError, match=r"bot\.sqlite3 is a folder; set DATABASE_URL to a file"):
        await migrate(address(tmp_path))


async def test_a_file_that_is_no_database_is_told_and_kept(tmp_path: Path) -> None:
    (tmp_path / "bot.sqlite3").write_text("Dear diary, " * 100)
    with pytest.raises(StorageError, match="is not an SQLite database; move it away"):
        await migrate(address(tmp_path))
    assert (tmp_path / "bot.sqlite3").read_text().startswith("Dear diary")


async def test_the_database_of_another_program_is_told_and_kept(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "bot.sqlite3")) as connection:
        connection.execute("CREATE TABLE recipes (id INTEGER)")
    with pytest.raises(StorageError, match="belongs to another program"):
        await migrate(address(tmp_path))
    assert list(schema(tmp_path / "bot.sqlite3")) == ["recipes"]


async def test_migrating_leaves_logging_as_it_is(tmp_path: Path) -> None:
    mine = logging.getLogger("somebody")
    handlers = list(logging.getLogger().handlers)
    await migrate(address(tmp_path))
    assert not mine.disabled
    assert logging.getLogger().handlers == handlers
