"""Amounts of money as villagers, brokers and job posters write them.

An amount needs a sign that it is one: a currency, "juta" or "ribu", thousands in threes behind a
word such as "gaji". Numbers of people, followers or kilometres are none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from flows.entities_text import MOST, Folded, word_set, words_before


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in whole units of its currency; `high` is a range's upper end in the same unit.

    `currency` is an ISO code, IDR when none is named. `per` is hour, day, week, month, year or "".
    `start` and `end` are character offsets in the message.
    """

    value: int | float
    currency: str
    high: int | float | None
    per: str
    start: int
    end: int


_DOLLARS = {
    "usd": "USD", "us$": "USD", "$us": "USD", "$": "USD", "nt$": "TWD", "ntd": "TWD", "nt": "TWD",
    "twd": "TWD", "s$": "SGD", "sgd": "SGD", "sg$": "SGD", "hk$": "HKD", "hkd": "HKD",
    "aud": "AUD", "a$": "AUD", "au$": "AUD",
}  # fmt: skip
_CODES = _DOLLARS | {
    "rp": "IDR", "idr": "IDR", "rm": "MYR", "myr": "MYR", "sar": "SAR", "jpy": "JPY", "¥": "JPY",
    "krw": "KRW", "eur": "EUR", "€": "EUR", "aed": "AED", "dhs": "AED",
}  # fmt: skip
_CODE_ENDS = frozenset(code[-1] for code in _CODES)
_NAMES = _CODES | {
    "rupiah": "IDR", "ringgit": "MYR", "ringgid": "MYR", "ringit": "MYR", "riyal": "SAR",
    "real": "SAR", "reyal": "SAR", "riyals": "SAR", "rial": "SAR", "yen": "JPY", "won": "KRW",
    "euro": "EUR", "dirham": "AED", "dolar": "USD", "dollar": "USD", "dolars": "USD",
}  # fmt: skip
_WHOSE = {
    "taiwan": "TWD", "nt": "TWD", "tw": "TWD", "singapura": "SGD", "singapur": "SGD",
    "singapore": "SGD", "sing": "SGD", "sin": "SGD", "hongkong": "HKD", "hong kong": "HKD",
    "hk": "HKD", "australia": "AUD", "aussie": "AUD", "ostrali": "AUD", "amerika": "USD",
    "us": "USD", "as": "USD",
}  # fmt: skip
_SCALES = {
    "ribu": 1_000, "rb": 1_000, "rbu": 1_000, "rebu": 1_000, "k": 1_000, "ewu": 1_000,
    "juta": 1_000_000, "jt": 1_000_000, "jta": 1_000_000, "jeti": 1_000_000, "yuta": 1_000_000,
    "miliar": 1_000_000_000, "milyar": 1_000_000_000, "m": 1_000_000_000,
}  # fmt: skip
_PERIODS = {
    "bulan": "month", "bln": "month", "bl": "month", "wulan": "month", "month": "month",
    "sasih": "month", "hari": "day", "hr": "day", "dina": "day", "poe": "day", "day": "day",
    "jam": "hour", "hour": "hour", "tahun": "year", "thn": "year", "th": "year", "taun": "year",
    "year": "year", "minggu": "week", "mgg": "week", "week": "week",
}  # fmt: skip
_DIGITS = {
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8,
    "sembilan": 9, "sepuluh": 10, "sebelas": 11, "seratus": 100, "rong": 2, "telung": 3,
    "patang": 4, "limang": 5, "nem": 6, "pitung": 7, "wolung": 8, "sangang": 9, "satus": 100,
    "seket": 50, "sepoloh": 10,
}  # fmt: skip
_TIMES = {"puluh": 10, "ratus": 100, "atus": 100}
_ONES = {"seribu": 1_000, "sejuta": 1_000_000, "sewu": 1_000, "sejt": 1_000_000}
_MONEY_WORDS = word_set(
    """
    gaji gajinya gajih gajine upah upahnya bayaran bayar mbayar bayarnya dibayar biaya biayanya
    ongkos harga dp uang duit dhuwit transfer tf setor nyetor utang hutang pinjam potongan potong
    dipotong denda tebusan fee komisi bonus modal total cuma salary penghasilan pendapatan pesangon
    minta diminta dimintai kirim admin tabungan deposit jaminan keluar habis rugi kerugian
    pendaftaran cicilan cicil angsuran tambah sangu saku sebesar senilai nominal rp honor lembur
    """
)
_COUNTED = re.compile(
    r"\s{0,2}(?:orang|org|jiwa|warga|penduduk|pengikut|follower|subscriber|subs|kali|penonton"
    r"|view|anggota"
    r"|member|pmi|tki|tkw|cpmi|wni|pekerja|migran|hektar|ha|ton|km|kilo|meter|ekor|unit|buah"
    r"|lembar|suara"
    r"|kk|siswa|anak|korban|kasus|langkah|tahun|like|liter|pcs|butir|bungkus|watt|lowongan|pelamar"
    r"|tenaga|umat|jamaah|muslim|perempuan|desa|pulau|alasan|mimpi)(?:s|nya)?(?![a-z])"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_CODE_BEFORE = re.compile(
    r"(?<![a-z])(" + "|".join(map(re.escape, sorted(_CODES, key=len, reverse=True))) + r")"
    r"[.:]?\s{0,2}\Z"
)
_SCALE = re.compile(
    r"(?:(\s?setengah)?\s{0,2}(juta|jt|jta|jeti|yuta|ribu|rbu|rb|rebu|ewu|miliar|milyar|m)|(k))"
    r"(?:-?an|nan)?(?![a-z])"
)
_CURRENCY = re.compile(
    r"\s{0,2}(" + "|".join(map(re.escape, sorted(_NAMES, key=len, reverse=True))) + r")(?![a-z$])"
    r"(?:\s(" + "|".join(sorted(_WHOSE, key=len, reverse=True)) + r")(?![a-z]))?"
)
_TO = re.compile(
    r"\s{0,2}(?:-|~|s/d|s\.d\.?|sd|sampai|sampe|hingga|nganti|to)\s{0,2}(?:rp\.?|rm|(?:us|nt|hk"
    r"|s|a)?\$|€)?\s?(\d+(?:[.,]\d+)*)"
)
_MORE = re.compile(r"\s?(\d{1,3})\s?(?:ribu|rbu|rb)(?![a-z])|(\d{3})(?![\d.,a-z])")
_HALF = re.compile(r"\s(?:setengah|stengah|satengah)(?!\s(?:bulan|hari|jam|tahun))(?![a-z])")
_PERIOD = "|".join(sorted(_PERIODS, key=len, reverse=True))
_PER = re.compile(
    r"(?:,-|,--|\.-)?(?:\s(?:bersih|lebih|net|nett|kotor|an))?"
    r"(?:\s?[(]?(?:/|per-?|tiap\s|setiap\s|saben\s)\s?|\s(?:dalam |untuk )?(?:se|sak|sa))\s?"
    rf"({_PERIOD})(?:nya|ne|e)?(?![a-z])"
)
_PER_BEFORE = re.compile(
    rf"(?<![a-z])(?:per\s?|/\s?|se|sak|tiap )({_PERIOD})(?:nya|ne|e)?\s?(?:[:=]|(?:bisa|dapat"
    rf"|cuma|gaji|bisa"
    r" dapat)\s)?\s?(?:rp\.?|rm)?\s?\Z"
)
_DASH = re.compile(r",-|,--|\.-|,00(?!\d)")
_NUMBER_WORDS = frozenset({*_DIGITS, *_TIMES, *_ONES, "belas", "setengah", "ribu", "juta", "ewu"})
_WORD_NUMBERS = "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True))
_WORD_RUN = re.compile(
    rf"(?<!\d)(?:{_WORD_NUMBERS})(?:\s{{1,2}}(?:{_WORD_NUMBERS})){{0,11}}(?![a-z])"
)
_SAID_IN_WORDS = frozenset({*_NAMES, *_ONES, "juta", "ribu", "ewu"})


def find_amounts(folded: Folded) -> Iterator[Amount]:
    """Amounts written in digits, then those in words, each in the order of the message."""
    text = folded.text
    done = 0
    for number in () if not folded.said.digits else islice(_NUMBER.finditer(text), MOST):
        if number.start() < done:
            continue
        amount = _amount(folded, number)
        if amount:
            done = amount[1]
            yield amount[0]
    if not _SAID_IN_WORDS.isdisjoint(folded.said.known):
        yield from _in_words(folded)


def _amount(folded: Folded, number: re.Match[str]) -> tuple[Amount, int] | None:
    """The amount around one number, with where it ends in the folded text."""
    text, start = folded.text, number.start()
    before = text[max(0, start - 8) : start]
    code = _CODE_BEFORE.search(before) if before.rstrip(" .:")[-1:] in _CODE_ENDS else None
    currency = _CODES[code[1]] if code else ""
    if not code and _is_glued(text, start):
        return None
    factor, end = _scaled(text, number.end(), currency)
    to = _TO.match(text, end)
    top, top_end = _scaled(text, to.end(), currency) if to else (0, 0)
    named = _CURRENCY.match(text, top_end if to else end)
    if to and not (top or factor or currency or named or _grouped(to[1]) > 2):
        to, named = None, _CURRENCY.match(text, end)
    if to:
        end = top_end
    if named and (named[1] != "real" or max(factor, top) < 1_000_000):
        currency, end = _WHOSE.get(named[2] or "", _NAMES[named[1]]), named.end()
    elif not currency and not factor and not top and not _stands_alone(text, number):
        return None
    if not currency and _COUNTED.match(text, end) and not _money_leads(text, start):
        return None
    value = _value(number[0], factor or top)
    if value is None:
        return None
    high = _value(to[1], top or factor) if to else None
    value, high = _ordered(value, high)
    if code and code[1] != "real":
        start -= len(code[0])
    else:
        value, end = _with_rest(text, value, factor, end, bool(to or named))
    per, end = _per(text, start, end)
    return Amount(value, currency or "IDR", high, per, *folded.span(start, end)), end


def _is_glued(text: str, start: int) -> bool:
    """ "#3k" or a code such as 7F3K-29; "gaji15jt" is money all the same."""
    before = text[start - 1 : start]
    return before in {"/", "#", "@", "_"} or (before.isalpha() and not _money_leads(text, start))


def _scaled(text: str, at: int, currency: str) -> tuple[float, int]:
    """The factor of "juta", "rb", … behind a number, 0 without one; and where it ends."""
    scale = _SCALE.match(text, at)
    if not scale:
        return 0, at
    unit = scale[2] or scale[3]
    if unit == "m" and currency != "IDR":
        return 0, at  # five metres
    return _SCALES[unit], scale.end()


def _stands_alone(text: str, number: re.Match[str]) -> bool:
    """15.000.000 is money by its form; 500.000 is when a word of money leads or ",-" follows."""
    groups = _grouped(number[0])
    if groups > 2:
        return True
    marked = _DASH.match(text, number.end()) or _PER.match(text, number.end())
    return groups == 2 and (bool(marked) or _money_leads(text, number.start()))


def _grouped(typed: str) -> int:
    """How many groups a number in threes has ("15.000.000": 3), 0 when it is none."""
    first, *more = typed.replace(",", ".").split(".")
    threes = bool(more) and all(len(group) == 3 for group in more)
    return len(more) + 1 if threes and len(first) <= 3 and first[0] != "0" else 0


def _money_leads(text: str, start: int) -> bool:
    return not _MONEY_WORDS.isdisjoint(words_before(text, start)[-3:])


def _value(typed: str, factor: float) -> int | float | None:
    """The number meant: dots and commas group threes, or begin decimals before "juta"."""
    if len(typed) > 18:
        return None
    groups = re.split(r"[.,]", typed)
    if len(groups) == 1:
        plain = float(typed)
    elif all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3:
        decimals = len(groups) == 2 and (factor >= 1_000_000 or groups[0] == "0")
        plain = float(".".join(groups) if decimals else "".join(groups))
    elif len(groups[-1]) <= 2 and all(len(group) == 3 for group in groups[1:-1]):
        plain = float("".join(groups[:-1]) + "." + groups[-1])
    else:
        return None  # a date, a telephone number
    return _neat(plain * (factor or 1)) if plain else None


def _neat(value: float) -> int | float:
    value = round(value, 2)
    return int(value) if value == int(value) else value


def _ordered(low: int | float, high: int | float | None) -> tuple[int | float, int | float | None]:
    """A range with its lower end first: "500-1 juta" begins at five hundred thousand."""
    if high is not None and low > high:
        low = _neat(low / 1_000)
    return (low, high) if high is not None and low < high else (low, None)


def _with_rest(
    text: str, value: int | float, factor: float, end: int, closed: bool
) -> tuple[int | float, int]:
    """ "1 juta 500 ribu", "2jt500", "dua juta setengah": what follows the millions is added."""
    if closed or factor != 1_000_000:
        return value, end
    half = _HALF.match(text, end)
    if half:
        return value + 500_000, half.end()
    more = _MORE.match(text, end)
    if not more:
        return value, end
    return value + int(more[1] or more[2]) * 1_000, more.end()


def _per(text: str, start: int, end: int) -> tuple[str, int]:
    """For how long the money is, and where that ends: behind the amount or in front of it."""
    per = _PER.match(text, end)
    if per:
        return _PERIODS[per[1]], per.end()
    before = _PER_BEFORE.search(text[max(0, start - 24) : start])
    dash = _DASH.match(text, end)
    return (_PERIODS[before[1]] if before else ""), (dash.end() if dash else end)


def _in_words(folded: Folded) -> Iterator[Amount]:
    """ "lima ratus ribu", "setengah juta", "dua ribu lima ratus ringgit"."""
    text = folded.text
    for run in islice(_runs(folded), MOST):
        words = run[0].split()
        value, whole = _spoken(words)
        named = _CURRENCY.match(text, run.end())
        if not value or not (whole or named) or words == ["setengah"]:
            continue
        start, end = run.span()
        if named:
            currency, end = _WHOSE.get(named[2] or "", _NAMES[named[1]]), named.end()
        elif _COUNTED.match(text, end) or _follows_digits(text, start):
            continue
        else:
            currency = "IDR"
        per, end = _per(text, start, end)
        bare = len(words) == 1 and not named and not per
        if bare and not _money_leads(text, start):
            continue  # "seribu alasan", "sejuta rasa"
        yield Amount(_neat(value), currency, None, per, *folded.span(start, end))


def _runs(folded: Folded) -> Iterator[re.Match[str]]:
    done = 0
    for word, start in folded.said.words:
        if word in _NUMBER_WORDS and start >= done:
            run = _WORD_RUN.match(folded.text, start)
            if run:
                done = run.end()
                yield run


def _follows_digits(text: str, start: int) -> bool:
    """ "2 juta" was read with its number already."""
    return text[max(0, start - 2) : start].strip().isdigit()


def _spoken(words: list[str]) -> tuple[float, bool]:
    """The value of number words, and whether they end in thousands or millions."""
    total, group, last = 0.0, 0.0, 0.0
    scale = 0
    for word in words:
        if word in _DIGITS:
            last = _DIGITS[word]
            group += last
        elif word == "belas":
            group += 10
        elif word in _TIMES:
            group += last * (_TIMES[word] - 1)
            last = 0
        elif word == "setengah":
            group, total = (
                (group, total + scale / 2) if scale and not group else (group + 0.5, total)
            )
        else:
            scale = _ONES.get(word) or _SCALES[word]
            total += (1 if word in _ONES else group) * scale
            group = last = 0
    return total + group, bool(scale) and not group
