"""Questions for a meeting: what goes there, what goes elsewhere, and which ask the same."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.meeting_desk import few
from flows.meeting_plan import MeetingAnswered, MeetingAsked
from flows.meetings import accuses
from flows.question_groups import SAME, alike, nearest
from flows.session import Input, Session
from tests.flows.ports import MEETING, FakePorts
from tests.flows.talking import OFFICER, VILLAGER, at, messages, place, say, take, talk, words


@pytest.mark.parametrize(
    ("question", "node"),
    [
        ("Berapa biaya resmi ke Taiwan?", "is_ok"),
        ("Apa Pak Kades datang juga?", "is_ok"),
        ("Kalau paspor ditahan majikan bagaimana?", "is_ok"),
        ("Kalau ada calo di desa, lapor ke siapa?", "is_ok"),
        ("Apakah boleh pergi tanpa lewat PT?", "is_ok"),
        ("Saya dimintai 15 juta oleh sponsor bagaimana?", "is_ok"),
        ("Apakah PT Maju Jaya resmi?", "is_check"),
        ("bu Wati itu penipu ya", "is_report"),
        ("Pak Joko calo, minta uang 5 juta, kenapa dibiarkan?", "is_report"),
        ("Pak Joko suka makan apa kalau siang?", "question"),
        ("telepon saya 081234567890 bisa daftar tidak?", "question"),
        ("apa", "question"),
        ("a " * 200, "question"),
    ],
)
def test_where_a_question_goes(question: str, node: str) -> None:
    asked = say(at("meetings", "question"), question)
    assert place(asked) == f"meetings.{node}"
    assert not any(isinstance(event, MeetingAsked) for event in asked.events)


def test_what_the_screen_takes_for_an_accusation() -> None:
    assert accuses("Bu Sari menipu tetangga saya")
    assert not accuses("Bagaimana tahu seseorang calo?")
    assert accuses("Pak Joko minta uang", flagged=True)
    assert not accuses("Pak Joko minta uang")


def test_a_question_is_read_back_and_goes_without_a_name() -> None:
    asked = talk("tanya pertemuan Berapa biaya ke Taiwan? NIK 3502020101900001")
    assert "NIK disembunyikan" in words(asked)
    sent = say(asked.session, "kirim")
    assert [e for e in sent.events if isinstance(e, MeetingAsked)] == [
        MeetingAsked(12, "Berapa biaya ke Taiwan? [NIK disembunyikan]".replace("? [", "? NIK ["))
    ]
    assert not sent.session.answers, "nothing of it stays in the session"


def test_what_was_answered_before_is_said_at_once() -> None:
    ports = FakePorts(ready={"Berapa umurnya ya?": "18 tahun."})
    sent = talk("tanya pertemuan Berapa umurnya ya?", "kirim", ports=ports)
    assert "18 tahun" in words(sent)
    assert any(isinstance(event, MeetingAsked) for event in sent.events), "it counts all the same"


def test_five_questions_are_enough() -> None:
    asked = talk(
        "tanya pertemuan Berapa umurnya ya?", ports=FakePorts(near=(replace(MEETING, asked=5),))
    )
    assert "lima kali" in words(asked)


def test_without_a_meeting_tanya_is_for_the_officer_as_ever() -> None:
    nowhere = FakePorts(near=())
    assert place(talk("tanya", ports=nowhere)) == "ask_human.question"
    assert place(talk("tanya apa itu paspor", ports=nowhere)).startswith("free_text")
    assert place(talk("tanya")) == "meetings.tanya_where"
    assert place(talk("tanya", "petugas")) == "ask_human.question"


# ---- coming or not


@pytest.mark.parametrize(
    ("typed", "coming"),
    [("DATANG", "yes"), ("tidak jadi datang", "no"), ("mungkin datang", "maybe")],
)
def test_words_answer_the_invitation(typed: str, coming: str) -> None:
    assert MeetingAnswered(12, coming) in talk(typed).events  # type: ignore[arg-type]


def press(session: Session, payload: str, ports: FakePorts) -> list[object]:
    return list(take(session, Input("choice", "Datang", payload), ports=ports).events)


def test_an_invitations_button_means_its_own_meeting_wherever_it_is_pressed() -> None:
    two = FakePorts(near=(MEETING, replace(MEETING, number=13)))
    for session in (
        Session(),
        at("meetings", "page"),
        at("lessons", "start"),
        at("tip_off", "what"),
    ):
        assert MeetingAnswered(13, "yes") in press(session, "meetings.page.yes~13", two)
        assert MeetingAnswered(12, "no") in press(session, "meetings.page.no~12", two)
    assert not any(
        isinstance(e, MeetingAnswered) for e in press(Session(), "meetings.page.yes~9", two)
    )


def test_a_report_that_is_half_told_waits_while_the_invitation_is_answered() -> None:
    ports = FakePorts()
    told = say(at("tip_off", "when"), "kemarin", ports=ports)
    answered = take(told.session, Input("choice", "Datang", "meetings.page.yes~12"), ports=ports)
    assert "tip_off" in answered.session.kept


def test_of_several_meetings_one_is_chosen() -> None:
    two = FakePorts(near=(MEETING, replace(MEETING, number=13)))
    asked = talk("datang", ports=two)
    assert place(asked) == "meetings.which"
    assert MeetingAnswered(13, "yes") in say(asked.session, "2", ports=two).events


def test_what_is_over_takes_no_answer_but_still_a_question_for_a_while() -> None:
    over = FakePorts(near=(replace(MEETING, status="held"),)).later(timedelta(days=1, hours=3))
    assert "Belum ada pertemuan" in words(talk("datang", ports=over))
    assert place(talk("tanya pertemuan berapa umurnya ya", ports=over)) == "meetings.is_ok"
    called_off = FakePorts(near=())
    pressed = take(Session(), Input("choice", "Datang", "meetings.page.yes~12"), ports=called_off)
    assert "tidak jadi" in words(pressed)


# ---- the same question


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Berapa biaya resmi ke Taiwan?", "ongkos ke taiwan brp ya bu"),
        ("Syarat ke Jepang apa saja?", "apa syarat kerja di jepang"),
        ("Bagaimana cara membuat paspor?", "bikin pasport gimana caranya"),
        ("Kalau paspor ditahan majikan bagaimana?", "paspor saya ditahan majikan harus gimana"),
    ],
)
def test_the_same_in_other_words(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one) >= SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Berapa biaya ke Taiwan?", "Berapa biaya ke Hongkong?"),
        ("Berapa biaya ke Taiwan?", "Berapa gaji di Taiwan?"),
        ("Umur 17 boleh daftar?", "Umur 40 boleh daftar?"),
        ("Bagaimana cara membuat paspor?", "Bagaimana cara memperpanjang paspor?"),
        ("Kalau paspor ditahan majikan bagaimana?", "Kalau gaji tidak dibayar bagaimana?"),
        ("...", "???"),
    ],
)
def test_another_question_in_much_the_same_words(one: str, other: str) -> None:
    assert alike(one, other) < SAME


def test_of_two_groups_that_fit_the_older_is_taken() -> None:
    known = [(3, "Berapa biaya ke Taiwan?"), (7, "Berapa biaya ke Taiwan?")]
    assert nearest("biaya ke taiwan berapa", known) == 3
    assert nearest("biaya ke taiwan berapa", []) == 0


def test_among_many_the_one_that_asks_the_same_is_found() -> None:
    others = [
        (n, f"Berapa gaji di negara {name}?") for n, name in enumerate("abcdefghijklmnopqrst", 10)
    ]
    known = [*others, (99, "Bagaimana cara membuat paspor?"), (100, "Umur 40 boleh daftar?")]
    assert nearest("bikin paspor gimana caranya", known) == 99
    assert nearest("umur 41 boleh daftar?", known) == 0


# ---- the officer's phone


def test_few_people_are_no_number() -> None:
    assert [few(count) for count in (0, 1, 2, 3)] == ["0", "kurang dari 3", "kurang dari 3", "3"]


@pytest.mark.parametrize("command", ["pertemuan", "hadir 43", "gabung 7 8", "pisah 7",
                                     "jawab pertemuan 7 ya"])  # fmt: skip
def test_a_villagers_same_words_do_nothing_of_the_office(command: str) -> None:
    said = talk(command, person=VILLAGER)
    assert not any(type(event).__module__ == "flows.meeting_plan" for event in said.events)
    assert not said.session.flow.startswith("meeting_desk")


def test_a_leader_without_villages_types_one_of_the_area() -> None:
    leader = FakePorts(villages=(), near=())
    assert "Tulis desa dan kecamatannya" in words(talk("pertemuan", person=OFFICER, ports=leader))


def test_a_number_of_people_is_read_and_nothing_else() -> None:
    begun = FakePorts().later(timedelta(days=1, hours=1))
    assert "43 orang hadir" in words(talk("hadir sekitar 43 orang", person=OFFICER, ports=begun))
    assert "Tulis angkanya" in words(talk("hadir banyak", person=OFFICER, ports=begun))
    assert "Belum ada pertemuan yang dimulai" in words(talk("hadir 43", person=OFFICER))
    asked = talk("hadir", person=OFFICER, ports=begun)
    assert "Berapa orang" in words(asked)
    assert messages(say(asked.session, "-1", OFFICER, begun).events)
