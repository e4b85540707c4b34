"""What is written about the project agrees with the project: options, commands, files and versions."""

from __future__ import annotations

import re
import textwrap
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot import __version__
from bot.cli.arguments import build_parser
from bot.config import Option, options

TOP = Path(__file__).parents[2]
OPTIONS = {option.name: option for option in options()}
# What the environment of a program may hold besides the bot's own options.
FOREIGN = {
    "PIP_CONSTRAINT",
    "PIP_DISABLE_PIP_VERSION_CHECK",
    "PYTHONUNBUFFERED",
    "PYTHON_VERSION",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
}


def text(name: str) -> str:
    return (TOP / name).read_text(encoding="utf-8")


def env_example() -> str:
    """The example environment file as the option table has it."""
    return "\n".join(
        [
            "# The options of the bot. A line that is commented out shows the default.\n",
            *map(env_lines, OPTIONS.values()),
        ]
    )


def env_lines(option: Option) -> str:
    lines = textwrap.wrap(option.description, width=118, break_long_words=False, break_on_hyphens=False)
    if option.secret:
        lines.append(f"A secret: it may stand in a file instead, named by {option.name}_FILE.")
    if option.example:
        lines.append(f"For example: {option.name}={option.example}")
    return "".join(f"# {line}\n" for line in lines) + f"#{option.name}={option.default}\n"


def option_table() -> str:
    """The README's option table as the option table has it."""
    return "\n".join(["| Option | Default | Meaning |", "| --- | --- | --- |", *map(table_row, OPTIONS.values())])


def table_row(option: Option) -> str:
    # <token> would be taken for HTML and vanish.
    meaning = option.description.replace("<", r"\<").replace("|", r"\|")
    if option.secret:
        meaning += f" A secret: may stand in a file named by `{option.name}_FILE`."
    if option.example:
        meaning += f" For example `{option.example}`."
    default = f"`{option.default}`" if option.default else ""
    return f"| `{option.name}` | {default} | {meaning} |".replace("|  |", "| |")


def is_option(name: str) -> bool:
    return name in OPTIONS or (name.endswith("_FILE") and name[:-5] in OPTIONS and OPTIONS[name[:-5]].secret)


def make_targets() -> dict[str, tuple[str, ...]]:
    """Every target that `make help` lists, with the commands it runs written out."""
    targets: dict[str, tuple[str, ...]] = {}
    for rule in re.finditer(r"^([a-z-]+):.* ## .*\n((?:\t.*\n)+)", text("Makefile"), flags=re.MULTILINE):
        commands = rule[2].replace("$(VENV)", ".venv").replace("$(ARGS)", "").replace("$$", "$").splitlines()
        targets[rule[1]] = tuple(command.strip().removeprefix("@") for command in commands)
    return targets


def commands_beside_targets() -> dict[str, tuple[str, ...]]:
    """The rows `| make x | command<br>command |` of CONTRIBUTING."""
    rows = re.findall(r"^\| `make ([a-z-]+)` \| (.*) \|$", text("CONTRIBUTING.md"), flags=re.MULTILINE)
    return {name: tuple(re.findall(r"`([^`]+)`", cell.replace(r"\|", "|"))) for name, cell in rows}


def cli_commands() -> set[str]:
    """The commands that `arxiv-digest-bot --help` lists."""
    return set(re.findall(r"^ {4}([a-z]+)\b", build_parser().format_help(), flags=re.MULTILINE))


def test_the_example_environment_file_is_the_option_table() -> None:
    assert text("deploy/bot.env.example") == env_example()


def test_every_option_says_what_it_means() -> None:
    assert [option.name for option in OPTIONS.values() if not option.description.endswith(".")] == []


def test_the_readme_shows_the_option_table_between_its_markers() -> None:
    shown = re.search(r"<!-- options -->\n(.*)\n<!-- /options -->", text("README.md"), flags=re.DOTALL)
    assert shown is not None, "README.md has no <!-- options --> … <!-- /options -->"
    assert shown[1].strip() == option_table()


def test_contributing_shows_the_plain_command_beside_each_make_target() -> None:
    expected = make_targets()
    del expected["help"]
    assert commands_beside_targets() == expected


def test_every_make_target_is_phony_and_explained() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", text("Makefile"), flags=re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == set(make_targets())


