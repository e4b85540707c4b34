"""Answers made to take all memory or time: elements within each other, elements without number, packed zeros."""

from __future__ import annotations

import gzip
import threading
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from fakes.arxiv_client import client_of
from fakes.arxiv_server import ArxivServer, Trouble
from fakes.house import FRIDAY, Clock, announcement
from fakes.stored import open_database
from telegram.error import NetworkError

from bot.announcements.sources import Sources
from bot.arxiv_source.answers import LARGEST_BODY
from bot.arxiv_source.api import check_answer
from bot.arxiv_source.client import ArxivClient
from bot.arxiv_source.download import FetchedFeed
from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.feed import NotAFeed, parse_feed
from bot.arxiv_source.ids import ArxivId
from bot.arxiv_source.pages import MOST_TAGS, PageError, parse_listing
from bot.arxiv_source.xml_tree import MOST_DEPTH, MOST_ELEMENTS, Excess, read_tree
from bot.telegram_api.request import AiohttpRequest
from bot.translate.backends.json_request import post_json
from bot.translate.backends.protocol import BadAnswer

MB = 2**20
PACKED = gzip.compress(bytes(512 * MB), 1)
"""2 MB that unpack to 512."""

Ask = Callable[[ArxivClient], Awaitable[object]]


@pytest.fixture
async def arxiv() -> AsyncIterator[ArxivServer]:
    async with ArxivServer() as server:
        server.announce("cs.CV", announcement(3), FRIDAY)
        yield server


@pytest.fixture
async def client(arxiv: ArxivServer) -> AsyncIterator[ArxivClient]:
    async with client_of(arxiv, Clock()) as client:
        yield client


@pytest.fixture
async def telegram() -> AsyncIterator[AiohttpRequest]:
    request = AiohttpRequest()
    await request.initialize()
    yield request
    await request.shutdown()


@contextmanager
def within(megabytes: int) -> Iterator[None]:
    """Fails where more memory was held at any time."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * MB
    finally:
        tracemalloc.stop()


def nested(depth: int) -> bytes:
    return b'<feed xmlns="http://www.w3.org/2005/Atom">' + b"<a>" * depth + b"</a>" * depth + b"</feed>"


def many(count: int) -> bytes:
    return b'<feed xmlns="http://www.w3.org/2005/Atom">' + b"<a/>" * count + b"</feed>"


@pytest.mark.parametrize("body", [nested(MOST_DEPTH), many(MOST_ELEMENTS)], ids=["deep", "many"])
def test_xml_without_measure_is_refused_before_it_takes_memory(body: bytes) -> None:
    with pytest.raises(Excess):
        read_tree(body)
    with pytest.raises(NotAFeed, match="nested deeper"):
        parse_feed(body)
    with pytest.raises(ArxivUnavailable, match="nested deeper"):
        check_answer("application/atom+xml", body)


def test_xml_within_the_measure_is_read() -> None:
    assert len(read_tree(many(MOST_ELEMENTS - 1))) == MOST_ELEMENTS - 1
    assert read_tree(nested(MOST_DEPTH - 1)).tag.endswith("feed")


def test_millions_of_elements_within_each_other_take_little_memory() -> None:
    body = nested(LARGEST_BODY // 7)
    with within(48), pytest.raises(NotAFeed):
        parse_feed(body)


def test_a_page_with_more_tags_than_any_is_refused() -> None:
    with pytest.raises(PageError, match="more tags"):
        parse_listing(b"<p>" * (MOST_TAGS + 1))


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.feed("cs.CV"),
        lambda client: client.listing("cs.CV"),
        lambda client: client.catchup("cs.CV", FRIDAY),
        lambda client: client.papers([ArxivId("2608.00001")]),
    ],
    ids=["feed", "listing", "catch-up", "papers"],
)
async def test_a_packed_answer_counts_by_what_it_unpacks_to_and_while_it_does(
    arxiv: ArxivServer, client: ArxivClient, ask: Ask
) -> None:
    arxiv.misbehave(
        Trouble.OTHER, body=PACKED, headers={"Content-Encoding": "gzip", "Content-Type": "application/atom+xml"}
    )
    with within(100), pytest.raises(ArxivUnavailable):
        await ask(client)


@asynccontextmanager
async def serving(body: bytes) -> AsyncIterator[str]:
    """The address of a server that answers everything with these packed bytes."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_a_packed_answer_of_telegrams_is_not_unpacked_to_its_end(telegram: AiohttpRequest) -> None:
    async with serving(PACKED) as url:
        with within(160), pytest.raises(NetworkError):
            await telegram.do_request(f"{url}/bot1:x/getUpdates", "POST")


async def test_lists_within_lists_without_end_are_no_answer_of_telegrams(telegram: AiohttpRequest) -> None:
    async with serving(gzip.compress(b"[" * 10**6)) as url:
        with pytest.raises(NetworkError, match="no JSON"):
            await telegram.call(f"{url}/bot1:x/getChat", aiohttp.FormData({"chat_id": "1"}))


async def test_a_packed_answer_of_a_translator_is_not_unpacked_to_its_end() -> None:
    async with serving(PACKED) as url, aiohttp.ClientSession() as http:
        with within(80), pytest.raises(BadAnswer):
            await post_json(http, url, {}, seconds=30, now=Clock())


async def test_feeds_and_pages_are_read_beside_the_event_loop(tmp_path: Path, client: ArxivClient) -> None:
    threads: list[bool] = []

    def parse(body: bytes) -> int:
        threads.append(threading.current_thread() is threading.main_thread())
        return len(body)

    async with open_database(tmp_path) as db:
        fetched: FetchedFeed = await client.feed("cs.CV")
        await Sources(db=db, arxiv=client)._read(fetched, parse)
    assert threads == [False]
