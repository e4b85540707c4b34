"""Answers of arXiv's query API: whether they are whole, before anything is made of them (pure)."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.arxiv_source.errors import ArxivUnavailable

_ATOM = "{http://www.w3.org/2005/Atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"


def check_answer(content_type: str, body: bytes) -> None:
    """Raise ArxivUnavailable unless the body is a whole answer of the API that holds papers, or none, and no error.

    The `arxiv` package takes pages, empty bodies and cut XML for answers without papers, and an error for a paper
    titled "Error". An answer to an id list holds all that it counts; otherwise ids would seem unknown.
    """
    if "xml" not in content_type.lower():
        raise ArxivUnavailable(f"arXiv's API answered with {content_type[:60] or 'no content type'} in place of XML")
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ArxivUnavailable("arXiv's API answered with XML that is not whole") from error
    if root.tag != f"{_ATOM}feed":
        raise ArxivUnavailable("arXiv's API answered with XML that is no answer of the API")
    entries = root.findall(f"{_ATOM}entry")
    for entry in entries:
        if "/abs/" not in (entry.findtext(f"{_ATOM}id") or ""):
            summary = " ".join((entry.findtext(f"{_ATOM}summary") or "an error without words").split())
            raise ArxivUnavailable(f"arXiv's API refuses the query: {summary[:200]}")
    total = (root.findtext(_TOTAL) or "").strip()
    if total.isdecimal() and int(total[:9]) > len(entries):
        raise ArxivUnavailable(f"arXiv's API answered with {len(entries)} of {total} papers")
