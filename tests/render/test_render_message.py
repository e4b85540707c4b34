from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import pytest
from fakes.render_material import hostile_text
from fakes.telegram_html import RefusedHtml, parse, parse_message
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render.message import (
    MESSAGE,
    SEPARATOR,
    Size,
    escape,
    group,
    length,
    link,
    measure,
    plain,
    truncate_html,
    units,
)
from bot.render.names import clean, display_width, one_line, shorten, wrap

pytestmark = pytest.mark.pure


def entity_count(text: str) -> int:
    return measure(text).entities


def pack(blocks: Sequence[str], *, limits: Size = MESSAGE, head: str = "") -> list[str]:
    return [SEPARATOR.join(together) for together in group(blocks, limits=limits, head=head)]


@st.composite
def rich_html(draw: st.DrawFn) -> str:
    """Well-formed HTML with nested tags, as the renderers make it."""
    parts = []
    for _ in range(draw(st.integers(1, 6))):
        inner = escape(draw(hostile_text(8))) * draw(st.sampled_from([1, 20]))
        wrapped = draw(
            st.sampled_from(["{}", "<b>{}</b>", "<i>a<b>{}</b></i>", "<blockquote expandable>{}</blockquote>"])
        )
        parts.append(wrapped.format(inner))
        if draw(st.booleans()):
            parts.append(link("https://arxiv.org/abs/1?a=1&b=2", f"<b>{escape(draw(hostile_text(3)))}</b>"))
    return "".join(parts)


@given(hostile_text(20))
def test_escaped_text_shows_as_itself_without_what_could_deceive(text: str) -> None:
    shown = parse(escape(text)).text
    assert shown == clean(text)
    assert not any(unicodedata.category(text) in {"Cc", "Cs"} and text != "\n" for text in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(hostile_text(6))
def test_an_address_cannot_leave_its_link(address: str) -> None:
    parsed = parse(link(f"https://a.example/{address}", "x"))
    assert parsed.text == "x"
    assert parsed.links() == [clean(f"https://a.example/{address}")]


@settings(deadline=None, max_examples=25)
@given(rich_html())
def test_measuring_agrees_with_what_telegram_reads(text: str) -> None:
    parsed = parse(text)
    assert length(text) == units(parsed.text)
    assert entity_count(text) == len(parsed.entities)
    assert measure(text) == Size(
        units(parsed.text), len(parsed.entities), sum(map(len, parsed.links())), len(text.encode())
    )


@settings(deadline=None, max_examples=25)
@given(rich_html(), st.integers(1, 300), st.integers(0, 6), st.integers(40, 2000), st.integers(0, 80))
def test_html_is_cut_to_any_limits_and_stays_well_formed(
    text: str, characters: int, entities: int, raw: int, addresses: int
) -> None:
    limits = Size(characters, entities, addresses, raw)
    cut = truncate_html(text, limits)
    parsed = parse(cut)
    assert measure(cut).within(limits)
    whole = parse(text).text
    assert parsed.text == whole or (parsed.text[-1] == "…" and whole.startswith(parsed.text[:-1].rstrip()))


def test_html_that_fits_is_not_touched() -> None:
    text = "<b>a</b> &amp; b"
    assert truncate_html(text, Size(5, 1, 0, 100)) == text
    assert truncate_html(text, Size(4, 1, 0, 100)) == "<b>a</b> &amp;…"


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.text("ab中 ", min_size=1, max_size=60).map(str.strip).filter(bool), max_size=30), st.integers(8, 200)
)
def test_blocks_are_packed_in_order_and_none_is_divided_that_fits(blocks: list[str], characters: int) -> None:
    limits = Size(characters, 100, 8000, 32768)
    messages = pack(blocks, limits=limits, head="head")
    assert all(measure(message).within(limits) for message in messages)
    kept = [part for message in messages for part in message.split(SEPARATOR)]
    assert len(kept) == len(blocks) + 1
    for block, found in zip(["head", *blocks], kept, strict=True):
        assert found == block if len(block) <= characters else found.endswith("…")


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=30))
def test_as_few_messages_as_possible_are_used(sizes: list[int]) -> None:
    limits = Size(40, 100, 8000, 32768)
    groups = group(["x" * size for size in sizes], limits=limits)
    for before, after in pairwise(groups):
        assert sum(map(len, before)) + 2 * len(before) + len(after[0]) > 40


def test_links_are_counted_by_number_and_by_the_length_of_their_addresses() -> None:
    blocks = [link(f"https://arxiv.org/abs/{number}", "x") for number in range(250)]
    assert [entity_count(one) for one in pack(blocks)] == [100, 100, 50]
    long = [link("https://a.example/" + "x" * 982, "x") for _ in range(9)]
    assert [entity_count(one) for one in pack(long)] == [8, 1]
    for message in pack([*blocks, *long]):
        parse_message(message)


def test_nothing_packs_into_nothing() -> None:
    assert pack([]) == []
    assert pack([], head="head") == ["head"]


def test_plain_text_shows_the_addresses_of_links() -> None:
    assert plain('<b>1 &lt; 2</b> <a href="https://a.example/?x=1&amp;y=2">here</a>.') == (
        "1 < 2 here <https://a.example/?x=1&y=2>."
    )


@pytest.mark.parametrize(
    "text",
    [
        "<b>",
        "</b>",
        "<b><i></b></i>",
        "<script>x</script>",
        "a < b",
        "a & b",
        "&nbsp;",
        '<a href="">x</a>',
        "<b x>y</b>",
    ],
)
def test_the_checker_refuses_what_telegram_refuses(text: str) -> None:
    with pytest.raises(RefusedHtml):
        parse(text)


@given(st.text(max_size=80), st.integers(0, 60))
def test_shortened_text_fits_and_begins_like_the_whole(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    if len(text) > limit > 0:
        assert short.endswith("…")
        assert text.startswith(short[:-1])
        assert not unicodedata.combining(text[len(short) - 1]) or len(short) == 1


def test_text_is_shortened_between_words_and_not_within_a_joined_emoji() -> None:
    assert shorten("several good words", 15) == "several good…"
    assert shorten("一些没有空格的字", 5) == "一些没有…"
    assert shorten("ab👩\u200d🔬cd", 5) == "ab…"


@settings(deadline=None)
@given(hostile_text(30), st.sampled_from([10, 40, 100]))
def test_wrapped_lines_fit_and_hold_the_whole_text(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert all(0 < display_width(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(one_line(text).split())


def test_wrapping_counts_wide_characters_and_keeps_punctuation_with_its_word() -> None:
    assert wrap("我们证明了，它是紧的。", 10) == ["我们证明", "了，它是紧", "的。"]
    assert wrap("one two three", 8) == ["one two", "three"]
