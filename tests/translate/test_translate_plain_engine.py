"""An engine that only translates texts makes a paper's texts, keeps formulas, and repairs what it breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest
from fakes.pseudo import pseudo
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.translate.backends.plain_engine import PlainBackend, in_chunks
from bot.translate.backends.protocol import BadAnswer, Limited, Order, Source, Tally
from bot.translate.text.marks import left, without_left
from bot.translate.text.masking import Form
from storage.records import TextField

ALL = frozenset(TextField)
SOURCE = Source(
    "2401.00001",
    1,
    "On $k$-means",
    "We propose a fast method for $k$-means. It needs $O(n)$ steps. We test it.",
    "We propose a fast method for $k$-means.",
)


class Engine:
    """A real engine without a wire; `answer` is what it makes of a text at the nth request."""

    name = "engine"

    def __init__(self, answer: Callable[[str, int], str], form: Form = Form.BRACES) -> None:
        self.form = form
        self.asked: list[list[str]] = []
        self.closed = False
        self._answer = answer

    async def translate_texts(self, texts: Sequence[str], language: str, tally: Tally) -> list[str]:
        self.asked.append(list(texts))
        tally.asked(sum(map(len, texts)))
        return [pseudo(self._answer(text, len(self.asked)), language) for text in texts]

    async def close(self) -> None:
        self.closed = True


def lossy(*, when: Callable[[str, int], bool]) -> Engine:
    """Loses the masks of texts as `when` says of the text and the number of the request."""
    return Engine(lambda text, nth: text.replace("{v", "(") if when(text, nth) else text)


@pytest.mark.parametrize("form", Form)
async def test_title_abstract_and_the_sentence_are_translated_with_their_formulas(form: Form) -> None:
    engine = Engine(lambda text, _: text, form)
    draft = await PlainBackend(engine).translate(Order(SOURCE, "zh-CN", ALL))
    assert draft.title
    assert draft.title.count("$k$") == 1
    assert draft.abstract
    assert [draft.abstract.count(formula) for formula in ("$k$", "$O(n)$")] == [1, 1]
    assert draft.summary
    assert draft.summary in draft.abstract
    assert draft.summary_en is None
    # All three together, each closed by a seal.
    assert [len(texts) for texts in engine.asked] == [3]
    assert len({text.rsplit(maxsplit=1)[-1] for text in engine.asked[0]}) == 3


async def test_only_what_is_wanted_is_asked_for() -> None:
    engine = Engine(lambda text, _: text)
    draft = await PlainBackend(engine).translate(Order(SOURCE, "zh-CN", frozenset({TextField.TITLE})))
    assert draft.title
    assert (draft.abstract, draft.summary) == (None, None)
    assert len(engine.asked) == 1


async def test_without_a_sentence_it_chooses_one() -> None:
    source = Source("2401.00001", 1, SOURCE.title, SOURCE.abstract)
    draft = await PlainBackend(Engine(lambda text, _: text)).translate(
        Order(source, "zh-CN", frozenset({TextField.SUMMARY}))
    )
    assert draft.summary


async def test_a_lost_mask_is_asked_for_once_more() -> None:
    engine = lossy(when=lambda _, nth: nth == 1)
    draft = await PlainBackend(engine).translate(Order(SOURCE, "zh-CN", frozenset({TextField.ABSTRACT})))
    assert draft.abstract
    assert "$O(n)$" in draft.abstract
    assert len(engine.asked) == 2


async def test_then_it_is_asked_for_sentence_by_sentence() -> None:
    engine = lossy(when=lambda text, _: text.count("{v") > 1)
    draft = await PlainBackend(engine).translate(Order(SOURCE, "zh-CN", frozenset({TextField.ABSTRACT})))
    assert draft.abstract
    assert "$O(n)$" in draft.abstract
    assert [len(texts) for texts in engine.asked] == [1, 1, 3]


async def test_a_sentence_that_keeps_losing_a_mask_stays_in_english() -> None:
    draft = await PlainBackend(lossy(when=lambda text, _: "fast" in text)).translate(Order(SOURCE, "zh-CN", ALL))
    assert draft.title
    assert draft.abstract
    assert left(draft.abstract) == ["We propose a fast method for $k$-means."]
    assert "$O(n)$" in without_left(draft.abstract)
    assert draft.summary is None


@pytest.mark.parametrize("form", Form)
async def test_a_sentence_that_comes_back_in_english_among_others_is_marked_as_english(form: Form) -> None:
    class Echoing(Engine):
        async def translate_texts(self, texts: Sequence[str], language: str, tally: Tally) -> list[str]:
            made = await super().translate_texts(texts, language, tally)
            echoed = len(self.asked) > 2
            return [text if echoed and "fast" in text else one for text, one in zip(texts, made, strict=True)]

    engine = Echoing(lambda text, nth: text[: len(text) // 2] if nth < 3 else text, form)
    lost = Source(
        "2401.00001", 1, "On $k$-means", "It needs $O(n)$ steps. We propose a fast method for 1.5 million $k$."
    )
    draft = await PlainBackend(engine).translate(Order(lost, "zh-CN", frozenset({TextField.ABSTRACT})))
    assert draft.abstract
    assert left(draft.abstract) == ["We propose a fast method for 1.5 million $k$."]
    assert "$O(n)$" in without_left(draft.abstract)


@pytest.mark.parametrize("form", Form)
async def test_half_a_text_and_the_answer_to_another_text_are_known_by_their_seals(form: Form) -> None:
    source = Source("2401.00001", 1, "On ice", "Ice is cold in every winter. We say so, and so does everybody else.")
    wanted = frozenset({TextField.TITLE, TextField.ABSTRACT})

    class Half(Engine):
        async def translate_texts(self, texts: Sequence[str], language: str, tally: Tally) -> list[str]:
            return [text[: len(text) // 2] for text in await super().translate_texts(texts, language, tally)]

    for engine in (Half(lambda text, _: text, form), Engine(lambda *_: "Something else entirely.", form)):
        with pytest.raises(BadAnswer):
            await PlainBackend(engine).translate(Order(source, "zh-CN", wanted))


async def test_when_no_text_keeps_its_masks_it_is_a_bad_answer() -> None:
    with pytest.raises(BadAnswer):
        await PlainBackend(lossy(when=lambda *_: True)).translate(Order(SOURCE, "zh-CN", ALL))


async def test_what_was_made_before_a_failure_is_kept() -> None:
    def limit(text: str, nth: int) -> str:
        if nth > 1:
            raise Limited("enough")
        return text.replace("{v", "(") if "steps" in text else text

    draft = await PlainBackend(Engine(limit)).translate(Order(SOURCE, "zh-CN", ALL))
    assert draft.title
    assert draft.abstract is None


async def test_a_failure_before_anything_was_made_is_told() -> None:
    def limit(text: str, nth: int) -> str:
        raise Limited(f"{nth} is enough for {text}")

    with pytest.raises(Limited):
        await PlainBackend(Engine(limit)).translate(Order(SOURCE, "zh-CN", ALL))


class Stalling(Engine):
    """Answers once and never again."""

    async def translate_texts(self, texts: Sequence[str], language: str, tally: Tally) -> list[str]:
        if self.asked:
            await asyncio.Event().wait()
        return await super().translate_texts(texts, language, tally)


async def test_a_repair_that_takes_too_long_costs_that_text_alone() -> None:
    engine = Stalling(lambda text, _: text.replace("{v", "(") if "steps" in text else text)
    draft = await PlainBackend(engine, repair_seconds=0.02).translate(Order(SOURCE, "zh-CN", ALL))
    assert draft.title
    assert draft.summary
    assert draft.abstract is None


async def test_a_text_of_formulas_alone_is_not_sent() -> None:
    engine = Engine(lambda text, _: text)
    source = Source("2401.00001", 1, "$E = mc^2$", "")
    draft = await PlainBackend(engine).translate(Order(source, "zh-CN", frozenset({TextField.TITLE})))
    assert draft.title == "$E = mc^2$"
    assert engine.asked == []


async def test_closing_it_closes_the_engine() -> None:
    engine = Engine(lambda text, _: text)
    await PlainBackend(engine).close()
    assert engine.closed


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["We do.", "a", "{v1}", "x" * 30, "数据", "Why?"]), max_size=30), st.integers(4, 40))
def test_chunks_hold_the_whole_text_and_none_is_too_long(words: list[str], limit: int) -> None:
    text = " ".join(words)
    chunks = list(in_chunks(text, limit, lambda part: len(part.encode())))
    assert "".join("".join(chunks).split()) == "".join(text.split())
    assert all(0 < len(chunk.encode()) <= limit for chunk in chunks)
