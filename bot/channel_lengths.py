"""Every question with its choices fits every channel, by the channels' own rules."""

from collections.abc import Iterator

from bot.channels import telegram, whatsapp
from bot.channels.base import Outgoing
from flows.catalog import Catalog
from flows.events import Button
from flows.findings import Finding, error
from flows.nodes import Ask, Choose, Pick, Say, Wait


def lengths(catalog: Catalog) -> Iterator[Finding]:
    """Of fixed words and choices; those that are put together on the spot are cut by the channel."""
    for flow in catalog.flows.values():
        for name, node in flow.nodes.items():
            if isinstance(node, Say | Choose | Pick | Ask) and node.text in catalog.wording:
                labels = _labels(node) if isinstance(node, Choose | Pick | Ask) else []
                if all(label in catalog.wording for label in labels):
                    yield from _message(catalog, flow.name, name, node.text, labels)


def _message(
    catalog: Catalog, flow: str, name: str, text: str, labels: list[str]
) -> Iterator[Finding]:
    buttons = tuple(
        Button(str(number), catalog.wording.raw(label), f"{flow}.{name}.{number}")
        for number, label in enumerate(labels, 1)
    )
    message = Outgoing(0, "", catalog.wording.raw(text), buttons, fixed=True)
    body = whatsapp.numbered(message)
    for channel, most in (
        ("WhatsApp", whatsapp.MAX_BODY_UNITS),
        ("Telegram", telegram.MAX_TEXT_UNITS),
    ):
        if (size := len(body.encode("utf-16-le")) // 2) > most:
            yield error(flow, name, f"{size} characters with its choices, {channel}: {most}")
    if buttons and whatsapp.content_types(message) is None:
        yield error(flow, name, "its choices fit neither buttons nor a list of WhatsApp")


def _labels(node: Wait) -> list[str]:
    if isinstance(node, Choose):
        own = [choice.label for choice in node.choices]
    else:
        extra = node.other if isinstance(node, Pick) else node.skip
        own = [extra.label] if extra else []
    return own + (["common.human"] if node.human else [])
