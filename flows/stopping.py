"""After STOP, once for each open case: may it still be announced here that a message came?

Without an answer, yes. A flow of its own, so that it says nothing of a case and a cry for help is
heard in it.
"""

from datetime import timedelta

from flows.events import CaseNewsStopped
from flows.nodes import Choice, Choose, Emit, End, Flow, Say

PATIENCE = timedelta(hours=1)


def flow() -> Flow:
    return Flow(
        "stopping",
        {
            "ask": Choose(
                "stopping.ask",
                (Choice("yes", "common.yes", "yes"), Choice("no", "common.rather_not", "no")),
            ),
            "yes": Say("stopping.only_that", "end"),
            "no": Emit(lambda scene: [CaseNewsStopped()], "quiet"),
            "quiet": Say("stopping.quiet", "end"),
            "end": End(),
        },
        entries=("ask",),
        expires=PATIENCE,
    )
