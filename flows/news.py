"""The answer to a template that only says that there is news: the news itself follows by itself,
since WhatsApp's window is open again (`bot/feeding.py`)."""

from flows.nodes import Choice, Choose, Decide, End, Flow, Say


def flow() -> Flow:
    return Flow(
        "news",
        {
            "start": Decide(
                lambda scene: "yes" if scene.ports.news_waiting() else "no",
                {"yes": "here", "no": "gone"},
            ),
            "here": Say("news.here", "end"),
            "gone": Say("news.gone", "end"),
            "knock": Choose("news.knock", (Choice("read", "news.read", "start"),), open=True),
            "end": End(),
        },
        entries=("knock",),
    )
