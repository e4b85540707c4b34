"""The settings of a destination that have a few values each: how they are written, read, and offered on buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from bot.i18n import catalogue_names
from bot.i18n.languages import NAMES, parse_language
from bot.i18n.typed_time import parse_clock, parse_zone
from storage.records import EVERY_DAY, ChatKind, Destination, Layout

MOST_SHOWN = 200
"""Papers of a digest that can be asked to stand in the chat."""

_ON = frozenset({"on", "yes", "true", "开", "开启", "打开", "是"})
_OFF = frozenset({"off", "no", "false", "关", "关闭", "否"})
_ALL = frozenset({"all", "全部", "所有"})
_LAYOUTS = {"经典": Layout.CLASSIC, "富文本": Layout.RICH, "文件": Layout.FILE}
_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CHINESE_DAYS = {**{name: number for number, name in enumerate("一二三四五六日", start=1)}, "天": 7}
_SHORTEST = 3
_SETS = {
    **dict.fromkeys(("daily", "每天", "每日", *_ALL), EVERY_DAY),
    **dict.fromkeys(("weekdays", "workdays", "工作日"), frozenset(range(1, 6))),
    **dict.fromkeys(("weekend", "weekends", "周末"), frozenset({6, 7})),
}
_RANGE = re.compile(r"[-–~～至到]")


def parse_switch(text: str) -> bool | None:
    """`on` or `off`, also in other words; None for anything else."""
    word = text.strip().lower()
    return True if word in _ON else False if word in _OFF else None


def parse_count(text: str) -> int | None:
    """How many papers stand in the chat: 1 to 200, or 0 for `all`; None for anything else."""
    word = text.strip().lower()
    if word in _ALL:
        return 0
    return int(word) if word.isascii() and word.isdigit() and int(word[:6]) <= MOST_SHOWN else None


def parse_layout(text: str) -> Layout | None:
    """`classic`, `rich` or `file`, also in Chinese; None for anything else."""
    word = text.strip().lower()
    return _LAYOUTS.get(word) or next((layout for layout in Layout if layout == word), None)


def parse_interface(text: str) -> str | None:
    """A language that the bot speaks, as people name it; None for one that it does not speak."""
    spoken = (parse_language(text) or "").partition("-")[0]
    return spoken if spoken in catalogue_names() else None


def parse_button_clock(text: str) -> time | None:
    """A local time, also with a dash for the colon, which the data of a button has no room for."""
    return parse_clock(text.replace("-", ":"))


def parse_days(text: str) -> frozenset[int] | None:
    """Days as ISO numbers: `mon-fri`, `mon wed fri`, `daily`, `周一至周五`, `一三五`; None for what is none."""
    words = text.lower().replace("星期", " ").replace("礼拜", " ").strip()
    if words in _SETS:
        return _SETS[words]
    words = _RANGE.sub("-", re.sub(r"周(?=[一二三四五六日天])", " ", words))
    words = re.sub(r"\s*-\s*", "-", words)
    found: set[int] = set()
    for word in re.split(r"[\s,，、+/;]+", words.strip()):
        days = _SETS.get(word) or _span(word)
        if not days:
            return None
        found |= days
    return frozenset(found)


def _span(word: str) -> frozenset[int]:
    """`mon`, `monday`, `mon-fri` (also across Sunday: `fri-mon`) or `一三五`; nothing for what is no day."""
    first, dash, last = word.partition("-")
    begin, end = _day(first), _day(last if dash else first)
    if begin and end:
        return frozenset((begin + step - 1) % 7 + 1 for step in range((end - begin) % 7 + 1))
    days = {_CHINESE_DAYS.get(letter, 0) for letter in word}
    return frozenset() if 0 in days else frozenset(days)


def _day(word: str) -> int:
    """The ISO number of the day that is named or numbered, else 0."""
    if word in _CHINESE_DAYS:
        return _CHINESE_DAYS[word]
    for number, name in enumerate(_ENGLISH_DAYS, start=1):
        if word == str(number) or (len(word) >= _SHORTEST and name.startswith(word)):
            return number
    return 0


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: its name in `/settings name value` and in buttons, its field, and how its values are read.

    `shown` are the values that buttons offer, in the form that `read` takes; the catalogue has `set-<name>` for it.
    """

    name: str
    field: str
    read: Callable[[str], Any | None]
    shown: tuple[str, ...]
    example: str

    def written(self, destination: Destination) -> str:
        """The present value in the form that `read` takes; for days of the week their numbers, such as `1 2 3`."""
        value = getattr(destination, self.field)
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, frozenset):
            return " ".join(map(str, sorted(value)))
        return "all" if value == 0 else str(value)

    def suits(self, destination: Destination) -> bool:
        """Whether it means anything there: in a private conversation every link is answered."""
        return self.field != "answer_links" or destination.kind is not ChatKind.PRIVATE


_SWITCH = ("on", "off")
SETTING_BY_NAME: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting("language", "language", parse_language, tuple(NAMES), "/settings language zh-CN"),
        Setting("interface", "interface", parse_interface, catalogue_names(), "/settings interface en"),
        Setting("time", "delivery_time", parse_button_clock, (), "/settings time 09:00"),
        Setting("zone", "timezone", parse_zone, (), "/settings time 09:00 Asia/Shanghai"),
        Setting("layout", "layout", parse_layout, tuple(Layout), "/settings layout classic"),
        Setting("papers", "papers_shown", parse_count, ("all", "5", "10", "20", "30", "50"), "/settings papers 20"),
        Setting("days", "weekdays", parse_days, (), "/settings days mon-fri"),
        Setting("quiet", "quiet", parse_switch, _SWITCH, "/settings quiet on"),
        Setting("pin", "pin", parse_switch, _SWITCH, "/settings pin on"),
        Setting("file", "attach_file", parse_switch, _SWITCH, "/settings file off"),
        Setting("abstracts", "show_abstracts", parse_switch, _SWITCH, "/settings abstracts on"),
        Setting("links", "answer_links", parse_switch, _SWITCH, "/settings links on"),
    )
}
"""The settings. Announce types (/types) and categories belong to subscriptions and have commands of their own."""
