"""The card that answers a link: one paper in two languages, as Telegram HTML and as text for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from bot.i18n import Words
from bot.i18n.dates import short_date
from bot.i18n.languages import ENGLISH, NAMES
from bot.render.button import Button, callback
from bot.render.deep_link import paper_link
from bot.render.latex import to_unicode
from bot.render.message import TEXT_LIMIT, escape, fitted, length, link, truncate_html, units
from bot.render.names import (
    ARXIV,
    abs_url,
    authors_line,
    html_url,
    one_line,
    pdf_url,
    plain_title,
    shorten,
    visible,
    wrap,
)
from storage.records import EXTRACTIVE, BilingualPaper, Paper, Translation

CARD_LIMIT = TEXT_LIMIT - 96
"""A card leaves room for a line below it, such as "being translated"."""

_COLUMNS = 100
_CATEGORIES_SHOWN = 8
# Only cards that do not fit otherwise are held to these; no arXiv title is that long, and hardly a sentence.
_LONGEST_TITLE = 400
_LONGEST_SUMMARY = 600
_LONGEST_FACT = 300
# arXiv makes pages of the TeX sources that came in from then on (https://info.arxiv.org/about/accessible_HTML.html).
_FIRST_HTML = date(2023, 12, 1)
_NO_CATEGORY_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Card:
    """A rendered card: Telegram HTML and the rows of buttons under it."""

    text: str
    buttons: tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card stands among the paper's other cards, which its buttons lead to."""

    arxiv_id: str
    version: int | None
    """The version that was asked for; None where it was the newest one, whichever that may be."""
    language: str
    """The language that its texts are in, besides English."""
    other: str
    """The language that its button changes to."""
    newest: int
    """The highest version that is known."""
    bot_name: str = ""
    """Where a card belongs to a channel, whose readers change nothing: the bot in whose private chat it opens."""

    @property
    def reference(self) -> str:
        """Names the paper, with its version where a version was asked for."""
        return self.arxiv_id if self.version is None else f"{self.arxiv_id}v{self.version}"


@dataclass(frozen=True, slots=True)
class Texts:
    """A paper's texts as both cards show them: plain Unicode, each once, the reader's language first."""

    titles: tuple[str, ...]
    summaries: tuple[str, ...]
    abstracts: tuple[str, ...]


def render_card(
    entry: BilingualPaper,
    words: Words,
    *,
    base: str = ARXIV,
    category_names: Mapping[str, str] = _NO_CATEGORY_NAMES,
    place: Place | None = None,
) -> Card:
    """The card in the interface language of `words`; `category_names` tells what categories are called there.

    Both abstracts stand in full, folded, unless the card grew beyond a message; then they are shortened, with a link.
    Without a `place` it has no buttons that call back.
    """
    address = place.reference if place is not None else entry.paper.arxiv_id
    links = tuple(link_buttons(entry.paper, words, base=base, reference=address))
    return Card(_text(entry, words, base, category_names, place), (links, *(_more(place, words) if place else ())))


def link_buttons(paper: Paper, words: Words, *, reference: str, base: str = ARXIV) -> list[Button]:
    """The buttons that open the paper's pages; `reference` is its id, with a version for that version's pages."""
    buttons = [Button(words("render-button-abs"), url=abs_url(reference, base))]
    if not paper.withdrawn:
        buttons.append(Button(words("render-button-pdf"), url=pdf_url(reference, base)))
        if _has_html(paper):
            buttons.append(Button(words("render-button-html"), url=html_url(reference, base)))
    return buttons


def _more(place: Place, words: Words) -> tuple[tuple[Button, ...], ...]:
    def button(key: str, name: str, *arguments: str) -> Button:
        return Button(words(key), callback_data=callback(name, place.reference, *arguments))

    if place.bot_name:
        opened = Button(words("button-open-in-bot"), url=paper_link(place.bot_name, place.reference))
        return ((button("render-button-save", "save"), opened),)
    changes = [Button(NAMES[place.other], callback_data=callback("card", place.reference, place.other))]
    if place.version is not None and place.version < place.newest:
        newest = f"{place.arxiv_id}v{place.newest}"
        changes.append(Button(f"v{place.newest}", callback_data=callback("card", newest, place.language)))
    return (
        (
            button("render-button-bibtex", "bib", place.language),
            button("render-button-save", "save"),
            button("render-button-like", "like", place.language),
        ),
        tuple(changes),
    )


