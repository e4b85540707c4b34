"""Chinese text is set as Chinese readers expect it; formulas and addresses stay as they are; labels go."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.translate.text.cleaning import clean_abstract, clean_title, clean_translation
from bot.translate.text.spans import spans
from bot.translate.text.typography import chinese, typeset

pytestmark = pytest.mark.pure

TEXTS = st.lists(
    st.sampled_from([*'我们提出，。,.;:()!? \n%"-1', "...", "--", "et al", "BERT", "95.3", "$x, y$", "$n$", "https://a.org/b,c",
                     "（", "）", "（好）", "(好 a)"])
    | st.text(max_size=4),
    max_size=16,
).map("".join)  # fmt: skip


@settings(max_examples=50)
@given(TEXTS)
def test_setting_twice_is_setting_once(text: str) -> None:
    assert chinese(chinese(text)) == chinese(text)


_MARKS = re.compile(r"[\W_]+")


@settings(max_examples=50)
@given(TEXTS)
def test_nothing_but_spaces_and_punctuation_changes(text: str) -> None:
    assert _MARKS.sub("", chinese(text)) == _MARKS.sub("", text)


@settings(max_examples=50)
@given(TEXTS)
def test_protected_stretches_are_not_touched(text: str) -> None:
    after = chinese(text)
    for span in spans(text):
        assert text[span.start : span.end] in after


def test_japanese_sentences_follow_each_other_without_a_space_and_other_languages_stay() -> None:
    assert typeset("遅い。 我々は BERT を使う。 $x$ である。", "ja") == "遅い。我々は BERT を使う。$x$ である。"
    assert typeset("我々は 拡散モデル を使う。", "ja") == "我々は拡散モデルを使う。"
    assert typeset("느리다. 우리는 쓴다.", "ko") == "느리다. 우리는 쓴다."
    assert typeset('快的"BERT",好', "zh-TW") == "快的「BERT」，好"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("我们用BERT模型达到95.3%的准确率", "我们用 BERT 模型达到 95.3% 的准确率"),
        ("综合评估模型(IAM)很好,真的.", "综合评估模型（IAM）很好，真的。"),
        ("模型 (大的) 很好", "模型（大的）很好"),
        ("设$f(a,b)$为函数,其中$n=3$.", "设 $f(a,b)$ 为函数，其中 $n=3$."),
        ("第一句。 第二句 ，第三句。", "第一句。第二句，第三句。"),
        ("比例为3:1,时间为10:30", "比例为 3:1，时间为 10:30"),
        ("代码在https://example.org/a,b。", "代码在 https://example.org/a,b。"),
        ("Only English, here (as is).", "Only English, here (as is)."),
        ("我们使用 扩散模型 处理150万 张图像", "我们使用扩散模型处理 150 万张图像"),
        ("包括:1. 用提示生成,2020年起", "包括：1. 用提示生成，2020 年起"),
        ("FsaNet: 频率自注意力", "FsaNet：频率自注意力"),
        ("MuGI:通过大模型增强", "MuGI：通过大模型增强"),
        ("方法包括: 1. 用提示生成,以及2. 用模型匹配", "方法包括：1. 用提示生成，以及 2. 用模型匹配"),
        ("Good et al. 提出了 GPT-4. 我们不用", "Good et al. 提出了 GPT-4。我们不用"),
        ('名为"ProSparse"的方法', "名为“ProSparse”的方法"),
        ('"伪系数"依赖于 "a b" 的值', "“伪系数”依赖于“a b”的值"),
        ('在 7" 与 8" 的"屏幕"上', '在 7" 与 8" 的"屏幕"上'),
        ("大规模数据集--ImageNet 很大, 用--verbose 运行", "大规模数据集——ImageNet 很大，用--verbose 运行"),
        ("这些发现表明... 收集了。。。", "这些发现表明…… 收集了……"),
    ],
)
def test_spaces_and_punctuation_follow_the_script(before: str, after: str) -> None:
    assert chinese(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("arXiv:2402.15351v1 公告类型：新 提要：本文提出方法。", "本文提出方法。"),
        ("摘要：arXiv:2606.21202v2 公告类型：替换-交叉 摘要：从局部出发。", "从局部出发。"),
        ("arXiv:2403.02514v1 公告类型: 跨领域 摘要: 自主学习。", "自主学习。"),
        ("摘要：本文提出方法。", "本文提出方法。"),
        ("本文研究公告类型：新的分类。", "本文研究公告类型：新的分类。"),
        ("一行\n  又一行", "一行 又一行"),
    ],
)
def test_what_the_feed_put_before_a_text_is_taken_off_its_translation(before: str, after: str) -> None:
    assert clean_translation(before) == after


def test_what_the_feed_put_around_english_texts_is_taken_off() -> None:
    assert clean_title("On\n Things. (arXiv:2307.13894v1 [cs.CY])") == "On Things"
    assert clean_abstract("arXiv:2608.19737v1 Announce Type: cross \nAbstract: We do\nthings.") == "We do things."
    assert clean_abstract("Abstract art is studied.") == "Abstract art is studied."
