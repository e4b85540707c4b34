from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.config import Settings, options

TOKEN = "123456789:" + "A" * 35


def settings(**changes: Any) -> Settings:
    return Settings(_env_file=None, **changes)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text(f"{TOKEN}\n", encoding="utf-8")
    env = tmp_path / ".env"
    env.write_text(f"TELEGRAM_TOKEN_FILE={secret}\nADMIN_IDS=1, 2\nTRANSLATORS=google,recorded\n", encoding="utf-8")
    read = Settings(_env_file=env)
    assert read.telegram_token is not None
    assert read.telegram_token.get_secret_value() == TOKEN
    assert read.admin_ids == (1, 2)
    assert read.translators == ("google", "recorded")


def test_no_secret_is_shown_when_settings_are_printed() -> None:
    assert TOKEN not in repr(settings(telegram_token=TOKEN, openai_api_key="sk-verysecretvalue"))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("timezone", "Mars", "Asia/Shanghai"),
        ("language", "klingon", "zh-CN"),
        ("arxiv_feed_url", "rss.arxiv.org", "https://"),
        ("admin_ids", "me", "integer"),
        ("translators", "google,babelfish", "openai"),
        ("log_level", "LOUD", "DEBUG"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_right_form(name: str, value: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        settings(**{name: value})


@pytest.mark.parametrize("value", ["en_US:en", "de_DE.UTF-8", "zh-CN", "中文"])
def test_the_desktops_own_language_variable_is_not_taken_for_ours(value: str) -> None:
    assert settings(language=value).language == "zh-CN"


def test_an_empty_secret_counts_as_unset() -> None:
    assert settings(telegram_token="").telegram_token is None


def test_every_option_says_what_it_is_for() -> None:
    table = list(options())
    assert len({option.name for option in table}) == len(table)
    assert all(option.description.endswith((".", "3.")) for option in table)
    assert {option.name for option in table if option.secret} == {
        "TELEGRAM_TOKEN",
        "OPENAI_API_KEY",
        "DEEPL_API_KEY",
        "BAIDU_KEY",
        "LIBRETRANSLATE_API_KEY",
    }


def test_figures_of_backends_are_pairs_of_name_and_number() -> None:
    made = settings(
        translate_deadlines="openai=120, google=45.5",
        translate_concurrencies="mymemory=1",
        translate_prices="openai=0.15/0.60,deepl=20",
        translate_daily_cap="money=2.50,requests=100",
    )
    assert made.translate_deadlines == {"openai": 120, "google": 45.5}
    assert made.translate_concurrencies == {"mymemory": 1}
    assert made.translate_prices == {"openai": (Decimal("0.15"), Decimal("0.60")), "deepl": (Decimal(20),)}
    assert made.translate_daily_cap == {"money": Decimal("2.50"), "requests": Decimal(100)}
    assert made.translate_chat_cap == {"requests": Decimal(200)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"translate_prices": "openai"},
        {"translate_prices": "nobody=1"},
        {"translate_prices": "openai=1/2/3"},
        {"translate_deadlines": "google=-1"},
        {"translate_concurrencies": "google=0"},
        {"translate_daily_cap": "money=lots"},
        {"translate_daily_cap": "sheep=3"},
    ],
)
def test_figures_that_are_none_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        settings(**wrong)
