"""The question put to somebody who comes back to what was half done."""

from flows.nodes import Choice, Choose, Flow


def flow() -> Flow:
    return Flow(
        "resume",
        {
            "ask": Choose(
                "resume.ask",
                (
                    Choice("continue", "resume.continue", "@kept"),
                    Choice("fresh", "resume.fresh", "@fresh"),
                ),
            )
        },
    )
