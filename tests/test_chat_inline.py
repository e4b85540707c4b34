"""Inline mode: what a person who types `@bot …` in any chat is offered, and what is sent when they choose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.arxiv_server import Trouble
from fakes.house import House, open_house, paper
from fakes.search_cases import papers_and_cases

from bot.simulator.state import User
from bot.simulator.world import InlineAsk
from storage import papers, translations

KNOWN, _ = papers_and_cases()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house, house.at_work():
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
    house.arxiv.misbehave(Trouble.UNAVAILABLE, times=9)
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
