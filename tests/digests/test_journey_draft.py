"""While a translation is made: a draft in private chats where Telegram has drafts, else a message that changes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from fakes.house import House, open_house, paper
from fakes.translator_server import Trouble

from bot.simulator.telegram import PATIENCE
from storage.gaps import FIRST_PAUSE


def slow(house: House) -> None:
    """From now on the translator answers only when the test lets it."""
    house.arxiv.add_paper(paper(1))
    house.translator.troubles["libretranslate"] = Trouble.HANG


async def test_a_card_is_a_draft_in_english_until_its_translation_is_there(tmp_path: Path) -> None:
    async with asyncio.timeout(PATIENCE), open_house(tmp_path) as house:
        slow(house)
        drafts = house.telegram.world.drafts = {}
        async with house.running():
            house.telegram.say(house.private, house.person, "2608.00001")
            await house.telegram.wait_for(lambda: house.private.id in drafts)
            assert "Learning to Count Sheep with 1 Cameras" in drafts[house.private.id]
            assert "Translating" in drafts[house.private.id]
            assert house.telegram.from_bot(house.private) == []
        (card,) = house.telegram.from_bot(house.private)
        assert "Translating" not in card.text
        assert card.edited == 0
        assert drafts == {}
        # Broken off by the stop, it is completed after the next start.
        assert "not translated" in card.text
        house.mend_translator()
        house.clock.now += FIRST_PAUSE + timedelta(seconds=1)
        async with house.running():
            await house.telegram.wait_for(lambda: "not translated" not in card.text)
        assert card.edited == 1


async def test_in_a_group_and_where_telegram_has_no_drafts_it_is_a_message_that_changes(tmp_path: Path) -> None:
    async with asyncio.timeout(PATIENCE), open_house(tmp_path) as house:
        slow(house)
        group = house.telegram.add_group("Readers", creator=house.person)
        async with house.running():
            assert "Translating" in await house.say("2608.00001")
            house.telegram.world.drafts = {}
            assert "Translating" in await house.say(f"@{house.telegram.bot.username} 2608.00001", chat=group)
            assert house.telegram.world.drafts == {}
        assert "Translating" not in house.last(group).text
        assert "Translating" not in house.last().text
