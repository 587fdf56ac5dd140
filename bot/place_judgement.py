"""How far a reading can be trusted: its rivals, what contradicts it, whether it is mere chance."""

from bot.atlas import is_inside, regency_code
from bot.place_everyday import EVERYDAY, PLAIN_WORDS, SELDOM_PLACES
from bot.place_reading import BY_SHORT_NAME, Hit, Reading
from bot.place_words import DISTRICT, KABUPATEN, KOTA, LANDMARKS, PROVINCE, VILLAGE, Word

_MARGIN = 0.85
"""Readings closer in score than this are rivals: somebody has to choose."""
SURE_QUALITY = 0.8
"""Below it a village is not taken as read; its kecamatan or regency is."""
_READABLE = 0.85
"""Below it a bare word is no regency to be taken as read."""
_SHORT_NAME = 5
_LONG_NAME = 7
_FEW_WORDS = 2
_TALK = EVERYDAY | PLAIN_WORDS | LANDMARKS


def rivals(readings: list[Reading]) -> list[Reading]:
    """The best reading and those nearly as good, each place once.

    One name that fits a kecamatan and a village in it means the kecamatan until somebody says
    more; a regency that a longer reading uses is no rival of that reading.
    """
    close: dict[str, Reading] = {}
    for reading in readings:
        if reading.score >= readings[0].score - _MARGIN:
            close.setdefault(reading.code, reading)
    kept = []
    for reading in close.values():
        others = [o for o in close.values() if o is not reading]
        same_words = any(
            o.hit.level < reading.hit.level
            and o.hit.span == reading.hit.span
            and (
                is_inside(reading.code, o.code)
                or _same_regency(o, reading)
                or (o.hit.level == 1 and reading.alone and not reading.hit.marked)
            )
            for o in others
        )
        used_by_longer = any(
            is_inside(o.code, reading.code)
            and (len(o.used) > len(reading.used) or reading.hit.span.is_part_of(o.hit.span))
            for o in others
        )
        if not same_words and not used_by_longer:
            kept.append(reading)
    return kept


def _same_regency(larger: Reading, smaller: Reading) -> bool:
    """ "Susukan Banjarnegara": the kecamatan, though another kecamatan has a village Susukan."""
    named = {2} & larger.used.keys() & smaller.used.keys()
    return bool(named) and regency_code(larger.code) == regency_code(smaller.code)


def is_chance(best: Reading, words: tuple[Word, ...], within: tuple[str, ...]) -> bool:
    """A single bare name among other words: many ordinary words are also somebody's village."""
    if best.hit.marked:
        return False
    talk = all(w.text in _TALK for w in words[best.hit.span.start : best.hit.span.end])
    if talk and all(h.quality < 1 and not h.marked for n, h in best.used.items() if n < 4):
        return best.alone or best.hit.level == 4
    if not best.alone:
        return False
    if talk or (best.unexplained and words[best.hit.span.start].text in SELDOM_PLACES):
        return True
    if best.hit.level == 4 and best.unexplained and regency_code(best.code) not in within:
        return True
    if best.hit.level <= 2 and best.quality == 1:
        return False
    own = regency_code(best.code) in within
    length, small = len(best.hit.span.key), best.hit.level >= 3
    if small and best.quality < BY_SHORT_NAME and (best.quality < 0.8 or length < _LONG_NAME - own):
        return True
    vague = length < _SHORT_NAME or (best.quality < BY_SHORT_NAME and small and not own)
    return best.unexplained > _FEW_WORDS or (vague and best.unexplained > 0)


def contradicting(best: Reading, readings: list[Reading]) -> list[Reading]:
    """What else the text says firmly: names left out, or a village with its kecamatan elsewhere."""
    ignored = {hit.code for hit in best.ignores}
    sure = [h.span for h in best.used.values() if h.quality >= SURE_QUALITY]
    others = [r for r in readings if r.code in ignored]
    if best.hit.level == 2 and best.alone:
        others += [
            r
            for r in readings
            if r.hit.level == 3
            and r.hit.span.mark == DISTRICT
            and r.hit.exact
            and not is_inside(r.code, best.code)
            and not any(r.hit.span.overlaps(span) for span in sure)
        ]
    if best.alone or best.hit.quality < SURE_QUALITY:
        others += [
            r
            for r in readings
            if not r.alone
            and r.quality >= BY_SHORT_NAME
            and not is_inside(r.code, best.code)
            and not any(h.span.overlaps(span) for h in r.used.values() for span in sure)
        ]
    return others


