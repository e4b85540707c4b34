"""The buttons of a card and /bibtex, as people use them: in private and in groups, in both languages, much later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.house import House, open_house, paper
from fakes.spoken import spoken

from bot.simulator.chat_state import Message

SUBMITTED = datetime(2026, 8, 19, 12, tzinfo=UTC)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        house.arxiv.add_paper(paper(1, comment="12 pages", doi="10.1000/sheep", submitted_at=SUBMITTED))
        house.arxiv.add_paper(paper(2))
        async with house.running():
            yield house


def buttons(message: Message) -> list[str]:
    return [button.text for button in message.all_buttons]


async def card(house: House, text: str = "2608.00001") -> Message:
    await house.say(text)
    return house.last()


async def test_bibtex_takes_the_cards_place_and_gives_it_back(house: House) -> None:
    message = await card(house)
    before = message.text
    assert "DOI: 10.1000/sheep" in before
    await house.press_to_edit(message, "BibTeX")
    assert "@misc{example2026learning,\n" in message.text
    assert buttons(message) == ["◀ Back"]
    await house.press_to_edit(message, "◀ Back")
    assert message.text == before
    assert len(house.telegram.from_bot(house.private)) == 1


async def test_a_card_changes_to_english_and_back(house: House) -> None:
    message = await card(house)
    before = message.text
    await house.press_to_edit(message, "English")
    assert "Authors: " in message.text
    assert not any("一" <= char <= "鿿" for char in message.text)
    await house.press_to_edit(message, "简体中文")
    assert message.text == before


async def test_in_an_english_chat_a_card_can_be_had_in_the_language_of_the_bot(house: House) -> None:
    await house.say("/language en")
    message = await card(house)
    await house.press_to_edit(message, "简体中文")
    assert "作者：" in message.text


async def test_a_groups_card_is_changed_by_who_asked_and_administrators_also_after_a_restart(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.arxiv.add_paper(paper(1))
        asker = house.telegram.add_user("Bob", language_code="zh-hans")
        group = house.telegram.add_group("Readers", creator=house.person, members=[asker])
        async with house.running():
            await house.say("/settings interface zh", chat=group)
            await house.say(f"@{house.telegram.bot.username} 2608.00001", chat=group, user=asker)
        message = house.last(group)
        count = len(house.telegram.from_bot(group))
        async with house.running():
            await house.press_to_edit(message, "BibTeX", user=asker)
            assert "@misc{" in message.text
            await house.press_to_edit(message, "◀ 返回")
            await house.press_to_edit(message, "English")
            assert "Authors: " in message.text
        assert len(house.telegram.from_bot(group)) == count


async def test_for_others_in_the_group_the_press_opens_their_private_chat(house: House) -> None:
    telegram = house.telegram
    reader = telegram.add_user("Eve", language_code="zh-hans")
    asker = telegram.add_user("Bob")
    group = telegram.add_group("Readers", creator=house.person, members=[asker, reader])
    await house.say(f"@{telegram.bot.username} 2608.00001", chat=group, user=asker)
    message = house.last(group)
    before = message.text
    told: dict[str, str] = {}
    for button in ("English", "BibTeX", "More like this"):
        assert await house.press(message, button, user=reader) == ""
        payload = telegram.opened().removeprefix(f"https://t.me/{telegram.bot.username}?start=")
        told[payload] = await house.say(f"/start {payload}", chat=telegram.private_chat(reader), user=reader)
    assert list(told) == ["card_en_2608-00001", "bib_zh-CN_2608-00001", "like_zh-CN_2608-00001"]
    card, bib, like = told.values()
    assert "Authors: " in card
    assert "@misc{" in bib
    assert spoken("zh", "nothing-alike").search(like)
    assert spoken("zh", "button-outdated").search(await house.press_with(message, "card:nonsense:en", user=reader))
    assert message.text == before
    assert len(telegram.from_bot(group)) == 1


async def test_readers_of_a_channel_save_its_cards_and_open_them_in_private_but_change_nothing(house: House) -> None:
    reader = house.telegram.add_user("Bob", language_code="zh-hans")
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    house.telegram.post(channel, "https://arxiv.org/abs/2608.00001")
    await house.telegram.wait_for_messages(channel, 1)
    (message,) = house.telegram.from_bot(channel)
    assert buttons(message) == ["arXiv", "PDF", "HTML", "☆ 收藏", "在机器人中打开"]
    assert message.button("在机器人中打开").url == f"https://t.me/{house.telegram.bot.username}?start=p_2608-00001"
    before = message.text
    for data in ("bib:2608.00001:en", "card:2608.00001:en", "like:2608.00001:en", "open:2608.00001:en"):
        assert "私聊" in await house.press_with(message, data, user=reader)
    assert "已收藏" in await house.press(message, "☆ 收藏", user=reader)
    assert message.text == before
    assert len(house.telegram.from_bot(channel)) == 1


async def test_an_earlier_version_is_marked_once_a_later_one_is_known_and_leads_to_it(house: House) -> None:
    second = replace(paper(2), version=2, title="Counting Sheep Faster", comment="This paper has been withdrawn.")
    house.arxiv.add_paper(second)
    await house.say("2608.00002")
    message = await card(house, "https://arxiv.org/abs/2608.00002v1")
    assert message.text.startswith("There is a newer version: v2\n")
    assert message.all_buttons[0].url == "https://arxiv.org/abs/2608.00002v1"
    await house.press_to_edit(message, "v2")
    assert message.text.startswith("[withdrawn]\n")
    assert "Counting Sheep Faster" in message.text


async def test_made_up_data_changes_nothing(house: House) -> None:
    message = await card(house)
    before = message.text
    for data in ("card", "card:", "card:nonsense:en", "card:2608.00001:xx", "bib:0000.0000:en"):
        assert "no longer works" in await house.press_with(message, data), data
        assert message.text == before, data


async def test_a_button_of_a_paper_that_is_nowhere_says_so(house: House) -> None:
    message = await card(house)
    assert "arXiv has no paper 2608.09999" in await house.press_with(message, "card:2608.09999:en")


async def test_bibtex_of_several_papers_comes_in_one_message(house: House) -> None:
    text = await house.say("/bibtex 2608.00001 arxiv.org/abs/2608.00002")
    assert text.count("@misc{") == 2
    assert [entity.type for entity in house.last().entities] == ["pre"]


async def test_bibtex_of_many_papers_comes_as_a_file(house: House) -> None:
    for number in range(10, 30):
        house.arxiv.add_paper(paper(number))
    await house.say("/bibtex " + " ".join(f"2608.{number:05}" for number in range(10, 30)))
    document = house.last().document
    assert document is not None
    assert document.name == "arxiv.bib"
    assert document.content.decode().count("@misc{") == 20


async def test_bibtex_names_what_is_wrong(house: House) -> None:
    assert "/bibtex 2402.15351" in await house.say("/bibtex")
    assert "arXiv has no paper 2608.09999" in await house.say("/bibtex 2608.09999")


async def test_bibtex_as_a_reply_is_that_of_the_papers_in_the_message(house: House) -> None:
    asked = house.telegram.say(house.private, house.person, "2608.00001")
    await house.telegram.wait_for_messages(house.private, 1)
    assert "eprint = {2608.00001}" in await house.say("/bibtex", reply_to=asked)
