"""The rows of the checklist and the present plan, as the conversation's nodes use them."""

from datetime import date

from flows import lessons
from flows.check_facts import ClosedDestination
from flows.departure_facts import Document, documents_for
from flows.departure_plan import Plan
from flows.entities import Extractor
from flows.events import DepartureKept, Event
from flows.nodes import AskAgain, Scene, Slots
from flows.times import say_date

_WAY_NAMES = {
    "p3mi": "lewat PT (P3MI)",
    "g_to_g": "program pemerintah",
    "own_company": "perusahaan sendiri",
    "perseorangan": "berangkat sendiri",
    "seafarer": "pelaut atau ABK",
}


class Checklist:
    """The rows of content/ that a departure's answers are made of."""

    def __init__(
        self,
        documents: tuple[Document, ...],
        destinations: tuple[ClosedDestination, ...],
        extractor: Extractor,
    ) -> None:
        self.documents = documents
        self._closed = {row.code: row for row in destinations}
        self._extractor = extractor

    def of(self, plan: Plan) -> tuple[Document, ...]:
        return documents_for(self.documents, plan.way, plan.country)

    def next_of(self, plan: Plan) -> Document | None:
        return next((row for row in self.of(plan) if row.id not in plan.done), None)

    def document(self, scene: Scene) -> Document | None:
        wanted = scene.answers.get("item")
        return next((row for row in self.documents if row.id == wanted), None)

    def closed(self, scene: Scene) -> ClosedDestination | None:
        return self._closed.get(scene.answers.get("country", ""))

    def read_country(self, text: str, scene: Scene) -> str:
        found = self._extractor.extract(text[:200]).destinations
        if not found:
            raise AskAgain("departure.country_unknown")
        return found[0].code.lower()

    def country_name(self, code: str) -> str:
        return self._extractor.countries.get(code, "negara belum tahu")


def plan_of(scene: Scene) -> Plan | None:
    """As it is in this conversation, which a turn may have changed; else as it is kept."""
    answers = scene.answers
    if not answers.get("way"):
        return scene.ports.departure()
    day = answers.get("day", "")
    return Plan(
        answers["way"],
        answers.get("country", ""),
        date.fromisoformat(day) if day else None,
        frozenset(answers.get("done", "").split()),
        answers.get("remind") == "yes",
    )


def take_up(scene: Scene) -> Plan | None:
    """The plan, with its parts among the answers, where the following nodes change them."""
    plan = plan_of(scene)
    if plan is not None and not scene.answers.get("way"):
        scene.answers |= {
            "way": plan.way,
            "country": plan.country,
            "day": plan.day.isoformat() if plan.day else "",
            "done": " ".join(sorted(plan.done)),
            "remind": "yes" if plan.remind else "",
            "kept": "yes",
        }
    return plan


def keep_plan(scene: Scene) -> list[Event]:
    plan = plan_of(scene)
    return [DepartureKept(plan)] if plan and scene.answers.get("kept") else []


def described(checklist: Checklist, plan: Plan) -> dict[str, str]:
    return {
        **counted(checklist.documents, plan),
        "way": _WAY_NAMES[plan.way],
        "country": checklist.country_name(plan.country),
        "day": say_date(plan.day) if plan.day else "belum tahu",
    }


def data(checklist: Checklist) -> Slots:
    """What "Data saya" tells of the kept plan, and of the one this chat follows."""

    def slots(scene: Scene) -> dict[str, str]:
        plan, followed = scene.ports.departure(), scene.ports.followed()
        shown = (
            described(checklist, plan)
            if plan
            else dict.fromkeys(("way", "country", "day", "done", "of"), "-")
        )
        return shown | {
            "remind": "ya" if plan and plan.remind else "tidak",
            "followers": str(scene.ports.followers()),
            "following": "ya" if followed else "tidak",
        }

    return slots


def counted(documents: tuple[Document, ...], plan: Plan) -> dict[str, str]:
    """How many of the plan's documents are ticked."""
    rows = documents_for(documents, plan.way, plan.country)
    return {"done": str(sum(row.id in plan.done for row in rows)), "of": str(len(rows))}


def marked(row: ClosedDestination | Document, today: date) -> str:
    """Lines of their own, each behind a line break; "" for a fresh and reviewed fact."""
    return "".join(f"\n({mark})" for mark in lessons.marks(row.source, row.reviewed, today))
