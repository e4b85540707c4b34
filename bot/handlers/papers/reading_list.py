"""The reading list: /save, /unsave, /note, /saved, its buttons and its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from telegram.constants import ChatAction

from bot.arxiv_source.ids import ArxivId, parse_id
from bot.handlers.ask import Ask, Refusal
from bot.handlers.limits import is_person
from bot.handlers.optional import show_action
from bot.handlers.papers.paper_ids import ids_of, named_ids
from bot.handlers.papers.paper_search import number_row
from bot.i18n import Words
from bot.render.annotated_paper import Noted
from bot.render.bibtex import render_bibtex
from bot.render.button import Button, callback
from bot.render.message import escape
from bot.render.names import one_line, plain_title, shorten
from bot.render.paper_list import PAGE, page_buttons, render_list
from bot.render.reading_list_text import Saved, render_csv, render_reading_list
from bot.render.ris import render_ris
from storage import reading_list
from storage.reading_list import MOST_SAVED, FullError
from storage.records import Paper, SavedPaper

_EXAMPLE = "/save 2402.15351"
_NOTE_EXAMPLE = "/note 2402.15351 read section 3 again"
LONGEST_NOTE = 1000
_TITLE_IN_ANSWER = 120


def _noted(saved: Sequence[Saved]) -> list[Noted]:
    return [Noted(saved_paper.entry.paper, saved_paper.note) for saved_paper in saved]


_FORMATS: dict[str, Callable[[Sequence[Saved], Words], str]] = {
    "bib": lambda saved, _words: render_bibtex(_noted(saved)),
    "ris": lambda saved, _words: render_ris(_noted(saved)),
    "csv": lambda saved, _words: render_csv(saved),
    "md": render_reading_list,
}


async def save(ask: Ask) -> None:
    """`/save ID…`: put papers on the person's list; as a reply, the one that the message is about."""
    user_id = person(ask)
    ids = named_ids(ask, _EXAMPLE)
    if not ask.args and len(ids) > 1:
        raise Refusal("which-paper", example=f"/save {ids[0]}")
    found = await ask.services.lookup.find(ids)
    new = [match.paper for match in found.matches if await _save(ask, user_id, match.asked)]
    lines = [f"★ {escape(_short(paper))}" for paper in new]
    lines.append(ask.words("saved-some" if new else "saved-before", count=len(new)) if found.matches else "")
    if found.missing:
        key = "paper-missing" if found.unavailable is None else "arxiv-unavailable"
        lines.append(ask.words.html(key, ids=", ".join(map(str, found.missing))))
    await ask.reply("\n".join(line for line in lines if line))


async def press_save(ask: Ask) -> None:
    """`save:ID`: put the card's paper on the list of whoever presses, and tell only that person."""
    user_id = person(ask)
    paper_id = parse_id(ask.args[0]) if ask.args else None
    if paper_id is None or ask.press is None:
        raise Refusal("button-outdated")
    if not (await ask.services.lookup.find([paper_id])).matches:
        raise Refusal("paper-missing", ids=str(paper_id))
    new = await _save(ask, user_id, paper_id)
    await ask.notice(ask.words("saved-one" if new else "saved-before"))


async def unsave(ask: Ask) -> None:
    """`/unsave ID…`: take papers from the list."""
    user_id = person(ask)
    ids = named_ids(ask, "/unsave 2402.15351")
    async with ask.services.db.begin() as session:
        removed = await reading_list.remove(session, user_id, [id_.arxiv_id for id_ in ids])
    if not removed:
        raise Refusal("not-saved", example=_EXAMPLE)
    await ask.say("unsaved", ids=", ".join(removed))


async def note(ask: Ask) -> None:
    """`/note ID text`: write a note beside a saved paper (saving it if need be); without text, remove the note.

    In reply to a message with a paper the id may be left out.
    """
    user_id = person(ask)
    paper_id = parse_id(ask.args[0]) if ask.args else None
    replied = ask.message.reply_to_message
    if paper_id is not None:
        text = one_line((ask.message.text or "").partition(ask.args[0])[2])
    elif ask.args and replied is not None and (ids := ids_of(replied)):
        paper_id, text = ids[0], one_line(" ".join(ask.args))
    else:
        raise Refusal("which-paper", example=_NOTE_EXAMPLE)
    if len(text) > LONGEST_NOTE:
        raise Refusal("note-too-long", limit=LONGEST_NOTE, length=len(text))
    if not (await ask.services.lookup.find([paper_id])).matches:
        raise Refusal("paper-missing", ids=str(paper_id))
    if text:
        await _save(ask, user_id, paper_id)
    async with ask.services.db.begin() as session:
        before = await reading_list.note(session, user_id, paper_id.arxiv_id, text)
    if before is None:
        raise Refusal("not-saved", example=_EXAMPLE)
    if text:
        await ask.say("noted", id=str(paper_id), note=text)
    else:
        await ask.say("note-removed" if before else "no-note", id=str(paper_id), note=before)


