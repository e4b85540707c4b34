from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.api_errors import ApiError
from bot.simulator.rich_html import MAX_BLOCKS, MAX_CHARACTERS, MAX_COLUMNS, parse_rich
from bot.simulator.rich_plain import rich_plain
from bot.simulator.rich_tree import MAX_DEPTH

pytestmark = pytest.mark.pure

KINDS = {"paragraph", "heading", "table", "details", "anchor", "divider", "pre", "list"}
CELL = {"align": "left", "valign": "middle"}


@pytest.mark.parametrize(
    ("html", "block"),
    [
        pytest.param("<h2>x</h2>", {"type": "heading", "text": "x", "size": 2}, id="heading"),
        pytest.param("x  \n y", {"type": "paragraph", "text": "x y"}, id="text on one line"),
        pytest.param("<p>a&lt;&#98;&#x63;&nbsp;</p>", {"type": "paragraph", "text": "a<bc\xa0"}, id="entities"),
        pytest.param(
            "<p>a <b>b <i>c</i></b></p>",
            {
                "type": "paragraph",
                "text": ["a ", {"type": "bold", "text": ["b ", {"type": "italic", "text": "c"}]}],
            },
            id="styles",
        ),
        pytest.param(
            "<p>a<br>b</p>",
            {"type": "paragraph", "text": ["a", "\n", "b"]},
            id="line break",
        ),
        pytest.param('<a name="x"></a>', {"type": "anchor", "name": "x"}, id="anchor between blocks"),
        pytest.param(
            '<p><a name="x"></a><a href="#x">up</a></p>',
            {
                "type": "paragraph",
                "text": [{"type": "anchor", "name": "x"}, {"type": "anchor_link", "text": "up", "anchor_name": "x"}],
            },
            id="anchor in a line and the link to it",
        ),
        pytest.param(
            '<p><a href="https://arxiv.org/abs/1?a&amp;b">t</a></p>',
            {"type": "paragraph", "text": {"type": "url", "text": "t", "url": "https://arxiv.org/abs/1?a&b"}},
            id="link",
        ),
        pytest.param(
            "<p><tg-math>x^2 \\lt y</tg-math></p>",
            {"type": "paragraph", "text": {"type": "mathematical_expression", "expression": "x^2 \\lt y"}},
            id="formula in a line",
        ),
        pytest.param(
            "<tg-math-block>E = mc^2</tg-math-block>",
            {"type": "mathematical_expression", "expression": "E = mc^2"},
            id="formula",
        ),
        pytest.param(
            "<table bordered striped><caption>c</caption>"
            '<tr><th>h</th><td colspan="2" align="right">v</td><td></td></tr></table>',
            {
                "type": "table",
                "is_bordered": True,
                "is_striped": True,
                "caption": "c",
                "cells": [
                    [
                        {**CELL, "align": "center", "text": "h", "is_header": True},
                        {**CELL, "align": "right", "text": "v", "colspan": 2},
                        CELL,
                    ]
                ],
            },
            id="table",
        ),
        pytest.param(
            "<details open><summary>s</summary>t<hr></details>",
            {
                "type": "details",
                "summary": "s",
                "blocks": [{"type": "paragraph", "text": "t"}, {"type": "divider"}],
                "is_open": True,
            },
            id="details",
        ),
        pytest.param(
            '<ol start="3"><li>x</li><li>y</li></ol>',
            {
                "type": "list",
                "items": [
                    {"label": "3.", "blocks": [{"type": "paragraph", "text": "x"}]},
                    {"label": "4.", "blocks": [{"type": "paragraph", "text": "y"}]},
                ],
            },
            id="list",
        ),
        pytest.param(
            "<blockquote>q<cite>w</cite></blockquote>",
            {"type": "blockquote", "blocks": [{"type": "paragraph", "text": "q"}], "credit": "w"},
            id="quotation",
        ),
        pytest.param(
            "<blockquote expandable>q</blockquote>",
            {"type": "expandable_blockquote", "text": "q"},
            id="folded quotation",
        ),
        pytest.param(
            '<pre><code class="language-python">x</code></pre>',
            {"type": "pre", "text": "x", "language": "python"},
            id="code",
        ),
    ],
)
def test_rich_html_becomes_blocks(html: str, block: dict[str, object]) -> None:
    assert parse_rich(html) == [block]


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        pytest.param("", "RICH_MESSAGE_CONTENT_REQUIRED", id="nothing"),
        pytest.param("<p> \u200b</p>", "RICH_MESSAGE_CONTENT_REQUIRED", id="a paragraph that shows nothing"),
        pytest.param("<details><summary>s</summary></details>", "RICH_MESSAGE_CONTENT_REQUIRED", id="empty details"),
        pytest.param("<table></table>", "RICH_MESSAGE_CONTENT_REQUIRED", id="empty table"),
        pytest.param("<p>write to a@example.org</p>", "RICH_MESSAGE_EMAIL_INVALID", id="what looks like an address"),
        pytest.param('<p><a href="ftp://x.y">x</a></p>', "RICH_MESSAGE_URL_INVALID", id="unknown scheme"),
        pytest.param("<tg-math-block> </tg-math-block>", "RICH_MESSAGE_MATH_INVALID", id="empty formula"),
        pytest.param("<p>" + "<b>" * 16 + "x" + "</b>" * 16 + "</p>", "RICH_MESSAGE_DEPTH_INVALID", id="too deep"),
        pytest.param("<p>x" * 2, 'can\'t find end tag corresponding to start tag "p"', id="unclosed"),
        pytest.param("<b>x</i>", "unexpected end tag </i>", id="crossed tags"),
        pytest.param("a < b", "unexpected '<' at byte offset 2", id="stray bracket"),
        pytest.param("a & b", "a stray &", id="stray ampersand"),
        pytest.param("&copy;", "unsupported entity &copy;", id="unknown entity"),
        pytest.param("&#xD800;", "wrong entity &#xD800;", id="half a character"),
        pytest.param("<div>x</div>", 'unsupported start tag "div"', id="unknown tag"),
        pytest.param('<p class="x">x</p>', 'unsupported attribute in the tag "p": \'class="x"\'', id="attribute"),
        pytest.param(
            '<table bordered="1"></table>',
            'wrong value of an attribute in the tag "table": \'bordered="1"\'',
            id="flag",
        ),
        pytest.param("<p><h2>x</h2></p>", 'the tag "h2" stands where only text may', id="a block within a line"),
        pytest.param(
            "<table><tr><td><p>x</p></td></tr></table>", 'the tag "p" stands where only text may', id="in a cell"
        ),
        pytest.param("<table>x</table>", "the tag \"table\" may not hold 'x'", id="text in a table"),
        pytest.param("<td>x</td>", 'the tag "td" stands where it may not', id="a cell alone"),
        pytest.param("<details>x</details>", 'the tag "details" has to begin with "summary"', id="no summary"),
        pytest.param('<p><a name="x">x</a></p>', "an anchor has to be empty", id="anchor with text"),
        pytest.param(
            '<p><a href="#a"><a href="#b">x</a></a></p>', 'the tag "a" stands within itself', id="a link within a link"
        ),
        pytest.param("<p><tg-math>x<b>y</b></tg-math></p>", "a formula holds no tags", id="tags in a formula"),
    ],
)
def test_what_is_no_rich_message_is_refused(html: str, reason: str) -> None:
    with pytest.raises(ApiError) as refusal:
        parse_rich(html)
    assert refusal.value.code == 400
    assert refusal.value.description.removeprefix("Bad Request: ").removeprefix("can't parse rich message: ") == reason
    assert "rich message" in refusal.value.description.lower().replace("_", " ")


