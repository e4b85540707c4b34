"""What a new version of a paper changed in its title and abstract, in a line or two instead of the whole text again."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from bot.render.latex import to_unicode
from bot.render.names import shorten
from storage.records import Paper

_LONGEST_EXCERPT = 160


@dataclass(frozen=True, slots=True)
class Difference:
    """The change between two versions, in plain text."""

    earlier_title: str | None
    """The title as it was, None when it did not change."""
    added: int
    """Words of the abstract that are new."""
    removed: int
    """Words of the abstract that are gone."""
    excerpt: str
    """The longest run of new words in the abstract, shortened; empty when none is new."""

    @property
    def nothing(self) -> bool:
        """Whether title and abstract are as they were."""
        return self.earlier_title is None and not self.added and not self.removed


def difference(before: Paper, after: Paper) -> Difference:
    """Compare two versions word by word; white space does not count."""
    old, new = before.abstract.split(), after.abstract.split()
    added = removed = 0
    longest: list[str] = []
    # Abstracts have few words, all of which count: the junk heuristic is for files of lines.
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        removed += i2 - i1
        added += j2 - j1
        if j2 - j1 > len(longest):
            longest = new[j1:j2]
    titles = " ".join(before.title.split()), " ".join(after.title.split())
    return Difference(
        earlier_title=to_unicode(titles[0]) if titles[0] != titles[1] else None,
        added=added,
        removed=removed,
        excerpt=shorten(to_unicode(" ".join(longest)), _LONGEST_EXCERPT),
    )
