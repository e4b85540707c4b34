"""Feeds and pages of arXiv over HTTP: conditional requests, redirects, limits of size, and what refusals say."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

import aiohttp

from bot.arxiv_source.answers import LARGEST_BODY, followed, rate_exceeded, refusal
from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.feed import FeedError, FeedRefused, parse_feed
from bot.arxiv_source.http_cache import Kept, conditions
from bot.arxiv_source.request_queue import Sleep
from bot.proxy import proxy_of
from storage.records import Now

_CHUNK = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class FetchedFeed:
    """The bytes of a feed or listing page as they arrived; they may still be cut or something else."""

    body: bytes
    url: str
    """The address that answered."""
    content_type: str
    fetched_at: datetime
    asked: str = ""
    """The address that was asked."""
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False
    """Whether arXiv only said that these are the bytes that were kept."""


class Download:
    """Fetches one address at a time.

    `deadline` is how many seconds a request may take, `interval` how many pass before a redirect is followed, `kept`
    what was answered before.
    """

    def __init__(
        self,
        *,
        http: aiohttp.ClientSession,
        user_agent: str,
        interval: float,
        deadline: float,
        now: Now,
        sleep: Sleep,
        kept: Kept | None,
    ) -> None:
        self._http = http
        self._agent = user_agent
        self._interval = interval
        self._deadline = deadline
        self._now = now
        self._sleep = sleep
        self._kept = kept

    async def fetch(self, url: str, accept: str, what: str) -> FetchedFeed:
        """The answer of an address, redirects within arXiv followed. `what` it is stands in errors.

        Raises ArxivUnavailable, and FeedRefused when arXiv does not know the query of a feed.
        """
        try:
            async with asyncio.timeout(self._deadline):
                return await self._follow(url, accept, what)
        except TimeoutError:
            raise ArxivUnavailable(f"arXiv's {what} did not arrive in time") from None
        except aiohttp.ClientError as error:
            # The library's sentences hold addresses; its class says as much.
            raise ArxivUnavailable(f"arXiv's {what} could not be fetched ({type(error).__name__})") from error

    async def _follow(self, url: str, accept: str, what: str) -> FetchedFeed:
        known = await self._kept.get(url) if self._kept is not None else None
        headers = {"User-Agent": self._agent, "Accept": accept, **conditions(known)}
        asked = url
        for hops in itertools.count(1):
            proxy = proxy_of(url) or None
            async with self._http.get(url, headers=headers, allow_redirects=False, proxy=proxy) as answer:
                location = answer.headers.get("Location")
                if answer.status == HTTPStatus.NOT_MODIFIED and known is not None:
                    kind = answer.headers.get("Content-Type", "")
                    return FetchedFeed(
                        body=known.body, url=url, content_type=kind, fetched_at=self._now(), asked=asked, unchanged=True
                    )
                if answer.status not in _REDIRECTS or location is None:
                    return replace(await self._fetched(answer, what), asked=asked)
            url = followed(url, location, hops)
            await self._sleep(self._interval)
        raise AssertionError("unreachable")

    async def _fetched(self, answer: aiohttp.ClientResponse, what: str) -> FetchedFeed:
        refused = refusal(answer.status, answer.headers, self._now())
        if refused is not None and answer.status != HTTPStatus.BAD_REQUEST:
            raise refused
        body = bytearray()
        async for chunk in answer.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > LARGEST_BODY:
                raise ArxivUnavailable(f"arXiv's {what} is larger than {LARGEST_BODY >> 20} MB")
        whole = bytes(body)
        if (limited := rate_exceeded(whole, self._now())) is not None:
            raise limited
        if refused is not None:
            await asyncio.to_thread(_raise_refused, whole)
            raise refused
        return FetchedFeed(
            whole,
            str(answer.url),
            answer.content_type,
            self._now(),
            etag=answer.headers.get("ETag", ""),
            last_modified=answer.headers.get("Last-Modified", ""),
        )


def _raise_refused(body: bytes) -> None:
    """With HTTP 400 comes a feed that tells what is wrong with the query."""
    try:
        parse_feed(body)
    except FeedRefused:
        raise
    except FeedError:
        return
