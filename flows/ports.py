"""What a flow may ask the world, and the plain facts it gets back.

A flow never reads a database, a clock or chance by itself: `bot/turns.py` hands it an object
that answers these questions inside the turn's own transaction. Places are Kemendagri codes with
dots (`35.02.02.2001`); times are aware and already in the office's own zone.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from flows.broadcast_plan import BroadcastPorts
from flows.campaign_plan import CampaignPorts
from flows.company_names import company_words, fold
from flows.departure_plan import DeparturePorts
from flows.group_plan import GroupPorts
from flows.meeting_plan import MeetingPorts

Urgency = Literal["none", "soon", "now"]
Verdict = Literal[
    "listed",
    "similar",
    "conflict",
    "sanctioned",
    "not_found",
    "not_a_company",
    "register_unavailable",
]
CaseChange = Literal["moved", "taken", "paused", "closed"]
PlaceLevel = Literal["village", "district", "regency", "province", "country", "none"]


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the Kemendagri list (or a country), as it is read back to people."""

    code: str
    level: PlaceLevel
    name: str
    """Full and readable: "Desa Ngrayun, Kec. Ngrayun, Kab. Ponorogo"."""


@dataclass(frozen=True, slots=True)
class PlaceAnswer:
    """What somebody's words mean as a place: one place, a question with choices, or nothing."""

    place: Place | None
    confidence: float
    ask: tuple[Place, ...] = ()
    """At most five places to choose from when the words fit more than one."""


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One observation of the licence register: a company, at a source, on a date."""

    name: str
    licence_no: str
    status: str
    """listed, warned, suspended, sip2mi_revoked, revoked, lifted_watch or expired
    (`recruiters.md` 1.6)."""
    status_text: str
    source: str
    seen_on: date
    score: float = 100.0
    third_party: bool = True
    """A copy somebody made of the official list, not the office's own export."""

    @property
    def key(self) -> str:
        """What all spellings of the company's name share; a watch is kept under it."""
        return fold(company_words(self.name))


@dataclass(frozen=True, slots=True)
class RecruiterAnswer:
    """The register's answer about a name; never a judgement about a person."""

    verdict: Verdict
    rows: tuple[RegisterRow, ...] = ()
    register_date: date | None = None
    stale: bool = False
    """The snapshot is older than 30 days, and every answer has to say so."""
    third_party: bool = True
    """The listings are somebody's copy of the official list, and every answer has to say so."""
    written: str = ""
    """In a conflict: the name that was written beside another company's number, and not found."""

    @property
    def several_numbers(self) -> bool:
        """The listed company has more than one licence number: one alone doesn't prove it."""
        return len({r.licence_no for r in self.rows if r.status == "listed" and r.score == 100}) > 1


@dataclass(frozen=True, slots=True)
class Hotline:
    id: str
    name: str
    number: str
    hours: str
    fresh: bool
    """False: past its review date, to be shown with "cek ulang" or not at all."""


@dataclass(frozen=True, slots=True)
class OfficerCard:
    """What a villager may know of an officer: no number, no private data."""

    name: str
    role: str
    area: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Who answers for a place, their hours, and by when; `served` False = not our area."""

    served: bool
    office_name: str
    owner: str
    hours: str
    on_duty: bool
    due_at: datetime | None
    reachable: bool = True
    """An enrolled officer is there to be told; without one nothing is promised."""
    other_office: str = ""
    """For a place outside our area: the office that is responsible, if the list knows it."""
    ask_district: bool = False
    """The area of the place is unclear: ask once for the kecamatan."""


@dataclass(frozen=True, slots=True)
class TipView:
    """A tip as its officer or its reporter may see it in chat: never its text."""

    id: str
    number: int
    topic: str
    status: str
    urgency: Urgency
    place_name: str
    owner: str
    mine: bool
    """The asking officer is the present owner."""
    due_at: datetime | None
    opened_at: datetime
    can_reply: bool
    """A question can reach the reporter."""
    quiet: bool = False
    """The chat that asks is told nothing unasked about it: AMAN, or a "no" after STOP."""
    paused_until: datetime | None = None
    pause_reason: str = ""
    """In words, while the clock stands still."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Another officer of the office, to whom work can be handed."""

    id: int
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class OfficeTip:
    """A line of a leader's list: who has which open tip, until when."""

    number: int
    urgency: Urgency
    status: str
    owner: str
    """The officer's name; "" while it waits on a desk."""
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class PauseRules:
    at_most: timedelta
    reasons: Mapping[str, str]
    """Reason's id → in words."""


@dataclass(frozen=True, slots=True)
class LeaveView:
    """The officer's own present or next leave."""

    begins: datetime
    ends: datetime
    """The moment after the last day."""
    deputy: int | None
    deputy_name: str = ""


