"""What commands read and write at the terminal: UTF-8 whatever the locale says, whole files, errors as sentences."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path

from bot.i18n.languages import parse_language


class CommandError(Exception):
    """The command cannot do what was asked; the argument is a sentence for the person at the terminal."""


def prepare() -> None:
    """Make the output take every character; where it is closed, nobody reads it."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until the end
    elif isinstance(sys.stdout, io.TextIOWrapper):
        # A digest in Chinese has no letters for Latin-1, and a document that a shell writes to a file is UTF-8.
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until the end


def reason(error: Exception) -> str:
    """Why something could not be read or written, without what the sentence around it says already."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    if isinstance(error, OSError):
        return error.strerror or str(error) or "no answer in time"
    return str(error)


def language_code(name: str) -> str:
    """The code of the language that an option names. Raises CommandError."""
    code = parse_language(name)
    if code is None:
        raise CommandError(f"There is no language {name!r}; for example: --language zh-CN")
    return code


def write(text: str, output: Path | None) -> None:
    """Print the text, or write it to a file. Raises CommandError."""
    if output is None:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        return
    if output.is_dir():
        raise CommandError(f"{output} is a folder; name a file in it, for example: --output {output / 'digest.md'}")
    try:
        _move_into_place(text, output)
    except OSError as error:
        raise CommandError(f"{output} cannot be written: {reason(error)}") from None


def _move_into_place(text: str, output: Path) -> None:
    """Written beside and moved into place: a digest that is there is never half of one, and nothing is left beside."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", errors="replace", newline="\n", dir=output.absolute().parent, delete=False
    ) as file:
        written = Path(file.name)
        try:
            file.write(text)
            file.close()
            written.chmod(0o644)
            written.replace(output)
        except OSError:
            written.unlink()
            raise
