"""A local arXiv: feeds, query API and pages over HTTP, holding whatever it was given."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.arxiv_source import categories
from bot.arxiv_source.ids import ArxivId, parse_id
from bot.simulator.arxiv_answers import api_answer, api_error, atom_feed, refused_feed, rss_feed
from bot.simulator.arxiv_pages import catchup_page, listing_page
from storage.records import Entry, Paper

_DEFAULT_RESULTS = 10
"""How many papers the API answers with when `max_results` is not sent, however many ids it was sent."""
_BEFORE_ANYTHING = date(2026, 1, 1)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_SEARCH = re.compile(
    r"\((?P<terms>cat:\S+(?: OR cat:\S+)*)\) AND submittedDate:\[(?P<begin>\d{12}) TO (?P<end>\d{12})\]"
)


class SimulatedArxiv:
    """arXiv on 127.0.0.1. Unlike the real one it never refuses, never tires, and announces when told to."""

    def __init__(self, middlewares: Sequence[Middleware] = ()) -> None:
        self._middlewares = middlewares
        self._papers: dict[str, dict[int, Paper]] = {}
        self._feeds: dict[str, tuple[Entry, ...]] = {}
        self._mailings: dict[tuple[str, date], tuple[Entry, ...]] = {}
        self._listed_on: dict[str, date] = {}
        self._on = _BEFORE_ANYTHING
        self.validator: Literal["ETag", "Last-Modified", ""] = "ETag"
        """What feeds and pages are named by for who asks whether they have changed; "" for nothing."""
        self._bodies: dict[str, tuple[bytes, datetime]] = {}
        self._runner: web.AppRunner | None = None
        self._url = ""

    @property
    def feed_url(self) -> str:
        """For ARXIV_FEED_URL."""
        return self._url

    @property
    def api_url(self) -> str:
        """For ARXIV_API_URL."""
        return f"{self._url}/api/query"

    @property
    def web_url(self) -> str:
        """For ARXIV_WEB_URL."""
        return self._url

    def announce(self, query: str, entries: Sequence[Entry], on: date, *, feed_changes: bool = True) -> None:
        """From now on the feed and pages of this category or archive hold these entries.

        Their papers can be looked up, and past mailings stay on their own pages. Without `feed_changes` the feed goes
        on as it was, as arXiv's at times do.
        """
        self._on = max(self._on, on)
        if feed_changes:
            self._feeds[query] = tuple(entries)
        self._mailings[query, on] = tuple(entries)
        self._listed_on[query] = on
        for entry in entries:
            self.add_paper(entry.paper)

    def empty_feeds(self) -> None:
        """What feeds do on days without a mailing; pages stay as they are."""
        self._feeds.clear()

    def add_paper(self, paper: Paper) -> None:
        """The paper can be looked up, this version of it beside others."""
        self._papers.setdefault(paper.arxiv_id, {})[paper.version] = paper

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 is any free one."""
        app = web.Application(middlewares=self._middlewares)
        app.router.add_get("/{form:atom|rss}/{query}", self._feed)
        app.router.add_get("/api/query", self._query)
        app.router.add_get("/list/{query}/new", self._listing)
        app.router.add_get("/catchup/{query}/{date}", self._catchup)
        app.router.add_get("/abs/{id:.+}", self._page)
        app.router.add_get("/pdf/{id:.+}", self._page)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self._url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening; what it holds stays."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _feed(self, request: web.Request) -> web.Response:
        query = request.match_info["query"]
        held: dict[str, Entry] = {}
        for name in query.split("+"):
            known = categories.canonical(name)
            if known is None:
                body = refused_feed(query, f"Bad subject class or archive '{name}'.", self._on)
                return web.Response(status=400, body=body, content_type="application/rss+xml")
            for entry in self._feeds.get(known, ()):
                held.setdefault(entry.paper.arxiv_id, entry)
        make = atom_feed if request.match_info["form"] == "atom" else rss_feed
        kind = "application/atom+xml" if make is atom_feed else "application/rss+xml"
        return self._unless_known(request, make(query, held.values(), self._on), kind)

    def _unless_known(self, request: web.Request, body: bytes, kind: str) -> web.Response:
        """The body, or that it has not changed for who names the one it has."""
        name = (
            f'"{hashlib.sha256(body).hexdigest()[:32]}"' if self.validator == "ETag" else self._changed(request, body)
        )
        headers: dict[str, str] = {self.validator: name} if self.validator else {}
        told = request.headers.get("If-None-Match" if self.validator == "ETag" else "If-Modified-Since")
        if headers and told == name:
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type=kind, headers=headers)

    def _changed(self, request: web.Request, body: bytes) -> str:
        """When the answer of an address last became another one, as an HTTP date; a second passes at each change."""
        before, at = self._bodies.get(request.path_qs, (b"", _NEVER))
        if before != body:
            at = max((known for _, known in self._bodies.values()), default=_NEVER) + timedelta(seconds=1)
            self._bodies[request.path_qs] = body, at
        return format_datetime(at, usegmt=True)

    async def _query(self, request: web.Request) -> web.Response:
        if search := request.query.get("search_query"):
            return self._search(request, search)
        asked = [part.strip() for part in request.query.get("id_list", "").split(",") if part.strip()]
        start, most = int(request.query.get("start", 0)), int(request.query.get("max_results", _DEFAULT_RESULTS))
        found: list[Paper] = []
        for spelled in asked:
            paper_id = parse_id(spelled)
            if paper_id is None:
                body = api_error(f"incorrect id format for {spelled}")
                return web.Response(status=400, body=body, content_type="application/atom+xml")
            if (paper := self._held(paper_id)) is not None and paper not in found:
                found.append(paper)
        # Not in the order of the ids: neither are arXiv's.
        found.sort(key=lambda paper: paper.arxiv_id)
        body = api_answer(found[start : start + most], str(request.rel_url), total=len(found))
        return web.Response(body=body, content_type="application/atom+xml")

    def _search(self, request: web.Request, search: str) -> web.Response:
        """Papers of categories by when they were submitted, each in its newest version, the oldest first."""
        match = _SEARCH.fullmatch(search)
        if match is None:
            body = api_error(f"this local arXiv does not understand {search}")
            return web.Response(status=400, body=body, content_type="application/atom+xml")
        terms = [part.removeprefix("cat:") for part in match["terms"].split(" OR ")]
        begin, end = (datetime.strptime(match[name], "%Y%m%d%H%M").replace(tzinfo=UTC) for name in ("begin", "end"))
        found = [
            versions[max(versions)]
            for versions in self._papers.values()
            if begin <= (versions[min(versions)].submitted_at or _NEVER) < end + timedelta(minutes=1)
            and any(_under(term, versions[max(versions)]) for term in terms)
        ]
        found.sort(key=lambda paper: (paper.submitted_at or _NEVER, paper.arxiv_id))
        start, most = int(request.query.get("start", 0)), int(request.query.get("max_results", _DEFAULT_RESULTS))
        body = api_answer(found[start : start + most], str(request.rel_url), total=len(found))
        return web.Response(body=body, content_type="application/atom+xml")

    async def _listing(self, request: web.Request) -> web.Response:
        query = _subject(request)
        on = self._listed_on.get(query, self._on)
        skipped = int(request.query.get("skip", 0))
        page = listing_page(query, self._mailings.get((query, on), ()), on, skipped=skipped)
        return self._unless_known(request, page, "text/html")

    async def _catchup(self, request: web.Request) -> web.Response:
        query = _subject(request)
        try:
            on, number = date.fromisoformat(request.match_info["date"]), int(request.query.get("page", 1))
            entries = self._mailings[query, on]
        except (ValueError, KeyError):
            raise web.HTTPNotFound(text="No mailing of that date.") from None
        with_abstracts = request.query.get("abs") == "True"
        page = catchup_page(query, entries, on, page=number, abstracts=with_abstracts)
        return self._unless_known(request, page, "text/html")

    async def _page(self, request: web.Request) -> web.Response:
        paper_id = parse_id(request.match_info["id"])
        paper = self._held(paper_id) if paper_id is not None else None
        if paper is None:
            raise web.HTTPNotFound(text="No such paper.")
        spelled = f"{paper.arxiv_id}v{paper.version}"
        page = (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(paper.title)}</title>'
            f"<h1>{escape(paper.title)}</h1><p>{escape(', '.join(paper.authors))}</p>"
            f"<p>{escape(paper.abstract)}</p><p>arXiv:{escape(spelled)} [{escape(paper.primary_category)}]</p></html>"
        )
        return web.Response(text=page, content_type="text/html")

    def _held(self, arxiv_id: ArxivId) -> Paper | None:
        versions = self._papers.get(arxiv_id.arxiv_id, {})
        return (
            versions.get(arxiv_id.version) if arxiv_id.version is not None else versions.get(max(versions, default=0))
        )


def _under(term: str, paper: Paper) -> bool:
    """Whether a paper is found by `cat:` and this term: a category, or an archive with `.*` behind it."""
    return any(
        category == term or (term.endswith(".*") and category.startswith(term[:-1])) for category in paper.categories
    )


def _subject(request: web.Request) -> str:
    """The one category or archive that a page is asked for: pages know no queries joined with `+`."""
    known = categories.canonical(request.match_info["query"])
    if known is None:
        raise web.HTTPBadRequest(text="Invalid archive or category.")
    return known
