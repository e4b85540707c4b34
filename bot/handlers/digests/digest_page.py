"""The buttons under a digest that change it in place: another page, another layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.corrections.page_translation import ShownPage
from bot.handlers.ask import Ask, Refusal
from bot.handlers.rights import leads
from bot.render.button import read_callback
from bot.render.digest_buttons import LAYOUT, PAGE
from storage import open_answers
from storage.records import Layout, Part, PartKind

_LONGEST_NUMBER = 9


async def turn_page(ask: Ask) -> None:
    """`page:DIGEST:layout:page`: another page, from the digest as it is stored now. Everybody may turn pages."""
    digest_id, layout, *rest = _named(ask)
    page = _number(rest[0]) if rest else 0
    await _change(ask, await _page(ask, digest_id, page + 1, layout))
    shown = ShownPage(digest_id, page + 1, layout)
    ask.services.page_translation.begin(ask.here, ask.message.message_id, shown)


async def change_layout(ask: Ask) -> None:
    """`look:DIGEST:layout`: the same digest in another layout, for this message alone."""
    digest_id, layout, *_ = _named(ask)
    if not await leads(ask, ask.here):
        raise Refusal("layout-is-shared")
    part = await _page(ask, digest_id, 1, layout)
    if ask.message.document is not None:
        # A document cannot become a text: the digest comes below it.
        await ask.services.sender.post(replace(ask.here, layout=layout), part)
        return
    await _change(ask, part)
    if layout is Layout.FILE and not await ask.services.pages.has_file(digest_id):
        if ask.services.recent.seen("file", ask.chat.id, ask.here.thread_id, digest_id):
            return
        await ask.services.sender.post(ask.here, await ask.services.pages.document(digest_id))


async def _page(ask: Ask, digest_id: int, page: int, layout: Layout) -> Part:
    try:
        return await ask.services.pages.page(digest_id, page, layout)
    except LookupError:
        raise Refusal("button-outdated") from None


async def _change(ask: Ask, part: Part) -> None:
    async with ask.services.db.read() as session:
        known = await open_answers.at(session, ask.chat.id, ask.message.message_id)
    if known is not None:
        # It is not led back to its first page when something on it is translated.
        async with ask.services.db.begin() as session:
            await open_answers.drop(session, ask.chat.id, ask.message.message_id)
    stands = await ask.services.sender.change(ask.here, ask.message.message_id, part)
    if part.kind is PartKind.RICH and stands.kind is not PartKind.RICH and ask.press is not None:
        await ask.press.answer(ask.words.html("rich-refused"), alert=True)


def _named(ask: Ask) -> tuple[int, Layout, *tuple[str, ...]]:
    """The digest and the layout that a button names. Raises Refusal for a digest that is not the message's own."""
    number, layout, *rest = (*ask.args, "", "")
    # Data can be made up: what stands in a chat is never changed to another chat's digest.
    if number not in _own(ask) or layout not in set(Layout):
        raise Refusal("button-outdated")
    return _number(number), Layout(layout), *rest


def _own(ask: Ask) -> Iterator[str]:
    """The digest that the message's own buttons name, as often as they do."""
    keyboard = ask.message.reply_markup
    for button in (
        (inline_keyboard_button for row in keyboard.inline_keyboard for inline_keyboard_button in row)
        if keyboard is not None
        else ()
    ):
        name, arguments = read_callback(str(button.callback_data or ""))
        if name in {PAGE, LAYOUT}:
            yield from arguments[:1]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER):
        raise Refusal("button-outdated")
    return int(text)