async def saved(ask: Ask) -> None:
    """`/saved`: the list; `/saved bib`, `ris`, `csv` or `md`: the whole list as a file."""
    user_id = private_person(ask)
    if ask.args:
        await _send_file(ask, user_id, ask.args[0].lower())
        return
    await _show(ask, user_id, 0)


async def turn_page(ask: Ask) -> None:
    """`saved:page`: another page of the list in place of this one."""
    await _show(ask, private_person(ask), _page(ask.args[:1]))


async def press_unsave(ask: Ask) -> None:
    """`unsave:ID:page`: take a paper from the list, and show what is left of the page."""
    user_id = private_person(ask)
    paper_id = parse_id(ask.args[0]) if ask.args else None
    if paper_id is None or ask.press is None:
        raise Refusal("button-outdated")
    page = _page(ask.args[1:2])
    async with ask.services.db.begin() as session:
        await reading_list.remove(session, user_id, [paper_id.arxiv_id])
    await ask.notice(ask.words("unsaved-undo", id=str(paper_id)))
    await _show(ask, user_id, page)


async def press_file(ask: Ask) -> None:
    """`file:format`: the whole list as a file below it."""
    await _send_file(ask, private_person(ask), ask.args[0] if ask.args else "")


def person(ask: Ask) -> int:
    """The person who asks. Raises Refusal for a channel or an anonymous administrator: Telegram does not name them."""
    if ask.user is None or not is_person(ask):
        raise Refusal("who-are-you")
    return ask.user.id


def private_person(ask: Ask) -> int:
    """The person whose list it is, in their private chat. Raises Refusal elsewhere: others would read along."""
    if not ask.private:
        raise Refusal("only-in-private", bot=ask.bot.username)
    return person(ask)


async def _save(ask: Ask, user_id: int, arxiv_id: ArxivId) -> bool:
    paper = SavedPaper(
        user_id=user_id, arxiv_id=arxiv_id.arxiv_id, version=arxiv_id.version, note="", saved_at=ask.services.now()
    )
    most = MOST_SAVED if ask.is_bot_administrator else ask.services.settings.saved_papers
    try:
        async with ask.services.db.begin() as session:
            return await reading_list.save(session, paper, most)
    except FullError:
        raise Refusal("list-full", limit=most) from None


async def _show(ask: Ask, user_id: int, page: int) -> None:
    known, total = await _of(ask, user_id, PAGE, page * PAGE)
    pages = -(-total // PAGE)
    if not known and pages:  # the last one of the last page was removed
        page = pages - 1
        known, total = await _of(ask, user_id, PAGE, page * PAGE)
    if not known:
        await ask.show(ask.words.html("nothing-saved", example=_EXAMPLE))
        return
    entries = [saved_paper.entry for saved_paper in known]
    first = page * PAGE + 1
    head = f"★ <b>{ask.words('reading-list')}</b> · {ask.words('found', count=total)}"
    notes = {saved.entry.paper.arxiv_id: saved.note for saved in known if saved.note}
    removals = [
        Button(f"🗑 {number}", callback_data=callback("unsave", entry.paper.arxiv_id, str(page)))
        for number, entry in enumerate(entries, first)
    ]
    files = [Button(name, callback_data=callback("file", key)) for key, name in _FILE_NAMES.items()]
    rows = [number_row(ask, entries, ask.here.language, first), removals, files, page_buttons("saved", page, pages)]
    await ask.show(render_list(head, entries, ask.words, first=first, notes=notes), [row for row in rows if row])


_FILE_NAMES = {"bib": "BibTeX", "ris": "RIS", "csv": "CSV", "md": "Markdown"}


async def _send_file(ask: Ask, user_id: int, form: str) -> None:
    render = _FORMATS.get(form)
    if render is None:
        raise Refusal("which-format", example="/saved bib")
    await show_action(ask, ChatAction.UPLOAD_DOCUMENT)
    known, total = await _of(ask, user_id, MOST_SAVED, 0)
    if not total:
        raise Refusal("nothing-saved", example=_EXAMPLE)
    await ask.send_file(f"reading-list-{ask.services.now():%Y-%m-%d}.{form}", render(known, ask.words))


async def _of(ask: Ask, user_id: int, limit: int, offset: int) -> tuple[list[Saved], int]:
    async with ask.services.db.read() as session:
        rows, total = await reading_list.of(session, user_id, limit=limit, offset=offset)
    entries = await ask.services.lookup.listed([ArxivId(row.arxiv_id, row.version) for row in rows], ask.here.language)
    papers = {entry.paper.arxiv_id: entry for entry in entries}
    known = [Saved(papers[row.arxiv_id], row.note, row.saved_at) for row in rows if row.arxiv_id in papers]
    return known, total


def _page(args: Sequence[str]) -> int:
    number = next(iter(args), "")
    if not number.isdecimal() or int(number) > MOST_SAVED // PAGE:
        raise Refusal("button-outdated")
    return int(number)


def _short(paper: Paper) -> str:
    return shorten(plain_title(paper.title), _TITLE_IN_ANSWER)
