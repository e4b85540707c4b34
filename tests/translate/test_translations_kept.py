"""What is stored of a paper's texts is never replaced by less."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fakes.stored import open_database
from fakes.stub_backends import GOOD, PAPER, Stub, chain

from bot.translate.backends.protocol import Draft, Unavailable
from bot.translate.stored import stored_translations
from storage import translations
from storage.database import Database
from storage.records import Translation

LANGUAGE = "zh-CN"


async def stored(db: Database) -> Translation:
    async with db.read() as session:
        return (await translations.current(session, [PAPER.source_hash], LANGUAGE))[PAPER.source_hash]


async def made(db: Database, gives: Draft | Exception) -> Translation:
    texts = await stored_translations(db, chain(Stub("stub", gives)), [PAPER], LANGUAGE, anew=True)
    return texts[PAPER.source_hash]


async def test_a_poorer_translation_never_replaces_a_fuller_one(tmp_path: Path) -> None:
    async with open_database(tmp_path) as db:
        assert (await made(db, GOOD)).complete
        for poorer in (replace(GOOD, abstract=None, summary=None), Unavailable("nobody is there")):
            assert (await made(db, poorer)).complete
            assert (await stored(db)).complete


async def test_a_fuller_translation_replaces_a_poorer_one(tmp_path: Path) -> None:
    async with open_database(tmp_path) as db:
        await made(db, replace(GOOD, abstract=None, summary=None))
        assert (await stored(db)).abstract is None
        assert (await made(db, GOOD)).complete
        assert (await stored(db)).complete
