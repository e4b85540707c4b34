"""What the administrators are told of announcements: one message, and one when all is well again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fakes.stored import FRIDAY, MONDAY, announcement, open_database, paper

from bot.announcements.watch import Watch
from bot.arxiv_source import calendar
from bot.i18n import words_for
from storage import announcements
from storage.database import Database
from storage.models import announcements as table
from storage.records import Announcement, AnnouncementState, AnnounceType, Entry

CATEGORIES = ("cs.CV", "cs.LG")
HOUR = timedelta(hours=1)


@dataclass
class Post:
    """A watch, its clock, and what it told."""

    db: Database
    now: datetime
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watch = Watch(db=self.db, now=lambda: self.now, tell=self._tell)

    async def _tell(self, key: str, /, **values: Any) -> None:
        self.told.append((key, values))

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.told]

    async def knows(self, *known: Announcement, kind: AnnounceType = AnnounceType.NEW, count: int = 1) -> None:
        for one in known:
            listed = [Entry(paper(number), kind) for number in range(1, count + 1)]
            async with self.db.begin() as session:
                await announcements.save(session, one, listed if one.state is AnnouncementState.FETCHED else [], None)

    async def look(self, after: timedelta) -> list[str]:
        """What has been told in all, when it is looked that long after Friday's announcement."""
        self.now = calendar.feed_changes_at(FRIDAY) + after
        await self.watch.look(CATEGORIES)
        return self.keys


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with open_database(tmp_path) as db:
        yield Post(db, calendar.feed_changes_at(FRIDAY))


BOTH = [announcement(name, day=FRIDAY) for name in CATEGORIES]
TORN = replace(BOTH[0], state=AnnouncementState.INCOMPLETE, reason="The page shows 3 of 4 papers.")


async def test_a_missing_announcement_is_told_after_its_usual_hour_once_for_all_categories(post: Post) -> None:
    await post.knows(replace(BOTH[0], state=AnnouncementState.STALE, reason="the feed still holds an earlier one"))
    assert await post.look(5 * HOUR) == []
    assert await post.look(6 * HOUR) == await post.look(9 * HOUR) == ["announcements-missing"]
    assert post.told[0][1] == {
        "date": FRIDAY,
        "count": 2,
        "categories": "cs.CV, cs.LG",
        "reason": "the feed still holds an earlier one",
    }
    await post.knows(*BOTH)
    assert await post.look(10 * HOUR) == await post.look(11 * HOUR) == ["announcements-missing", "announcements-well"]


async def test_what_does_not_add_up_is_told_when_it_is_so_again_and_not_again_when_it_is_late(post: Post) -> None:
    await post.knows(BOTH[1], replace(TORN, fetched_at=post.now))
    assert await post.look(HOUR) == []
    await post.knows(replace(TORN, fetched_at=post.now + HOUR))
    assert await post.look(2 * HOUR) == ["announcements-differ"]
    assert post.told[0][1]["categories"] == "cs.CV"
    assert post.told[0][1]["reason"] == "The page shows 3 of 4 papers."
    assert await post.look(7 * HOUR) == ["announcements-differ"]
    await post.knows(*BOTH)
    assert await post.look(8 * HOUR) == ["announcements-differ", "announcements-well"]


async def test_a_day_without_any_new_paper_is_told_and_the_next_new_one_ends_it(post: Post) -> None:
    await post.knows(BOTH[0], kind=AnnounceType.CROSS)
    await post.knows(replace(BOTH[1], state=AnnouncementState.EMPTY))
    assert await post.look(23 * HOUR) == []
    assert await post.look(24 * HOUR) == await post.look(70 * HOUR) == ["announcements-quiet"]
    await post.knows(*(replace(announcement, mailing_date=MONDAY) for announcement in BOTH))
    assert await post.look(73 * HOUR) == ["announcements-quiet", "announcements-well"]


async def test_one_new_paper_in_any_category_is_enough(post: Post) -> None:
    await post.knows(BOTH[0])
    await post.knows(replace(BOTH[1], state=AnnouncementState.EMPTY))
    assert await post.look(60 * HOUR) == []


async def test_a_bot_that_has_just_begun_tells_nothing_of_days_that_it_never_saw(post: Post) -> None:
    await post.knows(replace(BOTH[0], mailing_date=MONDAY, state=AnnouncementState.LATE, reason="?"))
    assert await post.look(73 * HOUR) == []
    await post.watch.look(())
    assert post.told == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("key", ["announcements-missing", "announcements-differ", "announcements-quiet"])
def test_every_trouble_has_its_words(language: str, key: str) -> None:
    values = {"date": FRIDAY, "count": 2, "categories": "cs.CV, cs.LG", "reason": "because"}
    said = words_for(language).html(key, **values)
    assert ("August 21, 2026" if language == "en" else "2026年8月21日") in said
    assert key == "announcements-quiet" or ("cs.CV, cs.LG" in said and "because" in said)


async def test_once_all_is_well_what_goes_wrong_is_told_ten_minutes_later_at_most(post: Post) -> None:
    await post.knows(*BOTH)
    assert await post.look(7 * HOUR) == []
    async with post.db.begin() as session:
        await session.execute(sa.delete(table).where(table.c.category == "cs.CV"))
    assert await post.look(7 * HOUR + timedelta(minutes=9)) == []
    assert await post.look(7 * HOUR + timedelta(minutes=10)) == ["announcements-missing"]
    await post.knows(*BOTH)
    assert await post.look(7 * HOUR + timedelta(minutes=11)) == ["announcements-missing", "announcements-well"]
