"""What administrators see of translating and change about it: /glossary, /stats, /regenerate … back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.house import FRIDAY, House, announcement, open_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, translate_prices="libretranslate=20") as opened:
        yield opened


async def posted(house: House) -> None:
    await house.say("/subscribe cs.CV")
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    house.clock.to_announcement(FRIDAY)
    await house.tick()


def digest(house: House) -> str:
    return next(message.text for message in house.telegram.from_bot(house.private) if "1. " in message.text)


async def regenerated(house: House, how: str) -> str:
    await house.say(f"/regenerate cs.CV 2026-08-21 {how}")
    await house.telegram.wait_for(lambda: "built anew" in house.telegram.from_bot(house.private)[-1].text)
    return house.telegram.from_bot(house.private)[-1].text


async def test_a_term_is_added_used_listed_and_removed_and_its_texts_can_be_taken_back(house: House) -> None:
    async with house.running():
        await posted(house)
        before = digest(house)
        assert "绵羊" not in before
        assert "/glossary add" in await house.say("/glossary")
        assert "zh-CN: Sheep = 绵羊" in await house.say("/glossary add zh: Sheep = 绵羊")
        assert "One term was added" in await house.say("/glossary")
        await regenerated(house, "translate")
        after = digest(house)
        assert "绵羊" in after
        assert "earlier texts of 2 papers are back" in await regenerated(house, "back")
        assert digest(house) == before
        assert "no longer a term" in await house.say("/glossary remove sheep")
        assert "was not among" in await house.say("/glossary remove sheep")


async def test_what_is_no_term_is_answered_with_the_right_form(house: House) -> None:
    async with house.running():
        for text in ("add", "add 绵羊", "add tlh: sheep = 羊", "remove", "sheep"):
            assert "/glossary " in await house.say(f"/glossary {text}"), text


async def test_stats_tell_what_translating_took(house: House) -> None:
    async with house.running():
        await posted(house)
        figures = await house.say("/stats")
        sent = sum(map(len, house.translator.texts("libretranslate")))
        requests = house.translator.requests["libretranslate"]
        assert f"today: {requests} requests, {sent:,} characters, 0 tokens, money {sent * 20 / 1e6:.2f}" in figures
        assert f"cs.CV, Aug 21, 2026: {requests} requests" in figures
        house.break_translator()
        await house.say("https://arxiv.org/abs/2608.00001")
        await house.say("/language ja")
        await house.say("https://arxiv.org/abs/2608.00001")
        assert "not translated in full" in await house.say("/stats")


async def test_only_administrators_have_a_glossary(house: House) -> None:
    other = house.telegram.add_user("Bob")
    async with house.running():
        answer = await house.say("/glossary", chat=house.telegram.private_chat(other), user=other)
        assert "people who run this bot" in answer