@dataclass(frozen=True, slots=True)
class PartnerView:
    """A partner of the office that writes in chat."""

    id: int
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class PartnerRequestView:
    """A question that waits for a partner; its words only with their code."""

    id: int
    sent_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """The one who is talking, as far as a flow may know them."""

    channel: str
    is_new: bool = False
    consented: bool = False
    opted_out: bool = False
    quiet: bool = False
    """Nothing is sent here about some case: AMAN, or a "no" after STOP."""
    place: Place | None = None
    officer: str | None = None
    """The officer's name when this contact is an enrolled officer."""
    done_lessons: frozenset[str] = field(default_factory=frozenset)
    language: str = "id"
    """What they chose to be spoken to in; kept only with consent."""
    assisted: bool = False
    """Assisted mode: a stranger reads along, and all but channel and language is empty."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A quiz item that the learner has answered before."""

    lesson: str
    item: str
    due: bool
    mastered: bool
    would_be: bool
    """Mastered, if it is answered right now."""


@dataclass(frozen=True, slots=True)
class Attachments:
    """Files of the draft, or of a case."""

    kept: int
    coming: int
    """Still on their way from the provider."""


class Ports(DeparturePorts, BroadcastPorts, GroupPorts, CampaignPorts, MeetingPorts, Protocol):
    """The questions themselves. Every answer is read in the turn's own transaction."""

    @property
    def now(self) -> datetime: ...
    def office_name(self) -> str: ...
    def public_url(self) -> str: ...
    def find_place(self, text: str) -> PlaceAnswer: ...
    def place(self, code: str) -> Place | None: ...
    def find_recruiter(self, text: str) -> RecruiterAnswer: ...
    def watches(self) -> tuple[str, ...]: ...
    def hotlines(self, purpose: str) -> tuple[Hotline, ...]: ...
    def desk(self, place_code: str, urgency: Urgency, *, told: str = "") -> Desk: ...
    def pimpasa(self, place_code: str) -> tuple[OfficerCard, ...]: ...
    def new_receipt(self) -> str: ...
    def new_token(self) -> str: ...
    def tip_by_number(self, number: int) -> TipView | None: ...
    def tip_by_receipt(self, receipt: str) -> TipView | None:
        """None also while too many codes were wrong. Whoever asks emits `ReceiptTried`."""
        ...

    def reporter_tip(self, tip_id: str) -> TipView | None:
        """A case that this conversation has opened, by its code or from its own chat."""
        ...

    def since_last_look(self, tip_id: str) -> tuple[CaseChange, ...]: ...
    def readers(self, tip_id: str) -> tuple[tuple[str, int], ...]:
        """(who, how often) has read the report, in words for its reporter."""
        ...

    def handed_to(self, tip_id: str) -> tuple[str, ...]:
        """The kinds of partners to whom a letter about it left the office."""
        ...

    def contact_shared(self, tip_id: str) -> bool: ...
    def news_may_come(self) -> bool:
        """A case that was opened since the last STOP would still be told about in this chat."""
        ...

    def has_read(self, number: int) -> bool:
        """The officer who asks has opened that report's words."""
        ...

    def officer_tips(self) -> tuple[TipView, ...]: ...
    def leads_office(self) -> bool: ...
    def office_tips(self) -> tuple[OfficeTip, ...]: ...
    def heirs(self, number: int) -> tuple[Colleague, ...]: ...
    def deputies(self) -> tuple[Colleague, ...]: ...
    def pause_rules(self) -> PauseRules: ...
    def may_pause(self, number: int) -> bool:
        """The report was not paused too often yet, or the officer who asks leads."""
        ...

    def leave(self) -> LeaveView | None: ...
    def chat_report(self, number: int) -> Mapping[str, str]: ...
    def officer_villages(self) -> tuple[Place, ...]: ...
    def reporter_tips(self) -> tuple[TipView, ...]: ...
    def reporter_messages(self, tip_id: str) -> tuple[str, ...]: ...
    def new_messages(self, tip_id: str) -> tuple[str, ...]:
        """Of those, what came since the reporter last looked."""
        ...

    def officer_invitation(self, code: str) -> str | None: ...
    def partner(self) -> PartnerView | None: ...
    def partner_invitation(self, code: str) -> PartnerView | None: ...
    def partner_requests(self) -> tuple[PartnerRequestView, ...]: ...
    def partner_words(self, request_id: int, code: str) -> str | None: ...
    def partners_for(self, tip_number: int) -> tuple[PartnerView, ...]: ...
    def private_link(self, start: str) -> str: ...
    def remembered(self) -> tuple[Remembered, ...]:
        """What this contact was asked in quizzes, in the order in which to ask it again."""
        ...

    def reminders(self) -> bool | None:
        """Whether they want to be reminded; None while they have not been asked."""
        ...

    def reads_pictures(self) -> bool: ...
    def hears_voices(self) -> bool: ...
    def has_audio(self) -> bool:
        """Cards can be heard here."""
        ...

    def draws_cards(self) -> bool: ...
    def wants_voice(self) -> bool:
        """The contact has asked that every card be heard, and agreed that it is remembered."""
        ...

    def pictures_waiting(self) -> int: ...
    def attachments(self, tip_id: str) -> Attachments: ...
    def learners_near(self, lessons: Collection[str]) -> int:
        """How many people of the villages that the asking officer serves have finished them all."""
        ...
