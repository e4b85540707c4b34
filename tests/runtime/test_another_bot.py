"""The bot itself is lost, as Telegram once deleted a large one: with a new token on the old database it goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes.house import FRIDAY, MONDAY, House, announcement, open_house, paper
from pydantic import SecretStr

from bot.app import Running
from bot.simulator.chat_state import Chat
from bot.simulator.params import Params
from bot.simulator.telegram import SimulatedTelegram
from storage import stats
from storage.models import destinations, open_answers, open_cards
from storage.records import DeliveryState

NEW_TOKEN = "220202543:" + "another-token-made-up-for-the-tests"


def digests(telegram: SimulatedTelegram, chat: Chat) -> list[str]:
    return [message.text for message in telegram.from_bot(chat) if message.text.startswith("arXiv cs.CV")]


def heard(house: House, text: str) -> bool:
    return any(text in message.text for message in house.telegram.from_bot(house.private))


async def lost_bot(house: House) -> None:
    """A private reader and a group get Friday's digest of the old bot, which is gone after that."""
    group = house.telegram.add_group("Lab", creator=house.person)
    async with house.running():
        await house.say("/subscribe cs.CV")
        await house.say("/subscribe cs.CV", chat=group)
        house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        assert len(digests(house.telegram, house.private)) == len(digests(house.telegram, group)) == 1


@pytest.mark.parametrize("link", ["/start", "/start p_2608-00001"])
async def test_with_a_new_token_readers_come_back_by_one_tap_and_groups_when_it_is_added_again(
    tmp_path: Path, link: str
) -> None:
    async with open_house(tmp_path) as house:
        await lost_bot(house)
        async with SimulatedTelegram(
            token=NEW_TOKEN, username="arxiv_again_bot", now=lambda: house.clock().timestamp()
        ) as telegram:
            # The same people and the same group, which the new bot has never met.
            person = telegram.add_user("Lin", username="lin", language_code="en")
            group = telegram.add_group("Lab", creator=person, bot=False)
            house.settings = house.settings.model_copy(
                update={"telegram_token": SecretStr(NEW_TOKEN), "telegram_api_url": telegram.url}
            )
            house.telegram = telegram
            house.arxiv.announce("cs.CV", announcement(2, first=50), MONDAY)
            house.clock.to_announcement(MONDAY)
            async with house.running():
                await house.tick()
                private = telegram.private_chat(person)
                assert digests(telegram, private) == digests(telegram, group) == []
                telegram.say(private, person, link)
                await telegram.wait_for(lambda: len(digests(telegram, private)) == 1)
                telegram.add_bot(group, person)
                await telegram.wait_for(lambda: len(digests(telegram, group)) == 1)
                assert "2 new" in digests(telegram, group)[0]
                await house.tick()
                assert len(digests(telegram, private)) == len(digests(telegram, group)) == 1


@asynccontextmanager
async def new_bot(house: House) -> AsyncIterator[Chat]:
    """Another bot on the same database, in the same chats as soon as it is added there; its group."""
    async with SimulatedTelegram(
        token=NEW_TOKEN, username="arxiv_again_bot", now=lambda: house.clock().timestamp()
    ) as telegram:
        house.person = telegram.add_user("Lin", username="lin", language_code="en")
        group = telegram.add_group("Lab", creator=house.person, bot=False, supergroup=False)
        house.settings = house.settings.model_copy(
            update={"telegram_token": SecretStr(NEW_TOKEN), "telegram_api_url": telegram.url}
        )
        house.telegram, house.private = telegram, telegram.private_chat(house.person)
        yield group


