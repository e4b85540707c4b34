"""arXiv's feeds, from bytes to entries: Atom and RSS as they are now, and RSS as it was before February 2024.

The XML itself is read, never as HTML, so that an abstract is exactly what arXiv wrote. Whatever is not a whole feed is
an error: an empty result always means that arXiv announced nothing.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Literal, NoReturn
from xml.etree.ElementTree import Element, ParseError, fromstring, iterparse
from xml.parsers.expat import ExpatError, ParserCreate

from bot.arxiv_source import categories, legacy_feed
from bot.arxiv_source.ids import ArxivId, parse_id
from bot.arxiv_source.text import join_lines, says_withdrawn, split_authors, strip_preamble, tex_to_unicode
from storage.records import AnnounceType, Entry, Paper

Form = Literal["atom", "rss", "legacy"]

_ATOM = "{http://www.w3.org/2005/Atom}"
_RSS1 = "{http://purl.org/rss/1.0/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_ROOTS: dict[str, Form] = {f"{_ATOM}feed": "atom", "rss": "rss", f"{_RDF}RDF": "legacy"}
_ITEMS = {"atom": f"{_ATOM}entry", "rss": "item", "legacy": f"{_RSS1}item"}
_NAMESPACES = {"atom": _ATOM, "rss": "", "legacy": _RSS1}

_TITLE = re.compile(r"(?P<query>\S.*) updates on arXiv\.org")
_REFUSED = "Feed error for query:"
_OAI = "oai:arXiv.org:"
_USUAL_ID = re.compile(r"([0-9]{4}\.[0-9]{5})v([0-9]{1,3})")
_SHOWN = 80
_PROLOG = 4_096


class FeedError(Exception):
    """The bytes are not a whole feed; what arXiv announced stays unknown. The message is a sentence."""


class FeedCut(FeedError):
    """The feed ends or breaks off before its end. `entries_read` entries were whole."""

    def __init__(self, entries_read: int) -> None:
        super().__init__(f"The feed breaks off after {entries_read} whole entries.")
        self.entries_read = entries_read


class FeedRefused(FeedError):
    """arXiv refuses the query; `description` is why, in arXiv's words."""

    def __init__(self, description: str) -> None:
        super().__init__(f"arXiv refuses the feed: {description}")
        self.description = description


class NotAFeed(FeedError):
    """The bytes are something else: nothing at all, a page, a message such as `Rate exceeded.`."""


class FeedDamaged(FeedError):
    """An entry lacks what every entry has, such as an id of its own: reading on would lose a paper in silence."""

    def __init__(self, place: int, lacks: str) -> None:
        super().__init__(f"Entry {place} of the feed has no {lacks}.")


@dataclass(frozen=True, slots=True)
class Feed:
    """A whole feed."""

    query: str
    """What the feed is of, as its title says: `cs.CV`, `math`, `cs.CV+cs.LG`."""
    title: str
    entries: tuple[Entry, ...]
    """In arXiv's order, each paper once."""
    built_at: datetime | None
    """When arXiv says that it built the feed (UTC). It says nothing about how old the entries are."""
    form: Form


def parse_feed(body: bytes) -> Feed:
    """The feed in these bytes. Raises a FeedError when they are not one whole feed."""
    with _no_cycles_sought():
        return _parsed(body)


@contextmanager
def _no_cycles_sought() -> Iterator[None]:
    """Pause the search for reference cycles: none are made here, and looking for them took half of a parse's time."""
    sought = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if sought:
            gc.enable()


def _parsed(body: bytes) -> Feed:
    try:
        _refuse_doctype(body)
        # Safe without a document type: no entity can be declared.
        root = fromstring(body)  # noqa: S314 - the line above refuses what makes it unsafe
    except (ParseError, ExpatError, ValueError, LookupError) as error:
        # ValueError and LookupError are what a damaged XML declaration ends in: an encoding that does not exist.
        whole = None if isinstance(error, _Doctype) else _whole_entries(body)
        if whole is not None:
            raise FeedCut(whole) from error
        raise NotAFeed(f"The answer is no feed; it begins with {_beginning(body)}.") from error
    if root.tag not in _ROOTS:
        raise NotAFeed(f"The answer is no feed; it begins with {_beginning(body)}.")
    return _read(root, _ROOTS[root.tag])


class _Doctype(ValueError):
    """The document declares a type, in which entities could be declared that grow without end."""


def _refuse_doctype(body: bytes) -> None:
    """Look for a document type where it can stand, before the first element. defusedxml looks at all, in Python."""
    begun: list[str] = []

    def refuse(*_declared: object) -> NoReturn:
        raise _Doctype

    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, _attributes: begun.append(name)
    for start in range(0, len(body), _PROLOG):
        parser.Parse(body[start : start + _PROLOG])
        if begun:
            return


def _whole_entries(body: bytes) -> int | None:
    """How many entries of a feed that breaks off are whole; None where not even a feed begins."""
    root: Element | None = None
    whole = 0
    try:
        for step, element in iterparse(BytesIO(body), ("start", "end")):  # noqa: S314 - has no document type
            if root is None:
                root = element
            elif step == "end" and element.tag == _ITEMS.get(_ROOTS.get(root.tag, ""), ""):
                whole += 1
    except (ParseError, ValueError, LookupError):
        pass
    return whole if root is not None and root.tag in _ROOTS else None


