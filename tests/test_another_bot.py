"""The bot itself is lost, as Telegram once deleted a large one: with a new token on the old database it goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.house import FRIDAY, MONDAY, House, announcement, open_house
from pydantic import SecretStr

from bot.simulator.state import Chat
from bot.simulator.telegram import SimulatedTelegram

NEW_TOKEN = "220202543:" + "another-token-made-up-for-the-tests"


def digests(telegram: SimulatedTelegram, chat: Chat) -> list[str]:
    return [message.text for message in telegram.from_bot(chat) if message.text.startswith("arXiv cs.CV")]


async def lost_bot(house: House) -> None:
    """A private reader and a group get Friday's digest of the old bot, which is gone after that."""
    group = house.telegram.add_group("Lab", creator=house.person)
    async with house.at_work():
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
            async with house.at_work():
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
