"""What the bot's administrators (ADMIN_IDS) can do: /regenerate, /announce, /stats."""

from __future__ import annotations

from datetime import date

from bot.arxiv_source import calendar
from bot.corrections.regenerate import NotFetched, Regenerated, Scope
from bot.handlers.admin.cost_report import spent_lines
from bot.handlers.ask import Ask, Refusal, named
from bot.handlers.digests.digest_command import split_date
from bot.handlers.settings.subscribe import parse_categories
from storage import stats as figures
from storage import translations, unknown_deliveries
from storage.records import DeliveryState

_EXAMPLE = "/regenerate cs.CV 2026-08-21 translate"
_PREVIEW = "preview"
_SCOPES = frozenset({Scope.TRANSLATE, Scope.REFETCH, Scope.BACK, Scope.UNDO, _PREVIEW})
_OPEN = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.RETRY)
_PATIENCE = 60.0
_LISTED = 20


async def regenerate(ask: Ask) -> None:
    """`/regenerate cs.CV [date] [preview|undo|translate|back|refetch]`: build a digest anew, edit what was posted."""
    scopes = [arg.lower() for arg in ask.args if arg.lower() in _SCOPES]
    others = [arg for arg in ask.args if arg.lower() not in _SCOPES]
    newest = calendar.mailing_date(ask.services.now())
    names, day = split_date(others, newest, "/regenerate cs.CV")
    (category, *more) = parse_categories(ask, names, _EXAMPLE)
    if more or len(scopes) > 1:
        raise Refusal("regenerate-form", example=_EXAMPLE)
    if names == others:  # no date was given: the newest that there is
        day = await ask.services.regenerate.newest_date(category) or newest
    if not await ask.services.regenerate.posted(category, day):
        raise Refusal("nothing-posted", category=category, date=day)
    if scopes == [_PREVIEW]:
        await _preview(ask, category, day)
        return
    started = await ask.say("regenerating", category=category, date=day)
    try:
        done = await ask.services.regenerate.run(category, day, Scope(scopes[0]) if scopes else Scope.RENDER)
    except NotFetched as error:
        why = ask.words.html("not-fetched", category=category, date=day, reason=str(error))
        await started.edit_text(why, parse_mode="HTML")
        return
    states = await ask.services.deliverer.settled(done.digest_ids, _PATIENCE)
    await started.edit_text(_report(ask, done, states), parse_mode="HTML")


async def _preview(ask: Ask, category: str, day: date) -> None:
    """What would change, as a file; nothing is changed."""
    changes = await ask.services.regenerate.preview(category, day)
    if not changes:
        await ask.say("preview-nothing", category=category, date=day)
        return
    caption = ask.words.html("preview", category=category, date=day, day=day.isoformat())
    await ask.send_file(f"{category}-{day.isoformat()}.diff", changes, caption)


async def announce(ask: Ask) -> None:
    """`/announce cs.CV`: fetch the announcement now and deliver it to whom it is due."""
    day = calendar.mailing_date(ask.services.now())
    lines = []
    for category in parse_categories(ask, ask.args, "/announce cs.CV"):
        held = await ask.services.fetcher.held(category, day, at_once=True)
        if held is None or not held.announcement.state.complete:
            reason = held.announcement.reason if held is not None else "?"
            lines.append(ask.words.html("announce-unknown", category=category, date=day, reason=reason))
        else:
            count = len(held.entries)
            lines.append(ask.words.html("announce-known", category=category, date=day, count=count))
    ticked = await ask.services.daily.tick()
    lines.append(ask.words.html("announce-planned", rows=ticked.rows, digests=ticked.digests))
    await ask.reply("\n".join(lines))


async def resend(ask: Ask) -> None:
    """`/resend`: the messages that may or may not have arrived; `/resend 17` or `/resend all` sends them again."""
    await _decide(ask, "resend-form", "resent", resend=True)


async def arrived(ask: Ask) -> None:
    """`/arrived 17` or `/arrived all`: they did arrive, so nothing is sent again."""
    await _decide(ask, "arrived-form", "marked-arrived", resend=False)


async def _decide(ask: Ask, form: str, done: str, *, resend: bool) -> None:
    async with ask.services.db.read() as session:
        open_rows = await unknown_deliveries.unknown(session)
    if not open_rows:
        await ask.say("nothing-unsure")
        return
    named_ids = {int(arg) for arg in ask.args if arg.isdecimal()}
    chosen = [row for row in open_rows if row.id in named_ids or [arg.lower() for arg in ask.args] == ["all"]]
    if not chosen:
        listed = [
            ask.words.html("unsure-row", id=row.id, place=named(row.destination), part=row.number)
            for row in open_rows[:_LISTED]
        ]
        await ask.reply("\n".join([ask.words.html(form, id=open_rows[0].id), *listed]))
        return
    async with ask.services.db.begin() as session:
        for row in chosen:
            await unknown_deliveries.resolve(session, row.id, resend=resend, now=ask.services.now())
    ask.services.deliverer.wake()
    await ask.say(done, count=len(chosen))


async def stats(ask: Ask) -> None:
    """`/stats`: what is stored and how deliveries stand."""
    async with ask.services.db.read() as session:
        totals = await figures.totals(session)
        makers = await translations.count_by_backend(session)
    states = ", ".join(f"{state}: {count}" for state, count in sorted(totals.deliveries.items())) or "0"
    stored = ask.words.html(
        "stats",
        papers=totals.papers,
        translations=totals.translations,
        makers=", ".join(f"{name} {count}" for name, count in sorted(makers.items())) or "-",
        destinations=sum(totals.destinations.values()),
        paused=totals.paused,
        subscriptions=totals.subscriptions,
        announcements=sum(totals.announcements.values()),
        digests=totals.digests,
        deliveries=states,
        refused=totals.refused,
    )
    await ask.reply("\n".join([stored, *await spent_lines(ask)]))


def _report(ask: Ask, done: Regenerated, states: dict[DeliveryState, int]) -> str:
    failed = states.get(DeliveryState.FAILED, 0) + states.get(DeliveryState.UNKNOWN, 0)
    lines = [
        ask.words.html(
            "regenerated",
            category=done.category,
            date=done.mailing_date,
            digests=len(done.digest_ids),
            parts=done.parts_changed,
            messages=done.rows,
        )
    ]
    if done.added or done.removed:
        lines.append(ask.words.html("regenerated-entries", added=done.added, removed=done.removed))
    if done.translated:
        lines.append(ask.words.html("regenerated-translations", count=done.translated))
    if done.restored:
        lines.append(ask.words.html("regenerated-back", count=done.restored))
    if done.from_store:
        lines.append(ask.words.html("regenerated-from-store"))
    open_rows = sum(states.get(delivery_state, 0) for delivery_state in _OPEN)
    if open_rows:
        lines.append(ask.words.html("regenerated-open", count=open_rows))
    if failed:
        lines.append(ask.words.html("regenerated-failed", count=failed))
    return "\n".join(lines)
