from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.config import Settings, options
from bot.log import configure, event, redact

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
        "LIBRETRANSLATE_API_KEY",
    }


def test_tokens_and_keys_never_reach_the_log() -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        configure("INFO")
        (handler,) = root.handlers
        assert isinstance(handler, logging.StreamHandler)
        written = io.StringIO()
        handler.setStream(written)
        event(logging.getLogger("bot.test"), "asked", url=f"https://api.telegram.org/bot{TOKEN}/getMe", why='a "b"')
        line = written.getvalue()
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    assert TOKEN not in line
    assert 'asked url=https://api.telegram.org/bot<secret>/getMe why="a \\"b\\""' in line
    assert redact("Authorization: Bearer abc.def") == "Authorization: <secret>"
