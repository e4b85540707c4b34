from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.segment import Term, Text, document, label, segment, terms

pytestmark = pytest.mark.pure

_texts = st.text(
    st.one_of(st.sampled_from("扩散模型的图像 かなガ한국어 aeiousAÖßø0-9 $\\_'．，"), st.characters()), max_size=30
)


def test_texts_become_words_that_can_be_found() -> None:
    assert segment("GPT-4’s Schrödinger bridges, LLM增强的扩散模型") == (
        "gpt 4 s schrodinger bridge llm 增强 强的 的扩 扩散 散模 模型 型"
    )


def test_each_word_stands_once_and_the_dullest_not_at_all() -> None:
    assert segment("The model of a model", "Models") == "model"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("扩散模型", [Term("扩散"), Term("散模"), Term("模型")]),
        ("图", [Term("图", beginning=True)]),
        ("Studies", [Term("study")]),
        ("gas bus analysis glasses", [Term("gas"), Term("bus"), Term("analysis"), Term("glasse")]),
        ("the", []),
        ("", []),
    ],
)
def test_what_is_typed_becomes_the_same_words(typed: str, found: list[Term]) -> None:
    assert terms(typed) == found


def test_while_somebody_types_the_last_word_may_go_on() -> None:
    assert terms("diffusion med", unfinished=True) == [Term("diffusion"), Term("med", beginning=True)]
    assert terms("diffusion me", unfinished=True) == [Term("diffusion"), Term("me")]
    assert terms("diffusion med ", unfinished=True) == [Term("diffusion"), Term("med")]


@given(_texts, _texts)
def test_whatever_stands_in_a_text_is_found_by_itself(text: str, more: str) -> None:
    words = segment(more, text).split(" ")
    for term in (*terms(text), *terms(f"{text} w", unfinished=True)[:-1]):
        assert term.word in words or (term.beginning and any(word.startswith(term.word) for word in words))


@given(_texts)
def test_words_hold_nothing_that_a_database_reads_as_more_than_a_word(text: str) -> None:
    for term in terms(text):
        assert term.word
        assert not any(char in "\"'\\:*()&|!<>" or char.isspace() for char in term.word)


@pytest.mark.parametrize(
    ("arxiv_id", "submitted", "announced", "day"),
    [
        ("2608.00001", datetime(2026, 8, 19, tzinfo=UTC), date(2026, 8, 21), date(2026, 8, 19)),
        ("2608.00001", None, date(2026, 8, 21), date(2026, 8, 21)),
        ("2607.31999", None, date(2026, 8, 3), date(2026, 8, 3)),
        ("2401.00001", None, date(2026, 8, 21), date(2024, 1, 1)),
        ("hep-th/9901001", None, None, date(1999, 1, 1)),
        ("nonsense", None, None, date.min),
    ],
)
def test_a_paper_is_as_old_as_its_first_version(
    arxiv_id: str, submitted: datetime | None, announced: date | None, day: date
) -> None:
    made = document(
        arxiv_id,
        texts=[Text("A", "B")],
        authors=[],
        categories=["cs.CV", "astro-ph.CO"],
        submitted_at=submitted,
        announced_on=announced,
    )
    assert made.day == day
    assert made.labels == "catastroph catastrophco catcs catcscv"
    assert label("astro-ph") in made.labels.split(" ")
