"""Looks papers up in arXiv's query API, by id or by when they were submitted, through the `arxiv` package.

The package has no timeouts, retries at once, and takes much for an answer that is none. So it gets a session whose
transport asks once, waits a bounded time, and hands it whole answers only.
"""

from __future__ import annotations

import asyncio
import io
import socket
import ssl
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import arxiv
import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from bot.arxiv_source.answers import LARGEST_BODY, followed, rate_exceeded, refusal
from bot.arxiv_source.api import Counted, check_answer
from bot.arxiv_source.categories import canonical_list
from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.ids import ArxivId, parse_id
from bot.arxiv_source.text import join_lines, says_withdrawn, tex_to_unicode
from bot.proxy import proxy_of
from storage.records import Now, Paper

MOST_IDS = 100
"""How many ids go into one request; the address stays well below any server's limit."""

PAGE = 500
"""How many papers a page of a search has. The API allows for 2,000; answers that large often come late or cut."""

_THREADS = 2
"""One thread asks. The second is needed while the first still lets go of a request that was given up."""
_CHUNK = 2**16


@dataclass(frozen=True, slots=True)
class Found:
    """An answer of the API."""

    papers: tuple[Paper, ...]
    total: int
    """How many papers the API has for the question, on all pages together."""
    body: bytes


class LookupApi:
    """Asks the query API, one call at a time; its caller sees to the pause between calls."""

    def __init__(self, *, url: str, user_agent: str, interval: float, deadline: float, now: Now) -> None:
        self._url = url
        self._headers = {"User-Agent": user_agent, "Accept": "application/atom+xml"}
        self._interval = interval
        self._deadline = deadline
        self._now = now
        self._threads = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="arxiv-api")

    async def papers(self, ids: Sequence[ArxivId]) -> dict[ArxivId, Paper]:
        """The papers with these ids, at most MOST_IDS; ids that arXiv does not have are absent.

        An id with a version gives exactly that version, one without gives the newest. Raises ArxivUnavailable.
        """
        search = arxiv.Search(id_list=[str(id_) for id_ in ids], max_results=len(ids))
        return _matched(ids, (await self._asked(search, len(ids))).papers)

    async def submitted(self, terms: Sequence[str], begin: datetime, end: datetime, *, first: int) -> Found:
        """A page of the papers in any of these categories of which version 1 was submitted from `begin` until `end`.

        The oldest submissions come first; `first` are left out. Each paper comes in its newest version. Raises
        ArxivUnavailable.
        """
        # The API counts in minutes, both ends included (https://info.arxiv.org/help/api/user-manual.html).
        last = end - timedelta(minutes=1)
        named = " OR ".join(f"cat:{term}" for term in terms)
        search = arxiv.Search(
            query=f"({named}) AND submittedDate:[{begin:%Y%m%d%H%M} TO {last:%Y%m%d%H%M}]",
            max_results=first + PAGE,
            sort_by=arxiv.SortCriterion.SubmittedDate,
            sort_order=arxiv.SortOrder.Ascending,
        )
        return await self._asked(search, PAGE, first=first)

    async def close(self) -> None:
        """Wait for the threads. A request that was given up before has let go of its own."""
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)

    async def _asked(self, search: arxiv.Search, count: int, *, first: int | None = None) -> Found:
        transport = _Transport(
            headers=self._headers, interval=self._interval, timeout=self._deadline, now=self._now, first=first
        )
        try:
            async with asyncio.timeout(self._deadline):
                loop = asyncio.get_running_loop()
                papers = await loop.run_in_executor(self._threads, self._ask, search, count, first or 0, transport)
        except TimeoutError:
            raise ArxivUnavailable("arXiv's API did not answer in time") from None
        finally:
            transport.give_up()
        return Found(tuple(papers), transport.counted.total, transport.body)

    def _ask(self, search: arxiv.Search, count: int, first: int, transport: _Transport) -> list[Paper]:
        try:
            return _read(search, count, first, transport, self._url)
        except requests.Timeout as error:
            raise ArxivUnavailable("arXiv's API did not answer in time") from error
        except (requests.RequestException, arxiv.ArxivError) as error:
            # The library's sentences hold addresses and pool objects; its class says as much.
            raise ArxivUnavailable(f"arXiv's API could not be asked ({type(error).__name__})") from error


def read_again(body: bytes) -> tuple[Paper, ...]:
    """The papers in a stored answer of the API. Raises ArxivUnavailable when it is none."""
    stored = _Stored(body)
    return tuple(_read(arxiv.Search(query="all:stored"), PAGE, 0, stored, "http://stored.invalid/"))


def _read(search: arxiv.Search, count: int, first: int, transport: _Transport | _Stored, url: str) -> list[Paper]:
    client = arxiv.Client(page_size=count, delay_seconds=0, num_retries=0)
    client.query_url_format = url + "?{}"
    found: list[Paper] = []
    with requests.Session() as session:
        # By itself it would look for both at every request, and for passwords in ~/.netrc.
        session.trust_env = False
        session.proxies = dict.fromkeys(("http", "https"), proxy) if (proxy := proxy_of(url)) else {}
        session.verify = ssl.get_default_verify_paths().cafile or True
        session.mount("http://", transport)
        session.mount("https://", transport)
        client._session = session  # noqa: SLF001 - the package offers no other way to give it one
        for result in client.results(search, offset=first):
            found.append(paper_of(result))
            # Else the package would go on to the next page by itself.
            if len(found) == transport.counted.held:
                break
    return found


