"""A start while PostgreSQL is out of reach: it is waited for, as Telegram is, and people are told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from itertools import count

from telegram import Bot

from bot.config import Settings
from bot.handlers.notify.administrators import Administrators
from bot.log import event, redact
from bot.telegram_api.request import AiohttpRequest
from storage.database import Database, MigrationResult, migrate
from storage.errors import DatabaseAway

_log = logging.getLogger(__name__)

_PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
TELL_AFTER = 6
"""So many attempts last over a minute: a server that was started together with the bot is there by then."""

Tell = Callable[[str], Awaitable[object]]
Sleep = Callable[[float], Awaitable[object]]


async def migrate_once_there(address: str, tell: Tell, *, sleep: Sleep = asyncio.sleep) -> MigrationResult:
    """Bring the database to this program's form as soon as it answers. Raises StorageError for whatever stays wrong.

    `tell` is given the reason once, when it lasts.
    """
    for attempt in count(1):
        try:
            done = await migrate(address)
        except DatabaseAway as error:
            reason = redact(str(error))
            if attempt == 1:
                event(_log, "database_out_of_reach", level=logging.ERROR, reason=reason)
            if attempt == TELL_AFTER:
                await tell(reason)
            await sleep(_PAUSES[min(attempt, len(_PAUSES)) - 1])
        else:
            if attempt > 1:
                event(_log, "database_answers", attempts=attempt)
            return done
    raise AssertionError("unreachable")


async def tell_without_database(settings: Settings, reason: str) -> None:
    """Tell the administrators, whom nobody can tell in the usual way yet."""
    if settings.telegram_token is None:
        return
    request = AiohttpRequest(pool=1)
    bot = Bot(settings.telegram_token.get_secret_value(), base_url=f"{settings.telegram_api_url}/bot", request=request)
    db = Database(settings.database_address)
    try:
        await request.initialize()
        administrators = Administrators(bot=bot, ids=settings.admin_ids, db=db, language=settings.language)
        await administrators.tell("database-away", reason=reason)
    finally:
        await request.shutdown()
        await db.close()
