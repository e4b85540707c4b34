"""`translate` shows how a text is translated, by whom and for what; `translations` lists the stored ones."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from bot.app import Core
from bot.arxiv_source.ids import find_ids
from bot.cli.console import desk
from bot.cli.terminal import CommandError, language_code, reason
from bot.config import BACKENDS, Settings
from bot.render.names import wrap
from bot.translate.stored import is_stale
from storage import costs, glossary, translations
from storage.records import Cost, Paper, TextField, Translation, Usage

_MOST_CHARACTERS = 20_000
_Costs = Mapping[tuple[str, str], Cost]


async def print_translation(
    settings: Settings, text: str | None, file: Path | None, link: str | None, *, backend: str | None, language: str
) -> None:
    """Translate a text (an abstract), a file with one, or a paper, now; nothing of it is stored but what it took."""
    code = language_code(language)
    if sum(source is not None for source in (text, file, link)) != 1:
        raise CommandError("What is to be translated? For example: arxiv-digest-bot translate 2402.15351")
    if backend is not None and backend not in BACKENDS:
        raise CommandError(f"There is no backend {backend!r}; it is one of {', '.join(BACKENDS)}")
    chosen = settings if backend is None else settings.model_copy(update={"translators": (backend,)})
    async with desk(chosen) as parts:
        if backend is not None and backend not in parts.chain.names:
            raise CommandError(f"{backend} lacks a key, an address or a file; see `options`")
        paper = await _paper(parts, link) if link is not None else _of_text(_read(text, file))
        today = parts.now().date()
        async with parts.db.read() as session:
            terms = await glossary.terms(session)
            before = await costs.by_backend(session, today)
        with_terms = parts.chain.glossary(code, terms)
        made = await parts.chain.translate(paper, code, glossary=with_terms)
        await parts.chain.settled()
        async with parts.db.read() as session:
            after = await costs.by_backend(session, today)
    sys.stdout.write(_shown(made, before, after))


async def print_translations(settings: Settings, *, stale: bool, language: str | None) -> None:
    """Count the stored translations by language and versions; with `stale` list those made with older ones."""
    code = language_code(language) if language is not None else None
    async with desk(settings) as parts:
        async with parts.db.read() as session:
            stored = await translations.listing(session, code)
            terms = await glossary.terms(session)
        versions = {text: parts.chain.glossary(text, terms).version for text in {made.language for made in stored}}
    old = [made for made in stored if is_stale(made, versions[made.language])]
    if stale:
        for made in old:
            makers = ",".join(dict.fromkeys(made.made_by.values()))
            at = f"{made.made_at:%Y-%m-%d}" if made.made_at else "-"
            sys.stdout.write(
                f"{made.arxiv_id}v{made.version}  {made.language:<6} {at}  {_versions(made):<28} {makers}\n"
            )
    else:
        counts = Counter((made.language, _versions(made)) for made in stored)
        for (name, made_with), count in sorted(counts.items()):
            sys.stdout.write(f"{name:<6} {made_with:<28} {count:>7}\n")
    note = " /regenerate CATEGORY DATE translate makes those of a digest anew." if old else ""
    sys.stderr.write(f"arxiv-digest-bot: {len(stored)} translations, {len(old)} of them stale.{note}\n")


def _versions(made: Translation) -> str:
    return f"pipeline {made.pipeline_version} prompt {made.prompt_version} terms {made.glossary_version or '-'}"


def _read(text: str | None, file: Path | None) -> str:
    try:
        found = text if file is None else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {reason(error)}") from None
    if not found or not found.strip():
        raise CommandError("There is no text to translate.")
    if len(found) > _MOST_CHARACTERS:
        raise CommandError(f"That is longer than an abstract: at most {_MOST_CHARACTERS} characters.")
    return found


def _of_text(text: str) -> Paper:
    return Paper(arxiv_id="text", version=1, title="", abstract=text, authors=(), primary_category="")


async def _paper(parts: Core, link: str) -> Paper:
    ids = find_ids(link)
    if not ids:
        raise CommandError(f"{link[:200]!r} names no arXiv paper; for example: https://arxiv.org/abs/2402.15351")
    found = await parts.lookup.find(ids[:1])
    if not found.papers:
        raise CommandError(str(found.unavailable or f"arXiv has no paper {ids[0]}"))
    return found.papers[0]


def _shown(made: Translation, before: _Costs, after: _Costs) -> str:
    texts = {
        TextField.TITLE: made.title,
        TextField.ABSTRACT: made.abstract,
        TextField.SUMMARY: made.summary,
        TextField.SUMMARY_EN: made.summary_en,
    }
    lines: list[str] = []
    for of, text in texts.items():
        if text == "":
            continue
        maker = made.made_by.get(of.value, "not translated")
        turned_away = "; ".join(made.notes.get(of.value, ()))
        gates = f"  (turned away: {turned_away})" if turned_away else ""
        lines += [f"{of.value}: {maker}{gates}", *(f"    {line}" for line in wrap(text or "-", 96)), ""]
    for (name, model), spent in after.items():
        used = spent.used - before[name, model].used if (name, model) in before else spent.used
        if used.requests:
            lines.append(f"{name}{f':{model}' if model else ''}: {_cost(used)}")
    return "\n".join(lines).rstrip() + "\n"


def _cost(used: Usage) -> str:
    parts = [f"requests {used.requests}", f"characters {used.characters}"]
    if used.tokens_in or used.tokens_out:
        parts.append(f"tokens {used.tokens_in} + {used.tokens_out}")
    parts.append(f"money {used.money.normalize():f}")
    return ", ".join(parts)
