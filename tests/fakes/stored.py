"""A real database in a folder of the test, and made-up things to put into it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from sqlalchemy import NullPool, create_engine, make_url

from storage import deliveries, delivery_outcomes, digests, subscriptions
from storage.database import Database
from storage.migrations.run import migrate_postgresql, migrate_sqlite
from storage.models import metadata
from storage.records import (
    Announcement,
    AnnouncementState,
    AnnounceType,
    ChatKind,
    Delivery,
    Destination,
    Digest,
    DigestEntry,
    Entry,
    Paper,
    Part,
    PartKind,
)

NOW = datetime(2026, 8, 24, 1, 0, tzinfo=UTC)
FRIDAY = date(2026, 8, 21)
MONDAY = date(2026, 8, 24)
SOON = timedelta(seconds=30)


SERVER = os.environ.get("TEST_POSTGRESQL", "")
"""The address of a PostgreSQL server to make the databases in, instead of SQLite files in the tests' folders."""


def address(folder: Path) -> str:
    if SERVER:
        return make_url(SERVER).set(database=_name(folder)).render_as_string(hide_password=False)
    return f"sqlite+aiosqlite:///{folder}/bot.sqlite3"


def _name(folder: Path) -> str:
    return "test_" + hashlib.sha256(str(folder).encode()).hexdigest()[:24]


@cache
def _fresh() -> bytes:
    # A new database is the same for every test: migrating each one would take half of the suite's time.
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fresh.sqlite3"
        migrate_sqlite(path, NOW)
        return path.read_bytes()


@cache
def _fresh_on_the_server() -> str:
    """The database that the others are copied from."""
    name = f"fresh_{os.getpid()}"
    _on_the_server(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    migrate_postgresql(make_url(SERVER).set(database=name))
    return name


def _on_the_server(*statements: str) -> None:
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@contextmanager
def no_database(folder: Path) -> Iterator[None]:
    """Nothing yet at `address(folder)`: no file, or an empty database on the server, which is dropped afterwards."""
    if not SERVER:
        yield
        return
    name = _name(folder)
    _on_the_server(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    try:
        yield
    finally:
        _on_the_server(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def new_database(folder: Path) -> Iterator[None]:
    """A new database at `address(folder)`, as `migrate` makes it; one on a server is dropped afterwards."""
    if not SERVER:
        (folder / "bot.sqlite3").write_bytes(_fresh())
        yield
        return
    name = _name(folder)
    _on_the_server(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} TEMPLATE {_fresh_on_the_server()}")
    try:
        yield
    finally:
        _on_the_server(f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def open_database(folder: Path) -> AsyncIterator[Database]:
    """A new database, opened, and closed at the end."""
    with new_database(folder):
        db = Database(address(folder))
        try:
            yield db
        finally:
            await db.close()


def paper(number: int = 1, **changes: Any) -> Paper:
    known: dict[str, Any] = {
        "arxiv_id": f"2608.{number:05}",
        "version": 1,
        "title": f"On Sheep {number}",
        "abstract": f"We count {number} sheep.",
        "authors": ("Ada Example", "Grace Sample"),
        "primary_category": "cs.CV",
        "cross_lists": ("cs.LG",),
    }
    return Paper(**{**known, **changes})


def entries(count: int, first: int = 1) -> list[Entry]:
    return [Entry(paper(first + place), AnnounceType.NEW) for place in range(count)]


def announcement(category: str = "cs.CV", day: date = FRIDAY, **changes: Any) -> Announcement:
    return Announcement(
        **{"id": 0, "category": category, "mailing_date": day, "state": AnnouncementState.FETCHED, **changes}
    )


def place(chat_id: int = 7, **changes: Any) -> Destination:
    known: dict[str, Any] = {
        "chat_id": chat_id,
        "kind": ChatKind.PRIVATE,
        "language": "zh-CN",
        "interface": "zh",
        "timezone": "Asia/Shanghai",
    }
    return Destination(**{**known, **changes})


def parts(*texts: str) -> list[Part]:
    return [
        Part(number, PartKind.MESSAGE, {"text": text, "buttons": []}, f"hash of {text}")
        for number, text in enumerate(texts)
    ]


def digest(*arxiv_ids: str, **changes: Any) -> Digest:
    known: dict[str, Any] = {
        "categories": ("cs.CV",),
        "mailing_dates": (FRIDAY,),
        "language": "zh-CN",
        "interface": "zh",
        "entries": tuple(DigestEntry(id_, 1, AnnounceType.NEW) for id_ in arxiv_ids or ("2608.00001",)),
    }
    return Digest(**{**known, **changes})


async def add(db: Database, *places: Destination) -> list[Destination]:
    async with db.begin() as session:
        return [await subscriptions.save(session, place) for place in places]


async def planned(db: Database, whom: list[Destination], *texts: str, arxiv_id: str = "2608.00001") -> Digest:
    """A digest with one part per text, planned for everybody."""
    async with db.begin() as session:
        saved = await digests.save(session, digest(arxiv_id), parts(*texts), NOW)
        await deliveries.plan(session, saved.id, [destination_id.id for destination_id in whom])
    return saved


async def claim(db: Database, limit: int = 16, *, now: datetime = NOW, **more: Any) -> list[Delivery]:
    async with db.begin() as session:
        return await deliveries.claim(session, now, limit, **more)


async def record(db: Database, row: Delivery, outcome: Any, now: datetime = NOW) -> None:
    """Write down an outcome as the deliverer does."""
    async with db.begin() as session:
        sent_hash = row.part.content_hash if row.part is not None else ""
        await delivery_outcomes.record(session, row.id, outcome, now, sent_hash=sent_hash)


async def cells(db: Database, number: int) -> list[str]:
    """Every place in the database where this number stands, alone or within a text."""
    async with db.read() as session:
        found = []
        for table in metadata.sorted_tables:
            for row in await session.execute(sa.select(table)):
                found += [f"{table.name}.{name}" for name, value in row._asdict().items() if str(number) in str(value)]
    return found
