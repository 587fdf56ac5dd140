"""Bank accounts and wallets that money shall go to, and whether a person or a company owns them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from flows.entities_text import MOST, Folded, word_set


@dataclass(frozen=True, slots=True)
class BankAccount:
    """`bank` in small letters, "" when none is named; `number` is digits, "" when only spoken of.

    `holder_kind` is person, company or unknown. `holder` is the span of the holder's words, so that
    the name itself need not be kept. All offsets are characters in the message.
    """

    bank: str
    number: str
    holder_kind: str
    holder: tuple[int, int] | None
    start: int
    end: int


_BANKS = (
    "bca|bri|brilink|bni|mandiri|bsi|btn|cimb niaga|cimb|danamon|permata|bank jatim|bank jateng"
    "|bank ntb|bjb|bank dki"
    "|jago|seabank|sea bank|blu|ocbc|panin|muamalat|mega|bukopin|maybank|bank neo|neobank"
    "|superbank|hsbc|uob"
)
_WALLETS = "dana|ovo|gopay|go pay|shopeepay|shopee pay|spay|linkaja|link aja|isaku|doku"
_BANK = rf"(?:bank\s)?({_BANKS})(?:\s(?:digital|syariah|syari'ah|mobile))?"
_LABEL = (
    r"(?:no|nomor|nomer|nmr|norek|rek|rekening|reknya|rekeningnya|akun|acc|account|va|nya|ke|saya|ini"
    r"|yaitu|aja|an|pribadi|perusahaan|kantor)"
)
_GAP = rf"[\s.:=(/-]{{0,3}}(?:{_LABEL}[\s.:=(/-]{{1,3}}){{0,4}}"
_NUMBER = r"([0-9](?<![\d+].)(?:[ .-]?\d){7,17})(?![\d,])(?!\s?(?:jt|juta|rb|ribu)(?![a-z]))"
_PHONE = r"((?:\+?62|0)[ -]?8\d(?:[ .-]?\d){7,10})(?!\d)"
_HAS_BANK = re.compile(rf"(?<![a-z]){_BANK}{_GAP}{_NUMBER}")
_HAS_WALLET = re.compile(rf"(?<![a-z])({_WALLETS}){_GAP}{_PHONE}")
_BEHIND = re.compile(rf"{_NUMBER}\s?[(]?(?:{_BANK}|({_WALLETS}))(?![a-z])")
_ACCOUNT_WORD = r"(?:rekening|rekeningnya|rekeninge|norek|rek|reknya|no\s?rek)"
_UNNAMED = re.compile(
    rf"(?<![a-z]){_ACCOUNT_WORD}[\s.:=]{{1,3}}(?:{_LABEL}[\s.:=]{{1,3}}){{0,3}}{_NUMBER}"
)
_SPOKEN = re.compile(
    rf"(?<![a-z])(?:{_ACCOUNT_WORD}|transfer|tf|trf)(?:\s(?:ke|nya|bank|{_BANKS}|rekening|rek"
    rf"|itu|bukan|malah|kok|yang|yg"
    r"|atas|an|a\.n\.?|a/n|nama|milik|punya|pakai|pake|dikasih|di|dengan)){0,6}\s"
    r"(?:(?:pribadi|perorangan|pt|cv|perusahaan|kantor|sponsor|orangnya|calo|seseorang|yayasan"
    r"|koperasi|lpk)(?![a-z])"
    r"|(?<=nama\s)[a-z]{2,20}|(?<=a\.n\s)[a-z]{2,20}|(?<=a\.n\.\s)[a-z]{2,20}|(?<=a/n\s)[a-z]{2,20})"
)
_OWNER = re.compile(
    r"\s{0,2}[(,:-]?\s{0,2}(?:a\.?\s?/?\s?n\.?(?![a-z])|atas\s?nama|an\.?(?![a-z])|milik"
    r"|punya(?:nya)?|nama)(?:nya)?[\s.:=]{0,3}"
    r"((?:[a-z][a-z.']{0,30}\s?){1,6})"
)
_STOPS = word_set(
    """
    dan untuk utk ya yaa segera di ke sebesar nominal jumlah paling transfer tf lalu kirim wa hub
    hubungi konfirmasi bukti kalau kalo kl jika biar supaya setelah sebelum trus terus bisa besok
    hari rek rekening bank no nomor bca bri bni bsi dana ovo gopay uang buat nanti dong kak mas mbak
    katanya aku saya harus suruh disuruh yang yg siapa
    """
)
_COMPANIES = word_set(
    """
    pt cv ud pd yayasan lpk koperasi p3mi perusahaan kantor perseroan pt. cv. tbk
    """
)
_PEOPLE = word_set("pribadi perorangan sponsor orangnya calo seseorang")
_MARKS = word_set("rek reknya rekening rekeningnya rekeninge norek transfer tf trf")
_BANK_WORDS = frozenset(re.findall(r"[a-z]+", _BANKS + "|" + _WALLETS)) | _MARKS
_FEWEST = 8
"""Digits of an account number."""


def find_accounts(folded: Folded) -> Iterator[BankAccount]:
    """Numbers with a bank or wallet beside them, then accounts that are only spoken of."""
    text = folded.text
    taken: list[tuple[int, int]] = []
    for bank, number, start, end in _numbers(folded):
        if any(start < stop and end > begin for begin, stop in taken):
            continue
        owner = _OWNER.match(text, end)
        words = _owner_words(text, owner.span(1)) if owner else None
        stop = words[1] if words else end
        taken.append((start, stop))
        kind = _kind(text, words, start)
        yield BankAccount(bank, number, kind, _span(folded, words), *folded.span(start, stop))
    if _MARKS.isdisjoint(folded.said.known):
        return
    for spoken in islice(_SPOKEN.finditer(text), MOST):
        start, end = spoken.span()
        if any(start < stop and end > begin for begin, stop in taken):
            continue
        yield _only_spoken(folded, spoken)


def _numbers(folded: Folded) -> Iterator[tuple[str, str, int, int]]:
    """Bank, digits, start and end of each account number."""
    text = folded.text
    if folded.said.digits < _FEWEST or _BANK_WORDS.isdisjoint(folded.said.known):
        return
    for has_bank in islice(_HAS_BANK.finditer(text), MOST):
        yield has_bank[1], _digits(has_bank[2]), has_bank.start(), has_bank.end()
    for wallet in islice(_HAS_WALLET.finditer(text), MOST):
        yield wallet[1], _digits(wallet[2]), wallet.start(), wallet.end()
    for behind in islice(_BEHIND.finditer(text), MOST):
        yield behind[2] or behind[3], _digits(behind[1]), behind.start(), behind.end()
    if "rek" in text:
        for unnamed in islice(_UNNAMED.finditer(text), MOST):
            yield "", _digits(unnamed[1]), unnamed.start(), unnamed.end()


def _digits(typed: str) -> str:
    return "".join(filter(str.isdigit, typed))


def _owner_words(text: str, span: tuple[int, int]) -> tuple[int, int] | None:
    """The name behind "a.n.", up to four words and no further than the sentence goes."""
    start, end = span[0], span[0]
    for word in islice(re.finditer(r"[a-z.']+", text[span[0] : span[1]]), 5):
        bare = word[0].strip(".")
        if bare in _STOPS or "\n" in text[end : span[0] + word.start()]:
            break
        end = span[0] + word.end()
        if word[0].endswith(".") and len(bare) > 3:
            end -= 1
            break
    return (start, end) if end > start else None


def _kind(text: str, words: tuple[int, int] | None, start: int) -> str:
    """Whose account: the holder's words, else what stands just before ("rekening pribadi")."""
    if words:
        named = set(text[words[0] : words[1]].replace(".", ". ").split())
        named |= {word.strip(".") for word in named}
        return "company" if named & _COMPANIES else "person"
    before = set(text[max(0, start - 30) : start].split())
    if before & _PEOPLE:
        return "person"
    return "company" if before & {"perusahaan", "kantor", "perseroan"} else "unknown"


def _only_spoken(folded: Folded, spoken: re.Match[str]) -> BankAccount:
    """ "transfer ke rekening atas nama Siti", "rekening pribadi": no number in it."""
    text, (start, end) = folded.text, spoken.span()
    last = spoken[0].split()[-1]
    bank = re.search(rf"(?<![a-z])({_BANKS})(?![a-z])", spoken[0])
    words: tuple[int, int] | None = (end - len(last), end)
    if last not in _PEOPLE:
        words = _owner_words(text, (end - len(last), min(len(text), end + 40)))
        end = max(end, words[1]) if words else end
    kind = "person" if last in _PEOPLE else _kind(text, words, start) if words else "unknown"
    return BankAccount(
        bank[1] if bank else "", "", kind, _span(folded, words), *folded.span(start, end)
    )


def _span(folded: Folded, words: tuple[int, int] | None) -> tuple[int, int] | None:
    return folded.span(*words) if words else None
