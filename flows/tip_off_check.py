"""The read-back of a report: sent, changed part by part, or put right in one's own words."""

import re

from flows.hearing import Hearing
from flows.nodes import Ask, AskAgain, Choice, Choose, Decide, Node, Say, Scene
from flows.places import read_words
from flows.safety import hotline_lines
from flows.tip_off_form import abroad, place_in
from flows.tip_off_send import place_code, urgency_of

SHOWN = 160
"""Characters of each answer in the read-back; the report itself keeps all."""
_UNKNOWN = "tidak tahu"
_NOT_BUT = re.compile(
    r"^(?:(?:eh|maaf|salah|ralat|koreksi|oh)\W+)*(?:bukan|dudu|sanes|lain)\s+(?P<wrong>.{2,80}?)"
    r"\s*(?:[,.;]|\btapi\b|\btetapi\b|\bmelainkan\b|\byang benar\b|\byg benar\b)\s*"
    r"(?:(?:tapi|tetapi|melainkan|yang benar|yg benar)\s+)?(?P<right>.{2,})$",
    re.IGNORECASE | re.DOTALL,
)
_PART_NAMED = (
    ("when", re.compile(r"^(?:waktu|jam|kejadian|tanggal)nya\s*(?:itu)?[:,]?\s+(?=\S)|^waktu\s*:\s*", re.I)),
    ("where", re.compile(r"^(?:tempat|lokasi|alamat)(?:nya)?\s*(?:itu)?[:,]?\s+(?:di\s+)?", re.I)),
    ("who", re.compile(r"^(?:pelaku|calo|orang|nama|sponsor)nya\s*(?:itu)?[:,]?\s+|^pelaku\s*:\s*", re.I)),
    ("victim", re.compile(r"^korban(?:nya)?\s*(?:itu)?[:,]?\s+", re.I)),
    ("what", re.compile(r"^kejadian\s*:\s*", re.I)),
)  # fmt: skip
_MORE_FROM = 4
"""Words of a message at the read-back that is more of the story."""


def nodes(hearing: Hearing) -> dict[str, Node]:
    return _read_back_nodes(hearing) | _changing()


def _read_back_nodes(hearing: Hearing) -> dict[str, Node]:
    def correct(scene: Scene) -> str:
        return correction(hearing, scene)

    return {
        "route": Decide(_served, {"ours": "read_back", "elsewhere": "elsewhere"}),
        "elsewhere": Choose(
            "tip_off.elsewhere",
            (
                Choice("send", "tip_off.send_anyway", "read_back"),
                Choice("cancel", "common.cancel", "cancelled"),
            ),
            slots=_elsewhere,
        ),
        "read_back": Choose(
            "tip_off.read_back",
            (
                Choice("send", "tip_off.send", "open"),
                Choice("change", "tip_off.change", "change"),
                Choice("cancel", "common.cancel", "cancelled"),
            ),
            slots=_read_back,
            free="correct",
        ),
        "correct": Decide(
            correct, {"changed": "read_back", "place": "where_heard", "unclear": "not_clear"}
        ),
        "not_clear": Say("tip_off.not_clear", "change"),
    }


def _changing() -> dict[str, Node]:
    return {
        "change": Choose(
            "tip_off.change_what",
            (
                Choice("what", "tip_off.part_what", "again_what"),
                Choice("where", "tip_off.part_where", "again_where"),
                Choice("when", "tip_off.part_when", "again_when"),
                Choice("who", "tip_off.part_who", "again_who"),
            ),
        ),
        "again_what": Ask("tip_off.what_again", "what", "read_back", read_words),
        "again_where": Decide(_change_place, {"next": "where_ask"}),
        "again_when": Ask("tip_off.when", "when", "read_back", read_words),
        "again_who": Ask("tip_off.who", "who", "read_back", read_words),
    }


