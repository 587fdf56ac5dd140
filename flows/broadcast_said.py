"""What an officer reads of a broadcast: states, reasons and a preview in words, and a bar.

Whatever is a sentence is content/texts/broadcasts.yaml; here are the words inside a line.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from flows.broadcast_plan import BroadcastView, Preview
from flows.times import say_time

Words = Callable[[str, Mapping[str, str]], str]
"""The wording: text key and slots."""

STATES = {
    "waiting": "menunggu", "queued": "siap dikirim", "sending": "sedang dikirim", "sent": "dikirim",
    "delivered": "sampai", "read": "dibaca", "failed": "gagal",
    "parked": "ditahan (di luar 24 jam WhatsApp)", "opted_out": "berhenti berlangganan",
    "unreachable": "tidak bisa dihubungi", "enough": "sudah cukup kabar minggu ini",
    "cancelled": "dibatalkan", "expired": "kedaluwarsa", "unknown": "tidak pasti",
}  # fmt: skip
_LEFT = ("waiting", "queued", "sending")
STATUS = {
    "proposed": "menunggu persetujuan", "scheduled": "terjadwal", "sending": "sedang dikirim",
    "paused": "dijeda", "done": "selesai", "cancelled": "dibatalkan", "rejected": "ditolak",
    "stopped": "dihentikan",
}  # fmt: skip
KINDS = {
    "news": "kabar", "warning": "peringatan", "correction": "ralat", "withdrawal": "penarikan",
    "invitation": "undangan", "lesson": "pelajaran", "hours": "jam layanan",
}  # fmt: skip
_REASONS = {
    "nomor tidak ada di WhatsApp": ("63003", "63024", "21211", "21614"),
    "memblokir bot atau bot dikeluarkan": ("63014", "21610", "403", "blocked"),
    "batas WhatsApp tercapai": ("63018", "63017", "63119", "429", "20429", "21611", "30001"),
    "lewat 24 jam WhatsApp": ("63016",),
    "templat ditolak": ("63027", "63028", "63040", "63041", "63042"),
    "foto tidak bisa dikirim": ("63019", "12300", "media", "413", "no_media"),
    "akun pengirim bermasalah": ("20003", "20005", "21606", "30002", "63001", "63007", "63020",
                                 "63051", "63112"),
    "pesan tidak bisa dibuka lagi": ("sealed",),
}  # fmt: skip
_BY_CODE = {code: reason for reason, codes in _REASONS.items() for code in codes}
OTHER = "sebab lain"
_UNPRICED = {"message": "biaya Twilio", "service": "biaya pesan WhatsApp",
             "marketing": "biaya templat WhatsApp"}  # fmt: skip
CHANNELS = {"telegram": "Telegram", "whatsapp": "WhatsApp", "simulator": "simulator"}
EXCERPT = 60
"""Letters of a text in a list or a report."""


def say_counts(counts: Mapping[str, int]) -> str:
    """`sampai 12, gagal 1`, in the order a message lives through."""
    said = [f"{words} {counts[state]}" for state, words in STATES.items() if counts.get(state)]
    return ", ".join(said) or "belum ada penerima"


def say_forwarded(forwarded: int, asked: int, came: int) -> str:
    """What stands behind the counts; "" where no admin of a WhatsApp group was asked."""
    if not asked:
        return ""
    return f"; diteruskan oleh {forwarded} dari {asked} admin; {came} orang datang lewat tautan"


def say_failure(code: str) -> str:
    """A reason, or the provider's code for whoever can look it up."""
    return _BY_CODE.get(code, f"{OTHER} ({code})" if code else OTHER)


def say_failures(failures: Iterable[tuple[str, int]]) -> str:
    """`nomor tidak ada di WhatsApp 3, sebab lain 1`, the most frequent first."""
    counted: Counter[str] = Counter()
    for code, number in failures:
        counted[_BY_CODE.get(code, OTHER)] += number
    return ", ".join(f"{reason} {number}" for reason, number in counted.most_common())


def bar(done: int, of: int, width: int = 10) -> str:
    """`█████░░░░░ 50%`, as chats and terminals show it."""
    share = done / of if of else 1.0
    full = int(share * width)
    return "█" * full + "░" * (width - full) + f" {int(share * 100)}%"


