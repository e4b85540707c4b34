"""A simulated fortnight at arXiv: every paper of every mailing reaches every destination that wants it, exactly once.

It has two weekends, one with a Saturday whose feeds do not empty, a holiday (2026-09-07, so that the 8th has no
mailing), a clock change (Santiago has no midnight on 2026-09-06), two days of downtime, and what arXiv's feeds are
known to do. Time is passed in, not slept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.arxiv_server import Trouble
from fakes.house import House, open_house, paper

from bot.arxiv_source import calendar
from bot.simulator.chat_state import Chat
from bot.simulator.telegram import PATIENCE
from storage import stats
from storage.records import AnnounceType, Entry

CATEGORIES = ("cs.AI", "cs.CL", "cs.CV", "cs.LG", "stat.ML")
FIRST, LAST = date(2026, 8, 31), date(2026, 9, 11)
MAILINGS = tuple(day for day in calendar.mailing_dates(FIRST - timedelta(days=1), LAST))
MON, TUE, WED, THU, FRI, MON2 = MAILINGS[:6]
STEP = timedelta(hours=6)
DAY = timedelta(days=1)
DOWN = (datetime(2026, 9, 9, 2, 0, tzinfo=UTC), datetime(2026, 9, 11, 12, 0, tzinfo=UTC))
END = datetime(2026, 9, 13, 12, 0, tzinfo=UTC)
_ROW = re.compile(r"^\| \[\^\d+\] .*https://arxiv\.org/abs/(\d{4}\.\d{5})\) \|", re.MULTILINE)
_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|(\S*))')

SATURDAY, HOLIDAY, LAST_SATURDAY = date(2026, 9, 5), date(2026, 9, 8), date(2026, 9, 12)
EMPTY = (SATURDAY + DAY, HOLIDAY, LAST_SATURDAY)
"""The days on which feeds empty, as they should also on the Saturday before the first of them, and do not."""
LATENESS = {
    **dict.fromkeys([(category, TUE) for category in CATEGORIES], timedelta(hours=5)),
    **dict.fromkeys([(category, THU) for category in CATEGORIES], DAY),
    ("cs.LG", WED): DAY,
    ("stat.ML", MON2): DAY,
}
"""By how much feeds and pages stay a mailing behind: all of them for hours or a day, or one of five for a day."""
OLD_FEED = ("cs.AI", WED)
"""A feed that stays as it was for a day while its page is right."""


@dataclass(frozen=True)
class Spoilt:
    """What goes wrong at the start of a day, how often, and the words that the log has for it."""

    day: date
    trouble: Trouble
    category: str
    reason: str
    times: int = 1
    how: dict[str, Any] = field(default_factory=dict)


SPOILT = (
    Spoilt(MON, Trouble.HANG, "cs.AI", "arXiv's feed did not arrive in time"),
    Spoilt(MON, Trouble.SLOW, "cs.CL", "arXiv's feed did not arrive in time"),
    Spoilt(TUE, Trouble.HTML, "cs.CV", "The answer is no feed; it begins with '<!doctype html>"),
    Spoilt(WED, Trouble.BAD_REQUEST, "cs.CL", "arXiv refuses the feed: Bad subject class", 2),
    Spoilt(WED, Trouble.CUT, "cs.CV", "The feed breaks off after 0 whole entries", 3, {"at": 700}),
    Spoilt(THU, Trouble.NOT_ACCEPTABLE, "cs.LG", "arXiv asks for patience (HTTP 406)"),
    # Friday's page cannot be had either until Saturday, whose feed still holds what was Friday's.
    Spoilt(FRI, Trouble.SERVER_ERROR, "cs.CV", "arXiv answered with HTTP 500", 24),
    Spoilt(FRI, Trouble.RATE_LIMITED, "cs.AI", "arXiv asks for patience (HTTP 429)"),
    Spoilt(MON2, Trouble.RATE_EXCEEDED, "cs.LG", "arXiv says that too much was asked"),
    Spoilt(LAST, Trouble.RATE_LIMITED, "cs.AI", "arXiv asks for patience (HTTP 429)", 1, {"retry_after": "5400"}),
)


def announced(category: str, day: date) -> list[Entry]:
    """Four new papers, a cross-list from the next category, and a replacement that nobody asked for."""
    base = MAILINGS.index(day) * 1000 + CATEGORIES.index(category) * 100 + 1
    follower = CATEGORIES[(CATEGORIES.index(category) + 1) % len(CATEGORIES)]
    crossed = MAILINGS.index(day) * 1000 + CATEGORIES.index(follower) * 100 + 1
    new = [
        paper(base + n, primary_category=category, cross_lists=(CATEGORIES[CATEGORIES.index(category) - 1],) * (n == 0))
        for n in range(4)
    ]
    cross = paper(crossed, primary_category=follower, cross_lists=(category,))
    old = paper(90_000 + base, version=2, primary_category=category, cross_lists=())
    return [
        *(Entry(one, AnnounceType.NEW) for one in new),
        Entry(cross, AnnounceType.CROSS),
        Entry(old, AnnounceType.REPLACE),
    ]


def delivered(house: House, chat: Chat) -> list[str]:
    documents = [message.document.content.decode() for message in house.telegram.from_bot(chat) if message.document]
    return [found for text in documents for found in _ROW.findall(text)]


def wanted(categories: Sequence[str]) -> set[str]:
    return {
        entry.paper.arxiv_id
        for category in categories
        for day in MAILINGS
        for entry in announced(category, day)
        if entry.announce_type is not AnnounceType.REPLACE
    }


class ArxivsFortnight:
    """What arXiv does hour by hour."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._done: set[str] = set()

    def at(self, now: datetime) -> None:
        for day in MAILINGS:
            for category in CATEGORIES:
                if now - calendar.feed_changes_at(day) >= LATENESS.get((category, day), timedelta()):
                    self._announce(category, day)
        for day in EMPTY:
            if now >= calendar.feed_changes_at(day) and self._first_time(f"empty {day}"):
                self._house.arxiv.empty_feeds()
        for spoilt in SPOILT:
            if timedelta() <= now - calendar.feed_changes_at(spoilt.day) < DAY and self._first_time(f"spoilt {spoilt}"):
                self._house.arxiv.misbehave(spoilt.trouble, spoilt.times, where=f"/{spoilt.category}", **spoilt.how)

    def _announce(self, category: str, day: date) -> None:
        if self._first_time(f"{category} {day}"):
            changes = (category, day) != OLD_FEED
            self._house.arxiv.announce(category, announced(category, day), day, feed_changes=changes)

    def _first_time(self, name: str) -> bool:
        known = name in self._done
        self._done.add(name)
        return not known


