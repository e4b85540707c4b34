"""Listing pages: what arXiv wrote is what is read, and nothing but a whole page is read at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.arxiv_source.pages import Listing, PageError, parse_listing
from bot.arxiv_source.text import join_lines
from bot.simulator.arxiv_answers import atom_feed
from bot.simulator.arxiv_pages import catchup_page, listing_page
from storage.records import AnnounceType, Entry, Paper

pytestmark = pytest.mark.pure

DAY = date(2026, 8, 21)
Make = Callable[[str, Iterable[Entry], date], bytes]
FORMS = pytest.mark.parametrize("make", [listing_page, catchup_page], ids=["listing", "catchup"])

SHARP = Entry(
    Paper(
        arxiv_id="2608.00001",
        version=1,
        title="When $a<b$ & $c>d$: H&E, SU($N_c$) | a <think> piece",
        abstract="If $a<b$ and $c>d$, then `<think>` & \\texttt{<SEG>} give 96.8\\% &amp; more.",
        authors=("Ana Müller", "李明", "Jan Jakubův"),
        primary_category="cs.CV",
        cross_lists=("cs.LG", "math.NA"),
        comment="12 pages, <b>bold</b> claims; see (cs.CV)",
        journal_ref="J. Obs. & Rep. 1 (2026)",
    ),
    AnnounceType.NEW,
)
CROSSED = Entry(
    Paper(
        arxiv_id="2607.00002",
        version=3,
        title="Learning",
        abstract="We learn.",
        authors=("B. Two",),
        primary_category="cs.LG",
        cross_lists=("cs.CV",),
    ),
    AnnounceType.CROSS,
)
REVISED = Entry(
    Paper(
        arxiv_id="0704.0001",
        version=2,
        title="Seeing again",
        abstract="We see.",
        authors=("C. Three",),
        primary_category="cs.CV",
    ),
    AnnounceType.REPLACE,
)
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
ALL = (SHARP, CROSSED, REVISED, BORROWED)


def changed(entry: Entry = SHARP, **changes: Any) -> Entry:
    return replace(entry, paper=replace(entry.paper, **changes))


def edited(body: bytes, old: str, new: str) -> bytes:
    assert old.encode() in body
    return body.replace(old.encode(), new.encode())


def read(entry: Entry, old: str, new: str) -> Paper:
    """The paper of a page of this one entry, with a piece of the page's markup exchanged."""
    (found,) = parse_listing(edited(listing_page("cs.CV", [entry], DAY), old, new)).entries
    return found.paper


@FORMS
def test_what_arxiv_wrote_is_what_is_read(make: Make) -> None:
    assert parse_listing(make("cs.CV", ALL, DAY), "cs.CV") == Listing(
        mailing_date=DAY,
        entries=ALL,
        shown={AnnounceType.NEW: 1, AnnounceType.CROSS: 1, AnnounceType.REPLACE: 2},
        total=4,
        unversioned=frozenset(),
    )


def test_only_who_says_what_the_page_is_of_is_told_replacements_from_elsewhere() -> None:
    body = listing_page("cs.CV", [BORROWED], DAY)
    assert parse_listing(body).entries[0].announce_type is AnnounceType.REPLACE
    assert parse_listing(body, "cs.CV").entries[0].announce_type is AnnounceType.REPLACE_CROSS
    assert parse_listing(body, "hep-th").entries[0].announce_type is AnnounceType.REPLACE


@FORMS
def test_a_day_without_papers_is_whole_and_empty(make: Make) -> None:
    listing = parse_listing(make("cs", [], DAY))
    assert (listing.mailing_date, listing.entries, listing.total, listing.whole) == (DAY, (), 0, True)


def test_a_part_of_the_announcement_says_that_it_is_one() -> None:
    first = parse_listing(listing_page("cs.CV", ALL, DAY, per_page=3), "cs.CV")
    assert (first.entries, first.total, first.whole) == (ALL[:3], 4, False)
    pages = [parse_listing(catchup_page("cs.CV", ALL, DAY, page=page, per_page=3), "cs.CV") for page in (1, 2, 3)]
    assert [page.entries for page in pages] == [ALL[:3], ALL[3:], ()]
    assert [(page.total, page.whole) for page in pages] == [(4, False)] * 3


def test_a_page_that_ends_with_a_section_does_not_pass_for_the_whole() -> None:
    listing = parse_listing(listing_page("cs.CV", ALL, DAY, per_page=2), "cs.CV")
    assert (listing.entries, listing.shown) == (ALL[:2], {AnnounceType.NEW: 1, AnnounceType.CROSS: 1})
    assert not listing.whole


