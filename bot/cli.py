"""The command `arxiv-digest-bot`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot import __version__
from bot.config import Settings, options

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
        formatter_class=argparse.RawDescriptionHelpFormatter,
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
    commands.add_parser("options", help="list the settings with their defaults")
    return parser


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; for example 2026-08-21") from None


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done, 1 could not be done, 2 wrong use."""
    args = build_parser().parse_args(argv)
    if args.command == "options":
        print_options()
        return 0
    from bot.log import configure

    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            name = str(problem["loc"][0]).upper() if problem["loc"] else "settings"
            _complain(f"{name}: {problem['msg'].removeprefix('Value error, ')}")
        return 1
    except OSError as error:
        _complain(f"a secret's file cannot be read: {error}")
        return 1
    # At the terminal the answer is the output; events are for a bot that runs.
    quiet = args.command != "run" and settings.log_level == "INFO"
    configure("ERROR" if quiet else settings.log_level)
    return _run(args, settings)


def print_options() -> None:
    """The option table for the terminal."""
    for option in options():
        secret = f" (or the file named by {option.name}_FILE)" if option.secret else ""
        sys.stdout.write(f"{option.name}={option.default}\n    {option.description}{secret}\n")


def _run(args: argparse.Namespace, settings: Settings) -> int:
    # Imported here so that --help answers at once.
    from bot.app import CannotStart
    from bot.console import CommandError
    from storage.database import StorageError

    try:
        return asyncio.run(_command(args, settings))
    except (CannotStart, CommandError, StorageError) as error:
        _complain(str(error))
        return 1
    except BrokenPipeError:
        return 0  # the reader (such as `head`) has seen enough
    except KeyboardInterrupt:
        return 130


def _command(args: argparse.Namespace, settings: Settings) -> Coroutine[Any, Any, int]:
    commands: dict[str, Callable[[argparse.Namespace, Settings], Coroutine[Any, Any, int]]] = {
        "run": _serve,
        "demo": _demo,
        "digest": _digest,
        "render": _render,
        "paper": _paper,
        "translate": _translate,
        "translations": _translations,
        "quality": _quality,
        "announcements": _announcements,
        "refetch": _refetch,
        "check": _check,
        "migrate": _migrate,
    }
    return commands[args.command](args, settings)


async def _serve(_args: argparse.Namespace, settings: Settings) -> int:
    from bot.app import serve

    await serve(settings)
    return 0


async def _demo(args: argparse.Namespace, settings: Settings) -> int:
    from bot.demo import demo

    await demo(settings, once=args.once or not sys.stdout.isatty(), port=args.port)
    return 0


async def _digest(args: argparse.Namespace, settings: Settings) -> int:
    from bot.console import DigestOrder, parse_announce_types, print_digest

    order = DigestOrder(
        names=tuple(args.categories),
        feed=args.feed,
        announce_types=parse_announce_types(args.announce_types),
        language=args.language or settings.language,
        form=args.form,
        output=args.output,
        day=args.date,
    )
    await print_digest(settings, order)
    return 0


async def _render(args: argparse.Namespace, _settings: Settings) -> int:
    from bot.console import print_records

    print_records(args.records, args.form, args.output)
    return 0


async def _paper(args: argparse.Namespace, settings: Settings) -> int:
    from bot.console import print_paper

    await print_paper(settings, args.link, args.language or settings.language)
    return 0


async def _translate(args: argparse.Namespace, settings: Settings) -> int:
    from bot.translations import print_translation

    language = args.language or settings.language
    await print_translation(settings, args.text, args.file, args.paper, backend=args.backend, language=language)
    return 0


async def _translations(args: argparse.Namespace, settings: Settings) -> int:
    from bot.translations import print_translations

    await print_translations(settings, stale=args.stale, language=args.language)
    return 0


async def _quality(args: argparse.Namespace, settings: Settings) -> int:
    from bot.quality import print_quality

    print_quality(args.records, args.language or settings.language, as_json=args.json)
    return 0


async def _announcements(args: argparse.Namespace, settings: Settings) -> int:
    from bot.console import print_announcements

    await print_announcements(settings, args.category)
    return 0


async def _refetch(args: argparse.Namespace, settings: Settings) -> int:
    from bot.console import refetch

    await refetch(settings, args.category, args.date)
    return 0


async def _check(_args: argparse.Namespace, settings: Settings) -> int:
    from bot.check import findings

    good = True
    async for finding in findings(settings):
        sys.stdout.write(f"{finding}\n")
        good = good and finding.ok
    return 0 if good else 1


async def _migrate(_args: argparse.Namespace, settings: Settings) -> int:
    from storage.database import migrate

    done = await migrate(settings.database_address)
    sys.stdout.write(f"database: {done.before or 'new'} → {done.after}\n")
    if done.copied_to is not None:
        sys.stdout.write(f"a copy of what was there: {done.copied_to}\n")
    return 0


def _complain(text: str) -> None:
    sys.stderr.write(f"arxiv-digest-bot: {text}\n")