@pytest.mark.parametrize(
    ("fits", "more", "reason"),
    [
        pytest.param(
            f"<p>{'字' * (MAX_CHARACTERS - 1)}<tg-math>x</tg-math></p>", "<p>x</p>", "TEXT_TOO_LONG", id="characters"
        ),
        pytest.param("<p>x</p>" * MAX_BLOCKS, "<hr>", "BLOCKS_TOO_MANY", id="blocks"),
        pytest.param("<ul>" + "<li>x</li>" * 249 + "</ul><hr>", "<hr>", "BLOCKS_TOO_MANY", id="items and their blocks"),
        pytest.param("<table>" + "<tr><td>x</td></tr>" * 499 + "</table>", "<hr>", "BLOCKS_TOO_MANY", id="rows"),
        pytest.param(
            f"<table><tr>{'<td>x</td>' * MAX_COLUMNS}</tr></table>",
            f"<table><tr>{'<td>x</td>' * (MAX_COLUMNS - 1)}<td colspan='2'>x</td></tr></table>".replace("'", '"'),
            "TABLE_COLUMNS_INVALID",
            id="columns",
        ),
        pytest.param(
            "<p>" + "<b>" * (MAX_DEPTH - 1) + "x" + "</b>" * (MAX_DEPTH - 1) + "</p>",
            "<p>" + "<b>" * MAX_DEPTH + "x" + "</b>" * MAX_DEPTH + "</p>",
            "DEPTH_INVALID",
            id="depth",
        ),
    ],
)
def test_the_limits_are_those_of_the_bot_api(fits: str, more: str, reason: str) -> None:
    parse_rich(fits)
    with pytest.raises(ApiError, match=f"RICH_MESSAGE_{reason}"):
        parse_rich(fits + more)


def test_addresses_are_not_looked_for_when_nobody_wants_them() -> None:
    (block,) = parse_rich("<p>a@example.org</p>", finds_entities=False)
    assert block == {"type": "paragraph", "text": "a@example.org"}


def test_a_rich_message_reads_as_text_too() -> None:
    html = (
        '<h3>H</h3><table><tr><td><a href="https://x.org/">t</a></td><td><tg-math>x</tg-math></td></tr></table><hr>'
        "<details><summary>s</summary><ul><li>one</li><li>two</li></ul><blockquote>q</blockquote></details>"
    )
    assert rich_plain(parse_rich(html)).split("\n") == [
        "H",
        "t ‹https://x.org/› | $x$",
        "———",
        "▸ s",
        "  • one",
        "  • two",
        "  > q",
    ]


@given(st.text(alphabet='<>/&;"= abphrltd-m\n1', max_size=60))
def test_the_parser_answers_anything_with_blocks_or_a_refusal(html: str) -> None:
    try:
        blocks = parse_rich(html)
    except ApiError as error:
        blocks = [{"type": f"refused with {error.code}"}]
    assert blocks
    assert blocks[0]["type"] in {*KINDS, "refused with 400"}
