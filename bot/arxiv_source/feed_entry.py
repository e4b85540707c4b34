"""One entry of a feed, from its element to a record.

An entry of today says three times which paper it is: in its guid (or id), in its link, and in the first line of its
description, which says the announce type for the second time. Where they disagree something is damaged, and reading on
would put one paper in another's place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from bot.arxiv_source import categories, legacy_feed
from bot.arxiv_source.ids import ArxivId, parse_id
from bot.arxiv_source.text import join_lines, says_withdrawn, split_authors, strip_preamble, tex_to_unicode
from storage.records import AnnounceType, Entry, Paper

DC = "{http://purl.org/dc/elements/1.1/}"
_CREATOR = f"{DC}creator"
_TYPE = "{http://arxiv.org/schemas/atom}announce_type"
_OAI = "oai:arXiv.org:"
_USUAL_ID = re.compile(r"([0-9]{4}\.[0-9]{5})v([0-9]{1,3})")
_TYPES: Mapping[str, AnnounceType] = {kind.value: kind for kind in AnnounceType}


class Lacking(Exception):
    """An entry lacks what every entry has; the argument says what."""


@dataclass(slots=True)
class Names:
    """The tags of an entry's parts in one form of feed."""

    namespace: str
    title: str = field(init=False)
    described: tuple[str, str] = field(init=False)
    told: tuple[str, str] = field(init=False)
    link: str = field(init=False)
    category: str = field(init=False)

    def __post_init__(self) -> None:
        self.title = f"{self.namespace}title"
        self.described = (f"{self.namespace}description", f"{self.namespace}summary")
        self.told = ("guid", f"{self.namespace}id")
        self.link = f"{self.namespace}link"
        self.category = f"{self.namespace}category"


def read_entry(item: Element, names: Names, query: str, primary: str | None) -> Entry:
    """The record of an entry in the feed of `query`, which is the one category `primary` or None for several.

    Raises Lacking.
    """
    parts: dict[str, Element] = {}
    listed: list[str] = []
    creators: list[str] = []
    for part in item:
        if (tag := part.tag) == names.category:
            listed.append((part.get("term") or content(part)).strip())
        elif tag == _CREATOR:
            creators.append(content(part))
        elif tag not in parts:
            parts[tag] = part
    told = _text(parts, *names.told)
    described = _text(parts, *names.described)
    # All authors stand in one element; should arXiv ever give each one an element, none is lost.
    creator = creators[0] if len(creators) == 1 else ", ".join(creators)
    kind = _text(parts, _TYPE).lower()
    title = join_lines(_text(parts, names.title))
    # Today's entries say elsewhere what they are; a title of theirs may end in the id of a paper that it is about.
    heading = legacy_feed.Heading(title) if kind or told.startswith(_OAI) else legacy_feed.heading(title)
    if heading.paper is not None:
        described, creator = legacy_feed.plain(described), legacy_feed.plain(creator)
        listed.insert(0, heading.category or "")
    paper, kind, abstract = _identified(heading.paper, told, kind, described)
    if (link := parts.get(names.link)) is not None:
        _agreeing(paper, link.get("href") or content(link))
    if not heading.title:
        raise Lacking("title")
    ordered = categories.canonical_list(filter(None, listed))
    announced = heading.announce_type(query, ordered) or _TYPES.get(kind)
    if announced is None:
        raise Lacking("announce type that is known")
    ordered = _primary_first(ordered, primary, announced)
    if not ordered:
        raise Lacking("category")
    return Entry(
        Paper(
            arxiv_id=paper.arxiv_id,
            version=paper.version or 1,
            title=tex_to_unicode(heading.title),
            abstract=tex_to_unicode(join_lines(abstract)),
            authors=split_authors(creator),
            primary_category=ordered[0],
            cross_lists=ordered[1:],
            withdrawn=says_withdrawn(abstract),
        ),
        announced,
    )


def content(element: Element) -> str:
    """The text of an element and of all in it, without space around it."""
    return ("".join(element.itertext()) if len(element) else element.text or "").strip()


def _text(parts: Mapping[str, Element], *tags: str) -> str:
    """The text of the first of these parts that has any."""
    for tag in tags:
        if (part := parts.get(tag)) is not None and (text := content(part)):
            return text
    return ""


def _identified(heading: ArxivId | None, told: str, kind: str, described: str) -> tuple[ArxivId, str, str]:
    """The paper and its version, the announce type and the abstract, each as all that tell it agree on it."""
    spelled = told.removeprefix(_OAI)
    first_line = f"arXiv:{spelled} Announce Type: {kind} \nAbstract: "
    # As good as always: then nothing needs taking apart.
    if heading is None and described.startswith(first_line) and (usual := _usual(spelled)) is not None:
        return usual, kind, described[len(first_line) :].strip()
    preamble, kind_there, abstract = strip_preamble(described)
    known = {
        paper_id for paper_id in (heading, parse_id(spelled) if spelled else None, preamble) if paper_id is not None
    }
    if not known or None in {paper_id.version for paper_id in known}:
        raise Lacking("arXiv id with a version")
    if len(known) > 1:
        raise Lacking("arXiv id on which it agrees with itself")
    if told.startswith(_OAI) and preamble is None:
        raise Lacking("first line that tells its arXiv id")
    if kind and kind_there and kind != kind_there:
        raise Lacking("announce type on which it agrees with itself")
    return known.pop(), kind or kind_there or "", abstract


def _usual(spelled: str) -> ArxivId | None:
    # An id alone is known much sooner than one inside of something, and nearly all are of today's form.
    if (match := _USUAL_ID.fullmatch(spelled)) is None:
        return None
    try:
        return ArxivId(match[1], int(match[2]))
    except ValueError:
        return None


def _agreeing(paper: ArxivId, link: str) -> None:
    """Refuse an entry whose link leads to another paper. The link has no version, or that of the entry."""
    if not link or link.endswith(f"/abs/{paper.arxiv_id}"):
        return
    there = parse_id(link)
    if there is None or there.arxiv_id != paper.arxiv_id or there.version not in {None, paper.version}:
        raise Lacking("arXiv id on which it agrees with itself")


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
