"""Composition root: the only place that builds things and closes them."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import aiohttp
from telegram.error import InvalidToken, NetworkError
from telegram.ext import Application

from bot.administrators import Administrators
from bot.arxiv_source.client import ArxivClient
from bot.arxiv_source.kept import Kept
from bot.arxiv_source.shared_turns import DatabaseTurns
from bot.config import Settings
from bot.daily import Daily
from bot.deliver import WORKERS, Deliverer, Told
from bot.digest_pages import DigestPages
from bot.gather import Gather
from bot.handlers.ask import AnyApplication, Services
from bot.handlers.dispatch import ALLOWED_UPDATES, OneAtATimePerChat, register
from bot.handlers.membership import Membership, register_membership
from bot.handlers.profile import set_profile
from bot.i18n import read_catalogues
from bot.ledger import Ledger
from bot.limiter import Limiter
from bot.log import event, redact
from bot.look import Look
from bot.lookup import Lookup
from bot.mend import Mend
from bot.owners import Owners
from bot.pace import PAID, Limits, Pace
from bot.pins import Pins
from bot.posted_cards import PostedCards
from bot.recent import Recent
from bot.regenerate import Regenerate
from bot.schedule import Clock
from bot.sender import Sender
from bot.translate.build import build_chain, build_ledger
from bot.translate.chain import Chain
from bot.translate.glossary import BadTerm
from bot.undecided import LOOK_AFTER, Undecided
from bot.watch import Watch
from bot.wire import AiohttpRequest
from storage.database import Database, migrate
from storage.records import Now

_log = logging.getLogger(__name__)

_RECONNECT = (1.0, 2.0, 5.0, 10.0, 30.0)


class CannotStart(Exception):
    """The bot cannot start; the argument is a sentence for whoever hosts it."""


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Core:
    """Everything that needs no Telegram."""

    settings: Settings
    db: Database
    arxiv: ArxivClient
    chain: Chain
    lookup: Lookup
    gather: Gather
    now: Now
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class Running:
    """A bot that polls, ticks and delivers."""

    core: Core
    services: Services
    application: AnyApplication
    mend: Mend


@asynccontextmanager
async def core(settings: Settings, *, now: Now = utc_now, database: str | None = None) -> AsyncIterator[Core]:
    """Database, arXiv client and translators, closed at the end. `database` is used in place of the settings' one."""
    address = database or settings.database_address
    async with AsyncExitStack() as stack:
        migrated = await migrate(address)
        if migrated.copied_to is not None:
            event(_log, "database_copied", to=migrated.copied_to)
        db = Database(address)
        stack.push_async_callback(db.close)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        arxiv = ArxivClient(
            http=http,
            feed_url=settings.arxiv_feed_url,
            api_url=settings.arxiv_api_url,
            interval=settings.arxiv_interval,
            web_url=settings.arxiv_web_url,
            deadline=settings.arxiv_deadline,
            contact=settings.contact,
            now=now,
            shared=DatabaseTurns(db),
            kept=Kept(db),
        )
        stack.push_async_callback(arxiv.close)
        ledger = build_ledger(settings, db=db, now=now)
        try:
            chain = build_chain(settings, http=http, now=now, ledger=ledger)
        except BadTerm as error:
            raise CannotStart(str(error)) from None
        stack.push_async_callback(chain.close)
        yield Core(
            settings,
            db,
            arxiv,
            chain,
            Lookup(db=db, arxiv=arxiv, chain=chain),
            Gather(db=db, arxiv=arxiv, now=now, retention_days=settings.retention_days),
            now,
            ledger,
        )


