"""The words that work in every state: MENU BATAL LAPOR BANTUAN STOP MULAI SUMBER RESMI AMAN HAPUS."""

from typing import TYPE_CHECKING

from flows import assisted, hear_see, left, receipt_codes, voices
from flows.answering import to_human
from flows.events import AlarmWithdrawn, CaseNewsStopped, Hushed, OptedIn, OptedOut
from flows.nodes import Choose
from flows.triggers import fold

if TYPE_CHECKING:
    from flows.engine import Run


def comes_first(run: "Run", text: str) -> bool:
    """AMAN and a receipt code mean themselves at every question, also where words are asked for.

    Among other words a code counts only where nobody waits for an answer.
    """
    if fold(text.lstrip("/")) in run.catalog.everywhere.get("hush", ()):
        _hush(run)
        return True
    if assisted.comes_first(run, text):
        return True
    node = run.waiting_node()
    free = node is None or (isinstance(node, Choose) and node.open)
    code = receipt_codes.find(text)
    if code is None or not (free or receipt_codes.is_one(text)):
        return False
    if run.catalog.hears_danger(text):
        return False
    run.words = code
    run.enter("tip_status")
    return True


def _hush(run: "Run") -> None:
    """AMAN: an ordinary lesson, and nothing that speaks of a case. A draft stays sealed aside; only
    LAPOR brings it back. For an officer it is a lesson and no more."""
    assisted.end(run)
    if not run.person.officer:
        run.events.append(Hushed())
    lesson = next((f"lesson_{lesson.id}" for lesson in run.catalog.lessons), "")
    if run.session.flow == lesson:
        run.forget_place()
    run.session.kept.pop(lesson, None)  # from its first card, without asking
    run.enter(lesson or run.catalog.menu)
    run.session.kept.pop("pictures", None)


def _withdraw_alarm(run: "Run") -> bool:
    """The report behind an alarm is given up: whoever was alarmed hears it, once."""
    told = _alarmed(run)
    if told:
        run.events.append(AlarmWithdrawn(told))
    return bool(told)


def erased_alarm(run: "Run") -> AlarmWithdrawn:
    """Everything about somebody is deleted, also what an alarm was about, if there was one."""
    return AlarmWithdrawn(_alarmed(run), erased=True)


def _alarmed(run: "Run") -> str:
    """The words of the draft behind an alarm; "" where there is none."""
    drafts = [run.session.answers, *(frame.answers for frame in run.session.kept.values())]
    return next((draft["alarmed"] for draft in drafts if draft.get("alarmed")), "")


def beyond(run: "Run", to: str) -> None:
    """An exit "@…" that no graph can draw: back to what was half done, or to stay."""
    if to == hear_see.LISTEN:
        hear_see.listen(run)
    elif to in voices.EXITS:
        voices.take_up(run, to)
    else:
        left.take_up(run, to)


def act(run: "Run", action: str) -> None:
    """Do what the word says; `action` is a key of `everywhere` in content/keywords.yaml."""
    if assisted.acts(run, action):
        return
    if action == "hush":
        _hush(run)
    elif action in ("menu", "cancel"):
        if action == "cancel" and (run.session.flow or run.session.kept):
            run.bubble(
                "tip_off.cancelled_alarmed" if _withdraw_alarm(run) else "common.cancelled", None
            )
            run.forget_place()
            run.session.kept.clear()
        run.enter(run.catalog.menu)
    elif action == "report":
        run.introduce()
        run.enter(run.catalog.report)
    elif action == "stop":
        run.events.append(OptedOut())
        _withdraw_alarm(run)
        run.forget_place()
        run.session.kept.clear()
        run.bubble("common.stopped", None)
        if run.ports.news_may_come():
            run.enter("stopping")
        elif run.person.opted_out:  # whoever says it twice means all of it
            run.events.append(CaseNewsStopped())
    elif action == "start":
        if run.person.opted_out or run.person.quiet:
            run.events.append(OptedIn())
        if run.person.opted_out:
            run.bubble("common.back_again" if run.person.consented else "common.back", None)
        run.enter(run.catalog.menu if run.person.consented else run.catalog.welcome)
    elif action in ("delete", "open"):
        run.enter("welcome:delete" if action == "delete" else "tip_status:mine")
    elif action == "human":
        to_human(run)
    elif action == "source":
        if run.session.source:
            run.aside("common.source", {"source": run.session.source})
        else:
            run.aside("common.no_source")
    elif action in hear_see.ACTIONS:
        hear_see.act(run, action)
    elif action == "help" and run.person.officer:
        run.bubble("common.help_officer", None)
        run.aside("common.help_officer_more")
    else:
        run.aside(f"common.{action}", {"office": run.ports.office_name()})
