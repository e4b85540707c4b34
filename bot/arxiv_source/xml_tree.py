"""XML of other people's servers as a tree: bounded while it is read, so that no answer takes all memory (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn, cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser
from xml.parsers.expat import ExpatError, ParserCreate

MOST_ELEMENTS = 200_000
"""The largest answers of arXiv, 2,000 papers, have 30,000."""

MOST_DEPTH = 32
"""Elements within each other; in arXiv's answers there are five."""

_FIRST_PIECE, _LONGEST_PIECE = 4_096, 2**18


class Excess(ValueError):
    """The document is nested deeper, or has more elements, than any that is meant to be read."""


class Doctype(ValueError):
    """The document declares a type, in which entities could be declared that grow without end."""


UNREADABLE = (ParseError, ExpatError, ValueError, LookupError)
"""What `read_tree` raises: a damaged XML declaration ends in the last two, for an encoding that does not exist."""


def read_tree(body: bytes) -> Element:
    """The root of the document. Raises one of UNREADABLE, which Excess and Doctype are of."""
    _refuse_doctype(body)
    parser: XMLPullParser[Any] = XMLPullParser(("start", "end"))
    root: Element | None = None
    elements = depth = 0
    for piece in (*growing(body), None):
        if piece is None:
            parser.close()
        else:
            parser.feed(piece)
        for event, element in cast("Iterator[tuple[str, Element]]", parser.read_events()):
            if event == "end":
                depth -= 1
                continue
            root = element if root is None else root
            depth += 1
            elements += 1
            if depth > MOST_DEPTH or elements > MOST_ELEMENTS:
                raise Excess("an XML document without measure")
    if root is None:
        raise ParseError("no element found")
    return root


def growing(body: bytes) -> Iterator[bytes]:
    """The bytes in pieces, each twice as long as the one before, up to a length.

    What has no end, such as a comment, is read again from its beginning with every piece (until expat 2.6): 32 MB of it
    in small pieces took minutes. And whoever reads in a thread lets others run only between pieces.
    """
    at, size = 0, _FIRST_PIECE
    while at < len(body):
        yield body[at : at + size]
        at, size = at + size, min(2 * size, _LONGEST_PIECE)


def _refuse_doctype(body: bytes) -> None:
    """Look for a document type where it can stand, before the first element."""
    begun: list[str] = []

    def refuse(*_declared: object) -> NoReturn:
        raise Doctype

    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, _attributes: begun.append(name)
    for piece in growing(body):
        parser.Parse(piece)
        if begun:
            return
