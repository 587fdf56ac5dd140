"""Telephone numbers, links and licence numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from flows.entities_text import MOST, Folded, word_set


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number as E.164 ("+6281…"), and as it was typed.

    `start` and `end` are character offsets in the message.
    """

    number: str
    raw: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Link:
    """An address: `host` in small letters, `url` as typed, made whole again when defanged.

    `start` and `end` are character offsets in the message.
    """

    host: str
    url: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LicenceNumber:
    """`kind` is nib (13 digits), sip3mi, sip2mi or other; `digits` are the number's alone.

    `raw` is the number as typed ("123/SIP3MI/2024"). `start` and `end` are character offsets.
    """

    kind: str
    digits: str
    raw: str
    start: int
    end: int


_MOBILE = re.compile(
    r"[+06(](?<![\d+].)"
    r"(?:(?:(?<=\+)\s?62|(?<=6)2|(?<=0)062|(?<=\()\+?62\))[\s.()-]{0,2}0?|(?<=0)\s?)"
    r"8(\d{1,11})((?:[ .-]{1,3}\d{2,8}){0,4})(?!\d)"
)
"""Here and below the first sign stands before what must not precede it: that is what `re` skips to."""
_SINGLE = re.compile(r"(?<!\d)(?<!\d )0 8(?: \d){8,11}(?! ?\d)")
_PHONE_WORDS = word_set("wa hp telp tlp tlpn hub hubungi call whatsapp nomor nomer")
_LABELLED = re.compile(
    r"(?<![a-z])(?:"
    + "|".join(sorted(_PHONE_WORDS))
    + r")[\s.:=]{1,3}(8\d{2}[ -]?\d{3,4}[ -]?\d{2,5})(?!\d)"
)
_ABROAD = re.compile(r"(?<!\d)\+\s?([1-57-9]\d|6[013-9])([\d .-]{6,16}\d)(?!\d)")
_MALAYSIA = re.compile(
    r"(?<![\d+])(?:6(01\d[ -]?\d{3,4}[ -]?\d{4})|(01\d-\d{3,4}[ -]?\d{4}))(?!\d)"
)
_LANDLINE = re.compile(
    r"(0(?<![\d+].)[2-79]\d{1,2})(?:[)]\s?|[)]?-|\s(?=\d{6}))(\d{3,4}[ -]?\d{3,4})(?!\d)"
)
_NIB_BY_DAY = re.compile(r"08(?:0|10|1[12](?:1[89]|2\d)\d{7}\Z)")
"""No mobile prefix is below 0811, and 0811 or 0812 has no 13 digits: an NIB begins with DDMMYY."""
_NIK = re.compile(r"[1-9](?<![\d+].)(?!2[ .-]?8)(?:[ .-]?\d){15}(?!\d)")
_UNIT = re.compile(r"\s?(?:jt|juta|rb|ribu|th|thn|tahun|orang|org|hari|jam|bln|bulan|rp)(?![a-z])")
_NOT_DIGIT = re.compile(r"\D")
_FEWEST, _MOST_DIGITS = 9, 12
"""Digits of an Indonesian mobile number behind its 0."""


def find_phones(folded: Folded) -> Iterator[Phone]:
    """Indonesian mobiles and landlines, Malaysian mobiles, and any number with + in front."""
    text = folded.text
    if folded.said.digits < _FEWEST - 1:
        return
    niks = [m.span() for m in islice(_NIK.finditer(text), MOST)] if folded.said.digits >= 16 else []
    for mobile in islice(_MOBILE.finditer(text), MOST):
        read = _mobile(text, mobile)
        if (
            read
            and not _NIB_BY_DAY.match(mobile[0])
            and not any(start <= mobile.start() < end for start, end in niks)
        ):
            yield _phone(folded, "+62" + read[0], mobile.start(), read[1])
    if "0 8 " in text:
        for single in islice(_SINGLE.finditer(text), MOST):
            yield _phone(folded, "+62" + _digits(single[0])[1:], *single.span())
    if not _PHONE_WORDS.isdisjoint(folded.said.known):
        yield from _labelled(folded)
    if "+" in text:
        yield from _abroad(folded)
    if "01" in text:
        for malay in islice(_MALAYSIA.finditer(text), MOST):
            yield _phone(folded, "+60" + _digits(malay[1] or malay[2])[1:], *malay.span())
    for line in islice(_LANDLINE.finditer(text), MOST):
        yield _phone(folded, "+62" + _digits(line[1] + line[2])[1:], *line.span())


