"""`demo`: the real bot against a local Telegram and a local arXiv, with recorded translations; no token, no network.

The recorded translations are Chinese: LANGUAGE chooses who reads them beside the English, Chinese or English people.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from bot.app import running
from bot.arxiv_source import calendar
from bot.config import Settings
from bot.render.records_jsonl import load_records
from bot.runtime.lifecycle import CannotStart
from bot.simulator.arxiv_site import SimulatedArxiv
from bot.simulator.chat_state import Chat, Document, User
from bot.simulator.demo_chats import BOT, CHANNEL, Cast, cast_for
from bot.simulator.telegram import SimulatedTelegram
from bot.simulator.transcript import transcript
from bot.telegram_api.pace import OPEN, Pace
from storage.records import AnnounceType, DigestRecord, Entry, Paper

MAILING_DATE = date(2024, 2, 26)
"""The sample's newest paper was submitted on Friday 2024-02-23, so it was announced on the Monday after."""

CATEGORY = "cs.CV"
_LANGUAGE = "zh-CN"
"""What the sample's translations were made to."""
# The sample comes from a system that kept these in the texts; arXiv's own texts do not have them.
_TITLE_SUFFIX = re.compile(r"\.? \(arXiv:[^)]*\)$")
_PREAMBLE = re.compile(r"^arXiv:\S+ Announce Type: \S+\s+Abstract: ")


class DemoClock:
    """A clock that starts at a given moment, runs as fast as the real one, and can be put forward."""

    def __init__(self, start: datetime) -> None:
        self._offset = start - datetime.now(UTC)

    def __call__(self) -> datetime:
        """The present, as the demo sees it."""
        return datetime.now(UTC) + self._offset

    def forward_to(self, moment: datetime) -> None:
        """Let it be that moment, unless it is past already."""
        self._offset += max(moment - self(), timedelta())


@dataclass(frozen=True, slots=True)
class Stage:
    """The people and chats of the demo."""

    cast: Cast
    person: User
    colleague: User
    private: Chat
    channel: Chat
    group: Chat
    forum: Chat
    topic: int
    """The thread id of the forum's topic."""
    administrator: User
    """Somebody else, so that notices for administrators never come between what is said and its answer."""


def sample_entries() -> list[Entry]:
    """The sample's eight papers as an announcement of cs.CV."""
    folder = resources.files("bot.simulator") / "sample"
    records = {
        record.arxiv_id: record for record in load_records((folder / "seed.jsonl").read_text("utf-8").splitlines())
    }
    facts = json.loads((folder / "papers.json").read_text("utf-8"))
    return [_entry(records[fact["arxiv_id"]], fact) for fact in facts]


async def demo(settings: Settings, *, once: bool, port: int) -> None:
    """Play the demo: with `once` until the digest is posted and printed, else until Ctrl-C."""
    clock = DemoClock(calendar.feed_changes_at(MAILING_DATE) - timedelta(minutes=2))
    entries = sample_entries()
    telegram = SimulatedTelegram(username=BOT, now=lambda: clock().timestamp())
    arxiv = SimulatedArxiv()
    with tempfile.TemporaryDirectory(prefix="arxiv-digest-demo-") as folder:
        try:
            await telegram.start(port=0 if once else port)
        except OSError:
            raise CannotStart(f"Port {port} is taken; choose another: arxiv-digest-bot demo --port 0") from None
        await arxiv.start()
        try:
            for entry in entries:
                arxiv.add_paper(entry.paper)
            # Else the bot would tell its administrator that a mailing is missing.
            arxiv.announce(CATEGORY, (), calendar.previous(MAILING_DATE))
            stage = _set_the_stage(telegram, cast_for(settings.language))
            with resources.as_file(resources.files("bot.simulator") / "sample" / "seed.jsonl") as recorded:
                ready = _settings(settings, telegram, arxiv, Path(folder), recorded, stage.administrator.id)
                # The local Telegram has no limits, and whoever tries the bot should not wait for them.
                async with running(ready, now=clock, pace=Pace(clock=time.monotonic, limits=OPEN)):
                    await _play(telegram, arxiv, clock, stage, entries)
                    _show(telegram, stage)
                    if not once:
                        await _until_stopped(telegram)
        finally:
            await arxiv.stop()
            await telegram.stop()


