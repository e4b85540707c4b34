"""One LaTeX formula to Unicode, as far as a line of text can show it."""

from __future__ import annotations

import re

from bot.render.symbols import ACCENTS, ALPHABETS, LETTERS, SIGNS, SUBSCRIPTS, SUPERSCRIPTS

# What a line of text cannot show better than its source: environments, rows and columns, definitions.
_TOO_MUCH = re.compile(r"\\(?:begin|end|def|newcommand|matrix|substack|overset|underset|stackrel)\b|\\\\|(?<!\\)&")
_TOKEN = re.compile(r"\\(?P<name>[a-zA-Z]+)\*?|\\(?P<sign>.)|(?P<space>\s+)|(?P<char>.)", re.DOTALL)
_TEXT = frozenset({"text", "mathrm", "textrm", "mbox", "hbox", "operatorname", "mathsf", "mathtt", "textsf", "texttt",
                   "mathbf", "boldsymbol", "bm", "mathit", "textit", "textbf", "mathop", "emph", "pmb", "mathnormal",
                   "textsc", "textnormal", "ensuremath"})  # fmt: skip
_VERBATIM = frozenset(
    {"text", "textrm", "mbox", "hbox", "textsf", "texttt", "textit", "textbf", "emph", "textsc", "textnormal"}
)
_NOTHING = frozenset({"left", "right", "middle", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl",
                      "biggr", "Biggl", "Biggr", "displaystyle", "textstyle", "scriptstyle", "limits", "nolimits", "rm",
                      "bf", "it", "sf", "tt", "nonumber", "mathstrut", "relax"})  # fmt: skip
_SPACES = frozenset({"quad", "qquad", "enspace", "space", "thinspace", "hspace", "hfill"})
_FRACTIONS = frozenset({"frac", "tfrac", "dfrac", "cfrac", "nicefrac", "sfrac"})
_BINOMIALS = frozenset({"binom", "dbinom", "tbinom"})
_CONTROL_SIGNS = SIGNS | dict.fromkeys(" ,;:>", " ") | dict.fromkeys("!/", "")
_CHARACTERS = {"~": " ", "'": "′", "-": "−"}
_ROOTS = {"3": "∛", "4": "∜"}
_NEGATED = {
    "=": "≠",
    "∈": "∉",
    "⊂": "⊄",
    "⊆": "⊈",
    "≡": "≢",
    "∼": "≁",
    "≈": "≉",
    "∣": "∤",
    "<": "≮",
    ">": "≯",
    "∃": "∄",
}
_DEEPEST = 16
_SIMPLE = re.compile(r"[^\W_]+(?:[′*†⁰-₟²³¹ᴬ-ᶿ\u0300-\u036f.]|[^\W_])*")


class _GiveUpError(Exception):
    """The formula is better shown as its source."""


def formula_to_unicode(source: str) -> str:
    r"""The formula between its delimiters as text: \alpha → α, x^2 → x², \frac{a}{b} → a/b, \log n → log n.

    A macro that is not known keeps its name. A formula that would lose its shape (environments, rows, stacks) and one
    that is not well-formed stay as LaTeX.
    """
    if _TOO_MUCH.search(source):
        return source.strip()
    try:
        return _Reader(source).whole()
    except _GiveUpError:
        return source.strip()


