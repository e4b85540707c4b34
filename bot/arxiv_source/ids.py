"""arXiv ids: what counts as one, where they stand in what people write, and the links to their pages."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

# The archives that gave out ids of the old style, until March 2007 (https://info.arxiv.org/help/arxiv_identifier.html).
_OLD_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|"
    "funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|"
    "q-alg|q-bio|quant-ph|solv-int|supr-con"
)

_NEW = r"(?P<new>\d{4}\.\d{4,5})"
_OLD = rf"(?P<archive>{_OLD_ARCHIVES})(?:\.[a-z][a-z-]{{1,8}})?/(?P<number>\d{{7}})"
_VERSION = r"(?:v(?P<version>[1-9]\d{0,2}))?"
_END = r"(?:(?=https?://)|(?![0-9a-z]|\.\d))"
_ID = rf"(?:{_NEW}|{_OLD}){_VERSION}{_END}"

_GAP = r"[\s\u00a0\u3000]"
_PATH = r"abs|pdf|html|format|ps|dvi|src|e-print|other|tb|bibtex|overview|ftp/arxiv/papers/\d{4}|api/query\?id_list="
_HOSTS = r"arxiv\.org|alphaxiv\.org|ar5iv\.org|xxx\.lanl\.gov|xxx\.arxiv\.cornell\.edu"
_READERS = (
    r"(?:huggingface\.co|hf\.co|arxiv-vanity\.com|emergentmind\.com)/papers/|"
    r"(?:scirate\.com|semanticscholar\.org|papers\.cool)/arxiv/"
)
_MARK = (
    rf"(?:(?<![a-z0-9-])(?:(?:{_HOSTS})/{{1,2}}(?:(?:{_PATH})/{{0,2}})?(?:arxiv:)?|{_READERS})|"
    rf"[?&]id_list=|"
    rf"(?<![a-z])arxiv(?:\.org)?(?:{_GAP}?(?:id|no\.?|preprint|eprint))?(?:{_GAP}|[:：./_#-]){{0,3}})"
)
# 2024arXiv240215351X, as the Astrophysics Data System names preprints: nine characters between journal and initial.
_BIBCODE = r"(?<![0-9a-z])(?:19|20)\d\darxiv(?P<bibcode>\d{9}|\d{4}\.\d{4})[a-z.](?![0-9a-z])"

# A bare decimal is taken for an id unless what surrounds it says that it is a quantity, an amount or a path: there is
# a sign, an equals sign or a currency before it, or a unit after it.
_NO_QUANTITY_BEFORE = r"(?<![0-9a-z.=/\\+$€£¥￥≈±×≤≥−-])(?<![=≈~<>≤≥±×$€£¥￥] )"
_UNITS = (
    r"%|‰|°|℃|×|元|块|美元|美金|欧元|日元|人民币|秒|毫秒|微秒|分钟|小时|天|年|米|厘米|毫米|公里|千米|千克|公斤|克|吨|升|赫兹|度|次|倍|"
    r"(?:[nuμµm]?s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?|days?|years?|[cmknμµ]?m|[km]?g|[kmgt]?hz|"
    r"[kmgt]?ev|[kmg]?[jwvk]|[mkg]?pa|[kmgt]?i?b|usd|eur|gbp|rmb|cny|dollars?|euros?|yuan|times|pts?|points?)"
    r"(?![0-9a-z'’])"
)
_NO_QUANTITY_AFTER = rf"(?!{_GAP}?(?:{_UNITS}))"
_BARE = rf"{_NO_QUANTITY_BEFORE}{_NEW}{_VERSION}(?![0-9a-z]|\.\d){_NO_QUANTITY_AFTER}"
_BARE_OLD = rf"(?<![0-9a-z./\\-]){_OLD}{_VERSION}{_END}"


def _compiled(*alternatives: str) -> re.Pattern[str]:
    """One pattern of alternatives, whose groups are numbered so that each alternative can name its own."""
    numbered = [
        re.sub(r"\(\?P<(\w+)>", rf"(?P<\g<1>{place}>", alternative) for place, alternative in enumerate(alternatives)
    ]
    return re.compile("|".join(numbered), re.ASCII | re.IGNORECASE)


_MONTH = r"(?P<stamp>\d\d(?:0[1-9]|1[0-2]))"
_NEW_FORM = re.compile(rf"{_MONTH}\.(?P<digits>(?!0+$)\d+)", re.ASCII)
_OLD_FORM = re.compile(rf"(?:{_OLD_ARCHIVES})/{_MONTH}(?!000)\d{{3}}", re.ASCII)
_FIRST_NEW, _FIRST_OF_FIVE, _FOUR_DIGITS, _FIVE_DIGITS = 704, 1501, 4, 5
# From 91 on, two digits of a year still mean the nineties.
_FIRST_OLD, _LAST_OLD = 9107, 703
_MOST_VERSIONS = 999

# Every repetition is bounded, so that a search takes time linear in the text.
_IN_LINKS = _compiled(_MARK + _ID, _BIBCODE)
_IN_TEXT = _compiled(_MARK + _ID, _BIBCODE, _BARE, _BARE_OLD)
_STAMP = rf"(?:{_GAP}?\[[a-z.-]{{2,20}}\]?(?:{_GAP}\d{{1,2}}{_GAP}[a-z]{{3,9}}{_GAP}\d{{4}})?)?"
_ALONE = re.compile(rf"(?:{_MARK})?{_ID}(?:\.pdf)?{_STAMP}", re.ASCII | re.IGNORECASE)
_LINK = re.compile(r"/|arxiv", re.ASCII | re.IGNORECASE)
_LONGEST_LINK = 2_048
# An address ends at white space, at what encloses it, at a comma, and at anything that is not ASCII.
_ADDRESS = re.compile(r"https?://[!#-&(-+\--;=?-~]+", re.ASCII | re.IGNORECASE)
_ESCAPED = re.compile(r"%(?:2f|3a|2c)", re.IGNORECASE)
# Letters and digits as wide as Chinese ones, and what joins them in an id.
_FULL_WIDTH = {ord(char) + 0xFEE0: char for char in f"{string.ascii_letters}{string.digits}./"}
_WRAPPING = " \t\r\n\u00a0\u3000.,;:!?\"'`*_()[]{}<>。，、；：！？（）【】《》「」“”‘’"


@dataclass(frozen=True, slots=True)
class ArxivId:
    """A paper, or one version of it. Only possible ids exist: the constructor raises ValueError for others.

    `arxiv_id` is `2402.15351` or, in the old style and without subject class, `hep-th/9901001`.
    """

    arxiv_id: str
    version: int | None = None

    def __post_init__(self) -> None:
        if not _possible(self.arxiv_id) or (self.version is not None and not 1 <= self.version <= _MOST_VERSIONS):
            raise ValueError(
                f"{str(self)[:60]!r} is no arXiv id; for example: 2402.15351, 2402.15351v2, hep-th/9901001"
            )

    def __str__(self) -> str:
        return self.arxiv_id if self.version is None else f"{self.arxiv_id}v{self.version}"


def parse_id(text: str) -> ArxivId | None:
    """The id, when the text is exactly an id or one link to a paper. Punctuation around it is allowed.

    So is the stamp on a PDF's first page: `arXiv:2402.15351v2 [cs.LG] 23 Feb 2024`.
    """
    text = text.translate(_FULL_WIDTH).strip(_WRAPPING)
    if len(text) > _LONGEST_LINK:
        return None
    if (alone := _ALONE.fullmatch(text)) is not None:
        return _id_of(alone.groupdict())
    if not text.isascii() or any(char.isspace() for char in text) or not _LINK.search(text):
        return None
    found = find_ids(text)
    return found[0] if len(found) == 1 else None


def find_ids(text: str) -> tuple[ArxivId, ...]:
    """Every paper that a text in any language mentions, each once, in the order of first mention.

    Ids count in links to arXiv, its mirrors and well-known readers of it, in DOIs, bibcodes and after the word arXiv.
    A bare `2402.15351` counts too, unless it is part of some other address or looks like a quantity: `1203.4567 s`,
    `= 1203.4567` and `$1203.4567` are none.
    """
    return tuple(dict.fromkeys(_ids_in(_ESCAPED.sub(_unescape, text.translate(_FULL_WIDTH)))))


def abs_url(arxiv_id: str, version: int | None = None, *, base: str = "https://arxiv.org") -> str:
    """The address of a paper's abstract page."""
    return f"{base}/abs/{_spelled(arxiv_id, version)}"


