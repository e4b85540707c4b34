"""One paper on its way down the chain: which texts it has, which it wants, and what passes the gates. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.i18n.languages import ENGLISH
from bot.translate.backends.protocol import Draft, Source
from bot.translate.text.alarm import Alarm, Gate
from bot.translate.text.cleaning import clean_translation
from bot.translate.text.gates import check
from bot.translate.text.marks import leave, left, parts, shown, without_left, without_private
from bot.translate.text.masking import mask, unmask
from bot.translate.text.sentences import first_sentence
from bot.translate.text.summary import split_sentences
from bot.translate.text.thresholds import limits_of
from bot.translate.text.typography import typeset
from storage.records import SUMMARIES, TextField

_MOST_CHARACTERS = 20_000
"""No text of a paper is longer, and the rules need not be run over what a broken service sends."""
_ALL = frozenset(TextField)
_TOO_LONG = "too_long"
_MOST_NOTES = 12
_FEW_WORDS = 6
"""A shorter sentence may be a name or a title and stay as it is."""
_LEAST_OF_SUMMARY = 8
"""A first sentence stands for the paper if it has an eighth of what a summary may have,"""
_MOST_TIMES = 4
"""and a quarter of what was given for one."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a draft: the texts that were taken, and the alarms of those that were turned away."""

    texts: tuple[TextField, ...] = ()
    alarms: Mapping[TextField, tuple[Alarm, ...]] = field(default_factory=dict)
    mended: Mapping[TextField, tuple[Alarm, ...]] = field(default_factory=dict)
    """The alarms of summaries of which a part was taken."""

    @property
    def counted(self) -> Counter[tuple[str, str]]:
        """How often each gate was alarmed by which text."""
        found = (*self.alarms.items(), *self.mended.items())
        return Counter((of.value, alarm.gate.value) for of, alarms in found for alarm in alarms)


