"""What to send where Telegram refuses the content of a part: the part in a simpler form, step by step. Pure.

Rich becomes classic, markup becomes plain text, buttons go, and a text that is too long goes out in two halves.
"""

from __future__ import annotations

from dataclasses import replace

from telegram.error import TelegramError

from bot.render.message import CAPTION_LIMIT, TEXT_LIMIT, halves, plain, shown
from bot.telegram_api.outcomes import refuses_markup, refuses_rich
from bot.telegram_api.refusals import Refusal, refusal_of
from storage.records import Part, PartKind


def simpler(part: Part | None, error: TelegramError) -> Part | None:
    """The part in the next simpler form, where the error is about its content; None where nothing simpler helps."""
    if part is None:
        return None
    content = refusal_of(error) is Refusal.CONTENT
    if part.kind is PartKind.RICH and (content or refuses_rich(error) or refuses_markup(error)):
        return classic(part)
    name, limit = ("caption", CAPTION_LIMIT) if part.kind is PartKind.DOCUMENT else ("text", TEXT_LIMIT)
    form, words = part.payload.get("variant"), part.payload[name]
    if form is None and (content or refuses_markup(error)):
        words = _words(words, limit)
    if refuses_markup(error) and form is None:
        return replace(part, payload={**part.payload, name: words, "variant": "plain"})
    if content and "too long" in str(error).lower() and form != "half":
        # By whatever Telegram counts, the whole is too long.
        first, rest = halves(words, limit // 2)
        return replace(part, payload={**part.payload, name: first, "rest": rest, "variant": "half"})
    if content and form in {None, "plain"}:
        return replace(part, payload={**part.payload, name: words, "buttons": [], "variant": "bare"})
    return None


def _words(text: str, limit: int) -> str:
    """Without markup: with the links' addresses where they fit, else without, so that no paper at the end is lost."""
    words = plain(text)
    return words if len(words.encode("utf-16-le")) // 2 <= limit else shown(text)


def classic(part: Part) -> Part:
    """A rich part in the classic layout: it holds the text of both."""
    return replace(part, kind=PartKind.MESSAGE)
