"""A picture in a conversation: promised, read back, judged or reported, and never in the way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flows import attachments, engine, pictures
from flows.events import PictureSent
from flows.pictures import MOST_WAITING, shorten
from flows.ports import Person
from flows.session import Frame, Input, Session
from flows.waits import wakes_at
from tests.flows.ports import NOW, FakePorts
from tests.flows.talking import (
    ALONE,
    CATALOG,
    VILLAGER,
    assert_answered,
    at,
    messages,
    person_of,
    place,
    say,
    take,
    talk,
    wake,
    words,
)

TEXT = "LOWONGAN KERJA KE TAIWAN\nPT ALFA NUSANTARA\nGaji 12 juta"
LINE = "“LOWONGAN KERJA KE TAIWAN / PT ALFA NUSANTARA / Gaji 12 juta”"
OFFERED = {("tip_status", "shown"), ("tip_status", "photo")}
FOR_VILLAGES = {("broadcasts", node) for node in ("text", "preview")}
READ = [
    w for w in ALONE
    if w[0] != attachments.DRAFT and w not in {*attachments.ADDS_TO_CASE, *OFFERED, *FOR_VILLAGES}
]  # fmt: skip
"""Where a picture is read; in a report it is kept (test_attachments.py)."""
CALM = [w for w in ALONE if getattr(CATALOG.flows[w[0]].nodes[w[1]], "open", False)]
BUSY = [w for w in ALONE if w not in CALM and w != pictures.ASKS_FOR_IT]


def sends(
    session: Session, caption: str = "", *, media: str = "file-1", person: Person = VILLAGER,
    ports: FakePorts | None = None,
) -> engine.Sprint:  # fmt: skip
    given = Input("picture", caption, media=media)
    return take(session, given, person, ports)


def is_read(
    session: Session, text: str = TEXT, caption: str = "", outcome: str = "read",
    person: Person = VILLAGER,
) -> engine.Sprint:  # fmt: skip
    given = Input("picture_read", text, outcome, caption=caption)
    return take(session, given, person)


def promised(sprint: engine.Sprint) -> list[PictureSent]:
    return [event for event in sprint.events if isinstance(event, PictureSent)]


# ---- the picture comes


@pytest.mark.parametrize(("flow", "node"), READ)
def test_a_picture_is_promised_and_the_question_waits_on(flow: str, node: str) -> None:
    before = at(flow, node)
    sprint = sends(before, "PT ini benar?", person=person_of(flow))
    assert promised(sprint) == [PictureSent("file-1", "PT ini benar?")]
    assert words(sprint) == "Sebentar, fotonya saya baca dulu."
    assert sprint.session == before


def test_a_new_person_is_told_who_answers() -> None:
    sprint = sends(Session(), person=replace(VILLAGER, is_new=True, consented=False))
    assert "Kantor Imigrasi Ponorogo" in words(sprint)
    assert "fotonya saya baca dulu" in words(sprint)


def test_danger_in_the_caption_is_heard_first() -> None:
    sprint = sends(talk("menu").session, "tolong, adik saya disekap")
    assert place(sprint) == "tip_off.danger_first"
    assert not promised(sprint)


def test_where_nothing_is_installed_the_villager_is_asked_to_type() -> None:
    sprint = sends(at("ask_human", "question"), ports=FakePorts(reads=False))
    assert "belum bisa membaca gambar" in words(sprint)
    assert "Apa pertanyaan Anda" in words(sprint)
    assert not promised(sprint)


@pytest.mark.parametrize(
    ("reads", "said"), [(True, "tulisan dan foto, belum video"), (False, "belum foto, video")]
)
def test_a_film_is_told_what_can_be_read_here(reads: bool, said: str) -> None:
    given = Input("unreadable")
    sprint = engine.resume(CATALOG, talk("menu").session, given, VILLAGER, FakePorts(reads=reads))
    assert said in words(sprint)


def test_a_picture_that_is_too_large_is_not_promised() -> None:
    sprint = sends(talk("menu").session, media="")
    assert "terlalu besar" in words(sprint)
    assert not promised(sprint)


@pytest.mark.parametrize("waiting", range(MOST_WAITING + 2))
def test_more_than_a_few_are_declined_politely(waiting: int) -> None:
    sprint = sends(talk("menu").session, ports=FakePorts(pictures=waiting))
    assert len(promised(sprint)) == (waiting < MOST_WAITING)
    said = words(sprint)
    assert ("sesudah yang tadi" in said) == (0 < waiting < MOST_WAITING)
    assert ("Kirim lagi nanti" in said) == (waiting >= MOST_WAITING)
    assert str(MOST_WAITING) in CATALOG.wording.raw("pictures.too_many")


# ---- it has been read


@pytest.mark.parametrize(("flow", "node"), [*CALM, pictures.ASKS_FOR_IT])
def test_what_was_read_is_read_back_in_one_line(flow: str, node: str) -> None:
    sprint = is_read(at(flow, node), person=person_of(flow))
    assert place(sprint) == "pictures.read_back"
    (message,) = messages(sprint.events)
    assert message.text == f"Ini yang terbaca: {LINE}. Cek ini?"
    assert [button.number for button in message.buttons] == ["1", "2", "3", "0"]
    assert not message.fixed, "no channel may register what was read"


@pytest.mark.parametrize("typed", ["1", "ya", "cek"])
def test_yes_hands_the_words_to_the_check(typed: str) -> None:
    sprint = say(is_read(Session(), caption="benar tidak?").session, typed)
    assert sprint.session.flow == "check_recruiter"
    carried = {"told": f"benar tidak?\n{TEXT}"} if pictures.CHECK.carry else {}
    assert carried.items() <= sprint.session.answers.items()
    assert carried or TEXT not in repr(sprint.session)


@pytest.mark.parametrize("typed", ["2", "salah", "salah baca", "bukan"])
def test_misread_words_are_typed_instead(typed: str) -> None:
    sprint = say(is_read(Session()).session, typed)
    assert place(sprint) == "check_recruiter.ask_name"
    assert "told" not in sprint.session.answers


@pytest.mark.parametrize("typed", ["3", "lapor", "laporkan", "LAPOR"])
def test_a_reported_picture_is_the_reports_first_sentence(typed: str) -> None:
    session = say(is_read(Session()).session, typed).session
    assert (session.flow, session.answers) == (
        "tip_off",
        {"what": f"(foto) {TEXT}".replace("\n", " ")},
    )
    for words_ in ("lanjut", "tidak"):
        sprint = say(session, words_)
        session = sprint.session
    assert "Di mana kejadiannya" in words(sprint), "the story is not asked for again"


def test_a_human_is_reached_from_there() -> None:
    assert say(is_read(Session()).session, "0").session.flow == "ask_human"


def test_other_words_are_read_for_themselves() -> None:
    sprint = say(is_read(Session()).session, "cek PT Maju Jaya")
    assert place(sprint) == "check_recruiter.next_watch"
    assert sprint.session.answers["told"] == "PT Maju Jaya"


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("nothing", "tidak terbaca"),
        ("damaged", "tidak terbaca"),
        ("no_picture", "tidak terbaca"),
        ("too_hard", "tidak terbaca"),
        ("too_large", "terlalu besar"),
        ("not_fetched", "tidak sampai"),
    ],
)
def test_an_unread_picture_asks_for_the_name(outcome: str, said: str) -> None:
    sprint = is_read(talk("menu").session, "", outcome=outcome)
    assert said in words(sprint)
    assert "nama PT" in words(sprint)
    assert place(sprint) == "check_recruiter.ask_name"


def test_an_unread_picture_leaves_its_caption() -> None:
    sprint = is_read(Session(), "", "PT Maju Jaya ini benar?", "nothing")
    assert "Anda menulis: “PT Maju Jaya ini benar?”" in words(sprint)
    assert sprint.session.answers["told"] == "PT Maju Jaya ini benar?"
    assert say(sprint.session, "1").session.flow == "check_recruiter"


# ---- somebody is in the middle of a question


@pytest.mark.parametrize(("flow", "node"), BUSY)
@pytest.mark.parametrize("text", [TEXT, ""], ids=["read", "not read"])
def test_the_open_question_is_put_again_and_not_lost(flow: str, node: str, text: str) -> None:
    before = at(flow, node)
    sprint = is_read(before, text, outcome="read" if text else "nothing", person=person_of(flow))
    assert place(sprint) == f"{flow}.{node}"
    assert sprint.session.answers == before.answers
    assert_answered(sprint)
    assert (LINE in words(sprint)) == bool(text)
    assert ("pictures" in sprint.session.kept) == bool(text)


def test_the_picture_is_asked_about_once_the_question_is_done() -> None:
    session = is_read(talk("lapor", "lanjut", "tidak").session).session
    session = say(session, "Ada calo minta uang").session
    assert place(engine.Sprint(session, [])) == "tip_off.where_ask"
    sprint = say(session, "menu")
    assert "Mau apa hari ini" in words(sprint)
    assert LINE in words(sprint)
    assert place(sprint) == "pictures.read_back"
    assert set(sprint.session.kept) == {"tip_off"}


@pytest.mark.parametrize(
    ("half", "story"),
    [
        (("lapor", "lanjut", "akan berangkat segera"), ""),
        (("lapor", "lanjut", "tidak", "Ada calo minta uang"), "Ada calo minta uang "),
    ],
)
def test_a_picture_reported_beside_a_half_done_report_joins_it(
    half: tuple[str, ...], story: str
) -> None:
    session = say(is_read(talk(*half).session).session, "menu").session
    sprint = say(session, "3")
    assert words(sprint) == "Tadi belum selesai. Mau dilanjutkan?"
    assert sprint.session.kept["tip_off"].answers["what"].startswith(f"{story}(foto) LOWONGAN")
    assert "Di mana kejadiannya" in words(say(sprint.session, "ya"))


def test_it_comes_after_the_receipt_of_a_report() -> None:
    session = is_read(at("tip_off", "read_back")).session
    sprint = say(session, "kirim")
    assert words(sprint).index("Kode laporan") < words(sprint).index("Cek ini?")
    assert sprint.session.answers["told"] == TEXT


@pytest.mark.parametrize("word", ["batal", "stop"])
def test_cancel_and_stop_drop_it(word: str) -> None:
    session = is_read(at("tip_off", "what")).session
    sprint = say(session, word)
    assert not sprint.session.kept
    assert "Cek ini?" not in words(sprint)


def test_time_alone_never_brings_it_up() -> None:
    session = is_read(at("tip_off", "what")).session
    later = FakePorts().later(timedelta(hours=23))
    sprint = wake(session, later)
    assert "Cek ini?" not in words(sprint)


@pytest.mark.parametrize(("flow", "node"), [("welcome", "menu"), ("tip_off", "what")])
def test_a_cry_for_help_in_a_screenshot_gets_the_numbers_first(flow: str, node: str) -> None:
    said = words(is_read(at(flow, node), "Bu, saya disekap majikan\ntolong"))
    assert said.index("telepon dulu: 110 (Polisi)") < said.index("disekap")


# ---- what was read does not stay


@pytest.mark.parametrize("node", ["read_back", "from_caption"])
def test_it_is_forgotten_after_a_day(node: str) -> None:
    asked = is_read(Session()).session
    asked.node = node
    assert wakes_at(CATALOG, asked) == int((NOW + timedelta(hours=24)).timestamp())
    later = FakePorts().later(timedelta(hours=24))
    sprint = wake(asked, later)
    assert (sprint.session, sprint.events) == (Session(waits_since=asked.waits_since), [])


def test_it_is_forgotten_after_a_day_beside_an_open_question() -> None:
    session = is_read(at("tip_off", "what")).session
    later = FakePorts().later(timedelta(hours=24))
    sprint = wake(session, later)
    assert not sprint.session.kept
    assert sprint.session.flow == "tip_off"


@pytest.mark.parametrize("word", ["menu", "batal", "stop", "cek PT Maju Jaya", "2"])
def test_it_is_forgotten_as_soon_as_the_conversation_leaves_it(word: str) -> None:
    sprint = say(is_read(Session()).session, word)
    assert TEXT not in repr(sprint.session)


def test_an_old_button_does_not_judge_nothing() -> None:
    sprint = say(talk("menu").session, "", payload="pictures.read_back.check")
    assert place(sprint) == "check_recruiter.ask_name"


def test_identity_numbers_are_masked_before_anything_is_kept() -> None:
    sprint = is_read(Session(), "NIK 3502010101010001\nPT ALFA", "nik 3502010101010001")
    assert "3502010101010001" not in repr(sprint)
    assert "disembunyikan" in words(sprint)


# ---- the line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (TEXT, LINE.strip("“”")),
        ("a\n\n  b   c \n", "a / b c"),
        ("", ""),
        ("x" * 300, "x" * 119 + "…"),
        ("Dapatkan di https://jahat.example/x sekarang\nPT ALFA", "Dapatkan di sekarang / PT ALFA"),
        ("kunjungi www.jahat.id atau loker-taiwan.com\nok", "kunjungi atau / ok"),
    ],
)
def test_the_line_is_short_and_has_no_links(text: str, line: str) -> None:
    assert shorten(text) == line


def test_the_telling_lines_are_kept_in_their_order() -> None:
    chatter = [f"kalimat biasa yang panjang nomor {n}" for n in range(12)]
    text = "\n".join([*chatter[:6], "Gaji Rp 12.000.000", *chatter[6:], "PT ALFA NUSANTARA"])
    line = shorten(text)
    assert len(line) <= pictures.LINE
    assert line.index("Gaji Rp 12.000.000") < line.index("PT ALFA NUSANTARA")


# ---- one after the other


@pytest.mark.parametrize(
    ("session", "waits"),
    [
        (Session(), False),
        (at("tip_off", "what"), False),
        (Session(flow="pictures", node="read_back", waits_since=1000), True),
        (Session(kept={"pictures": Frame("read_back", {}, 1000)}), True),
    ],
)
def test_the_next_picture_waits_for_the_answer_about_this_one(
    session: Session, waits: bool
) -> None:
    assert pictures.busy(session, 1000 + 599) is waits
    assert pictures.busy(session, 1000 + 600) is False