def excerpt(text: str, most: int = EXCERPT) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def why_stopped(key: str) -> str:
    """The short form of the text key of what stopped it."""
    short = key.rpartition(".")[2]
    if short.startswith("template"):
        return "broadcasts.why_template"
    return "broadcasts.why_old_fact" if short.startswith("old_") else "broadcasts.why_trouble"


def name(view: BroadcastView) -> str:
    """`12`, `12 (peringatan)`."""
    return str(view.id) if view.kind == "news" else f"{view.id} ({KINDS[view.kind]})"


def report(view: BroadcastView, say: Words) -> str:
    """How it stands, at most six lines; what there is none of is not said."""
    counts = dict(view.counts)
    every = sum(counts.values())
    status = STATUS.get(view.status, view.status)
    if view.status == "scheduled" and view.starts_at:
        status += f", {say_time(view.starts_at)}"
    lines = [say("broadcasts.stands", {"number": name(view), "status": status}),
             f"“{excerpt(view.text)}” ({view.author})"]  # fmt: skip
    if every:
        left = sum(counts.get(state, 0) for state in _LEFT)
        lines += [
            bar(every - left, every),
            f"{say_counts(counts)}{say_forwarded(*view.forwarded)}.",
        ]
    if failed := say_failures(view.failures):
        lines.append(say("broadcasts.failed_why", {"reasons": failed}))
    if any(view.answers):
        replies, stops = map(str, view.answers)
        lines.append(say("broadcasts.answered", {"replies": replies, "stops": stops}))
    if view.withdrawn_by:
        lines.append(say("broadcasts.taken_back", {"number": str(view.withdrawn_by)}))
    elif view.status == "stopped":
        lines.append(say("broadcasts.because", {"why": say(why_stopped(view.why), {})}))
    elif view.status == "rejected" and view.why:
        lines.append(say("broadcasts.because", {"why": view.why}))
    return "\n".join(lines[:6])


def preview(seen: Preview, now_words: str, say: Words) -> str:
    """Who gets it, what becomes of the others, what it costs and when; at most six lines."""
    people = sum(count for _, count in seen.people)
    channels = ", ".join(f"{CHANNELS.get(one, one)} {count}" for one, count in seen.people)
    lines = [
        say("broadcasts.seen_who", {
            "groups": str(seen.groups), "people": str(people), "opted_out": str(seen.opted_out),
            "channels": f" ({channels})" if len(seen.people) > 1 else "",
        }),
        *_outside(seen, say),
    ]  # fmt: skip
    if seen.admins:
        lines.append(say("broadcasts.seen_kits", {"count": str(seen.admins)}))
    if "whatsapp" in dict(seen.people):
        lines.append(_cost(seen, say))
    lines.append(say("broadcasts.seen_when", {"when": now_words, "ends": _ends(seen)}))
    if seen.needs_second:
        lines.append(say("broadcasts.seen_second", {}))
    return "\n".join(lines)


def _outside(seen: Preview, say: Words) -> list[str]:
    """A bar of those who get it at once, and what happens to the others."""
    if not seen.outside_window:
        return []
    templated = seen.outside_window - seen.over_tier if seen.template else 0
    at_once = seen.total - seen.outside_window + templated
    key = "broadcasts.seen_template" if seen.template else "broadcasts.seen_parked"
    if seen.knock:
        key = "broadcasts.seen_knock"
    lines = [f"{bar(at_once, seen.total)} {say(key, {'count': str(seen.outside_window)})}"]
    if seen.over_tier:
        lines.append(say("broadcasts.seen_over", {"count": str(seen.over_tier)}))
    return lines


def _cost(seen: Preview, say: Words) -> str:
    line = say("broadcasts.seen_cost", {"usd": seen.cost.usd})
    if seen.cost.unpriced:
        what = ", ".join(_UNPRICED.get(one, one) for one in seen.cost.unpriced)
        line += " " + say("broadcasts.seen_unpriced", {"what": what})
    return line + (" " + say("broadcasts.seen_aged", {}) if seen.cost.past_review else "")


def _ends(seen: Preview) -> str:
    if seen.ends_at is None or seen.starts_at is None:
        return "sekarang juga"
    minutes = int((seen.ends_at - seen.starts_at).total_seconds() // 60)
    if minutes < 2:
        return "dalam 2 menit"
    return f"dalam {minutes} menit" if minutes < 120 else say_time(seen.ends_at)
