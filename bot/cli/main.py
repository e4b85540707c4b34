"""The command `arxiv-digest-bot`."""

from __future__ import annotations

import argparse
import asyncio
import errno
import gc
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from pydantic import ValidationError

from bot.cli.arguments import build_parser
from bot.cli.terminal import CommandError, prepare, reason
from bot.config import Settings, options


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done, 1 could not be done, 2 wrong use."""
    prepare()
    args = build_parser().parse_args(argv)
    try:
        code = _carry_out(args)
        sys.stdout.flush()
    except OSError as error:
        if error.errno not in {errno.EPIPE, errno.ENOSPC}:
            raise
        # What is left would be told of once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno == errno.EPIPE:
            return 0  # the reader, such as `head`, has seen enough
        _complain(f"the output cannot be written: {reason(error)}")
        return 1
    return code


def _carry_out(args: argparse.Namespace) -> int:
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
    except UnicodeDecodeError as error:
        _complain(f"the file .env, or one that is named for a secret, cannot be read: {reason(error)}")
        return 1
    except OSError as error:
        _complain(f"{error.filename} cannot be read: {reason(error)}")
        return 1
    # At the terminal the answer is the output; events are for a bot that runs, and why a backend failed is an answer.
    quiet = {"run": "INFO", "translate": "WARNING"}.get(args.command, "ERROR")
    configure(quiet if settings.log_level == "INFO" else settings.log_level)
    return _run(args, settings)


def print_options() -> None:
    """The option table for the terminal."""
    for option in options():
        secret = f" (or the file named by {option.name}_FILE)" if option.secret else ""
        sys.stdout.write(f"{option.name}={option.default}\n    {option.description}{secret}\n")


def _run(args: argparse.Namespace, settings: Settings) -> int:
    # What is imported stays: to look through it for garbage again and again took a sixth of a start.
    gc.disable()
    # Imported here so that --help answers at once.
    from bot.runtime.lifecycle import CannotStart
    from storage.database import StorageError

    try:
        return asyncio.run(_begun(_command(args, settings)))
    except (CannotStart, CommandError, StorageError) as error:
        _complain(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        gc.enable()


async def _begun(command: Coroutine[Any, Any, int]) -> int:
    """The command, which imports what it needs before it waits for anything."""
    asyncio.get_running_loop().call_soon(_imported)
    return await command


def _imported() -> None:
    gc.freeze()
    gc.enable()


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
        "backup": _backup,
    }
    return commands[args.command](args, settings)


async def _serve(_args: argparse.Namespace, settings: Settings) -> int:
    from bot.app import serve

    await serve(settings)
    return 0


async def _demo(args: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.demo import demo

    await demo(settings, once=args.once or not sys.stdout.isatty(), port=args.port)
    return 0


async def _digest(args: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.console import DigestOrder, parse_announce_types, print_digest

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
    from bot.cli.console import print_records

    print_records(args.records, args.form, args.output)
    return 0


async def _paper(args: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.console import print_paper

    await print_paper(settings, args.link, args.language or settings.language)
    return 0


async def _translate(args: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.translation_list import print_translation

    language = args.language or settings.language
    await print_translation(settings, args.text, args.file, args.paper, backend=args.backend, language=language)
    return 0


async def _translations(args: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.translation_list import print_translations

    await print_translations(settings, stale=args.stale, language=args.language)
    return 0


async def _quality(args: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.quality_report import print_quality

    print_quality(args.records, args.language or settings.language, as_json=args.json)
    return 0


async def _announcements(args: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.console import print_announcements

    await print_announcements(settings, args.category)
    return 0


async def _refetch(args: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.console import refetch

    await refetch(settings, args.category, args.date)
    return 0


async def _check(_args: argparse.Namespace, settings: Settings) -> int:
    from bot.cli.check import findings

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


async def _backup(args: argparse.Namespace, settings: Settings) -> int:
    from storage.database import back_up

    copy = await back_up(settings.database_address, args.place, keep=args.keep)
    sys.stdout.write(f"a copy of the database: {copy}\n")
    return 0


def _complain(text: str) -> None:
    sys.stderr.write(f"arxiv-digest-bot: {text}\n")
