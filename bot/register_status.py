"""What the status texts of register sources mean, and which of them say two things at once."""

import re
import unicodedata

STATUSES = (
    "listed", "warned", "suspended", "sip2mi_revoked", "revoked", "lifted_watch", "expired",
)  # fmt: skip
_WORDS = {
    "claimed": r"(?:situs|aplikasi) .*\bperusahaan sendiri\b|claimed\b",
    "lifted_watch": r"sanksi .*\bdiakhiri|pengakhiran|dalam pengawasan|lifted",
    "sip2mi_revoked": r"(?:izin perekrutan|sip2mi)\b.*\bdicabut|(?:di|pen)cabut(?:an)? (?:sip2mi|"
    r"izin perekrutan)|sip2mi_revoked",
    "warned": r"(?:surat )?peringatan|diperingatkan|warned",
    "suspended": r"penghentian sementara|diskors|skorsing|tunda layan|dibekukan|pembekuan|suspended",
    "expired": r"tidak (?:aktif|berlaku|diperpanjang)|non-?aktif|k[ae]dalu\w*|habis masa|"
    r"masa berlaku habis|dikembalikan|expired|withdrawn",
    "revoked": r"dicabut|pencabutan|revoked",
    "listed": r"terdaftar|aktif|berlaku|listed|active",
}
_BEGINS = {
    status: re.compile(rf"(?:status:? |sanksi:? |sip3mi |izin )?(?:{words})\b\w*", re.IGNORECASE)
    for status, words in _WORDS.items()
}
"""How a status text begins. What a company says of itself is kept but counts for nothing."""
_SPEAKS_OF = {
    "revoked": r"cabut|revok",
    "suspended": r"skors|beku|henti|tunda layan|suspen",
    "ended": r"batal|akhir|pulih|diaktifkan|(?:kini|kembali|lagi) (?:aktif|berlaku)|ptun|"
    r"(?:aktif|berlaku) (?:lagi|kembali)|selesai|lifted",
    "expired": r"tidak (?:lagi )?(?:aktif|berlaku|diperpanjang)|non-? ?aktif|k[ae]dalu|habis|"
    r"kembalikan|expired|withdrawn",
    "warned": r"peringat|warned",
    "other": r"sanksi|segel|ditutup|tutup|larang|blokir|hitam|blacklist",
    "sanction ended": r"(?:di|pen)cabut(?:an|nya)? (?:sanksi|skors|pembekuan|penghentian)|"
    r"\bsanksi (?:\w+ ){0,3}dicabut",
}
"""What a status text speaks of anywhere in it."""
_MAY_SPEAK_OF = {
    "listed": frozenset[str](),
    "warned": frozenset(["warned", "other"]),
    "suspended": frozenset(["suspended", "warned", "other"]),
    "sip2mi_revoked": frozenset(["revoked", "warned", "other"]),
    "revoked": frozenset(["revoked", "suspended", "expired", "warned", "other"]),
    "lifted_watch": frozenset(["suspended", "ended", "warned", "other"]),
    "expired": frozenset(["expired"]),
}
"""What may stand beside a status without making it doubtful: of a revocation its history, of the
end of a suspension what has ended."""


def status_of(text: str) -> str:
    """The normalised status (`recruiters.md` 1.6), "" when the text is none we know, or doubtful."""
    plain = plain_status(text)
    status = next((status for status, begins in _BEGINS.items() if begins.match(plain)), "")
    if not status or status == "claimed":
        return status
    spoken = {of for of, words in _SPEAKS_OF.items() if re.search(words, plain)}
    return status if spoken <= _MAY_SPEAK_OF[status] else ""


def is_doubtful(text: str) -> bool:
    """It begins like a status that we know and goes on to say another."""
    plain = plain_status(text)
    return not status_of(text) and any(begins.match(plain) for begins in _BEGINS.values())


def plain_status(text: str) -> str:
    """Small letters without what can't be seen, one space between words."""
    letters = unicodedata.normalize("NFKC", text)
    seen = "".join(letter for letter in letters if unicodedata.category(letter) != "Cf")
    return " ".join(seen.casefold().split())
