"""A list of any length in a chat: a short one whole, a long one a page at a time."""

from collections.abc import Callable

from flows.nodes import Choice, Decide, Node, Option, Pick, Scene, Slots

AT_ONCE = 5
"""Choices shown at once; a longer list shows four of them and the way to the rest."""


def paged(
    name: str,
    every: Callable[[Scene], tuple[Option, ...]],
    answer: str,
    then: str,
    *,
    text: str,
    other: str,
    free: str,
    slots: Slots | None = None,
    human: bool = True,
) -> dict[str, Node]:
    """The list under the node `name`; `text` and `other` (the way to the rest) are text keys.

    `free` is the node for words that are no option.
    """

    def fits(scene: Scene) -> str:
        scene.answers.pop("page", None)
        return "whole" if len(every(scene)) <= AT_ONCE else "pages"

    def turn(scene: Scene) -> str:
        pages = max(1, -(-len(every(scene)) // (AT_ONCE - 1)))
        scene.answers["page"] = str((int(scene.answers.get("page", "0")) + 1) % pages)
        return "page"

    return {
        name: Decide(fits, {"whole": f"{name}_whole", "pages": f"{name}_page"}),
        f"{name}_whole": Pick(text, every, answer, then, free=free, slots=slots, human=human),
        f"{name}_page": Pick(
            text,
            lambda scene: on_page(every(scene), scene),
            answer,
            then,
            other=Choice("more", other, f"{name}_turn"),
            free=free,
            slots=slots,
            human=human,
        ),
        f"{name}_turn": Decide(turn, {"page": f"{name}_page"}),
    }


def on_page(listed: tuple[Option, ...], scene: Scene) -> tuple[Option, ...]:
    """What the present page shows of a list."""
    if len(listed) <= AT_ONCE:
        return listed
    room = AT_ONCE - 1
    at = int(scene.answers.get("page", "0")) * room
    return listed[at : at + room]
