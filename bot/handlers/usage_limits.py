"""What one person or chat may ask for in a minute, an hour or a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.config import Settings
from bot.translate.budget import Budget
from storage import usage
from storage.database import Database
from storage.records import Now
from storage.usage import Share

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_REMEMBERED = 10_000
"""People whose commands of a minute are known; those of a minute ago are let go first."""


class Kind(StrEnum):
    """What is limited by hour or day."""

    CARDS = "cards"
    DIGEST_DAYS = "digest-days"
    GROUP_FILES = "group-files"


@dataclass(slots=True)
class _Minute:
    begun_at: datetime
    count: int = 0


class UsageLimits:
    """Counts what is asked for. Commands of a minute are counted in memory, the rest in the database."""

    def __init__(self, *, settings: Settings, db: Database, now: Now, budget: Budget | None = None) -> None:
        """`budget`: what translating may cost, of which each person has a part."""
        self._db = db
        self._now = now
        self._budget = budget
        self._a_minute = settings.commands_per_minute
        self._most: Mapping[Kind, tuple[int, timedelta]] = {
            Kind.CARDS: (settings.cards_per_day, _DAY),
            Kind.DIGEST_DAYS: (settings.digest_days_per_day, _DAY),
            Kind.GROUP_FILES: (settings.group_files_per_hour, _HOUR),
        }
        self._minutes: dict[int, _Minute] = {}
        self._before_forgetting: dict[int, dict[str, tuple[datetime, int]]] = {}
        self._cleared_at: datetime | None = None

    def command(self, account_id: int) -> Share:
        """Count a command or a pressed button."""
        now = self._now()
        if not self._a_minute:
            return Share(1, now)
        minute = self._minutes.get(account_id)
        if minute is None or not minute.begun_at <= now < minute.begun_at + _MINUTE:
            if len(self._minutes) >= _REMEMBERED:
                self._let_go(now)
            minute = self._minutes[account_id] = _Minute(now)
        minute.count += 1
        beyond = minute.count - self._a_minute
        return Share(int(beyond <= 0), minute.begun_at + _MINUTE, first=beyond == 1)

    async def take(self, kind: Kind, account_id: int, wanted: int = 1) -> Share:
        """Count so many of a kind; what is granted is fewer where the limit is reached."""
        now, (most, period) = self._now(), self._most[kind]
        if not most:
            return Share(wanted, now)
        async with self._db.begin() as session:
            if (before := self._before_forgetting.get(account_id, {}).get(kind)) is not None:
                await usage.put_back(session, account_id, kind, *before)
            if self._cleared_at is None or not self._cleared_at <= now < self._cleared_at + _HOUR:
                self._cleared_at = now
                await usage.drop_before(session, now - _DAY)
            return await usage.take(session, account_id, kind, wanted, most=most, period=period, now=now)

    async def before_forgetting(self, account_id: int) -> None:
        """Remember, in memory alone, what a person had by now: being forgotten begins no new day."""
        if self._budget is not None:
            await self._budget.before_forgetting(account_id)
        async with self._db.read() as session:
            counted = await usage.counted(session, account_id)
        if len(self._before_forgetting) >= _REMEMBERED:
            self._before_forgetting.clear()
        self._before_forgetting[account_id] = {**self._before_forgetting.get(account_id, {}), **counted}

    def most(self, kind: Kind) -> int:
        """The limit."""
        return self._most[kind][0]

    def _let_go(self, now: datetime) -> None:
        self._minutes = {number: minute for number, minute in self._minutes.items() if minute.begun_at > now - _MINUTE}
        if len(self._minutes) >= _REMEMBERED:
            self._minutes.clear()
