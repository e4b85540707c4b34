"""Settings: read once from the environment and `.env`, frozen, handed around. This is the one table of options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, PositiveFloat, PositiveInt, SecretStr, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from bot.i18n.languages import NAMES, parse_language
from bot.i18n.typed_time import zone_names

_LOCALE = re.compile(r"[a-z]{2}_[A-Z]{2}(\..*)?")

Backend = Literal["openai", "deepl", "google", "baidu", "mymemory", "libretranslate", "recorded"]
BACKENDS: tuple[str, ...] = get_args(Backend)


Figure = Annotated[Decimal, Field(ge=0, le=10**12)]
Prices = Annotated[tuple[Figure, ...], Field(min_length=1, max_length=2)]
Cap = Literal["requests", "characters", "tokens", "money"]


class Policy(StrEnum):
    """What becomes of a message that may have arrived in a group or channel. In private chats it is sent again."""

    LOOK = "look"
    RESEND = "resend"
    WAIT = "wait"


class SecretFiles(PydanticBaseSettingsSource):
    """Takes a secret NAME from the file that NAME_FILE names, as container secrets and systemd credentials do."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The file's text without its final newline, or None."""
        if field.annotation is not SecretStr and field.annotation != SecretStr | None:
            return None, field_name, False
        path = self._environment.get(f"{field_name}_file")
        return (Path(path).read_text(encoding="utf-8").strip() if path else None), field_name, False

    def __init__(self, settings_cls: type[BaseSettings], environment: dict[str, str | None]) -> None:
        super().__init__(settings_cls)
        self._environment = environment

    def __call__(self) -> dict[str, Any]:
        """Every secret that has a file."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    """The options. Each is an environment variable of the same name in upper case; secrets also as NAME_FILE."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    telegram_token: SecretStr | None = Field(None, description="The bot's token from @BotFather; needed by `run`.")
    telegram_api_url: str = Field(
        "https://api.telegram.org", description="Where the Bot API is; the bot appends /bot<token>/method."
    )
    database_url: str = Field(
        "",
        description="SQLAlchemy address of the database; empty means bot.sqlite3 in DATA_DIR.",
        examples=["sqlite+aiosqlite:////var/lib/arxiv-digest-bot/bot.sqlite3"],
    )
    data_dir: Path = Field(Path("data"), description="Folder for the database and its copies.")
    admin_ids: Annotated[tuple[int, ...], NoDecode] = Field(
        (),
        description="Telegram user ids of the bot's administrators, separated by commas.",
        examples=["123456789,987654321"],
    )
    allowed_chats: Annotated[tuple[int, ...], NoDecode] = Field(
        (),
        description="Ids of the people, groups and channels that a private installation answers, separated by commas; "
        "everybody if not set. Administrators are among them.",
        examples=["123456789,-1001234567890"],
    )
    language: str = Field("zh-CN", description="Language that papers are translated to, unless a chat chooses another.")
    timezone: str = Field("Asia/Shanghai", description="Time zone of chats that have not chosen one (IANA name).")
    tick_seconds: float = Field(60.0, gt=0, description="How often the clock looks for announcements and due digests.")
    unanswered: Policy = Field(
        Policy.LOOK,
        description="What to do about a message to a group or channel that Telegram never answered for: look whether "
        "it is there, resend it, or wait for an administrator's decision.",
    )
    operations_chat: int | None = Field(
        None,
        description="Chat id where messages are forwarded to, silently and for a moment, to look whether they arrived; "
        "the first of ADMIN_IDS if not set.",
        examples=["-1001234567890"],
    )
    paid_broadcast: bool = Field(
        False,
        description="Whether digests go out at up to 1,000 messages a second, which Telegram charges Stars for.",
    )
    set_profile: bool = Field(
        True,
        description="Whether the bot's name, descriptions and menus are set at start, in each language that it speaks.",
    )
    arxiv_feed_url: str = Field("https://rss.arxiv.org", description="arXiv's feeds; /atom/{q} and /rss/{q} under it.")
    arxiv_api_url: str = Field("https://export.arxiv.org/api/query", description="arXiv's query API.")
    arxiv_web_url: str = Field(
        "https://arxiv.org", description="arXiv's web pages, asked when a feed fails; links always lead to arxiv.org."
    )
    arxiv_interval: float = Field(3.0, ge=0, description="Seconds between requests to arXiv; its terms ask for 3.")
    arxiv_deadline: float = Field(60.0, gt=0, description="Seconds that one request to arXiv may take.")
    retention_days: int = Field(
        0,
        ge=0,
        description="Days that the bytes of an announcement are kept, to read them again; 0 keeps them for ever.",
    )
    contact: str = Field(
        "",
        description="E-mail or web address that arXiv can reach you at; sent in the User-Agent.",
        examples=["mailto:you@example.org"],
    )
    translators: Annotated[tuple[Backend, ...], NoDecode] = Field(
        ("openai", "google", "mymemory"),
        description="Translation backends in the order they are asked, out of "
        + ", ".join(BACKENDS)
        + ". One without its key, address or file is skipped.",
    )
    translate_deadline: float = Field(90.0, gt=0, description="Seconds that one backend may take for one paper.")
    translate_deadlines: Annotated[dict[Backend, PositiveFloat], NoDecode] = Field(
        {}, description="The same for backends that differ.", examples=["openai=120,google=45"]
    )
    translate_concurrency: int = Field(8, ge=1, le=64, description="How many papers are translated at the same time.")
    translate_concurrencies: Annotated[dict[Backend, PositiveInt], NoDecode] = Field(
        {}, description="How many of them at one backend, where it takes fewer.", examples=["google=4,mymemory=1"]
    )
    translate_prices: Annotated[dict[Backend, Prices], NoDecode] = Field(
        {},
        description="What backends cost, in a currency of your choice: openai=IN/OUT for a million tokens, others for "
        "a million characters.",
        examples=["openai=0.15/0.60,deepl=20"],
    )
    translate_daily_cap: Annotated[dict[Cap, Figure], NoDecode] = Field(
        {"requests": Decimal(20_000)},
        description="The most that translating may take in a day (UTC), out of requests, characters, tokens and "
        "money; what people ask for beside the digests has half of it. Beyond it papers stay in English, marked, and "
        "are translated later. 0 of something forbids it; `none` caps nothing.",
        examples=["money=2.50,characters=1000000"],
    )
    translate_chat_cap: Annotated[dict[Cap, Figure], NoDecode] = Field(
        {"requests": Decimal(200)},
        description="The same for what one chat asks for itself: links, cards, days and pages of /digest.",
        examples=["requests=200"],
    )
    translate_subscription_cap: Annotated[dict[Cap, Figure], NoDecode] = Field(
        {"requests": Decimal(5_000)},
        description="The same for digests in a language and field that one chat alone is subscribed to.",
        examples=["requests=5000"],
    )
    commands_per_minute: int = Field(
        30,
        ge=0,
        description="Commands, private messages and pressed buttons of one person in a minute; 0 for no limit.",
    )
    cards_per_day: int = Field(200, ge=0, description="Cards that one person asks for in a day; 0 for no limit.")
    digest_days_per_day: int = Field(
        40, ge=0, description="Days of /digest that one person asks for in a day; 0 for no limit."
    )
    group_files_per_hour: int = Field(
        6, ge=0, description="Documents an hour that plain members ask for in one group; 0 for no limit."
    )
    subscriptions_per_chat: int = Field(
        100, ge=0, description="Subscriptions of one chat, its topics' together; 0 for no limit."
    )
    saved_papers: int = Field(
        2000, ge=1, le=2000, description="Papers on the reading list of one person; 2000 at most."
    )
    glossary_file: Path | None = Field(
        None,
        description="A file of terms beside the built-in ones, one a line: `zh-CN: prompt = 提示`, or a name alone "
        "that stays as it is. Administrators add more with /glossary.",
        examples=["/etc/arxiv-digest-bot/glossary.txt"],
    )
    openai_base_url: str = Field("https://api.openai.com/v1", description="Any OpenAI-compatible address.")
    openai_api_key: SecretStr | None = Field(None, description="Its key.")
    openai_model: str = Field("gpt-4o-mini", description="The model asked there.")
    openai_format: Literal["json", "schema", "tagged"] = Field(
        "json",
        description="How it is to answer: json (JSON mode, what most services have), schema (JSON held to a schema), "
        "tagged (blocks between tags, for models without either).",
    )
    deepl_url: str = Field("", description="DeepL's address; empty means the one that belongs to the key.")
    deepl_api_key: SecretStr | None = Field(None, description="Its key.")
    baidu_url: str = Field(
        "https://fanyi-api.baidu.com/api/trans/vip/translate", description="Baidu's translation service."
    )
    baidu_app_id: str = Field("", description="The id of your application there.", examples=["20250101000000001"])
    baidu_key: SecretStr | None = Field(None, description="Its key.")
    libretranslate_url: str = Field("", description="A LibreTranslate server.", examples=["http://127.0.0.1:5000"])
    libretranslate_api_key: SecretStr | None = Field(None, description="Its key, if it wants one.")
    google_translate_url: str = Field(
        "https://translate.google.com/m", description="Google's keyless page, as deep-translator uses it."
    )
    mymemory_url: str = Field("https://api.mymemory.translated.net/get", description="MyMemory's address.")
    recorded_translations: Path | None = Field(
        None,
        description="A JSONL file of translations made before, as `digest --format jsonl` writes them.",
        examples=["/etc/arxiv-digest-bot/recorded.jsonl"],
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")

    @field_validator("admin_ids", "allowed_chats", mode="before")
    @classmethod
    def _split_ids(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("translators", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator(
        "translate_deadlines",
        "translate_concurrencies",
        "translate_prices",
        "translate_daily_cap",
        "translate_chat_cap",
        "translate_subscription_cap",
        mode="before",
    )
    @classmethod
    def _split_pairs(cls, value: object, info: ValidationInfo) -> object:
        """`name=value,name=value`; prices may be two numbers, joined by a slash."""
        if not isinstance(value, str):
            return value
        if value.strip().lower() == "none":
            return {}
        pairs = [part.partition("=") for part in value.split(",") if part.strip()]
        if not all(equals for _, equals, _ in pairs):
            example = cls.model_fields[info.field_name or ""].examples
            raise ValueError(f"{value!r} is not of the form {', '.join(map(str, example or []))}")
        figures = {name.strip(): figure.strip() for name, _, figure in pairs}
        return (
            {name: text.split("/") for name, text in figures.items()}
            if info.field_name == "translate_prices"
            else figures
        )

    @field_validator(
        "telegram_token",
        "openai_api_key",
        "deepl_api_key",
        "baidu_key",
        "libretranslate_api_key",
        "recorded_translations",
        "glossary_file",
        "operations_chat",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        if ":" in value or _LOCALE.fullmatch(value):
            # Desktops set a variable of this name for their own words (`en_US:en`); that is not meant for the bot.
            return str(cls.model_fields["language"].default)
        code = parse_language(value)
        if code is None:
            raise ValueError(f"{value!r} is no language; it is one of {', '.join(NAMES)}")
        return code

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in zone_names():
            raise ValueError(f"{value!r} is no IANA time zone; for example: Asia/Shanghai")
        return value

    @field_validator(
        "telegram_api_url",
        "arxiv_feed_url",
        "arxiv_api_url",
        "arxiv_web_url",
        "openai_base_url",
        "libretranslate_url",
        "google_translate_url",
        "mymemory_url",
        "deepl_url",
        "baidu_url",
    )
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError(f"{value!r} is no address; it starts with http:// or https://")
        return value.rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the hook's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then secret files, then `.env`."""
        variables: dict[str, str | None] = {}
        for source in (dotenv_settings, env_settings):
            variables |= dict(getattr(source, "env_vars", {}))
        return init_settings, env_settings, SecretFiles(settings_cls, variables), dotenv_settings

    @property
    def database_address(self) -> str:
        """DATABASE_URL, or the SQLite file in DATA_DIR."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.data_dir / 'bot.sqlite3').absolute()}"

    @property
    def operations(self) -> int | None:
        """OPERATIONS_CHAT, or the first administrator's private chat."""
        return self.operations_chat or next(iter(self.admin_ids), None)


@dataclass(frozen=True, slots=True)
class Option:
    """A row of the option table."""

    name: str
    default: str
    description: str
    example: str
    secret: bool


def options() -> Iterator[Option]:
    """The option table, in order: what the example environment file and the documents are tested against."""
    for name, field in Settings.model_fields.items():
        default = field.default
        if default is None or default in (frozenset(), {}):
            shown = ""
        elif isinstance(default, tuple):
            shown = ",".join(map(str, default))
        elif isinstance(default, dict):
            shown = ",".join(f"{key}={value}" for key, value in default.items())
        else:
            shown = str(default)
        example = str(field.examples[0]) if field.examples else ""
        yield Option(
            name=name.upper(),
            default=shown,
            description=field.description or "",
            example=example,
            secret="SecretStr" in str(field.annotation),
        )
