"""The words that work in every state: MENU BATAL LAPOR BANTUAN STOP MULAI SUMBER RESMI."""

from typing import TYPE_CHECKING

from flows.events import OptedIn, OptedOut

if TYPE_CHECKING:
    from flows.engine import Run


def act(run: "Run", action: str) -> None:
    """Do what the word says; `action` is a key of `everywhere` in content/keywords.yaml."""
    if action in ("menu", "cancel"):
        if action == "cancel" and (run.session.flow or run.session.kept):
            run.bubble("common.cancelled", None)
            run.forget_place()
            run.session.kept.clear()
        run.enter(run.catalog.menu)
    elif action == "report":
        run.introduce()
        run.enter(run.catalog.report)
    elif action == "stop":
        run.events.append(OptedOut())
        run.forget_place()
        run.session.kept.clear()
        run.bubble("common.stopped", None)
    elif action == "start":
        if run.person.opted_out:
            run.events.append(OptedIn())
            run.bubble("common.back_again" if run.person.consented else "common.back", None)
        run.enter(run.catalog.menu if run.person.consented else run.catalog.welcome)
    elif action in ("delete", "open"):
        run.enter("welcome:delete" if action == "delete" else "tip_status:mine")
    elif action == "human":
        run.enter(run.catalog.human)
    elif action == "source":
        if run.session.source:
            run.aside("common.source", {"source": run.session.source})
        else:
            run.aside("common.no_source")
    elif action == "help" and run.person.officer:
        run.bubble("common.help_officer", None)
        run.aside("common.help_officer_more")
    else:
        run.aside(f"common.{action}", {"office": run.ports.office_name()})
