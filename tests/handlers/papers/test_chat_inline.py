"""Inline mode: what a person who types `@bot …` in any chat is offered, and what is sent when they choose."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.arxiv_server import Trouble as ArxivTrouble
from fakes.house import House, open_house, paper
from fakes.search_cases import papers_and_cases
from fakes.translator_server import Trouble
from sqlalchemy import text

from bot.simulator.chat_state import Message, User
from bot.simulator.faults import Fault, FaultKind
from bot.simulator.shapes import user_json
from bot.simulator.telegram import PATIENCE
from bot.simulator.world import InlineAsk
from storage import open_cards, papers, translations
from storage.gaps import FIRST_PAUSE, LONGEST_PAUSE
from storage.records import OpenCard

KNOWN, _ = papers_and_cases()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house, house.running():
        async with house.bot.services.db.begin() as session:
            await papers.save(session, [one for one, _ in KNOWN])
            await papers.save(session, [paper(number) for number in range(1, 24)])
            for _, translation in KNOWN:
                await translations.save(session, translation)
        yield house


async def typed(house: House, query: str, *, user: User | None = None, offset: str = "") -> InlineAsk:
    ask = house.telegram.world.inline[house.telegram.inline(user or house.person, query, offset)]
    await house.telegram.wait_for(lambda: ask.results is not None)
    return ask


def titles(ask: InlineAsk) -> list[str]:
    return [result["title"] for result in ask.results or []]


async def test_words_find_cards_that_can_be_sent_to_any_chat(house: House) -> None:
    friend = house.telegram.add_user("Bob")
    group = house.telegram.add_group("Readers", creator=friend, members=[house.person], bot=False)
    ask = await typed(house, "diffusion medic")
    assert titles(ask) == ["用于医学图像分割的扩散模型"]
    assert ask.results is not None
    assert "Diffusion Models for Medical" in ask.results[0]["description"]
    assert ask.personal
    message = house.telegram.choose(group, ask.query_id, 0)
    assert "Authors: Kaiming He, Wei Zhang" in message.text
    assert "Diffusion Models for Medical Image Segmentation" in message.text
    arxiv_id = KNOWN[0][0].arxiv_id
    assert [button.url for button in message.all_buttons] == [
        f"https://arxiv.org/abs/{arxiv_id}",
        f"https://arxiv.org/pdf/{arxiv_id}",
        f"https://arxiv.org/html/{arxiv_id}",
        f"https://t.me/{house.telegram.bot.username}?start=p_{arxiv_id.replace('.', '-')}",
    ]
    assert not house.arxiv.requests
    assert not house.translator.asked


async def test_results_go_on_as_the_person_scrolls(house: House) -> None:
    pages = [await typed(house, "sheep cat:cs")]
    while pages[-1].next_offset:
        pages.append(await typed(house, "sheep cat:cs", offset=pages[-1].next_offset))
    assert [len(page.results or []) for page in pages] == [10, 10, 3]
    assert len({result["id"] for page in pages for result in page.results or []}) == 23


async def test_an_id_or_a_link_offers_its_card_and_asks_arxiv_where_need_be(house: House) -> None:
    house.arxiv.add_paper(paper(99, title="Sheep Seen from Space"))
    assert titles(await typed(house, "https://arxiv.org/abs/2608.00003")) == ["Learning to Count Sheep with 3 Cameras"]
    assert not house.arxiv.requests
    assert titles(await typed(house, "2608.00099")) == ["Sheep Seen from Space"]
    assert not house.translator.asked


async def test_an_arxiv_that_does_not_answer_or_has_no_such_paper_leaves_a_word_about_it(house: House) -> None:
    house.arxiv.misbehave(ArxivTrouble.UNAVAILABLE, times=9)
    ask = await typed(house, "2608.00099")
    assert (ask.results, ask.button) == ([], "No such paper, or arXiv does not answer")


async def test_nothing_typed_offers_what_is_new_in_ones_subscriptions_or_says_how(house: House) -> None:
    reader = house.telegram.add_user("Bob", language_code="zh-hans")
    ask = await typed(house, "", user=reader)
    assert (ask.results, ask.button) == ([], "输入关键词、编号或链接：扩散 cat:cs.CV")
    await house.say("/subscribe hep-th quant-ph")
    assert titles(await typed(house, "")) == ["光子晶体腔目录", "德西特空间的全息复杂度"]


async def test_everybody_reads_in_the_language_of_their_own(house: House) -> None:
    await house.say("/language en")
    assert titles(await typed(house, "薛定谔")) == ["Schrödinger Bridges Between Sheep and Goats"]
    reader = house.telegram.add_user("Bob", language_code="zh-hans")
    ask = await typed(house, "薛定谔", user=reader)
    assert "作者：" in (ask.results or [])[0]["input_message_content"]["message_text"]


async def test_what_finds_nothing_says_what_to_type(house: House) -> None:
    says = {"Type words, an id or a link: diffusion cat:cs.CV", "Nothing found. Fewer or other words?"}
    for query in ("cat:cs.CW", "since:tomorrow x", "zzzzzz", "x" * 256, '"*(', "<b>"):
        ask = await typed(house, query)
        assert ask.results == [], query
        assert ask.button in says, query


async def test_a_hostile_title_is_offered_as_it_is(house: House) -> None:
    async with house.bot.services.db.begin() as session:
        await papers.save(session, [replace(paper(500), title="Peculiar <b> & \u202e" + "long " * 200)])
    ask = await typed(house, "peculiar")
    assert titles(ask)[0].startswith("Peculiar <b> & long")
    house.telegram.choose(house.private, ask.query_id, 0)


async def sent_untranslated(house: House, number: int) -> Message:
    """A card that somebody sends to a group without the bot, of a paper that nobody asked for before."""
    house.telegram.world.inline_feedback = True
    group = house.telegram.add_group("Readers", creator=house.person, bot=False)
    ask = await typed(house, f"2608.{number:05}")
    message = house.telegram.choose(group, ask.query_id, 0)
    assert "[not translated]" in message.text
    await house.telegram.wait_for(lambda: house.translator.asked)
    return message


async def settled(house: House) -> None:
    """Wait until no card's translation is being made any more."""
    async with asyncio.timeout(PATIENCE):
        while await waiting(house):
            pass