@asynccontextmanager
async def running(
    settings: Settings, *, now: Now = utc_now, pace: Pace | None = None, look_after: timedelta = LOOK_AFTER
) -> AsyncIterator[Running]:
    """The whole bot at work. Leaving stops it: updates in hand are answered, requests in flight finished."""
    if settings.telegram_token is None:
        raise CannotStart("TELEGRAM_TOKEN is not set. Get a token from @BotFather and put it into .env, or try `demo`.")
    async with core(settings, now=now) as parts:
        pace = pace or Pace(clock=time.monotonic, limits=PAID if settings.paid_broadcast else Limits())
        request = AiohttpRequest(pool=2 * WORKERS)
        application: AnyApplication = (
            Application.builder()
            .token(settings.telegram_token.get_secret_value())
            .base_url(f"{settings.telegram_api_url}/bot")
            .base_file_url(f"{settings.telegram_api_url}/file/bot")
            .request(request)
            .get_updates_request(AiohttpRequest(pool=2))
            .rate_limiter(Limiter(pace))
            .concurrent_updates(OneAtATimePerChat())
            .build()
        )
        sender = Sender(
            request=request, address=application.bot.base_url, pace=pace, now=now, paid=settings.paid_broadcast
        )
        administrators = Administrators(
            bot=application.bot, ids=settings.admin_ids, db=parts.db, language=settings.language
        )

        undecided = Undecided(
            db=parts.db,
            look=Look(db=parts.db, sender=sender, operations_chat=settings.operations, now=now),
            now=now,
            tell=administrators.decide,
            policy=settings.unanswered,
            look_after=look_after,
        )

        async def stuck(reason: str) -> None:
            await administrators.tell("database-stuck", reason=reason)

        watch = Watch(db=parts.db, now=now, tell=administrators.tell)
        owners = Owners(bot=application.bot, db=parts.db)
        told = Told(lost=owners.lost, stuck=stuck)
        deliverer = Deliverer(
            db=parts.db,
            sender=sender,
            pace=pace,
            now=now,
            undecided=undecided,
            pins=Pins(db=parts.db, sender=sender),
            told=told,
        )

        def bot_name() -> str:
            return str(application.bot.username)

        daily = Daily(
            db=parts.db,
            gather=parts.gather,
            chain=parts.chain,
            now=now,
            planned=deliverer.wake,
            looked=watch.look,
            bot_name=bot_name,
        )
        parts.ledger.tells(administrators.tell)
        regenerate = Regenerate(
            db=parts.db, gather=parts.gather, daily=daily, chain=parts.chain, now=now, planned=deliverer.wake
        )
        services = Services(
            settings,
            parts.db,
            parts.lookup,
            parts.gather,
            daily,
            DigestPages(db=parts.db, bot_name=bot_name),
            regenerate,
            deliverer,
            sender,
            now,
            Recent(now=now),
        )
        mend = Mend(
            db=parts.db,
            chain=parts.chain,
            now=now,
            rendered=regenerate.render_again,
            cards=PostedCards(db=parts.db, sender=sender),
        )

        async def tick() -> None:
            try:
                await daily.tick()
            finally:
                await mend.tick()

        register(application, services)
        members = Membership(services, owners)
        register_membership(application, members)
        async with _at_work(application, services, Clock(tick, seconds=settings.tick_seconds), parts):
            application.create_task(members.look_again(application.bot))
            if settings.set_profile:
                application.create_task(set_profile(application.bot, settings.admin_ids))
            yield Running(parts, services, application, mend)


@asynccontextmanager
async def _at_work(application: AnyApplication, services: Services, clock: Clock, parts: Core) -> AsyncIterator[None]:
    read_catalogues()
    await _connect(application)
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(application.shutdown)
        await services.deliverer.recover()
        delivering = asyncio.create_task(services.deliverer.run(stop))

        async def finish_deliveries() -> None:
            stop.set()
            await delivering

        stack.push_async_callback(finish_deliveries)
        clock.start()
        stack.push_async_callback(clock.stop)
        await application.start()
        stack.push_async_callback(application.stop)
        # The updates in hand are answered before the end, with what there is: arXiv and translators may take minutes.
        stack.push_async_callback(parts.arxiv.close)
        stack.callback(parts.chain.give_up)
        updater = application.updater
        if updater is None:
            raise CannotStart("This build of the Telegram library cannot poll.")
        await updater.start_polling(allowed_updates=list(ALLOWED_UPDATES), bootstrap_retries=-1)
        stack.push_async_callback(updater.stop)
        event(_log, "started", bot=application.bot.username, translators=",".join(parts.chain.names) or "none")
        try:
            yield
        finally:
            event(_log, "stopping")
            stop.set()  # first of all: whatever else takes its time, no further message is begun


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


async def serve(settings: Settings, *, now: Now = utc_now) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(settings, now=now):
        await stop.wait()
