"""arXiv's listing pages, from bytes to entries: `/list/{category}/new` and `/catchup/{category}/{date}?abs=True`.

The second source beside the feeds: a page states its own date and how many papers there are, so a reading of it can be
checked, and pages of the last ninety days can be asked for again. Both kinds come from the same templates (arXiv's
public arxiv-browse: `list_macros.html`, `new.html`, `catchup.html`). Whatever is not one whole page is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser

from bot.arxiv_source import categories
from bot.arxiv_source.ids import ArxivId, parse_id
from bot.arxiv_source.text import join_lines, says_withdrawn, split_authors, tex_to_unicode
from storage.records import AnnounceType, Entry, Paper

_KINDS = {"New": AnnounceType.NEW, "Cross": AnnounceType.CROSS, "Replacement": AnnounceType.REPLACE}
_FIELDS = {f"list-{name}": name for name in ("title", "authors", "comments", "journal-ref", "subjects")}
_MORE_AUTHORS = re.compile(r",?\s*et al\.(?:\s*\(\d+ additional authors? not shown\))?\s*$")
MOST_AUTHORS = 100
"""A page shows so many authors, or one more, and leaves the others out without a word (arxiv-browse's list pages)."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_DATED = re.compile(
    r"(?:Showing new listings for|Catchup results for .+ on) "
    r"(?P<weekday>[A-Z][a-z]{2})[a-z]*, (?P<day>\d{1,2}) (?P<month>[A-Z][a-z]{2})[a-z]* (?P<year>\d{4})"
)
_COUNTED = re.compile(r"\(.*\bshowing\b.*\bentries ?\)")
_SECTION = re.compile(
    r"(?P<kind>New|Cross|Replacement) submissions\b.*"
    r"\((?:continued, )?showing (?:first |last )?(?P<shown>\d{1,6}) of (?P<total>\d{1,6}) entries ?\)"
)
_TOTAL = re.compile(r"\bTotal of (\d{1,6}) entries\b")
_NOTHING = re.compile(r"\bNo (?:further )?updates (?:today|for)\b")
_CODE = re.compile(r"\(([A-Za-z-]{2,20}(?:\.[A-Za-z-]{2,20})?)\)\s*(?:;|$)")
_STANDS_FOR_ADDRESS = re.compile(r"this (?:[a-z]+ )?URL", re.IGNORECASE)


MOST_TAGS = 400_000
"""The largest page, of 2,000 papers, has 80,000."""


class PageError(Exception):
    """The bytes are not one whole listing page; what arXiv announced stays unknown. The message is a sentence."""


class CountsDiffer(PageError):
    """What the page says of how many papers there are is not what was read, or not what it says elsewhere."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing page, whole as a page; whether it also is the whole announcement is what `whole` tells."""

    mailing_date: date
    """As the page dates itself (US Eastern)."""
    entries: tuple[Entry, ...]
    """In arXiv's order, each paper once. Of a very long list of authors a page shows only the first ones; such papers
    have `more_authors`, and those with just as many as a page shows, too."""
    shown: Mapping[AnnounceType, int]
    """How many papers stand in each section of this page. Replacements of both kinds count as REPLACE."""
    total: int
    """How many papers the announcement has on all its pages, as this one tells."""
    unversioned: frozenset[str]
    """Ids of the papers in `entries` whose version is a guess: see `parse_listing`."""

    @property
    def whole(self) -> bool:
        """Whether the announcement ends with this page, having begun on it."""
        return sum(self.shown.values()) == self.total


@dataclass(slots=True)
class _Row:
    """A `dt` and its `dd` as they stand on the page."""

    paper: ArxivId | None = None
    version: int | None = None
    texts: dict[str, list[str]] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        return join_lines("".join(self.texts.get(name, ())))


@dataclass(slots=True)
class _Section:
    kind: AnnounceType
    shown: int
    total: int
    rows: list[_Row] = field(default_factory=list)


def parse_listing(body: bytes, query: str | None = None) -> Listing:
    """The listing in these bytes. Raises PageError when they are not one whole page.

    Only with `query`, the category or archive that the page is of, replacements whose primary category is elsewhere
    are told as REPLACE_CROSS: the page itself marks all alike.

    A page names a version only in the link to a paper's HTML, which not every paper has. Without one a new paper is at
    version 1, which is certain; a cross-list is taken to be at 1 and a replacement at 2, which is the least that it can
    be and is told in `unversioned`. An abstract that the page does not show is "".
    """
    page = _Page()
    try:
        # Never closed: what is left over comes after no `</html>`, and reading through broken tags takes the standard
        # library's parser a time that grows with the square of their number (90 kB of `<a `: over a minute).
        page.feed(body.decode())
    except UnicodeDecodeError as error:
        raise PageError("The answer is no page of arXiv: it is not UTF-8.") from error
    except AssertionError as error:
        # How the standard library's parser ends at a broken `<![`.
        raise PageError("The page is damaged: its markup cannot be read.") from error
    mailing_date = _mailing_date(page)
    if not page.ended:
        raise PageError("The page breaks off before its end.")
    total = _total(page)
    entries: dict[str, Entry] = {}
    unversioned: set[str] = set()
    for place, (kind, row) in enumerate(_rows(page), start=1):
        entry = _entry(kind, row, place, query)
        if entry.paper.arxiv_id in entries:
            continue
        entries[entry.paper.arxiv_id] = entry
        if row.version is None and kind is not AnnounceType.NEW:
            unversioned.add(entry.paper.arxiv_id)
    shown = {section.kind: section.shown for section in page.sections}
    return Listing(
        mailing_date=mailing_date,
        entries=tuple(entries.values()),
        shown=shown,
        total=total,
        unversioned=frozenset(unversioned),
    )