@pytest.mark.parametrize(
    ("file", "assignment"),
    [
        ("deploy/compose.yaml", r"^ {6}([A-Z][A-Z0-9_]*):"),
        ("deploy/arxiv-digest-bot.service", r"^Environment=([A-Z][A-Z0-9_]*)="),
        ("deploy/arxiv-digest-bot-backup.service", r"^Environment=([A-Z][A-Z0-9_]*)="),
        ("deploy/Dockerfile", r"^(?:ENV| {3}) ([A-Z][A-Z0-9_]*)="),
        ("deploy/README.md", r"\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b"),
    ],
)
def test_deployment_names_only_options_that_there_are(file: str, assignment: str) -> None:
    named = set(re.findall(assignment, text(file), flags=re.MULTILINE))
    assert "DATA_DIR" in named
    assert [name for name in named - FOREIGN if not is_option(name)] == []


def test_the_image_is_built_from_files_that_there_are_and_that_reach_its_build() -> None:
    copied = re.findall(r"^COPY (.+) \S+$", text("deploy/Dockerfile"), flags=re.MULTILINE)
    sources = {source for line in copied for source in line.split()}
    let_through = {line[1:] for line in text(".dockerignore").splitlines() if line.startswith("!")}
    assert sources == let_through
    assert [source for source in sources if not (TOP / source).exists()] == []


@pytest.mark.parametrize(
    ("file", "call"),
    [
        ("Makefile", r"/bin/arxiv-digest-bot ([a-z]+)"),
        ("deploy/README.md", r"(?:/bin/arxiv-digest-bot|bot arxiv-digest-bot|run --rm(?: --build)? bot) ([a-z]+)"),
        ("deploy/arxiv-digest-bot.service", r"/bin/arxiv-digest-bot ([a-z]+)"),
        ("deploy/arxiv-digest-bot-backup.service", r"/bin/arxiv-digest-bot ([a-z]+)"),
        ("deploy/compose.yaml", r'command: \["([a-z]+)"'),
        ("deploy/Dockerfile", r'CMD \["([a-z]+)"'),
    ],
)
def test_deployment_calls_only_commands_that_there_are(file: str, call: str) -> None:
    called = set(re.findall(call, text(file)))
    assert ("backup" if "backup" in file else "run") in called
    assert called <= cli_commands()


def test_the_backup_is_confined_as_the_bot_is_and_has_its_user() -> None:
    bot, backup = (text(f"deploy/arxiv-digest-bot{name}.service") for name in ("", "-backup"))
    confined = bot.partition("UMask=")[2].partition("\n[Install]")[0]
    assert [line for line in confined.splitlines() if line not in backup and "AF_INET" not in line] == []
    assert "DynamicUser=yes\nUser=arxiv-digest-bot\nStateDirectory=arxiv-digest-bot " in backup


def test_the_changelog_lists_every_command() -> None:
    line = re.search(r"\*\*Command line\.\*\*(.*)", text("CHANGELOG.md"))
    assert line is not None
    assert set(re.findall(r"`([a-z]+)`", line[1])) == cli_commands()


def test_the_changelog_tells_of_this_version() -> None:
    assert re.search(rf"^## \[{re.escape(__version__)}\]", text("CHANGELOG.md"), flags=re.MULTILINE)


def test_the_exact_versions_are_within_what_the_project_asks_for() -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    pins = [line.split("==") for line in text(".ci/constraints.txt").splitlines() if not line.startswith("#")]
    pinned = {canonicalize_name(name): version for name, version in pins}
    asked = map(Requirement, [*project["dependencies"], *project["optional-dependencies"]["dev"]])
    unmet = [
        str(request) for request in asked if pinned.get(canonicalize_name(request.name), "0") not in request.specifier
    ]
    assert unmet == []


def test_every_test_that_the_page_of_threats_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text("docs/security.md"))
    assert named
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (TOP / file).is_file() or not re.search(rf"^(?:async )?def {name}\(", text(file), flags=re.MULTILINE)
    ]
    assert missing == []


def test_every_row_of_the_page_of_threats_names_a_test() -> None:
    rows = re.findall(r"^\| (?!Threat|---)(.+) \|$", text("docs/security.md"), flags=re.MULTILINE)
    assert [row for row in rows if "`tests/" not in row.rpartition(" | ")[2]] == []
