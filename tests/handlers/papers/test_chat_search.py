"""/search and “more like this”, as people use them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.house import House, open_house, paper
from fakes.search_cases import papers_and_cases

from bot.simulator.chat_state import Message
from storage import papers, translations

KNOWN, _ = papers_and_cases()
SHEEP = 12


async def stored(house: House) -> None:
    async with house.bot.services.db.begin() as session:
        await papers.save(session, [one for one, _ in KNOWN])
        await papers.save(session, [paper(number) for number in range(1, SHEEP + 1)])
        for _, translation in KNOWN:
            await translations.save(session, translation)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house, house.running():
        await stored(house)
        yield house


def buttons(message: Message) -> list[str]:
    return [button.text for button in message.all_buttons]


async def test_papers_are_found_in_both_languages_and_open_as_cards_below(house: House) -> None:
    text = await house.say("/search 扩散模型 cat:cs.CV")
    assert text.startswith(
        "🔎 扩散模型 cat:cs.CV · 1 paper\n\n1. 用于医学图像分割的扩散模型\nDiffusion Models for Medical"
    )
    assert "Kaiming He, Wei Zhang · cs.CV · Jun 1, 2025" in text
    found = house.last()
    await house.press(found, "1")
    await house.telegram.wait_for_messages(house.private, 2)
    assert "Kaiming He" in house.last().text
    assert "1. " in found.text
    assert not house.arxiv.requests


async def test_pages_turn_in_place_to_the_end_and_back(house: House) -> None:
    await house.say("/search sheep cat:cs")
    message = house.last()
    assert buttons(message) == ["1", "2", "3", "4", "5", "1/3", "▶"]
    await house.press_to_edit(message, "▶")
    await house.press_to_edit(message, "▶")
    assert buttons(message) == ["11", "12", "◀", "3/3"]
    assert "12. " in message.text
    await house.press(message, "3/3")
    await house.press_to_edit(message, "◀")
    assert "6. " in message.text
    assert len(house.telegram.from_bot(house.private)) == 1


async def test_in_a_group_a_search_is_one_message_and_cards_open_in_private(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        reader = house.telegram.add_user("Bob")
        group = house.telegram.add_group("Readers", creator=house.person, members=[reader])
        async with house.running():
            await stored(house)
            await house.say("/settings interface zh", chat=group)
            assert "共 12 篇" in await house.say("/search sheep cat:cs", chat=group)
        message = house.last(group)
        assert message.reply_to is not None
        async with house.running():
            await house.press_to_edit(message, "▶", user=reader)
            assert "6. " in message.text
        link = message.button("6").url
        assert link == f"https://t.me/{house.telegram.bot.username}?start=p_2608-00007"
        assert len(house.telegram.from_bot(group)) == 2


async def test_in_a_topic_a_search_is_answered_there(house: House) -> None:
    forum = house.telegram.add_group("Readers", creator=house.person, forum=True)
    topic = house.telegram.add_topic(forum, "Vision")
    await house.say("/search sheep", chat=forum, thread_id=topic)
    message = house.last(forum)
    assert message.thread_id == topic
    await house.press_to_edit(message, "▶")
    assert message.thread_id == topic
    assert len(house.telegram.from_bot(forum)) == 1


async def test_a_link_to_a_paper_opens_its_card_also_for_ids_of_the_old_style(house: House) -> None:
    old = paper(1, arxiv_id="hep-th/9901001", title="Strings and Sheep")
    async with house.bot.services.db.begin() as session:
        await papers.save(session, [old])
    assert "Strings and Sheep" in await house.say("/start p_hep-th_9901001")
    assert "with 7 Cameras" in await house.say("/start p_2608-00007")


async def test_an_id_among_the_words_is_answered_with_its_card(house: House) -> None:
    await house.say("/search 2608.00003")
    assert "BibTeX" in buttons(house.last())


IMPOSSIBLE = (
    ("/search", "/search diffusion cat:cs.CV"),
    ("/search the", "/search diffusion cat:cs.CV"),
    ("/search unheard-of-word <b>", "Nothing of “unheard-of-word <b>”"),
    ("/search sheep cat:cs.CW", "cs.CV"),
    ("/search sheep cat:qqqqqqqqqq", "/search diffusion"),
    ("/search sheep since:tomorrow", "“tomorrow” is no date"),
)


async def test_a_search_that_cannot_be_is_told_what_is_wrong(house: House) -> None:
    assert [said for said, told in IMPOSSIBLE if told not in await house.say(said)] == []


async def test_made_up_data_changes_nothing(house: House) -> None:
    await house.say("/search sheep")
    before = house.last().text
    for data in ("find", "find:x", "find:-1", "find:99999", "open:x:en", "like:2608.00001:klingon"):
        assert "no longer works" in await house.press_with(house.last(), data), data
        assert house.last().text == before


async def test_a_page_of_a_message_that_is_no_search_is_refused(house: House) -> None:
    await house.say("/privacy-or-anything-else")
    assert "no longer works" in await house.press_with(house.last(), "find:0")


async def test_papers_alike_take_the_cards_place_and_give_it_back(house: House) -> None:
    await house.say("2608.00003")
    message = house.last()
    before = message.text
    await house.press_to_edit(message, "More like this")
    assert "Like " in message.text
    assert "2608.00003" not in [button.data.split(":")[1] for button in message.all_buttons if "open:" in button.data]
    await house.press_to_edit(message, "◀ Back")
    assert message.text == before


async def test_a_paper_unlike_any_other_says_so_above_the_chat(house: House) -> None:
    await house.say(KNOWN[4][0].arxiv_id)
    assert "nothing like it" in await house.noticed(house.last(), "More like this")