def _labelled(folded: Folded) -> Iterator[Phone]:
    """ "wa 81234567890", its 0 left out."""
    for labelled in islice(_LABELLED.finditer(folded.text), MOST):
        if _FEWEST <= len(_digits(labelled[1])) <= _MOST_DIGITS:
            yield _phone(folded, "+62" + _digits(labelled[1]), *labelled.span(1))


def _abroad(folded: Folded) -> Iterator[Phone]:
    for abroad in islice(_ABROAD.finditer(folded.text), MOST):
        digits = _digits(abroad[0])
        if 9 <= len(digits) <= 14:
            yield _phone(folded, "+" + digits, *abroad.span())


def _mobile(text: str, match: re.Match[str]) -> tuple[str, int] | None:
    """The number without its 0 or 62, and where it ends: a price behind it doesn't belong to it."""
    digits, end = "8" + match[1], match.end(1)
    mark = ""
    for group in re.finditer(r"([ .-]+)(\d+)", match[2]):
        group_end = match.start(2) + group.end()
        whole = len(digits) >= _FEWEST
        if len(digits) + len(group[2]) > _MOST_DIGITS:
            break
        if whole and (group[1] != mark or _UNIT.match(text, group_end)):
            break
        digits, end, mark = digits + group[2], group_end, mark or group[1]
    return (digits, end) if _FEWEST <= len(digits) <= _MOST_DIGITS else None


def _digits(typed: str) -> str:
    return _NOT_DIGIT.sub("", typed)


def _phone(folded: Folded, number: str, start: int, end: int) -> Phone:
    start, end = folded.span(start, end)
    return Phone(number, folded.raw[start:end], start, end)


_DOT = r"(?:\.|\[\.\]|\(\.\)|\[dot\]|\s?\(dot\)\s?)"
_SURE_TLD = "com|net|org|id|xyz|site|biz|app|shop|click|vip|asia|online|link"
_WITH_PATH = (
    "ly|me|gl|gd|co|io|cc|tk|info|top|page|my|us|sg|tw|jp|hk|to|be|in|ee|bio|gg|tv|do|ws|it|at|is"
    "|pro|win|club|store|dev"
)
_LINK = re.compile(
    rf"(?<![a-z0-9@-])(h(?:tt|xx)ps?\s?:?//)?((?:[a-z0-9][a-z0-9-]{{0,62}}+{_DOT}){{1,4}}(?:({_SURE_TLD})|({_WITH_PATH})))"
    r"(?![a-z0-9-])(:\d{1,5})?(/[^\s<>\"'|]{0,500}+)?"
)
KNOWN_HOSTS = (
    "bit.ly", "wa.me", "t.me", "s.id", "linktr.ee", "lynk.id", "tinyurl.com", "cutt.ly", "vt.tiktok.com",
    "tiktok.com", "facebook.com", "fb.me", "fb.com", "instagram.com", "chat.whatsapp.com", "wa.link",
    "forms.gle", "goo.gl", "shorturl.at", "youtu.be", "m.me", "telegram.me", "msha.ke",
)  # fmt: skip
_DOT_IN = re.compile(_DOT)
_ONLY_WORDS = re.compile(r"[a-z]{1,3}\.(?:id|me)\Z")


