"""The commands of `arxiv-digest-bot` and their options."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from bot import __version__

_EPILOG = """\
Settings come from environment variables or a file .env in the current folder; each is listed with `arxiv-digest-bot
options`. To try the bot without a token and without a network: arxiv-digest-bot demo
"""


def build_parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    parser = argparse.ArgumentParser(
        prog="arxiv-digest-bot",
        description="A Telegram bot that answers arXiv links with bilingual cards and posts each day's announcement "
        "of subscribed categories as a bilingual digest.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    commands.add_parser("run", help="run the bot (needs TELEGRAM_TOKEN)")

    demo = commands.add_parser("demo", help="try the bot on a simulated Telegram: no token, no network")
    demo.add_argument("--once", action="store_true", help="post the sample digest, print what was posted, and end")
    demo.add_argument(
        "--port", type=int, default=8765, help="port of the chat page on 127.0.0.1 (default 8765; 0: any)"
    )

    digest = commands.add_parser(
        "digest",
        help="print the bilingual digest of categories, or of a feed in a file",
        description="Print the digest of the newest announcement of the given categories, each paper once. Without a "
        "translator at hand the texts are English and marked as not translated.",
        epilog="example: arxiv-digest-bot digest cs.CV cs.LG --format markdown --output today.md",
    )
    digest.add_argument("categories", nargs="*", metavar="CATEGORY", help="such as cs.CV, or a whole archive: math")
    digest.add_argument("--feed", metavar="FILE|URL", help="read this feed (Atom or RSS) instead of asking arXiv")
    digest.add_argument(
        "--date",
        type=_date,
        metavar="YYYY-MM-DD",
        help="an earlier mailing date (beyond 90 days: approximate, by submission time)",
    )
    digest.add_argument(
        "--announce-types",
        default="new,cross",
        help="out of new,cross,replace,replace-cross, or all (default new,cross)",
    )
    digest.add_argument("--language", help="language to translate to (default: LANGUAGE); en: English only")
    digest.add_argument(
        "--format",
        dest="form",
        choices=("markdown", "classic", "jsonl"),
        default="markdown",
        help="markdown document (default), classic: as a chat shows it, jsonl: one record a line",
    )
    digest.add_argument("--output", type=Path, metavar="FILE", help="write there instead of to the terminal")

    render = commands.add_parser(
        "render",
        help="render records written by `digest --format jsonl`",
        description="Render records, one JSON object a line with arxiv_id, link, title, abstract, translated_title, "
        "translated_abstract, tldr and tldr_en, in the order given.",
    )
    render.add_argument("records", type=Path, metavar="RECORDS.jsonl")
    render.add_argument("--format", dest="form", choices=("markdown", "jsonl"), default="markdown")
    render.add_argument("--output", type=Path, metavar="FILE", help="write there instead of to the terminal")

    paper = commands.add_parser("paper", help="print the bilingual card of a paper")
    paper.add_argument("link", metavar="LINK", help="any arXiv link or id, or a text that holds some")
    paper.add_argument("--language", help="language to translate to (default: LANGUAGE)")

    translate = commands.add_parser(
        "translate",
        help="show how a text or a paper is translated, by whom and for what",
        description="Translate now, through the whole chain or one backend, and show each text with who made it, what "
        "the gates turned away, and the cost.",
        epilog="example: arxiv-digest-bot translate 2402.15351 --backend google --language ja",
    )
    translate.add_argument("paper", nargs="?", metavar="PAPER", help="an arXiv link or id")
    translate.add_argument("--text", help="an English text instead, such as an abstract")
    translate.add_argument("--file", type=Path, metavar="FILE", help="a file with one")
    translate.add_argument("--backend", help="ask this backend only (default: those of TRANSLATORS in order)")
    translate.add_argument("--language", help="language to translate to (default: LANGUAGE)")

    made = commands.add_parser("translations", help="count the stored translations, or list those made in an older way")
    made.add_argument("--stale", action="store_true", help="list those made with an older pipeline, prompt or glossary")
    made.add_argument("--language", help="only those to this language")

    quality = commands.add_parser(
        "quality",
        help="how good the translations in a file of records are",
        description="Print how often each gate raises an alarm and each known defect occurs in records as `digest "
        "--format jsonl` writes them, beside the known rates.",
    )
    quality.add_argument("records", type=Path, metavar="FILE.jsonl")
    quality.add_argument("--language", help="the language of the translations (default: LANGUAGE)")
    quality.add_argument("--json", action="store_true", help="as JSON instead of a table")

    held = commands.add_parser("announcements", help="list what is stored of arXiv's announcements")
    held.add_argument("category", nargs="?", metavar="CATEGORY")

    refetch = commands.add_parser("refetch", help="ask arXiv again for an announcement")
    refetch.add_argument("category", metavar="CATEGORY")
    refetch.add_argument(
        "date", nargs="?", type=_date, metavar="YYYY-MM-DD", help="its mailing date (default: the newest)"
    )

    commands.add_parser("check", help="look at settings, database, Telegram, arXiv and translators")
    commands.add_parser("migrate", help="bring the database to this version's form (a copy is made first)")
    backup = commands.add_parser("backup", help="copy the database (SQLite) while the bot is at work")
    backup.add_argument("place", type=Path, help="the file to make, or a folder for one named by the time")
    backup.add_argument("--keep", type=_count, metavar="N", help="of those in the folder only the newest N stay")
    commands.add_parser("options", help="list the settings with their defaults")
    return parser


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; for example 2026-08-21") from None


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on; for example 14")
    return int(text)
