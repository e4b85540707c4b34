"""Sentences are told apart in scientific English, and one of them stands for the paper."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.translate.text.spans import spans
from bot.translate.text.summary import split_sentences, summary_sentence

pytestmark = pytest.mark.pure

PIECES = st.sampled_from(
    ["We prove it.", "e.g.", "Fig. 3", "et al.", "3.14", "$x. Y$", r"\(A. B\)",
     "Is it so?", "The end!", "…", "A.", "a", "  \n", "https://a.org/b."]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=12).map(" ".join)


@settings(max_examples=25)
@given(TEXTS)
def test_no_character_is_lost_between_sentences(text: str) -> None:
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())


@settings(max_examples=25)
@given(TEXTS)
def test_no_sentence_ends_inside_a_formula(text: str) -> None:
    at = 0
    borders = []
    for sentence in split_sentences(text):
        at = text.index(sentence, at) + len(sentence)
        borders.append(at)
    assert not any(span.start < border < span.end for span in spans(text) for border in borders)


ABBREVIATED = st.sampled_from(
    ["e.g.", "i.e.", "cf.", "vs.", "Fig.", "Figs.", "Eq.", "Eqs.", "Sec.", "Ref.", "Dr.", "w.r.t.", "resp."]
)


@given(ABBREVIATED, st.sampled_from(["3", "The", "We", "Smith", "(2)", "$x$", "A", "12.5"]))
def test_no_sentence_ends_at_an_abbreviation(short: str, following: str) -> None:
    text = f"It is shown, {short} {following} and others say so."
    assert split_sentences(f"{text} We go on.") == (text, "We go on.")


@pytest.mark.parametrize(
    "sentence",
    [
        "Models, e.g. Transformers, are slow.",
        "We follow Smith et al. (2020) and others.",
        "As Fig. 3 and Eq. (2) show, it works.",
        "It reaches 95.3 points vs. 90.1 before.",
        "The proof of J. R. Smith is long.",
        "We take $f(x) = 0. Y$ as given.",
        "The U.S. Census counts them, i.e. All of them.",
        "See https://example.org/a.b for No. 5 of it.",
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(sentence: str) -> None:
    assert split_sentences(f"{sentence} We go on.") == (sentence, "We go on.")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("First one. Second one! Third one? Fourth.", 4),
        ("We use method A. The rest is easy.", 2),
        ("They cite Smith et al. However, we do not.", 2),
        ('He said "no." We said "yes."', 2),
        ("One that is cut in the mid", 1),
        ("It ends with $x$. $Y$ begins.", 2),
        ("", 0),
    ],
)
def test_sentences_are_counted_as_a_reader_would(text: str, count: int) -> None:
    assert len(split_sentences(text)) == count


ABSTRACT = (
    "Graph neural networks are popular. They are hard to train. How can this be helped? "
    "In this paper, we propose GraphEase, a training schedule for graph neural networks that needs no tuning. "
    "Code is at https://example.org/graphease."
)


def test_the_sentence_that_says_what_is_proposed_stands_for_the_paper() -> None:
    chosen = summary_sentence("GraphEase: Training Graph Neural Networks with Ease", ABSTRACT)
    assert chosen.startswith("In this paper, we propose GraphEase")


def test_a_sentence_too_long_for_a_summary_gives_way_to_one_that_fits() -> None:
    long = "In this paper we propose " + "a very careful and slow treatment of many things, " * 7 + "at last."
    short = "We show that the method for graphs is better than all known methods for graphs."
    assert summary_sentence("A method for graphs", f"{long} {short}") == short


@settings(max_examples=25)
@given(st.text(max_size=40), TEXTS)
def test_every_abstract_has_a_sentence_of_its_own(title: str, abstract: str) -> None:
    chosen = summary_sentence(title, abstract)
    assert bool(chosen) == bool(abstract.split())
    assert chosen in " ".join(abstract.split())
