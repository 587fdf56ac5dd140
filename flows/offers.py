"""The choices of a waiting node: as buttons, and as the words they may be typed with."""

from flows.catalog import Catalog
from flows.events import Button
from flows.nodes import Ask, Choose, Option, Pick, Scene, Wait
from flows.triggers import Offered, fold_known


def buttons(catalog: Catalog, node: Wait, scene: Scene, place: str) -> tuple[Button, ...]:
    """The numbered choices, "0" for a human last. `place` is `flow.node`, the payload's beginning."""
    say = catalog.wording.say
    labels: list[tuple[str, str, str]] = []
    match node:
        case Choose():
            labels = [(str(n), say(c.label), c.key) for n, c in enumerate(node.choices, 1)]
        case Pick():
            options = node.options(scene)
            labels = [(str(n), option.label, str(n)) for n, option in enumerate(options, 1)]
            if node.other:
                labels.append((str(len(labels) + 1), say(node.other.label), node.other.key))
        case Ask() if node.skip:
            labels = [("1", say(node.skip.label), node.skip.key)]
    if node.human:
        labels.append(("0", say("common.human"), "0"))
    return tuple(Button(number, label, f"{place}.{key}") for number, label, key in labels)


def as_typed(
    catalog: Catalog, node: Wait, scene: Scene, shown: tuple[Button, ...]
) -> list[Offered]:
    """The same choices with every word they may be typed as."""
    other_words: dict[str, tuple[str, ...]] = {}
    match node:
        case Choose():
            other_words = {c.key: catalog.choice_words.get(c.label, ()) for c in node.choices}
        case Pick():
            other_words = {
                str(n): tuple(fold_known(word) for word in option.words)
                for n, option in enumerate(node.options(scene), 1)
            }
        case Ask() if node.skip:
            other_words = {node.skip.key: catalog.choice_words.get(node.skip.label, ())}
    if node.human and not isinstance(node, Ask):  # "petugas" may well be an answer
        other_words["0"] = catalog.choice_words.get("common.human", ())
    return [
        Offered(button.number, (fold_known(button.label), *other_words.get(key_of(button), ())))
        for button in shown
    ]


def option(node: Pick, key: str, scene: Scene) -> Option | None:
    """The option behind a key, if it is still offered."""
    offered = node.options(scene)
    return offered[int(key) - 1] if key.isdecimal() and 1 <= int(key) <= len(offered) else None


def key_of(button: Button) -> str:
    return button.payload.rpartition(".")[2]
