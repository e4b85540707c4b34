"""The only asker of arXiv, for feeds, pages and papers.

One request at a time, at arXiv's pace and under a name to complain to.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Literal

import aiohttp

from bot import __version__
from bot.arxiv_source import categories
from bot.arxiv_source.answers import user_agent
from bot.arxiv_source.download import Download, FetchedFeed
from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.http_cache import Kept
from bot.arxiv_source.ids import ArxivId
from bot.arxiv_source.lookup_api import Found, LookupApi
from bot.arxiv_source.lookup_batches import LookupBatches, retrieve
from bot.arxiv_source.pauses import Pauses
from bot.arxiv_source.request_queue import RequestQueue, Shared, Sleep
from storage.records import KeptAnswer, Now, Paper

FeedForm = Literal["atom", "rss"]

_QUERY = re.compile(r"[A-Za-z][A-Za-z.-]{0,30}(?:\+[A-Za-z][A-Za-z.-]{0,30}){0,200}")
_SUBJECT = re.compile(r"[A-Za-z][A-Za-z.-]{0,30}")
_FEED_TYPES = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"
_PAGE_TYPES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
PER_PAGE = 2_000
"""How many papers arXiv shows on one page at most."""
_LETTING_GO = 10.0
"""Seconds after its deadline in which a request surely has let go of its connection."""


class ArxivClient:
    """Asks arXiv. Equal questions that are asked at the same time are one request; lookups go before feeds."""

    def __init__(
        self,
        *,
        http: aiohttp.ClientSession,
        feed_url: str,
        api_url: str,
        interval: float,
        contact: str,
        now: Now,
        sleep: Sleep = asyncio.sleep,
        deadline: float = 60.0,
        shared: Shared | None = None,
        web_url: str = "https://arxiv.org",
        kept: Kept | None = None,
    ) -> None:
        """Ask feeds under `feed_url`, pages under `web_url` and papers at `api_url`.

        Between requests to any of them it rests `interval` seconds.

        `deadline` is how many seconds one request may take once its slot has come; `shared` the pace that other
        processes keep, too; `kept` what was answered before.
        """
        agent = user_agent(__version__, contact)
        self._feed_url = feed_url.rstrip("/")
        self._web_url = web_url.rstrip("/")
        self._api_url = api_url
        self._kept = kept
        self._requests = RequestQueue(
            interval=interval, now=now, sleep=sleep, shared=shared, lease=deadline + _LETTING_GO
        )
        self._api = LookupApi(url=api_url, user_agent=agent, interval=interval, deadline=deadline, now=now)
        self._pauses = Pauses(requests=self._requests, now=now)
        self._lookups = LookupBatches(requests=self._requests, api=self._api, pauses=self._pauses)
        self._download = Download(
            http=http, user_agent=agent, interval=interval, deadline=deadline, now=now, sleep=sleep, kept=kept
        )
        self._feeds: dict[str, asyncio.Task[FetchedFeed]] = {}

    @property
    def api_url(self) -> str:
        """Where the query API is."""
        return self._api_url

    async def feed(self, query: str, *, form: FeedForm = "atom") -> FetchedFeed:
        """The feed of a category, an archive, or several joined with `+`, in the form asked for.

        Raises ArxivUnavailable; FeedRefused when arXiv does not know the query; ValueError when it can be no query.
        """
        if not _QUERY.fullmatch(query):
            raise ValueError(f"{query[:60]!r} is no feed of arXiv; for example: cs.CV, math, cs.CV+cs.LG")
        return await self._shared(f"{self._feed_url}/{form}/{query}", _FEED_TYPES, "feed")

    async def listing(self, query: str, *, page: int = 1) -> FetchedFeed:
        """The page `/list/{query}/new` of one category or archive: the newest mailing, which it dates itself.

        arXiv shows 2,000 papers on a page; `page` counts from 1. Raises ArxivUnavailable, also when arXiv does not know
        the query; ValueError when it can be no query.
        """
        if page < 1:
            raise ValueError(f"{page} is no page; the first one is 1")
        further = f"?skip={(page - 1) * PER_PAGE}&show={PER_PAGE}" if page > 1 else ""
        return await self._page(query, f"list/{query}/new{further}")

    async def catchup(self, query: str, day: date, *, page: int = 1) -> FetchedFeed:
        """The page of the mailing of that date, abstracts included, for one category or archive.

        arXiv keeps ninety days and shows 2,000 papers on a page; `page` counts from 1. Raises as `listing` does.
        """
        if page < 1:
            raise ValueError(f"{page} is no page; the first one is 1")
        fetched = await self._page(query, f"catchup/{query}/{day.isoformat()}?abs=True&page={page}")
        # Once read it is not asked for again: nothing of it is worth keeping twice.
        return replace(fetched, etag="", last_modified="")

    async def keep(self, fetched: FetchedFeed) -> None:
        """From now on ask whether this answer has changed: the caller knows that it is whole, and can be read."""
        if self._kept is not None and not fetched.unchanged:
            answer = KeptAnswer(
                url=fetched.asked,
                etag=fetched.etag,
                last_modified=fetched.last_modified,
                kept_at=fetched.fetched_at,
                body=fetched.body,
            )
            await self._kept.keep(answer)

    async def forget(self, fetched: FetchedFeed) -> None:
        """Have the answer in full next time: this one cannot be read."""
        if self._kept is not None and fetched.unchanged:
            await self._kept.forget(fetched.asked)

    async def submitted(self, query: str, begin: datetime, end: datetime) -> tuple[Found, ...]:
        """The papers of a category or archive that were submitted from `begin` until `end`, page by page.

        They come in their newest versions, in the order of their submission, and are whole in number. The API tells
        nothing of when they were announced. Raises ArxivUnavailable.
        """
        pages: list[Found] = []
        first = 0
        terms = categories.searched(query)
        while not pages or first < pages[-1].total:
            pages.append(await self._requests.take(partial(self._search, terms, begin, end, first)))
            first += len(pages[-1].papers)
        if first != pages[0].total or first != len({paper.arxiv_id for page in pages for paper in page.papers}):
            raise ArxivUnavailable(f"arXiv's API changed its mind about how many papers there are: {pages[0].total}")
        return tuple(pages)

    async def papers(self, ids: Sequence[ArxivId]) -> dict[ArxivId, Paper]:
        """The papers with these ids; an id that arXiv does not have is absent. Raises ArxivUnavailable.

        An id with a version gives that version, one without the newest. Ids that wait at the same time share requests.
        """
        return await self._lookups.papers(ids)

    async def close(self) -> None:
        """Break off what is being asked; whoever waits gets ArxivUnavailable. The HTTP session stays its owner's."""
        await self._requests.close()
        if tasks := [task for task in (*self._feeds.values(), self._lookups.under_way) if task is not None]:
            await asyncio.wait(tasks)
        await self._api.close()

    async def _page(self, query: str, path: str) -> FetchedFeed:
        if not _SUBJECT.fullmatch(query):
            raise ValueError(f"{query[:60]!r} is no category or archive of arXiv; for example: cs.CV, math")
        return await self._shared(f"{self._web_url}/{path}", _PAGE_TYPES, "page")

    async def _shared(self, url: str, accept: str, what: str) -> FetchedFeed:
        self._pauses.refuse_while_held()
        task = self._feeds.get(url)
        if task is None:
            task = self._feeds[url] = asyncio.create_task(self._requests.take(lambda: self._get(url, accept, what)))
            task.add_done_callback(lambda done: retrieve(self._feeds.pop(url, done)))
        # Waited for, not awaited: a caller that is cancelled must not take the answer away from the others.
        await asyncio.wait([task])
        return task.result()

    async def _search(self, terms: Sequence[str], begin: datetime, end: datetime, first: int) -> Found:
        self._pauses.refuse_while_held()
        try:
            found = await self._api.submitted(terms, begin, end, first=first)
        except ArxivUnavailable as error:
            raise self._pauses.noticed(error) from error.__cause__
        self._pauses.answered()
        return found

    async def _get(self, url: str, accept: str, what: str) -> FetchedFeed:
        self._pauses.refuse_while_held()
        try:
            answer = await self._download.fetch(url, accept, what)
        except ArxivUnavailable as error:
            raise self._pauses.noticed(error) from error.__cause__
        self._pauses.answered()
        return answer
