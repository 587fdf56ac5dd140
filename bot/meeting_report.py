"""One page about a meeting for its office: who was invited, who came, what was asked and answered.

Counted from the rows. Nobody's name and nobody's number is in it, and a count so small that it could
point at somebody is told as "kurang dari 3".
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from bot import broadcast_report, meeting_questions, meetings
from flows.broadcast_rules import MAX_TEXT
from flows.broadcast_said import say_counts
from flows.desk_text import harmless
from flows.meeting_desk import FEW, few, report_slots
from flows.meeting_plan import MeetingReport, MeetingView
from flows.meeting_planning import plan_slots

if TYPE_CHECKING:
    from bot.service import Service


def of(connection: Connection, service: "Service", number: int, view: MeetingView) -> MeetingReport:
    """`view` is that meeting's, on the office's clock."""
    row = meetings.by_number(connection, number)
    invited = meetings.invitation_of(connection, number)
    said = meetings.counted(connection, number)
    return MeetingReport(
        meeting=view,
        invited=tuple(broadcast_report.counts(connection, invited.id).items()) if invited else (),
        answers=(("yes", said.get("yes", 0)), ("maybe", said.get("maybe", 0)), ("no", said.get("no", 0))),
        present=row.present if row else None,
        groups=tuple(meeting_questions.groups(connection, service.ring, number)),
    )  # fmt: skip


def summary(service: "Service", report: MeetingReport) -> str:
    """The answered questions for the village, what most have asked first, as many as one broadcast
    holds; "" without an answer."""
    say = service.catalog.wording.say
    text = say("meetings.summary_head", {"title": report.meeting.plan.title}).strip()
    lines = 0
    for group in report.answered():
        slots = {"question": harmless(group.words), "answer": group.answer}
        line = say("meetings.summary_line", slots).strip()
        if len(text) + len(line) + 1 > MAX_TEXT:
            break
        text, lines = f"{text}\n{line}", lines + 1
    return text if lines else ""


def as_json(report: MeetingReport) -> dict[str, Any]:
    one, said = report.meeting, dict(report.answers)
    return {
        "meeting": one.number,
        "status": one.status,
        "title": one.plan.title,
        "village": one.village,
        "where": one.plan.where,
        "starts_at": one.plan.starts_at.isoformat(),
        "ends_at": one.plan.ends_at.isoformat(),
        "speakers": one.plan.speakers,
        "invited": {state: _shown(count) for state, count in report.invited},
        "coming": {coming: _shown(said.get(coming, 0)) for coming in ("yes", "maybe", "no")},
        "present": report.present,
        "questions": [
            {
                "number": group.number,
                "asked": _shown(len(group.questions)),
                "question": harmless(group.words),
                "answer": group.answer or None,
            }
            for group in report.groups
        ],
        "open_questions": len(report.open()),
    }


def _shown(count: int) -> int | str:
    return count if count == 0 or count >= FEW else few(count)


def lines(report: MeetingReport) -> list[tuple[str, str]]:
    """(heading, text) of the page, from top to bottom."""
    found = facts(report)
    for group in report.groups:
        asked = f"{harmless(group.words)} (ditanya: {few(len(group.questions))})"
        found.append((f"{group.number}. {asked}", group.answer or "Belum dijawab."))
    return found


def facts(report: MeetingReport) -> list[tuple[str, str]]:
    """The same without the questions."""
    one, said = report.meeting, dict(report.answers)
    slots = plan_slots(one.plan) | report_slots(report)
    invited = [(state, count) for state, count in report.invited]
    return [
        ("Waktu", slots["when"]),
        ("Tempat", f"{one.plan.where}, {one.village}"),
        ("Pembicara", slots["speakers"]),
        ("Undangan", _said_counts(dict(invited))),
        ("Bilang datang", f"{few(said.get('yes', 0))}; mungkin: {few(said.get('maybe', 0))}; "
                          f"tidak: {few(said.get('no', 0))}"),
        ("Hadir", slots["present"]),
        ("Pertanyaan", f"{slots['asked']}; kelompok terjawab: {slots['answered']}, "
                       f"belum: {len(report.open())}"),
    ]  # fmt: skip


def _said_counts(counts: dict[str, int]) -> str:
    """`sampai 12, gagal kurang dari 3`; "tidak ada" where nobody could be invited."""
    if not counts:
        return "tidak ada"
    said = say_counts(counts)
    for count in {count for count in counts.values() if 0 < count < FEW}:
        said = ", ".join(
            part.removesuffix(f" {count}") + f" {few(count)}"
            if part.endswith(f" {count}")
            else part
            for part in said.split(", ")
        )
    return said
