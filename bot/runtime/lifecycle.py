"""What goes on while the bot is at work: begun in this order, and ended in the opposite one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count

from telegram.error import InvalidToken, NetworkError

from bot.arxiv_source.client import ArxivClient
from bot.delivery.deliver import Deliverer
from bot.handlers.ask import AnyApplication
from bot.handlers.dispatch import ALLOWED_UPDATES
from bot.i18n import read_catalogues
from bot.log import event, redact
from bot.runtime.clock import Clock
from bot.runtime.shutdown import Shutdown
from bot.runtime.standby import Hearing
from bot.translate.chain import Chain
from storage.lead import Lead

_log = logging.getLogger(__name__)

_RECONNECT = (1.0, 2.0, 5.0, 10.0, 30.0)


class CannotStart(Exception):
    """The bot cannot start; the argument is a sentence for whoever hosts it."""


@asynccontextmanager
async def application_lifecycle(
    application: AnyApplication,
    deliverer: Deliverer,
    clock: Clock,
    arxiv: ArxivClient,
    chain: Chain,
    shutdown: Shutdown,
    lead: Lead,
) -> AsyncIterator[None]:
    """Delivering and ticking, and polling while this process has the lead.

    Raises CannotStart where Telegram refuses the token.
    """
    read_catalogues()
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        stack.callback(shutdown.over)
        stack.push_async_callback(application.bot.shutdown)  # for a start that fails; otherwise it is done by then
        await _connect(application)
        stack.push_async_callback(application.shutdown)
        await deliverer.recover()
        delivering = asyncio.create_task(deliverer.run(stop))

        async def finish_deliveries() -> None:
            stop.set()
            await delivering

        stack.push_async_callback(finish_deliveries)
        clock.start()
        stack.push_async_callback(clock.stop)
        await application.start()
        stack.push_async_callback(application.stop)
        # The updates in hand are answered before the end, with what there is: arXiv and translators may take minutes.
        stack.push_async_callback(arxiv.close)
        stack.callback(chain.give_up)
        updater = application.updater
        if updater is None:
            raise CannotStart("This build of the Telegram library cannot poll.")
        hearing = Hearing(updater, lead, list(ALLOWED_UPDATES))
        stack.push_async_callback(hearing.end)
        await hearing.begin()
        event(_log, "started", bot=application.bot.username, translators=",".join(chain.names) or "none")
        try:
            yield
        finally:
            event(_log, "stopping")
            stop.set()  # first of all: whatever else takes its time, no further message is begun
            shutdown.begin()


async def _connect(application: AnyApplication) -> None:
    """Say hello to Telegram; wait for it when it is out of reach."""
    for attempt in count():
        try:
            await application.initialize()
        except InvalidToken:
            raise CannotStart(
                "Telegram refuses TELEGRAM_TOKEN. Copy the token again from @BotFather; it looks like 123456789:AA…"
            ) from None
        except NetworkError as error:
            pause = _RECONNECT[min(attempt, len(_RECONNECT) - 1)]
            event(_log, "telegram_unreachable", level=logging.WARNING, again_in=pause, reason=redact(str(error)))
            await asyncio.sleep(pause)
        else:
            return