def elsewhere(best: Reading, readings: list[Reading], words: tuple[Word, ...]) -> list[Reading]:
    """Names of other places that a province or a regency alone would silently drop.

    "Ponorogo, Jawa Tengah": a regency of another province; "Jenangan Madiun": a kecamatan of
    another regency. Everyday words, and villages, are left out: too many share their names.
    """
    if best.hit.level > 2 or not best.alone:
        return []
    taken = best.hit.span
    found: dict[str, Reading] = {}
    for r in readings:
        if (
            best.hit.level < r.hit.level <= 3
            and not is_inside(r.code, best.code)
            and not r.hit.span.overlaps(taken)
            and r.quality >= (SURE_QUALITY if r.hit.level == 2 else 1)
            and (r.hit.level == 2 or r.hit.exact)
            and len(r.hit.span.key) >= _SHORT_NAME
            and not any(w.text in EVERYDAY for w in words[r.hit.span.start : r.hit.span.end])
        ):
            found.setdefault(r.code, r)
    return [r for r in found.values() if r.hit.level == 2 or regency_code(r.code) not in found]


def runs_into_larger(best: Reading, words: tuple[Word, ...]) -> bool:
    """ "Dompu NTB, sekarang di Bali": a small name apart, behind its parents."""
    small = best.hit
    if small.level < 3 or small.marked or best.alone or not words[small.span.start].breaks:
        return False
    return all(h.span.end <= small.span.start for h in best.used.values() if h is not small)


def parents(best: Reading, readings: list[Reading]) -> list[Reading]:
    codes = {hit.code for level, hit in best.used.items() if level < 4}
    return [r for r in readings if r.code in codes]


def unread(words: tuple[Word, ...], best: Reading, mark: str) -> bool:
    """The text marks a name with this level word, and the reading does not explain it."""
    starts = {hit.span.start for hit in best.used.values()}
    return any(word.mark == mark and i not in starts for i, word in enumerate(words))


def goes_on(words: tuple[Word, ...], hit: Hit) -> bool:
    """Another word follows without a break or a level word."""
    after = hit.span.end
    return after < len(words) and not words[after].breaks and not words[after].mark


def _runs_on(words: tuple[Word, ...], best: Reading) -> bool:
    """An unread word follows at once: "Kec. Simpang tgia" is not Kecamatan Simpang."""
    after = best.hit.span.end
    read = any(h.span.start <= after < h.span.end for h in best.used.values())
    return goes_on(words, best.hit) and not read


def confidence(best: Reading, words: tuple[Word, ...], within: tuple[str, ...]) -> float:
    """How far a single reading can be acted on; a low one is asked."""
    own = regency_code(best.code) in within
    trust = 0.9 if unread(words, best, VILLAGE) or unread(words, best, DISTRICT) else 1.0
    if best.used.keys() == {1, 4} and (best.unexplained or not best.hit.marked):
        return 0.4
    if best.hit.level == 2 and not best.hit.marked and best.hit.quality < _READABLE:
        return 0.4
    if best.hit.level >= 3 and 2 not in best.used and _runs_on(words, best):
        return 0.4
    if (
        best.unexplained
        and best.quality < SURE_QUALITY
        and any(hit.loose for hit in best.used.values())
    ):
        return 0.4
    if not best.alone:
        start = 0.9 + 0.03 * len(best.used)
        return round(start * best.quality**0.5 * trust, 2) if best.quality >= 0.7 else 0.4
    exact, level = best.quality >= 0.9, best.hit.level
    if level == 4 and any(unread(words, best, m) for m in (DISTRICT, KABUPATEN, KOTA, PROVINCE)):
        return 0.4
    if level == 4 and best.unexplained:
        return 0.55 if own and exact else 0.4
    if level == 4 and not own and not (best.hit.marked and len(best.hit.span.key) >= _LONG_NAME):
        return 0.4
    if level == 4:
        return 0.4 if not exact or (within and not own) else 0.7 if own else 0.6
    if level == 3 and len(best.hit.span.key) < _SHORT_NAME and best.unexplained:
        return 0.4
    if level == 3:
        return (0.75 if exact else 0.65 if own and best.hit.marked else 0.4) * trust
    if exact:
        if best.hit.marked or best.unexplained <= _FEW_WORDS:
            return 0.85 * trust
        return 0.6 if best.hit.span.end == len(words) else 0.4
    readable = best.quality >= 0.85 and len(best.hit.span.key) >= _LONG_NAME
    return 0.7 * trust if readable or (best.hit.marked and best.quality >= SURE_QUALITY) else 0.4


def is_weak(readings: list[Reading], words: tuple[Word, ...]) -> bool:
    """Something in the text is not understood, and it may change the answer."""
    if not readings:
        return any(len(word.text) > 3 for word in words)
    best = readings[0]
    if best.unexplained == 0 and best.quality >= SURE_QUALITY:
        return False
    return (
        best.alone
        or best.quality < SURE_QUALITY
        or len(rivals(readings)) > 1
        or any(unread(words, best, mark) for mark in (VILLAGE, DISTRICT, KABUPATEN, KOTA))
    )
