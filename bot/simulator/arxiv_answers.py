"""Feeds and API answers as arXiv writes them, made from records (pure). What `parse_feed` and the API lookup read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bot.arxiv_source.calendar import EASTERN, feed_changes_at
from storage.records import Entry, Paper

_ARXIV = "http://arxiv.org/schemas/atom"
_FEED = {
    "xmlns:arxiv": _ARXIV,
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns": "http://www.w3.org/2005/Atom",
    "xml:lang": "en-us",
}
_RSS = {"xmlns:arxiv": _ARXIV, "xmlns:dc": "http://purl.org/dc/elements/1.1/", "version": "2.0"}
_API = {
    "xmlns:opensearch": "http://a9.com/-/spec/opensearch/1.1/",
    "xmlns:arxiv": _ARXIV,
    "xmlns": "http://www.w3.org/2005/Atom",
}
_RIGHTS = "http://creativecommons.org/licenses/by/4.0/"
_EPOCH = datetime(1970, 1, 1, tzinfo=EASTERN)


def atom_feed(query: str, entries: Iterable[Entry], on: date) -> bytes:
    """`/atom/{query}` on a mailing date."""
    feed = Element("feed", _FEED)
    built = feed_changes_at(on).isoformat()
    _add(feed, "id", f"http://rss.arxiv.org/atom/{query}")
    _add(feed, "title", f"{query} updates on arXiv.org")
    _add(feed, "updated", built)
    _add(feed, "subtitle", f"{query} updates on the arXiv.org e-print archive.")
    for entry in entries:
        element = SubElement(feed, "entry")
        _add(element, "id", _oai(entry.paper))
        _add(element, "title", entry.paper.title)
        _add(element, "updated", built)
        _add(element, "link", href=_abs(entry.paper.arxiv_id), rel="alternate", type="text/html")
        _add(element, "summary", _described(entry))
        for category in entry.paper.categories:
            _add(element, "category", term=category)
        _add(element, "published", _midnight(on).isoformat())
        _add(element, "arxiv:announce_type", entry.announce_type)
        _add(element, "dc:rights", _RIGHTS)
        _add(element, "dc:creator", ", ".join(entry.paper.authors))
    return _document(feed)


def rss_feed(query: str, entries: Iterable[Entry], on: date) -> bytes:
    """`/rss/{query}` on a mailing date."""
    channel = _channel(f"{query} updates on arXiv.org", query, f"{query} updates on the arXiv.org e-print archive.", on)
    for entry in entries:
        item = SubElement(channel[0], "item")
        _add(item, "title", entry.paper.title)
        _add(item, "link", _abs(entry.paper.arxiv_id))
        _add(item, "description", _described(entry))
        _add(item, "guid", _oai(entry.paper), isPermaLink="false")
        for category in entry.paper.categories:
            _add(item, "category", category)
        _add(item, "pubDate", format_datetime(_midnight(on)))
        _add(item, "arxiv:announce_type", entry.announce_type)
        _add(item, "dc:rights", _RIGHTS)
        _add(item, "dc:creator", ", ".join(entry.paper.authors))
    return _document(channel)


def refused_feed(query: str, description: str, on: date) -> bytes:
    """What comes with HTTP 400 for a query that arXiv does not know."""
    title = f"Feed error for query: http://rss.arxiv.org/rss/{query}"
    return _document(_channel(title, query, description, on))


def api_answer(papers: Sequence[Paper], url: str, *, total: int | None = None) -> bytes:
    """The query API's answer to the question in `url` that holds these papers, of `total` if there are more."""
    feed = _api_head("arXiv Query: " + url.partition("?")[2], len(papers) if total is None else total)
    for paper in papers:
        entry = SubElement(feed, "entry")
        spelled = f"{paper.arxiv_id}v{paper.version}"
        _add(entry, "id", f"http://arxiv.org/abs/{spelled}")
        _add(entry, "title", paper.title)
        _add(entry, "updated", _zulu(paper.updated_at or paper.submitted_at))
        _add(entry, "link", href=_abs(spelled), rel="alternate", type="text/html")
        _add(entry, "summary", paper.abstract)
        for category in paper.categories:
            _add(entry, "category", term=category, scheme=_ARXIV)
        _add(entry, "published", _zulu(paper.submitted_at))
        if paper.comment:
            _add(entry, "arxiv:comment", paper.comment)
        _add(entry, "arxiv:primary_category", term=paper.primary_category)
        if paper.journal_ref:
            _add(entry, "arxiv:journal_ref", paper.journal_ref)
        for name in paper.authors:
            _add(SubElement(entry, "author"), "name", name)
        if paper.doi:
            _add(entry, "arxiv:doi", paper.doi)
    return _document(feed)


def api_error(message: str) -> bytes:
    """What the query API sends with HTTP 400: an entry that is no paper."""
    feed = _api_head("arXiv Search Results", 1)
    entry = SubElement(feed, "entry")
    _add(entry, "id", "https://arxiv.org/api/errors#" + message.replace(" ", "_"))
    _add(entry, "title", "Error")
    _add(entry, "updated", _zulu(None))
    _add(entry, "summary", message)
    _add(SubElement(entry, "author"), "name", "arXiv api core")
    return _document(feed)


def _api_head(title: str, total: int) -> Element:
    feed = Element("feed", _API)
    _add(feed, "id", "https://arxiv.org/api/simulated")
    _add(feed, "title", title)
    _add(feed, "updated", _zulu(None))
    _add(feed, "opensearch:itemsPerPage", str(total))
    _add(feed, "opensearch:totalResults", str(total))
    _add(feed, "opensearch:startIndex", "0")
    return feed


def _channel(title: str, query: str, description: str, on: date) -> Element:
    """An `rss` element whose only child is the channel."""
    rss = Element("rss", _RSS)
    channel = SubElement(rss, "channel")
    _add(channel, "title", title)
    _add(channel, "link", f"http://rss.arxiv.org/rss/{query}")
    _add(channel, "description", description)
    _add(channel, "language", "en-us")
    _add(channel, "lastBuildDate", format_datetime(feed_changes_at(on)))
    _add(channel, "managingEditor", "rss-help@arxiv.org")
    _add(channel, "pubDate", format_datetime(_midnight(on)))
    skipped = SubElement(channel, "skipDays")
    for day in ("Saturday", "Sunday"):
        _add(skipped, "day", day)
    return rss


def _add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> None:
    SubElement(parent, tag, attributes).text = text


def _document(root: Element) -> bytes:
    indent(root)
    text: bytes = tostring(root, encoding="utf-8")
    return b"<?xml version='1.0' encoding='UTF-8'?>\n" + text + b"\n"


def _described(entry: Entry) -> str:
    spelled = f"{entry.paper.arxiv_id}v{entry.paper.version}"
    return f"arXiv:{spelled} Announce Type: {entry.announce_type} \nAbstract: {entry.paper.abstract}"


def _oai(paper: Paper) -> str:
    return f"oai:arXiv.org:{paper.arxiv_id}v{paper.version}"


def _abs(spelled: str) -> str:
    return f"https://arxiv.org/abs/{spelled}"


def _midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=EASTERN)


def _zulu(moment: datetime | None) -> str:
    return (moment or _EPOCH).strftime("%Y-%m-%dT%H:%M:%SZ")