@pytest.mark.parametrize(
    ("entry", "version", "guessed"), [(SHARP, 1, False), (CROSSED, 1, True), (REVISED, 2, True), (BORROWED, 2, True)]
)
def test_a_version_that_the_page_does_not_tell_is_the_least_possible_and_known_as_a_guess(
    entry: Entry, version: int, *, guessed: bool
) -> None:
    body = listing_page("cs.CV", [entry], DAY)
    listing = parse_listing(edited(body, "/html/", "/other/"))
    assert listing.entries[0].paper.version == version
    assert listing.unversioned == (frozenset({entry.paper.arxiv_id}) if guessed else frozenset())


def test_the_version_in_a_link_to_another_paper_is_not_taken() -> None:
    body = edited(listing_page("cs.CV", [REVISED], DAY), "/html/0704.0001v2", "/html/0704.0002v9")
    assert parse_listing(body).unversioned == {"0704.0001"}


def test_an_abstract_that_the_page_does_not_show_is_empty() -> None:
    listing = parse_listing(catchup_page("cs.CV", ALL, DAY, abstracts=False), "cs.CV")
    assert listing.entries == tuple(changed(entry, abstract="") for entry in ALL)


def test_accents_are_resolved_and_lines_joined_outside_math_only() -> None:
    tex = changed(
        title="Schr\\\"odinger's $\\'e$",
        abstract='  One line\n  and Erd\\H{o}s\n\nin $\\"x$.',
        authors=("Anders S{\\o}gaard",),
        comment="For P\\'olya",
    )
    (entry,) = parse_listing(listing_page("cs.CV", [tex], DAY)).entries
    assert entry.paper.title == "Schrödinger's $\\'e$"
    assert entry.paper.abstract == 'One line and Erdős in $\\"x$.'
    assert entry.paper.authors == ("Anders Søgaard",)
    assert entry.paper.comment == "For Pólya"


def test_addresses_that_the_page_made_links_stay_in_the_text() -> None:
    link = '<a href="https://example.org/x?a=1&amp;b=2" class="link-external">this https URL</a>'
    assert read(SHARP, "12 pages", f"Code: {link}").comment == (
        "Code: https://example.org/x?a=1&b=2, <b>bold</b> claims; see (cs.CV)"
    )
    paper = read(CROSSED, "We learn.", f'We<br />learn from <a href="/abs/2401.00001">arXiv:2401.00001</a>, {link}.')
    assert paper.abstract == "We learn from arXiv:2401.00001, https://example.org/x?a=1&b=2."


def test_markup_that_is_not_known_does_not_hide_the_text_in_it() -> None:
    paper = read(CROSSED, "We learn.", "We <div><em>really</em> <span>do</span></div> learn.")
    assert paper.abstract == "We really do learn."
    paper = read(CROSSED, "Learning\n", "Learning <div>more <div>deeply</div></div>\n")
    assert (paper.title, paper.authors) == ("Learning more deeply", ("B. Two",))


def test_without_links_the_authors_are_in_the_text() -> None:
    linked = '<a href="/search/" rel="nofollow">B. Two</a>'
    assert read(CROSSED, linked, "B. Two (MIT, Boston), C. Three").authors == ("B. Two", "C. Three")
    assert read(CROSSED, linked, "(author list is unavailable)").authors == ()


@pytest.mark.parametrize(("count", "read_of_them", "more"), [(99, 99, False), (100, 100, True), (150, 101, True)])
def test_a_list_of_authors_that_a_page_may_have_cut_is_not_taken_for_whole(
    count: int, read_of_them: int, *, more: bool
) -> None:
    many = changed(authors=tuple(f"A. {number}" for number in range(count)))
    (entry,) = parse_listing(listing_page("cs.CV", [many], DAY)).entries
    assert (len(entry.paper.authors), entry.paper.more_authors) == (read_of_them, more)


def test_authors_that_a_page_says_it_leaves_out_are_known_to_be_missing() -> None:
    linked = '<a href="/search/" rel="nofollow">B. Two</a>'
    paper = read(CROSSED, linked, f"{linked}, et al. (12 additional authors not shown)")
    assert (paper.authors, paper.more_authors) == (("B. Two",), True)
    paper = read(CROSSED, linked, "B. Two, C. Three et al.")
    assert (paper.authors, paper.more_authors) == (("B. Two", "C. Three"), True)


