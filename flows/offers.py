"""The choices of a waiting node: as buttons, and as the words they may be typed with."""

from flows.catalog import Catalog
from flows.events import Button
from flows.nodes import Ask, Choose, Option, Pick, Scene, Wait
from flows.triggers import Offered, fold_known
from flows.wording import Wording

HUMAN = "common.human"
"""The label of "0"."""


def buttons(wording: Wording, node: Wait, scene: Scene, place: str = "") -> tuple[Button, ...]:
    """The numbered choices, "0" for a human last. `place` is `flow.node`, the payload's beginning."""
    say = wording.say
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
        labels.append(("0", say(HUMAN), "0"))
    return tuple(Button(number, label, f"{place}.{key}") for number, label, key in labels)


def as_typed(
    catalog: Catalog, node: Wait, scene: Scene, shown: tuple[Button, ...]
) -> list[Offered]:
    """The same choices with every word they may be typed as: the label that was shown, the
    Indonesian one, and those of content/keywords.yaml."""
    labels = _labels(node)
    options = node.options(scene) if isinstance(node, Pick) else ()
    option_words = {str(n): option.words for n, option in enumerate(options, 1)}
    offered = []
    for button in shown:
        words = [button.label, *option_words.get(key_of(button), ())]
        if label := labels.get(key_of(button)):
            words.append(catalog.wording.say(label))
            if not (isinstance(node, Ask) and label == HUMAN):  # "petugas" may well be an answer
                words += catalog.choice_words.get(label, ())
        offered.append(Offered(button.number, catalog.heard(map(fold_known, words))))
    return offered


def _labels(node: Wait) -> dict[str, str]:
    """Key → text key, of the choices that are the same for everybody."""
    match node:
        case Choose():
            labels = {choice.key: choice.label for choice in node.choices}
        case Pick(other=extra) | Ask(skip=extra):
            labels = {extra.key: extra.label} if extra else {}
    return labels | ({"0": HUMAN} if node.human else {})


def option(node: Pick, key: str, scene: Scene) -> Option | None:
    """The option behind a key, if it is still offered."""
    offered = node.options(scene)
    return offered[int(key) - 1] if key.isdecimal() and 1 <= int(key) <= len(offered) else None


def key_of(button: Button) -> str:
    return button.payload.rpartition(".")[2]
