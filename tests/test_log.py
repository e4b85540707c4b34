"""No secret reaches a log line, whoever wrote the line and whatever it quotes."""

from __future__ import annotations

import logging

import pytest
from telegram.error import NetworkError

from bot.log import _Redacted, event, redact

pytestmark = pytest.mark.pure

TOKEN = "123456789:" + "AAbb-cc_dd" * 4
SECRETS = (
    f"/bot{TOKEN}/getMe",
    f"/file/bot{TOKEN}/x.md",
    "key sk-abcdefgh12345678!",
    "Authorization: Bearer eyJhbGciOi.J9",
    "url='http://me:hush@127.0.0.1:3128'",
    "postgresql+psycopg://bot:hush@host/db",
)


def line(message: str, *values: object, failed: BaseException | None = None, by: str = "bot") -> str:
    trouble = (type(failed), failed, failed.__traceback__) if failed is not None else None
    record = logging.LogRecord(by, logging.INFO, __file__, 1, message, values, trouble)
    return _Redacted("%(levelname)s %(message)s").format(record)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_left_out_of_messages_values_and_errors(secret: str) -> None:
    told = [redact(secret), line("asking %s", secret)]
    with pytest.raises(ValueError, match="invalid literal") as failed:
        int(secret)
    told.append(line("failed", failed=failed.value))
    assert "ValueError" in told[-1]
    for hidden in (TOKEN, "sk-abcdefgh12345678", "eyJhbGciOi.J9", "hush"):
        assert not any(hidden in text for text in told)
    assert all("<secret>" in text for text in told)


def test_telegram_out_of_reach_is_one_line_of_the_library_and_its_other_errors_are_whole() -> None:
    gone = NetworkError("no route to host")
    assert line("Cannot poll.", failed=gone, by="telegram.ext.Updater") == (
        "INFO Cannot poll. (NetworkError: no route to host)"
    )
    assert "Traceback" in line("Cannot poll.", failed=_raised(KeyError("offset")), by="telegram.ext.Updater")


def _raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error) as raised:
        return raised


def test_what_is_no_secret_stays() -> None:
    text = "delivered digest=7 chat=-1001234567890 part=3 at 12:30:45 of 2608.00001, see https://host:8080/a@b"
    assert redact(text) == text


def test_an_event_has_its_fields_behind_its_name(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    event(logging.getLogger("bot.delivery.deliver"), "delivered", digest=7, reason='has "quotes" and spaces')
    assert caplog.messages == [r'delivered digest=7 reason="has \"quotes\" and spaces"']
