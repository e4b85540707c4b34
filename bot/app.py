"""Composition root: the only place that builds things and closes them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from pydantic import SecretStr
from telegram.ext import Application

from bot.announcements.fetch import AnnouncementFetcher
from bot.announcements.watch import Watch
from bot.arxiv_source.client import ArxivClient
from bot.arxiv_source.http_cache import Kept
from bot.arxiv_source.shared_request_queue import DatabaseRequestSlots
from bot.config import Settings
from bot.corrections.page_translation import PageTranslation
from bot.corrections.posted import PostedMessages
from bot.corrections.posted_answers import PostedAnswers
from bot.corrections.posted_cards import PostedCards
from bot.corrections.regenerate import Regenerate
from bot.corrections.retry_translations import TranslationRetries
from bot.delivery.deliver import WORKERS, Deliverer
from bot.delivery.pin_digests import Pins
from bot.delivery.probe import Probe
from bot.delivery.reports import Told
from bot.delivery.sender import Sender
from bot.delivery.unknown import LOOK_AFTER, UnknownDeliveries
from bot.digests.daily import Daily
from bot.digests.destination_settings import DestinationSettings
from bot.digests.digest_pages import DigestPages
from bot.digests.rendering import DigestRenderer
from bot.handlers.access_control import allowed_ids, register_access
from bot.handlers.ask import AnyApplication, Services
from bot.handlers.dispatch import register
from bot.handlers.membership import Membership, register_membership
from bot.handlers.message_ids import Seen, register_seen
from bot.handlers.notify.administrators import Administrators
from bot.handlers.notify.owners import Owners
from bot.handlers.profile import set_profile
from bot.handlers.recent import Recent
from bot.handlers.update_queue import UpdateQueue
from bot.handlers.usage_limits import UsageLimits
from bot.log import event
from bot.lookup import Lookup
from bot.runtime.clock import Clock
from bot.runtime.clock_correction import SetBack
from bot.runtime.database_wait import migrate_once_there, tell_without_database
from bot.runtime.lifecycle import CannotStart, application_lifecycle
from bot.runtime.shutdown import FINISH, Shutdown, until_signalled
from bot.runtime.standby import stand_by
from bot.runtime.wall_clock import TOLERANCE, WallClock, steady_seconds, utc_now
from bot.telegram_api.limiter import Limiter
from bot.telegram_api.pace import PAID, Limits, Pace
from bot.telegram_api.polling import PollingRequest
from bot.telegram_api.request import READ, AiohttpRequest
from bot.translate.budget import Budget
from bot.translate.build import build_budget, build_chain
from bot.translate.chain import Chain
from bot.translate.text.glossary import BadTerm
from storage import access, forgotten_people, known_bot
from storage.database import Database, MigrationResult, migrate
from storage.lead import lead_of
from storage.records import Now

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Core:
    """Everything that needs no Telegram."""

    settings: Settings
    db: Database
    arxiv: ArxivClient
    chain: Chain
    lookup: Lookup
    fetcher: AnnouncementFetcher
    now: Now
    budget: Budget


@dataclass(frozen=True, slots=True)
class Running:
    """A bot that polls, ticks and delivers."""

    core: Core
    services: Services
    application: AnyApplication
    retries: TranslationRetries
    clock: Clock


@asynccontextmanager
async def core(
    settings: Settings,
    *,
    now: Now = utc_now,
    database: str | None = None,
    migrating: Callable[[str], Awaitable[MigrationResult]] = migrate,
) -> AsyncIterator[Core]:
    """Database, arXiv client and translators, closed at the end. `database` is used in place of the settings' one."""
    address = database or settings.database_address
    async with AsyncExitStack() as stack:
        migrated = await migrating(address)
        if migrated.copied_to is not None:
            event(_log, "database_copied", to=migrated.copied_to)
        db = Database(address)
        stack.push_async_callback(db.close)
        if database is None:
            await _forget_again(db, settings, now)
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
            shared=DatabaseRequestSlots(db),
            kept=Kept(db),
        )
        stack.push_async_callback(arxiv.close)
        budget = build_budget(settings, db=db, now=now)
        try:
            chain = build_chain(settings, http=http, now=now, budget=budget)
        except BadTerm as error:
            raise CannotStart(str(error)) from None
        stack.push_async_callback(chain.close)
        yield Core(
            settings=settings,
            db=db,
            arxiv=arxiv,
            chain=chain,
            lookup=Lookup(db=db, arxiv=arxiv, chain=chain),
            fetcher=AnnouncementFetcher(db=db, arxiv=arxiv, now=now, retention_days=settings.retention_days),
            now=now,
            budget=budget,
        )


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    now: Now = utc_now,
    pace: Pace | None = None,
    look_after: timedelta = LOOK_AFTER,
    finish: float = FINISH,
    read_timeout: float = READ,
    tolerance: timedelta = TOLERANCE,
) -> AsyncIterator[Running]:
    """The whole bot at work. Leaving stops it: updates in hand are answered, requests in flight finished.

    What takes longer than `finish` seconds is broken off; an answer of Telegram may stay away for `read_timeout`. By
    more than `tolerance` the clock does not go back without being noticed.
    """
    if settings.telegram_token is None:
        raise CannotStart("TELEGRAM_TOKEN is not set. Get a token from @BotFather and put it into .env, or try `demo`.")
    lead = lead_of(settings.database_address, _bot_id(settings.telegram_token))

    async def migrating(address: str) -> MigrationResult:
        return await migrate_once_there(address, lambda reason: tell_without_database(settings, reason))

    async with AsyncExitStack() as stack:
        stack.push_async_callback(lead.give_back)
        if lead.alone:
            # Before the database is touched: the other process may be of an older version.
            await lead.take(lambda: stand_by("everything"))
        parts = await stack.enter_async_context(core(settings, now=now, migrating=migrating))
        async with parts.db.begin() as session:
            await access.keep_to_list(session, allowed_ids(settings), now())
        telegram = _telegram(settings, settings.telegram_token, pace, now, read_timeout)
        application = telegram.application
        administrators = Administrators(
            bot=application.bot, ids=settings.admin_ids, db=parts.db, language=settings.language
        )
        parts.budget.tells(administrators.tell)
        telegram.polling.tells(administrators.tell)
        owners = Owners(bot=application.bot, db=parts.db)
        deliverer = _deliverer(parts, telegram, administrators, owners, look_after=look_after, alone=lead.alone)
        services = _services(parts, telegram, deliverer, administrators)
        retries = TranslationRetries(
            db=parts.db,
            chain=parts.chain,
            now=now,
            rendered=services.regenerate.render_again,
            cards=services.cards,
            answers=PostedAnswers(db=parts.db, posted=services.posted, render=services.renderer.as_stored),
        )

        members = Membership(services, owners)

        async def times_changed() -> None:
            parts.chain.rest_no_more()
            await services.deliverer.times_changed()

        clock_set_back = SetBack(
            db=parts.db, now=now, tell=administrators.tell, stored=times_changed, tolerance=tolerance
        )

        async def tick() -> None:
            await clock_set_back.look()
            try:
                await services.daily.tick()
            finally:
                await retries.tick()
            members.look_again_daily(application)

        register_access(application, services)
        register(application, services)
        register_seen(application, Seen(services))
        register_membership(application, members)
        shutdown = Shutdown(pace=telegram.pace, requests=telegram.requests, db=parts.db, finish=finish)
        clock = Clock(tick, seconds=settings.tick_seconds)
        another = await _is_another_bot(parts, _bot_id(settings.telegram_token))
        async with application_lifecycle(
            application, services.deliverer, clock, parts.arxiv, parts.chain, shutdown, lead
        ):
            members.look_again_daily(application)
            if another:
                application.create_task(administrators.another_bot(now()))
            if settings.set_profile:
                application.create_task(set_profile(application.bot, settings.admin_ids))
            yield Running(core=parts, services=services, application=application, retries=retries, clock=clock)


