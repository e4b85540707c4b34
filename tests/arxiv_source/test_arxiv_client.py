"""Asking arXiv over HTTP: pace, order, shared questions, and every bad day that arXiv is known to have."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from fakes.arxiv_server import ArxivServer, Trouble
from fakes.certificates import Authority

from bot import __version__
from bot.arxiv_source.client import ArxivClient
from bot.arxiv_source.download import FetchedFeed
from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.feed import FeedCut, FeedError, FeedRefused, NotAFeed, parse_feed
from bot.arxiv_source.ids import ArxivId
from bot.arxiv_source.lookup_api import PAGE
from bot.arxiv_source.pages import PageError, parse_listing
from storage.records import AnnounceType, Entry, Paper

DAY = date(2026, 8, 21)
MINUTE = timedelta(minutes=1)


def paper(number: int = 1, **changes: Any) -> Paper:
    known = Paper(
        arxiv_id=f"2608.{number:05}",
        version=1,
        title=f"Observation {number} of $a<b$ & Schrödinger's cat",
        abstract="We look & see.",
        authors=("Ana Müller", "李明"),
        primary_category="cs.CV",
        cross_lists=("math.NA",),
        submitted_at=datetime(2026, 8, 19, 10, tzinfo=UTC),
        updated_at=datetime(2026, 8, 19, 10, tzinfo=UTC),
        comment="12 pages",
        journal_ref="J. Obs. 1",
        doi="10.1000/182",
    )
    return replace(known, **changes)


@dataclass
class Clock:
    """Time that passes only while somebody sleeps."""

    now: datetime = datetime(2026, 8, 21, 6, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@dataclass
class Side:
    arxiv: ArxivServer
    client: ArxivClient
    clock: Clock


@asynccontextmanager
async def side(
    *, deadline: float = 30.0, interval: float = 3.0, contact: str = "mailto:me@example.org", **changes: str
) -> AsyncIterator[Side]:
    clock = Clock()
    async with ArxivServer() as arxiv, aiohttp.ClientSession() as http:
        client = ArxivClient(
            http=http,
            feed_url=changes.get("feed_url", arxiv.feed_url),
            api_url=changes.get("api_url", arxiv.api_url),
            interval=interval,
            contact=contact,
            now=clock,
            sleep=clock.sleep,
            deadline=deadline,
            web_url=changes.get("web_url", arxiv.web_url),
        )
        try:
            yield Side(arxiv, client, clock)
        finally:
            arxiv.release()
            await client.close()


@pytest.fixture
async def here() -> AsyncIterator[Side]:
    async with side() as one:
        one.arxiv.announce("cs.CV", [Entry(paper(number), AnnounceType.NEW) for number in (1, 2, 3)], DAY)
        yield one


def ids(*spelled: str) -> list[ArxivId]:
    return [ArxivId(one.partition("v")[0], int(one.partition("v")[2]) if "v" in one else None) for one in spelled]


async def test_a_feed_arrives_in_either_form(here: Side) -> None:
    for form in ("atom", "rss"):
        fetched = await here.client.feed("cs.CV", form=form)
        feed = parse_feed(fetched.body)
        assert (feed.form, [entry.paper.arxiv_id for entry in feed.entries]) == (
            form,
            ["2608.00001", "2608.00002", "2608.00003"],
        )
        assert fetched.url == f"{here.arxiv.feed_url}/{form}/cs.CV"
        assert fetched.content_type == f"application/{form}+xml"


async def test_feeds_and_papers_are_asked_for_through_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    async with side(feed_url="http://feed.test", api_url="http://api.test/api/query") as here:
        monkeypatch.setenv("HTTP_PROXY", here.arxiv.feed_url)
        here.arxiv.announce("cs.CV", [Entry(paper(), AnnounceType.NEW)], DAY)
        assert parse_feed((await here.client.feed("cs.CV")).body).entries
        assert await here.client.papers(ids("2608.00001"))
        assert [request.query.get("id_list", "feed") for request in here.arxiv.requests] == ["feed", "2608.00001"]


async def test_the_api_is_believed_on_the_word_of_the_same_authorities_as_everything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Authority(tmp_path / "ours")
    monkeypatch.setenv("SSL_CERT_FILE", str(ours.file))

    async def away(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(away, "127.0.0.1", 0, ssl=ours.server("localhost")) as server:
        port = server.sockets[0].getsockname()[1]
        async with side(api_url=f"https://localhost:{port}/api/query") as here:
            with pytest.raises(ArxivUnavailable, match="503"):
                await here.client.papers(ids("2608.00001"))


async def test_papers_are_matched_by_id_and_unknown_ones_are_absent(here: Side) -> None:
    wanted = ids("2608.00003", "2608.09999", "2608.00001v1", "2608.00002v7")
    found = await here.client.papers(wanted)
    assert found == {wanted[0]: paper(3), wanted[2]: paper(1)}
    (asked,) = here.arxiv.requests
    assert asked.query["id_list"] == "2608.00003,2608.09999,2608.00001v1,2608.00002v7"
    assert asked.query["max_results"] == "4"
    assert await here.client.papers([]) == {}


async def test_more_ids_than_the_api_gives_unasked_are_all_answered(here: Side) -> None:
    for number in range(1, 41):
        here.arxiv.add_paper(paper(number))
    wanted = ids(*(f"2608.{number:05}" for number in range(1, 41)))
    assert set(await here.client.papers(wanted)) == set(wanted)
    assert len(here.arxiv.requests) == 1


async def test_every_version_that_is_asked_for_is_the_one_that_comes(here: Side) -> None:
    for version in (1, 2, 3):
        here.arxiv.add_paper(paper(1, version=version, title=f"Version {version}"))
    here.arxiv.add_paper(paper(0, arxiv_id="hep-th/9901001", primary_category="hep-th"))
    wanted = ids("2608.00001", "2608.00001v2", "2608.00001v9", "hep-th/9901001")
    found = await here.client.papers(wanted)
    assert [found[one].version if one in found else None for one in wanted] == [3, 2, None, 1]


async def test_tex_and_line_breaks_in_the_api_are_resolved_and_withdrawals_seen(here: Side) -> None:
    tex = paper(
        5,
        title="Erd\\H{o}s\n  and $\\'e$",
        abstract="  One\n two",
        primary_category="cs.NA",
        comment="This paper has been withdrawn by the author",
    )
    here.arxiv.add_paper(tex)
    (found,) = (await here.client.papers(ids("2608.00005"))).values()
    assert (found.title, found.abstract) == ("Erdős and $\\'e$", "One two")
    assert found.categories == ("math.NA",)
    assert found.withdrawn


async def test_arxiv_is_told_who_asks(here: Side) -> None:
    await here.client.feed("cs.CV")
    await here.client.papers(ids("2608.00001"))
    for asked in here.arxiv.requests:
        assert asked.headers["User-Agent"] == f"arxiv-digest-bot/{__version__} (+mailto:me@example.org)"
        assert "application/atom+xml" in asked.headers["Accept"]


@pytest.mark.parametrize("contact", ["", " \r\n X-Evil: yes", "联系"])
async def test_a_strange_contact_makes_no_strange_header(contact: str) -> None:
    async with side(contact=contact) as one:
        await one.client.feed("cs.CV")
        await one.client.papers(ids("2608.00001"))
        for asked in one.arxiv.requests:
            assert asked.headers["User-Agent"].startswith(f"arxiv-digest-bot/{__version__}")
            assert "X-Evil" not in asked.headers


async def test_requests_come_one_at_a_time_with_the_interval_between_them(here: Side) -> None:
    async with asyncio.TaskGroup() as group:
        for query in ("cs.CV", "cs.LG", "math"):
            group.create_task(here.client.feed(query))
        group.create_task(here.client.papers(ids("2608.00001")))
    assert len(here.arxiv.requests) == 4
    assert here.arxiv.busiest == 1
    assert here.clock.slept == [3.0, 3.0, 3.0]


async def test_time_that_passed_anyway_counts_for_the_interval(here: Side) -> None:
    await here.client.feed("cs.CV")
    here.clock.now += timedelta(seconds=2)
    await here.client.feed("cs.CV")
    here.clock.now += timedelta(seconds=20)
    await here.client.feed("cs.CV")
    here.clock.now -= timedelta(days=1)
    await here.client.feed("cs.CV")
    assert here.clock.slept == [1.0, 3.0]


async def test_a_lookup_goes_before_the_feeds_that_wait(here: Side) -> None:
    here.arxiv.misbehave(Trouble.HANG)
    async with asyncio.TaskGroup() as group:
        for query in ("cs.CV", "cs.LG", "math"):
            group.create_task(here.client.feed(query))
        await here.arxiv.asked(1)
        group.create_task(here.client.papers(ids("2608.00001")))
        await asyncio.sleep(0)
        here.arxiv.release()
    paths = [asked.path for asked in here.arxiv.requests]
    assert paths == ["/atom/cs.CV", "/api/query", "/atom/cs.LG", "/atom/math"]


async def test_equal_questions_at_the_same_time_are_one_request(here: Side) -> None:
    here.arxiv.misbehave(Trouble.HANG)
    async with asyncio.TaskGroup() as group:
        feeds = [group.create_task(here.client.feed("cs.CV")) for _ in range(3)]
        await here.arxiv.asked(1)
        lookups = [group.create_task(here.client.papers(ids("2608.00001", "2608.00002"))) for _ in range(2)]
        lookups.append(group.create_task(here.client.papers(ids("2608.00002", "2608.00003"))))
        await asyncio.sleep(0)
        here.arxiv.release()
    assert len({task.result().body for task in feeds}) == 1
    assert [len(task.result()) for task in lookups] == [2, 2, 2]
    # One feed, and one lookup of all that waited.
    assert len(here.arxiv.requests) == 2
    assert here.arxiv.requests[1].query["id_list"] == "2608.00001,2608.00002,2608.00003"


async def test_who_gives_up_takes_nothing_from_the_others(here: Side) -> None:
    here.arxiv.misbehave(Trouble.HANG)
    impatient = asyncio.create_task(here.client.feed("cs.CV"))
    patient = asyncio.create_task(here.client.feed("cs.CV"))
    await here.arxiv.asked(1)
    impatient.cancel()
    await asyncio.wait([impatient])
    here.arxiv.release()
    assert len(parse_feed((await patient).body).entries) == 3
    assert len(here.arxiv.requests) == 1


@pytest.mark.parametrize(
    ("trouble", "retry_after", "pause"),
    [
        (Trouble.RATE_LIMITED, "120", 2 * MINUTE),
        (Trouble.RATE_LIMITED, None, MINUTE),
        (Trouble.UNAVAILABLE, "Fri, 21 Aug 2026 06:10:00 GMT", 10 * MINUTE),
        (Trouble.UNAVAILABLE, "soon", MINUTE),
        (Trouble.UNAVAILABLE, "999999999999999", 360 * MINUTE),
        (Trouble.NOT_ACCEPTABLE, None, MINUTE),
        (Trouble.RATE_EXCEEDED, None, MINUTE),
    ],
)
@pytest.mark.parametrize("kind", ["feed", "papers"])
async def test_arxiv_is_left_alone_for_as_long_as_it_asks(
    here: Side, kind: str, trouble: Trouble, retry_after: str | None, pause: timedelta
) -> None:
    async def ask() -> object:
        return await (here.client.feed("cs.CV") if kind == "feed" else here.client.papers(ids("2608.00001")))

    here.arxiv.misbehave(trouble, retry_after=retry_after)
    until = here.clock.now + pause
    with pytest.raises(ArxivUnavailable) as caught:
        await ask()
    assert caught.value.retry_at == until
    # Nobody asks anything until then.
    for question in (here.client.feed("math"), here.client.papers(ids("2608.00002"))):
        with pytest.raises(ArxivUnavailable) as caught:
            await question
        assert caught.value.retry_at == until
    assert len(here.arxiv.requests) == 1
    here.clock.now = until
    assert await ask()


@pytest.mark.parametrize("trouble", [Trouble.SERVER_ERROR, Trouble.BROKEN_OFF])
async def test_a_feed_that_does_not_arrive_is_unavailable(here: Side, trouble: Trouble) -> None:
    here.arxiv.misbehave(trouble)
    with pytest.raises(ArxivUnavailable) as caught:
        await here.client.feed("cs.CV")
    assert caught.value.retry_at is None
    assert "127.0.0.1" not in str(caught.value)
    assert (await here.client.feed("cs.CV")).body


@pytest.mark.parametrize(
    ("trouble", "error"), [(Trouble.CUT, FeedCut), (Trouble.EMPTY, NotAFeed), (Trouble.HTML, NotAFeed)]
)
async def test_bytes_that_are_no_whole_feed_are_handed_on_for_the_parser_to_tell(
    here: Side, trouble: Trouble, error: type[FeedError]
) -> None:
    here.arxiv.misbehave(trouble)
    fetched = await here.client.feed("cs.CV")
    with pytest.raises(error):
        parse_feed(fetched.body)


async def test_a_query_that_arxiv_does_not_know_is_refused_in_its_words(here: Side) -> None:
    with pytest.raises(FeedRefused, match=r"'cs\.ZZ'"):
        await here.client.feed("cs.CV+cs.ZZ")


@pytest.mark.parametrize("query", ["", "../etc", "cs.CV?x", "cs.CV/..", "a b", "cs.CV+"])
async def test_what_can_be_no_query_is_never_sent(here: Side, query: str) -> None:
    with pytest.raises(ValueError, match=r"for example: cs\.CV"):
        await here.client.feed(query)
    assert here.arxiv.requests == []


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble.SERVER_ERROR,
        Trouble.HTML,
        Trouble.EMPTY,
        Trouble.CUT,
        Trouble.BROKEN_OFF,
    ],
)
async def test_an_api_answer_that_is_none_never_means_that_papers_are_unknown(here: Side, trouble: Trouble) -> None:
    here.arxiv.misbehave(trouble)
    with pytest.raises(ArxivUnavailable) as caught:
        await here.client.papers(ids("2608.00001", "2608.00002"))
    assert "127.0.0.1" not in str(caught.value)
    assert len(here.arxiv.requests) == 1
    assert len(await here.client.papers(ids("2608.00001"))) == 1


@pytest.mark.parametrize("kind", ["feed", "papers"])
async def test_silence_ends_at_the_deadline(kind: str) -> None:
    async with side(deadline=0.2) as one:
        one.arxiv.misbehave(Trouble.HANG)
        with pytest.raises(ArxivUnavailable, match="in time"):
            await (one.client.feed("cs.CV") if kind == "feed" else one.client.papers(ids("2608.00001")))


@pytest.mark.parametrize("kind", ["feed", "papers"])
async def test_bytes_without_end_are_not_read_to_the_end(here: Side, kind: str) -> None:
    here.arxiv.misbehave(Trouble.HUGE)
    with pytest.raises(ArxivUnavailable, match="8 MB"):
        await (here.client.feed("cs.CV") if kind == "feed" else here.client.papers(ids("2608.00001")))


@pytest.mark.parametrize("kind", ["feed", "papers"])
async def test_only_a_redirect_within_the_host_is_followed(here: Side, kind: str) -> None:
    def ask() -> Any:
        return here.client.feed("cs.CV") if kind == "feed" else here.client.papers(ids("2608.00001"))

    async with ArxivServer() as stranger:
        for to in (f"{stranger.web_url}/atom/cs.CV", "http://[", "file:///etc/passwd"):
            here.arxiv.misbehave(Trouble.REDIRECT, to=to)
            with pytest.raises(ArxivUnavailable):
                await ask()
        assert stranger.requests == []


async def test_a_feed_that_moved_within_its_host_is_followed_at_the_usual_pace(here: Side) -> None:
    here.arxiv.misbehave(Trouble.REDIRECT, to="/atom/cs.CV")
    assert (await here.client.feed("cs")).url == f"{here.arxiv.feed_url}/atom/cs.CV"
    assert here.clock.slept == [3.0]
    here.clock.now += MINUTE
    here.arxiv.misbehave(Trouble.REDIRECT, times=9, to="/atom/cs.CV")
    with pytest.raises(ArxivUnavailable, match="without end"):
        await here.client.feed("cs")


async def test_an_api_that_moved_within_its_host_is_followed() -> None:
    async with side(interval=0.0) as one:
        one.arxiv.add_paper(paper(1))
        one.arxiv.misbehave(Trouble.REDIRECT, to="/api/query?id_list=2608.00001&max_results=1")
        assert await one.client.papers(ids("2608.00001")) == {ArxivId("2608.00001"): paper(1)}
        one.arxiv.misbehave(Trouble.REDIRECT, times=9, to="/api/query")
        with pytest.raises(ArxivUnavailable, match="without end"):
            await one.client.papers(ids("2608.00001"))


@pytest.mark.parametrize("kind", ["feed", "papers"])
async def test_a_refused_connection_is_unavailable(kind: str) -> None:
    async with ArxivServer() as gone:
        feed_url, api_url = gone.feed_url, gone.api_url
    async with side(feed_url=feed_url, api_url=api_url) as one:
        with pytest.raises(ArxivUnavailable) as caught:
            await (one.client.feed("cs.CV") if kind == "feed" else one.client.papers(ids("2608.00001")))
        assert "127.0.0.1" not in str(caught.value)


async def test_closing_tells_everybody_who_waits(here: Side) -> None:
    here.arxiv.misbehave(Trouble.HANG)
    asking = [
        asyncio.create_task(here.client.feed("cs.CV")),
        asyncio.create_task(here.client.feed("cs.LG")),
        asyncio.create_task(here.client.papers(ids("2608.00001"))),
    ]
    await here.arxiv.asked(1)
    await here.client.close()
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ArxivUnavailable] * 3
    with pytest.raises(ArxivUnavailable):
        await here.client.papers(ids("2608.00001"))


async def test_the_pages_of_the_simulated_arxiv_show_their_paper(here: Side) -> None:
    async with aiohttp.ClientSession(here.arxiv.web_url) as http:
        async with http.get("/abs/2608.00001v1") as page:
            assert "of $a&lt;b$ &amp; Schrödinger" in await page.text()
        async with http.get("/pdf/2608.09999") as page:
            assert page.status == 404


PAGES = pytest.mark.parametrize("kind", ["listing", "catchup"])


def page_of(client: ArxivClient, kind: str) -> Coroutine[Any, Any, FetchedFeed]:
    return client.listing("cs.CV") if kind == "listing" else client.catchup("cs.CV", DAY)


@PAGES
async def test_a_page_arrives_with_what_was_announced(here: Side, kind: str) -> None:
    fetched = await page_of(here.client, kind)
    listing = parse_listing(fetched.body, "cs.CV")
    assert (listing.mailing_date, listing.whole) == (DAY, True)
    assert [entry.paper.arxiv_id for entry in listing.entries] == ["2608.00001", "2608.00002", "2608.00003"]
    assert listing.entries[0].paper.abstract == paper(1).abstract
    path = "/list/cs.CV/new" if kind == "listing" else "/catchup/cs.CV/2026-08-21?abs=True&page=1"
    assert (fetched.url, fetched.content_type) == (f"{here.arxiv.web_url}{path}", "text/html")
    (asked,) = here.arxiv.requests
    assert asked.headers["User-Agent"].startswith(f"arxiv-digest-bot/{__version__}")
    assert asked.headers["Accept"].startswith("text/html")


async def test_past_mailings_stay_on_their_pages_while_the_feed_moves_on(here: Side) -> None:
    monday = date(2026, 8, 24)
    here.arxiv.announce("cs.CV", [Entry(paper(4), AnnounceType.NEW)], monday)
    found = [parse_listing((await here.client.catchup("cs.CV", day)).body) for day in (DAY, monday)]
    newest = parse_listing((await here.client.listing("cs.CV")).body)
    feed = parse_feed((await here.client.feed("cs.CV")).body)
    assert [(one.mailing_date, len(one.entries)) for one in (*found, newest)] == [(DAY, 3), (monday, 1), (monday, 1)]
    assert len(feed.entries) == 1
    nothing = parse_listing((await here.client.catchup("cs.CV", DAY, page=2)).body)
    assert (nothing.entries, nothing.total, nothing.whole) == ((), 3, False)


async def test_a_feed_can_stay_old_while_the_pages_are_new(here: Side) -> None:
    monday = date(2026, 8, 24)
    here.arxiv.announce("cs.CV", [Entry(paper(4), AnnounceType.NEW)], monday, feed_changes=False)
    assert len(parse_feed((await here.client.feed("cs.CV")).body).entries) == 3
    listing = parse_listing((await here.client.listing("cs.CV")).body)
    assert (listing.mailing_date, [entry.paper.arxiv_id for entry in listing.entries]) == (monday, ["2608.00004"])


async def test_a_category_without_papers_has_a_page_that_says_so(here: Side) -> None:
    listing = parse_listing((await here.client.listing("math")).body)
    assert (listing.mailing_date, listing.entries, listing.whole) == (DAY, (), True)


async def test_a_page_that_arxiv_does_not_have_is_unavailable(here: Side) -> None:
    for question, status in (
        (here.client.catchup("cs.CV", date(2026, 8, 20)), 404),
        (here.client.catchup("math", DAY), 404),
        (here.client.listing("cs.ZZ"), 400),
    ):
        with pytest.raises(ArxivUnavailable, match=f"HTTP {status}"):
            await question


@pytest.mark.parametrize("query", ["", "../etc", "cs.CV?x", "cs.CV/..", "a b", "cs.CV+cs.LG"])
async def test_what_can_be_no_page_is_never_asked_for(here: Side, query: str) -> None:
    for question in (here.client.listing(query), here.client.catchup(query, DAY)):
        with pytest.raises(ValueError, match=r"for example: cs\.CV"):
            await question
    with pytest.raises(ValueError, match="first one is 1"):
        await here.client.catchup("cs.CV", DAY, page=0)
    assert here.arxiv.requests == []


async def test_pages_feeds_and_papers_share_one_pace(here: Side) -> None:
    async with asyncio.TaskGroup() as group:
        for question in (here.client.listing("cs.CV"), here.client.feed("cs.CV"), here.client.catchup("cs.CV", DAY)):
            group.create_task(question)
        group.create_task(here.client.listing("cs.CV"))
        group.create_task(here.client.papers(ids("2608.00001")))
    # Two equal questions are one request.
    assert (len(here.arxiv.requests), here.arxiv.busiest) == (4, 1)
    assert here.clock.slept == [3.0, 3.0, 3.0]


@PAGES
@pytest.mark.parametrize("trouble", [Trouble.RATE_LIMITED, Trouble.UNAVAILABLE, Trouble.RATE_EXCEEDED])
async def test_a_pause_that_a_page_asks_for_holds_for_everything(here: Side, kind: str, trouble: Trouble) -> None:
    here.arxiv.misbehave(trouble)
    for question in (page_of(here.client, kind), here.client.feed("cs.CV"), here.client.papers(ids("2608.00001"))):
        with pytest.raises(ArxivUnavailable) as caught:
            await question
        assert caught.value.retry_at == here.clock.now + MINUTE
    assert len(here.arxiv.requests) == 1
    here.clock.now += MINUTE
    assert (await page_of(here.client, kind)).body


@PAGES
@pytest.mark.parametrize("trouble", [Trouble.SERVER_ERROR, Trouble.BROKEN_OFF, Trouble.HUGE])
async def test_a_page_that_does_not_arrive_is_unavailable(here: Side, kind: str, trouble: Trouble) -> None:
    here.arxiv.misbehave(trouble)
    with pytest.raises(ArxivUnavailable) as caught:
        await page_of(here.client, kind)
    assert "127.0.0.1" not in str(caught.value)
    assert "feed" not in str(caught.value)


@PAGES
@pytest.mark.parametrize("trouble", [Trouble.CUT, Trouble.EMPTY, Trouble.HTML])
async def test_bytes_that_are_no_whole_page_are_handed_on_for_the_parser_to_tell(
    here: Side, kind: str, trouble: Trouble
) -> None:
    here.arxiv.misbehave(trouble)
    fetched = await page_of(here.client, kind)
    with pytest.raises(PageError):
        parse_listing(fetched.body)


async def test_a_page_that_never_comes_is_given_up_at_the_deadline() -> None:
    async with side(deadline=0.2) as one:
        one.arxiv.misbehave(Trouble.HANG)
        with pytest.raises(ArxivUnavailable, match="page did not arrive in time"):
            await one.client.listing("cs.CV")


async def test_a_page_that_moved_is_followed_within_its_host_only(here: Side) -> None:
    here.arxiv.misbehave(Trouble.REDIRECT, to="/list/cs.CV/new")
    assert (await here.client.listing("cs")).url == f"{here.arxiv.web_url}/list/cs.CV/new"
    assert here.clock.slept == [3.0]
    async with ArxivServer() as stranger:
        here.arxiv.misbehave(Trouble.REDIRECT, to=f"{stranger.web_url}/list/cs.CV/new")
        with pytest.raises(ArxivUnavailable, match="another host"):
            await here.client.listing("cs.CV")
        assert stranger.requests == []


def submitted(here: Side, count: int) -> tuple[datetime, datetime]:
    begin = datetime(2026, 5, 1, 18, tzinfo=UTC)
    for number in range(1, count + 1):
        here.arxiv.add_paper(paper(number, submitted_at=begin + timedelta(minutes=number - 1)))
    return begin, begin + timedelta(minutes=count)


async def test_papers_of_a_day_come_page_by_page_at_the_usual_pace(here: Side) -> None:
    begin, end = submitted(here, PAGE + 2)
    pages = await here.client.submitted("cs.CV", begin, end)
    assert [(len(page.papers), page.total) for page in pages] == [(PAGE, PAGE + 2), (2, PAGE + 2)]
    assert len({paper.arxiv_id for page in pages for paper in page.papers}) == PAGE + 2
    assert [asked.query["start"] for asked in here.arxiv.requests] == ["0", str(PAGE)]
    assert here.arxiv.requests[0].query["sortOrder"] == "ascending"
    assert (here.arxiv.busiest, here.clock.slept) == (1, [3.0])
    assert here.arxiv.requests[0].query["search_query"] == (
        "(cat:cs.CV) AND submittedDate:[202605011800 TO 202605020221]"
    )


@pytest.mark.parametrize("trouble", [Trouble.HTML, Trouble.EMPTY, Trouble.CUT, Trouble.RATE_EXCEEDED])
async def test_a_search_that_is_not_answered_in_full_is_unavailable(here: Side, trouble: Trouble) -> None:
    begin, end = submitted(here, 3)
    here.arxiv.misbehave(trouble)
    with pytest.raises(ArxivUnavailable):
        await here.client.submitted("cs.CV", begin, end)


async def test_who_is_refused_again_and_again_waits_longer_each_time_until_arxiv_answers(here: Side) -> None:
    here.arxiv.misbehave(Trouble.RATE_LIMITED, times=7, retry_after="5")
    waited = []
    for _ in range(7):
        with pytest.raises(ArxivUnavailable) as caught:
            await here.client.feed("cs.CV")
        assert caught.value.retry_at is not None
        waited.append((caught.value.retry_at - here.clock.now) // MINUTE)
        here.clock.now = caught.value.retry_at
    assert waited == [1, 2, 4, 8, 16, 32, 32]
    assert await here.client.papers(ids("2608.00001"))
    here.arxiv.misbehave(Trouble.RATE_LIMITED)
    with pytest.raises(ArxivUnavailable) as caught:
        await here.client.feed("cs.CV")
    assert caught.value.retry_at == here.clock.now + MINUTE
