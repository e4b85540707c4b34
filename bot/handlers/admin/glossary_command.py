"""`/glossary`: the terms that administrators added, and adding and removing them."""

from __future__ import annotations

from bot.handlers.ask import Ask, Refusal, code
from bot.i18n.languages import parse_language
from bot.translate.text.glossary import BadTerm, parse_term
from storage import glossary
from storage.records import Term

_FORM = "/glossary add zh-CN: prompt = 提示"
_SHOWN = 60


async def show_glossary(ask: Ask) -> None:
    """`/glossary`, `/glossary add zh-CN: prompt = 提示`, `/glossary remove prompt`."""
    verb, words = (ask.args[0].lower() if ask.args else ""), " ".join(ask.args[1:])
    match verb:
        case "":
            await _list(ask)
        case "add":
            await _add(ask, words)
        case "remove":
            await _remove(ask, words)
        case _:
            raise Refusal("glossary-form", example=_FORM)


async def _list(ask: Ask) -> None:
    async with ask.services.db.read() as session:
        terms = await glossary.terms(session)
    if not terms:
        await ask.say("glossary-empty", example=_FORM)
        return
    listed = "\n".join(code(str(term)) for term in terms[:_SHOWN])
    await ask.reply(f"{ask.words.html('glossary-head', count=len(terms), example=_FORM)}\n\n{listed}")


async def _add(ask: Ask, line: str) -> None:
    try:
        term = parse_term(line)
    except BadTerm:
        raise Refusal("glossary-form", example=_FORM) from None
    language = term.language if term.language == "*" else parse_language(term.language)
    if language is None:
        raise Refusal("glossary-form", example=_FORM)
    term = Term(term.english, term.rendering, language)
    async with ask.services.db.begin() as session:
        await glossary.add(session, term, ask.user.id if ask.user else None, ask.services.now())
    await ask.say("glossary-added", term=str(term))


async def _remove(ask: Ask, line: str) -> None:
    head, colon, rest = line.partition(":")
    language = parse_language(head) if colon else None
    word = (rest if language else line).partition("=")[0].strip()
    if not word:
        raise Refusal("glossary-form", example="/glossary remove prompt")
    async with ask.services.db.begin() as session:
        removed = await glossary.remove(session, word, language)
    await ask.say("glossary-removed" if removed else "glossary-unknown", term=word)
