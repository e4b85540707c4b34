"""What a tampered app asks about the places of others: it hears of them what it hears of places that do not exist."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes.house import House, open_house

from bot.handlers.buttons import BUTTONS
from bot.simulator.chat_state import Chat, Message, User
from storage.models import destinations, subscriptions

_SECRETS = (
    "Hushed",
    "hushed",
    "Whisper",
    "math.GT",
    "q-bio.NC",
    "Geometric Topology",
    "Neurons and Cognition",
    "Reykjav",
    "日本語",
    "06:17",
    "Lin",
)
"""Names, titles, categories and settings of the others."""

_OF_PLACES = {"set", "go", "topic"}
_TAILS = ("", ":fields", ":mine", ":quiet:on", ":sub:math.GT:off", ":main", ":new", ":rich:0")
_NOWHERE = (47, 48)
_FAR_AWAY = (0x7FFF_FFFF, 10**17)


@dataclass(frozen=True)
class _Others:
    """Others' chats, and Eve in her private chat, under a message of the bot's."""

    house: House
    eve: User
    private: Chat
    message: Message
    hidden: tuple[int, ...]
    group: Chat
    channel: Chat

    async def press(self, data: str) -> str:
        """All that Eve sees after a press: above the chat, in the message, below it."""
        said = len(self.house.telegram.from_bot(self.private))
        above = await self.house.press_with(self.message, data, user=self.eve)
        new = [message.shown for message in self.house.telegram.from_bot(self.private)[said:]]
        return "\n".join([above, self.message.shown, *(button.text for button in self.message.all_buttons), *new])


@asynccontextmanager
async def _others(folder: Path) -> AsyncIterator[_Others]:
    """A person, a group with a topic, a channel, and a group that threw the bot out; Eve led the first two before."""
    async with open_house(folder) as house, house.running():
        telegram = house.telegram
        eve = telegram.add_user("Eve", username="eve")
        private = telegram.private_chat(eve)
        group = telegram.add_group("Hushed Readers", creator=house.person, forum=True)
        topic = telegram.add_topic(group, "Whispers")
        lost = telegram.add_group("Hushed Writers", creator=house.person)
        channel = telegram.add_channel("Hushed Channel", None, creator=house.person)
        for chat in (group, channel):
            telegram.promote(chat, eve)
        await house.say("/start", chat=private, user=eve)
        for said in ("/subscribe {}math.GT q-bio.NC", "/time {}06:17 Atlantic/Reykjavik", "/language {}ja"):
            await house.say(said.format(""))
            await house.say(said.format(""), chat=group)
            await house.say(said.format(""), chat=group, thread_id=topic)
            await house.say(said.format(""), chat=lost)
            await house.say(said.format(f"{channel.id} "))
        for chat in (group, channel):
            await house.say(f"/settings {chat.id} quiet on", chat=private, user=eve)
            telegram.demote(chat, eve)
        # Set up by one who leaves it later: the owner, in the database's words.
        async with house.bot.services.db.begin() as session:
            await session.execute(
                sa.update(destinations).where(destinations.c.chat_id == channel.id).values(owner_id=eve.id)
            )
        telegram.kick_bot(lost, house.person)
        await telegram.wait_for(
            lambda: any("no longer post" in message.text for message in telegram.from_bot(house.private))
        )
        async with house.bot.services.db.read() as session:
            hidden = tuple(
                await session.scalars(
                    sa.select(destinations.c.id).where(destinations.c.chat_id != private.id).order_by("id")
                )
            )
        assert len(hidden) == 5
        await house.say("/privacy", chat=private, user=eve)
        yield _Others(house, eve, private, house.last(private), hidden, group, channel)


def _told(answers: Iterable[str]) -> list[str]:
    return [secret for secret in _SECRETS for answer in answers if secret in answer]


async def test_no_button_tells_a_place_of_others_from_one_that_does_not_exist(tmp_path: Path) -> None:
    async with _others(tmp_path) as others:
        before = await _stored(others)
        for button in BUTTONS:
            for tail in _TAILS:
                # Where the number is no place's, what is great is answered as no page of a list.
                nowhere = (*_NOWHERE, *_FAR_AWAY) if button.name in _OF_PLACES else _NOWHERE
                answers = {}
                for number in (*others.hidden, *nowhere):
                    answer = await others.press(f"{button.name}:{number}{tail}")
                    answers[number] = re.sub(rf"(?<![\d.]){number}(?![\d.])", "ID", answer)
                assert _told(answers.values()) == [], f"{button.name}:ID{tail}"
                if button.name != "digest":  # which is about the category of that name, and shows those like it
                    assert len(set(answers.values())) == 1, f"{button.name}:ID{tail}: {answers}"
        assert await _stored(others) == before


async def test_of_a_place_that_they_were_never_known_to_lead_nobody_can_tell_by_the_time_that_an_answer_takes(
    tmp_path: Path,
) -> None:
    async with _others(tmp_path) as others:
        mallory = others.house.telegram.add_user("Mallory")
        private = others.house.telegram.private_chat(mallory)
        await others.house.say("/privacy", chat=private, user=mallory)
        await others.house.telegram.quiet()
        for number in (*others.hidden, *_NOWHERE):
            before = others.house.telegram.world.counts.copy()
            await others.house.press_with(others.house.last(private), f"set:{number}", user=mallory)
            asked = others.house.telegram.world.counts - before
            assert {name: count for name, count in asked.items() if name != "getupdates"} == {"answercallbackquery": 1}


@pytest.mark.parametrize(
    "command",
    ["/subscribe {} cs.CV", "/settings {}", "/subscriptions {}", "/categories {}", "/time {}", "/start set_{}"],
)
async def test_a_number_of_a_private_group_is_answered_as_one_of_no_chat(tmp_path: Path, command: str) -> None:
    async with _others(tmp_path) as others:
        answers = set()
        for number in (others.group.id, others.channel.id, others.house.private.id, -1_009_999_999_999, -5):
            said = await others.house.say(command.format(number), chat=others.private, user=others.eve)
            answers.add(said.replace(str(number), "ID"))
        assert _told(answers) == []
        assert len({answer for answer in answers if "cannot find" in answer}) == 1


async def test_who_led_a_place_before_finds_it_in_no_list_and_no_file(tmp_path: Path) -> None:
    async with _others(tmp_path) as others:
        say = others.house.say
        answers = [await say(said, chat=others.private, user=others.eve) for said in ("/subscriptions", "/forget")]
        await say("/channels", chat=others.private, user=others.eve)
        answers += [button.text for button in others.house.last(others.private).all_buttons]
        await say("/export", chat=others.private, user=others.eve)
        document = others.house.last(others.private).document
        assert document is not None
        sent = json.loads(document.content)
        assert {"chat_id": others.channel.id, "owner_id": others.eve.id}.items() <= sent["destinations"][-1].items()
        assert _told([*answers, document.content.decode()]) == []


async def test_a_group_is_not_shown_the_settings_of_another_place_by_who_leads_both(tmp_path: Path) -> None:
    async with _others(tmp_path) as others:
        house = others.house
        open_group = house.telegram.add_group("Open", creator=house.person)
        await house.say("/subscriptions", chat=open_group)
        for number in others.hidden:
            answer = await house.press_with(house.last(open_group), f"set:{number}")
            assert "no longer works" in answer


async def _stored(others: _Others) -> list[object]:
    async with others.house.bot.services.db.read() as session:
        places = await session.execute(sa.select(destinations).where(destinations.c.id.in_(others.hidden)))
        wishes = await session.execute(
            sa.select(subscriptions).where(subscriptions.c.destination_id.in_(others.hidden))
        )
        return [*map(tuple, places), *map(tuple, wishes)]
