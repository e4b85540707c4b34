"""Terms have one rendering, whoever translates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.translate.backends.prompt import question
from bot.translate.backends.protocol import Order, Source
from bot.translate.text.glossary import BadTerm, Glossary, glossary_for, parse_term, read_terms
from bot.translate.text.masking import mask, unmask
from storage.records import Term, TextField

pytestmark = pytest.mark.pure

TEXT = "Diffusion models and the Transformer follow a prompt; the adam of LLMs is promptly fine."


def found(glossary: Glossary, text: str = TEXT) -> dict[str, str]:
    return dict(glossary.needed_for(text))


def test_built_in_terms_are_found_in_any_case_and_number_and_names_as_they_are_spelled() -> None:
    assert found(glossary_for("zh-CN")) == {
        "Diffusion models": "扩散模型", "Transformer": "Transformer", "prompt": "提示", "LLMs": "LLMs",
    }  # fmt: skip
    assert found(glossary_for("fr")) == {"Transformer": "Transformer", "LLMs": "LLMs"}


def test_more_terms_come_over_the_built_in_ones_of_their_language_only() -> None:
    more = [Term("prompt", "提示词", "zh-CN"), Term("prompt", "invite", "fr"), Term("Diffusion models")]
    assert found(glossary_for("zh-CN", more))["prompt"] == "提示词"
    assert found(glossary_for("fr", more)) == {
        "Diffusion models": "Diffusion models", "Transformer": "Transformer", "LLMs": "LLMs", "prompt": "invite",
    }  # fmt: skip


def test_the_version_names_the_terms() -> None:
    same, other = glossary_for("zh-CN"), glossary_for("zh-CN", [Term("sheep", "羊", "zh-CN")])
    assert same.version == glossary_for("zh-CN", [Term("sheep", "mouton", "fr")]).version
    assert same.version != other.version
    assert Glossary().version == ""


def test_engines_get_terms_as_masks_and_models_get_them_named() -> None:
    glossary = glossary_for("zh-CN")
    masked = mask("A prompt for $n$ LLMs", language="zh-CN", glossary=glossary)
    assert masked.text == "A {v1} for {v2} {v3}"
    assert unmask("给{v2}个{v3}的{v1}", masked) == "给$n$个LLMs的提示"
    source = Source("2401.00001", 1, "A prompt for all", "We prompt diffusion models.")
    asked = question(Order(source, "zh-CN", frozenset(TextField), glossary), "0a")
    assert "Terms: diffusion models = 扩散模型; prompt = 提示" in asked.text


WORDS = st.text(st.sampled_from("abcXYZ- "), min_size=1, max_size=20).map(str.strip).filter(bool)


@given(st.lists(st.tuples(WORDS, st.none() | WORDS, st.sampled_from(["zh-CN", "ja"]))))
def test_terms_are_written_and_read_again(terms: list[tuple[str, str | None, str]]) -> None:
    written = [
        Term(" ".join(word.split()), rendering, language) for word, rendering, language in terms if word[0] != "-"
    ]
    written = [term for term in written if any(char.isalpha() for char in term.english)]
    assert read_terms("# terms\n\n" + "\n".join(map(str, written))) == written


def test_the_line_of_a_file_that_is_wrong_is_named_with_the_right_form() -> None:
    with pytest.raises(BadTerm, match=r"line 2: .*; the right form is: zh-CN: prompt = 提示"):
        read_terms("LLM\nprompt = 提示\n")


@pytest.mark.parametrize(
    ("line", "term"),
    [
        ("zh-CN: prompt = 提示", Term("prompt", "提示", "zh-CN")),
        ("GraphEase", Term("GraphEase")),
        ("ja: GraphEase", Term("GraphEase", None, "ja")),
        ("  ko:world   model=세계 모델 ", Term("world model", "세계 모델", "ko")),
    ],
)
def test_terms_are_written_as_people_write_them(line: str, term: Term) -> None:
    assert parse_term(line) == term


@pytest.mark.parametrize(
    "line", ["", "提示", "prompt = 提示", "zh-CN: prompt =", "= 提示", "zh-CN: 提示 = 提示", "x" * 90]
)
def test_what_is_no_term_is_refused(line: str) -> None:
    with pytest.raises(BadTerm):
        parse_term(line)
