from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.stored import FRIDAY, NOW, open_database, paper
from sqlalchemy.ext.asyncio import AsyncSession

from storage import papers
from storage.database import Database
from storage.records import Paper


async def version(session: AsyncSession, arxiv_id: str, number: int) -> Paper | None:
    return (await papers.many(session, [(arxiv_id, number)])).get((arxiv_id, number))


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as opened:
        yield opened


async def test_a_paper_comes_back_as_it_was_stored(db: Database) -> None:
    full = paper(
        1,
        title="Über $\\alpha$ und 羊",
        submitted_at=NOW,
        updated_at=NOW,
        announced_on=FRIDAY,
        comment="12 pages",
        journal_ref="J. Sheep 3 (2026)",
        doi="10.1000/1",
        withdrawn=True,
    )
    async with db.begin() as session:
        await papers.save(session, [full])
    async with db.read() as session:
        assert await version(session, full.arxiv_id, 1) == full


async def test_what_only_an_earlier_view_could_tell_is_kept_when_the_paper_is_seen_again(db: Database) -> None:
    from_feed = paper(1, announced_on=FRIDAY)
    from_api = paper(1, title="On Many Sheep", submitted_at=NOW, comment="12 pages")
    async with db.begin() as session:
        await papers.save(session, [from_feed])
        await papers.save(session, [from_api])
        await papers.save(session, [replace(from_feed, title="On Many Sheep")])
    async with db.read() as session:
        assert await version(session, from_feed.arxiv_id, 1) == replace(from_api, announced_on=FRIDAY)


async def test_two_views_of_a_paper_in_one_call_are_merged_too(db: Database) -> None:
    async with db.begin() as session:
        assert await papers.save(session, [paper(1, comment="12 pages"), paper(1, announced_on=FRIDAY)]) == 1
        known = await version(session, paper(1).arxiv_id, 1)
    assert known == paper(1, comment="12 pages", announced_on=FRIDAY)


async def test_saving_tells_how_many_papers_changed(db: Database) -> None:
    async with db.begin() as session:
        assert await papers.save(session, [paper(1), paper(2)]) == 2
        assert await papers.save(session, [paper(1), paper(2, title="Other"), paper(3)]) == 2
        assert await papers.save(session, []) == 0


async def test_versions_stand_side_by_side_and_the_highest_is_the_newest(db: Database) -> None:
    versions = [paper(1, version=number, title=f"Take {number}") for number in (10, 2, 9)]
    async with db.begin() as session:
        await papers.save(session, [*versions, paper(2)])
        newest = await papers.newest(session, [paper(1).arxiv_id, paper(2).arxiv_id, "2608.99999"])
        second = await version(session, paper(1).arxiv_id, 2)
    assert newest == {paper(1).arxiv_id: versions[0], paper(2).arxiv_id: paper(2)}
    assert second == versions[1]


async def test_a_version_that_is_not_stored_is_not_replaced_by_another(db: Database) -> None:
    one, two = paper(1).arxiv_id, paper(2).arxiv_id
    async with db.begin() as session:
        await papers.save(session, [paper(1), paper(2, version=3)])
        assert await papers.many(session, [(one, 1), (one, 2), (two, 1), (two, 3)]) == {
            (one, 1): paper(1),
            (two, 3): paper(2, version=3),
        }
        assert await version(session, one, 2) is None


async def test_more_papers_than_a_statement_has_variables_are_stored_and_found(db: Database) -> None:
    # SQLite takes 32,766 variables; ids alone would fit, the columns of this many papers would not.
    batch = [paper(number) for number in range(3000)]
    async with db.begin() as session:
        assert await papers.save(session, batch) == 3000
        assert len(await papers.newest(session, [one.arxiv_id for one in batch])) == 3000
        assert len(await papers.many(session, [(one.arxiv_id, 1) for one in batch])) == 3000
