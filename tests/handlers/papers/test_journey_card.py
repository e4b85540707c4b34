"""JOURNEY link → card, through the real bot over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.arxiv_server import Trouble
from fakes.house import House, open_house, paper
from fakes.translator_server import Trouble as TranslatorTrouble

from bot.simulator.chat_state import Chat, Entity
from bot.simulator.telegram import PATIENCE


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        house.arxiv.add_paper(paper(1))
        house.arxiv.add_paper(paper(2))
        async with house.running():
            yield house


def has_han(text: str) -> bool:
    return any("一" <= char <= "鿿" for char in text)


async def card_in(house: House, chat: Chat, count: int = 1) -> str:
    def done() -> bool:
        shown = house.telegram.from_bot(chat)
        return len(shown) >= count and all(has_han(message.text) for message in shown[-count:])

    await house.telegram.wait_for(done)
    return house.telegram.from_bot(chat)[-1].text


async def test_a_link_in_private_becomes_one_bilingual_card(house: House) -> None:
    house.telegram.say(house.private, house.person, "https://arxiv.org/abs/2608.00001")
    text = await card_in(house, house.private)
    (message,) = house.telegram.from_bot(house.private)
    assert "Learning to Count Sheep with 1 Cameras" in text
    assert "Ada Example" in text
    assert "cs.CV" in text
    assert "Translating" not in text
    assert {button.url for button in message.all_buttons} >= {
        "https://arxiv.org/abs/2608.00001",
        "https://arxiv.org/pdf/2608.00001",
    }
    assert sum(entity.type == "expandable_blockquote" for entity in message.entities) == 2


async def test_the_second_time_the_card_comes_from_the_archive(house: House) -> None:
    house.telegram.say(house.private, house.person, "arXiv:2608.00001")
    await card_in(house, house.private)
    asked, translated = len(house.arxiv.requests), len(house.translator.asked)
    text = await house.say("2608.00001")
    assert has_han(text)
    assert (len(house.arxiv.requests), len(house.translator.asked)) == (asked, translated)


async def test_several_links_and_a_caption_and_a_text_link_are_answered(house: House) -> None:
    house.telegram.say(house.private, house.person, "2608.00001 and https://alphaxiv.org/abs/2608.00002，both")
    await card_in(house, house.private, 2)
    house.telegram.send_caption(house.private, house.person, "see arxiv.org/pdf/2608.00001v1.pdf")
    await card_in(house, house.private, 3)
    link = Entity("text_link", 0, 4, url="https://arxiv.org/abs/2608.00002")
    house.telegram.say(house.private, house.person, "this one", entities=[link])
    await card_in(house, house.private, 4)


async def test_in_a_group_links_are_answered_only_when_the_bot_is_asked(house: House) -> None:
    group = house.telegram.add_group("Readers", creator=house.person)
    await house.stays_silent("look: https://arxiv.org/abs/2608.00001", chat=group)
    asked = house.telegram.say(group, house.person, "@arxiv_digest_bot https://arxiv.org/abs/2608.00001")
    await card_in(house, group)
    (card,) = house.telegram.from_bot(group)
    assert card.reply_to is asked
    house.telegram.say(group, house.person, "and 2608.00002?", reply_to=card)
    await card_in(house, group, 2)
    assert "answered here from now on" in await house.say("/links on", chat=group)
    house.telegram.say(group, house.person, "https://arxiv.org/abs/2608.00001")
    await house.telegram.wait_for_messages(group, 4)


async def test_a_mention_under_someone_elses_link_is_answered(house: House) -> None:
    group = house.telegram.add_group("Readers", creator=house.person)
    other = house.telegram.add_user("Bob")
    house.telegram.join(group, other)
    link = house.telegram.say(group, other, "https://arxiv.org/abs/2608.00001")
    house.telegram.say(group, house.person, "@arxiv_digest_bot please", reply_to=link)
    await card_in(house, group)


async def test_a_missing_paper_and_a_silent_arxiv_are_told_apart(house: House) -> None:
    assert "no paper 2608.09999" in await house.say("https://arxiv.org/abs/2608.09999")
    house.arxiv.misbehave(Trouble.SERVER_ERROR, times=9)
    assert "does not answer" in await house.say("https://arxiv.org/abs/2608.08888")


async def test_a_dead_translator_leaves_a_marked_english_card(house: House) -> None:
    house.break_translator()
    house.telegram.say(house.private, house.person, "2608.00001")
    await house.telegram.wait_for(
        lambda: any("not translated" in message.text for message in house.telegram.from_bot(house.private))
    )
    text = house.telegram.from_bot(house.private)[-1].text
    assert "Counting animals on wide meadows" in text
    assert "not translated" in text.lower()


async def test_a_deep_link_opens_a_card(house: House) -> None:
    house.telegram.say(house.private, house.person, "/start p_2608-00001")
    await card_in(house, house.private)


@pytest.mark.parametrize("text", ["hello", "x" * 4000, "https://arxiv.org/abs/99010", "<b>&"])
async def test_a_message_without_a_paper_is_answered_with_the_right_form(house: House, text: str) -> None:
    assert "https://arxiv.org/abs/2402.15351" in await house.say(text)


async def test_a_stop_does_not_wait_for_a_translator_that_hangs_and_leaves_a_whole_card(tmp_path: Path) -> None:
    async with asyncio.timeout(PATIENCE), open_house(tmp_path) as house:
        house.arxiv.add_paper(paper(1))
        house.translator.troubles["libretranslate"] = TranslatorTrouble.HANG
        async with house.running():
            assert "Translating" in await house.say("2608.00001")
        (card,) = house.telegram.from_bot(house.private)
        assert "Translating" not in card.text
        assert "[not translated]" in card.text


async def test_a_stop_does_not_wait_for_an_arxiv_that_hangs_and_says_so(tmp_path: Path) -> None:
    async with asyncio.timeout(PATIENCE), open_house(tmp_path) as house:
        house.arxiv.misbehave(Trouble.HANG)
        async with house.running():
            house.telegram.say(house.private, house.person, "2608.00001")
            await house.arxiv.asked(1)
        (answer,) = house.telegram.from_bot(house.private)
        assert "does not answer" in answer.text
