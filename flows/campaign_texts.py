"""The slots of campaigns' texts that the bot fills beside any conversation (`flows/lint.py`)."""

_WORDS = ("lesson_text", "hours_text", "hours_closed", "poster_line_1", "poster_line_2",
          "poster_line_3", "poster_typed", "poster_code", "poster_kept", "poster_free",
          "radio_open", "radio_close_whatsapp", "radio_close_telegram",
          "radio_close_office")  # fmt: skip
_PLAIN = ("title_lesson", "title_hours",
          *(f"radio_fill_{number}" for number in range(1, 7)))  # fmt: skip
_CARDS = ("news", "warning", "correction", "withdrawal", "lesson", "hours", "invitation")
_KNOWN = frozenset(
    "office code number title card day hours closed letters name".split()  # noqa: SIM905
)

CAMPAIGN_SLOTS: dict[str, frozenset[str]] = {
    **{f"campaigns.{name}": _KNOWN for name in _WORDS},
    **{f"campaigns.{name}": frozenset[str]() for name in _PLAIN},
    "campaigns.not_mine": frozenset[str](),
    "campaigns.too_late": frozenset[str](),
    **{f"relays.card_{kind}": frozenset[str]() for kind in _CARDS},
    "campaigns.please_approve": frozenset(["number", "author", "title", "place"]),
    "campaigns.skipped": frozenset(["number", "why"]),
    "campaigns.kit_script": frozenset(["script", "words"]),
    "relays.share": frozenset(["link"]),
    "relays.join": frozenset(["link", "code"]),
}
