"""Addresses that open the private chat with the bot and tell it what for."""

from __future__ import annotations

import re

_ALLOWED = re.compile(r"[A-Za-z0-9_-]{0,64}")
"""What Telegram lets a `start` parameter be."""


def bot_link(bot_name: str, payload: str) -> str:
    """The address that sends `/start payload` to the bot. ValueError for a payload that Telegram would refuse."""
    if not _ALLOWED.fullmatch(payload):
        raise ValueError(f"{payload!r} cannot go along: 64 letters, digits, _ and - at most")
    return f"https://t.me/{bot_name}?start={payload}"


def paper_link(bot_name: str, reference: str) -> str:
    """The address that has the bot answer with the card of this id, with or without a version."""
    return bot_link(bot_name, f"p_{_written(reference)}")


def deed_link(bot_name: str, deed: str, language: str, reference: str) -> str:
    """The address that has the bot do there what a card's button of that name does: `card_zh-CN_2402-15351`."""
    return bot_link(bot_name, f"{deed}_{language}_{_written(reference)}")


def _written(reference: str) -> str:
    return reference.replace(".", "-").replace("/", "_")
