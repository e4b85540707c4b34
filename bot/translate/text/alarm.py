"""What can be wrong with a translated text, and that something is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Gate(StrEnum):
    """What can be wrong with a text."""

    EMPTY = "empty"
    ERROR_PAGE = "error_page"
    ECHO = "echo"
    SCRIPT = "script"
    LENGTH = "length"
    LEAK = "leak"
    LOOP = "loop"
    URL_LOST = "url_lost"
    URL_INVENTED = "url_invented"
    SENTENCES = "sentences"
    VARIANT = "variant"
    NUMBER_LOST = "number_lost"
    NUMBER_INVENTED = "number_invented"
    NAME_INVENTED = "name_invented"
    SUMMARY_FORM = "summary_form"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One gate's finding; the detail is for the log and quotes figures, not the text."""

    gate: Gate
    detail: str = ""
