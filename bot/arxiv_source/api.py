"""Answers of arXiv's query API: whether they are whole, before anything is made of them (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.xml_tree import UNREADABLE, Excess, read_tree

_ATOM = "{http://www.w3.org/2005/Atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many papers an answer holds, and how many the API has for the question in all."""

    held: int
    total: int


def check_answer(content_type: str, body: bytes, *, first: int | None = None) -> Counted:
    """Raise ArxivUnavailable unless the body is a whole answer of the API that holds papers, or none, and no error.

    An answer to an id list holds all that it counts, otherwise ids would seem unknown; one page of a search, which
    begins after `first` papers, holds some as long as there are any left.

    The `arxiv` package takes pages, empty bodies and cut XML for answers without papers, and an error for a paper
    titled "Error".
    """
    if "xml" not in content_type.lower():
        raise ArxivUnavailable(f"arXiv's API answered with {content_type[:60] or 'no content type'} in place of XML")
    try:
        root = read_tree(body)
    except Excess as error:
        raise ArxivUnavailable("arXiv's API answered with XML that is nested deeper, or longer, than any") from error
    except UNREADABLE as error:
        raise ArxivUnavailable("arXiv's API answered with XML that is not whole") from error
    if root.tag != f"{_ATOM}feed":
        raise ArxivUnavailable("arXiv's API answered with XML that is no answer of the API")
    entries = root.findall(f"{_ATOM}entry")
    for entry in entries:
        if "/abs/" not in (entry.findtext(f"{_ATOM}id") or ""):
            summary = " ".join((entry.findtext(f"{_ATOM}summary") or "an error without words").split())
            raise ArxivUnavailable(f"arXiv's API refuses the query: {summary[:200]}")
    told = (root.findtext(_TOTAL) or "").strip()
    total = int(told[:9]) if told.isdecimal() else len(entries)
    if first is None and total > len(entries):
        raise ArxivUnavailable(f"arXiv's API answered with {len(entries)} of {total} papers")
    if first is not None and total > first and not entries:
        raise ArxivUnavailable(f"arXiv's API answered with no papers after the first {first} of {total}")
    return Counted(len(entries), total)
