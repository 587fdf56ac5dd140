"""Ways to break a template of WhatsApp's: each changes one row of content/templates.yaml."""

import random
from collections.abc import Callable
from typing import Any

Rows = list[dict[str, Any]]
BreaksTemplate = Callable[[random.Random, Rows], str]
"""(dice, all the rows) → what the check must say."""


def _filled(dice: random.Random, rows: Rows) -> dict[str, Any]:
    return dice.choice([row for row in rows if row["fills"]])


def variable_first(dice: random.Random, rows: Rows) -> str:
    row = _filled(dice, rows)
    row["body"] = row["body"][row["body"].index("{{1}}") :]
    return "begins with a variable"


def variable_last(dice: random.Random, rows: Rows) -> str:
    row = _filled(dice, rows)
    last = f"{{{{{len(row['fills'])}}}}}"
    row["body"] = "STOP " + row["body"][: row["body"].index(last)] + last + "."
    return "ends with a variable"


def side_by_side(dice: random.Random, rows: Rows) -> str:
    row = dice.choice([row for row in rows if len(row["fills"]) > 1])
    before, _, rest = row["body"].partition("{{1}}")
    row["body"] = before + "{{1}}, {{2}}" + rest.partition("{{2}}")[2]
    return "side by side"


def misnumbered(dice: random.Random, rows: Rows) -> str:
    row = _filled(dice, rows)
    row["body"] = row["body"].replace("{{1}}", "{{7}}")
    return "variables [7"


def no_sample(dice: random.Random, rows: Rows) -> str:
    _filled(dice, rows)["fills"][0]["sample"] = " "
    return "`sample` is missing"


def sample_of_two_lines(dice: random.Random, rows: Rows) -> str:
    _filled(dice, rows)["fills"][0]["sample"] = dice.choice(["a\nb", "a\tb", "a     b"])
    return "line break, a tab or five blanks"


def nothing_to_fill_in(dice: random.Random, rows: Rows) -> str:
    _filled(dice, rows)["fills"][0]["with"] = "nama"
    return "nothing that can be filled in"


def a_slot_in_one_brace(dice: random.Random, rows: Rows) -> str:
    _filled(dice, rows)["body"] += " {office} terima kasih"
    return "a brace in `body`"


def over_the_limit(dice: random.Random, rows: Rows) -> str:
    row = dice.choice([row for row in rows if len(row["fills"]) > 1])
    row["body"] += " Datang dan bertanya saja." * 8
    return "at their longest, at most 1024"


def a_long_button(dice: random.Random, rows: Rows) -> str:
    row = dice.choice([row for row in rows if row.get("buttons")])
    row["buttons"][0]["title"] = "Tekan di sini untuk membaca"
    return "27 characters, at most 20"


def too_many_buttons(dice: random.Random, rows: Rows) -> str:
    row = dice.choice([row for row in rows if row.get("buttons")])
    more = [row["buttons"][0] | {"title": f"Tombol {n}"} for n in range(11)]
    row["buttons"] = more
    return "11 buttons, at most 10"


def a_button_to_nowhere(dice: random.Random, rows: Rows) -> str:
    row = dice.choice([row for row in rows if row.get("buttons")])
    row["buttons"][0]["to"] = dice.choice(["news.knock.baca", "news.gone.read", "tip_off.text.0"])
    return "which is no open choice"


def an_odd_name(dice: random.Random, rows: Rows) -> str:
    dice.choice(rows)["name"] = dice.choice(["Kabar Desa", "kabar-desa", "kabar_désa"])
    return "`name` must be"


def one_name_twice(dice: random.Random, rows: Rows) -> str:
    one, other = dice.sample(rows, 2)
    one["name"] = other["name"]
    return "two templates have this name"


def an_unknown_category(dice: random.Random, rows: Rows) -> str:
    dice.choice(rows)["category"] = "ALERT"
    return "`category` ALERT is not"


def no_way_to_stop(dice: random.Random, rows: Rows) -> str:
    row = dice.choice(rows)
    row["body"] = row["body"].replace("Tulis STOP untuk berhenti.", "Salam dari kami.")
    return "does not say how to STOP"


def nothing_for_a_kind(dice: random.Random, rows: Rows) -> str:
    row = dice.choice([row for row in rows if len(row["for"]) == 1])
    use = row["for"][0]
    row["for"] = ["pengumuman"]
    return f"no template is for {use}"


def two_for_a_kind(dice: random.Random, rows: Rows) -> str:
    one, other = dice.sample(rows, 2)
    one["for"] = [*one["for"], other["for"][0]]
    return "templates are for"


def a_misspelt_field(dice: random.Random, rows: Rows) -> str:
    row = dice.choice(rows)
    row["kategori"] = row["category"]
    return "`kategori` is no field here"


BREAKS_TEMPLATES: tuple[BreaksTemplate, ...] = (
    variable_first, variable_last, side_by_side, misnumbered, no_sample, sample_of_two_lines,
    nothing_to_fill_in, a_slot_in_one_brace, over_the_limit, a_long_button, too_many_buttons,
    a_button_to_nowhere, an_odd_name, one_name_twice, an_unknown_category, no_way_to_stop,
    nothing_for_a_kind, two_for_a_kind, a_misspelt_field,
)  # fmt: skip
