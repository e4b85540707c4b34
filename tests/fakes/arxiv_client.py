"""The real client, asking an arXiv of the tests without any pause."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from fakes.arxiv_server import ArxivServer

from bot.arxiv_source.client import ArxivClient
from bot.arxiv_source.http_cache import Kept
from storage.records import Now


@asynccontextmanager
async def client_of(arxiv: ArxivServer, now: Now, *, kept: Kept | None = None) -> AsyncIterator[ArxivClient]:
    """A client, closed at the end."""
    async with aiohttp.ClientSession() as http:
        client = ArxivClient(
            http=http,
            feed_url=arxiv.feed_url,
            api_url=arxiv.api_url,
            web_url=arxiv.web_url,
            interval=0,
            contact="",
            now=now,
            kept=kept,
        )
        yield client
        await client.close()
