"""Terms that have one rendering, or stay English: built in, from a file, and added by administrators. Pure.

For language models the terms of a paper are named in the question; for engines they are masked like formulas.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from storage.records import Term

MOST_LETTERS = 80
"""No term and no rendering is longer."""

# Names that are not translated anywhere; spelled as texts spell them.
_STAY = (
    "Transformer", "LLM", "MLLM", "VLM", "BERT", "GPT", "GAN", "VAE", "CNN", "RNN", "LSTM", "ViT", "CLIP", "LoRA",
    "RLHF", "RAG", "NeRF", "Mamba", "ImageNet", "Adam", "SGD", "Lean", "Coq",
)  # fmt: skip
_BUILT_IN: dict[str, dict[str, str]] = {
    "zh-CN": {
        "diffusion model": "扩散模型",
        "prompt": "提示",
        "prompt engineering": "提示工程",
        "large language model": "大语言模型",
        "foundation model": "基础模型",
        "fine-tuning": "微调",
        "self-attention": "自注意力",
        "embedding": "嵌入",
        "few-shot": "少样本",
        "zero-shot": "零样本",
        "reinforcement learning": "强化学习",
        "federated learning": "联邦学习",
        "knowledge distillation": "知识蒸馏",
        "point cloud": "点云",
        "chain-of-thought": "思维链",
        "hallucination": "幻觉",
        "world model": "世界模型",
        "mixture of experts": "混合专家",
        "neural radiance field": "神经辐射场",
        "out-of-distribution": "分布外",
    },
    "zh-TW": {
        "diffusion model": "擴散模型",
        "prompt": "提示",
        "large language model": "大型語言模型",
        "foundation model": "基礎模型",
        "fine-tuning": "微調",
        "reinforcement learning": "強化學習",
        "point cloud": "點雲",
    },
    "ja": {
        "diffusion model": "拡散モデル",
        "prompt": "プロンプト",
        "large language model": "大規模言語モデル",
        "foundation model": "基盤モデル",
        "reinforcement learning": "強化学習",
        "point cloud": "点群",
    },
    "ko": {
        "diffusion model": "확산 모델",
        "prompt": "프롬프트",
        "large language model": "대규모 언어 모델",
        "reinforcement learning": "강화 학습",
        "point cloud": "포인트 클라우드",
    },
}


class BadTerm(ValueError):
    """A line that is no term; the argument says which, and the right form."""


@dataclass(frozen=True)
class Glossary:
    """The terms for one language. Where two are the same the later one holds."""

    terms: tuple[Term, ...] = ()

    @cached_property
    def version(self) -> str:
        """Names the terms: a part of what a translation was made with; empty for none."""
        if not self.terms:
            return ""
        return hashlib.sha256("\n".join(sorted(map(str, self.terms))).encode()).hexdigest()[:8]

    def found_in(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where the terms stand in an English text, the longest first where they overlap: start, end, rendering."""
        if self._pattern is None:
            return
        for found in self._pattern.finditer(text):
            word = found[0]
            term = self._by_key.get(_key(word)) or self._by_key.get(_key(_singular(word)))
            # A name that stays English is one only as it is spelled: `Adam`, but not `adam`, and `LLM`, but not `llm`.
            if term is None or (term.rendering is None and not word.startswith(term.english)):
                continue
            yield found.start(), found.end(), word if term.rendering is None else term.rendering

    def needed_for(self, text: str) -> list[tuple[str, str]]:
        """The terms that stand in the text, with their renderings, each once."""
        found = {text[start:end]: rendering for start, end, rendering in self.found_in(text)}
        return sorted(found.items())

    @cached_property
    def _by_key(self) -> dict[str, Term]:
        return {_key(term.english): term for term in self.terms}

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        if not self.terms:
            return None
        # Spaces and hyphens are one thing in terms, and most have a plural.
        by_letter: dict[str, list[str]] = {}
        for word in sorted((term.english for term in self.terms), key=len, reverse=True):
            form = r"[\s-]".join(re.escape(part) for part in re.split(r"[\s-]+", word))
            by_letter.setdefault(form[0].lower(), []).append(form)
        # Grouped, so that a word is compared with the terms of its letter only.
        forms = (f"(?={re.escape(first)})(?:{'|'.join(some)})" for first, some in by_letter.items())
        return re.compile(rf"(?<![\w\\-])(?:{'|'.join(forms)})s?(?![\w-])", re.IGNORECASE)


def glossary_for(language: str, more: Iterable[Term] = ()) -> Glossary:
    """The built-in terms of a language and these, of which only those for it or for all languages count."""
    built_in = [
        *(Term(name) for name in _STAY),
        *(Term(english, rendering, language) for english, rendering in _BUILT_IN.get(language, {}).items()),
    ]
    terms = {_key(term.english): term for term in [*built_in, *more] if term.language in {language, "*"}}
    return Glossary(tuple(terms.values()))


def parse_term(line: str) -> Term:
    """`prompt = 提示` with a language before it (`zh-CN: …`), or a name alone, which stays as it is. Raises BadTerm."""
    head, colon, rest = line.partition(":")
    language, words = (head.strip(), rest) if colon and "=" not in head else ("*", line)
    english, equals, rendering = (part.strip() for part in words.partition("="))
    if not re.search(r"[A-Za-z]", english) or (equals and not rendering):
        raise BadTerm(f"{line.strip()[:MOST_LETTERS]!r} is no term")
    if language == "*" and rendering:
        raise BadTerm(f"{line.strip()[:MOST_LETTERS]!r} lacks the language of its rendering")
    if len(english) > MOST_LETTERS or len(rendering) > MOST_LETTERS:
        raise BadTerm(f"{english[:MOST_LETTERS]!r} is longer than {MOST_LETTERS} letters")
    return Term(" ".join(english.split()), rendering or None, language)


def read_terms(text: str) -> list[Term]:
    """The terms of a file, one a line; empty lines and `#` comments are passed over. Raises BadTerm with the line."""
    found: list[Term] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            found.append(parse_term(line))
        except BadTerm as error:
            raise BadTerm(f"line {number}: {error}; the right form is: zh-CN: prompt = 提示") from None
    return found


def _key(word: str) -> str:
    return " ".join(re.split(r"[\s-]+", word.lower()))


def _singular(word: str) -> str:
    return word[:-1] if word.lower().endswith("s") else word