def _mailing_date(page: _Page) -> date:
    dates = {_date(match) for heading in page.headings if (match := _DATED.fullmatch(heading)) is not None}
    if not dates:
        raise PageError("The answer is no listing of arXiv: no heading tells its date.")
    if len(dates) > 1:
        raise PageError("The page is damaged: it tells more than one date.")
    return dates.pop()


def _date(match: re.Match[str]) -> date:
    try:
        told = date(int(match["year"]), _MONTHS.index(match["month"]) + 1, int(match["day"]))
    except ValueError as error:
        raise PageError(f"The page is damaged: it is of a date that does not exist, {match[0]!r}.") from error
    if _WEEKDAYS[told.weekday()] != match["weekday"]:
        raise PageError(f"The page is damaged: its date has another weekday, {match[0]!r}.")
    return told


def _total(page: _Page) -> int:
    """The papers of the announcement, once every count that the page states agrees with what was read."""
    if page.stray is not None:
        raise PageError(f"The page is damaged: {page.stray}.")
    for section in page.sections:
        if len(section.rows) != section.shown or section.shown > section.total:
            raise CountsDiffer(
                f"The page says that it shows {section.shown} of {section.total} papers ({section.kind}), "
                f"but {len(section.rows)} were read."
            )
    if len({section.kind for section in page.sections}) != len(page.sections):
        raise PageError("The page is damaged: a section stands on it twice.")
    around = " ".join(" ".join(page.around).split())
    if not page.sections and not _NOTHING.search(around):
        raise PageError("The answer is no listing of arXiv: it has neither papers nor word that there are none.")
    counted = sum(section.total for section in page.sections)
    stated = {int(found) for found in _TOTAL.findall(around)} or {counted}
    if len(stated) > 1 or min(stated) < counted:
        raise CountsDiffer(
            f"The page says that there are {min(stated)} papers in all, but its sections have {counted}."
        )
    return stated.pop()


def _rows(page: _Page) -> Iterator[tuple[AnnounceType, _Row]]:
    for section in page.sections:
        for row in section.rows:
            yield section.kind, row


def _entry(kind: AnnounceType, row: _Row, place: int, query: str | None) -> Entry:
    title = tex_to_unicode(row.text("title"))
    primary = categories.canonical_list(_CODE.findall(row.text("primary")))[:1]
    ordered = categories.canonical_list((*primary, *_CODE.findall(row.text("subjects"))))
    if row.paper is None or not title or not ordered:
        lacks = "arXiv id" if row.paper is None else "title" if not title else "category"
        raise PageError(f"Entry {place} of the page has no {lacks}.")
    if kind is AnnounceType.REPLACE and query is not None and not categories.covers(query, ordered[:1]):
        kind = AnnounceType.REPLACE_CROSS
    authors, more = _authors(row)
    abstract, comment = tex_to_unicode(row.text("abstract")), tex_to_unicode(row.text("comments"))
    return Entry(
        Paper(
            arxiv_id=row.paper.arxiv_id,
            version=row.version or (1 if kind in {AnnounceType.NEW, AnnounceType.CROSS} else 2),
            title=title,
            abstract=abstract,
            authors=authors,
            more_authors=more,
            primary_category=ordered[0],
            cross_lists=ordered[1:],
            comment=comment or None,
            journal_ref=tex_to_unicode(row.text("journal-ref")) or None,
            withdrawn=says_withdrawn(abstract, comment),
        ),
        kind,
    )


def _authors(row: _Row) -> tuple[tuple[str, ...], bool]:
    """The names that are links, and whether there may be more of them than the page shows.

    Without links, the names in the text ("(author list is unavailable)" is none).
    """
    text = row.text("authors")
    named = tuple(name for author in row.authors if (name := tex_to_unicode(" ".join(author.split()))))
    cut = _MORE_AUTHORS.search(text)
    names = named or split_authors(text[: cut.start()] if cut is not None else text)
    return names, cut is not None or len(names) >= MOST_AUTHORS


