"""Whom an officer may turn to for a place: the office's own partners, then the shipped directory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select, update

from bot.atlas import is_inside, level_of
from bot.gazetteer import Gazetteer
from bot.partner_rows import partners
from bot.sealing import KeyRing, canonical_code
from flows.catalog import HotlineEntry
from flows.partners import DirectoryEntry, fresh

NO_CHANNEL = "cari di kantor"
"""Where no number is known, none is made up."""
_LENGTHS = {"province": 2, "regency": 5, "district": 8, "village": 13}


@dataclass(frozen=True, slots=True)
class Listed:
    """A partner as it is shown to an officer, with the reason why it is."""

    key: str
    kind: str
    name: str
    area: str
    """The place it is for, readable; "" for the whole country."""
    reason: str
    channels: tuple[str, ...]
    """Numbers, sites and addresses, each with "cek ulang" where its day has passed."""
    source: str
    review_by: date
    stale: bool
    partner_id: int | None = None
    """None for a row of the shipped directory."""
    enrolled: bool = False
    """Can be asked in chat."""

    @property
    def reached_by(self) -> str:
        return ", ".join(self.channels) or NO_CHANNEL


@dataclass(frozen=True, slots=True)
class Directory:
    """The shipped directory with the hotlines that its rows name."""

    entries: tuple[DirectoryEntry, ...]
    hotlines: tuple[HotlineEntry, ...]

    def for_place(self, gazetteer: Gazetteer, code: str, concern: str, today: date) -> list[Listed]:
        """The rows for a place or a country, in the file's order.

        A row of one area stands in for the general one, if it knows every way to reach it.
        """
        found = [
            (entry, area)
            for entry in self.entries
            if (not concern or concern in entry.concerns)
            and (area := _area_of(entry, code)) is not None
        ]
        special: dict[tuple[str, str], set[str]] = {}
        for entry, _ in found:
            if entry.areas:
                special.setdefault((entry.kind, entry.level), set()).update(_ways(entry))
        return [
            self._listed(entry, area, gazetteer, today)
            for entry, area in found
            if entry.areas
            or (entry.kind, entry.level) not in special
            or not _ways(entry) <= special[entry.kind, entry.level]
        ]

    def rank(self, kind: str) -> int:
        """The place of a kind in the file."""
        kinds = [entry.kind for entry in self.entries]
        return kinds.index(kind) if kind in kinds else len(kinds)

    def _listed(
        self, entry: DirectoryEntry, area: str, gazetteer: Gazetteer, today: date
    ) -> Listed:
        place = gazetteer.place(area) if area else None
        number = [
            _dated(hotline.number, today <= hotline.review_by)
            for hotline in self.hotlines
            if hotline.id == entry.hotline
        ]
        own = [_dated(way, fresh(entry.source, today)) for way in (entry.phone, entry.site) if way]
        return Listed(
            key=entry.id,
            kind=entry.kind,
            name=entry.name,
            area=place.name if place else "",
            reason=entry.for_what,
            channels=(*number, *own),
            source=entry.source.shown(),
            review_by=entry.source.review_by,
            stale=not fresh(entry.source, today),
        )


def _ways(entry: DirectoryEntry) -> set[str]:
    return {way for way in (entry.hotline, entry.phone, entry.site) if way}


def _dated(way: str, is_fresh: bool) -> str:
    return way if is_fresh else f"{way} (cek ulang)"


def _area_of(entry: DirectoryEntry, code: str) -> str | None:
    """The place that the row's partner is for, "" for everywhere; None when it is not for `code`."""
    if entry.level == "national":
        return ""
    if (entry.level == "country") != (level_of(code) == "country"):
        return None
    if entry.level == "country":
        return code if not entry.areas or code in entry.areas else None
    length = _LENGTHS[entry.level]
    if len(code) < length or (entry.areas and not any(is_inside(code, a) for a in entry.areas)):
        return None
    return code[:length]


