"""The people of the demo, and what they say on a first evening: in Chinese or in English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cast:
    """Names as they stand in the chats. What is said is said in private, a line after the other."""

    app: str
    """The language of everybody's app, as Telegram names it; the bot speaks it with them."""
    person: str
    colleague: str
    administrator: str
    channel: str
    group: str
    forum: str
    topic: str
    said: tuple[str, ...]
    asked: str
    """What the colleague asks in the group."""


BOT = "arxiv_digest_bot"
CHANNEL = "cv_daily"
_PAPER = "https://arxiv.org/abs/2402.15351"
_ANOTHER = "https://arxiv.org/abs/2401.11061"

_CHINESE = Cast(
    app="zh-hans",
    person="小林",
    colleague="小陈",
    administrator="机器人管理员",
    channel="计算机视觉日报",
    group="视觉论文读书会",
    forum="实验室论坛",
    topic="论文",
    said=(
        "/start",
        f"看看这篇 {_PAPER}，很有意思",
        "/subscribe cs.CV",
        f"/subscribe @{CHANNEL} cs.CV",
        f"/time @{CHANNEL} 13:00 Asia/Shanghai",
    ),
    asked=f"@{BOT} 周五读这篇？{_ANOTHER}",
)
_ENGLISH = Cast(
    app="en",
    person="Ada",
    colleague="Grace",
    administrator="Bot administrator",
    channel="Computer vision daily",
    group="Vision reading group",
    forum="Lab forum",
    topic="Papers",
    said=(
        "/start",
        f"Have a look at {_PAPER}, it builds models from plain words",
        "/subscribe cs.CV",
        f"/subscribe @{CHANNEL} cs.CV",
        f"/language @{CHANNEL} en",
        f"/time @{CHANNEL} 06:00 Europe/Berlin",
    ),
    asked=f"@{BOT} Shall we read this one on Friday? {_ANOTHER}",
)


def cast_for(language: str) -> Cast:
    """Chinese people for any Chinese (`zh-CN`, `zh-TW`), English-speaking ones for every other language."""
    return _CHINESE if language.partition("-")[0].lower() == "zh" else _ENGLISH
