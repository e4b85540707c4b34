"""The parameters of a request, whichever way they came: query, form, multipart or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from bot.simulator.api_errors import bad_request


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file."""

    name: str
    content: bytes
    mime_type: str


@dataclass(frozen=True, slots=True)
class Params:
    """Values by name; a form carries lists and objects as JSON text, a JSON body as they are."""

    values: Mapping[str, Any]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """The value as text."""
        value = self.values.get(name, default)
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """The value as a whole number, 400 for anything else."""
        value = self.values.get(name, "")
        if value in ("", None):
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f"parameter {name} must be an integer") from None

    def flag(self, name: str) -> bool:
        """True for true, 1 and yes."""
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes"}

    def json(self, name: str) -> Any:
        """The list or object behind the name, None if absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value.strip() else None
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def mapping(self, name: str) -> dict[str, Any]:
        """The object behind the name, empty if absent."""
        value = self.json(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"can't parse {name} JSON object: object expected")
        return value or {}

    def items(self, name: str) -> list[Any]:
        """The list behind the name, empty if absent."""
        value = self.json(name)
        if value is not None and not isinstance(value, list):
            raise bad_request(f"can't parse {name} JSON array: array expected")
        return value or []

    def upload(self, name: str, reference: str | None = None) -> Upload | None:
        """The file sent under the name, or under the part that `attach://…` names."""
        value = reference if reference is not None else self.text(name)
        return self.files.get(value.removeprefix("attach://") if value.startswith("attach://") else name)


async def read(request: web.Request) -> Params:
    """The parameters of a request; those in the body win over those in the address."""
    values: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            raise bad_request("can't parse request body as JSON") from None
        values |= body if isinstance(body, dict) else {}
    elif request.method == "POST":
        for name, part in (await request.post()).items():
            if isinstance(part, FileField):
                with part.file as file:
                    files[name] = Upload(part.filename, file.read(), part.content_type)
            elif isinstance(part, bytes | bytearray):
                values[name] = bytes(part).decode("utf-8", "replace")
            else:
                values[name] = part
    return Params(values, files)