class _Reader:
    def __init__(self, source: str) -> None:
        self._tokens = [(str(match.lastgroup), match[str(match.lastgroup)]) for match in _TOKEN.finditer(source)]
        self._at = 0
        self._depth = 0

    def whole(self) -> str:
        text = self._sequence()
        if self._at < len(self._tokens):
            raise _GiveUpError  # a brace closes what none opened
        return " ".join(text.split())

    def _sequence(self) -> str:
        """Everything up to a closing brace or the end."""
        out = ""
        word = False
        while self._at < len(self._tokens) and self._peek() != ("char", "}"):
            kind, value = self._peek()
            text, is_word = self._atom()
            # Names of macros must not grow together with their neighbours: "2\\log n" is "2 log n".
            if out and text and (word or is_word) and out[-1].isalnum() and text[0].isalnum() and value not in "^_":
                out += " "
            # "d\\times d": the space only ends the macro's name, unless there is one on the other side too.
            if kind == "name" and value in SIGNS and self._peek()[0] == "space" and not out.endswith(" "):
                self._at += 1
            out += text
            if text:
                word = is_word
        return out

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _atom(self) -> tuple[str, bool]:  # noqa: PLR0911 - one return for each kind of token
        """The next thing, and whether it is a word that wants space around it."""
        kind, value = self._tokens[self._at]
        self._at += 1
        if kind == "name":
            return self._macro(value)
        if kind == "space":
            return " ", False
        if kind == "sign":
            return _CONTROL_SIGNS.get(value, value), False
        if value == "{":
            return self._group(), False
        if value == "^":
            return _script(self._argument(), SUPERSCRIPTS, "^"), False
        if value == "_":
            return _script(self._argument(), SUBSCRIPTS, "_"), False
        return _CHARACTERS.get(value, value), False

    def _group(self) -> str:
        """What stands up to the closing brace, which is consumed."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _GiveUpError
        text = self._sequence()
        if self._at >= len(self._tokens):
            raise _GiveUpError
        self._at += 1
        self._depth -= 1
        return text

    def _argument(self) -> str:
        """A group or a single thing, as macros and scripts take it."""
        while self._peek()[0] == "space":
            self._at += 1
        if self._peek() in {("end", ""), ("char", "}")}:
            raise _GiveUpError
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _GiveUpError
        text = self._atom()[0].strip()
        self._depth -= 1
        return text

    def _optional(self) -> str | None:
        """What stands in square brackets, if they come next."""
        if self._peek() != ("char", "["):
            return None
        self._at += 1
        out = ""
        while self._peek() != ("char", "]"):
            if self._peek() in {("end", ""), ("char", "}")}:
                raise _GiveUpError
            out += self._atom()[0]
        self._at += 1
        return out

    def _verbatim(self) -> str:
        """A group of text: its spaces count and its signs are no operators."""
        if self._peek() != ("char", "{"):
            return self._argument()
        start = self._at + 1
        text = self._argument()
        plain = self._tokens[start : self._at - 1]
        if all(kind in {"char", "space"} and value not in {"{", "}", "$"} for kind, value in plain):
            return "".join(" " if kind == "space" else value for kind, value in plain)
        return text

    def _macro(self, name: str) -> tuple[str, bool]:
        """A macro that takes no argument, else one that does."""
        if name in LETTERS:
            if self._peek()[0] == "space":
                self._at += 1
            return LETTERS[name], False
        if name in SIGNS:
            return SIGNS[name], False
        if name in _SPACES:
            return " ", False
        if name in _NOTHING:
            if name in {"left", "right"} and self._peek() == ("char", "."):
                self._at += 1  # \left. draws nothing
            return "", False
        if name in _TEXT:
            text = self._verbatim() if name in _VERBATIM else self._argument()
            return text, len(text) > 1
        built = self._built(name)
        return (name, True) if built is None else (built, False)

    def _built(self, name: str) -> str | None:  # noqa: PLR0911 - one return for each kind of macro
        """A macro that makes something of its arguments; None for an unknown one."""
        if name in ALPHABETS:
            return "".join(ALPHABETS[name].get(letter, letter) for letter in self._argument())
        if name in ACCENTS:
            return "".join(letter if letter == " " else letter + ACCENTS[name] for letter in self._argument())
        if name in _FRACTIONS:
            return f"{_operand(self._argument())}/{_operand(self._argument())}"
        if name in _BINOMIALS:
            return f"C({self._argument()}, {self._argument()})"
        if name == "sqrt":
            return self._root()
        if name == "pmod":
            return f" (mod {self._argument()})"
        if name == "not":
            struck = self._argument()
            return _NEGATED.get(struck, f"{struck}\u0338")
        return None

    def _root(self) -> str:
        degree = self._optional()
        radicand = self._argument()
        inner = radicand if _SIMPLE.fullmatch(radicand) else f"({radicand})"
        if degree is None or degree == "2":
            return f"√{inner}"
        return f"{_ROOTS[degree]}{inner}" if degree in _ROOTS else f"{_script(degree, SUPERSCRIPTS, '^')}√{inner}"


def _script(text: str, table: dict[str, str], mark: str) -> str:
    if text and all(letter in table for letter in text):
        return "".join(table[letter] for letter in text)
    return f"{mark}{text}" if len(text) <= 1 else f"{mark}({text})"


def _operand(text: str) -> str:
    return text if len(text) == 1 or _SIMPLE.fullmatch(text) else f"({text})"
