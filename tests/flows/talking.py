"""Sessions that wait anywhere in the shipped conversations, and what an answer must be like."""

import msgspec

from flows import engine
from flows.conversations import shipped_catalog
from flows.events import Event, MessageCreated
from flows.nodes import Ask, Choose, Pick
from flows.ports import Person
from flows.session import HELD_MEDIA, Frame, Input, Session
from flows.waits import wakes_at
from tests.flows.ports import NGRAYUN, NOW, RECEIPT, FakePorts

CATALOG = shipped_catalog()
_SAMPLE = f"lesson_{CATALOG.lessons[0].id}"
_QUESTION = f"{CATALOG.lessons[0].id}-{CATALOG.lessons[0].quiz[0].id}"
WAITS = sorted(
    (flow.name, name)
    for flow in CATALOG.flows.values()
    for name, node in flow.nodes.items()
    if isinstance(node, Choose | Pick | Ask)
    and (flow.name == _SAMPLE or not flow.name.startswith("lesson_"))
    and (flow.name != "review" or "-" not in name or name == _QUESTION)
)
"""Every question of every conversation. One lesson, and one question of the review, stands for
all: the same lines build them (`test_every_lesson` walks through each)."""
ALONE = [wait for wait in WAITS if wait[0] != "assisted"]
"""Those at which nobody reads along (assisted mode: `test_assisted`)."""
ANSWERS = {
    "village_words": "ngebel", "village_code": NGRAYUN.code, "village_name": NGRAYUN.name,
    "near_words": "ngebel", "near_code": NGRAYUN.code, "near_name": NGRAYUN.name,
    "where_words": "ngebel", "where_code": NGRAYUN.code, "where_name": NGRAYUN.name,
    "home_words": "ngebel", "home_code": NGRAYUN.code, "home_name": NGRAYUN.name,
    "what": "dibawa calo", "when": "kemarin", "who": "Pak X", "urgency": "none",
    "tip": "t1", "typed": RECEIPT, "receipt": RECEIPT, "contact": "Sari 0812", "number": "12",
    "question": "di mana?", "token": "token",
    "place": NGRAYUN.code, "text": "Sosialisasi di balai desa", "name": "PT Maju",
    "request": "7", "opening": "ABCD", "partner": "5",
    "code": "ABCD", "act": "reply", "rest": "", "reason": "document", "hours": "24",
    "heir": "2", "heir_name": "Bagus Prasetyo", "days": "2026-11-24 2026-11-28", "deputy": "2",
    "reply": "tidak dikenal", "group_code": "WXYZ", "flow": "tip_off", "words": "lapor", "right": "1",
    "way": "p3mi", "country": "my", "day": "2027-01-24", "done": "paspor", "kept": "yes",
    "item": "sehat", "told": "tiket 5 juta, uang jaminan 10 juta", "back": '["","",{}]',
    "language": "Basa Jawa", "quoted": "Ada lima syarat",
    "more": "mobilnya putih", "group": "4", "role": "kades",
    "task": "12-3", "label": "WA RT 05", "relay_code": "ABCD", "join_code": "BCDFGHJ",
    "kind": "lesson", "repeat_day": "1", "title": "Poster balai desa", "nonce": "n",
    "meeting": "12", "where": "Balai desa", "speakers": "PIMPASA", "asked": "7", "other": "9",
    "answer": "Gratis untuk pekerja", "present": "43",
    "times": "2026-11-24T10:00:00+07:00 2026-11-24T12:00:00+07:00",
}  # fmt: skip
"""Whatever a node may expect to have been answered before."""
VILLAGER = Person("telegram", consented=True, place=NGRAYUN)
OFFICER = Person("telegram", consented=True, officer="Ibu Sari")
EVERYWHERE = [
    "MENU", "BATAL", "LAPOR", "BANTUAN", "STOP", "MULAI", "SUMBER", "RESMI", "AMAN", "HAPUS", "BUKA", "0"
]  # fmt: skip


def answers_in(flow: str) -> dict[str, str]:
    """The kind of a campaign and the kind of a group have the same name."""
    return ANSWERS | ({"kind": "residents"} if flow in ("officer_groups", "village_group") else {})


def at(flow: str, node: str) -> Session:
    """A session that waits there, with a half-done report when the question is about one."""
    since = int(NOW.timestamp())
    kept = {"tip_off": Frame("when", {"what": "dibawa calo"}, since)} if flow == "resume" else {}
    held = {HELD_MEDIA: "file-0"} if (flow, node) == ("tip_status", "photo") else {}
    return Session(flow=flow, node=node, answers=answers_in(flow) | held, kept=kept, waits_since=since,
                   assisting=flow == "assisted")  # fmt: skip


def person_of(flow: str) -> Person:
    desks = ("officer_desk", "officer_groups", "broadcasts", "campaigns", "meeting_desk")
    return OFFICER if flow in desks else VILLAGER


def say(
    session: Session,
    text: str,
    person: Person = VILLAGER,
    ports: FakePorts | None = None,
    payload: str = "",
) -> engine.Sprint:
    return take(session, Input("choice" if payload else "text", text, payload), person, ports)


def take(
    session: Session, given: Input, person: Person = VILLAGER, ports: FakePorts | None = None
) -> engine.Sprint:
    """Any input: a picture, a press, time that has passed."""
    return engine.resume(CATALOG, session, given, person, ports or FakePorts())


def wake(session: Session, later: FakePorts) -> engine.Sprint:
    """Nobody says anything until then."""
    return take(session, Input("timeout"), ports=later)


def talk(*lines: str, person: Person = VILLAGER, ports: FakePorts | None = None) -> engine.Sprint:
    """Several messages one after the other, from an empty session."""
    sprint = engine.Sprint(Session(), [])
    for line in lines:
        sprint = say(sprint.session, line, person, ports)
    return sprint


def messages(events: list[Event]) -> list[MessageCreated]:
    return [event for event in events if isinstance(event, MessageCreated)]


def words(sprint: engine.Sprint) -> str:
    return "\n".join(message.text for message in messages(sprint.events))


def place(sprint: engine.Sprint) -> str:
    return f"{sprint.session.flow}.{sprint.session.node}".strip(".")


def assert_answered(sprint: engine.Sprint) -> None:
    """Something is said, and the session rests or waits at a node that exists."""
    said = messages(sprint.events)
    assert said
    assert all(message.text.strip() for message in said)
    session = sprint.session
    if session.flow:
        assert isinstance(CATALOG.flows[session.flow].nodes[session.node], Choose | Pick | Ask)
        assert said[-1].text
    for name, frame in session.kept.items():
        assert isinstance(CATALOG.flows[name].nodes[frame.node], Choose | Pick | Ask)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(session), type=Session) == session
    wakes_at(CATALOG, session)
