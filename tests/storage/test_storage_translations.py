from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.stored import NOW, open_database, paper
from sqlalchemy import select

from storage import translations
from storage.database import Database
from storage.models import translations as table
from storage.records import Translation

HASH = paper(1).source_hash
FIRST = Translation(
    arxiv_id=paper(1).arxiv_id,
    version=1,
    language="zh-CN",
    source_hash=HASH,
    title="论羊",
    abstract="我们数羊。",
    summary="数羊。",
    summary_en="Sheep are counted.",
    made_by={"title": "openai:gpt", "abstract": "openai:gpt", "summary": "openai:gpt", "summary_en": "extractive"},
    pipeline_version=2,
    made_at=NOW,
)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as opened:
        yield opened


async def save(db: Database, *made: Translation) -> None:
    async with db.begin() as session:
        for translation in made:
            await translations.save(session, translation)


async def test_a_translation_comes_back_as_it_was_stored(db: Database) -> None:
    await save(db, FIRST)
    async with db.read() as session:
        assert await translations.current(session, [HASH, "nobody's"], "zh-CN") == {HASH: FIRST}


async def test_texts_that_could_not_be_made_stay_missing(db: Database) -> None:
    partial = replace(FIRST, abstract=None, summary=None, made_by={"title": "google"})
    await save(db, partial)
    async with db.read() as session:
        known = (await translations.current(session, [HASH], "zh-CN"))[HASH]
    assert known == partial
    assert not known.complete


async def test_a_later_translation_takes_the_place_of_the_earlier_one_which_is_kept(db: Database) -> None:
    second = replace(FIRST, title="关于羊", made_at=NOW + timedelta(days=1))
    third = replace(FIRST, title="羊论", made_at=NOW + timedelta(days=2))
    await save(db, FIRST, second, third)
    async with db.read() as session:
        assert await translations.current(session, [HASH], "zh-CN") == {HASH: third}
        kept = await session.scalars(
            select(table.c.title).where(table.c.superseded_at.is_not(None)).order_by(table.c.id)
        )
        assert list(kept) == [FIRST.title, second.title]


async def test_languages_are_apart(db: Database) -> None:
    japanese = replace(FIRST, language="ja", title="羊について")
    await save(db, FIRST, japanese)
    async with db.read() as session:
        assert await translations.current(session, [HASH], "zh-CN") == {HASH: FIRST}
        assert await translations.current(session, [HASH], "ja") == {HASH: japanese}


async def test_a_translation_without_its_time_is_refused(db: Database) -> None:
    with pytest.raises(ValueError, match="time at which it was made"):
        await save(db, replace(FIRST, made_at=None))


async def test_backends_are_counted_by_the_texts_in_use_that_they_made(db: Database) -> None:
    other = replace(
        FIRST, source_hash="other", abstract=None, made_by={"title": "google", "summary": "openai:deepseek"}
    )
    await save(db, FIRST, replace(FIRST, made_by={"title": "openai:gpt", "abstract": "mymemory"}), other)
    async with db.read() as session:
        assert await translations.count_by_backend(session) == {"openai": 2, "mymemory": 1, "google": 1}


async def test_more_texts_than_a_statement_has_variables_are_found(db: Database) -> None:
    await save(db, *(replace(FIRST, source_hash=str(number)) for number in range(0, 40_000, 400)))
    async with db.read() as session:
        assert len(await translations.current(session, map(str, range(40_000)), "zh-CN")) == 100
