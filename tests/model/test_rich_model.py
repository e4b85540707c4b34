"""Rich digests as an independent model of the Bot API reads them: the types of aiogram."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from fakes.render_material import ENTRY, TOGETHER, TRANSLATION, papers_together
from fakes.rich_material import RICH, messages, rendered
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.arxiv_source.feed import parse_feed
from bot.simulator.rich_html import parse_rich
from storage.records import BilingualPaper, DigestStyle, Layout

aiogram_types = pytest.importorskip("aiogram.types", reason="aiogram is not installed: pip install -e '.[model-tests]'")

PAPERS = int(os.environ.get("RICH_EXAMPLES", "80"))
FEED = os.environ.get("FEED_FILE", "")


def strictly_read(blocks: list[dict[str, Any]]) -> None:
    """Every field is one that the model knows, with a value that it takes, and comes out as it went in."""
    message = aiogram_types.RichMessage.model_validate({"blocks": blocks})
    assert message.model_dump(mode="json", exclude_none=True, warnings="error") == {"blocks": blocks}
    _known(message)


def _known(value: Any) -> None:
    if isinstance(value, list):
        for one in value:
            _known(one)
    elif hasattr(value, "model_fields_set"):
        # The model takes unknown fields too; they are what a misspelt one would be.
        assert not value.model_extra, value
        for name in type(value).model_fields:
            _known(getattr(value, name))


def test_the_model_finds_what_is_wrong() -> None:
    for wrong in (
        {"type": "paragraph"},
        {"type": "paragraph", "text": "x", "colour": "red"},
        {"type": "paragraph", "text": {"type": "url", "text": "x"}},
        {"type": "table", "cells": [[{"text": "x"}]]},
        {"type": "newspaper", "text": "x"},
    ):
        with pytest.raises((AssertionError, ValueError)):
            strictly_read([wrong])


def test_every_kind_of_block_that_the_local_telegram_makes_is_one_of_the_models() -> None:
    html = (
        '<a name="x"></a><h1>h</h1><p><b>b</b><i>i</i><u>u</u><s>s</s><code>c</code><mark>m</mark><sub>1</sub>'
        '<sup>2</sup><tg-spoiler>p</tg-spoiler><a href="#x">l</a><a href="https://x.org">u</a><tg-math>y</tg-math>'
        '<tg-reference name="r">q</tg-reference></p><pre>x</pre><footer>f</footer><hr><ul><li>x</li></ul>'
        "<blockquote>q<cite>c</cite></blockquote><blockquote expandable>q</blockquote><aside>a</aside>"
        '<table bordered striped compact><caption>c</caption><tr><th>h</th><td colspan="2"></td></tr></table>'
        "<details open><summary>s</summary>x</details><tg-math-block>x</tg-math-block>"
    )
    strictly_read(parse_rich(html))


def test_a_digest_is_read_by_the_model() -> None:
    (blocks,) = messages(rendered([ENTRY]))
    strictly_read(blocks)


@settings(max_examples=PAPERS // TOGETHER, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    papers_together(),
    st.builds(DigestStyle, st.just(Layout.RICH), show_abstracts=st.booleans(), paged=st.booleans()),
    st.sampled_from(["zh", "en"]),
)
def test_whatever_papers_say_the_model_reads_the_messages(
    together: list[list[BilingualPaper]], style: DigestStyle, interface: str
) -> None:
    for entries in together:
        for blocks in messages(rendered(entries, style, interface)):
            strictly_read(blocks)


@pytest.mark.skipif(not FEED, reason="FEED_FILE names no recorded feed")
def test_a_recorded_feed_is_read_by_the_model() -> None:
    entries = [
        BilingualPaper(entry.paper, TRANSLATION, entry.announce_type)
        for entry in parse_feed(Path(FEED).read_bytes()).entries
    ]
    assert entries
    for start in range(0, len(entries), 25):
        for blocks in messages(rendered(entries[start : start + 25], RICH)):
            strictly_read(blocks)
