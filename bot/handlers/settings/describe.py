"""What a destination wants, in a few lines."""

from __future__ import annotations

from collections.abc import Sequence

from bot.arxiv_source import categories
from bot.digests.due import following, held_until
from bot.handlers.ask import Ask, code, named
from bot.handlers.notify.owners import what_to_do
from bot.i18n import dates
from bot.i18n.languages import NAMES
from storage.records import EVERY_DAY, AnnounceType, ChatKind, Destination, Subscription


def described(ask: Ask, place: Destination, wishes: Sequence[Subscription]) -> str:
    """Categories, the next delivery in local time, and the rest, as HTML."""
    words = ask.words
    here = (place.chat_id, place.thread_id) == (ask.here.chat_id, ask.here.thread_id)
    head = words("subscriptions-here") if here else words.html("subscriptions-of", place=named(place))
    lines = [f"<b>{head}</b>", *(f"• {category_label(ask, wish.category)}" for wish in wishes)]
    if not wishes:
        lines.append(words("nothing-subscribed"))
    lines.append(when(ask, place))
    language = "papers-in-english" if place.language == "en" else "papers-in"
    lines.append(words.html(language, language=f"{NAMES.get(place.language, '')} ({place.language})"))
    if wishes:
        kinds = [words(f"type-{kind}") for kind in AnnounceType if kind in wishes[0].announce_types]
        lines.append(words.html("entries-are", types=words("render-list-separator").join(kinds)))
    shown = {
        "look-quiet": place.quiet,
        "look-pin": place.pin,
        "look-file": place.attach_file,
        "look-abstracts": place.show_abstracts,
        "look-links": place.answer_links and place.kind is not ChatKind.PRIVATE,
    }
    count = words("papers-shown", count=place.papers_shown) if place.papers_shown else words("papers-shown-all")
    traits = [words(f"layout-{place.layout}"), count, *(words(key) for key, on in shown.items() if on)]
    lines.append(" · ".join(traits))
    if place.paused is not None:
        lines.append(words.html("paused", reason=place.paused))
        if place.kind is not ChatKind.PRIVATE:
            lines.append(words(what_to_do(place.paused)))
    return "\n".join(lines)


def when(ask: Ask, place: Destination) -> str:
    """When digests come and when the next one is due, as HTML."""
    words, now = ask.words, ask.services.now()
    days = shown_days(ask, place)
    if place.delivery_time is None:
        held = held_until(place, now)
        if place.weekdays == EVERY_DAY:
            return words("comes-asap")
        line = words.html("comes-asap-on", days=days)
        next_day = dates.moment(held, place.timezone, words.language) if held is not None else ""
        return f"{line}{words.html('not-before', next=next_day)}" if next_day else line
    due = place.next_run_at
    if due is None or due <= now:
        due = following(place, now) or now
    return words.html(
        "comes-at",
        time=place.delivery_time.strftime("%H:%M"),
        zone=place.timezone,
        days=days,
        next=dates.moment(due, place.timezone, words.language),
    )


def shown_days(ask: Ask, place: Destination) -> str:
    """`every day`, `Mon–Fri`, in the words spoken here."""
    return ask.words("days-all") if place.weekdays == EVERY_DAY else dates.weekdays(place.weekdays, ask.words.language)


def category_label(ask: Ask, category: str) -> str:
    """`cs.CV — Computer Vision and Pattern Recognition`, as HTML, in the language spoken here."""
    name = category_name(ask, category)
    return f"{code(category)} {name}" if name else code(category)


def category_name(ask: Ask, category: str) -> str:
    """The name of a category or archive in the language spoken here; nothing for one that is not known."""
    known = categories.get(category)
    if known is None:
        return ""
    return known.name_zh if ask.words.language == "zh" and known.name_zh else known.name
