from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes.search_cases import Case, papers_and_cases, translated
from fakes.stored import SERVER, open_database, paper

from bot.handlers.search_query import parse_query
from storage import papers, search, translations
from storage.database import Database
from storage.records import Paper
from storage.segment import Wanted, terms

KNOWN, CASES = papers_and_cases()


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as opened:
        yield opened


async def save(db: Database, *known: Paper) -> None:
    async with db.begin() as session:
        await papers.save(session, known)


async def found(db: Database, typed: str, *, unfinished: bool = False) -> list[str]:
    async with db.read() as session:
        hits = await search.find(session, parse_query(typed, unfinished=unfinished), limit=10)
    assert hits.total == len(hits.arxiv_ids)
    return list(hits.arxiv_ids)


async def test_each_of_twenty_searches_finds_its_paper_first(db: Database) -> None:
    await save(db, *(paper(number) for number in range(1, 5)), *(paper for paper, _ in KNOWN))
    async with db.begin() as session:
        for _, translation in KNOWN:
            await translations.save(session, translation)
    assert len(CASES) == 20

    async def first(case: Case) -> str:
        return (await found(db, case.typed) or ["nothing"])[0]

    assert [(case.typed, await first(case)) for case in CASES] == [(case.typed, case.arxiv_id) for case in CASES]


async def test_what_has_every_word_in_its_title_comes_first_then_the_newest(db: Database) -> None:
    about = "A study of diffusion in images."
    await save(
        db,
        paper(1, title="Diffusion of Images"),
        paper(2, abstract=about),
        paper(3, title="Image Diffusion Revisited"),
        paper(4, abstract=about),
    )
    assert await found(db, "image diffusion") == ["2608.00003", "2608.00001", "2608.00004", "2608.00002"]


async def test_filters_hold_back_what_does_not_fit(db: Database) -> None:
    day = datetime(2026, 8, 1, tzinfo=UTC)
    await save(
        db,
        *(
            paper(number, submitted_at=day + timedelta(days=number), primary_category=category, cross_lists=())
            for number, category in enumerate(["cs.CV", "cs.LG", "math.AG", "cs.CV"])
        ),
    )
    assert await found(db, "sheep cat:cs.CV") == ["2608.00003", "2608.00000"]
    assert await found(db, "sheep cat:cs.LG,math.AG") == ["2608.00002", "2608.00001"]
    assert await found(db, "sheep cat:cs") == ["2608.00003", "2608.00001", "2608.00000"]
    assert await found(db, "sheep since:2026-08-03") == ["2608.00003", "2608.00002"]
    assert await found(db, "cat:cs since:2026-08-02") == ["2608.00003", "2608.00001"]
    assert await found(db, "since:2026-08-04") == ["2608.00003"]
    assert await found(db, "au:example since:2026-09") == []
    assert await found(db, "au:sheep") == []


async def test_a_new_version_and_a_new_translation_take_the_place_of_the_old_words(db: Database) -> None:
    first = paper(1, title="Counting Cows")
    await save(db, first)
    async with db.begin() as session:
        await translations.save(session, translated(first, "数奶牛", "我们数奶牛。"))
    assert await found(db, "奶牛") == await found(db, "cows") == ["2608.00001"]
    async with db.begin() as session:
        later = translated(first, "数山羊", "我们数山羊。")
        await translations.save(session, replace(later, made_at=datetime(2026, 8, 22, tzinfo=UTC)))
    assert await found(db, "奶牛") == []
    assert await found(db, "山羊") == ["2608.00001"]
    await save(db, paper(1, version=2, title="Counting Goats"))
    assert await found(db, "cow") == await found(db, "山羊") == []
    assert await found(db, "goat") == ["2608.00001"]
    await save(db, paper(1, title="An Old View of the First Version"))
    assert await found(db, "view") == []


async def test_what_is_rolled_back_is_not_found(db: Database) -> None:
    async with db.begin() as session:
        await papers.save(session, [paper(1)])
        await session.rollback()
    assert await found(db, "sheep") == []


async def test_pages_follow_one_another(db: Database) -> None:
    await save(db, *(paper(number) for number in range(1, 13)))
    pages = []
    async with db.read() as session:
        for offset in (0, 5, 10, 15):
            hits = await search.find(session, Wanted(words=tuple(terms("sheep"))), limit=5, offset=offset)
            pages.append([int(id_[-2:]) for id_ in hits.arxiv_ids])
            assert hits.total == (12 if pages[-1] else 0)
    assert pages == [[12, 11, 10, 9, 8], [7, 6, 5, 4, 3], [2, 1], []]


async def test_the_beginning_of_a_word_finds_it_while_it_is_typed(db: Database) -> None:
    await save(db, *(paper for paper, _ in KNOWN))
    assert await found(db, "photonic crys", unfinished=True) == [KNOWN[5][0].arxiv_id]
    assert await found(db, "photonic crys") == []


@pytest.mark.parametrize("typed", ['"', "a*", "NOT x", "title:x OR", "' & !", "(", "%_", "x" * 500, "☃ 💥"])
async def test_nothing_that_is_typed_is_taken_for_an_order_to_the_database(db: Database, typed: str) -> None:
    await save(db, paper(1))
    async with db.read() as session:
        await search.find(session, parse_query(f"sheep {typed}"), limit=5)


async def test_papers_alike_share_words_of_the_title_and_a_category(db: Database) -> None:
    await save(
        db,
        paper(1, title="Photonic Crystals for Counting Sheep"),
        paper(2, title="Photonic Crystals Revisited"),
        paper(3, title="Goats with Crystals"),
        paper(4, title="Photonic Crystals", primary_category="hep-th", cross_lists=()),
        *(paper(number, title="Sheep for Counting", abstract="Nothing new.") for number in range(5, 9)),
    )
    async with db.read() as session:
        near = await search.similar(
            session, "2608.00001", paper(1, title="Photonic Crystals for Counting").title, ["cs.CV"], 5
        )
    assert near[:3] == ["2608.00002", "2608.00003", "2608.00008"]
    assert "2608.00004" not in near


@pytest.mark.skipif(not SERVER, reason="how PostgreSQL keeps its rows")
async def test_hundreds_of_papers_with_a_word_are_found_in_few_pages(db: Database) -> None:
    def abstract(number: int) -> str:
        return " ".join(f"word{number * place}" for place in range(1, 250))

    await save(db, *(paper(number, abstract=abstract(number)) for number in range(1, 201)))
    async with db.read() as session:
        pages = await session.scalar(sa.text("SELECT pg_relation_size('search_documents') / 8192"))
    assert pages is not None
    assert 1 <= pages <= 8


@pytest.mark.skipif(bool(SERVER), reason="the index of SQLite")
async def test_the_index_of_sqlite_agrees_with_what_it_is_of(db: Database, tmp_path: Path) -> None:
    await save(db, paper(1), paper(2))
    await save(db, paper(1, version=2, title="Goats"))
    with closing(sqlite3.connect(tmp_path / "bot.sqlite3")) as connection:
        connection.execute("INSERT INTO search_words(search_words, rank) VALUES ('integrity-check', 1)")