class _Page(HTMLParser):
    """Gathers headings, rows and the text around them, by tag and class, whatever else stands on the page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.headings: list[str] = []
        self.sections: list[_Section] = []
        self.around: list[str] = []
        self.ended = False
        self.stray: str | None = None
        """What stands where nothing is expected: reading on without it would lose papers in silence."""
        self._row: _Row | None = None
        # The open heading or field: its text so far, its name, its tag, and how many of that tag are open within.
        self._text: list[str] | None = None
        self._name = ""
        self._tag = ""
        self._depth = 0
        self._descriptor = False
        self._primary: int | None = None
        self._link: tuple[str, int] | None = None
        self._tags = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what begins with this tag. Raises PageError for more of them than any page has."""
        self._tags += 1
        if self._tags > MOST_TAGS:
            raise PageError("The answer is no page of arXiv: it has more tags than any.")
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        if tag in {"h1", "h3"}:
            self._leave_row()
            self._open(tag, tag, [])
        elif tag == "dt":
            self._leave_row()
            self._row = _Row()
            if self.sections:
                self.sections[-1].rows.append(self._row)
        elif tag == "a" and self._text is None and self._row is not None:
            self._linked(self._row, given.get("href", ""))
        elif self._text is not None:
            self._within(self._text, tag, classes, given.get("href", ""))
        elif self._row is not None and (name := _field(tag, classes)) is not None:
            self._open(name, tag, self._row.texts.setdefault(name, []))

    def handle_endtag(self, tag: str) -> None:
        """Close what ends with this tag."""
        if tag == "html":
            self.ended = True
        elif tag == "dd":
            self._leave_row()
        elif self._text is None:
            return
        elif tag == "a":
            self._unlink(self._text)
        elif tag == "span":
            self._end_span(self._text)
        elif tag == self._tag:
            self._depth -= 1
            if not self._depth:
                self._close()

    def handle_data(self, data: str) -> None:
        """Put text where it belongs."""
        if self._text is not None:
            if not self._descriptor:
                self._text.append(data)
        elif self._row is None:
            self.around.append(data)

    def _open(self, name: str, tag: str, text: list[str]) -> None:
        self._text, self._name, self._tag, self._depth = text, name, tag, 1
        self._descriptor, self._primary, self._link = False, None, None

    def _within(self, text: list[str], tag: str, classes: list[str], href: str) -> None:
        """A tag inside a heading or field; unknown ones are nothing, their text counts."""
        if tag == self._tag:
            self._depth += 1
        elif tag == "br":
            text.append("\n")
        elif tag == "a":
            self._link = (href, len(text))
        elif tag == "span":
            self._descriptor = "descriptor" in classes
            self._primary = len(text) if "primary-subject" in classes else None

    def _unlink(self, text: list[str]) -> None:
        """The end of a link in a field: a name among authors, elsewhere perhaps "this https URL" for an address."""
        if self._link is None:
            return
        href, start = self._link
        self._link = None
        words = "".join(text[start:])
        if self._name == "authors" and self._row is not None:
            self._row.authors.append(words)
        elif _STANDS_FOR_ADDRESS.fullmatch(words.strip()):
            text[start:] = [href]

    def _end_span(self, text: list[str]) -> None:
        self._descriptor = False
        if self._primary is not None and self._row is not None:
            self._row.texts["primary"] = text[self._primary :]
            self._primary = None

    def _close(self) -> None:
        if self._name in {"h1", "h3"} and self._text is not None:
            self._headed(" ".join("".join(self._text).split()))
        self._text = None

    def _leave_row(self) -> None:
        """Whatever is still open ends where a row ends or something new begins."""
        self._close()
        self._row = None

    def _headed(self, heading: str) -> None:
        self.headings.append(heading)
        if (match := _SECTION.fullmatch(heading)) is not None:
            self.sections.append(_Section(_KINDS[match["kind"]], int(match["shown"]), int(match["total"])))
        elif _COUNTED.search(heading):
            self.stray = self.stray or f"a section of it is unknown, {heading[:80]!r}"

    def _linked(self, row: _Row, href: str) -> None:
        """A link in a `dt`: the one to the abstract tells the id, the one to the HTML the version."""
        if "/abs/" in href and row.paper is None:
            row.paper = parse_id(href.partition("/abs/")[2])
            if not self.sections:
                self.stray = self.stray or "a paper stands before any section"
        elif "/html/" in href and row.paper is not None:
            told = parse_id(href.partition("/html/")[2])
            if told is not None and told.arxiv_id == row.paper.arxiv_id:
                row.version = told.version


def _field(tag: str, classes: list[str]) -> str | None:
    """The field of a paper that an element in its `dd` holds."""
    if tag == "p":
        return "abstract" if "mathjax" in classes else None
    return next((_FIELDS[class_] for class_ in classes if class_ in _FIELDS), None)
