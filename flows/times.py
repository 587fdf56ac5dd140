"""Days and hours as Indonesians say them."""

from datetime import date, datetime, timedelta

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
_ZONES = {7: "WIB", 8: "WITA", 9: "WIT"}


def zone_name(at: datetime) -> str:
    """WIB, WITA or WIT for an aware time in one of Indonesia's zones."""
    offset = at.utcoffset() or timedelta()
    return _ZONES.get(int(offset.total_seconds()) // 3600, "")


def say_day(at: datetime) -> str:
    return f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]}"


def say_date(day: date) -> str:
    """`17 September 2026`"""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def say_time(at: datetime) -> str:
    """`Senin 23 November pukul 10.30 WIB`, in the zone the time carries."""
    return f"{say_day(at)} pukul {at:%H.%M} {zone_name(at)}".strip()
