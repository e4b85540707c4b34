"""Each backend against a server that speaks its protocol: good answers become texts, bad ones typed failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import aiohttp
import pytest
from fakes.backends import ALL, KEY, NOW, PLAIN, SECONDS, SERVICES, SOURCE, backend, backend_at
from fakes.pseudo import pseudo
from fakes.translator_server import ANYWHERE, TranslatorServer, Trouble

from bot.translate.backends.protocol import (
    BackendError,
    BadAnswer,
    Limited,
    Order,
    RefusedByBackend,
    Source,
    Unavailable,
)
from bot.translate.backends.retry_after import until_of
from storage.records import TextField


@pytest.fixture
async def server() -> AsyncIterator[TranslatorServer]:
    async with TranslatorServer() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", ["zh-CN", "fr"])
async def test_a_paper_is_translated_with_its_formulas(
    service: str, language: str, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    asked = backend(service, server, http, seconds=60)
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
    asked = backend(service, server, http, seconds=SECONDS if trouble is Trouble.HANG else 60)
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
    asked = backend_at(f"http://127.0.0.1:{unused_tcp_port}/", service, http, seconds=60)
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
    patient = backend(service, server, http, seconds=60)
    assert (await patient.translate(Order(SOURCE, "zh-CN", title))).title
    await patient.close()


@pytest.mark.parametrize("service", PLAIN)
async def test_masks_that_are_lost_every_time_make_no_text(
    service: str, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    server.troubles[service] = Trouble.LOST_MASK
    asked = backend(service, server, http, seconds=60)
    with pytest.raises(BadAnswer):
        await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()


@pytest.mark.parametrize(("service", "limit"), [("google", 5000), ("mymemory", 500)])
async def test_long_texts_go_in_pieces_that_the_service_takes(
    service: str, limit: int, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    long = " ".join(f"Sentence {number} is about $x_{{{number}}}$ and more." for number in range(200))
    asked = backend(service, server, http, seconds=60)
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
    asked = backend("mymemory", server, http, seconds=60)
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
    asked = backend(service, server, http, seconds=60)
    with pytest.raises(RefusedByBackend):
        await asked.translate(Order(SOURCE, "tlh", ALL))
    await asked.close()


async def test_libretranslate_gets_html_its_own_codes_and_its_key(
    server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    asked = backend("libretranslate", server, http, seconds=60)
    await asked.translate(Order(SOURCE, "zh-TW", ALL))
    assert {body["target"] for body in server.bodies} == {"zt"}
    assert {body["format"] for body in server.bodies} == {"html"}
    assert set(server.keys) == {"libre"}


@pytest.mark.parametrize("service", ["deepl", "baidu"])
async def test_a_quota_that_is_used_up_is_a_limit(
    service: str, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    server.troubles[service] = Trouble.QUOTA
    asked = backend(service, server, http, seconds=60)
    with pytest.raises(Limited):
        await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()


async def test_deepl_gets_its_key_in_a_header_its_own_codes_and_all_texts_at_once(
    server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    asked = backend("deepl", server, http, seconds=60)
    await asked.translate(Order(SOURCE, "zh-TW", ALL))
    assert server.keys == [f"DeepL-Auth-Key {KEY}"]
    assert [(body["target_lang"], len(body["text"])) for body in server.bodies] == [("ZH-HANT", 3)]


@pytest.mark.parametrize(("trouble", "requests"), [(None, 1), (Trouble.GLUED, 4)])
async def test_texts_go_as_lines_of_one_request_unless_the_service_glues_lines(
    trouble: Trouble | None, requests: int, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    if trouble is not None:
        server.troubles["google"] = trouble
    asked = backend("google", server, http, seconds=60)
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
