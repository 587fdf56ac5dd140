"""Words that a villager can read: short sentences, explained terms, no promise, no number typed in."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from flows.catalog import Catalog
from flows.curriculum import Lesson
from flows.findings import Finding, error, warning

GLOSSARY = Path(__file__).parent.parent / "docs" / "glossary.md"
MAX_WORDS = 20
"""Words of one sentence."""
MEAN_WORDS = 12
"""Words of a lesson's sentences in the mean."""
OFFICIAL = (
    "apostille", "atase ketenagakerjaan", "biaya penempatan", "buku pelaut", "dinas sosial",
    "disdukcapil", "disnaker", "lapor diri", "legalisasi", "mitra usaha", "penjeratan utang",
    "perjanjian kerja laut", "perjanjian penempatan", "perwakilan ri", "repatriasi", "restitusi",
    "surat izin keluarga", "syahbandar", "visa kerja",
)  # fmt: skip
"""Official terms that are no abbreviation."""

_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_ABBREVIATION = re.compile(r"\b[A-Z][A-Z0-9]+[A-Za-z0-9]*\b")
_PROMISE = re.compile(
    r"\b(aman|pasti|dijamin|terpercaya|semua gratis|anonim|segera datang)\b", re.IGNORECASE
)
_PHONE = re.compile(r"\+62|(?<![.\d])0\d{2,}|\b\d{3,}[- ]\d{3,}")
_FINE = re.compile(
    r"\b(di)?denda\b[^.]*(\brp|rupiah|\bjuta|\bmiliar)|\bpenjara[^.]*paling (sedikit|singkat)",
    re.IGNORECASE,
)


def sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE.split(" ".join(text.split())) if part]


def words_of(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """(place, text) of everything of a lesson that somebody reads as sentences."""
    yield from ((f"card {card.id}", card.text) for card in lesson.cards)
    yield "action", lesson.action.text
    for item in lesson.quiz:
        yield f"quiz {item.id}", item.question
        yield from ((f"quiz {item.id}", choice.why) for choice in item.choices)


def labels_of(lesson: Lesson) -> Iterator[tuple[str, str]]:
    yield "title", lesson.title
    yield "summary", lesson.summary
    for item in lesson.quiz:
        yield from ((f"quiz {item.id}", choice.label) for choice in item.choices)


def lesson_words(catalog: Catalog) -> Iterator[Finding]:
    """Errors of the lessons' words; what a sponsor says in a question may promise anything."""
    for lesson in catalog.lessons:
        file = f"content/lessons/{lesson.id}.yaml"
        questions = {item.question for item in lesson.quiz}
        for place, text in words_of(lesson):
            yield from _long(file, place, text, error)
            if text not in questions:
                yield from _said(file, place, text)
        lengths = [len(one.split()) for _, text in words_of(lesson) for one in sentences(text)]
        if lengths and sum(lengths) / len(lengths) > MEAN_WORDS:
            mean = sum(lengths) / len(lengths)
            yield error(file, "", f"{mean:.1f} words a sentence in the mean, at most 12")
        yield from _unexplained(catalog, file, [*words_of(lesson), *labels_of(lesson)])


def text_sentences(file: str, key: str, text: str) -> Iterator[Finding]:
    """Long sentences of the other conversations are pointed out to the editors."""
    yield from _long(file, key, text, warning)


def _long(
    file: str, place: str, text: str, say: Callable[[str, str, str], Finding]
) -> Iterator[Finding]:
    for sentence in sentences(text):
        if (count := len(sentence.split())) > MAX_WORDS:
            problem = f"a sentence of {count} words, at most {MAX_WORDS}: “{sentence[:40]}…”"
            yield say(file, place, problem)


def _said(file: str, place: str, text: str) -> Iterator[Finding]:
    for pattern, problem in (
        (_PROMISE, "promises or judges"),
        (_PHONE, "a number typed in, write “ketik RESMI”"),
        (_FINE, "a fine in rupiah or a lowest sentence"),
    ):
        if hit := pattern.search(text):
            yield error(file, place, f"{problem}: “{hit[0]}”")


@cache
def explained() -> tuple[frozenset[str], str]:
    """(words, text in small letters) of the glossary; empty where only the program is installed."""
    text = GLOSSARY.read_text(encoding="utf-8") if GLOSSARY.exists() else ""
    return frozenset(re.findall(r"\w+", text)), text.casefold()


def _unexplained(
    catalog: Catalog, file: str, texts: Iterable[tuple[str, str]]
) -> Iterator[Finding]:
    """Abbreviations and official terms that stand in no glossary; the bot's own words may be big."""
    words, text_of_all = explained()
    if not words:
        return
    own = _commands(catalog)
    missing = tuple(term for term in OFFICIAL if term not in text_of_all)
    for place, text in texts:
        terms = [
            term
            for term in dict.fromkeys(_ABBREVIATION.findall(text))
            if term not in words and term.casefold() not in own
        ]
        terms += [term for term in missing if term in text.casefold()]
        for term in terms:
            yield error(file, place, f"“{term}” is not in docs/glossary.md")


def _commands(catalog: Catalog) -> frozenset[str]:
    phrases = [phrase for words in catalog.everywhere.values() for phrase in words]
    phrases += [phrase for trigger in catalog.triggers.all for phrase in trigger.phrases]
    return frozenset(word for phrase in phrases for word in phrase.split())
