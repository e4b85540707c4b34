from __future__ import annotations

import pytest
from fakes.render_material import hostile_text
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render.latex import pieces, to_unicode

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"$\alpha$-stable", "α-stable"),
        (r"$\mathcal{O}(n \log n)$", "𝒪(n log n)"),
        (r"$2\log n$", "2 log n"),
        (r"$\log\log n$", "log log n"),
        (r"$\mathbb{R}^n$", "ℝⁿ"),
        (r"$x^{2}$ and $x_{ij}$", "x² and xᵢⱼ"),
        (r"$x^{qq}_{B}$", "x^(qq)_B"),
        (r"$10^{-3}$", "10⁻³"),
        (r"H$_2$O", "H₂O"),
        (r"$a_{\text{max}}$", "aₘₐₓ"),
        (r"$90^\circ$", "90°"),
        (r"$\mathbf{x}^\top$", "xᵀ"),
        (r"$\frac{1}{2}$", "1/2"),
        (r"$\frac{a+b}{c}$", "(a+b)/c"),
        (r"$\sqrt{x}$ $\sqrt{x+1}$ $\sqrt[3]{x}$", "√x √(x+1) ∛x"),
        (r"$\hat{x}$", "x\u0302"),
        (r"$\leq 3$ $p\leq q$ $a \to b$", "≤3 p≤q a → b"),
        (r"$256\times256$", "256×256"),
        (r"$d\times d$", "d×d"),
        (r"$\Delta t$", "Δt"),
        (r"$\left\{a\right.$", "{a"),
        (r"$\|x\|$", "‖x‖"),
        (r"$\operatorname{argmin}_x f$", "argminₓ f"),
        (r"$\text{where }x \not= y$", "where x ≠ y"),
        (r"$\mystery{a} b$", "mystery a b"),
        (r"$x\,y\!z$", "x yz"),
        (r"\(x^2\) and \[y_1\]", "x² and y₁"),
        (r"$$x$$", "x"),
        (r"$\begin{pmatrix} 1 & 0 \end{pmatrix}$", r"\begin{pmatrix} 1 & 0 \end{pmatrix}"),
        (r"$\frac{a$", r"\frac{a"),
        (r"$a}b$", "a}b"),
        ("from $5 to $10, $5-$10", "from $5 to $10, $5-$10"),
        (r"256$\times$256 at $<$30W", "256×256 at <30W"),
        (r"50\% of \$3 \& \#1 in a\_b", "50% of $3 & #1 in a_b"),
        (r"a 50% gain", "a 50% gain"),
        (r"\emph{all \textbf{of} it}", "all of it"),
        (r"{\em all} of {DNA} and {B}ayes, set \{a\}", "all of DNA and Bayes, set {a}"),
        (r"see \cite{a,b}, \citep[p. 3]{c}.", "see,."),
        (r"code at \url{https://a.example/~b--c_d}", "code at https://a.example/~b--c_d"),
        (r"\href{https://a.example}{the site}", "the site"),
        ("``so'' 1--2, a---b, --flag", "“so” 1–2, a—b, --flag"),
        ("Fig.~3 is ~5x", "Fig. 3 is ~5x"),
        (r"\LaTeX\ and \foo{bar}", "LaTeX and foo bar"),
        (r"text \alpha", "text α"),
        (r"up to \textbf{3$\times$ faster {\em and $n$}} of $x$~y, $a$--$b$", "up to 3× faster and n of x y, a–b"),
        (r"\emph{$\begin{pmatrix} 1 & 0 \end{pmatrix}$}", r"\begin{pmatrix} 1 & 0 \end{pmatrix}"),
        (
            r"5{,}084 punctures, $B{=}32$, B{=}32, {E3VS-Bench}, \model{} and {a, b}",
            "5,084 punctures, B=32, B=32, E3VS-Bench, model and {a, b}",
        ),
    ],
)
def test_latex_reads_as(source: str, text: str) -> None:
    assert to_unicode(source) == text


def test_formulas_nested_too_deeply_stay_as_they_are() -> None:
    source = "{" * 500 + "x" + "}" * 500
    assert to_unicode(f"${source}$") == source


@settings(deadline=None)
@given(hostile_text(30))
def test_anything_can_be_read(text: str) -> None:
    assert isinstance(to_unicode(text), str)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([r"\log", r"\foo", "^", "_", "{", "}", r"\frac", r"\sqrt", "[", "]", "x", " ", r"\not"]))
)
def test_any_formula_can_be_read(parts: list[str]) -> None:
    assert "$" not in to_unicode("$x" + "".join(parts) + "x$")


@settings(deadline=None)
@given(st.lists(st.sampled_from(["loss", r"\log", r"\textbf{bold}", r"$\sin x$", r"\foo", r"{\it tilt}", "1--2"])))
def test_words_are_never_lost(parts: list[str]) -> None:
    read = to_unicode(" ".join(parts))
    for part, word in [("loss", "loss"), (r"\log", "log"), (r"\textbf{bold}", "bold"), (r"$\sin x$", "sin x")]:
        assert read.count(word) >= parts.count(part)


@given(st.text("ab ,.!?()中文，。0123456789", max_size=60))
def test_text_without_latex_stays_as_it_is(text: str) -> None:
    assert to_unicode(text) == text


@settings(deadline=None)
@given(hostile_text(30))
def test_cutting_out_formulas_loses_nothing(text: str) -> None:
    assert "".join(piece.source for piece in pieces(text)) == text