def test_categories_are_canonical_and_the_primary_one_is_first() -> None:
    aliased = changed(primary_category="cs.SY", cross_lists=("cs.LG", "eess.SY", "q-bio.NC", "cond-mat.dis-nn"))
    (entry,) = parse_listing(listing_page("cs", [aliased], DAY)).entries
    assert entry.paper.categories == ("eess.SY", "cs.LG", "q-bio.NC", "cond-mat.dis-nn")


@pytest.mark.parametrize("where", ["abstract", "comment"])
def test_a_withdrawn_paper_is_known_as_such(where: str) -> None:
    gone = changed(REVISED, **{where: "This paper has been withdrawn by the authors."})
    assert parse_listing(listing_page("cs.CV", [gone], DAY)).entries[0].paper.withdrawn


def test_a_paper_that_stands_twice_counts_where_it_stood_first() -> None:
    again = replace(SHARP, announce_type=AnnounceType.CROSS)
    listing = parse_listing(listing_page("cs.CV", [SHARP, again], DAY))
    assert (listing.entries, listing.total, listing.whole) == ((SHARP,), 2, True)


def test_headings_as_arxiv_spelled_them_before_are_read_as_well() -> None:
    body = edited(
        listing_page("cs.CV", [SHARP], DAY), "New submissions (", "New submissions for Friday, 21 August 2026 ("
    )
    assert parse_listing(edited(body, "1 entries)", "1 entries )")).entries == (SHARP,)


@FORMS
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("showing 1 of 1 entries", "showing 2 of 2 entries", "shows 2 of 2 papers .* but 1 were read"),
        ("showing 2 of 2 entries", "showing 2 of 1 entries", "shows 2 of 1 papers"),
        ("Total of 4 entries", "Total of 3 entries", "3 papers in all, but its sections have 4"),
        ("Cross submissions (", "Crossed papers (", "a section of it is unknown, 'Crossed papers"),
        ("<h3>New submissions (showing 1 of 1 entries)</h3>", "", "a paper stands before any section"),
        ("<h3>Cross submissions (showing 1 of 1 entries)</h3>", "", "shows 1 of 1 papers .* but 2 were read"),
        ("Cross submissions (", "New submissions (", "a section stands on it twice"),
        ("<dt>\n  <a name='item2'>", "<a name='item2'>", "but 0 were read"),
        ('<a href ="/abs/2607.00002"', '<a href ="/abs/abc"', "Entry 2 of the page has no arXiv id"),
        ("      Learning\n", "", "Entry 2 of the page has no title"),
        ("Strings\n", "<span class='descriptor'>Strings</span>\n", "Entry 4 of the page has no title"),
        ("(cs.CV)</span>\n", "</span>\n", "Entry 3 of the page has no category"),
        ("</html>", "", "breaks off"),
        ("</html>", "<![x[", "markup cannot be read"),
    ],
)
def test_a_page_that_contradicts_itself_or_lacks_something_is_an_error(
    make: Make, old: str, new: str, told: str
) -> None:
    body = edited(make("cs.CV", ALL, DAY), old, new)
    with pytest.raises(PageError, match=told):
        parse_listing(body)


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("", "no heading tells its date"),
        ("Friday, 21 August 2026", "no heading tells its date"),
        ("Showing new listings for Monday, 21 August 2026", "another weekday"),
        ("Showing new listings for Monday, 31 June 2026", "does not exist"),
        ("Showing new listings for Monday, 1 Sol 2026", "does not exist"),
        ("Showing new listings for Friday, 21 August 0000", "does not exist"),
    ],
)
def test_a_page_without_a_date_that_exists_is_an_error(heading: str, told: str) -> None:
    body = edited(listing_page("cs.CV", ALL, DAY), "Showing new listings for Friday, 21 August 2026", heading)
    with pytest.raises(PageError, match=told):
        parse_listing(body)


def test_a_page_of_two_dates_is_an_error() -> None:
    heading = "<h3>Showing new listings for Friday, 21 August 2026</h3>"
    body = edited(
        listing_page("cs.CV", ALL, DAY),
        heading,
        f"{heading}<h3>Showing new listings for Thursday, 20 August 2026</h3>",
    )
    with pytest.raises(PageError, match="more than one date"):
        parse_listing(body)