def pdf_url(arxiv_id: str, version: int | None = None, *, base: str = "https://arxiv.org") -> str:
    """The address of a paper's PDF."""
    return f"{base}/pdf/{_spelled(arxiv_id, version)}"


def _spelled(arxiv_id: str, version: int | None) -> str:
    return arxiv_id if version is None else f"{arxiv_id}v{version}"


def _unescape(escape: re.Match[str]) -> str:
    return {"%2f": "/", "%3a": ":", "%2c": ","}[escape[0].lower()]


def _ids_in(text: str) -> Iterator[ArxivId]:
    start = 0
    for address in _ADDRESS.finditer(text):
        yield from _matches(_IN_TEXT, text, start, address.start())
        yield from _matches(_IN_LINKS, text, address.start(), address.end())
        start = address.end()
    yield from _matches(_IN_TEXT, text, start, len(text))


def _matches(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[ArxivId]:
    for match in pattern.finditer(text, start, end):
        found = _id_of({name.rstrip("0123456789"): value for name, value in match.groupdict().items() if value})
        if found is not None:
            yield found


def _id_of(groups: dict[str, str | None]) -> ArxivId | None:
    bibcode = groups.get("bibcode")
    if bibcode:
        number = bibcode if "." in bibcode else f"{bibcode[:4]}.{bibcode[4:]}"
    else:
        number = groups.get("new") or f"{(groups['archive'] or '').lower()}/{groups['number']}"
    version = groups.get("version")
    return ArxivId(number, int(version) if version else None) if _possible(number) else None


def _possible(arxiv_id: str) -> bool:
    """Whether arXiv can have given out this id: its month exists and its form is the one of that month."""
    if (match := _NEW_FORM.fullmatch(arxiv_id)) is not None:
        stamp, digits = int(match["stamp"]), len(match["digits"])
        return _FIRST_NEW <= stamp < _FIRST_OLD and digits == (_FOUR_DIGITS if stamp < _FIRST_OF_FIVE else _FIVE_DIGITS)
    if (match := _OLD_FORM.fullmatch(arxiv_id)) is not None:
        return not _LAST_OLD < int(match["stamp"]) < _FIRST_OLD
    return False
