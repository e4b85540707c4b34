"""Papers for the renderers' tests: an ordinary one, and strategies for hostile ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

from storage.records import AnnounceType, BilingualPaper, Digest, DigestRecord, Paper, Translation

T = TypeVar("T")

PAPER = Paper(
    arxiv_id="2608.01234",
    version=1,
    title="Sparse Attention Needs $O(n \\log n)$ Time",
    abstract="We show that sparse attention needs $O(n \\log n)$ time. A matching upper bound is given.",
    authors=("Ada Byron", "Emmy Noether"),
    primary_category="cs.LG",
    cross_lists=("cs.CC",),
    submitted_at=datetime(2026, 8, 19, 12, tzinfo=UTC),
    announced_on=date(2026, 8, 21),
)
TRANSLATION = Translation(
    arxiv_id=PAPER.arxiv_id,
    version=1,
    language="zh-CN",
    source_hash=PAPER.source_hash,
    title="稀疏注意力需要 $O(n \\log n)$ 时间",
    abstract="我们证明稀疏注意力需要 $O(n \\log n)$ 时间，并给出匹配的上界。",
    summary="稀疏注意力的时间下界为 $O(n \\log n)$，且是紧的。",
    summary_en="Sparse attention needs $O(n \\log n)$ time, and this is tight.",
    made_by={"title": "openai:small-model", "abstract": "openai:small-model", "summary_en": "extractive"},
)
ENTRY = BilingualPaper(PAPER, TRANSLATION, AnnounceType.NEW)
RECORD = DigestRecord(
    arxiv_id="2608.01234",
    link="https://arxiv.org/abs/2608.01234",
    title="A Title",
    abstract="An abstract.",
    translated_title="一个标题",
    translated_abstract="一段摘要。",
    tldr="一句话。",
    tldr_en="One sentence.",
)

# Pieces that mean something to Markdown, HTML, LaTeX or a terminal; runs of them hit what single characters do not.
_NASTY = (
    "|", "\\|", "\\", "\\\\", "](", "[^1]", "[^1]: x", "](http://evil.example)", "![", "[a](b)", "[cs.LG]", "[a]: b",
    "`", "``", "$", "$$", "$x$", "$a_{i}|b|$", "$[0,1)$", "$`$", "$x^[", "^[note]", "<b>", "</blockquote>", "<!--",
    "<a href='x'>", "<https://evil.example>", "&lt;", "&amp", "&#124;", "&", "*", "**", "_", "__", "~~", "~", "#",
    "\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\x00", "\x1b[31m", "\u202e", "\u2066", "\ud800", "\ufeff",
    "    ", "\t", "- ", "1. ", "> ", "---", "===", "```", ":::", "\\(", "\\)", "\\[", "\\begin{x}", "\\frac{", "{", "}",
    "\\href{", "\\emph{a}", "😀", "e\u0301", "中文", "，", "word", " ", "\n\n", "\n| a | b | c |\n", "\n# h",
    "\n[^9]: y",
)  # fmt: skip


_KINDS = len(_NASTY) + 20


@cache
def hostile_text(longest: int = 12) -> st.SearchStrategy[str]:
    """Texts that try to be something else: of pieces such as these and of whatever characters Unicode has."""
    # Each byte is a piece. Lists of pieces and texts took five times as long, and a paper has more than twenty texts.
    return st.binary(max_size=longest).map(_spelled)


def _spelled(data: bytes) -> str:
    pieces: list[str] = []
    rest = iter(data)
    for byte in rest:
        kind = byte % _KINDS - len(_NASTY)
        if kind < 0:
            pieces.append(_NASTY[kind])
        elif kind % 2:
            pieces.append(chr(next(rest, 0)))
        else:
            pieces.append(chr((next(rest, 0) << 8 | next(rest, 0)) + 0x10000 * (kind // 18)))
    return "".join(pieces)


def hostile_records() -> st.SearchStrategy[DigestRecord]:
    """Records with an honest id and link, and hostile texts."""
    text = hostile_text()
    return st.builds(
        replace,
        st.just(RECORD),
        title=text,
        abstract=text,
        translated_title=text,
        translated_abstract=text,
        tldr=text,
        tldr_en=text,
    )


@st.composite
def hostile_entries(draw: st.DrawFn, *, stretch: tuple[int, ...] = (1, 1, 1, 40)) -> BilingualPaper:
    """Bilingual papers of hostile texts, some of them far too long."""
    # All choices in one draw, and each text with its own: one by one they took longer than rendering the paper.
    choices = iter(draw(st.binary(min_size=32, max_size=32)))

    def one_of(options: Sequence[T]) -> T:
        return options[next(choices) % len(options)]

    def text(longest: int = 12) -> str:
        return draw(hostile_text(longest)) * one_of(stretch)

    def optional(longest: int = 12) -> str | None:
        kind = one_of(range(3))
        return draw(hostile_text(longest)) if kind == 2 else "" if kind else None

    authors = [draw(hostile_text(3)) for _ in range(one_of(range(8)))]
    paper = Paper(
        arxiv_id=one_of(["2608.01234", "hep-th/9901001", '"><b>|']),
        version=one_of(range(1, 13)),
        title=text(),
        abstract=text(20),
        authors=tuple(authors) * one_of([1, 150]),
        primary_category=one_of(["cs.LG", "<i>"]),
        cross_lists=("cs.AI",) * one_of([0, 2, 40]),
        submitted_at=one_of([None, datetime(2026, 8, 19, tzinfo=UTC)]),
        updated_at=one_of([None, datetime(2026, 8, 20, tzinfo=UTC)]),
        announced_on=one_of([None, date(2026, 8, 21)]),
        comment=optional(),
        doi=optional(3),
        withdrawn=one_of([False, True]),
    )
    translation = Translation(
        arxiv_id=paper.arxiv_id,
        version=paper.version,
        language=one_of(["zh-CN", "en"]),
        source_hash="0" * 32,
        title=optional(),
        abstract=(optional() or "") * one_of(stretch) or None,
        summary=(optional() or "") * one_of(stretch) or None,
        summary_en=optional(),
        made_by={draw(hostile_text(1)): draw(hostile_text(3)) for _ in range(one_of(range(4)))},
    )
    return BilingualPaper(paper, translation, one_of([None, *AnnounceType]))


TOGETHER = 4
"""Papers of an example of `papers_together`."""


def papers_together(**how: Any) -> st.SearchStrategy[list[list[BilingualPaper]]]:
    """Four hostile papers in lists of one, two or four, so that a number of examples is a number of papers."""
    four = st.lists(hostile_entries(**how), min_size=TOGETHER, max_size=TOGETHER)
    sizes = st.sampled_from([1, 2, TOGETHER])
    return st.builds(lambda papers, size: [papers[at : at + size] for at in range(0, TOGETHER, size)], four, sizes)


def digest(*categories: str, days: tuple[date, ...] = (date(2026, 8, 21),), language: str = "zh-CN") -> Digest:
    """A digest's frame; renderers take the entries apart from it."""
    return Digest(categories or ("cs.CV", "cs.LG"), days, language, "zh", ())