async def test_where_each_bot_numbers_messages_for_itself_the_old_ones_are_neither_corrected_nor_unpinned(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path) as house:
        old_group = house.telegram.add_group("Lab", creator=house.person, supergroup=False)
        async with house.running() as bot:
            for chat in (house.private, old_group):
                await house.say("/subscribe cs.CV", chat=chat)
            async with bot.core.db.begin() as session:
                await session.execute(sa.update(destinations).values(pin=True, attach_file=False))
            house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
            house.clock.to_announcement(FRIDAY)
            await house.tick()
            await house.telegram.wait_for(lambda: house.private.pinned and old_group.pinned)
            house.break_translator()
            house.arxiv.announce("cs.LG", announcement(2, first=80), FRIDAY)
            house.arxiv.add_paper(paper(90))
            for chat in (house.private, old_group):
                await house.say("/digest cs.LG", chat=chat)
                await house.say(f"@{house.telegram.bot.username} 2608.00090", chat=chat)
            async with bot.core.db.read() as session:
                for table in (open_cards, open_answers):
                    assert await session.scalar(sa.select(sa.func.count()).select_from(table))
            house.mend_translator()
        async with new_bot(house) as group:
            called: list[tuple[str, int, int]] = []

            def record(method: str, params: Params, _sequence: int) -> None:
                if method.lower().startswith(("edit", "delete", "unpin")):
                    called.append((method, params.integer("chat_id"), params.integer("message_id")))

            house.arxiv.announce("cs.CV", announcement(2, first=50), MONDAY)
            house.clock.to_announcement(MONDAY)
            async with house.running() as bot:
                async with bot.core.db.read() as session:
                    before = await stats.totals(session)
                    for table in (open_cards, open_answers):
                        assert not await session.scalar(sa.select(sa.func.count()).select_from(table))
                house.telegram.faults.plan = record
                await house.say("/start")
                await house.telegram.wait_for(lambda: heard(house, "I can no longer post in Lab"))
                house.telegram.add_bot(group, house.person)
                await house.say("/glossary add zh: Sheep = 绵羊")
                await house.say("/regenerate cs.CV 2026-08-21 translate")
                await house.telegram.wait_for(lambda: heard(house, "built anew"))
                await house.tick()
                await house.telegram.wait_for(lambda: house.private.pinned and group.pinned)
                house.clock.now += timedelta(days=1)
                await bot.retries.tick()
                await house.settle()
                assert digests(house.telegram, house.private)
                assert digests(house.telegram, group)
                # The command's own answer says "built anew" in place of "one moment".
                report = next(
                    message for message in house.telegram.from_bot(house.private) if "built anew" in message.text
                )
                assert called == [("editMessageText", house.private.id, report.message_id)]
                async with bot.core.db.read() as session:
                    after = await stats.totals(session)
                assert after.deliveries[DeliveryState.SENT] > before.deliveries[DeliveryState.SENT]


async def test_an_administrator_whom_the_new_bot_cannot_write_to_hears_of_it_once_they_start_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_house(tmp_path) as house:
        async with house.running():
            await house.say("/help")
        async with new_bot(house):
            house.person.started = False
            async with house.running():
                assert any(message.startswith("another_bot ") for message in caplog.messages)
                await house.telegram.wait_for(
                    lambda: any("administrator_not_told" in message for message in caplog.messages)
                )
                house.telegram.say(house.private, house.person, "/start")
                said = [message.text for message in await house.telegram.wait_for_messages(house.private, 2)]
                assert "another bot" in said[0]
                assert "another bot" not in said[1]
                assert "another bot" not in await house.say("/start")


async def test_an_administrator_whom_the_new_bot_may_write_to_hears_of_it_at_once(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        async with house.running():
            await house.say("/help")
        async with new_bot(house):
            async with house.running():
                (said,) = await house.telegram.wait_for_messages(house.private, 1)
                assert "另一个机器人" in said.text
                await house.say("/help")
            async with house.running():
                assert "another bot" not in await house.say("/start")
                assert "another bot" not in await house.say("/help")


async def test_of_a_basic_group_the_new_bot_knows_no_message_until_it_sees_one(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        old_group = house.telegram.add_group("Lab", creator=house.person, supergroup=False)
        async with house.running() as bot:
            await house.say("/subscribe cs.CV", chat=old_group)
            await house.say("/help", chat=old_group)
            assert await _seen(bot, old_group)
        async with new_bot(house), house.running() as bot:
            assert await _seen(bot, old_group) is None


async def _seen(bot: Running, chat: Chat) -> int | None:
    async with bot.core.db.read() as session:
        return await session.scalar(sa.select(destinations.c.seen_message).where(destinations.c.chat_id == chat.id))
