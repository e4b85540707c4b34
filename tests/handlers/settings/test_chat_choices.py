"""Values of settings are read as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handlers.settings.setting_table import SETTING_BY_NAME, parse_count, parse_days
from bot.i18n import dates
from storage.records import EVERY_DAY

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", "12345"),
        ("Monday, Wed; friday", "135"),
        ("fri–mon", "1567"),
        ("周一至周五", "12345"),
        ("星期六、星期日", "67"),
        ("一三五", "135"),
        ("工作日", "12345"),
        ("1 3 5", "135"),
        ("all", "1234567"),
        ("", ""),
        ("mon-", ""),
        ("8", ""),
        ("day", ""),
        ("一月", ""),
    ],
)
def test_days_are_understood_as_people_write_them(text: str, days: str) -> None:
    assert "".join(map(str, sorted(parse_days(text) or ()))) == days


@given(st.text(max_size=12))
def test_no_text_is_too_odd_for_a_setting(text: str) -> None:
    days, count = parse_days(text), parse_count(text)
    assert days is None or (days and days <= EVERY_DAY)
    assert count is None or 0 <= count <= 200


@given(st.sets(st.sampled_from(sorted(EVERY_DAY)), min_size=1))
def test_days_as_they_are_written_are_read_back(days: set[int]) -> None:
    assert parse_days(dates.weekdays(days, "zh")) == frozenset(days)
    assert parse_days(dates.weekdays(days, "en")) == frozenset(days)


def test_every_value_that_a_button_offers_is_understood() -> None:
    for choice in SETTING_BY_NAME.values():
        for value in choice.shown:
            assert choice.read(value) is not None, (choice.name, value)