def _has_html(paper: Paper) -> bool:
    """Whether arXiv may have made a page of the paper: it depends on when its newest source came in."""
    if paper.updated_at is not None:
        return paper.updated_at.date() >= _FIRST_HTML
    stamp = paper.arxiv_id[:4]
    return stamp.isdigit() and int(stamp) >= _FIRST_HTML.year % 100 * 100 + _FIRST_HTML.month


def render_card_plain(
    entry: BilingualPaper,
    words: Words,
    *,
    base: str = ARXIV,
    category_names: Mapping[str, str] = _NO_CATEGORY_NAMES,
) -> str:
    """The card for a terminal: the same in lines of at most 100 columns, with addresses on lines of their own."""
    paper = entry.paper
    texts = texts_of(entry, words)
    labels = [f"{category} {name}".rstrip() for category, name in _categories(paper, category_names)]
    facts = [
        words("render-withdrawn") if paper.withdrawn else "",
        _authors(paper, words),
        words("render-categories") + " · ".join(labels),
        _dates(paper, words),
        *(label + text for label, text in _notes(paper, words)),
        *([words("render-doi") + doi] if (doi := one_line(paper.doi or "")) else []),
        *_made_by(entry.translation, words),
    ]
    blocks = [
        [line for title in texts.titles for line in wrap(title, _COLUMNS)],
        [
            *(line for fact in facts for line in wrap(fact, _COLUMNS)),
            abs_url(paper.arxiv_id, base),
            *([] if paper.withdrawn else [pdf_url(paper.arxiv_id, base)]),
        ],
        *(wrap(text, _COLUMNS) for text in (*texts.summaries, *texts.abstracts)),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def texts_of(entry: BilingualPaper, words: Words, *, formulas: Callable[[str], str] = to_unicode) -> Texts:
    """The paper's texts in the reader's language and in English; what is missing there is English behind a mark.

    `formulas` makes of a text what can be shown: by default Unicode.
    """
    paper, translation = entry.paper, entry.translation

    def shown(text: str | None) -> str:
        made = formulas(one_line(text or "")).strip()  # a formula may end in a space of its own
        return made if visible(made) else ""

    title = shown(plain_title(paper.title)) or paper.arxiv_id
    abstract = shown(paper.abstract)

    summary = shown(translation.summary)
    summary_en = shown(translation.summary_en)
    if translation.language == ENGLISH:
        only = summary or summary_en
        return Texts((title,), (only,) if only else (), (abstract,))

    def both(translated: str, english: str) -> tuple[str, ...]:
        if translated:
            return (translated, english) if english and english != translated else (translated,)
        return (words("render-untranslated") + english,) if english else ()

    return Texts(
        both(shown(translation.title), title),
        both(summary, summary_en) or (words("render-no-summary"),),
        both(shown(translation.abstract), abstract),
    )


def titles_of(entry: BilingualPaper) -> tuple[str, ...]:
    """The paper's titles, the reader's language first; without a mark, as lists of many papers show them."""
    title = to_unicode(plain_title(entry.paper.title))
    title = title if visible(title) else entry.paper.arxiv_id
    translated = to_unicode(one_line(entry.translation.title or ""))
    return (translated, title) if visible(translated) and translated != title else (title,)


def _text(
    entry: BilingualPaper, words: Words, base: str, category_names: Mapping[str, str], place: Place | None
) -> str:
    texts = texts_of(entry, words)
    foot = [f"<i>{escape(line)}</i>" for line in _made_by(entry.translation, words)]
    head = _head(entry.paper, texts, words, base, category_names, place)
    whole = "\n\n".join([*head, _folded(texts.abstracts), *foot])
    if length(whole) <= CARD_LIMIT:
        return whole
    tight = Texts(
        tuple(shorten(text, _LONGEST_TITLE) for text in texts.titles),
        tuple(shorten(text, _LONGEST_SUMMARY) for text in texts.summaries),
        texts.abstracts,
    )
    head = _head(entry.paper, tight, words, base, category_names, place)
    more = words("render-full-abstract")
    rest = length("\n\n".join([*head, "", *foot])) + units(more) + 2
    abstracts = _share(texts.abstracts, CARD_LIMIT - rest)
    full = link(abs_url(entry.paper.arxiv_id, base), escape(more))
    return truncate_html("\n\n".join([*head, _folded(abstracts), full, *foot]))


def _head(
    paper: Paper, texts: Texts, words: Words, base: str, category_names: Mapping[str, str], place: Place | None
) -> list[str]:
    """Titles, facts and summaries: the blocks above the abstracts."""
    address = abs_url(place.reference if place is not None else paper.arxiv_id, base)
    first, *second = (escape(title) for title in texts.titles)
    titles = [f"<b>{first}</b>", link(address, second[0])] if second else [f"<b>{link(address, first)}</b>"]
    if paper.withdrawn:
        titles.insert(0, f"<b>{escape(words('render-withdrawn'))}</b>")
    if place is not None and place.newest > paper.version:
        titles.insert(0, f"<b>{escape(words('render-newer-version', version=str(place.newest)))}</b>")
    labels = [
        f"<code>{escape(category)}</code> {escape(name)}".rstrip()
        for category, name in _categories(paper, category_names)
    ]
    facts = [
        escape(_authors(paper, words)),
        words("render-categories") + " · ".join(labels),
        escape(_dates(paper, words)),
        *(escape(label + text) for label, text in _notes(paper, words)),
    ]
    if doi := shorten(one_line(paper.doi or ""), _LONGEST_FACT):
        facts.append(words("render-doi") + link(f"https://doi.org/{quote(doi, safe='/()')}", escape(doi)))
    return [
        "\n".join(titles),
        "\n".join(fact for fact in facts if fact),
        *(escape(summary) for summary in texts.summaries),
    ]


def _authors(paper: Paper, words: Words) -> str:
    names = authors_line(paper, words)
    return words("render-authors") + names if names else ""


def _categories(paper: Paper, category_names: Mapping[str, str]) -> list[tuple[str, str]]:
    """The first categories with their names, where known."""
    return [
        (shorten(one_line(category), 40), shorten(one_line(category_names.get(category, "")), 60))
        for category in paper.categories[:_CATEGORIES_SHOWN]
    ]


def _dates(paper: Paper, words: Words) -> str:
    parts = []
    if paper.submitted_at is not None:
        parts.append(words("render-submitted", date=short_date(paper.submitted_at.date(), words.language)))
    if paper.version > 1:
        version = str(paper.version)
        parts.append(
            words("render-version", version=version)
            if paper.updated_at is None
            else words("render-updated", version=version, date=short_date(paper.updated_at.date(), words.language))
        )
    if paper.announced_on is not None:
        parts.append(words("render-announced", date=short_date(paper.announced_on, words.language)))
    return " · ".join(parts)


def _notes(paper: Paper, words: Words) -> list[tuple[str, str]]:
    """What its authors say of it and where it was published, each behind its label."""
    known = (("render-comment", paper.comment or ""), ("render-journal", paper.journal_ref or ""))
    return [(words(key), shown) for key, text in known if (shown := shorten(to_unicode(one_line(text)), _LONGEST_FACT))]


def _made_by(translation: Translation, words: Words) -> list[str]:
    """The line that says which backends made the translation, each named once, and what is a sentence of the paper."""
    if translation.language == ENGLISH:
        return []
    makers = dict.fromkeys(shorten(one_line(name), 60) for name in translation.made_by.values() if name)
    names = [name for name in makers if name != EXTRACTIVE]
    said = [words("render-made-by") + words("render-list-separator").join(names)] if names else []
    said += [words("render-taken-from-abstract")] if EXTRACTIVE in makers else []
    return [words("render-clause-separator").join(said)] if said else []


def _folded(abstracts: tuple[str, ...]) -> str:
    return "\n".join(f"<blockquote expandable>{escape(text)}</blockquote>" for text in abstracts if text)


def _share(abstracts: tuple[str, ...], room: int) -> tuple[str, ...]:
    """The abstracts shortened to fit together; what a short one leaves goes to the long one."""
    if len(abstracts) < 2:  # noqa: PLR2004 - one language or two
        return tuple(fitted(text, room) for text in abstracts)
    first, second = abstracts
    room = max(room - 1, 0)  # the line break between them
    first_share = max(room // 2, room - units(second))
    first = fitted(first, first_share)
    return first, fitted(second, room - units(first))
