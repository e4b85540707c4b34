"""Feeds: today's Atom and RSS, the RSS of before 2024, and everything that is no whole feed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from html import escape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.arxiv_source.answers import LARGEST_BODY
from bot.arxiv_source.feed import FeedCut, FeedDamaged, FeedError, FeedRefused, NotAFeed, parse_feed
from bot.arxiv_source.xml_tree import growing
from bot.simulator.arxiv_answers import api_answer, api_error, atom_feed, refused_feed, rss_feed
from storage.records import AnnounceType, Entry, Paper

pytestmark = pytest.mark.pure

DAY = date(2026, 8, 21)
Make = Callable[[str, Iterable[Entry], date], bytes]
FORMS = pytest.mark.parametrize("make", [atom_feed, rss_feed], ids=["atom", "rss"])

SHARP = Entry(
    Paper(
        arxiv_id="2608.00001",
        version=1,
        title="When $a<b$ & $c>d$: H&E, SU($N_c$) | a <think> piece",
        abstract="If $a<b$ and $c>d$, then `<think>` & \\texttt{<SEG>} give 96.8\\% &amp; more.",
        authors=("Ana Müller", "李明", "Jan Jakubův"),
        primary_category="cs.CV",
        cross_lists=("cs.LG", "math.NA"),
    ),
    AnnounceType.NEW,
)


def changed(**changes: Any) -> Entry:
    return replace(SHARP, paper=replace(SHARP.paper, **changes))


BORROWED = Entry(
    Paper(
        arxiv_id="hep-th/9901001",
        version=5,
        title="Strings",
        abstract="Old strings.",
        authors=("A. One",),
        primary_category="hep-th",
        cross_lists=("cs.CV",),
    ),
    AnnounceType.REPLACE_CROSS,
)


@FORMS
def test_what_arxiv_wrote_is_what_is_read(make: Make) -> None:
    feed = parse_feed(make("cs.CV", [SHARP, BORROWED], DAY))
    assert feed.entries == (SHARP, BORROWED)
    assert (feed.query, feed.title) == ("cs.CV", "cs.CV updates on arXiv.org")
    assert feed.form == ("atom" if make is atom_feed else "rss")
    assert feed.built_at == datetime(2026, 8, 21, 4, tzinfo=UTC)


@FORMS
def test_a_feed_of_a_day_without_mailing_is_whole_and_empty(make: Make) -> None:
    assert parse_feed(make("cs", [], DAY)).entries == ()


@FORMS
@pytest.mark.parametrize("about", ["arXiv:2101.00001", "arXiv:2101.00001v2", "arXiv:2101.00001v2 [hep-th]"])
def test_a_title_that_ends_in_another_papers_id_keeps_it_and_spoils_nothing(make: Make, about: str) -> None:
    comment = changed(title=f"Comment on what was said ({about})")
    assert parse_feed(make("cs.CV", [comment, BORROWED], DAY)).entries == (comment, BORROWED)


@FORMS
def test_accents_are_resolved_and_lines_joined_outside_math_only(make: Make) -> None:
    tex = changed(
        title="Schr\\\"odinger's $\\'e$",
        abstract='  One line\n  and Erd\\H{o}s\n\nin $\\"x$.',
        authors=("Anders S{\\o}gaard",),
    )
    (entry,) = parse_feed(make("cs.CV", [tex], DAY)).entries
    assert entry.paper.title == "Schrödinger's $\\'e$"
    assert entry.paper.abstract == 'One line and Erdős in $\\"x$.'
    assert entry.paper.authors == ("Anders Søgaard",)


@FORMS
def test_a_paper_that_stands_twice_counts_where_it_stood_first(make: Make) -> None:
    again = replace(SHARP, announce_type=AnnounceType.REPLACE)
    assert parse_feed(make("cs.CV", [SHARP, BORROWED, again], DAY)).entries == (SHARP, BORROWED)


# One bit away from the id of SHARP.
NEIGHBOUR = Entry(
    Paper(
        arxiv_id="2608.00003",
        version=1,
        title="Counting what nobody counted",
        abstract="We count.",
        authors=("Ana Müller", "B. Two"),
        primary_category="cs.CV",
    ),
    AnnounceType.NEW,
)


@FORMS
def test_two_papers_under_one_id_are_an_error_not_one_paper_fewer(make: Make) -> None:
    mistaken = replace(NEIGHBOUR, paper=replace(NEIGHBOUR.paper, arxiv_id=SHARP.paper.arxiv_id))
    with pytest.raises(FeedDamaged, match="Entry 3 of the feed has no arXiv id of its own"):
        parse_feed(make("cs.CV", [SHARP, BORROWED, mistaken], DAY))


@FORMS
@pytest.mark.parametrize("change", [{"title": "Another title", "version": 2}, {"abstract": "Revised.", "authors": ()}])
def test_a_paper_that_stands_twice_may_have_been_revised(make: Make, change: dict[str, Any]) -> None:
    assert parse_feed(make("cs.CV", [SHARP, changed(**change)], DAY)).entries == (SHARP,)


def told(body: bytes) -> list[tuple[str, int, AnnounceType]]:
    """Which papers a feed announces, in which version and as what."""
    return [(entry.paper.arxiv_id, entry.paper.version, entry.announce_type) for entry in parse_feed(body).entries]


@FORMS
def test_no_bit_that_flips_in_what_tells_a_paper_puts_another_in_its_place(make: Make) -> None:
    body = make("cs.CV", [SHARP, BORROWED], DAY)
    whole, refused = told(body), 0
    tells = re.compile(rb"oai:arXiv.org:[^<]*|/abs/[^<\"]*|arXiv:[^<]* Announce Type: [a-z-]*|announce_type>[a-z-]*")
    for place in (place for found in tells.finditer(body) for place in range(*found.span())):
        for bit in (0, 1, 6):
            try:
                assert told(flipped(body, place, bit)) == whole
            except FeedError:
                refused += 1
    assert refused


@FORMS
@settings(max_examples=60)
@given(st.data())
def test_no_byte_that_changes_anywhere_loses_a_paper_or_makes_another_of_it(make: Make, data: st.DataObject) -> None:
    body = make("cs.CV", [SHARP, NEIGHBOUR, BORROWED], DAY)
    place, byte = data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(0, 255))
    with suppress(FeedError):
        assert told(body[:place] + bytes([byte]) + body[place + 1 :]) == told(body)


@FORMS
@pytest.mark.parametrize(
    ("was", "became", "lacks"),
    [
        ("oai:arXiv.org:2608.00001v1", "oai:arXiv.org:2608.00002v1", "arXiv id on which it agrees with itself"),
        ("oai:arXiv.org:2608.00001v1", "oai:arXiv.org:2608.00001v2", "arXiv id on which it agrees with itself"),
        ("arXiv:2608.00001v1 Announce", "arXiv:2608.00001v3 Announce", "arXiv id on which it agrees with itself"),
        ("arxiv.org/abs/2608.00001", "arxiv.org/abs/2608.00007", "arXiv id on which it agrees with itself"),
        ("arxiv.org/abs/2608.00001", "arxiv.org/abs/abc", "arXiv id on which it agrees with itself"),
        ("Announce Type: new", "Announce Type: cross", "announce type on which it agrees with itself"),
        ("arXiv:2608.00001v1 Announce", "arXiv is 2608.00001v1 Announce", "first line that tells its arXiv id"),
    ],
)
def test_an_entry_that_contradicts_itself_is_an_error(make: Make, was: str, became: str, lacks: str) -> None:
    body = make("cs.CV", [BORROWED, SHARP], DAY)
    assert was.encode() in body
    with pytest.raises(FeedDamaged, match=f"Entry 2 of the feed has no {lacks}"):
        parse_feed(body.replace(was.encode(), became.encode()))


@FORMS
def test_what_one_place_does_not_tell_another_does(make: Make) -> None:
    body = make("cs.CV", [SHARP], DAY)
    for was, became in (
        (b"oai:arXiv.org:2608.00001v1", b""),
        (b">new</arxiv:announce_type>", b"></arxiv:announce_type>"),
    ):
        assert was in body
        assert told(body.replace(was, became)) == told(body)


@FORMS
def test_a_feed_without_any_authors_is_damaged(make: Make) -> None:
    body = make("cs.CV", [SHARP, BORROWED], DAY).replace(b"http://purl.org/dc/elements/1.1/", b"http://purl.org/dd/")
    with pytest.raises(FeedDamaged, match="no authors"):
        parse_feed(body)


def flipped(body: bytes, place: int, bit: int) -> bytes:
    return body[:place] + bytes([body[place] ^ 1 << bit]) + body[place + 1 :]


@FORMS
def test_categories_are_canonical_and_the_primary_one_is_first(make: Make) -> None:
    aliased = changed(primary_category="cs.SY", cross_lists=("eess.SY", "cs.LG"))
    (entry,) = parse_feed(make("cs", [aliased], DAY)).entries
    assert entry.paper.categories == ("eess.SY", "cs.LG")


@FORMS
def test_new_in_the_feed_of_one_category_means_primary_there(make: Make) -> None:
    misplaced = changed(primary_category="cs.LG", cross_lists=("cs.CV",))
    (entry,) = parse_feed(make("cs.CV", [misplaced], DAY)).entries
    assert entry.paper.categories == ("cs.CV", "cs.LG")
    (entry,) = parse_feed(make("cs.CV", [replace(misplaced, announce_type=AnnounceType.CROSS)], DAY)).entries
    assert entry.paper.categories == ("cs.LG", "cs.CV")
    (entry,) = parse_feed(make("cs", [misplaced], DAY)).entries
    assert entry.paper.categories == ("cs.LG", "cs.CV")


@FORMS
def test_a_withdrawn_paper_is_known_as_such(make: Make) -> None:
    gone = changed(abstract="This paper has been withdrawn by the authors.")
    assert parse_feed(make("cs.CV", [gone], DAY)).entries[0].paper.withdrawn


@FORMS
@pytest.mark.parametrize(
    ("spoil", "lacks"),
    [
        (
            lambda body: body.replace(b">new</arxiv:announce_type>", b">brand-new</arxiv:announce_type>"),
            "announce type",
        ),
        (lambda body: body.replace(b"oai:arXiv.org:2608.00001v1", b"oai:").replace(b"arXiv:2608.00001v1", b""), "id"),
        (lambda body: body.replace(escape(SHARP.paper.title).encode(), b""), "title"),
    ],
    ids=["announce type", "id", "title"],
)
def test_an_entry_that_lacks_something_is_an_error_not_a_gap(
    make: Make, spoil: Callable[[bytes], bytes], lacks: str
) -> None:
    body = make("cs.CV", [BORROWED, SHARP], DAY)
    assert spoil(body) != body
    with pytest.raises(FeedDamaged, match=f"Entry 2 of the feed has no .*{lacks}"):
        parse_feed(spoil(body))


def test_a_refusal_gives_arxivs_own_words() -> None:
    with pytest.raises(FeedRefused, match="Bad subject class 'ZZ'") as caught:
        parse_feed(refused_feed("cs.ZZ", "Bad subject class 'ZZ'. Valid ones are cs.AI.", DAY))
    assert caught.value.description == "Bad subject class 'ZZ'. Valid ones are cs.AI."


BOMB = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>'


LATE_BOMB = BOMB.replace(b"?>", b"?><!--" + b"late " * 5_000 + b"-->", 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \n",
        b"Rate exceeded.",
        b"<!doctype html><html><body>busy</body></html>",
        b"<html><body>busy</body></html>",
        b'{"error": "busy"}',
        b"\x1f\x8b\x08\x00\x00",
        b"<?xml version='1.0' encoding='UTF-9'?><feed/>",
        BOMB,
        LATE_BOMB,
        BOMB.decode().encode("utf-16"),
        atom_feed("cs.CV", [SHARP], DAY).replace(b"?>", b"?><!DOCTYPE feed>", 1),
        b"<rss version='2.0'></rss>",
        b"<rss version='2.0'><channel><title>Somebody's blog</title></channel></rss>",
        api_answer([SHARP.paper], "http://127.0.0.1/api/query?id_list=2608.00001"),
        api_error("incorrect id format for abc"),
    ],
)
def test_what_is_no_feed_is_an_error(body: bytes) -> None:
    with pytest.raises(NotAFeed):
        parse_feed(body)


def test_a_cut_feed_tells_how_many_entries_were_whole() -> None:
    body = atom_feed("cs.CV", [SHARP, BORROWED], DAY)
    with pytest.raises(FeedCut) as caught:
        parse_feed(body[: body.rindex(b"</entry>")])
    assert caught.value.entries_read == 1


@FORMS
def test_a_control_character_is_damage_not_a_crash(make: Make) -> None:
    body = make("cs.CV", [SHARP, BORROWED], DAY).replace(b"Old strings", b"Old \x01 strings")
    with pytest.raises(FeedCut):
        parse_feed(body)


@FORMS
@settings(max_examples=25)
@given(st.data())
def test_a_cut_anywhere_is_the_whole_feed_or_an_error(make: Make, data: st.DataObject) -> None:
    body = make("cs.CV", [SHARP, BORROWED], DAY)
    cut = body[: data.draw(st.integers(0, len(body)))]
    with suppress(FeedError):
        assert parse_feed(cut).entries == (SHARP, BORROWED)
        assert cut.rstrip() == body.rstrip()


@settings(max_examples=25)
@given(st.data())
def test_damage_anywhere_is_a_feed_or_an_error(data: st.DataObject) -> None:
    make = data.draw(st.sampled_from([atom_feed, rss_feed, legacy_feed]))
    body = bytearray(make("cs.CV", [SHARP, BORROWED], DAY))
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        feed = parse_feed(bytes(body))
    except FeedError:
        return
    assert all(entry.paper.title and entry.paper.primary_category for entry in feed.entries)


@given(st.binary(max_size=300))
def test_any_bytes_are_no_feed(body: bytes) -> None:
    with pytest.raises(FeedError):
        parse_feed(body)


# What a feed was until February 2024, with made-up papers.
LEGACY = """<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="http://arxiv.org/">
<title>{query} updates on arXiv.org</title>
<link>http://arxiv.org/</link>
<dc:date>2024-01-23T20:30:00-05:00</dc:date>
<items><rdf:Seq><rdf:li rdf:resource="http://arxiv.org/abs/2401.11174"/></rdf:Seq></items>
</channel>
{items}</rdf:RDF>
"""
LEGACY_ITEM = """<item rdf:about="http://arxiv.org/abs/{id}">
<title>{title}</title>
<link>http://arxiv.org/abs/{id}</link>
<description rdf:parseType="Literal">{description}</description>
<dc:creator>{creator}</dc:creator>
</item>
"""
_MARKS = {AnnounceType.NEW: "", AnnounceType.CROSS: " CROSS LISTED"}


def legacy_feed(query: str, entries: Iterable[Entry], _on: date) -> bytes:
    items = "".join(
        LEGACY_ITEM.format(
            id=entry.paper.arxiv_id,
            title=escape(
                f"{entry.paper.title}. (arXiv:{entry.paper.arxiv_id}v{entry.paper.version} "
                f"[{entry.paper.primary_category}]{_MARKS.get(entry.announce_type, ' UPDATED')})"
            ),
            description=escape(f"<p>{escape(entry.paper.abstract, quote=False)}\n</p>\n"),
            creator=escape(
                ", ".join(f'<a href="http://arxiv.org/find/1/au:+X/0/1">{name}</a>' for name in entry.paper.authors)
            ),
        )
        for entry in entries
    )
    return LEGACY.format(query=query, items=items).encode()


def test_a_feed_of_the_old_form_is_read_as_well() -> None:
    crossed = changed(arxiv_id="2401.11174", primary_category="cs.LG", cross_lists=("cs.CV",))
    crossed = replace(crossed, announce_type=AnnounceType.CROSS)
    plain = changed(cross_lists=())
    updated = replace(changed(arxiv_id="2401.00002", cross_lists=()), announce_type=AnnounceType.REPLACE)
    feed = parse_feed(legacy_feed("cs.CV", [plain, crossed, updated, BORROWED], DAY))
    assert feed.form == "legacy"
    assert feed.built_at == datetime(2024, 1, 24, 1, 30, tzinfo=UTC)
    assert feed.entries == (plain, crossed, updated, BORROWED)


def test_addresses_that_the_old_form_made_links_stay_in_the_abstract() -> None:
    body = LEGACY.format(
        query="cs.CV",
        items=LEGACY_ITEM.format(
            id="2401.11174",
            title="A title (arXiv:2401.11174v1 [cs.CV])",
            description=escape('<p>Code is at <a href="http://example.org/x">this http URL</a> today.</p>'),
            creator="A. One",
        ),
    )
    (entry,) = parse_feed(body.encode()).entries
    assert entry.paper.title == "A title"
    assert entry.paper.abstract == "Code is at http://example.org/x today."


def test_rss_2_with_titles_of_the_old_form_is_read_as_well() -> None:
    body = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
    <title>cs.CV updates on arXiv.org</title>
    <item><title>On (and off) things (arXiv:2401.11174v3 [cs.LG] UPDATED)</title>
    <description>&lt;p&gt;Text.&lt;/p&gt;</description><dc:creator>A. One</dc:creator></item></channel></rss>"""
    (entry,) = parse_feed(body.encode()).entries
    assert (entry.paper.title, entry.paper.version, entry.announce_type) == (
        "On (and off) things",
        3,
        AnnounceType.REPLACE_CROSS,
    )
    assert entry.paper.categories == ("cs.LG", "cs.CV")


def test_however_long_something_without_end_is_it_is_read_again_only_a_few_times() -> None:
    body = b"<!--" + b"x" * LARGEST_BODY
    pieces = list(growing(body))
    assert b"".join(pieces) == body
    assert len(pieces) < 40