def correction(hearing: Hearing, scene: Scene) -> str:
    """Put the words into the part they speak of; a longer message is more of the story."""
    try:
        said = read_words(scene.words, scene)
    except AskAgain:
        return "unclear"
    answers, swap = scene.answers, _NOT_BUT.match(said)
    right = swap["right"].strip() if swap else said
    part, right = _part(hearing, scene, swap["wrong"] if swap else "", right)
    if part == "where":
        place = place_in(hearing, scene, right) or scene.ports.find_place(right).place
        if place is None:
            return "unclear"
        answers["heard_where"], answers["changing"], answers["where_words"] = (
            place.code,
            "yes",
            right,
        )
        return "place"
    if part:
        answers[part] = right
    elif swap and swap["wrong"].casefold() in answers.get("what", "").casefold():
        wrong = re.compile(re.escape(swap["wrong"]), re.IGNORECASE)
        answers["what"] = wrong.sub(lambda _: right, answers["what"], count=1)
    elif len(right.split()) >= _MORE_FROM:
        answers["what"] = f"{answers.get('what', '')} {said}".strip()[:2000]
    else:
        return "unclear"
    return "changed"


def _part(hearing: Hearing, scene: Scene, wrong: str, right: str) -> tuple[str, str]:
    """(the part that is put right, its words); "" where no part can be told."""
    for part, named in _PART_NAMED:
        if match := named.match(right):
            return part, right[match.end() :].strip() or right
    heard = hearing.hear(right)
    if heard.get("when") and len(right.split()) <= len(heard["when"].split()) + 3:
        return "when", heard["when"]
    if wrong:
        for part in ("when", "who", "victim"):
            if wrong.casefold() in scene.answers.get(part, "").casefold():
                return part, right
        if _names_the_place(scene, wrong) or re.match(r"di\s", wrong):
            return "where", right
    short = len(right.split()) < _MORE_FROM + 4
    if heard.get("who") and short:
        return "who", heard["who"]
    if short and re.match(r"(?:di|desa|ds|kec|kecamatan|kab|dusun)\b", right, re.IGNORECASE):
        return "where", right
    return "", right


def _names_the_place(scene: Scene, wrong: str) -> bool:
    where = (
        f"{scene.answers.get('where_name', '')} {scene.answers.get('where_words', '')}".casefold()
    )
    said = set(re.findall(r"\w{3,}", wrong.casefold())) - {"desa", "kecamatan", "kabupaten"}
    return bool(said) and said <= set(re.findall(r"\w{3,}", where))


def _change_place(scene: Scene) -> str:
    scene.answers["changing"] = "yes"
    for name in ("where_words", "where_code", "where_name", "heard_where", "near"):
        scene.answers.pop(name, None)
    return "next"


def _served(scene: Scene) -> str:
    return "ours" if scene.ports.desk(place_code(scene), urgency_of(scene)).served else "elsewhere"


def _elsewhere(scene: Scene) -> dict[str, str]:
    desk = scene.ports.desk(place_code(scene), urgency_of(scene))
    place = scene.answers.get("home_name") or scene.answers.get("where_name") or "Tempat itu"
    return {
        "place": place,
        "other": desk.other_office or "kantor imigrasi setempat",
        "numbers": hotline_lines(scene.ports, "abroad" if abroad(scene) else "report"),
    }


def _read_back(scene: Scene) -> dict[str, str]:
    answers = scene.answers
    where = answers.get("where_name") or answers.get("where_words") or _UNKNOWN
    if answers.get("home_name"):
        where = f"{where}. Asal: {answers['home_name']}"
    more = ""
    if answers.get("victim"):
        more += f". Korban: {answers['victim']}"
    if answers.get("proof"):
        more += f". Bukti: {answers['proof']}"
    return {
        "what": _short(answers.get("what") or "-"),
        "where": _short(where),
        "when": _short(answers.get("when") or _UNKNOWN),
        "who": _short(answers.get("who") or _UNKNOWN),
        "more": _short(more),
        "files": _files(scene),
    }


def _files(scene: Scene) -> str:
    """What goes along without being read back."""
    files = scene.ports.attachments("")
    told = [f"{files.kept} berkas"] if files.kept else []
    if files.coming:
        told.append(f"{files.coming} masih diproses")
    return f"\nLampiran: {', '.join(told)}" if told else ""


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1].rstrip() + "…"
