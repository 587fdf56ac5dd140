"""The words of the recruiter check: complete, short, and never more than the register says."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from flows.check_words import verdict_line
from flows.conversations import shipped_catalog
from flows.nodes import Ask, AskAgain, Choice, Choose, Decide, Pick, Say, Scene
from flows.ports import Person, RecruiterAnswer, RegisterRow, Verdict
from tests.flows.talking import talk, words

TEXTS_FILE = Path(__file__).parents[2] / "content" / "texts" / "check_recruiter.yaml"
TEXTS: dict[str, str] = yaml.safe_load(TEXTS_FILE.read_text(encoding="utf-8"))
FORBIDDEN = re.compile(
    r"\b(?:aman|pasti resmi|penipu\w*|dijamin|terpercaya|bodong|ilegal|palsu)\b", re.IGNORECASE
)
ELSEWHERE = {"welcome:menu", "tip_off:start", "check_recruiter:ask_name"}
NODES = shipped_catalog().flows["check_recruiter"].nodes


@dataclass
class FakePorts:
    answer: RecruiterAnswer
    now: datetime = datetime(2026, 9, 20, 9, tzinfo=UTC)

    def find_recruiter(self, text: str) -> RecruiterAnswer:
        return self.answer


def a_row(name: str, status: str, score: float = 100, number: str = "123") -> RegisterRow:
    text = "penghentian sementara 3 bulan sejak 2026-02-03"
    return RegisterRow(
        name, number, status, text, "https://www.example.org/a", date(2026, 2, 5), score
    )


def a_scene(words: str, verdict: Verdict, *rows: RegisterRow, stale: bool = False) -> Scene:
    answer = RecruiterAnswer(verdict, rows, date(2026, 9, 17), stale)
    return Scene({}, Person("telegram"), FakePorts(answer), words)  # type: ignore[arg-type]


def walk(scene: Scene) -> str:
    name = "start"
    while isinstance(node := NODES[name], Decide):
        name = node.exits[node.by(scene)]
    return name


def said(scene: Scene) -> str:
    node = NODES[walk(scene)]
    assert isinstance(node, Say | Choose | Pick | Ask)
    slots = node.slots(scene) if node.slots else {}
    return TEXTS[node.text.removeprefix("check_recruiter.")].format_map(slots)


LISTED, REVOKED = a_row("PT A Satu", "listed"), a_row("A Satu", "revoked")
CASES = [
    ("listed", "listed", (LISTED,)),
    ("listed_near", "listed", (LISTED, a_row("A Satu B", "revoked", 90))),
    ("listed_before", "listed", (LISTED, a_row("A Satu", "lifted_watch"))),
    ("conflict", "conflict", (LISTED, REVOKED)),
    ("mismatch", "conflict", (LISTED,)),
    ("mismatch", "conflict", (LISTED, a_row("B Dua", "revoked", number="456"))),
    ("mismatch", "conflict", (LISTED, a_row("B Dua", "listed", number="456"))),
    ("two_names", "conflict", (LISTED, a_row("B Dua", "revoked"))),
    ("conflict_ended", "conflict", (REVOKED, a_row("A Satu", "lifted_watch"))),
    ("sanctioned", "sanctioned", (REVOKED, LISTED)),
    ("sanctioned_near", "sanctioned", (REVOKED, a_row("A Satu B", "listed", 90))),
    ("similar", "similar", (a_row("A Satu", "listed", 90), a_row("A Satu B", "revoked", 90))),
    ("not_found", "not_found", ()),
    ("not_found_before", "not_found", (a_row("A Satu", "lifted_watch"),)),
    ("not_a_company", "not_a_company", ()),
    ("register_unavailable", "register_unavailable", ()),
]


@pytest.mark.parametrize(("node", "verdict", "rows"), CASES)
def test_every_verdict_has_its_words_with_all_slots_filled(
    node: str, verdict: Verdict, rows: tuple[RegisterRow, ...]
) -> None:
    scene = a_scene("PT Abadi Satu", verdict, *rows)
    assert walk(scene) == node
    text = said(scene)
    assert not FORBIDDEN.search(text)
    assert len(text.strip().splitlines()) <= 6
    if node not in ("not_a_company", "register_unavailable"):
        assert "salinan pihak ketiga, 17 Sep 2026" in text
        assert "sudah lama" in said(a_scene("PT Abadi Satu", verdict, *rows, stale=True))


ACT = "penghentian sementara 3 bulan sejak 3 Feb 2026, menurut example.org, 5 Feb 2026"
COPY = "ada di daftar P3MI (salinan pihak ketiga, 17 Sep 2026)"
FOR_THE_FAMILY = {
    "listed": f"PT A Satu: {COPY}",
    "listed_near": f"PT A Satu: {COPY}",
    "listed_before": f"PT A Satu: {COPY}. Catatan lama: {ACT}",
    "conflict": f"PT A Satu: ada DUA catatan yang berbeda, satu: {COPY}, dua: {ACT}",
    "two_names": f"PT A Satu: ada DUA catatan yang berbeda, satu: {COPY}, dua: B Dua: {ACT}",
    "conflict_ended": f"A Satu: ada DUA catatan yang berbeda, satu: {ACT}, dua: {ACT}",
    "sanctioned": f"A Satu: catatan SANKSI, {ACT}",
    "sanctioned_near": f"A Satu: catatan SANKSI, {ACT}",
    "similar": "nama PT belum ketemu di daftar P3MI (salinan pihak ketiga, 17 Sep 2026)",
    "not_found": "nama PT belum ketemu di daftar P3MI (salinan pihak ketiga, 17 Sep 2026)",
    "not_found_before": "A Satu: TIDAK KETEMU di daftar P3MI (salinan pihak ketiga, "
    f"17 Sep 2026). Catatan lama: {ACT}",
    "register_unavailable": "daftar P3MI sedang tidak bisa dibaca",
}


@pytest.mark.parametrize(
    ("node", "verdict", "rows"), [case for case in CASES if case[0] in FOR_THE_FAMILY]
)
def test_the_family_hears_every_record_an_act_with_its_own_source_and_date(
    node: str, verdict: Verdict, rows: tuple[RegisterRow, ...]
) -> None:
    scene = a_scene("PT Abadi Satu", verdict, *rows)
    assert verdict_line(scene, named=True) == FOR_THE_FAMILY[node]


@pytest.mark.parametrize(
    ("rows", "written"),
    [
        ((), "Abadi (tidak ketemu)"),
        ((a_row("B Dua", "revoked", number="456"),), f"B Dua: {ACT}"),
        ((a_row("B Dua", "listed", number="456"),), f"B Dua: {COPY}"),
    ],
)
def test_nor_is_it_hidden_where_number_and_name_do_not_fit(
    rows: tuple[RegisterRow, ...], written: str
) -> None:
    answer = RecruiterAnswer("conflict", (LISTED, *rows), date(2026, 9, 17), written="Abadi")
    scene = Scene({}, Person("telegram"), FakePorts(answer), "PT Abadi 123")  # type: ignore[arg-type]
    owner = f"nomor izin dan nama TIDAK COCOK. Nomor itu milik PT A Satu, {COPY}"
    assert verdict_line(scene, named=True) == f"{owner}. Nama yang ditulis: {written}"


def test_without_a_name_no_register_is_spoken_of() -> None:
    scene = a_scene("gaji 14 juta", "not_found")
    assert verdict_line(scene, named=False) == "nama PT belum disebut"


@pytest.mark.parametrize(("node", "verdict", "rows"), CASES)
def test_every_fact_has_a_source(
    node: str, verdict: Verdict, rows: tuple[RegisterRow, ...]
) -> None:
    asked = NODES[node]
    if isinstance(asked, Say):
        assert asked.source is not None
        assert asked.source(a_scene("PT Abadi Satu", verdict, *rows))["source"]


@pytest.mark.parametrize(
    "told",
    [
        "cek PT Maju Jaya",
        "cek PT Zubaedah Kencana Qwerty",
        "cek PT Maju Jaya, admin di Kamboja, gaji 14 juta, DP 2 juta",
        "cek LPK Sakura",
        "cek LPK Sakura magang dana talangan ke jepang, bayar dulu 5 juta",
        "cek saya dikirim perusahaan sendiri, UKPS",
        "cek pak Slamet",
    ],
)
def test_not_to_pay_is_said_exactly_once(told: str) -> None:
    assert words(talk(told)).count("Jangan bayar") == 1


def test_no_text_holds_a_forbidden_word_or_its_own_choices() -> None:
    for key, text in TEXTS.items():
        assert not FORBIDDEN.search(text), key
        assert not re.search(r"^\s*\d[.)]", text, re.MULTILINE), key


def test_every_text_is_used_and_every_used_text_exists() -> None:
    used = {"name_too_short"}
    for node in NODES.values():
        labels = [choice.label for choice in choices_of(node)]
        texts = [node.text] if isinstance(node, Say | Choose | Pick | Ask) else []
        ours = [key for key in (*labels, *texts) if key.startswith("check_recruiter.")]
        used |= {key.removeprefix("check_recruiter.") for key in ours}
    assert used == set(TEXTS)


def choices_of(node: object) -> tuple[Choice, ...]:
    if isinstance(node, Choose):
        return node.choices
    extra = node.other if isinstance(node, Pick) else node.skip if isinstance(node, Ask) else None
    return (extra,) if extra else ()


def test_labels_are_short_and_choices_lead_somewhere() -> None:
    for name, node in NODES.items():
        choices = choices_of(node)
        longest = 20 if len(choices) + 1 <= 3 else 24
        assert len(choices) <= 5
        for choice in choices:
            if choice.label.startswith("check_recruiter."):
                assert len(TEXTS[choice.label.removeprefix("check_recruiter.")]) <= longest, name
            assert choice.then in NODES or choice.then in ELSEWHERE


def test_names_to_choose_from_show_their_status_only_when_they_differ() -> None:
    node = NODES["similar"]
    assert isinstance(node, Pick)
    one, other = a_row("A Satu", "listed", 90), a_row("A Satu B", "revoked", 90)
    labels = [option.label for option in node.options(a_scene("x", "similar", one, other))]
    assert labels == ["A Satu (ada di daftar)", "A Satu B (izin dicabut)"]
    labels = [option.label for option in node.options(a_scene("x", "similar", one))]
    assert labels == ["A Satu"]


@pytest.mark.parametrize("words", ["", "2", "cek perusahaan", "PT", "apakah PT itu resmi?"])
def test_words_without_a_name_are_asked_for_one(words: str) -> None:
    assert walk(a_scene(words, "not_found")) == "ask_name"


@pytest.mark.parametrize("words", ["PT ABP", "abul pratamajaya", "NIB 9120 3077 72741"])
def test_words_with_a_name_are_looked_up_at_once(words: str) -> None:
    assert walk(a_scene(words, "not_found")) == "not_found"


def test_too_short_a_name_is_asked_for_again() -> None:
    node = NODES["ask_name"]
    assert isinstance(node, Ask)
    with pytest.raises(AskAgain):
        node.read("pt a", a_scene("", "not_found"))
