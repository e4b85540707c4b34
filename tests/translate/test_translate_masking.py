"""Math, addresses, code and citations come through a translation unchanged, or it is known that they did not."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.translate.text.masking import Form, LostMask, has_masks, mask, together, unmask
from bot.translate.text.spans import spans, urls

pytestmark = pytest.mark.pure

PROTECTED = [
    r"$O(n \log n)$", "$$x^2 = 1$$", r"\(a_i\)", r"\[ \sum_i a_i \]", "https://example.org/a_(b)",
    r"\texttt{pip install}",
    "`x = {}`", r"\cite{someone}", "[3, 7]", "$n$", r"256$\times$256", r"\url{http://example.org}",
]  # fmt: skip
PIECES = st.one_of(
    st.sampled_from(
        [*PROTECTED, "$3$", "{v1}", "{v2}", '<x id="1"/>', "&lt;", "< b > &", "$5", "{", "}", "$", "\\", "`"]
    ),
    st.text(max_size=12),
)
TEXTS = st.lists(PIECES, max_size=12).map(" ".join) | st.lists(PIECES, max_size=8).map("".join)


@settings(max_examples=25)
@given(TEXTS, st.sampled_from(Form))
def test_an_undamaged_translation_gives_the_text_back(text: str, form: Form) -> None:
    masked = mask(text, form=form)
    # A number alone in dollars loses them and nothing else.
    once = unmask(masked.text, masked)
    assert once.replace("$", "") == text.replace("$", "")
    if not re.search(r"\$\d+(\.\d+)?\$", text):
        assert once == text


ALWAYS = st.lists(st.sampled_from(PROTECTED), min_size=2, max_size=4, unique=True)
UNDONE: dict[str, Callable[[str], str]] = {
    "spaces": lambda text: text.replace("{v", "{ v ").replace("}", " }").replace('id="', 'id = "'),
    "full width": lambda text: text.replace("{v", "｛ｖ").replace("}", "｝"),
    "upper case": lambda text: text.replace("{v", "{V").replace("<x id", "<X ID"),
    "reordered": lambda text: " ".join(reversed(text.split("|"))),
    "other digits": lambda text: re.sub(
        r"(?<=v)\d+", lambda text: "".join("٠١٢٣٤٥٦٧٨٩"[int(d)] for d in text[0]), text
    ),
}
DETECTED: dict[str, Callable[[str, str], str]] = {
    "one lost": lambda text, mask_of_last: text.replace(mask_of_last, "", 1),
    "one twice": lambda text, mask_of_last: text + mask_of_last,
    "one unknown": lambda text, mask_of_last: text.replace(mask_of_last, re.sub(r"\d+", "8888", mask_of_last), 1),
    "cut": lambda text, mask_of_last: text[: text.index(mask_of_last)],
    "all lost": lambda text, _: re.sub(r"\{v\d+\}|<x id=\"\d+\"/>", "", text),
}


@given(ALWAYS, st.sampled_from(Form), st.sampled_from(sorted(UNDONE)), st.integers(1, 900))
def test_damage_that_engines_do_to_masks_is_undone(stretches: list[str], form: Form, how: str, first: int) -> None:
    masked = mask(" | ".join(stretches), form=form, first=first, sealed=True)
    restored = unmask(UNDONE[how](masked.text), masked)
    assert all(restored.count(stretch) >= 1 for stretch in stretches)
    assert not has_masks(restored)


@given(ALWAYS, st.sampled_from(Form), st.sampled_from(sorted(DETECTED)), st.integers(1, 900))
def test_other_damage_is_detected(stretches: list[str], form: Form, how: str, first: int) -> None:
    masked = mask(" | ".join(stretches), form=form, first=first, sealed=True)
    last = masked.text.split()[-1] if form is Form.BRACES else masked.text[masked.text.rindex("<x") :]
    with pytest.raises(LostMask):
        unmask(DETECTED[how](masked.text, last), masked)


@settings(max_examples=25)
@given(TEXTS)
def test_spans_are_in_order_and_never_overlap(text: str) -> None:
    ends = 0
    for span in spans(text):
        assert ends <= span.start < span.end <= len(text)
        ends = span.end


@pytest.mark.parametrize("original", PROTECTED)
@pytest.mark.parametrize("form", Form)
def test_what_must_not_change_is_masked_as_one(original: str, form: Form) -> None:
    masked = mask(f"We see {original} here.", form=form)
    assert list(masked.tokens.values()) == [original]
    assert original not in masked.text


@pytest.mark.parametrize(
    ("damaged", "form"),
    [
        ("取 { v2 } 与 {v1}", Form.BRACES),
        ("取｛ｖ２｝与｛V１｝", Form.BRACES),
        ("{v٢} و {v١}", Form.BRACES),
        ("{в2} и { в1}", Form.BRACES),
        ('取 < x id = "2" / > 与 <x id="1"></x>', Form.MARKUP),
        ("取 <X ID='2'/> 与 <x id=“1”/>", Form.MARKUP),
    ],
)
def test_masks_that_an_engine_respelt_or_moved_are_understood(damaged: str, form: Form) -> None:
    masked = mask("Take $a_1$ and $b_2$.", form=form)
    restored = unmask(damaged, masked)
    assert restored.index("$b_2$") < restored.index("$a_1$")
    assert not has_masks(restored)


@pytest.mark.parametrize(
    ("damaged", "missing", "unknown", "repeated"),
    [
        ("{v1}", {2}, set(), set()),
        ("{v1}{v2}{v9}", set(), {9}, set()),
        ("{v1}{v2}{v1}", set(), set(), {1}),
        ("", {1, 2}, set(), set()),
    ],
)
def test_damage_is_named(damaged: str, missing: set[int], unknown: set[int], repeated: set[int]) -> None:
    masked = mask("Take $a_1$ and $b_2$.")
    with pytest.raises(LostMask) as caught:
        unmask(damaged, masked)
    assert set(caught.value.missing) == missing
    assert set(caught.value.unknown) == unknown
    assert set(caught.value.repeated) == repeated


def test_a_summary_may_leave_masks_out_but_not_invent_any() -> None:
    both = together(mask("On $x_1$"), mask("Of $y_1$ and $z_1$", first=2))
    assert unmask("关于 {v3}", both, partial=True) == "关于 $z_1$"
    with pytest.raises(LostMask):
        unmask("关于 {v4}", both, partial=True)


def test_a_mask_that_stands_in_the_source_is_left_alone() -> None:
    masked = mask("The token {v1} and $x_1$")
    assert masked.text == "The token {v1} and {v2}"
    assert unmask("标记 {v1} 和 {v2}", masked) == "标记 {v1} 和 $x_1$"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("between $5 million and $10 million in sales", "between $5 million and $10 million in sales"),
        (r"it costs \$5 and \$6", r"it costs \$5 and \$6"),
        ("with $3$ layers", "with 3 layers"),
        ("costs $5 for all $n_i$ users", "costs $5 for all {v1} users"),
        ("costs $5 $n_i$ times", "costs $5 {v1} times"),
        (r"where $\text{loss of the model}$ falls", "where {v1} falls"),
        ("``quoted'' and `single' words", "``quoted'' and `single' words"),
    ],
)
def test_money_quotes_and_bare_numbers_are_told_from_formulas(text: str, masked: str) -> None:
    assert mask(text).text == masked


def test_an_address_ends_before_the_punctuation_of_the_sentence() -> None:
    text = "See https://example.org/a. 代码在https://example.org/b，见(https://example.org/c_(d))."
    assert urls(text) == {"https://example.org/a", "https://example.org/b", "https://example.org/c_(d)"}
