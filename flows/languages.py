"""What the bot can speak beside Indonesian: gettext files in content/locale, hidden until stamped.

An entry is a text key (`msgctxt`), the Indonesian (`msgid`) and the translation. Only what is said
is translated; keys, payloads and the words that are matched are not. A file is shown to people
while its header names a native speaker and the fingerprint of exactly these entries.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polib

from flows.catalog import CONSENT_TEXT, CONTENT, Catalog, ContentError
from flows.events import Event, LanguageChosen
from flows.ports import Person
from flows.tip_off import NOTICE
from flows.wording import Wording, slots_of

INDONESIAN = "id"
NAMES = {INDONESIAN: "Bahasa Indonesia", "jv": "Basa Jawa", "su": "Basa Sunda"}
TRANSLATED = tuple(language for language in NAMES if language != INDONESIAN)
STATUS, REVIEWED_BY, REVIEWED_ON, FINGERPRINT = (
    "X-Kentongan-Status",
    "X-Reviewed-By",
    "X-Reviewed-On",
    "X-Reviewed-Hash",
)
WIDTH = 96
"""Characters of a line of a PO file."""
AWAITING = "awaiting a native speaker"
REVIEWED = "reviewed by a native speaker"
CONSENTED = (CONSENT_TEXT, "welcome.agree", "welcome.disagree", *NOTICE)
"""Never translated: consent is given to exactly these words, and their hash is its proof."""
_SCOPE = re.compile(
    r"welcome\.\w+|lesson_berangkat_sah\.\w+|lessons\.(result|more)|free_text\.despair"
    r"|tip_off\.(danger\w*|not_now|no_report|not_urgent|call_first|urgent_notice|urgent_told"
    r"|alarm_told|cancelled_alarmed)"
    r"|common\.(yes|no|rather_not|skip|next|to_menu|human|not_understood|not_understood_again"
    r"|cancelled|nudge|stopped|help|genuine)"
)
"""The menu, what is said in danger, and the first lesson, with the words on the way to them."""


@dataclass(frozen=True, slots=True)
class Translation:
    key: str
    indonesian: str
    text: str
    """Empty while nobody has translated it."""
    line: int = 0
    """Where it stands in its file."""


@dataclass(frozen=True, slots=True)
class Locale:
    """One file of content/locale."""

    language: str
    entries: tuple[Translation, ...]
    reviewed_by: str = ""
    """The native speaker who has stamped exactly these entries; "" for a draft."""

    def said(self, indonesian: Wording) -> dict[str, str]:
        """What may be shown: not what is missing, was made of other Indonesian words, or would
        leave a slot out."""
        return {
            one.key: one.text
            for one in self.entries
            if one.text and is_translated(one.key) and is_of(one, indonesian) and keeps_slots(one)
        }


def is_translated(key: str) -> bool:
    return bool(_SCOPE.fullmatch(key)) and key not in CONSENTED


def is_of(one: Translation, indonesian: Wording) -> bool:
    """It translates the words that are said today."""
    return one.key in indonesian and indonesian.raw(one.key) == one.indonesian


def keeps_slots(one: Translation) -> bool:
    try:
        return slots_of(one.text) == slots_of(one.indonesian)
    except ValueError:
        return False


def wording_now(catalog: Catalog, person: Person, events: Iterable[Event]) -> Wording:
    """For whoever talks, in a language also when it was chosen in this very step."""
    chosen = [event.language for event in events if isinstance(event, LanguageChosen)]
    return catalog.words_in(chosen[-1] if chosen else person.language)


def file_of(language: str, folder: Path = CONTENT) -> Path:
    return folder / "locale" / f"{language}.po"


def load_locales(folder: Path = CONTENT) -> tuple[Locale, ...]:
    """Every file of content/locale. Raises ContentError in one line."""
    locales = []
    for path in sorted((folder / "locale").glob("*.po")):
        locale = locale_of(read_po(path), path)
        if path.stem != locale.language:
            raise ContentError(
                f"content/locale/{path.name}: its header says Language: {locale.language}"
            )
        locales.append(locale)
    return tuple(locales)


def read_po(path: Path) -> polib.POFile:
    """Raises ContentError in one line."""
    try:
        return polib.pofile(path.read_text(encoding="utf-8"), wrapwidth=WIDTH)
    except (OSError, UnicodeDecodeError) as error:
        problem = "can't be read" if isinstance(error, UnicodeDecodeError) else str(error)
        raise ContentError(f"{_shown(path)}: {' '.join(problem.split())}") from None


def locale_of(po: polib.POFile, path: Path) -> Locale:
    language = po.metadata.get("Language", "")
    if language not in TRANSLATED:
        raise ContentError(
            f"{_shown(path)}: its header says Language: {language or 'nothing'}, "
            f"not one of {', '.join(TRANSLATED)}"
        )
    entries = tuple(
        Translation(
            entry.msgctxt or "",
            entry.msgid.strip(),
            "" if entry.fuzzy else entry.msgstr.strip(),
            entry.linenum,
        )
        for entry in po
        if not entry.obsolete
    )
    stamped = po.metadata.get(FINGERPRINT) == fingerprint(language, entries)
    return Locale(language, entries, po.metadata.get(REVIEWED_BY, "") if stamped else "")


def _shown(path: Path) -> str:
    return f"content/locale/{path.name}" if path.parent.name == "locale" else path.name


def fingerprint(language: str, entries: Iterable[Translation]) -> str:
    """Of everything that a native speaker has read, in whatever order it stands."""
    rows = sorted((one.key, one.indonesian, one.text) for one in entries)
    return hashlib.sha256(repr((language, rows)).encode()).hexdigest()[:16]