def paper_of(result: arxiv.Result) -> Paper:
    """The paper in a result of the `arxiv` package. Raises ArxivUnavailable when it cannot be told which one it is."""
    paper_id = parse_id(result.entry_id)
    if paper_id is None or paper_id.version is None:
        raise ArxivUnavailable("arXiv's API answered with a paper without an id")
    listed = canonical_list(filter(None, [result.primary_category, *result.categories]))
    if not listed:
        raise ArxivUnavailable(f"arXiv's API answered with a paper without a category: {paper_id}")
    abstract, comment = _plain(result.summary), _plain(result.comment)
    return Paper(
        arxiv_id=paper_id.arxiv_id,
        version=paper_id.version,
        title=_plain(result.title),
        abstract=abstract,
        authors=tuple(name for author in result.authors if (name := _plain(author.name))),
        primary_category=listed[0],
        cross_lists=listed[1:],
        submitted_at=_utc(result.published),
        updated_at=_utc(result.updated),
        comment=comment or None,
        journal_ref=_plain(result.journal_ref) or None,
        doi=_plain(result.doi) or None,
        withdrawn=says_withdrawn(abstract, comment),
    )


class _Stored(HTTPAdapter):
    """Serves an answer that was stored."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self._body = body
        self.counted = check_answer("xml", body, first=0)

    def send(self, *_request: Any, **_settings: Any) -> requests.Response:
        """The answer."""
        answer = requests.Response()
        answer.status_code = HTTPStatus.OK
        answer.raw = io.BytesIO(self._body)
        return answer


class _Transport(HTTPAdapter):
    """Serves one call: one question (and the redirects of its host), answered whole or with ArxivUnavailable."""

    def __init__(
        self, *, headers: Mapping[str, str], interval: float, timeout: float, now: Now, first: int | None
    ) -> None:
        super().__init__(max_retries=0)
        self.body = b""
        self.counted = Counted(0, 0)
        self._first = first
        self._given_up = threading.Event()
        self._connection: object = None
        self._headers = headers
        self._interval = interval
        self._timeout = timeout
        self._now = now
        self._asked = 0
        self._answered = False

    def give_up(self) -> None:
        """End the call, from another thread: its connection is shut down, so that nothing waits on it any more."""
        self._given_up.set()
        connection = self._connection
        if isinstance(connection, HTTPConnection) and isinstance(connection.sock, socket.socket):
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    def get_connection_with_tls_context(self, *args: Any, **settings: Any) -> HTTPConnectionPool:
        """The pool, which leaves its connection here for `give_up`."""
        pool = super().get_connection_with_tls_context(*args, **settings)
        make = pool.ConnectionCls

        def watched(*args: Any, **settings: Any) -> object:
            self._connection = make(*args, **settings)
            return self._connection

        pool.ConnectionCls = watched  # type: ignore[assignment]  # the pool only calls it
        return pool

    def send(self, request: requests.PreparedRequest, *args: Any, **settings: Any) -> requests.Response:
        """The answer with its body read."""
        if self._answered:
            raise ArxivUnavailable("arXiv's API answered with fewer papers than it counted")
        if self._asked and self._given_up.wait(self._interval):
            raise ArxivUnavailable("arXiv's API did not answer in time")
        self._asked += 1
        request.headers.update(self._headers)
        answer = super().send(request, *args, **{**settings, "stream": True, "timeout": self._timeout})
        if answer.is_redirect:
            answer.close()
            answer.raw = io.BytesIO()
            followed(request.url or "", answer.headers["Location"], self._asked)
            return answer
        self._answered = True
        return self._whole(answer)

    def _whole(self, answer: requests.Response) -> requests.Response:
        with answer:
            body = self._body(answer.raw)
        now = self._now()
        limited = rate_exceeded(body, now)
        refused = refusal(answer.status_code, answer.headers, now)
        if refused is not None and refused.retry_at is not None:
            raise refused
        if limited is not None:
            raise limited
        if refused is None or answer.status_code == requests.codes.BAD_REQUEST:
            self.counted = check_answer(answer.headers.get("Content-Type", ""), body, first=self._first)
        if refused is not None:
            raise refused
        self.body = body
        answer.raw = io.BytesIO(body)
        return answer

    def _body(self, raw: BaseHTTPResponse) -> bytes:
        body = bytearray()
        try:
            # read1, because read waits for a full chunk however slowly it drips in.
            while chunk := raw.read1(_CHUNK, decode_content=True):
                body += chunk
                if len(body) > LARGEST_BODY:
                    raise ArxivUnavailable(f"arXiv's API answered with more than {LARGEST_BODY >> 20} MB")
                if self._given_up.is_set():
                    raise ArxivUnavailable("arXiv's API did not answer in time")
        except (HTTPError, OSError) as error:
            raise ArxivUnavailable("arXiv's API broke its answer off") from error
        return bytes(body)


def _matched(ids: Iterable[ArxivId], papers: Sequence[Paper]) -> dict[ArxivId, Paper]:
    """Each id's paper: answers come in any order, and an id without a version is asked for as the newest."""
    found: dict[ArxivId, Paper] = {}
    for id_ in ids:
        fitting = [
            paper
            for paper in papers
            if paper.arxiv_id == id_.arxiv_id and (id_.version is None or paper.version == id_.version)
        ]
        if fitting:
            found[id_] = max(fitting, key=lambda paper: paper.version)
    return found


def _plain(text: str | None) -> str:
    return tex_to_unicode(join_lines(text or ""))


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
