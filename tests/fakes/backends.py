"""Each backend as the settings build it, at the address of a local service, and a paper for it to translate."""

from __future__ import annotations

from datetime import UTC, datetime

import aiohttp
from fakes.translator_server import TranslatorServer

from bot.translate.backends.baidu import baidu_engine
from bot.translate.backends.deepl import DeepLEngine
from bot.translate.backends.google import google_engine
from bot.translate.backends.libretranslate import LibreTranslateEngine
from bot.translate.backends.mymemory import mymemory_engine
from bot.translate.backends.openai import OpenAIBackend
from bot.translate.backends.plain_engine import PlainBackend
from bot.translate.backends.protocol import Backend, Source
from storage.records import TextField

ALL = frozenset(TextField)
NOW = datetime(2026, 8, 21, 12, 0, tzinfo=UTC)
SERVICES = ("openai", "google", "mymemory", "libretranslate", "deepl", "baidu")
PLAIN = SERVICES[1:]
KEY = "sk-very-secret-key-0123456789"
SOURCE = Source(
    "2401.00001",
    1,
    "Learning to Rank with $k$ Noisy Measurements",
    "Ranking systems learn from what users do & say. We propose a method with $O(n \\log n)$ steps, where $k < n$. "
    "It beats others by 12.5 points on 4 data sets. Code: https://example.org/rank. "
    + "More words are said here. "
    * 12,
    "We propose a method with $O(n \\log n)$ steps, where $k < n$.",
)
SECONDS = 0.15
"""How long a request may take; the trouble that hangs takes for ever."""


def now() -> datetime:
    return NOW


def backend(service: str, server: TranslatorServer, http: aiohttp.ClientSession, seconds: float = SECONDS) -> Backend:
    return backend_at(server.address(service), service, http, seconds)


def backend_at(address: str, service: str, http: aiohttp.ClientSession, seconds: float) -> Backend:
    match service:
        case "openai":
            return OpenAIBackend(base_url=address, api_key=KEY, model="small", seconds=seconds, http=http, now=now)
        case "google":
            return PlainBackend(google_engine(address, now=now, request_seconds=seconds))
        case "mymemory":
            return PlainBackend(mymemory_engine(address, now=now, request_seconds=seconds))
        case "baidu":
            return PlainBackend(baidu_engine(address, app_id="app", key=KEY, now=now, request_seconds=seconds))
        case "deepl":
            return PlainBackend(DeepLEngine(address, http=http, now=now, api_key=KEY, request_seconds=seconds))
        case _:
            return PlainBackend(
                LibreTranslateEngine(address, http=http, now=now, api_key="libre", request_seconds=seconds)
            )
