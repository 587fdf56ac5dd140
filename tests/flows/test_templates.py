"""What fills a template: one line, never empty, never cut, as WhatsApp takes it."""

import pytest

from flows.templates import LONGEST, Template, by_use, check, filled, load_templates, units
from tests.flows.small_catalog import SHIPPED

TEMPLATES = {template.name: template for template in load_templates()}


def of(use: str) -> Template:
    found = by_use(TEMPLATES, use)
    assert found
    return found


def test_the_shipped_templates_have_no_error() -> None:
    assert list(check(tuple(TEMPLATES.values()), SHIPPED)) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Besok libur\nkantor tutup", "Besok libur; kantor tutup"),
        ("Besok libur.\n\nKantor tutup.", "Besok libur. Kantor tutup."),
        ("Syarat:\n- KTP\n- KK", "Syarat: - KTP; - KK"),
        ("a\tb      c \u00a0 d", "a b c d"),
        ("\r\nsatu\r\ndua\u2028tiga\x0bempat", "satu; dua; tiga; empat"),
        (" \n\t ", "-"),
        ("", "-"),
    ],
)
def test_a_value_is_one_line_and_never_empty(text: str, value: str) -> None:
    values = filled(of("news"), {"office": "Kanim", "text": text})
    assert values == ("Kanim", value)


def test_a_text_is_never_cut_and_the_rest_is() -> None:
    office = "Kantor Imigrasi " * 10
    values = filled(of("news"), {"office": office, "text": "x" * 800})
    assert values
    assert values[1] == "x" * 800
    assert units(values[0]) <= LONGEST["office"]
    assert values[0].endswith("…")
    assert filled(of("news"), {"office": office, "text": "😀" * 800}) is None


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_at_its_longest_it_still_fits(template: Template) -> None:
    assert filled(template, {slot: "x" * most for slot, most in LONGEST.items()}) is not None


def test_other_words_are_another_template_and_another_name() -> None:
    before = of("news")
    after = Template(
        before.name, before.uses, before.language, before.category, "another reason",
        before.body + " Salam.", before.fills, before.buttons,
    )  # fmt: skip
    same = Template(
        before.name, before.uses, before.language, before.category, "another reason",
        before.body, before.fills, before.buttons,
    )  # fmt: skip
    assert same.registered_name == before.registered_name
    assert after.registered_name != before.registered_name
