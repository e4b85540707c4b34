"""From ids to papers: the archive first, arXiv for the rest, and what arXiv does raises nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fakes.arxiv_client import client_of
from fakes.arxiv_server import ArxivServer, Trouble
from fakes.house import Clock, paper
from fakes.stored import open_database
from fakes.stub_backends import GOOD, Stub, chain

from bot.arxiv_source.ids import ArxivId
from bot.lookup import Lookup
from storage import papers
from storage.database import Database


@dataclass
class Desk:
    db: Database
    arxiv: ArxivServer
    lookup: Lookup


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_database(tmp_path) as db, ArxivServer() as arxiv, client_of(arxiv, Clock()) as client:
        yield Desk(db, arxiv, Lookup(db=db, arxiv=client, chain=chain(Stub("stub", GOOD))))


async def test_what_is_archived_is_not_asked_for_and_papers_come_in_the_order_asked(desk: Desk) -> None:
    async with desk.db.begin() as session:
        await papers.save(session, [paper(2)])
    desk.arxiv.add_paper(paper(1))
    found = await desk.lookup.find([ArxivId("2608.00002"), ArxivId("2608.00001"), ArxivId("2608.00009")])
    assert [one.arxiv_id for one in found.papers] == ["2608.00002", "2608.00001"]
    assert found.missing == (ArxivId("2608.00009"),)
    assert found.unavailable is None
    # The second time it is archived, so that arXiv may be away.
    desk.arxiv.misbehave(Trouble.SERVER_ERROR)
    assert len((await desk.lookup.find([ArxivId("2608.00001")])).papers) == 1


async def test_an_earlier_version_is_told_from_the_newest_that_is_known(desk: Desk) -> None:
    async with desk.db.begin() as session:
        await papers.save(session, [paper(1), paper(1, version=3)])
    (match,) = (await desk.lookup.find([ArxivId("2608.00001", 1)])).matches
    assert (match.paper.version, match.newest) == (1, 3)


async def test_when_arxiv_fails_the_archived_ones_come_all_the_same(desk: Desk) -> None:
    async with desk.db.begin() as session:
        await papers.save(session, [paper(2)])
    desk.arxiv.misbehave(Trouble.SERVER_ERROR)
    found = await desk.lookup.find([ArxivId("2608.00001"), ArxivId("2608.00002")])
    assert [one.arxiv_id for one in found.papers] == ["2608.00002"]
    assert found.missing == (ArxivId("2608.00001"),)
    assert found.unavailable is not None
