"""A village meeting as conversations see it: who plans it, who comes, what is asked and answered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from flows.broadcast_plan import Preview
from flows.times import say_time

Coming = Literal["yes", "no", "maybe"]
Status = Literal["planned", "held", "cancelled", "closed"]


@dataclass(frozen=True, slots=True)
class MeetingPlan:
    """What an officer plans. Public words only: speakers by their office, nobody by name."""

    place_code: str
    """The village's."""
    title: str
    where: str
    """In the village: "Balai desa"."""
    starts_at: datetime
    ends_at: datetime
    speakers: str = ""


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting as somebody of its village, or an officer of its office, sees it."""

    number: int
    plan: MeetingPlan
    village: str
    status: Status
    coming: Coming | Literal[""] = ""
    """What the person who looks has answered."""
    asked: int = 0
    """Questions of the person who looks."""
    takes_questions: bool = False


@dataclass(frozen=True, slots=True)
class VillageMeeting:
    """What everybody may know of a coming meeting."""

    title: str
    place: str
    starts_at: datetime
    """On the office's clock."""

    @property
    def line(self) -> str:
        return f"{self.title}: {say_time(self.starts_at)}, {self.place}"


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Questions that ask the same, under the number of the first."""

    number: int
    questions: tuple[tuple[int, str], ...] = field(repr=False)
    """(number, words), oldest first. Never who asked."""
    answer: str = ""

    @property
    def words(self) -> str:
        return self.questions[0][1]


@dataclass(frozen=True, slots=True)
class MeetingReport:
    """One meeting for its office, counted from the rows. Nobody's name, nobody's number."""

    meeting: MeetingView
    invited: tuple[tuple[str, int], ...]
    """(state of a broadcast's recipient, how many)."""
    answers: tuple[tuple[Coming, int], ...]
    present: int | None
    """How many came, as the officer counted; None while nobody has."""
    groups: tuple[QuestionGroup, ...] = ()

    def answered(self) -> Sequence[QuestionGroup]:
        return [group for group in self.groups if group.answer]

    def open(self) -> Sequence[QuestionGroup]:
        return [group for group in self.groups if not group.answer]


# ---- events


@dataclass(frozen=True, slots=True)
class MeetingPlanned:
    """The officer confirmed the preview: the village is invited."""

    plan: MeetingPlan
    nonce: str
    """Of this very preview: a second press changes nothing."""


@dataclass(frozen=True, slots=True)
class MeetingChanged:
    """Another time or place; everybody who was invited is told."""

    number: int
    plan: MeetingPlan


@dataclass(frozen=True, slots=True)
class MeetingEnded:
    """Called off, held (with how many came), or closed; each once."""

    number: int
    act: Literal["cancel", "held", "close"]
    present: int = 0


@dataclass(frozen=True, slots=True)
class MeetingAnswered:
    """Somebody says whether they come; the last word counts."""

    number: int
    coming: Coming


@dataclass(frozen=True, slots=True)
class MeetingAsked:
    number: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class QuestionsAnswered:
    """The officer's answer to a group, by the number of one of its questions."""

    question: int
    text: str


@dataclass(frozen=True, slots=True)
class QuestionsGrouped:
    """Two questions ask the same, or (without the second) one asks something else."""

    question: int
    same_as: int = 0


OfficerMeetingEvent = (
    MeetingPlanned | MeetingChanged | MeetingEnded | QuestionsAnswered | QuestionsGrouped
)
MeetingEvent = OfficerMeetingEvent | MeetingAnswered | MeetingAsked


# ---- questions


class MeetingPorts(Protocol):
    def meetings(self) -> tuple[MeetingView, ...]:
        """Of the asking person's village: those to come or just over, the nearest first."""
        ...

    def village_meetings(self) -> tuple[VillageMeeting, ...]:
        """Those to come in the village of the group or person that asks."""
        ...

    def ready_answer(self, number: int, text: str) -> str:
        """What was answered at that meeting to the same question before; "" if it was not."""
        ...

    def office_meetings(self) -> tuple[MeetingView, ...]:
        """Of the asking officer's office: all that are not closed or called off."""
        ...

    def office_meeting(self, number: int) -> MeetingView | None: ...
    def meeting_preview(self, plan: MeetingPlan) -> Preview:
        """Of its invitation."""
        ...

    def meeting_report(self, number: int) -> MeetingReport | None:
        """Of one of the officer's own office."""
        ...

    def meeting_summary(self, number: int) -> str:
        """Its questions with their answers, as the village reads them; "" without an answer."""
        ...

    def meeting_question(self, question: int) -> tuple[int, QuestionGroup] | None:
        """(the meeting, the group) in which that question stands; of the own office only."""
        ...
