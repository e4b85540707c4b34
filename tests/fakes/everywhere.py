"""Every kind of chat at once: who speaks there and how, and all that the bot answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fakes.house import FRIDAY, House, announcement, open_house

from bot.render.button import read_callback
from bot.simulator.chat_state import Chat, Message, User

PRIVATE = "private"
ADMINISTRATOR = "administrator of a group"
MEMBER = "member of a group"
ANONYMOUS = "anonymous administrator"
TOPIC = "topic of a forum"
CHANNEL = "channel"
READER = "reader of a channel"
GROUPS = (ADMINISTRATOR, MEMBER, ANONYMOUS, TOPIC)
EVERYWHERE = (PRIVATE, *GROUPS, CHANNEL)
APPS = {"en": "en", "zh": "zh-hans"}
PAPERS = {"en": "en", "zh": "zh-CN"}


@dataclass(frozen=True)
class Spot:
    """A chat, or a topic of one, and the person in it."""

    place: str
    chat: Chat
    person: User
    thread_id: int = 0


@dataclass(frozen=True)
class Answer:
    """What came of a question or a press: new messages, what was shown above the chat, the message that changed."""

    new: tuple[Message, ...]
    above: str = ""
    changed: Message | None = None

    @property
    def text(self) -> str:
        """All of it, as people read it."""
        changed = [self.changed.shown] if self.changed is not None else []
        return "\n".join([self.above, *changed, *(message.shown for message in self.new)]).strip()

    @property
    def files(self) -> list[str]:
        """The names of the files among it."""
        return [message.document.name for message in self.new if message.document is not None]


@dataclass
class Tour:
    """The bot at work, and the places by their names."""

    house: House
    spots: Mapping[str, Spot]
    leaders: Mapping[str, User]

    async def ask(self, text: str, places: Iterable[str]) -> dict[str, Answer]:
        """Say the same in these places, as people do there, and wait until all that the bot does is done."""
        spots = [self.spots[place] for place in places]
        before = [len(self._there(spot)) for spot in spots]
        questions = [self._say(spot, text, spot.person) for spot in spots]
        await self._done()
        answers: dict[str, Answer] = {}
        for spot, question, count in zip(spots, questions, before, strict=True):
            answer = Answer(tuple(self._there(spot)[count:]))
            assert {one.thread_id for one in answer.new} <= {spot.thread_id}, f"{text}: not in its topic"
            if spot.place in GROUPS and len(answer.new) == 1:
                assert answer.new[0].reply_to is question, f"{text}: a group cannot tell what this answers"
            answers[spot.place] = answer
        return answers

    async def press(self, under: Mapping[str, Message], data: str) -> dict[str, Answer]:
        """Press a button under each of these messages, by place; a channel's readers press after its administrator.

        Data that ends in a colon is that of the last button of that name, made up where there is none.
        """
        answers = await self._press({place: message for place, message in under.items() if place != READER}, data)
        return answers | await self._press(
            {place: message for place, message in under.items() if place == READER}, data
        )

    async def _press(self, under: Mapping[str, Message], data: str) -> dict[str, Answer]:
        pressed: list[tuple[Spot, Message, int, int, str]] = []
        for place, message in under.items():
            spot = self.spots[place]
            query_id = self.house.telegram.press_with(message, spot.person, _data_on(message, data))
            pressed.append((spot, message, message.edited, len(self._there(spot)), query_id))
        await self._done()
        answers: dict[str, Answer] = {}
        for spot, message, edits, count, query_id in pressed:
            above = self.house.telegram.answer(query_id)
            assert above is not None, f"{data} goes on waiting in {spot.place}"
            changed = message if message.edited > edits else None
            answers[spot.place] = Answer(tuple(self._there(spot)[count:]), above, changed)
        return answers

    async def set_up(self, text: str, places: Iterable[str]) -> None:
        """Let those who lead these chats say something."""
        for place in places:
            self._say(self.spots[place], text, self.leaders[place])
        await self._done()

    def _say(self, spot: Spot, text: str, user: User) -> Message:
        if spot.chat.type == "channel":
            return self.house.telegram.post(spot.chat, text)
        anonymous = spot.place == ANONYMOUS
        return self.house.telegram.say(spot.chat, user, text, thread_id=spot.thread_id, anonymous=anonymous)

    async def _done(self) -> None:
        await self.house.telegram.quiet()
        await self.house.bot.application.update_queue.join()

    def _there(self, spot: Spot) -> list[Message]:
        return self.house.telegram.from_bot(spot.chat)


def _data_on(message: Message, data: str) -> str:
    if not data.endswith(":"):
        return data
    name = data.removesuffix(":")
    return [f"{data}1", *(button.data for button in message.all_buttons if read_callback(button.data)[0] == name)][-1]


@asynccontextmanager
async def tour(folder: Path, language: str) -> AsyncIterator[Tour]:
    """Every place has been sent a digest of cs.CV. All who lead a chat but that of the member run the bot, too."""
    async with open_house(folder, language=PAPERS[language]) as house:
        telegram = house.telegram

        def person(name: str) -> User:
            return telegram.add_user(name, language_code=APPS[language])

        house.person.language_code = APPS[language]
        leaders = {PRIVATE: house.person, **{place: person(place) for place in (*GROUPS, CHANNEL)}}
        spots = {PRIVATE: Spot(PRIVATE, house.private, house.person)}
        for place in GROUPS:
            speaker = person("Bob") if place == MEMBER else leaders[place]
            group = telegram.add_group(place, creator=leaders[place], members=[speaker], forum=place == TOPIC)
            spots[place] = Spot(place, group, speaker, telegram.add_topic(group, "Vision") if place == TOPIC else 0)
        channel = telegram.add_channel("Daily", "daily_cv", creator=leaders[CHANNEL])
        spots |= {CHANNEL: Spot(CHANNEL, channel, leaders[CHANNEL]), READER: Spot(READER, channel, person("Eve"))}
        running = tuple(user.id for place, user in leaders.items() if place != MEMBER)
        house.settings = house.settings.model_copy(update={"admin_ids": running})
        house.arxiv.announce("cs.CV", announcement(12), FRIDAY)
        house.arxiv.announce("cs.LG", announcement(2, first=50), FRIDAY)
        async with house.running():
            everywhere = Tour(house, spots, leaders)
            await everywhere.set_up("/subscribe cs.CV", EVERYWHERE)
            await house.tick()
            yield everywhere
