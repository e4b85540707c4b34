"""What becomes of a part that Telegram refuses in the layout it has; quiet digests and pinned ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fakes.benchmark import NOW
from fakes.delivering import Delivering, at, delivering, until
from fakes.delivering_scene import plan_digest
from fakes.stored import open_database

from bot.simulator.faults import Fault, FaultKind
from bot.simulator.telegram import SimulatedTelegram
from storage import subscriptions
from storage.database import Database
from storage.records import ChatKind, DeliveryState, Destination, Layout, Part, PartKind

RICH = Part(
    1,
    PartKind.RICH,
    {"text": "<b>Plain</b> and old", "rich": {"html": "<p>Rich and <b>new</b></p>"}, "buttons": []},
    "rich",
)
SECOND = Part(2, PartKind.MESSAGE, {"text": "<b>Second</b>", "buttons": []}, "second")


@pytest.fixture
async def telegram() -> AsyncIterator[SimulatedTelegram]:
    async with SimulatedTelegram() as telegram:
        yield telegram


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as opened:
        yield opened


async def channel(telegram: SimulatedTelegram, db: Database, **wishes: Any) -> Destination:
    chat = telegram.add_channel("Daily", creator=telegram.add_user("Lin"))
    telegram.promote(chat, telegram.bot, can_edit_messages=True)
    place = Destination(chat.id, ChatKind.CHANNEL, "en", "en", "UTC", **wishes)
    async with db.begin() as session:
        return await subscriptions.save(session, place)


async def deliver(telegram: SimulatedTelegram, db: Database, digest_id: int, parts: int) -> Delivering:
    async with delivering(db, f"{telegram.url}/bot{telegram.token}", at(NOW)) as ready:
        async with ready.running():
            await until(db, digest_id, {DeliveryState.SENT: parts}, seconds=60)
        return ready


def shown(telegram: SimulatedTelegram, place: Destination) -> list[tuple[str, bool]]:
    """Text and whether it is rich, of every message of the bot there."""
    return [
        (message.text.strip(), bool(message.rich)) for message in telegram.from_bot(telegram.world.chats[place.chat_id])
    ]


async def test_a_rich_part_goes_out_rich_where_the_chat_wants_it(telegram: SimulatedTelegram, db: Database) -> None:
    place = await channel(telegram, db, layout=Layout.RICH)
    await deliver(telegram, db, await plan_digest(db, "a", [RICH, SECOND], [place.id]), 2)
    assert [rich for _, rich in shown(telegram, place)] == [True, False]


async def test_a_rich_part_that_is_refused_goes_out_once_in_the_classic_layout_which_is_remembered(
    telegram: SimulatedTelegram, db: Database
) -> None:
    place = await channel(telegram, db, layout=Layout.RICH)
    refusal = "RICH_MESSAGE_EMAIL_INVALID"
    telegram.faults.add(Fault(FaultKind.BAD_REQUEST, method="sendRichMessage", text=refusal))
    await deliver(telegram, db, await plan_digest(db, "a", [RICH, SECOND], [place.id]), 2)
    assert shown(telegram, place) == [("Plain and old", False), ("Second", False)]
    async with db.read() as session:
        known = await subscriptions.by_id(session, place.id)
    assert known is not None
    assert known.layout is Layout.CLASSIC
    await deliver(telegram, db, await plan_digest(db, "ab", [RICH], [place.id]), 1)
    assert sum(count for name, count in telegram.world.counts.items() if name.lower() == "sendrichmessage") == 1


async def test_markup_that_is_refused_goes_out_as_plain_text_and_the_rest_as_it_is(
    telegram: SimulatedTelegram, db: Database
) -> None:
    place = await channel(telegram, db)
    first = Part(1, PartKind.MESSAGE, {"text": "<b>Not closed", "buttons": []}, "broken")
    await deliver(telegram, db, await plan_digest(db, "a", [first, SECOND], [place.id]), 2)
    messages = telegram.from_bot(telegram.world.chats[place.chat_id])
    assert [(message.text, bool(message.entities)) for message in messages] == [("Not closed", False), ("Second", True)]


async def test_quiet_digests_make_no_sound(telegram: SimulatedTelegram, db: Database) -> None:
    places = [await channel(telegram, db, quiet=quiet) for quiet in (True, False)]
    await deliver(telegram, db, await plan_digest(db, "a", [SECOND], [place.id for place in places]), 2)
    assert [telegram.from_bot(telegram.world.chats[place.chat_id])[0].silent for place in places] == [True, False]


async def test_the_newest_digest_is_pinned_by_its_first_part_and_the_one_before_no_longer(
    telegram: SimulatedTelegram, db: Database
) -> None:
    place = await channel(telegram, db, pin=True)
    chat = telegram.world.chats[place.chat_id]
    for name in ("a", "ab"):
        await deliver(telegram, db, await plan_digest(db, name, [RICH, SECOND], [place.id]), 2)
        first, _ = telegram.from_bot(chat)[-2:]
        assert chat.pinned == [first.message_id]


async def test_a_chat_that_forbids_to_unpin_keeps_no_other_from_its_pin(
    telegram: SimulatedTelegram, db: Database
) -> None:
    places = [await channel(telegram, db, pin=True) for _ in range(3)]
    chats = [telegram.world.chats[place.chat_id] for place in places]
    await deliver(telegram, db, await plan_digest(db, "a", [SECOND], [place.id for place in places]), 3)
    fault = Fault(FaultKind.FORBIDDEN, method="unpinChatMessage", chat_id=chats[0].id, text="no rights", times=None)
    telegram.faults.add(fault)
    await deliver(telegram, db, await plan_digest(db, "ab", [SECOND], [place.id for place in places]), 3)
    await telegram.wait_for(lambda: all(telegram.from_bot(chat)[-1].message_id in chat.pinned for chat in chats))


async def test_a_chat_where_the_bot_may_not_pin_gets_its_digest_all_the_same(
    telegram: SimulatedTelegram, db: Database
) -> None:
    place = await channel(telegram, db, pin=True)
    chat = telegram.world.chats[place.chat_id]
    telegram.promote(chat, telegram.bot, can_edit_messages=False)
    digest_id = await plan_digest(db, "a", [RICH, SECOND], [place.id])
    await asyncio.gather(deliver(telegram, db, digest_id, 2))
    assert len(shown(telegram, place)) == 2
    assert chat.pinned == []


async def test_a_digest_that_could_not_be_pinned_for_now_is_pinned_after_the_next_start(
    telegram: SimulatedTelegram, db: Database
) -> None:
    place = await channel(telegram, db, pin=True)
    chat = telegram.world.chats[place.chat_id]
    telegram.faults.add(Fault(FaultKind.SERVER_ERROR, method="pinChatMessage", times=None))
    digest_id = await plan_digest(db, "a", [RICH, SECOND], [place.id])
    await deliver(telegram, db, digest_id, 2)
    await telegram.wait_for(lambda: telegram.faults.struck)
    assert chat.pinned == []
    telegram.faults.clear()
    await deliver(telegram, db, digest_id, 2)
    first, _ = telegram.from_bot(chat)
    await telegram.wait_for(lambda: chat.pinned == [first.message_id])


async def test_a_chat_that_forbids_to_pin_is_asked_once_and_is_not_lost(
    telegram: SimulatedTelegram, db: Database
) -> None:
    place = await channel(telegram, db, pin=True)
    telegram.faults.add(Fault(FaultKind.FORBIDDEN, method="pinChatMessage", times=None, text="no rights to pin"))
    digest_id = await plan_digest(db, "a", [RICH, SECOND], [place.id])
    await deliver(telegram, db, digest_id, 2)
    await deliver(telegram, db, digest_id, 2)
    assert len(telegram.faults.struck) == 1
    async with db.read() as session:
        stored = await subscriptions.destination(session, place.chat_id)
    assert stored is not None
    assert stored.paused is None
