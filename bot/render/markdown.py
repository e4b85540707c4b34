"""A digest as Markdown: a table of titles and summaries, then every paper's texts as footnotes.

Whatever stands in a title or abstract shows as itself: it can neither leave its table cell nor its footnote. Formulas
stay as they are, between dollars, for readers that draw them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from bot.render.latex import pieces
from bot.render.names import one_line, plain_title
from storage.records import DigestRecord

HEADINGS = ("摘要", "详细")
ENGLISH_HEADINGS = ("Summary", "Details")

_COLUMNS = "| Ref | Title | Summary |\n| --- | --- | --- |\n"
_INDENT = "    "

# A name in brackets, such as [cs.LG], is no link as long as nothing is defined under it; nothing ever is.
_MARKUP = re.compile(
    r"""(?P<name>(?<![\]!^\\])\[[A-Za-z][\w.-]*\](?![(\[:]))
      | [\\`*<~$\[\]]
      | (?<![^\W_])_ | _(?![^\W_])          # within a word an underscore marks nothing
      | &(?=\#?\w+;)""",
    re.VERBOSE,
)
# What makes a heading, a list, a quotation or a rule of a line that begins with it.
_LEADING = re.compile(r"[#>+=-]|\d+(?=[.)])")
# Markup inside a formula that readers without formulas would act upon.
_WILD_FORMULA = re.compile(r"`|\$|\][(\[:]|[!^]\[|\[\^|<[!/?]|<[A-Za-z][^$]*[>\"':]")
_LINK_SAFE = "/:?#[]@!$&'+,;=%~-._"


def render_markdown(records: Sequence[DigestRecord], *, headings: tuple[str, str] = HEADINGS) -> str:
    """The digest of these papers, in order; `headings` stand above the table and above the footnotes."""
    rows = "".join(_row(number, record) for number, record in enumerate(records, start=1))
    notes = "".join(_footnote(number, record) for number, record in enumerate(records, start=1))
    return f"# {headings[0]}\n\n{_COLUMNS}{rows}\n# {headings[1]}\n\n{notes}\n"


def _row(number: int, record: DigestRecord) -> str:
    title = _in_table(plain_title(record.title) or record.arxiv_id)
    return f"| [^{number}] | [{title}]({target(record.link)}) | {_in_table(record.tldr)} |\n"


def _footnote(number: int, record: DigestRecord) -> str:
    """The paper's texts as paragraphs. What says the same as the one before (for readers of English) stands once."""
    title, abstract = paragraph(record.title), paragraph(record.abstract)
    translated_title, translated_abstract = paragraph(record.translated_title), paragraph(record.translated_abstract)
    paragraphs = [
        *([title] if title != translated_title else []),
        f"[{_inline(one_line(record.link))}]({target(record.link)})",
        paragraph(record.tldr),
        paragraph(record.tldr_en),
        *([translated_abstract] if translated_abstract != abstract else []),
        abstract,
    ]
    body = "\n\n".join(_INDENT + paragraph for paragraph in paragraphs)
    return f"[^{number}]: {translated_title or title}\n\n{body}\n{_INDENT}\n"


def target(link: str) -> str:
    """The address with everything percent-encoded that would end it or the table cell."""
    return quote(one_line(link), safe=_LINK_SAFE)


def _in_table(text: str) -> str:
    return _inline(one_line(text), table=True)


def paragraph(text: str) -> str:
    """The text as a paragraph of one line. Spaces at its end mean nothing in Markdown and stay: files compare equal."""
    inline = _inline(one_line(text)) + " " * (len(text) - len(text.rstrip(" ")))
    lead = _LEADING.match(inline)
    if lead is None:
        return inline
    at = lead.end() if lead.group()[0].isdigit() else 0
    return f"{inline[:at]}\\{inline[at:]}"


def _inline(text: str, *, table: bool = False) -> str:
    return "".join(
        _escaped(piece.source, table=table)
        if piece.formula is None or not _tame(piece.formula)
        else f"${_formula(piece.formula.strip(), table=table)}$"
        for piece in pieces(text)
    )


def _escaped(text: str, *, table: bool) -> str:
    text = _MARKUP.sub(lambda match: match.group() if match["name"] else f"\\{match.group()}", text)
    return text.replace("|", "\\|") if table else text


def _formula(source: str, *, table: bool) -> str:
    # A table takes every unescaped bar for its own, even in a formula, and has no way to say "\|" (the norm's bars).
    return source.replace("\\|", "\\Vert ").replace("|", "\\|") if table else source


def _tame(formula: str) -> bool:
    """Whether the formula may stand unescaped: its brackets are pairs and nothing in it is Markdown's."""
    open_brackets = 0
    for character in formula:
        open_brackets += (character == "[") - (character == "]")
        if open_brackets < 0:
            return False
    return open_brackets == 0 and bool(formula.strip()) and _WILD_FORMULA.search(formula) is None