def _set_the_stage(telegram: SimulatedTelegram, cast: Cast) -> Stage:
    person = telegram.add_user(cast.person, username="reader", language_code=cast.app)
    colleague = telegram.add_user(cast.colleague, username="colleague", language_code=cast.app)
    channel = telegram.add_channel(cast.channel, CHANNEL, creator=person)
    group = telegram.add_group(cast.group, creator=person, members=[colleague])
    forum = telegram.add_group(cast.forum, creator=person, members=[colleague], forum=True)
    topic = telegram.add_topic(forum, cast.topic)
    administrator = telegram.add_user(cast.administrator, username="admin", language_code=cast.app)
    telegram.private_chat(administrator)
    private = telegram.private_chat(person)
    return Stage(
        cast=cast,
        person=person,
        colleague=colleague,
        private=private,
        channel=channel,
        group=group,
        forum=forum,
        topic=topic,
        administrator=administrator,
    )


async def _play(
    telegram: SimulatedTelegram, arxiv: SimulatedArxiv, clock: DemoClock, stage: Stage, entries: list[Entry]
) -> None:
    """What people would do on a first evening, and what happens at midnight in Ithaca."""
    for number, text in enumerate(stage.cast.said, start=1):
        telegram.say(stage.private, stage.person, text)
        await telegram.wait_for_messages(stage.private, number)
    telegram.say(stage.group, stage.colleague, stage.cast.asked)
    await telegram.wait_for_messages(stage.group)
    telegram.say(stage.forum, stage.person, f"/subscribe {CATEGORY}", thread_id=stage.topic)
    await telegram.wait_for_messages(stage.forum)
    arxiv.announce(CATEGORY, entries, MAILING_DATE)
    clock.forward_to(calendar.feed_changes_at(MAILING_DATE) + timedelta(seconds=1))
    await telegram.wait_for(
        lambda: all(_documents(telegram, chat) for chat in (stage.private, stage.channel, stage.forum))
    )


def _documents(telegram: SimulatedTelegram, chat: Chat) -> list[Document]:
    return [message.document for message in telegram.from_bot(chat) if message.document]


def _show(telegram: SimulatedTelegram, stage: Stage) -> None:
    for chat in (stage.private, stage.channel):
        sys.stdout.write(f"{transcript(telegram, chat)}\n")
    document = _documents(telegram, stage.private)[-1]
    head = document.content.decode().splitlines()[:6]
    sys.stdout.write(f"{document.name} begins:\n\n" + "\n".join(head) + "\n\n")
    sys.stdout.flush()


async def _until_stopped(telegram: SimulatedTelegram) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    sys.stdout.write(f"The chats are open at {telegram.page_url} — type links and commands there. Ctrl-C ends it.\n")
    sys.stdout.flush()
    await stop.wait()


def _settings(
    given: Settings, telegram: SimulatedTelegram, arxiv: SimulatedArxiv, folder: Path, recorded: Path, admin: int
) -> Settings:
    """The demo's own settings: nothing of the host's leads outside this machine."""
    return Settings(
        _env_file=None,
        telegram_token=telegram.token,
        telegram_api_url=telegram.url,
        database_url="",
        data_dir=folder,
        admin_ids=(admin,),
        language=_LANGUAGE,
        timezone=given.timezone,
        tick_seconds=0.5,
        arxiv_feed_url=arxiv.feed_url,
        arxiv_api_url=arxiv.api_url,
        arxiv_web_url=arxiv.web_url,
        arxiv_interval=0.0,
        translators=("recorded",),
        recorded_translations=recorded,
        log_level=given.log_level,
    )


def _entry(record: DigestRecord, fact: dict[str, Any]) -> Entry:
    categories = fact["categories"]
    paper = Paper(
        arxiv_id=record.arxiv_id,
        version=fact["version"],
        title=_TITLE_SUFFIX.sub("", record.title),
        abstract=_PREAMBLE.sub("", record.abstract).strip(),
        authors=tuple(fact["authors"]),
        primary_category=categories[0],
        cross_lists=tuple(categories[1:]),
        submitted_at=datetime.fromisoformat(fact["submitted"]).replace(tzinfo=UTC),
        announced_on=MAILING_DATE,
    )
    return Entry(paper, AnnounceType(fact["announce_type"]))