def find_links(folded: Folded) -> Iterator[Link]:
    """Addresses with or without http, bare hosts under the usual endings, "bit[.]ly/x"."""
    text = folded.text
    if "." not in text and "dot" not in text:
        return
    for match in islice(_LINK.finditer(text), MOST):
        host = _DOT_IN.sub(".", match[2]).removeprefix("www.")
        known = next(
            (name for name in KNOWN_HOSTS if host == name or host.endswith("." + name)), ""
        )
        if not (known or match[1] or match[3] or match[6]):
            continue
        if _ONLY_WORDS.match(host) and not (known or match[1] or match[6]):
            continue
        start, end = (
            match.start(),
            match.end() - len(match[0]) + len(match[0].rstrip(".,!?)]*_~:;")),
        )
        if known and host != known and not match[1] and _DOT not in match[2]:
            start, host = _from_known(match, host, known)
        begin, stop = folded.span(start, max(end, match.end(2)))
        url = _DOT_IN.sub(".", folded.raw[begin:stop])
        yield Link(host, re.sub(r"^([hH])[xX]{2}", r"\1tt", url), begin, stop)


def _from_known(match: re.Match[str], host: str, known: str) -> tuple[int, str]:
    """ "berangkat.bit.ly/x": a full stop without a blank is no part of a shortener's name."""
    if known in ("tiktok.com", "facebook.com", "instagram.com") or match[2].count(
        "."
    ) != host.count("."):
        return match.start(), host
    return match.end(2) - len(known), known


_NIB = re.compile(r"[0-9](?<![\d+].)\d{12}(?!\d)")
_MOBILE_13 = re.compile(r"628|08(?!0|10|1[12](?:1[89]|2\d))")
_NIB_SAID = re.compile(r"(?<![a-z])nib(?:nya)?[\s.:=no-]{0,8}((?:\d{1,8}[ .-]?){2,8})")
_SIP = re.compile(
    r"(?<![a-z\d])(\d{1,6}(?:\s?[/-]\s?|\.)[a-z0-9./-]{0,20}?sip(?:p?3"
    r"|p?2)?p?mi[a-z0-9./-]{0,24})|(?<![a-z])"
    r"(sip3mi|sip2mi|siup\s?ppmi|sippmi|sipptki|siupptki|sip(?!\d))(?:nya)?[\s.:=]{0,3}(?:(?:no"
    r"|nomor|nomer|nmr)[\s.:=]{0,3})?"
    r"((?:kep[. ]\s?)?\d[a-z0-9./-]{2,40})"
)
_DECREE = re.compile(
    r"(?<![a-z])(kep[. ]\s?\d{1,6}/(?:men|penta|naker|ppk|lattas|bp2mi|ka)[a-z0-9./-]{0,40})"
)


def find_licences(folded: Folded) -> Iterator[LicenceNumber]:
    """NIBs (13 digits that are no mobile number), numbers of SIP3MI and SIP2MI, ministers' decrees."""
    text = folded.text
    known, nibs = folded.said.known, set()
    if folded.said.digits >= 13:
        nibs = {m.span() for m in islice(_NIB.finditer(text), MOST) if not _MOBILE_13.match(m[0])}
    if "nib" in known or "nibnya" in known:
        for said in islice(_NIB_SAID.finditer(text), MOST):
            if len(_digits(said[1])) == 13:
                nibs.add((said.start(1), said.start(1) + len(said[1].rstrip(" .-"))))
    for start, end in sorted(nibs):
        yield _licence(folded, "nib", start, end)
    if folded.said.digits and ("sip" in text or "siup" in text):
        for sip in islice(_SIP.finditer(text), MOST):
            kind = "sip2mi" if "2mi" in sip[0] else "sip3mi" if "3mi" in sip[0] else "other"
            if sip[1] or kind != "other" or "/" in sip[3]:
                yield _licence(folded, kind, *sip.span(1 if sip[1] else 3))
    if "kep" in known:
        for decree in islice(_DECREE.finditer(text), MOST):
            yield _licence(folded, "other", *decree.span(1))


def _licence(folded: Folded, kind: str, start: int, end: int) -> LicenceNumber:
    begin, stop = folded.span(start, end)
    raw = folded.raw[begin:stop].rstrip("./-, ")
    digits = re.match(r"\D*(\d*)", raw) if kind != "nib" else None
    number = digits[1] if digits else _digits(folded.text[start:end])
    return LicenceNumber(kind, number, raw, begin, begin + len(raw))
