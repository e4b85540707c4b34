from __future__ import annotations

import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.simulator.api_errors import ApiError
from bot.simulator.chat_state import Entity
from bot.simulator.entities import cut, finish, units
from bot.simulator.html_text import parse

pytestmark = pytest.mark.pure


def kinds(markup: str) -> list[tuple[str, str]]:
    text, entities = parse(markup)
    return [(entity.type, cut(text, entity.offset, entity.length)) for entity in entities]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param("<b>x</b> <strong>y</strong>", [("bold", "x"), ("bold", "y")], id="bold"),
        pytest.param("<i>x</i> <em>y</em>", [("italic", "x"), ("italic", "y")], id="italic"),
        pytest.param("<u>x</u> <ins>y</ins>", [("underline", "x"), ("underline", "y")], id="underline"),
        pytest.param("<s>x</s><del>y</del>", [("strikethrough", "x"), ("strikethrough", "y")], id="struck"),
        pytest.param(
            '<tg-spoiler>x</tg-spoiler><span class="tg-spoiler">y</span>',
            [("spoiler", "x"), ("spoiler", "y")],
            id="spoiler",
        ),
        pytest.param("<CODE>x</CODE>", [("code", "x")], id="tags in capitals"),
        pytest.param("<pre>x <b>y</b></pre>", [("pre", "x y")], id="nothing is nested in pre"),
        pytest.param("<b>a <i>b</i></b>", [("bold", "a b"), ("italic", "b")], id="nested"),
        pytest.param("<blockquote>q</blockquote>", [("blockquote", "q")], id="quote"),
        pytest.param("<blockquote expandable>q</blockquote>", [("expandable_blockquote", "q")], id="folded quote"),
        pytest.param("<b>x</>", [("bold", "x")], id="nameless end tag"),
        pytest.param("<b></b>x<i> </i>y", [], id="empty and blank entities vanish"),
        pytest.param("see arxiv.org/abs/2506.01234.", [("url", "arxiv.org/abs/2506.01234")], id="bare link"),
        pytest.param("<code>arxiv.org</code>", [("code", "arxiv.org")], id="no link inside code"),
        pytest.param("/start@my_bot now", [("bot_command", "/start@my_bot")], id="command"),
        pytest.param("ask @someone #tag", [("mention", "@someone"), ("hashtag", "#tag")], id="mention and hashtag"),
    ],
)
def test_markup_becomes_entities(markup: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(markup) == expected


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("0123456 é <foo>x</foo>", 'Unsupported start tag "foo" at byte offset 11'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ('<a ="x">z</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
    ],
)
def test_broken_markup_is_refused_in_telegrams_words(markup: str, reason: str) -> None:
    with pytest.raises(ApiError) as refusal:
        parse(markup)
    assert refusal.value.code == 400
    assert refusal.value.description == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("https://arxiv.org/abs/2506.01234?a=1&amp;b=2", "https://arxiv.org/abs/2506.01234?a=1&b=2"),
        ("https://arxiv.org", "https://arxiv.org/"),
        ("arxiv.org/abs/1", "http://arxiv.org/abs/1"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
    ],
)
def test_a_link_keeps_its_address(href: str, url: str) -> None:
    assert parse(f'<a href="{href}">x</a>') == ("x", (Entity("text_link", 0, 1, url=url),))


@pytest.mark.parametrize("href", ["", "http://nohost", "javascript:alert(1)", "http://[::1", "https://a b.org/"])
def test_a_link_to_nowhere_is_dropped_and_its_text_stays(href: str) -> None:
    assert parse(f'<a href="{href}">word</a>') == ("word", ())


def test_a_link_to_a_person_becomes_a_mention() -> None:
    assert parse('<a href="tg://user?id=42">x</a>')[1] == (Entity("text_mention", 0, 1, user_id=42),)


def test_code_in_pre_names_its_language() -> None:
    text, entities = parse('<pre><code class="language-python">x = 1</code></pre>')
    assert (text, entities) == ("x = 1", (Entity("pre", 0, 5, language="python"),))


def test_references_are_read_and_unknown_ones_stay() -> None:
    assert parse("&lt;&gt;&amp;&quot;&#65;&#x1F600;&nbsp;&#xD800;& &lt")[0] == '<>&"A😀&nbsp;&#xD800;& <'


def test_offsets_count_utf16_units() -> None:
    assert parse("😀<b>𝒢</b>")[1] == (Entity("bold", 2, 2),)


def test_text_is_trimmed_and_its_entities_move_along() -> None:
    assert parse(" \n <b> x </b>\n\n") == ("x", (Entity("bold", 0, 1),))


def test_the_hundred_and_first_entity_is_dropped_silently() -> None:
    _, entities = parse("".join(f"<b>{number}</b> " for number in range(101)))
    assert len(entities) == 100


def test_more_than_32_kib_of_markup_is_refused() -> None:
    with pytest.raises(ApiError, match="message is too long"):
        parse("é" * 16_385)


def test_long_links_count_as_entity_data() -> None:
    with pytest.raises(ApiError, match="ENTITIES_TOO_LONG"):
        parse("".join(f'<a href="https://arxiv.org/{"x" * 950}">{number}</a> ' for number in range(10)))


@settings(max_examples=25)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert parse(html.escape(text))[0] == text.strip(" \n")


@settings(max_examples=25)
@given(st.text(alphabet='<>/&;"ab =i#\n😀'))
def test_any_markup_is_either_refused_or_has_entities_inside_its_text(markup: str) -> None:
    try:
        text, entities = parse(markup)
    except ApiError:
        return
    assert all(0 <= entity.offset < entity.end <= units(text) for entity in entities)


def test_given_entities_are_kept_beside_those_found() -> None:
    link = Entity("text_link", 0, 3, url="https://arxiv.org/")
    assert finish("abs /help", [link])[1] == (link, Entity("bot_command", 4, 5))
