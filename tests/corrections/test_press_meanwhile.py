"""Who presses a button while the bot completes the message above it keeps what the press shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from fakes.house import FRIDAY, announcement, open_house

from bot.arxiv_source.ids import ArxivId
from bot.corrections.posted_answers import PostedAnswers
from bot.translate.stored import untranslated
from storage import open_answers, open_cards
from storage.models import open_answers as answers_table
from storage.models import open_cards as cards_table
from storage.records import Digest, Part


async def test_a_card_is_not_completed_over_what_a_press_shows_there_by_now(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        services = house.bot.services
        house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
        house.break_translator()
        await house.say("https://arxiv.org/abs/2608.00001")
        pressed = house.last()
        await house.say("https://arxiv.org/abs/2608.00002")
        left = house.last()
        await house.say("/help")  # answered once all of that is done
        async with services.db.read() as session:
            rows = (await session.execute(sa.select(cards_table).order_by("arxiv_id"))).all()
            cards = [(await open_cards.of_texts(session, [row.source_hash], row.language))[0] for row in rows]
        papers = (await services.lookup.find([ArxivId(card.arxiv_id) for card in cards])).papers
        texts = [replace(untranslated(paper, "zh-CN"), title="数羊") for paper in papers]
        # The cards are read, and their texts made; only then somebody presses.
        assert "@misc" in await house.press_to_edit(pressed, "BibTeX")
        shown = [await services.cards.show(card, made) for card, made in zip(cards, texts, strict=True)]
        assert shown == [False, True]
        assert "数羊" not in pressed.text
        assert "数羊" in left.text


async def test_a_digest_on_request_is_not_led_back_from_the_page_that_was_turned_to_meanwhile(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        services = house.bot.services
        house.arxiv.announce("cs.CV", announcement(12), FRIDAY)
        house.clock.to_announcement(FRIDAY)
        house.break_translator()
        await house.say("/settings file off")
        await house.say("/digest cs.CV")
        message = house.last()
        await house.say("/help")  # answered once all of that is done

        async def render(digest: Digest) -> Sequence[Part]:
            parts = await services.renderer.as_stored(digest)
            await house.press_to_edit(message, "▶")
            return parts

        async with services.db.read() as session:
            row = (await session.execute(sa.select(answers_table))).one()
            assert await open_answers.at(session, row.chat_id, row.message_id) is not None
        posted = PostedAnswers(db=services.db, posted=services.posted, render=render)
        assert await posted.edit(["2608.00001"], "zh-CN") == (0, set())
        assert "2/2" in " ".join(button.text for button in message.all_buttons)