async def live(house: House, arxiv: ArxivsFortnight, until: datetime) -> None:
    async with house.running() as bot:
        async with bot.core.db.read() as session:
            planned = (await stats.totals(session)).digests
        while house.clock.now < until:
            arxiv.at(house.clock.now)
            ticked = await bot.services.daily.tick()
            if ticked.rows:
                await bot.services.deliverer.settled(range(planned + 1, planned + ticked.digests + 1), PATIENCE)
                planned += ticked.digests
            house.clock.now += STEP


def told(caplog: pytest.LogCaptureFixture, name: str) -> list[dict[str, str]]:
    """The events of that name, in order, as their fields."""
    lines = [message for message in caplog.messages if message.startswith(f"{name} ")]
    return [{key: quoted or plain for key, quoted, plain in _FIELD.findall(line)} for line in lines]


async def test_every_paper_of_every_mailing_comes_exactly_once_whatever_arxiv_does(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    async with open_house(tmp_path, language="en", arxiv_deadline=3.0) as house:
        house.arxiv.particular = True
        arxiv = ArxivsFortnight(house)
        house.clock.now = datetime(2026, 8, 31, 4, 30, tzinfo=UTC)
        early = house.telegram.add_channel("Early", "early_ml", creator=house.person)
        morning = house.telegram.add_channel("Morning", "morning_ai", creator=house.person)
        midnight = house.telegram.add_channel("Midnight", "midnight_cl", creator=house.person)
        async with house.running():
            await house.say("/subscribe @early_ml cs.CV cs.LG stat.ML")
            await house.say("/subscribe @morning_ai cs.AI cs.LG")
            await house.say("/time @morning_ai 09:00 Asia/Shanghai")
            await house.say("/subscribe @midnight_cl cs.CL")
            await house.say("/time @midnight_cl 00:00 America/Santiago")
        await live(house, arxiv, DOWN[0])
        while house.clock.now < DOWN[1]:
            arxiv.at(house.clock.now)
            house.clock.now += STEP
        await live(house, arxiv, END)

        for chat, categories in (
            (early, ("cs.CV", "cs.LG", "stat.ML")),
            (morning, ("cs.AI", "cs.LG")),
            (midnight, ("cs.CL",)),
        ):
            got = Counter(delivered(house, chat))
            assert set(got) == wanted(categories), chat.title
            assert max(got.values()) == 1, chat.title
        named = re.findall(r"2026-\d\d-\d\d", " ".join(message.caption for message in house.telegram.from_bot(early)))
        assert {date.fromisoformat(one) for one in named} <= set(MAILINGS)
    the_log_tells_why(caplog)


def the_log_tells_why(caplog: pytest.LogCaptureFixture) -> None:
    known, passed_over = told(caplog, "announcement"), told(caplog, "passed_over")
    fetched = [(one["category"], one["date"]) for one in known if one["state"] == "fetched"]
    assert sorted(fetched) == sorted((category, str(day)) for category in CATEGORIES for day in MAILINGS)
    assert {one["date"] for one in known} == set(map(str, MAILINGS))
    assert [one for one in known if one["state"] != "fetched" and one["reason"] == "-"] == []
    assert [one for one in passed_over if not one["reason"]] == []

    def why(category: str, day: date) -> set[str]:
        return {
            one["reason"]
            for one in (*known, *passed_over)
            if (one["category"], one["date"], one["state"] == "fetched") == (category, str(day), False)
        }

    def whence(category: str, day: date) -> str:
        return next(
            mapping["source"]
            for mapping in known
            if (mapping["category"], mapping["date"], mapping["state"]) == (category, str(day), "fetched")
        )

    for spoilt in SPOILT:
        assert any(reason.startswith(spoilt.reason) for reason in why(spoilt.category, spoilt.day)), spoilt
    for category, day in (*LATENESS, OLD_FEED):
        # Over the weekend feeds emptied, and this one did not fill again in time.
        reason = (
            "the feed is empty on a mailing date" if day == MON2 else "the feed still holds an earlier announcement"
        )
        assert any(text.startswith(reason) for text in why(category, day)), (category, day)
    assert "/list/cs.AI/new" in whence(*OLD_FEED)
    # Its usual feed was cut three times; a machine that is too busy may find the page before the other form.
    assert "/atom/cs.CV" not in whence("cs.CV", WED)
    assert "/catchup/cs.LG/2026-09-02" in whence("cs.LG", WED)
    assert "/list/stat.ML/new" in whence("stat.ML", MON2)
    for category in CATEGORIES:
        assert "/catchup/" in whence(category, THU)
        assert "/catchup/" in whence(category, date(2026, 9, 9))
