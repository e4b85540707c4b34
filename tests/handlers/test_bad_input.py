"""What arXiv's servers, or whoever stands between, may send in place of an announcement: nothing of it becomes one.

Each is refused with a reason in the state and in the log, whatever the address, and takes bounded memory.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.arxiv_client import client_of
from fakes.arxiv_server import ArxivServer, Trouble
from fakes.house import FRIDAY, Clock, announcement
from fakes.stored import open_database

from bot.announcements.fetch import AnnouncementFetcher
from bot.arxiv_source.client import ArxivClient
from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.ids import ArxivId
from bot.simulator.arxiv_answers import atom_feed
from bot.simulator.arxiv_pages import listing_page
from storage import announcements
from storage.database import Database
from storage.records import AnnouncementState

FEED = atom_feed("cs.CV", announcement(3), FRIDAY)
PAGE = listing_page("cs.CV", announcement(3), FRIDAY)
PROLOG, _, REST = FEED.partition(b"\n")
XML = {"Content-Type": "application/atom+xml"}
HTML = {"Content-Type": "text/html; charset=utf-8"}


def declaring(doctype: bytes, feed: bytes = REST) -> bytes:
    return PROLOG + b"\n" + doctype + b"\n" + feed


LAUGHS = b"<!DOCTYPE feed [<!ENTITY a0 'ha'>" + b"".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>".encode() for n in range(1, 10)
)
BODIES: dict[str, tuple[bytes, dict[str, str]]] = {
    "an entity": (declaring(b"<!DOCTYPE feed [<!ENTITY x 'cs'>]>", REST.replace(b"Cameras", b"&x;", 1)), XML),
    "an entity that nothing declares": (FEED.replace(b"Cameras", b"&nbsp;", 1), XML),
    "an external entity": (
        declaring(b"<!DOCTYPE feed [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>", REST.replace(b"Cameras", b"&x;", 1)),
        XML,
    ),
    "an external document type": (declaring(b"<!DOCTYPE feed SYSTEM 'http://dtd.example/feed.dtd'>"), XML),
    "a billion laughs": (declaring(LAUGHS + b"]>", REST.replace(b"Cameras", b"&a9;", 1)), XML),
    "a wrong encoding": (FEED.replace(b"UTF-8", b"UTF-16"), XML),
    "an encoding that does not exist": (FEED.replace(b"UTF-8", b"UTF-99"), XML),
    "bytes that are not the encoding": (FEED.replace(b"Cameras", b"Cam\xe9ras", 1), XML),
    "a NUL": (FEED.replace(b"Cameras", b"Cam\x00eras", 1), XML),
    "a control character": (FEED.replace(b"Cameras", b"Cam\x08eras", 1), XML),
    "a compressed body that is cut": (gzip.compress(FEED)[:-200], {**XML, "Content-Encoding": "gzip"}),
    "bytes that are said to be compressed": (FEED, {**XML, "Content-Encoding": "gzip"}),
    "a small body that unpacks to a large one": (
        gzip.compress(b" " * (64 * 2**20), 1),
        {**XML, "Content-Encoding": "gzip"},
    ),
    "a page for humans": (b"<!doctype html><html><body><h1>We are busy</h1></body></html>", HTML),
    "a page that asks whether one is human": (b"<html><script>check()</script></html>", HTML),
    "a listing page with a NUL in a number": (PAGE.replace(b"of 3 entries", b"of \x003 entries"), HTML),
    "a listing page in another encoding": (PAGE.decode().encode("utf-16"), HTML),
    "JSON": (b'{"error": "busy"}', {"Content-Type": "application/json"}),
    "words": (b"Service temporarily unavailable", {"Content-Type": "text/plain"}),
}


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
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as opened:
        yield opened


async def refused(db: Database, client: ArxivClient, caplog: pytest.LogCaptureFixture) -> str:
    """Ask for Friday's announcement in vain; returns the reason that the state has, once the log has it, too."""
    caplog.set_level("INFO", "bot")
    clock = Clock()
    clock.to_announcement(FRIDAY)
    found = await AnnouncementFetcher(db=db, arxiv=client, now=clock).fetch("cs.CV", FRIDAY)
    assert found.state in {AnnouncementState.LATE, AnnouncementState.INCOMPLETE}
    assert found.entry_count == 0
    async with db.read() as session:
        assert await announcements.entries(session, [found.id]) == []
        assert await announcements.raw(session, found.id) is None
    assert found.reason
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert any(line.startswith("announcement ") and f"state={found.state}" in line for line in lines)
    assert not any("127.0.0.1" in line or "Traceback" in line for line in lines)
    return found.reason


@pytest.mark.parametrize("name", BODIES)
async def test_what_is_no_announcement_is_refused_with_a_reason(
    name: str, arxiv: ArxivServer, client: ArxivClient, db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    body, headers = BODIES[name]
    arxiv.misbehave(Trouble.OTHER, times=9, body=body, headers=headers)
    assert await refused(db, client, caplog)


async def test_a_body_without_end_is_refused(
    arxiv: ArxivServer, client: ArxivClient, db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    arxiv.misbehave(Trouble.HUGE, times=9)
    assert "larger than 8 MB" in await refused(db, client, caplog)


async def test_a_redirect_to_somewhere_else_is_refused(
    arxiv: ArxivServer, client: ArxivClient, db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with ArxivServer() as stranger:
        stranger.announce("cs.CV", announcement(9), FRIDAY)
        arxiv.misbehave(
            Trouble.REDIRECT, times=9, to=f"http://localhost:{stranger.web_url.rpartition(':')[2]}/atom/cs.CV"
        )
        assert "leads to another host" in await refused(db, client, caplog)
        assert stranger.requests == []


@pytest.mark.parametrize("name", [name for name, (body, _) in BODIES.items() if body != PAGE])
async def test_a_lookup_that_is_answered_with_it_is_unavailable_and_not_unknown(
    name: str, arxiv: ArxivServer, client: ArxivClient
) -> None:
    body, headers = BODIES[name]
    arxiv.misbehave(Trouble.OTHER, body=body, headers=headers)
    with pytest.raises(ArxivUnavailable):
        await client.papers([ArxivId("2608.00001")])


def test_the_bombs_are_bombs() -> None:
    body, _ = BODIES["a small body that unpacks to a large one"]
    assert len(body) < 2**20
    assert len(zlib.decompress(body, wbits=31)) == 64 * 2**20
