"""A world for the flows to ask: every answer is a plain attribute that a test may change."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone

from flows import broadcast_rules
from flows.broadcast_plan import BroadcastView, Preview
from flows.broadcast_plan import Plan as BroadcastPlan
from flows.campaign_plan import (
    CampaignView,
    RelayTaskView,
    RelayView,
    RepeatPlan,
    RepeatPreview,
)
from flows.departure_plan import Followed, Plan
from flows.group_plan import GroupView, Invitation, Item, OfficerGroup
from flows.meeting_plan import (
    MeetingPlan,
    MeetingReport,
    MeetingView,
    QuestionGroup,
    VillageMeeting,
)
from flows.ports import (
    Attachments,
    CaseChange,
    Colleague,
    Desk,
    Hotline,
    LeaveView,
    OfficerCard,
    OfficeTip,
    PartnerRequestView,
    PartnerView,
    PauseRules,
    Place,
    PlaceAnswer,
    RecruiterAnswer,
    RegisterRow,
    Remembered,
    TipView,
    Urgency,
)

WIB = timezone(timedelta(hours=7))
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=WIB)
NGRAYUN = Place("35.02.02.2001", "village", "Desa Ngrayun, Kec. Ngrayun, Kab. Ponorogo")
KECAMATAN = Place("35.02.02", "district", "Kec. Ngrayun, Kab. Ponorogo")
MALAYSIA = Place("my", "country", "Malaysia")
RECEIPT = "7F3K-92QX-MN4T"

TIP = TipView(
    id="t1",
    number=12,
    topic="report",
    status="acknowledged",
    urgency="none",
    place_name=NGRAYUN.name,
    owner="Ibu Sari",
    mine=True,
    due_at=NOW + timedelta(hours=4),
    opened_at=NOW - timedelta(hours=2),
    can_reply=True,
)
PAUSES = {
    "reporter": "menunggu jawaban pelapor",
    "partner": "menunggu jawaban instansi lain",
    "document": "menunggu dokumen",
    "visit": "menunggu jadwal turun ke lapangan",
}
LISTED = RegisterRow(
    "PT Maju Jaya", "123", "listed", "", "https://www.example.org", date(2026, 9, 1)
)
NEAR = replace(LISTED, name="PT Maju Raya", score=91.0)


CAMPAIGN = CampaignView(
    12, "BCDFGHJ", "lesson", "Pelajaran mingguan", NGRAYUN.code, NGRAYUN.name, False,
    ("https://wa.me/6281200000000?text=DAFTAR%20BCDFGHJ",), (("arrived", 12),), "active", NOW,
)  # fmt: skip
SENT = BroadcastView(
    12, "news", "done", "Kabar", "Ibu Sari", True, (("delivered", 3),), recent=True
)
BABINSA = PartnerView(5, "babinsa", "Babinsa Desa Ngrayun")
ASKED = PartnerRequestView(7, NOW, NOW + timedelta(days=7))


MEETING = MeetingView(
    12,
    MeetingPlan(
        NGRAYUN.code, "Sosialisasi kerja ke Taiwan", "Balai desa", NOW + timedelta(days=1),
        NOW + timedelta(days=1, hours=2), "PIMPASA",
    ),
    NGRAYUN.name, "planned", takes_questions=True,
)  # fmt: skip
IN_GROUP = GroupView(
    3, "residents", NGRAYUN.code, NGRAYUN.name, True, True, "member", False, False, "Budi"
)


@dataclass
class FakePorts:
    """Knows one village, one tip and one company; `later` moves its clock."""

    now: datetime = NOW
    places: dict[str, PlaceAnswer] = field(
        default_factory=lambda: {
            "ngrayun": PlaceAnswer(NGRAYUN, 1.0),
            "kecamatan ngrayun": PlaceAnswer(KECAMATAN, 1.0),
            "malaysia": PlaceAnswer(MALAYSIA, 0.9),
            "ngebel": PlaceAnswer(None, 0.5, (NGRAYUN, KECAMATAN)),
        }
    )
    recruiters: dict[str, RecruiterAnswer] = field(
        default_factory=lambda: {
            "pt maju jaya": RecruiterAnswer("listed", (LISTED,), date(2026, 9, 17)),
            "pt maju": RecruiterAnswer("similar", (LISTED, NEAR), date(2026, 9, 17)),
        }
    )
    tips: dict[int, TipView] = field(default_factory=lambda: {12: TIP})
    receipts: dict[str, int] = field(default_factory=lambda: {RECEIPT: 12})
    messages: dict[str, tuple[str, ...]] = field(default_factory=dict)
    invitations: dict[str, str] = field(default_factory=lambda: {"ABCD": "Ibu Sari"})
    group_codes: dict[str, Invitation] = field(
        default_factory=lambda: {"WXYZ": Invitation(NGRAYUN.code, NGRAYUN.name, "residents")}
    )
    here: GroupView = IN_GROUP
    bound: tuple[OfficerGroup, ...] = (
        OfficerGroup(3, "residents", NGRAYUN.name, ""),
        OfficerGroup(4, "coordination", NGRAYUN.name, "left"),
    )
    role: str | None = "kepala desa"
    agreed: tuple[Item, ...] = (Item(1, "task", "pasang poster", True, (), NOW),)
    villages: tuple[Place, ...] = (NGRAYUN, KECAMATAN)
    leads: bool = False
    to_forward: tuple[RelayTaskView, ...] = (RelayTaskView("12-3", "WA RT 05", "Besok", True),)
    of_office: tuple[OfficeTip, ...] = ()
    colleagues: tuple[Colleague, ...] = (
        Colleague(2, "Bagus Prasetyo", "Wakil petugas desa"),
        Colleague(3, "Dewi Lestari", "Kepala seksi"),
    )
    away: LeaveView | None = None
    chat: dict[int, dict[str, str]] = field(default_factory=dict)
    """Mode `chat`: reports by number."""
    watched: tuple[str, ...] = ()
    served: bool = True
    on_duty: bool = True
    unclear: bool = False
    reachable: bool = True
    reads: bool = True
    hears: bool = True
    audio: bool = True
    draws: bool = True
    voice: bool = False
    """The person wants to hear every card."""
    files: Attachments = field(default_factory=lambda: Attachments(0, 0))
    changes: tuple[CaseChange, ...] = ()
    times_read: int = 2
    letters_to: tuple[str, ...] = ()
    shared: bool = False
    has_news: bool = False
    pictures: int = 0
    is_partner: PartnerView | None = BABINSA
    sent: BroadcastView = SENT
    """The only broadcast, number 12."""
    asked: tuple[PartnerRequestView, ...] = (ASKED,)
    learners: dict[frozenset[str], int] = field(default_factory=dict)
    plan: Plan | None = None
    relatives: int = 1
    relative_waits: bool = False
    follows: Followed | None = None
    memories: tuple[Remembered, ...] = ()
    wants_reminders: bool | None = False
    near: tuple[MeetingView, ...] = (MEETING,)
    """Meetings of the village, and of the office."""
    ready: dict[str, str] = field(default_factory=dict)
    """Questions that were answered before."""
    asked_there: tuple[QuestionGroup, ...] = (
        QuestionGroup(7, ((7, "Berapa biaya ke Taiwan?"), (9, "ongkos ke Taiwan brp"))),
        QuestionGroup(8, ((8, "Berapa umurnya?"),), "18 tahun."),
    )

    def later(self, by: timedelta) -> "FakePorts":
        return replace(self, now=self.now + by)

    def office_name(self) -> str:
        return "Kantor Imigrasi Ponorogo"

    def public_url(self) -> str:
        return "https://kentongan.example"

    def find_place(self, text: str) -> PlaceAnswer:
        return self.places.get(text.casefold().strip(), PlaceAnswer(None, 0.0))

    def place(self, code: str) -> Place | None:
        return next((place for place in (NGRAYUN, KECAMATAN, MALAYSIA) if place.code == code), None)

    def watches(self) -> tuple[str, ...]:
        return self.watched

    def remembered(self) -> tuple[Remembered, ...]:
        return self.memories

    def reminders(self) -> bool | None:
        return self.wants_reminders

    def find_recruiter(self, text: str) -> RecruiterAnswer:
        nothing = RecruiterAnswer("not_found", (), date(2026, 9, 17))
        return self.recruiters.get(text.casefold().strip(), nothing)

    def hotlines(self, purpose: str) -> tuple[Hotline, ...]:
        return (Hotline("polri", "Polisi", "110", "", True),)

    def desk(self, place_code: str, urgency: Urgency, *, told: str = "") -> Desk:
        return Desk(
            served=self.served,
            office_name=self.office_name(),
            owner="Ibu Sari",
            hours="Senin–Jumat 08.00–16.00",
            on_duty=self.on_duty,
            due_at=self.now + timedelta(hours=4) if self.served else None,
            ask_district=self.unclear,
            reachable=self.reachable,
        )

    def pimpasa(self, place_code: str) -> tuple[OfficerCard, ...]:
        return (OfficerCard("Ibu Sari", "pimpasa", NGRAYUN.name),) if place_code else ()

    def new_receipt(self) -> str:
        return RECEIPT

    def new_token(self) -> str:
        return "token"

    def tip_by_number(self, number: int) -> TipView | None:
        return self.tips.get(number)

    def tip_by_receipt(self, receipt: str) -> TipView | None:
        return self.tips.get(self.receipts.get(receipt.strip().upper(), 0))

    def reporter_tip(self, tip_id: str) -> TipView | None:
        return next((view for view in self.tips.values() if view.id == tip_id), None)

    def since_last_look(self, tip_id: str) -> tuple[CaseChange, ...]:
        return self.changes

    def readers(self, tip_id: str) -> tuple[tuple[str, int], ...]:
        return (("petugas kantor imigrasi", self.times_read),) if self.times_read else ()

    def handed_to(self, tip_id: str) -> tuple[str, ...]:
        return self.letters_to

    def contact_shared(self, tip_id: str) -> bool:
        return self.shared

    def news_may_come(self) -> bool:
        return self.has_news

    def has_read(self, number: int) -> bool:
        return self.times_read > 0

    def officer_tips(self) -> tuple[TipView, ...]:
        return tuple(self.tips.values())

    def leads_office(self) -> bool:
        return self.leads

    def office_tips(self) -> tuple[OfficeTip, ...]:
        return self.of_office

    def heirs(self, number: int) -> tuple[Colleague, ...]:
        return self.colleagues

    def deputies(self) -> tuple[Colleague, ...]:
        return self.colleagues

    def pause_rules(self) -> PauseRules:
        return PauseRules(timedelta(days=14), PAUSES)

    def may_pause(self, number: int) -> bool:
        return True

    def leave(self) -> LeaveView | None:
        return self.away

    def chat_report(self, number: int) -> dict[str, str]:
        return self.chat.get(number, {})

    def officer_villages(self) -> tuple[Place, ...]:
        return self.villages

    def reporter_tips(self) -> tuple[TipView, ...]:
        return tuple(self.tips.values())

    def reporter_messages(self, tip_id: str) -> tuple[str, ...]:
        return self.messages.get(tip_id, ())

    def new_messages(self, tip_id: str) -> tuple[str, ...]:
        return self.reporter_messages(tip_id)

    def officer_invitation(self, code: str) -> str | None:
        return self.invitations.get(code.strip())

    def partner(self) -> PartnerView | None:
        return self.is_partner

    def partner_invitation(self, code: str) -> PartnerView | None:
        return BABINSA if code.strip() == "ABCD-EFGH" else None

    def partner_requests(self) -> tuple[PartnerRequestView, ...]:
        return self.asked

    def partner_words(self, request_id: int, code: str) -> str | None:
        known = request_id == 7 and code == "ABCD"
        return "Apakah PT Maju dikenal?" if known and self.asked else None

    def partners_for(self, tip_number: int) -> tuple[PartnerView, ...]:
        return (BABINSA,) if tip_number in self.tips else ()

    def departure(self) -> Plan | None:
        return self.plan

    def followers(self) -> int:
        return self.relatives

    def family_asks(self) -> bool:
        return self.relative_waits

    def family_code(self, code: str) -> bool:
        return code == RECEIPT[:9]

    def followed(self) -> Followed | None:
        return self.follows

    def private_link(self, start: str) -> str:
        return f"https://t.me/bot?start={start}"

    def group_invitation(self, code: str) -> Invitation | None:
        return self.group_codes.get(code.strip())

    def group(self) -> GroupView | None:
        return self.here

    def officer_groups(self) -> tuple[OfficerGroup, ...]:
        return self.bound

    def my_role(self) -> str | None:
        return self.role

    def next_item(self) -> int:
        return len(self.agreed) + 1

    def items(self) -> tuple[Item, ...]:
        return self.agreed

    def minutes(self, group: int) -> tuple[Item, ...]:
        return self.agreed

    def broadcast_places(self) -> tuple[tuple[str, str], ...]:
        return tuple((place.code, place.name) for place in self.officer_villages())

    def broadcast_preview(self, plan: BroadcastPlan) -> Preview:
        return Preview(
            groups=1,
            people=(("telegram", 3), ("whatsapp", 2)),
            outside_window=1,
            opted_out=1,
            starts_at=self.now,
            ends_at=self.now,
            problems=tuple(
                broadcast_rules.problems(
                    plan, facts=(), day=self.now.date(), ours=broadcast_rules.Ours(), now=self.now
                )
            ),
        )

    def news_waiting(self) -> bool:
        return False

    def campaign(self, code: str) -> CampaignView | None:
        return CAMPAIGN if code == CAMPAIGN.code else None

    def campaign_by_number(self, number: int) -> CampaignView | None:
        return CAMPAIGN if number == CAMPAIGN.id else None

    def campaigns(self) -> tuple[CampaignView, ...]:
        return (CAMPAIGN,)

    def new_campaign_code(self) -> str:
        return CAMPAIGN.code

    def campaign_links(self, code: str) -> tuple[str, ...]:
        return CAMPAIGN.links

    def repeat_preview(self, plan: RepeatPlan) -> RepeatPreview:
        return RepeatPreview("Pelajaran", self.now, Preview(people=(("telegram", 3),)))

    def news_a_week(self) -> int:
        return 5

    def relay_invitation(self, code: str) -> RelayView | None:
        return RelayView(NGRAYUN.name, "Kanim Ponorogo", "WA RT 05")

    def relay_tasks(self) -> tuple[RelayTaskView, ...]:
        return self.to_forward

    def kit_problem(self, what: str) -> str:
        return "campaigns.kit_unknown" if what == "tidak_ada" else ""

    def broadcasts(self) -> tuple[BroadcastView, ...]:
        view = self.broadcast(12)
        return (view,) if view else ()

    def meetings(self) -> tuple[MeetingView, ...]:
        return self.near

    def village_meetings(self) -> tuple[VillageMeeting, ...]:
        return tuple(
            VillageMeeting(one.plan.title, one.plan.where, one.plan.starts_at) for one in self.near
        )

    def ready_answer(self, number: int, text: str) -> str:
        return self.ready.get(text, "")

    def office_meetings(self) -> tuple[MeetingView, ...]:
        return self.near

    def office_meeting(self, number: int) -> MeetingView | None:
        return next((one for one in self.near if one.number == number), None)

    def meeting_preview(self, plan: MeetingPlan) -> Preview:
        return self.broadcast_preview(BroadcastPlan(plan.title + plan.where, (plan.place_code,)))

    def meeting_report(self, number: int) -> MeetingReport | None:
        one = self.office_meeting(number)
        if one is None:
            return None
        return MeetingReport(
            one, (("delivered", 5),), (("yes", 4), ("maybe", 1), ("no", 0)), 43, self.asked_there
        )

    def meeting_summary(self, number: int) -> str:
        return (
            "Tanya jawab: Tanya: Berapa umurnya? Jawab: 18 tahun."
            if self.office_meeting(number)
            else ""
        )

    def meeting_question(self, question: int) -> tuple[int, QuestionGroup] | None:
        for group in self.asked_there:
            if question in [number for number, _ in group.questions]:
                return 12, group
        return None

    def reads_pictures(self) -> bool:
        return self.reads

    def hears_voices(self) -> bool:
        return self.hears

    def has_audio(self) -> bool:
        return self.audio

    def draws_cards(self) -> bool:
        return self.draws

    def wants_voice(self) -> bool:
        return self.voice

    def pictures_waiting(self) -> int:
        return self.pictures

    def attachments(self, tip_id: str) -> Attachments:
        return self.files

    def learners_near(self, lessons: Collection[str]) -> int:
        return self.learners.get(frozenset(lessons), 0)

    def broadcast(self, number: int) -> BroadcastView | None:
        if number != 12:
            return None
        return self.sent
