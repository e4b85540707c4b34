"""The bot's own cards come back to it, sent by way of inline mode or forwarded: it answers none of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.house import House, open_house, paper

from bot.simulator.chat_state import Chat, Message
from storage import papers


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house, house.running():
        async with house.bot.services.db.begin() as session:
            await papers.save(session, [paper(1)])
        yield house


async def group_with_links(house: House) -> Chat:
    group = house.telegram.add_group("Readers", creator=house.person)
    await house.say("/links on", chat=group)
    assert "with 1 Cameras" in await house.say("https://arxiv.org/abs/2608.00001", chat=group)
    return group


async def sent_inline(house: House, chat: Chat) -> Message:
    ask = house.telegram.world.inline[house.telegram.inline(house.person, "2608.00001")]
    await house.telegram.wait_for(lambda: ask.results is not None)
    return house.telegram.choose(chat, ask.query_id, 0)


async def silent(house: House, chat: Chat, before: int) -> None:
    """An answer asked for afterwards proves that the bot had its chance."""
    await house.telegram.quiet()
    assert "/subscribe" in await house.say("/help", chat=chat)
    assert len(house.telegram.from_bot(chat)) == before + 1


@pytest.mark.parametrize("where", ["group", "private"])
async def test_a_card_sent_by_way_of_inline_mode_is_not_answered(house: House, where: str) -> None:
    chat = await group_with_links(house) if where == "group" else house.private
    before = len(house.telegram.from_bot(chat))
    card = await sent_inline(house, chat)
    assert "arxiv.org" in str(card.all_buttons)
    await silent(house, chat, before)


@pytest.mark.parametrize("where", ["group", "private"])
@pytest.mark.parametrize("inline", [True, False])
async def test_a_forwarded_card_of_its_own_is_not_answered(house: House, where: str, inline: bool) -> None:  # noqa: FBT001 - drawn
    chat = await group_with_links(house) if where == "group" else house.private
    if inline:
        friend = house.telegram.add_user("Bob")
        card = await sent_inline(house, house.telegram.add_group("Others", creator=friend, bot=False))
    else:
        await house.say("https://arxiv.org/abs/2608.00001")
        card = house.last()
    before = len(house.telegram.from_bot(chat))
    house.telegram.forward(card, chat, house.person)
    await silent(house, chat, before)


async def test_what_others_wrote_is_answered_when_it_is_forwarded(house: House) -> None:
    friend = house.telegram.add_user("Bob")
    elsewhere = house.telegram.add_group("Others", creator=friend, bot=False)
    message = house.telegram.say(elsewhere, friend, "https://arxiv.org/abs/2608.00001")
    before = len(house.telegram.from_bot(house.private))
    house.telegram.forward(message, house.private, house.person)
    await house.telegram.wait_for_messages(house.private, before + 1)
    assert "with 1 Cameras" in house.last().text


async def test_who_writes_as_a_channel_of_their_own_is_no_administrator_of_the_group(house: House) -> None:
    member = house.telegram.add_user("Bob")
    group = house.telegram.add_group("Readers", creator=house.person, members=[member])
    own = house.telegram.add_channel("Bob's", "bobs_channel", creator=member)
    # The app's language of who writes as a channel is not told.
    for said in ("/subscribe cs.CV", "/time asap", "/links on"):
        assert "管理员" in await house.say(said, chat=group, user=member, as_channel=own)
    assert "cs.CV" in await house.say("/subscribe cs.CV", chat=group, user=member, anonymous=True)