def _read(root: Element, form: Form) -> Feed:
    namespace = _NAMESPACES[form]
    head = root if form == "atom" else root.find(f"{namespace}channel")
    if head is None:
        raise NotAFeed("The answer is no feed of arXiv: it has no channel.")
    title = join_lines(_text(head, f"{namespace}title"))
    if title.startswith(_REFUSED):
        description = _text(head, f"{namespace}description") or _text(head, f"{namespace}subtitle")
        raise FeedRefused(join_lines(description) or title)
    named = _TITLE.fullmatch(title)
    if named is None:
        raise NotAFeed(f"The answer is no feed of arXiv: it is titled {title[:_SHOWN]!r}.")
    built = _text(head, f"{namespace}lastBuildDate") or _text(head, f"{namespace}updated") or _text(head, f"{_DC}date")
    items = root.iterfind(_ITEMS[form]) if form != "rss" else head.iterfind(_ITEMS[form])
    query = named["query"]
    asked = categories.canonical(query)
    primary = asked if asked is not None and categories.is_category(asked) else None
    entries: dict[str, Entry] = {}
    for place, item in enumerate(items, start=1):
        entry = _entry(item, place, namespace, query, primary)
        first = entries.setdefault(entry.paper.arxiv_id, entry)
        if not _same_paper(first.paper, entry.paper):
            raise FeedDamaged(place, "arXiv id of its own")
    return Feed(query, title, tuple(entries.values()), _moment(built), form)


def _entry(item: Element, place: int, namespace: str, query: str, asked: str | None) -> Entry:
    heading = _heading(join_lines(_text(item, f"{namespace}title")))
    described = _text(item, f"{namespace}description") or _text(item, f"{namespace}summary")
    creator = _creator(item)
    if heading.paper is not None:
        described, creator = legacy_feed.plain(described), legacy_feed.plain(creator)
    paper, kind, abstract = strip_preamble(described, heading.paper or _identified(item, namespace))
    if paper is None or paper.version is None:
        raise FeedDamaged(place, "arXiv id with a version")
    if not heading.title:
        raise FeedDamaged(place, "title")
    listed = categories.canonical_list(filter(None, [heading.category, *_categories(item, namespace)]))
    announced = heading.announce_type(query, listed) or _announce_type(_text(item, f"{_ARXIV}announce_type") or kind)
    if announced is None:
        raise FeedDamaged(place, "announce type that is known")
    ordered = _primary_first(listed, asked, announced)
    if not ordered:
        raise FeedDamaged(place, "category")
    return Entry(
        Paper(
            arxiv_id=paper.arxiv_id,
            version=paper.version,
            title=tex_to_unicode(heading.title),
            abstract=tex_to_unicode(join_lines(abstract)),
            authors=split_authors(creator),
            primary_category=ordered[0],
            cross_lists=ordered[1:],
            withdrawn=says_withdrawn(abstract),
        ),
        announced,
    )


def _same_paper(one: Paper, other: Paper) -> bool:
    """Whether two entries with one id are of one paper, perhaps revised; damage to an id makes two papers share it."""
    return one is other or one.title == other.title or one.abstract == other.abstract


def _heading(title: str) -> legacy_feed.Heading:
    # The old form ends in a parenthesis; few titles of today do, and looking for it in all of them is dear.
    return legacy_feed.heading(title) if title.endswith(")") else legacy_feed.Heading(title)


def _identified(item: Element, namespace: str) -> ArxivId | None:
    # An id alone is known much sooner than one inside of something, and nearly all are of today's form.
    told = (_text(item, "guid") or _text(item, f"{namespace}id")).removeprefix(_OAI)
    if (usual := _USUAL_ID.fullmatch(told)) is None:
        return parse_id(told)
    try:
        return ArxivId(usual[1], int(usual[2]))
    except ValueError:
        return None


def _creator(item: Element) -> str:
    # All authors stand in one element; should arXiv ever give each one an element, none is lost.
    return ", ".join(_content(one) for one in item.findall(f"{_DC}creator"))


def _categories(item: Element, namespace: str) -> list[str]:
    return [(one.get("term") or _content(one)).strip() for one in item.findall(f"{namespace}category")]


def _announce_type(word: str | None) -> AnnounceType | None:
    try:
        return AnnounceType((word or "").strip().lower())
    except ValueError:
        return None


def _primary_first(listed: tuple[str, ...], asked: str | None, announced: AnnounceType) -> tuple[str, ...]:
    """The categories with the primary one first, where arXiv lists it; `asked` is the category that the feed is of.

    In the feed of one category `new` means that this is the primary one; only there is the query surer than the order.
    A feed lists a paper because the query is among its categories, so where none is told, that one is known.
    """
    if asked is None:
        return listed
    if announced is AnnounceType.NEW:
        return tuple(dict.fromkeys((asked, *listed)))
    return listed if asked in listed else (*listed, asked)


def _text(parent: Element, tag: str) -> str:
    found = parent.find(tag)
    return "" if found is None else _content(found)


def _content(element: Element) -> str:
    return ("".join(element.itertext()) if len(element) else element.text or "").strip()


def _moment(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def _beginning(body: bytes) -> str:
    shown = " ".join(body[: 4 * _SHOWN].decode("utf-8", "replace").split())[:_SHOWN]
    return repr(shown) if shown else "nothing: it is empty"
