"""From the settings to the chain: the backends of TRANSLATORS that have what they need, in order."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import aiohttp

from bot.config import Settings
from bot.log import event
from bot.translate.backend import Backend
from bot.translate.chain import Chain
from bot.translate.plain import PlainBackend
from bot.translate.recorded import RecordedBackend, read_records
from storage.records import Now

_LOG = logging.getLogger(__name__)


class _LacksSomething(Exception):
    """A backend's key, address or file is missing; the message says which."""


def build_chain(settings: Settings, *, http: aiohttp.ClientSession, now: Now) -> Chain:
    """The chain. A backend that lacks something is skipped with a log line; with none, all stays English."""
    return Chain(
        list(_backends(settings, http, now)),
        deadline=settings.translate_deadline,
        now=now,
        concurrency=settings.translate_concurrency,
    )


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
            if settings.openai_api_key is None:
                raise _LacksSomething("OPENAI_API_KEY is not set")
            from bot.translate.openai_backend import OpenAIBackend

            return OpenAIBackend(
                base_url=settings.openai_base_url,
                api_key=settings.openai_api_key.get_secret_value(),
                model=settings.openai_model,
                seconds=settings.translate_deadline,
                now=now,
            )
        case "google":
            from bot.translate.google import GoogleEngine

            return PlainBackend(GoogleEngine(_address(settings.google_translate_url, "GOOGLE_TRANSLATE_URL"), now=now))
        case "mymemory":
            from bot.translate.mymemory import MyMemoryEngine

            return PlainBackend(MyMemoryEngine(_address(settings.mymemory_url, "MYMEMORY_URL"), now=now))
        case "libretranslate":
            from bot.translate.libretranslate import LibreTranslateEngine

            key = settings.libretranslate_api_key
            return PlainBackend(
                LibreTranslateEngine(
                    _address(settings.libretranslate_url, "LIBRETRANSLATE_URL"),
                    http=http,
                    now=now,
                    api_key=key.get_secret_value() if key else "",
                )
            )
        case _:
            return _recorded(settings)


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
