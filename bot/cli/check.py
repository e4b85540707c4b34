"""`check`: settings, database, Telegram, arXiv and translators, one line each: what is wrong and what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.app import Core, core
from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.ids import ArxivId
from bot.config import Settings
from bot.log import redact
from storage.database import StorageError

# A paper that will always be there: the transformer paper.
_KNOWN_PAPER = ArxivId("1706.03762", None)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    subject: str
    ok: bool
    text: str
    warns: bool = False
    """All works but for what the text says, which somebody may have wanted so."""

    def __str__(self) -> str:
        """`ok    arXiv      answers`, `warn  Telegram   …` or `FAIL  Telegram   …`."""
        sign = "FAIL" if not self.ok else "warn" if self.warns else "ok"
        return f"{sign:<5} {self.subject:<14} {self.text}"


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    """Look at each thing in turn; a failing one does not keep the others from being looked at."""
    admins = (
        f"{len(settings.admin_ids)} administrator(s)"
        if settings.admin_ids
        else "ADMIN_IDS is empty: nobody can regenerate"
    )
    yield Finding("settings", ok=True, text=f"{settings.language}, {settings.timezone}; {admins}")
    yield await _telegram(settings)
    try:
        async with core(settings) as parts:
            yield Finding("database", ok=True, text=parts.db.name)
            yield await _arxiv(parts)
            async for finding in _translators(parts):
                yield finding
    except StorageError as error:
        yield Finding("database", ok=False, text=str(error))


async def _telegram(settings: Settings) -> Finding:
    if settings.telegram_token is None:
        return Finding("Telegram", ok=False, text="TELEGRAM_TOKEN is not set; get one from @BotFather")
    bot = Bot(settings.telegram_token.get_secret_value(), base_url=f"{settings.telegram_api_url}/bot")
    try:
        async with bot:
            if bot.supports_inline_queries:
                return Finding("Telegram", ok=True, text=f"@{bot.username}")
            off = f"inline mode is off, so nobody can type @{bot.username} in other chats: /setinline at @BotFather"
            return Finding("Telegram", ok=True, text=f"@{bot.username}; {off}", warns=True)
    except InvalidToken:
        return Finding("Telegram", ok=False, text="TELEGRAM_TOKEN is refused; copy it again from @BotFather")
    except TelegramError as error:
        why = redact(str(error))
        text = f"{settings.telegram_api_url} does not answer: {why}; look at the network or TELEGRAM_API_URL"
        return Finding("Telegram", ok=False, text=text)


async def _arxiv(parts: Core) -> Finding:
    try:
        found = await parts.arxiv.papers([_KNOWN_PAPER])
    except ArxivUnavailable as error:
        return Finding(
            "arXiv", ok=False, text=f"{error}; look at the network or ARXIV_API_URL, or wait if it limits you"
        )
    if not found:
        return Finding("arXiv", ok=False, text="it answers, but without a paper that it has; look at ARXIV_API_URL")
    return Finding("arXiv", ok=True, text=f"answers at {parts.settings.arxiv_api_url}")


async def _translators(parts: Core) -> AsyncIterator[Finding]:
    checked = await parts.chain.check()
    if not checked:
        yield Finding(
            "translators", ok=False, text="none: every text stays English; set TRANSLATORS and what they need"
        )
    yield Finding("limits", ok=True, text=_caps(parts.settings))
    yield Finding("limits", ok=True, text=_counts(parts.settings))
    for name, problem in checked:
        yield Finding(f"{name}", ok=problem is None, text=problem or "translates")


def _caps(settings: Settings) -> str:
    """The caps on translating, as they are set: `a day in all: requests 20000; …`."""
    caps = {
        "a day in all": settings.translate_daily_cap,
        "asked for by one chat": settings.translate_chat_cap,
        "subscribed to by one chat alone": settings.translate_subscription_cap,
    }
    listed = {
        name: ", ".join(f"{of} {most}" for of, most in figures.items()) or "no cap" for name, figures in caps.items()
    }
    return "translating, " + "; ".join(f"{name}: {shown}" for name, shown in listed.items())


def _counts(settings: Settings) -> str:
    """The limits on what people ask for: `asking, commands a minute: 30; …`."""
    counts = {
        "commands a minute": settings.commands_per_minute,
        "cards a day": settings.cards_per_day,
        "days of /digest a day": settings.digest_days_per_day,
        "documents an hour in a group": settings.group_files_per_hour,
        "subscriptions of a chat": settings.subscriptions_per_chat,
        "saved papers": settings.saved_papers,
    }
    listed = f"{len(settings.allowed_chats)} listed" if settings.allowed_chats else "everybody"
    return f"answered: {listed}; asking, " + "; ".join(f"{name}: {most or 'no limit'}" for name, most in counts.items())