async def _forget_again(db: Database, settings: Settings, now: Now) -> None:
    """A backup may have been restored since somebody was forgotten."""
    path = settings.data_dir / forgotten_people.NAME
    try:
        listed = await asyncio.to_thread(forgotten_people.read, path)
    except OSError as error:
        raise CannotStart(f"{path}, which says who was forgotten, cannot be read: {error.strerror}") from None
    if not listed:
        return
    async with db.begin() as session:
        count = await forgotten_people.replay(session, listed, now)
    if count:
        event(_log, "forgotten_again", people=count)


@dataclass(frozen=True, slots=True)
class _Telegram:
    """Both ways to Telegram, the library's and the lean one, and the pace that they share."""

    application: AnyApplication
    sender: Sender
    pace: Pace
    requests: tuple[AiohttpRequest, ...]
    polling: PollingRequest


async def _is_another_bot(parts: Core, bot_id: int) -> bool:
    """Whether the token is another bot's than the database was of: said once."""
    async with parts.db.begin() as session:
        another = await known_bot.is_another(session, bot_id, parts.now())
    if another:
        event(_log, "another_bot", level=logging.WARNING, bot=bot_id)
    return another


def _bot_id(token: SecretStr) -> int:
    """The number before the colon, which stays when the token is renewed; 0 where there is none: that is refused."""
    number = token.get_secret_value().partition(":")[0]
    return int(number) if number.isdecimal() else 0


