"""From the settings to the chain: the backends of TRANSLATORS that have what they need, in order."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import aiohttp
from pydantic import SecretStr

from bot.config import Settings
from bot.log import event
from bot.translate.backends.plain_engine import PlainBackend, TextEngine
from bot.translate.backends.prompt import Shape
from bot.translate.backends.protocol import Backend
from bot.translate.backends.recorded import RecordedBackend, read_records
from bot.translate.budget import Budget, Cap, Price
from bot.translate.chain import Chain
from bot.translate.text.glossary import BadTerm, read_terms
from storage.database import Database
from storage.records import Now, Term

T = TypeVar("T")

_LOG = logging.getLogger(__name__)


class _LacksSomething(Exception):
    """A backend's key, address or file is missing; the message says which."""


def build_chain(settings: Settings, *, http: aiohttp.ClientSession, now: Now, budget: Budget | None = None) -> Chain:
    """The chain. A backend that lacks something is skipped with a log line; with none, all stays English.

    Raises BadTerm for a glossary file that cannot be used.
    """
    return Chain(
        list(_backends(settings, http, now)),
        deadline=settings.translate_deadline,
        deadlines=_named(settings.translate_deadlines),
        now=now,
        concurrency=settings.translate_concurrency,
        concurrencies=_named(settings.translate_concurrencies),
        terms=_terms(settings),
        budget=budget,
    )


def build_budget(settings: Settings, *, db: Database, now: Now) -> Budget:
    """The ledger with the prices and caps of the settings."""
    prices = {
        name: Price(*figures) if len(figures) > 1 else Price(characters=figures[0])
        for name, figures in _named(settings.translate_prices).items()
    }
    return Budget(
        db=db,
        now=now,
        prices=prices,
        cap=_cap(_named(settings.translate_daily_cap)),
        chat_cap=_cap(_named(settings.translate_chat_cap)),
        subscription_cap=_cap(_named(settings.translate_subscription_cap)),
        trusted=settings.admin_ids,
    )


def _named(figures: Mapping[Any, T]) -> dict[str, T]:
    """A backend by its name, as the settings list it."""
    return dict(figures)


def _cap(figures: Mapping[str, Decimal]) -> Cap:
    whole = {name: int(figure) for name, figure in figures.items() if name != "money"}
    return Cap(**whole, money=figures.get("money"))


def _terms(settings: Settings) -> list[Term]:
    path = settings.glossary_file
    if path is None:
        return []
    try:
        return read_terms(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadTerm(f"GLOSSARY_FILE cannot be read: {error}") from None
    except BadTerm as error:
        raise BadTerm(f"GLOSSARY_FILE, {error}") from None


def _backends(settings: Settings, http: aiohttp.ClientSession, now: Now) -> Iterator[Backend]:
    for name in dict.fromkeys(settings.translators):
        try:
            yield _backend(name, settings, http, now)
        except _LacksSomething as lack:
            event(_LOG, "backend_skipped", backend=name, why=lack)


def _backend(name: str, settings: Settings, http: aiohttp.ClientSession, now: Now) -> Backend:
    # deep-translator and openai are heavy, and whoever does not use them need not load them.
    match name:
        case "openai":
            from bot.translate.backends.openai import OpenAIBackend

            return OpenAIBackend(
                base_url=settings.openai_base_url,
                api_key=_secret(settings.openai_api_key, "OPENAI_API_KEY"),
                model=settings.openai_model,
                seconds=settings.translate_deadlines.get(name, settings.translate_deadline),
                http=http,
                now=now,
                shape=Shape(settings.openai_format),
            )
        case "recorded":
            return _recorded(settings)
        case _:
            return PlainBackend(_engine(name, settings, http, now))


def _engine(name: str, settings: Settings, http: aiohttp.ClientSession, now: Now) -> TextEngine:
    match name:
        case "google":
            from bot.translate.backends.google import google_engine

            return google_engine(_address(settings.google_translate_url, "GOOGLE_TRANSLATE_URL"), now=now)
        case "mymemory":
            from bot.translate.backends.mymemory import mymemory_engine

            return mymemory_engine(_address(settings.mymemory_url, "MYMEMORY_URL"), now=now)
        case "baidu":
            from bot.translate.backends.baidu import baidu_engine

            return baidu_engine(
                _address(settings.baidu_url, "BAIDU_URL"),
                app_id=_address(settings.baidu_app_id, "BAIDU_APP_ID"),
                key=_secret(settings.baidu_key, "BAIDU_KEY"),
                now=now,
            )
        case "deepl":
            from bot.translate.backends.deepl import DeepLEngine

            key = _secret(settings.deepl_api_key, "DEEPL_API_KEY")
            # Keys of the free plan end so, and have an address of their own.
            usual = "https://api-free.deepl.com" if key.endswith(":fx") else "https://api.deepl.com"
            return DeepLEngine(settings.deepl_url or usual, http=http, now=now, api_key=key)
        case _:
            from bot.translate.backends.libretranslate import LibreTranslateEngine

            address = _address(settings.libretranslate_url, "LIBRETRANSLATE_URL")
            given = settings.libretranslate_api_key
            return LibreTranslateEngine(address, http=http, now=now, api_key=given.get_secret_value() if given else "")


def _recorded(settings: Settings) -> Backend:
    path = settings.recorded_translations
    if path is None:
        raise _LacksSomething("RECORDED_TRANSLATIONS is not set")
    try:
        return RecordedBackend(read_records(path))
    except OSError as error:
        raise _LacksSomething(f"RECORDED_TRANSLATIONS cannot be read: {error.strerror}") from None


def _address(address: str, option: str) -> str:
    if not address:
        raise _LacksSomething(f"{option} is not set")
    return address


def _secret(secret: SecretStr | None, option: str) -> str:
    if secret is None:
        raise _LacksSomething(f"{option} is not set")
    return secret.get_secret_value()
