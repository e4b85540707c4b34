"""Each backend against a server that speaks its protocol: good answers become texts, bad ones typed failures."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from fakes.pseudo import pseudo
from fakes.translator_server import ANYWHERE, TranslatorServer, Trouble

from bot.translate.backend import (
    Backend,
    BackendError,
    BadAnswer,
    Limited,
    Order,
    RefusedByBackend,
    Source,
    Unavailable,
)
from bot.translate.baidu import baidu_engine
from bot.translate.deepl import DeepLEngine
from bot.translate.google import google_engine
from bot.translate.libretranslate import LibreTranslateEngine
from bot.translate.marks import left
from bot.translate.mymemory import mymemory_engine
from bot.translate.openai_backend import OpenAIBackend
from bot.translate.plain import PlainBackend
from bot.translate.prompt import Shape
from bot.translate.waiting import until_of
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


@pytest.fixture
async def server() -> AsyncIterator[TranslatorServer]:
    async with TranslatorServer() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


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


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", ["zh-CN", "fr"])
async def test_a_paper_is_translated_with_its_formulas(
    service: str, language: str, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    asked = backend(service, server, http, seconds=10)
    draft = await asked.translate(Order(SOURCE, language, ALL))
    await asked.close()
    assert asked.name == service
    assert draft.title
    assert "$k$" in draft.title
    assert draft.abstract
    for kept in ("$O(n \\log n)$", "$k < n$", "https://example.org/rank", "&", "12.5"):
        assert draft.abstract.count(kept) == 1
    assert draft.abstract.startswith(pseudo("Ranking systems learn", language))
    assert draft.summary
    assert all("$" not in text for text in server.texts(service))


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("trouble", [t for t in ANYWHERE if t is not Trouble.ECHO])
async def test_every_trouble_is_a_typed_failure(
    service: str, trouble: Trouble, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    server.troubles[service] = trouble
    asked = backend(service, server, http, seconds=SECONDS if trouble is Trouble.HANG else 10)
    with pytest.raises(BackendError) as caught:
        await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()
    assert KEY not in str(caught.value)
    assert server.huge_sent < 10_000_000
    expected: dict[Trouble, type[BackendError] | tuple[type[BackendError], ...]] = {
        Trouble.HANG: Unavailable,
        Trouble.SERVER_ERROR: Unavailable,
        Trouble.ERROR_PAGE: BadAnswer,
        Trouble.EMPTY: BadAnswer,
        Trouble.LIMITED: Limited,
        Trouble.CLOSE: Unavailable,
        Trouble.HUGE: BadAnswer,
    }
    assert isinstance(caught.value, expected[trouble])
    if isinstance(caught.value, Limited):
        assert caught.value.until == NOW + timedelta(seconds=120)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_server_that_is_not_there_is_unavailable(
    service: str, http: aiohttp.ClientSession, unused_tcp_port: int
) -> None:
    asked = backend_at(f"http://127.0.0.1:{unused_tcp_port}/", service, http, seconds=10)
    with pytest.raises(Unavailable):
        await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()


@pytest.mark.parametrize("service", ["google", "mymemory"])
async def test_an_answer_that_trickles_for_ever_is_given_up(
    service: str, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    server.troubles[service] = Trouble.DRIP
    asked = backend(service, server, http, seconds=0.2)
    with pytest.raises(Unavailable):
        await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()


@pytest.mark.parametrize("service", ["google", "mymemory"])
async def test_stalled_requests_do_not_use_up_the_threads(
    service: str, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    asked = backend(service, server, http, seconds=0.1)
    server.troubles[service] = Trouble.HANG
    title = frozenset({TextField.TITLE})
    failures = await asyncio.gather(
        *(asked.translate(Order(SOURCE, "zh-CN", title)) for _ in range(9)), return_exceptions=True
    )
    assert {type(failure) for failure in failures} == {Unavailable}
    await asked.close()
    del server.troubles[service]
    patient = backend(service, server, http, seconds=10)
    assert (await patient.translate(Order(SOURCE, "zh-CN", title))).title
    await patient.close()


@pytest.mark.parametrize("service", PLAIN)
async def test_masks_that_are_lost_every_time_make_no_text(
    service: str, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    server.troubles[service] = Trouble.LOST_MASK
    asked = backend(service, server, http, seconds=10)
    with pytest.raises(BadAnswer):
        await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()


@pytest.mark.parametrize(("service", "limit"), [("google", 5000), ("mymemory", 500)])
async def test_long_texts_go_in_pieces_that_the_service_takes(
    service: str, limit: int, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    long = " ".join(f"Sentence {number} is about $x_{{{number}}}$ and more." for number in range(200))
    asked = backend(service, server, http, seconds=10)
    source = Source("2401.00001", 1, "T", long, "S")
    draft = await asked.translate(Order(source, "zh-CN", frozenset({TextField.ABSTRACT})))
    await asked.close()
    assert draft.abstract
    assert all(f"$x_{{{number}}}$" in draft.abstract for number in range(200))
    sent = server.texts(service)
    assert len(sent) > 1
    assert all(len(text) < limit for text in sent)


async def test_mymemory_says_when_its_quota_is_back(server: TranslatorServer, http: aiohttp.ClientSession) -> None:
    server.troubles["mymemory"] = Trouble.QUOTA
    asked = backend("mymemory", server, http, seconds=10)
    with pytest.raises(Limited) as caught:
        await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()
    assert caught.value.until == NOW + timedelta(hours=7, minutes=30, seconds=10)


@pytest.mark.parametrize("service", PLAIN)
async def test_a_language_it_does_not_know_is_a_refusal(
    service: str, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    if service == "libretranslate":
        server.troubles[service] = Trouble.UNAUTHORIZED
    asked = backend(service, server, http, seconds=10)
    with pytest.raises(RefusedByBackend):
        await asked.translate(Order(SOURCE, "tlh", ALL))
    await asked.close()


async def test_libretranslate_gets_html_its_own_codes_and_its_key(
    server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    asked = backend("libretranslate", server, http, seconds=10)
    await asked.translate(Order(SOURCE, "zh-TW", ALL))
    assert {body["target"] for body in server.bodies} == {"zt"}
    assert {body["format"] for body in server.bodies} == {"html"}
    assert set(server.keys) == {"libre"}


async def test_the_model_is_asked_once_for_all_texts(server: TranslatorServer, http: aiohttp.ClientSession) -> None:
    asked = backend("openai", server, http, seconds=10)
    draft = await asked.translate(Order(SOURCE, "zh-CN", ALL))
    again = await asked.translate(Order(SOURCE, "zh-CN", frozenset({TextField.SUMMARY})))
    await asked.close()
    assert draft.model == "small"
    assert draft.summary_en
    # A summary comes with the title, which proves that it is of this paper.
    assert (again.title, again.abstract) == (draft.title, None)
    assert again.summary == draft.summary
    assert len(server.bodies) == 2
    systems = {body["messages"][0]["content"] for body in server.bodies}
    assert len(systems) == 1
    delimiters = {body["messages"][1]["content"].split("PAPER-")[1].split("\n")[0] for body in server.bodies}
    assert len(delimiters) == 2


@pytest.mark.parametrize(
    ("trouble", "failure"),
    [
        (Trouble.REFUSAL, RefusedByBackend),
        (Trouble.UNAUTHORIZED, RefusedByBackend),
        (Trouble.CUT, BadAnswer),
        (Trouble.BAD_JSON, BadAnswer),
        (Trouble.OTHER_PAPER, BadAnswer),
    ],
)
async def test_what_only_models_do_is_typed_too(
    trouble: Trouble, failure: type[BackendError], server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    server.troubles["openai"] = trouble
    asked = backend("openai", server, http, seconds=10)
    with pytest.raises(failure) as caught:
        await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()
    assert "sk-" not in str(caught.value)


@pytest.mark.parametrize("trouble", [Trouble.CHATTY, Trouble.NO_JSON_MODE])
async def test_thoughts_fences_and_missing_json_mode_do_no_harm(
    trouble: Trouble, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    server.troubles["openai"] = trouble
    asked = backend("openai", server, http, seconds=10)
    assert (await asked.translate(Order(SOURCE, "zh-CN", ALL))).title
    assert (await asked.translate(Order(SOURCE, "zh-CN", ALL))).abstract
    await asked.close()
    # What is found out about JSON mode is found out once.
    assert len(server.bodies) == (3 if trouble is Trouble.NO_JSON_MODE else 2)


async def test_a_model_that_loses_a_mask_is_asked_again_by_its_name_and_then_by_sentence(
    server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    server.troubles["openai"] = Trouble.LOST_SECOND_MASK
    asked = backend("openai", server, http, seconds=10)
    draft = await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()
    assert draft.title
    assert draft.summary
    assert draft.abstract
    assert left(draft.abstract) == ["We propose a method with $O(n \\log n)$ steps, where $k < n$."]
    first, again, sentences = server.texts("openai")
    assert re.search(r'"abstract" — missing: \{v\d+\}', again)
    assert '"title"' in first
    assert '"title"' not in again
    assert re.search(r"^s1: .*\ns2: ", sentences, re.MULTILINE)


async def test_a_model_that_seals_nothing_is_trusted_with_nothing(
    server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    server.troubles["openai"] = Trouble.LOST_MASK
    asked = backend("openai", server, http, seconds=10)
    with pytest.raises(BadAnswer):
        await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()


@pytest.mark.parametrize("shape", Shape)
async def test_the_answer_is_asked_for_in_the_form_that_the_settings_say(
    shape: Shape, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    asked = OpenAIBackend(
        base_url=server.address("openai"), api_key=KEY, model="small", seconds=10, http=http, now=now, shape=shape
    )
    draft = await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()
    assert draft.title
    assert draft.summary_en
    kinds = {Shape.JSON: "json_object", Shape.SCHEMA: "json_schema", Shape.TAGGED: None}
    assert server.bodies[0].get("response_format", {}).get("type") == kinds[shape]


@pytest.mark.parametrize("service", ["deepl", "baidu"])
async def test_a_quota_that_is_used_up_is_a_limit(
    service: str, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    server.troubles[service] = Trouble.QUOTA
    asked = backend(service, server, http, seconds=10)
    with pytest.raises(Limited):
        await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()


async def test_deepl_gets_its_key_in_a_header_its_own_codes_and_all_texts_at_once(
    server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    asked = backend("deepl", server, http, seconds=10)
    await asked.translate(Order(SOURCE, "zh-TW", ALL))
    assert server.keys == [f"DeepL-Auth-Key {KEY}"]
    assert [(body["target_lang"], len(body["text"])) for body in server.bodies] == [("ZH-HANT", 3)]


@pytest.mark.parametrize(("trouble", "requests"), [(None, 1), (Trouble.GLUED, 4)])
async def test_texts_go_as_lines_of_one_request_unless_the_service_glues_lines(
    trouble: Trouble | None, requests: int, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    if trouble is not None:
        server.troubles["google"] = trouble
    asked = backend("google", server, http, seconds=10)
    draft = await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()
    assert draft.title
    assert draft.abstract
    assert draft.summary
    assert server.requests["google"] == requests


@pytest.mark.parametrize(
    ("header", "until"),
    [
        ("90", NOW + timedelta(seconds=90)),
        ("1.5", NOW + timedelta(seconds=1.5)),
        ("99999999999999", NOW + timedelta(days=1)),
        ("Fri, 21 Aug 2026 12:05:00 GMT", NOW + timedelta(minutes=5)),
        ("Fri, 21 Aug 2020 12:05:00 GMT", NOW),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(header: str | None, until: datetime | None) -> None:
    assert until_of(header, NOW) == until
