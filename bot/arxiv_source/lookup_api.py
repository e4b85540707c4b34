"""Looks papers up by id in arXiv's query API, through the `arxiv` package.

The package has no timeouts, retries at once, and takes much for an answer that is none. So it gets a session whose
transport asks once, waits a bounded time, and hands it whole answers only.
"""

from __future__ import annotations

import asyncio
import io
import socket
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import arxiv
import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from bot.arxiv_source.answers import LARGEST_BODY, followed, rate_exceeded, refusal
from bot.arxiv_source.api import check_answer
from bot.arxiv_source.categories import canonical_list
from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.ids import ArxivId, parse_id
from bot.arxiv_source.text import join_lines, says_withdrawn, tex_to_unicode
from storage.records import Now, Paper

MOST_IDS = 100
"""How many ids go into one request; the address stays well below any server's limit."""

_THREADS = 2
"""One asks; the other is for when a thread is still letting go of a request that was given up."""
_CHUNK = 2**16


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
        transport = _Transport(headers=self._headers, interval=self._interval, timeout=self._deadline, now=self._now)
        try:
            async with asyncio.timeout(self._deadline):
                found = await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, ids, transport)
        except TimeoutError:
            raise ArxivUnavailable("arXiv's API did not answer in time") from None
        finally:
            transport.give_up()
        return _matched(ids, found)

    async def close(self) -> None:
        """Wait for the threads. A request that was given up before has let go of its own."""
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)

    def _ask(self, ids: Sequence[ArxivId], transport: _Transport) -> list[Paper]:
        client = arxiv.Client(page_size=len(ids), delay_seconds=0, num_retries=0)
        client.query_url_format = self._url + "?{}"
        search = arxiv.Search(id_list=[str(one) for one in ids], max_results=len(ids))
        with requests.Session() as session:
            session.trust_env = False
            session.mount("http://", transport)
            session.mount("https://", transport)
            client._session = session  # noqa: SLF001 - the package offers no other way to give it one
            try:
                return [paper_of(result) for result in client.results(search)]
            except requests.Timeout as error:
                raise ArxivUnavailable("arXiv's API did not answer in time") from error
            except (requests.RequestException, arxiv.ArxivError) as error:
                # The library's sentences hold addresses and pool objects; its class says as much.
                raise ArxivUnavailable(f"arXiv's API could not be asked ({type(error).__name__})") from error


def paper_of(result: arxiv.Result) -> Paper:
    """The paper in a result of the `arxiv` package. Raises ArxivUnavailable when it cannot be told which one it is."""
    one = parse_id(result.entry_id)
    if one is None or one.version is None:
        raise ArxivUnavailable("arXiv's API answered with a paper without an id")
    listed = canonical_list(filter(None, [result.primary_category, *result.categories]))
    if not listed:
        raise ArxivUnavailable(f"arXiv's API answered with a paper without a category: {one}")
    abstract, comment = _plain(result.summary), _plain(result.comment)
    return Paper(
        arxiv_id=one.arxiv_id,
        version=one.version,
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


class _Transport(HTTPAdapter):
    """Serves one call: one question (and the redirects of its host), answered whole or with ArxivUnavailable."""

    def __init__(self, *, headers: Mapping[str, str], interval: float, timeout: float, now: Now) -> None:
        super().__init__(max_retries=0)
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
            check_answer(answer.headers.get("Content-Type", ""), body)
        if refused is not None:
            raise refused
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
    for one in ids:
        fitting = [
            paper
            for paper in papers
            if paper.arxiv_id == one.arxiv_id and (one.version is None or paper.version == one.version)
        ]
        if fitting:
            found[one] = max(fitting, key=lambda paper: paper.version)
    return found


def _plain(text: str | None) -> str:
    return tex_to_unicode(join_lines(text or ""))


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
