"""The only asker of arXiv, for feeds, pages and papers.

One request at a time, at arXiv's pace and under a name to complain to.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, Literal

import aiohttp

from bot import __version__
from bot.arxiv_source import categories
from bot.arxiv_source.answers import LARGEST_BODY, followed, rate_exceeded, refusal, user_agent
from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.feed import FeedError, FeedRefused, parse_feed
from bot.arxiv_source.http_cache import Kept, conditions
from bot.arxiv_source.ids import ArxivId
from bot.arxiv_source.lookup_api import MOST_IDS, Found, LookupApi
from bot.arxiv_source.request_queue import RequestQueue, Shared, Sleep
from bot.proxy import proxy_of
from storage.records import KeptAnswer, Now, Paper

FeedForm = Literal["atom", "rss"]

_QUERY = re.compile(r"[A-Za-z][A-Za-z.-]{0,30}(?:\+[A-Za-z][A-Za-z.-]{0,30}){0,200}")
_SUBJECT = re.compile(r"[A-Za-z][A-Za-z.-]{0,30}")
_FEED_TYPES = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"
_PAGE_TYPES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
_CHUNK = 2**16
PER_PAGE = 2_000
"""How many papers arXiv shows on one page at most."""
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(minutes=32)
_LETTING_GO = 10.0
"""Seconds after its deadline in which a request surely has let go of its connection."""
_REDIRECTS = {301, 302, 303, 307, 308}


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

        `deadline` is how many seconds one request may take once its turn has come; `shared` the pace that other
        processes keep, too;
        `kept` what was answered before.
        """
        agent = user_agent(__version__, contact)
        self._http = http
        self._feed_url = feed_url.rstrip("/")
        self._web_url = web_url.rstrip("/")
        self._api_url = api_url
        self._agent = agent
        self._kept = kept
        self._interval = interval
        self._now = now
        self._sleep = sleep
        self._deadline = deadline
        self._requests = RequestQueue(
            interval=interval, now=now, sleep=sleep, shared=shared, lease=deadline + _LETTING_GO
        )
        self._api = LookupApi(url=api_url, user_agent=agent, interval=interval, deadline=deadline, now=now)
        self._feeds: dict[str, asyncio.Task[FetchedFeed]] = {}
        self._lookups: dict[ArxivId, asyncio.Future[Paper | None]] = {}
        self._unasked: list[ArxivId] = []
        self._asking: asyncio.Task[None] | None = None
        self._held: ArxivUnavailable | None = None
        self._refusals = 0
        """How often in a row arXiv has asked for a pause."""

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
            answer = KeptAnswer(fetched.asked, fetched.etag, fetched.last_modified, fetched.fetched_at, fetched.body)
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
        if not ids:
            return {}
        self._refuse_while_held()
        shared = {id_: self._lookup(id_) for id_ in ids}
        await asyncio.wait(shared.values())
        return {paper_id: paper for paper_id, future in shared.items() if (paper := future.result()) is not None}

    async def close(self) -> None:
        """Break off what is being asked; whoever waits gets ArxivUnavailable. The HTTP session stays its owner's."""
        await self._requests.close()
        if tasks := [task for task in (*self._feeds.values(), self._asking) if task is not None]:
            await asyncio.wait(tasks)
        await self._api.close()

    async def _page(self, query: str, path: str) -> FetchedFeed:
        if not _SUBJECT.fullmatch(query):
            raise ValueError(f"{query[:60]!r} is no category or archive of arXiv; for example: cs.CV, math")
        return await self._shared(f"{self._web_url}/{path}", _PAGE_TYPES, "page")

    async def _shared(self, url: str, accept: str, what: str) -> FetchedFeed:
        self._refuse_while_held()
        task = self._feeds.get(url)
        if task is None:
            task = self._feeds[url] = asyncio.create_task(self._requests.take(lambda: self._get(url, accept, what)))
            task.add_done_callback(lambda done: _noted(self._feeds.pop(url, done)))
        # Waited for, not awaited: a caller that is cancelled must not take the answer away from the others.
        await asyncio.wait([task])
        return task.result()

    def _lookup(self, arxiv_id: ArxivId) -> asyncio.Future[Paper | None]:
        future = self._lookups.get(arxiv_id)
        if future is None:
            future = self._lookups[arxiv_id] = asyncio.get_running_loop().create_future()
            future.add_done_callback(lambda done: _noted(self._lookups.pop(arxiv_id, done)))
            self._unasked.append(arxiv_id)
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_waiting())
        return future

    async def _ask_waiting(self) -> None:
        """Give lookups their turns until none is left."""
        try:
            while self._unasked:
                await self._requests.take(self._ask_some, urgent=True)
        except ArxivUnavailable as stopping:
            self._unasked.clear()
            for future in self._lookups.values():
                if not future.done():
                    future.set_exception(stopping)
        finally:
            self._asking = None

    async def _search(self, terms: Sequence[str], begin: datetime, end: datetime, first: int) -> Found:
        self._refuse_while_held()
        try:
            found = await self._api.submitted(terms, begin, end, first=first)
        except ArxivUnavailable as error:
            raise self._noticed(error) from error.__cause__
        self._refusals = 0
        return found

    async def _ask_some(self) -> None:
        """One request for as many waiting lookups as may share it."""
        batch = self._batch()
        found: dict[ArxivId, Paper] = {}
        failed: Exception | None = None
        try:
            self._refuse_while_held()
            found = await self._api.papers(batch)
            self._refusals = 0
        except ArxivUnavailable as error:
            failed = self._noticed(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait for these ids must hear of it
            failed = error
        for paper_id in batch:
            future = self._lookups[paper_id]
            if failed is not None:
                future.set_exception(failed)
            else:
                future.set_result(found.get(paper_id))

    def _batch(self) -> list[ArxivId]:
        """Ids for one request: no paper twice, because an answer cannot tell for which of two versions it is."""
        chosen: dict[str, ArxivId] = {}
        for paper_id in self._unasked:
            if len(chosen) < MOST_IDS:
                chosen.setdefault(paper_id.arxiv_id, paper_id)
        batch = list(chosen.values())
        taken = set(batch)
        self._unasked = [wanted_paper for wanted_paper in self._unasked if wanted_paper not in taken]
        return batch

    async def _get(self, url: str, accept: str, what: str) -> FetchedFeed:
        self._refuse_while_held()
        try:
            async with asyncio.timeout(self._deadline):
                answer = await self._follow(url, accept, what)
        except ArxivUnavailable as error:
            raise self._noticed(error) from error.__cause__
        except TimeoutError:
            raise ArxivUnavailable(f"arXiv's {what} did not arrive in time") from None
        except aiohttp.ClientError as error:
            # The library's sentences hold addresses; its class says as much.
            raise ArxivUnavailable(f"arXiv's {what} could not be fetched ({type(error).__name__})") from error
        self._refusals = 0
        return answer

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
                    return FetchedFeed(known.body, url, kind, self._now(), asked, unchanged=True)
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

    def _noticed(self, error: ArxivUnavailable) -> ArxivUnavailable:
        """Remember how long arXiv wants to be left alone, for feeds and papers together.

        Whoever is refused again and again waits longer each time, whatever arXiv says.
        """
        if error.retry_at is None:
            return error
        at_least = self._now() + min(_FIRST_PAUSE * 2**self._refusals, _LONGEST_PAUSE)
        self._refusals += 1
        self._held = ArxivUnavailable(error.reason, max(error.retry_at, at_least))
        self._requests.hold(max(error.retry_at, at_least))
        return self._held

    def _refuse_while_held(self) -> None:
        if self._held is None or self._held.retry_at is None:
            return
        if self._now() < self._held.retry_at:
            raise ArxivUnavailable(self._held.reason, self._held.retry_at)
        self._held = None


def _raise_refused(body: bytes) -> None:
    """With HTTP 400 comes a feed that tells what is wrong with the query."""
    try:
        parse_feed(body)
    except FeedRefused:
        raise
    except FeedError:
        return


def _noted(done: asyncio.Future[Any]) -> None:
    """Look at the outcome, or asyncio complains about it when all who waited were cancelled."""
    if not done.cancelled():
        done.exception()
