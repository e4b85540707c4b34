"""Whatever the papers are, Telegram takes what is made of them, in every look and on every page."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fakes.render_material import TOGETHER, TRANSLATION, digest, papers_together
from fakes.telegram_html import Parsed, parse_message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.arxiv_source.feed import parse_feed
from bot.i18n import words_for
from bot.render.button import CALLBACK_LIMIT
from bot.render.classic import MAX_MESSAGES
from bot.render.digest import page_count, page_slice, render_digest, render_page
from bot.simulator.html_text import parse as parse_html
from storage.records import AnnounceType, BilingualPaper, Digest, DigestEntry, DigestStyle, Layout, Part, PartKind

pytestmark = pytest.mark.pure

ZH, EN = words_for("zh"), words_for("en")
PAPERS = int(os.environ.get("DIGEST_EXAMPLES", "80"))
"""How many made-up papers are tried, in digests of one to four, some of them many times over."""
FEED = Path(os.environ.get("FEED_OF_501", "not-given"))
"""A recorded feed of cs.CV with 501 papers; arXiv's texts are not the project's to carry."""
LOOKS = st.builds(
    DigestStyle,
    layout=st.sampled_from([Layout.CLASSIC, Layout.FILE]),
    papers_shown=st.sampled_from([0, 1, 5, 50]),
    attach_file=st.booleans(),
    show_abstracts=st.booleans(),
    paged=st.booleans(),
)


def accepted(part: Part) -> Parsed:
    """A message as a reader gets it, by the tests' own reader and by the simulator's, which must agree."""
    rows = part.payload["buttons"]
    buttons = [button for row in rows for button in row]
    assert len(buttons) <= 100
    assert all(0 < len(row) <= 8 for row in rows)
    assert all(len(button.get("callback_data", "").encode()) <= CALLBACK_LIMIT for button in buttons)
    parsed = parse_message(part.payload["text"])
    assert parse_html(part.payload["text"])[0] == parsed.text
    return parsed


def stored(frame: Digest, entries: list[BilingualPaper], style: DigestStyle) -> Digest:
    """The digest of these entries as the database gives it."""
    listed = [
        DigestEntry(entry.paper.arxiv_id, entry.paper.version, entry.announce_type or AnnounceType.NEW)
        for entry in entries
    ]
    return replace(frame, entries=tuple(listed), style=style, id=2**53)


@settings(max_examples=PAPERS // TOGETHER, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    papers_together(stretch=(1, 1, 8)),
    st.sampled_from([1, 1, 60]),
    st.lists(st.sampled_from(["cs.CV", "<b>", "a" * 200]), min_size=1, max_size=30),
    LOOKS,
    st.integers(1, 70),
)
def test_no_papers_make_a_digest_that_telegram_would_refuse(
    together: list[list[BilingualPaper]], times: int, categories: list[str], style: DigestStyle, page: int
) -> None:
    for entries in together:
        # Ids are checked when a paper comes in; everything else is as its authors wrote it.
        sound = [replace(entry, paper=replace(entry.paper, arxiv_id="2608.01234")) for entry in entries]
        can_be_sent(sound * times, categories, style, page)


def can_be_sent(entries: list[BilingualPaper], categories: list[str], style: DigestStyle, page: int) -> None:
    asked = stored(replace(digest(*categories), approximate=(date(2026, 5, 1),)), entries, style)
    parts = render_digest(asked, entries, ZH, bot_name="arxiv_bot")
    messages = [part for part in parts if part.kind is PartKind.MESSAGE]
    assert len(messages) <= (1 if style.paged else MAX_MESSAGES)
    for part in messages:
        accepted(part)
    for part in parts[len(messages) :]:
        parse_message(part.payload["caption"], limit=1024)
        part.payload["content"].encode()
    if style.paged:
        page = min(page, page_count(style, len(entries)))
        accepted(render_page(asked, entries[page_slice(style, len(entries), page)], ZH, page))


@pytest.mark.skipif(not FEED.exists(), reason="FEED_OF_501 names no recorded feed of 501 papers")
@pytest.mark.parametrize("style", [DigestStyle(attach_file=False), DigestStyle(attach_file=False, paged=True)])
def test_a_feed_of_501_papers_stands_on_its_pages_in_order(style: DigestStyle) -> None:
    texts = replace(TRANSLATION, language="en", title=None, summary=None)
    english = [
        BilingualPaper(entry.paper, texts, entry.announce_type) for entry in parse_feed(FEED.read_bytes()).entries
    ]
    assert len(english) == 501
    asked = stored(digest("cs.CV", language="en"), english, style)
    parts = list(render_digest(asked, english, EN, bot_name="arxiv_bot"))
    if style.paged:
        pages = range(1, page_count(style, 501) + 1)
        again, *others = [render_page(asked, english[page_slice(style, 501, page)], EN, page) for page in pages]
        assert again == parts[0]
        parts += others
    links = [link for part in parts for link in accepted(part).links()]
    shown = 501 if style.paged else len(links)
    assert links == [f"https://arxiv.org/abs/{one.paper.arxiv_id}" for one in english[:shown]]
