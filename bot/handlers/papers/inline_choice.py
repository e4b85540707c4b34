"""A card that somebody sent by way of inline mode: translated now where it was not, and completed where it stands.

Telegram tells what was chosen only where @BotFather was told so (/setinlinefeedback), see
https://core.telegram.org/bots/inline#collecting-feedback.
"""

from __future__ import annotations

from telegram import Bot, ChosenInlineResult

from bot.arxiv_source.ids import parse_id
from bot.handlers.ask import Services
from bot.i18n import Words, catalogue_names
from bot.i18n.languages import ENGLISH, NAMES
from storage import open_cards
from storage.records import BilingualPaper, OpenCard

_MARK = ":"


def result_id(entry: BilingualPaper, words: Words) -> str:
    """What a result is chosen by: the paper, and what it takes to complete a card that has gaps."""
    paper, translation = entry.paper, entry.translation
    known = f"{paper.arxiv_id}v{paper.version}"
    if translation.complete or translation.language == ENGLISH:
        return known
    return _MARK.join((known, translation.language, words.language))


async def complete_chosen(services: Services, bot: Bot, chosen: ChosenInlineResult) -> None:
    """Translate what was sent with gaps, and edit it; what fails is tried again by itself."""
    named, *how = chosen.result_id.split(_MARK)
    paper_id = parse_id(named)
    if paper_id is None or not chosen.inline_message_id or len(how) != 2:  # noqa: PLR2004 - see result_id
        return
    language, interface = how
    found = await services.lookup.find([paper_id])
    if language not in NAMES or interface not in catalogue_names() or not found.papers:
        return
    paper = found.papers[0]
    card = OpenCard(
        chat_id=chosen.from_user.id,
        message_id=0,
        source_hash=paper.source_hash,
        language=language,
        arxiv_id=paper.arxiv_id,
        version=paper.version,
        asked_version=None,
        other=ENGLISH,
        interface=interface,
        bot_name=bot.username,
        posted_at=services.now(),
        waiting=True,
        inline_message_id=chosen.inline_message_id,
    )
    async with services.db.begin() as session:
        await open_cards.keep(session, card)
    entry = await services.lookup.translated(paper, language, chat_id=chosen.from_user.id)
    await services.cards.show(card, entry.translation)
