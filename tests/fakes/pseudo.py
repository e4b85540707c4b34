"""Made-up translations, in letters of the right script, of the right length, and always the same."""

from __future__ import annotations

import hashlib
import re

_SCRIPTS: dict[str, tuple[str, float]] = {
    "zh": ("的研究方法模型数据学习问题提出分析结果性能网络优化系统理论实验训练图像语言任务特征算法", 0.32),
    "zh-TW": ("的研究方法模型數據學習問題提出分析結果性能網絡優化系統理論實驗訓練圖像語言任務特徵算法", 0.32),
    "ja": ("あいうえおかきくけこさしすせそたちつてとなにぬねの研究方法", 0.5),
    "ko": ("가나다라마바사아자차카타파하연구방법모델", 0.5),
    "ru": ("абвгдежзиклмнопрстуфхцч", 1.0),
    "ar": ("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", 0.9),
    "hi": ("अआइईउऊकखगघचछजझटठडढणतथद", 0.9),
    "th": ("กขคงจฉชซญดตถทธนบปผฝพฟภมยรลวสหอ", 0.9),
    "he": ("אבגדהוזחטיכלמנסעפצקרשת", 0.8),
    "iw": ("אבגדהוזחטיכלמנסעפצקרשת", 0.8),
    "fa": ("ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی", 0.9),
    "el": ("αβγδεζηθικλμνξοπρστυφχψω", 1.1),
    "bn": ("অআইঈউকখগঘচছজঝটঠডঢণতথদ", 0.9),
    "": ("abdefilmnoprstuvéèàç", 1.1),
}
_TOKEN = re.compile(
    r"(?P<kept>\{v\d+\}|<x id=\"\d+\"/>|&\w+;|https?://\S+|\d+[.,]\d+)|(?P<word>[A-Za-z][\w'-]*)|(?P<rest>.)", re.DOTALL
)
_WIDE = {".": "。", ",": "，", ";": "；", ":": "：", "?": "？", " ": ""}
_LANGUAGE_WORDS = {
    "Traditional": "zh-TW",
    "Chinese": "zh",
    "Japanese": "ja",
    "Korean": "ko",
    "Russian": "ru",
    "Arabic": "ar",
    "Hindi": "hi",
    "Thai": "th",
    "Hebrew": "he",
    "Persian": "fa",
    "Greek": "el",
    "Bengali": "bn",
}


def pseudo(text: str, language: str) -> str:
    """A made-up translation: each word becomes letters of the language's script, the same word always the same."""
    base = language.split("-", maxsplit=1)[0]
    letters, ratio = _SCRIPTS.get(language) or _SCRIPTS.get(base) or _SCRIPTS[""]
    dense = base in {"zh", "ja"}

    def one(match: re.Match[str]) -> str:
        if match["kept"]:
            return match["kept"]
        if match["rest"]:
            return _WIDE.get(match["rest"], match["rest"]) if dense else match["rest"]
        digest = hashlib.sha256(match["word"].lower().encode()).digest()
        size = max(1, round((len(match["word"]) + dense) * ratio))
        made = "".join(letters[digest[at % len(digest)] % len(letters)] for at in range(size))
        return made.capitalize() if match["word"][0].isupper() else made

    return _TOKEN.sub(one, text)


def language_of(content: str) -> str:
    """The language that a prompt names, as a code."""
    line = content.split("\n", maxsplit=1)[0]
    return next((code for word, code in _LANGUAGE_WORDS.items() if word in line), "fr")