@dataclass(slots=True)
class Work:
    """One paper in one language. `texts` are those made, `made_by` who made each, `notes` what the gates said."""

    source: Source
    language: str
    texts: dict[TextField, str] = field(default_factory=dict)
    made_by: dict[str, str] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    in_english: int = 0
    _partial: dict[TextField, tuple[str, str]] = field(default_factory=dict)
    """Texts with sentences in English, taken only if nobody makes them whole, with who made them."""

    @property
    def wanted(self) -> frozenset[TextField]:
        """The texts still missing; an English summary alone is not worth a request, the abstract has one."""
        missing = _ALL - self.texts.keys()
        return frozenset() if missing == {TextField.SUMMARY_EN} else missing

    def english(self, of: TextField) -> str:
        """The English text that a text is gated against."""
        if of is TextField.TITLE:
            return self.source.title
        return self.source.sentence if of is TextField.SUMMARY else self.source.abstract

    def keep(self, of: TextField, text: str, maker: str) -> None:
        """Take a text as made."""
        # Whoever made it may have written one of the private characters by itself.
        self.texts[of] = without_private(text)
        self.made_by[of.value] = maker

    def take(self, draft: Draft, name: str) -> Kept:
        """Gate each wanted text of a draft, the English summary first: the other is measured against it.

        Where all came in one answer, summaries are not trusted without the abstract that was to come with them.
        """
        maker = f"{name}:{draft.model}" if draft.model else name
        alarms: dict[TextField, tuple[Alarm, ...]] = {}
        mended: dict[TextField, tuple[Alarm, ...]] = {}
        texts: dict[TextField, str] = {}
        wanted = self.wanted
        for of in sorted(wanted, key=lambda field: (field in SUMMARIES, field is TextField.SUMMARY)):
            made = draft.text(of)
            if made is None:
                continue
            if len(made) > _MOST_CHARACTERS:
                self._note(of, name, _TOO_LONG)
                continue
            if draft.together and of in SUMMARIES and TextField.ABSTRACT in wanted and not self._has_abstract(texts):
                continue
            text = self._set(of, made)
            found = self._check(of, text)
            if of in SUMMARIES and (shorter := self._shortened(of, text, found)):
                mended[of] = found
                self._note(of, name, f"{found[0].gate.value}, its first sentence taken")
                text, found = shorter, ()
            if found:
                alarms[of] = found
                self._note(of, name, ", ".join(dict.fromkeys(alarm.gate.value for alarm in found)))
            elif sentences := left(text):
                texts[of] = text
                self._offer(of, text, maker, len(sentences))
            else:
                texts[of] = text
                self.keep(of, text, maker)
                if of is TextField.SUMMARY_EN:
                    self.source = replace(self.source, sentence=self.texts[of])
        return Kept(tuple(texts), alarms, mended)

    def settle(self) -> None:
        """Nobody is asked any more: what is missing takes the text that is partly English, if there is one."""
        for of, (text, maker) in self._partial.items():
            if of not in self.texts:
                self.in_english += len(left(text))
                self.keep(of, _joined(text, self.language), maker)

    def _has_abstract(self, texts: Mapping[TextField, str]) -> bool:
        return TextField.ABSTRACT in texts

    def _set(self, of: TextField, made: str) -> str:
        """The text cleaned and set; sentences in English stay as they are."""
        text = clean_translation(made)
        if of is TextField.SUMMARY_EN:
            return text
        if of is TextField.ABSTRACT and not left(text):
            text = self._stayed(text)
        if not left(text):
            return typeset(text, self.language)
        return "".join(
            f"\ue000{piece}\ue001" if english else typeset(piece, self.language) for piece, english in parts(text)
        )

    def _stayed(self, text: str) -> str:
        """The text with the sentences left that stand there as in English; as it is where that is most of them.

        No gate notices one sentence among many that a model did not translate.
        """
        sentences = [
            sentence for sentence in split_sentences(self.source.abstract) if len(sentence.split()) >= _FEW_WORDS
        ]
        stayed = {sentence: came for sentence in sentences if (came := _unchanged(sentence, self.language)) in text}
        if 2 * len(stayed) > len(sentences):
            return text
        for one, came in stayed.items():
            text = text.replace(came, leave(one))
        return text

    def _shortened(self, of: TextField, text: str, found: tuple[Alarm, ...]) -> str:
        """The first sentence of a summary that is good but for its having more of them; empty where that is no summary.

        Language models add a second sentence to a quarter of them. Most of a longer text is not a summary's sentence.
        """
        if {alarm.gate for alarm in found} != {Gate.SUMMARY_FORM} or left(text):
            return ""
        language = ENGLISH if of is TextField.SUMMARY_EN else self.language
        first = first_sentence(text, language)
        least = max(limits_of(language).summary // _LEAST_OF_SUMMARY, len(text) // _MOST_TIMES)
        return first if len(first) >= least and not self._check(of, first) else ""

    def _check(self, of: TextField, text: str) -> tuple[Alarm, ...]:
        source, translated = self.english(of), text
        for sentence in left(text):
            source = source.replace(sentence, " ")
        if left(text):
            source, translated = " ".join(source.split()), without_left(text)
        language = ENGLISH if of is TextField.SUMMARY_EN else self.language
        return check(source, translated, of, language, paper=f"{self.source.title} {self.source.abstract}")

    def _offer(self, of: TextField, text: str, maker: str, count: int) -> None:
        known = self._partial.get(of)
        if known is None or count < len(left(known[0])):
            self._partial[of] = (text, maker)

    def _note(self, of: TextField, name: str, said: str) -> None:
        notes = self.notes.setdefault(of.value, [])
        if len(notes) < _MOST_NOTES:
            notes.append(f"{name}: {said}")


def _unchanged(sentence: str, language: str) -> str:
    """How a sentence comes back from whoever does not translate it: with what was masked as the language has it."""
    masked = mask(sentence, language=language)
    return unmask(masked.text, masked)


def _joined(text: str, language: str) -> str:
    """The finished text, with the sentences in English behind their marks."""
    pieces = [shown(piece.strip(), language) if english else piece.strip() for piece, english in parts(text)]
    return " ".join(pieces)
