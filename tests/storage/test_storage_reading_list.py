from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes.stored import NOW, open_database

from storage import reading_list
from storage.database import Database
from storage.models import saved_papers
from storage.records import SavedPaper

LIN, BOB = 7, 7_000_000_000


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as opened:
        yield opened


def saved(number: int, user_id: int = LIN, version: int | None = None) -> SavedPaper:
    return SavedPaper(user_id, f"2608.{number:05}", version, "", NOW + timedelta(minutes=number))


async def ids(db: Database, user_id: int = LIN, **page: int) -> tuple[list[str], int]:
    async with db.read() as session:
        found, total = await reading_list.of(session, user_id, **page)
    return [one.arxiv_id for one in found], total


async def test_a_list_has_each_paper_once_the_newest_first_in_pages(db: Database) -> None:
    async with db.begin() as session:
        assert [await reading_list.save(session, saved(number)) for number in (1, 2, 3, 2)] == [True, True, True, False]
    assert await ids(db) == (["2608.00003", "2608.00002", "2608.00001"], 3)
    assert await ids(db, limit=2, offset=2) == (["2608.00001"], 3)


async def test_everybody_has_a_list_of_their_own(db: Database) -> None:
    async with db.begin() as session:
        await reading_list.save(session, saved(1))
        await reading_list.save(session, saved(1, BOB, version=2))
        assert await reading_list.remove(session, LIN, ["2608.00001", "2608.00009"]) == ["2608.00001"]
        assert await reading_list.note(session, LIN, "2608.00001", "mine") is None
        assert await reading_list.note(session, BOB, "2608.00001", "mine") == ""
        assert await reading_list.note(session, BOB, "2608.00001", "yours") == "mine"
        assert await reading_list.note(session, BOB, "2608.00001", "mine") == "yours"
    assert await ids(db) == ([], 0)
    async with db.read() as session:
        (kept,), _ = await reading_list.of(session, BOB)
    assert (kept.note, kept.version) == ("mine", 2)


async def test_a_full_list_says_so(db: Database) -> None:
    async with db.begin() as session:
        await session.execute(
            sa.insert(saved_papers), [asdict(saved(number)) for number in range(reading_list.MOST_SAVED)]
        )
        with pytest.raises(reading_list.FullError):
            await reading_list.save(session, saved(reading_list.MOST_SAVED))
    assert (await ids(db))[1] == reading_list.MOST_SAVED