async def waiting(house: House) -> list[OpenCard]:
    async with house.bot.services.db.read() as session:
        return await open_cards.waiting(session, house.clock.now + timedelta(days=1), 9)


async def test_a_paper_that_was_not_translated_is_when_its_card_is_sent_and_the_card_is_edited(house: House) -> None:
    message = await sent_untranslated(house, 3)
    buttons = message.buttons
    await house.telegram.wait_for(lambda: message.edited)
    assert "not translated" not in message.text
    assert "Learning to Count Sheep with 3 Cameras" in message.text
    assert message.buttons == buttons
    await settled(house)
    assert message.edited == 1


async def test_a_card_that_was_sent_while_no_translator_answers_is_edited_later(house: House) -> None:
    house.break_translator()
    message = await sent_untranslated(house, 3)
    await settled(house)
    assert "[not translated]" in message.text
    house.mend_translator()
    house.clock.now += FIRST_PAUSE + timedelta(seconds=1)
    assert await house.bot.retries.tick() == 1
    assert "not translated" not in message.text
    house.clock.now += LONGEST_PAUSE
    assert await house.bot.retries.tick() == 0


async def test_what_was_chosen_by_a_name_that_is_made_up_does_nothing(house: House) -> None:
    house.telegram.world.inline_feedback = True
    for number in ("", "x", "2608.00003v1:zh-CN", "2608.00003v1:xx:en", "2608.00003v1:zh-CN:../en", "a:b:c:d"):
        body = {"result_id": number, "from": user_json(house.person), "query": "", "inline_message_id": "AgAAAC9"}
        house.telegram.world.updates.put("chosen_inline_result", body)
    await house.telegram.quiet()
    assert "What I understand" in await house.say("/help")
    assert not house.translator.asked


async def test_what_goes_wrong_lets_nobody_wait_and_the_next_one_is_answered(house: House) -> None:
    async with house.bot.services.db.begin() as session:
        await session.execute(text("ALTER TABLE papers RENAME TO elsewhere"))
    assert (await typed(house, "counting sheep")).results == []
    async with house.bot.services.db.begin() as session:
        await session.execute(text("ALTER TABLE elsewhere RENAME TO papers"))
    assert (await typed(house, "counting sheep")).results


async def test_whoever_typed_on_stops_nobody(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "bot")
    house.telegram.faults.add(Fault(FaultKind.BAD_REQUEST, method="answerInlineQuery", text="query is too old"))
    house.telegram.inline(house.person, "counting sheep")
    await house.telegram.wait_for(lambda: house.telegram.faults.struck)
    assert (await typed(house, "counting sheep")).results
    assert [message.split()[0] for message in caplog.messages if "inline" in message] == ["inline_not_answered"]


async def test_who_sent_a_card_types_on_while_it_is_translated(house: House) -> None:
    house.translator.troubles["libretranslate"] = Trouble.HANG
    await sent_untranslated(house, 3)
    assert titles(await typed(house, "2608.00004")) == ["Learning to Count Sheep with 4 Cameras"]