def _telegram(settings: Settings, token: SecretStr, pace: Pace | None, now: Now, read_timeout: float) -> _Telegram:
    pace = pace or Pace(clock=time.monotonic, limits=PAID if settings.paid_broadcast else Limits())
    request, polling = AiohttpRequest(pool=2 * WORKERS, read_timeout=read_timeout), PollingRequest(pool=2)
    application: AnyApplication = (
        Application.builder()
        .token(token.get_secret_value())
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .request(request)
        .get_updates_request(polling)
        .rate_limiter(Limiter(pace))
        .concurrent_updates(UpdateQueue())
        .build()
    )
    sender = Sender(request=request, address=application.bot.base_url, pace=pace, now=now, paid=settings.paid_broadcast)
    return _Telegram(application=application, sender=sender, pace=pace, requests=(request, polling), polling=polling)


def _deliverer(
    parts: Core,
    telegram: _Telegram,
    administrators: Administrators,
    owners: Owners,
    *,
    look_after: timedelta,
    alone: bool,
) -> Deliverer:
    unknown = UnknownDeliveries(
        db=parts.db,
        probe=Probe(db=parts.db, sender=telegram.sender, operations_chat=parts.settings.operations, now=parts.now),
        now=parts.now,
        tell=administrators.decide,
        policy=parts.settings.unanswered,
        look_after=look_after,
    )

    async def stuck(reason: str) -> None:
        await administrators.tell("database-stuck", reason=reason)

    async def refused(reason: str) -> None:
        await administrators.refused(reason, parts.now())

    return Deliverer(
        db=parts.db,
        sender=telegram.sender,
        pace=telegram.pace,
        now=parts.now,
        unknown=unknown,
        pins=Pins(db=parts.db, sender=telegram.sender),
        told=Told(lost=owners.lost, stuck=stuck, refused=refused),
        alone=alone,
    )


def _services(parts: Core, telegram: _Telegram, deliverer: Deliverer, administrators: Administrators) -> Services:
    def bot_name() -> str:
        return str(telegram.application.bot.username)

    renderer = DigestRenderer(db=parts.db, chain=parts.chain, now=parts.now, bot_name=bot_name)
    daily = Daily(
        db=parts.db,
        fetcher=parts.fetcher,
        chain=parts.chain,
        renderer=renderer,
        now=parts.now,
        planned=deliverer.wake,
        looked=Watch(db=parts.db, now=parts.now, tell=administrators.tell).look,
    )
    regenerate = Regenerate(
        db=parts.db, fetcher=parts.fetcher, renderer=renderer, chain=parts.chain, now=parts.now, planned=deliverer.wake
    )
    posted = PostedMessages(sender=telegram.sender)
    pages = DigestPages(db=parts.db, bot_name=bot_name)
    return Services(
        settings=parts.settings,
        db=parts.db,
        lookup=parts.lookup,
        fetcher=parts.fetcher,
        renderer=renderer,
        daily=daily,
        destination_settings=DestinationSettings(db=parts.db, now=parts.now),
        pages=pages,
        regenerate=regenerate,
        deliverer=deliverer,
        sender=telegram.sender,
        now=parts.now,
        recent=Recent(now=parts.now),
        posted=posted,
        cards=PostedCards(db=parts.db, posted=posted),
        page_translation=PageTranslation(
            db=parts.db,
            chain=parts.chain,
            pages=pages,
            posted=posted,
            create_task=telegram.application.create_task,
        ),
        limits=UsageLimits(settings=parts.settings, db=parts.db, now=parts.now, budget=parts.budget),
    )


async def serve(settings: Settings, *, now: Now | None = None) -> None:
    """Run until SIGTERM or SIGINT."""
    await until_signalled(running(settings, now=now or WallClock(steady=steady_seconds)))
