"""arXiv's feeds, from bytes to entries: Atom and RSS as they are now, and RSS as it was before February 2024.

The XML itself is read, never as HTML, so that an abstract is exactly what arXiv wrote. Whatever is not a whole feed is
an error: an empty result always means that arXiv announced nothing.
"""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal
from xml.etree.ElementTree import Element
from xml.parsers.expat import ExpatError, ParserCreate

from bot.arxiv_source import categories
from bot.arxiv_source.feed_entry import DC, Lacking, Names, content, read_entry
from bot.arxiv_source.text import join_lines
from bot.arxiv_source.xml_tree import UNREADABLE, Doctype, Excess, growing, read_tree
from storage.records import Entry, Paper

Form = Literal["atom", "rss", "legacy"]

_ATOM = "{http://www.w3.org/2005/Atom}"
_RSS1 = "{http://purl.org/rss/1.0/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ROOTS: dict[str, Form] = {f"{_ATOM}feed": "atom", "rss": "rss", f"{_RDF}RDF": "legacy"}
_ITEMS = {"atom": f"{_ATOM}entry", "rss": "item", "legacy": f"{_RSS1}item"}
_NAMESPACES = {"atom": _ATOM, "rss": "", "legacy": _RSS1}

_TITLE = re.compile(r"(?P<query>\S.*) updates on arXiv\.org")
_REFUSED = "Feed error for query:"
_SHOWN = 80


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
    """The feed in these bytes. Raises a FeedError when they are not one whole feed.

    It lets other threads run now and then, so that a large one can be read beside the event loop.
    """
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
        root = read_tree(body)
    except Excess as error:
        raise NotAFeed("The answer is no feed: it is nested deeper, or has more elements, than any feed.") from error
    except UNREADABLE as error:
        whole = None if isinstance(error, Doctype) else _whole_entries(body)
        if whole is not None:
            raise FeedCut(whole) from error
        raise NotAFeed(f"The answer is no feed; it begins with {_beginning(body)}.") from error
    if root.tag not in _ROOTS:
        raise NotAFeed(f"The answer is no feed; it begins with {_beginning(body)}.")
    return _read(root, _ROOTS[root.tag])


def _whole_entries(body: bytes) -> int | None:
    """How many entries of a feed that breaks off are whole; None where not even a feed begins."""
    ended: Counter[str] = Counter()
    begun: list[str] = []

    def begin(name: str, _attributes: object) -> None:
        if not begun:
            begun.append(_tag(name))

    parser = ParserCreate(namespace_separator="}")
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda name: ended.update((_tag(name),))
    with suppress(ExpatError, ValueError, LookupError):
        for piece in growing(body):
            parser.Parse(piece)
    form = _ROOTS.get(begun[0]) if begun else None
    return ended[_ITEMS[form]] if form is not None else None


def _tag(name: str) -> str:
    """A name as ElementTree has it."""
    return f"{{{name}" if "}" in name else name


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
    built = _text(head, f"{namespace}lastBuildDate") or _text(head, f"{namespace}updated") or _text(head, f"{DC}date")
    items = root.iterfind(_ITEMS[form]) if form != "rss" else head.iterfind(_ITEMS[form])
    query = named["query"]
    asked = categories.canonical(query)
    primary = asked if asked is not None and categories.is_category(asked) else None
    names = Names(namespace)
    entries: dict[str, Entry] = {}
    for place, item in enumerate(items, start=1):
        try:
            entry = read_entry(item, names, query, primary)
        except Lacking as error:
            raise FeedDamaged(place, str(error)) from None
        first = entries.setdefault(entry.paper.arxiv_id, entry)
        if not _same_paper(first.paper, entry.paper):
            raise FeedDamaged(place, "arXiv id of its own")
    if entries and not any(entry.paper.authors for entry in entries.values()):
        raise FeedDamaged(1, "authors, and neither has any other")
    return Feed(query=query, title=title, entries=tuple(entries.values()), built_at=_moment(built), form=form)


def _same_paper(paper: Paper, other: Paper) -> bool:
    """Whether two entries with one id are of one paper, perhaps revised; damage to an id makes two papers share it."""
    return paper is other or paper.title == other.title or paper.abstract == other.abstract


def _text(parent: Element, tag: str) -> str:
    found = parent.find(tag)
    return "" if found is None else content(found)


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
