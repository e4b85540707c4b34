"""What is taken of a draft: of a good summary that has one sentence too many, its first."""

from __future__ import annotations

import pytest

from bot.translate.backends.protocol import Draft, Source
from bot.translate.paper_texts import Work
from bot.translate.text.cleaning import source_texts, without_macros
from storage.records import TextField

pytestmark = pytest.mark.pure

SENTENCE = "We propose FastAttend, a method that reduces the cost of attention by 12.5% on long inputs."
ABSTRACT = f"Large language models are slow. {SENTENCE} It was trained on many documents and works well on all of them."
FIRST = "我们提出 FastAttend，一种在长输入上将注意力成本降低 12.5% 的方法。"
SOURCE = Source("2608.00001", 1, "FastAttend: Faster Attention for Long Inputs", ABSTRACT, SENTENCE)


def taken(summary: str, *, language: str = "zh-CN", of: TextField = TextField.SUMMARY) -> tuple[str | None, Work]:
    work = Work(SOURCE, language)
    draft = Draft(summary=summary) if of is TextField.SUMMARY else Draft(summary_en=summary)
    kept = work.take(draft, "engine")
    assert bool(kept.counted) == (summary != work.texts.get(of))
    return work.texts.get(of), work


def test_the_first_sentence_of_two_is_taken_noted_and_counted() -> None:
    text, work = taken(f"{FIRST}它在许多文档上训练。")
    assert text == FIRST
    assert work.notes == {"summary": ["engine: summary_form, its first sentence taken"]}
    assert taken(FIRST)[0] == FIRST
    english, _ = taken(f"{SENTENCE} It works well.", of=TextField.SUMMARY_EN)
    assert english == SENTENCE


@pytest.mark.parametrize(
    ("summary", "why"),
    [
        ("好。我们提出 FastAttend，一种在长输入上将注意力成本降低的方法。", "says too little"),
        (
            (
                "大语言模型在长输入上速度较慢，人们不满意。我们提出一种方法。它在许多文档上训练。它在长输入上降低成本。"
                "实验表明它优于其他方法。结果在四个数据集上都成立。代码与数据公开。未来的工作还有很多。"
            ),
            "begins a longer text",
        ),
        (
            (
                "我们提出一种方法，它在许多文档上训练，在长输入上降低成本，优于其他方法，在四个数据集上都成立，代码与数据公开，"
                "未来还有很多工作可做，例如把它用于图像、语音和视频，再把它与其他模型结合，看看它在何种条件下仍然成立，"
                "以及它为何有效，又在何时失效，这些问题都值得进一步研究。它很快。"
            ),
            "is too long itself",
        ),
    ],
)
def test_a_first_sentence_that_is_no_summary_is_not_taken(summary: str, why: str) -> None:
    assert taken(summary)[0] is None, why


def test_where_anything_else_is_wrong_nothing_is_taken() -> None:
    work = Work(SOURCE, "zh-CN")
    work.take(Draft(summary=f"{FIRST}见 https://evil.example 的说明。"), "engine")
    assert TextField.SUMMARY not in work.texts


def test_a_character_that_marks_english_sentences_reaches_no_reader_by_itself() -> None:
    work = Work(SOURCE, "zh-CN")
    work.take(Draft(summary=f"\ue000{FIRST}"), "engine")
    assert work.texts[TextField.SUMMARY] == FIRST


def test_a_sentence_that_a_model_did_not_translate_is_marked_and_others_may_do_better() -> None:
    stayed = "It was trained on 1.5 million documents and works well."
    source = Source(
        "2608.00001", 1, "Faster Attention", f"Large language models are slow on inputs. {SENTENCE} {stayed}"
    )
    rest = "大语言模型在输入上速度较慢，人们不满意。" + FIRST
    work = Work(source, "zh-CN")
    kept = work.take(Draft(abstract=f"{rest}It was trained on 150万 documents and works well."), "engine")
    assert kept.texts == (TextField.ABSTRACT,)
    assert TextField.ABSTRACT in work.wanted
    work.settle()
    assert work.texts[TextField.ABSTRACT] == f"{rest} 〔未翻译〕{stayed}"
    assert work.in_english == 1
    better = Work(source, "zh-CN")
    better.take(Draft(abstract=f"{rest}它用 150万 份文档训练，效果很好。"), "engine")
    assert better.texts[TextField.ABSTRACT] == f"{rest}它用 150 万份文档训练，效果很好。"


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\textbf{Fast} and \emph{sound}", "Fast and sound"),
        (r"by 12.5\% of Erdős--Rényi~graphs", "by 12.5% of Erdős–Rényi graphs"),
        (r"$\mathbf{x}\%$ and \cite{a} and \url{https://a.b/c_d} stay", None),
        (r"from \$5 to \$6 each", None),
        (r"``quoted'' a -- b", None),
        ("180{,}000 {seen} models", "180,000 seen models"),
        ("a \x001\x00 \\emph{b}", "a 1 b"),
    ],
)
def test_macros_leave_the_english_before_it_is_translated(latex: str, text: str | None) -> None:
    assert without_macros(latex) == (latex if text is None else text)
    feed = source_texts(f"{latex} (arXiv:2608.00001v1 [cs.CV])", f"arXiv:2608.1v1 Announce Type: new  {latex}")
    assert feed == (without_macros(latex), without_macros(latex))