def test_a_page_without_papers_that_does_not_say_so_is_an_error() -> None:
    body = edited(listing_page("cs.CV", [], DAY), "<p>No updates today.</p>", "")
    with pytest.raises(PageError, match="neither papers nor word"):
        parse_listing(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Rate exceeded.",
        b"<!doctype html><html><body>busy</body></html>",
        b'{"error": "busy"}',
        b"\x1f\x8b\x08\x00\x00",
        atom_feed("cs.CV", ALL, DAY),
        # Over a minute where the standard library's parser is made to read to the end of it.
        pytest.param(b"<a " * 30_000, id="broken tags"),
        pytest.param(listing_page("cs.CV", ALL, DAY).removesuffix(b"</html>\n") + b"<a " * 30_000, id="broken end"),
    ],
)
def test_what_is_no_page_is_an_error(body: bytes) -> None:
    with pytest.raises(PageError):
        parse_listing(body)


@given(st.binary(max_size=300))
def test_any_bytes_are_no_page(body: bytes) -> None:
    with pytest.raises(PageError):
        parse_listing(body)


@FORMS
@settings(max_examples=50)
@given(st.data())
def test_a_cut_anywhere_is_the_whole_page_or_an_error(make: Make, data: st.DataObject) -> None:
    body = make("cs.CV", data.draw(st.sampled_from([ALL, ()])), DAY)
    cut = body[: data.draw(st.integers(0, len(body)))]
    with suppress(PageError):
        assert parse_listing(cut) == parse_listing(body)
        assert cut.rstrip() == body.rstrip()


@settings(max_examples=50)
@given(st.data())
def test_damage_anywhere_is_a_page_or_an_error(data: st.DataObject) -> None:
    makes: list[Make] = [listing_page, catchup_page]
    body = bytearray(data.draw(st.sampled_from(makes))("cs.CV", ALL, DAY))
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 127))
    try:
        listing = parse_listing(bytes(body))
    except PageError:
        return
    assert all(entry.paper.title and entry.paper.primary_category for entry in listing.entries)


# Text as the records hold it: in one line, without TeX accents (a backslash could make one).
TEXT = (
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\\$"), min_size=1, max_size=40
    )
    .map(join_lines)
    .filter(bool)
)
NAME = st.text(st.characters(categories=["L"]), min_size=1, max_size=12)
CATEGORY = st.sampled_from(["cs.CV", "cs.LG", "math.NA", "hep-th", "physics.bio-ph", "stat.ML"])


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    kind = draw(st.sampled_from(AnnounceType))
    names = draw(st.lists(CATEGORY, min_size=1, max_size=4, unique=True))
    if kind in {AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS}:
        primary = "cs.CV" if kind is AnnounceType.REPLACE else "hep-th"
        names = [primary, *(name for name in names if name != primary)]
    paper = Paper(
        arxiv_id=f"{draw(st.integers(1501, 1512))}.{draw(st.integers(1, 99_999)):05}",
        version=draw(st.integers(1, 20)),
        title=draw(TEXT),
        abstract=draw(st.just("") | TEXT),
        authors=tuple(draw(st.lists(NAME, max_size=4))),
        primary_category=names[0],
        cross_lists=tuple(names[1:]),
        comment=draw(st.none() | TEXT),
        journal_ref=draw(st.none() | TEXT),
    )
    return Entry(paper, kind)


@FORMS
@given(
    drawn=st.lists(entries(), max_size=6, unique_by=lambda entry: entry.paper.arxiv_id),
    on=st.dates(date(1999, 1, 1), date(2099, 12, 31)),
)
def test_entries_go_onto_a_page_and_come_back_the_same(make: Make, drawn: list[Entry], on: date) -> None:
    order = list(AnnounceType)
    drawn.sort(key=lambda entry: min(order.index(entry.announce_type), 2))
    listing = parse_listing(make("cs.CV", drawn, on), "cs.CV")
    assert (listing.mailing_date, listing.entries, listing.whole) == (on, tuple(drawn), True)


@given(
    drawn=st.lists(entries(), max_size=9, unique_by=lambda entry: entry.paper.arxiv_id),
    per_page=st.integers(1, 10),
)
def test_pages_put_together_are_the_whole_announcement(drawn: list[Entry], per_page: int) -> None:
    found: list[Entry] = []
    for page in range(1, len(drawn) // per_page + 2):
        listing = parse_listing(catchup_page("cs.CV", drawn, DAY, page=page, per_page=per_page), "cs.CV")
        assert listing.total == len(drawn)
        assert listing.whole == (len(drawn) <= per_page and page == 1)
        found += listing.entries
    assert sorted(found, key=lambda entry: entry.paper.arxiv_id) == sorted(
        drawn, key=lambda entry: entry.paper.arxiv_id
    )