def for_place(
    connection: Connection,
    directory: Directory,
    gazetteer: Gazetteer,
    *,
    office_code: str,
    code: str,
    concern: str,
    today: date,
) -> list[Listed]:
    """Who may help with a place (or a country), best first.

    `concern` is a tip's category, `question`, or "" for whatever it is. The office's own partner
    stands before the directory's rows of its kind, and instead of them while it is fresh.
    """
    own = [
        listed
        for listed in _own(connection, gazetteer, office_code, code, today)
        if not concern or concern in listed[1]
    ]
    covered = {listed.kind for listed, _ in own if not listed.stale}
    shipped = directory.for_place(gazetteer, code, concern, today)
    rest = [listed for listed in shipped if listed.kind not in covered]
    return sorted(
        [*(listed for listed, _ in own), *rest],
        key=lambda one: (directory.rank(one.kind), one.partner_id is None),
    )


def _own(
    connection: Connection, gazetteer: Gazetteer, office_code: str, code: str, today: date
) -> list[tuple[Listed, Sequence[str]]]:
    """The office's partners whose area holds the place, the nearest first, with their concerns."""
    rows = connection.execute(
        select(partners)
        .where(partners.c.office_code == office_code, partners.c.active)
        .order_by(partners.c.name)
    ).all()
    here = [row for row in rows if is_inside(code, row.place_code)]
    found = []
    for row in sorted(here, key=lambda row: -len(row.place_code)):
        place, is_fresh = gazetteer.place(row.place_code), today <= row.review_by
        listed = Listed(
            key=row.key,
            kind=row.kind,
            name=row.name,
            area=place.name if place else "",
            reason=f"Dicatat kantor, diketahui oleh {row.vouched_by}",
            channels=tuple(
                _dated(way, is_fresh) for way in (row.phone, row.site, row.address) if way
            ),
            source=row.source,
            review_by=row.review_by,
            stale=not is_fresh,
            partner_id=row.id,
            enrolled=row.contact_id is not None,
        )
        found.append((listed, row.concerns.split()))
    return found


# ---- partners who write


@dataclass(frozen=True, slots=True)
class Writer:
    """A partner that is enrolled in a chat, or may enrol."""

    id: int
    key: str
    kind: str
    name: str
    contact_id: int | None


def of_contact(connection: Connection, contact_id: int) -> Writer | None:
    """The partner who writes from this chat."""
    return _writer(
        connection.execute(
            _WRITER.where(partners.c.contact_id == contact_id, partners.c.active)
        ).first()
    )


def by_id(connection: Connection, partner_id: int) -> Writer | None:
    return _writer(
        connection.execute(_WRITER.where(partners.c.id == partner_id, partners.c.active)).first()
    )


def invited(connection: Connection, ring: KeyRing, code: str, now: datetime) -> Writer | None:
    """The partner whom a code invites, while it is good."""
    return _writer(
        connection.execute(
            _WRITER.where(
                partners.c.invitation_index == invitation_index(ring, code),
                partners.c.invitation_until > now,
                partners.c.active,
                partners.c.writes,
            )
        ).first()
    )


def enrol(connection: Connection, partner_id: int, contact_id: int) -> None:
    """Bind the partner to the chat that brought the code; the code is used up."""
    leave(connection, contact_id)
    connection.execute(
        update(partners)
        .where(partners.c.id == partner_id)
        .values(contact_id=contact_id, invitation_index=None, invitation_until=None)
    )


def leave(connection: Connection, contact_id: int) -> None:
    """Nobody writes as a partner from this chat any more."""
    connection.execute(
        update(partners).where(partners.c.contact_id == contact_id).values(contact_id=None)
    )


def invitation_index(ring: KeyRing, code: str) -> bytes:
    return ring.index("partner-invitation", canonical_code(code))


_WRITER = select(
    partners.c.id, partners.c.key, partners.c.kind, partners.c.name, partners.c.contact_id
)


def _writer(row: Iterable[object] | None) -> Writer | None:
    return Writer(*row) if row else None  # type: ignore[arg-type]
