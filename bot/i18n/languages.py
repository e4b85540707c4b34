"""The languages that papers can be translated to, and what people call them."""

from __future__ import annotations

from functools import cache

from babel import Locale

ENGLISH = "en"

NAMES = {
    "zh-CN": "简体中文",
    "zh-TW": "繁體中文",
    "en": "English",
    "ja": "日本語",
    "ko": "한국어",
    "es": "Español",
    "fr": "Français",
    "de": "Deutsch",
    "pt": "Português",
    "ru": "Русский",
    "it": "Italiano",
    "ar": "العربية",
    "hi": "हिन्दी",
    "nl": "Nederlands",
    "pl": "Polski",
    "uk": "Українська",
    "tr": "Türkçe",
    "vi": "Tiếng Việt",
    "id": "Bahasa Indonesia",
    "th": "ไทย",
    "fa": "فارسی",
    "he": "עברית",
    "cs": "Čeština",
    "sv": "Svenska",
    "el": "Ελληνικά",
    "ro": "Română",
    "hu": "Magyar",
    "fi": "Suomi",
    "da": "Dansk",
    "bn": "বাংলা",
}
"""Language code → its name in itself. `en` means English only: nothing is translated."""

_ZONES = {
    "zh": "Asia/Shanghai",
    "zh-TW": "Asia/Taipei",
    "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
    "fr": "Europe/Paris",
    "de": "Europe/Berlin",
    "it": "Europe/Rome",
    "ru": "Europe/Moscow",
    "hi": "Asia/Kolkata",
    "pt-br": "America/Sao_Paulo",
    "en-gb": "Europe/London",
}

_ALSO = {
    "zh": "zh-CN",
    "cn": "zh-CN",
    "zh-hans": "zh-CN",
    "chinese": "zh-CN",
    "中文": "zh-CN",
    "汉语": "zh-CN",
    "zh-hant": "zh-TW",
    "zh-hk": "zh-TW",
    "繁体": "zh-TW",
    "繁体中文": "zh-TW",
    "english": "en",
    "英文": "en",
    "英语": "en",
    "japanese": "ja",
    "korean": "ko",
    "spanish": "es",
    "french": "fr",
    "german": "de",
    "portuguese": "pt",
    "russian": "ru",
    "italian": "it",
    "arabic": "ar",
    "hindi": "hi",
    "dutch": "nl",
    "polish": "pl",
    "ukrainian": "uk",
    "turkish": "tr",
    "vietnamese": "vi",
    "indonesian": "id",
    "thai": "th",
    "persian": "fa",
    "farsi": "fa",
    "hebrew": "he",
    "iw": "he",
    "czech": "cs",
    "swedish": "sv",
    "greek": "el",
    "romanian": "ro",
    "hungarian": "hu",
    "finnish": "fi",
    "danish": "da",
    "bengali": "bn",
}


def parse_language(text: str) -> str | None:
    """The code of the language that a person names (`zh`, `zh_cn`, `Chinese`, `中文`), or None."""
    word = text.strip().replace("_", "-").lower()
    if word[-1:] == "文" and (found := _in_chinese().get(f"{word[:-1]}语")):
        return found
    known = {code.lower(): code for code in NAMES} | {name.lower(): code for code, name in NAMES.items()}
    return _ALSO.get(word) or known.get(word) or _in_chinese().get(word)


@cache
def _in_chinese() -> dict[str, str]:
    """The languages by their Chinese names, such as `法语`."""
    names = Locale.parse("zh").languages
    return {names[code]: code for code in NAMES if code in names}


def zone_of(app: str) -> str | None:
    """Where most people live whose app speaks that language (`zh-hans`, `de`); None where that is anywhere."""
    word = app.strip().replace("_", "-").lower()
    return _ZONES.get(word) or _ZONES.get(parse_language(word) or "") or _ZONES.get(word.partition("-")[0])
