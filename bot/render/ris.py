"""Papers as RIS, which EndNote, Zotero, Mendeley and other reference managers read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.render.annotated_paper import Noted, year_of
from bot.render.author_names import name_of
from bot.render.latex import to_unicode
from bot.render.names import abs_url, one_line, plain_title


def render_ris(papers: Sequence[Noted]) -> str:
    """One record per paper, in order; a field is a line, and formulas are Unicode as far as it goes."""
    return "\r\n".join("".join(f"{tag}  - {text}\r\n" for tag, text in _fields(paper)) for paper in papers)


def _fields(noted: Noted) -> Iterator[tuple[str, str]]:
    paper = noted.paper
    journal = one_line(paper.journal_ref or "")
    yield "TY", "JOUR" if journal else "UNPB"
    yield "TI", to_unicode(plain_title(paper.title)) or paper.arxiv_id
    for author in paper.authors:
        name = name_of(author)
        if name.family:
            yield "AU", ", ".join(part for part in (name.family, name.given, name.suffix) if part)
    if year := year_of(paper):
        yield "PY", year
    if paper.submitted_at is not None:
        yield "DA", f"{paper.submitted_at:%Y/%m/%d}"
    optional = {
        "JO": journal,
        "AB": to_unicode(one_line(paper.abstract)),
        "DO": one_line(paper.doi or ""),
        "N1": one_line(noted.note),
    }
    yield from ((tag, text) for tag, text in optional.items() if text)
    yield from (("KW", one_line(category)) for category in paper.categories)
    yield "AN", f"arXiv:{one_line(paper.arxiv_id)}"
    yield "UR", abs_url(paper.arxiv_id)
    yield "ER", ""
