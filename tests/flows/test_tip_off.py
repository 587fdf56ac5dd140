"""A report as pure conversation: what is asked, what is kept, what goes into the seal."""

import pytest

from flows import tip_off
from flows.catalog import text_version
from flows.events import ConsentGiven, Event, TipOpened
from flows.ports import PlaceAnswer
from flows.session import Session
from tests.flows.ports import MALAYSIA, NGRAYUN, RECEIPT, FakePorts
from tests.flows.talking import CATALOG, at, messages, place, say, talk, words

TOLD = "Kemarin Pak Joko membawa adik saya di Malaysia, ada bukti chat"
START = ("LAPOR", "1", "3")


def opened(events: list[Event]) -> TipOpened:
    return next(event for event in events if isinstance(event, TipOpened))


def asked(*lines: str, ports: FakePorts | None = None) -> list[str]:
    """The questions put, node by node, one for each line."""
    session, nodes = Session(), []
    for line in lines:
        session = say(session, line, ports=ports).session
        nodes.append(session.node)
    return nodes


# ---- before the first question


def test_the_notice_says_what_each_side_sees_before_the_choice() -> None:
    text = words(talk("LAPOR"))
    assert text.startswith("Sebelum mulai")
    for told in ("WhatsApp atau Telegram melihat", "Petugas imigrasi membaca", "HP ini",
                 "Tanpa simpan nomor: alamat itu dilepas", "bukan tanpa jejak"):  # fmt: skip
        assert told in text
    assert "lapor" not in text.splitlines()[0].casefold()
    three = messages(talk("LAPOR").events)
    assert [len(message.text.splitlines()) for message in three] == [3, 3, 3]
    assert [bool(message.buttons) for message in three] == [False, False, True]


def test_consent_names_the_texts_that_were_shown() -> None:
    version = text_version(CATALOG.wording, *tip_off.NOTICE)
    said = talk("LAPOR", "Lanjut")
    assert ConsentGiven("report", version) in said.events
    assert said.session.answers["consent"] == version


def test_for_a_hidden_reporter_consent_stands_only_inside_the_seal() -> None:
    version = text_version(CATALOG.wording, *tip_off.NOTICE)
    hidden = talk("LAPOR", "Tanpa simpan nomor")
    assert not [event for event in hidden.events if isinstance(event, ConsentGiven)]
    for line in ("3", "Ada calo di pasar", "ngrayun", "ya", "1", "1", "kirim"):
        hidden = say(hidden.session, line)
    tip = opened(hidden.events)
    assert tip.report["consent"] == version
    assert not tip.keep_return_address


def test_cancel_before_the_first_question_keeps_nothing() -> None:
    over = talk("LAPOR", "Batal")
    assert not [event for event in over.events if isinstance(event, ConsentGiven)]
    assert not over.session.answers
    assert not over.session.kept


# ---- only what is missing


def test_a_story_that_tells_nothing_leads_to_every_question_but_no_more_than_five() -> None:
    nodes = asked(*START, "Ada calo di pasar", "ngrayun", "ya", "kapan ya", "si anu", "boleh")
    assert nodes[3:] == ["where_ask", "where_check", "when", "who", "contact_ask", "read_back"]


def test_one_message_answers_all_but_the_place_and_the_permission() -> None:
    assert asked(*START, TOLD, "ya", "ngrayun", "ya", "boleh")[3:] == [
        "where_heard", "home_ask", "home_check", "contact_ask", "read_back",
    ]  # fmt: skip


def test_one_answer_may_hold_the_next_one() -> None:
    nodes = asked(*START, "Ada calo di pasar", "ngrayun", "ya", "kemarin, calo bernama Joko")
    assert nodes[-1] == "contact_ask"


@pytest.mark.parametrize("node", ["what", "where_ask", "home_ask", "when", "who"])
def test_i_do_not_know_is_an_answer(node: str) -> None:
    sprint = say(at("tip_off", node), "tidak tahu")
    assert sprint.session.node != node


def test_in_danger_only_the_place_is_asked() -> None:
    nodes = asked("LAPOR", "1", "1", "Ada anak dikunci di ruko", "ngrayun", "ya")
    assert nodes[2:] == ["what", "where_ask", "where_check", "contact_ask"]


@pytest.mark.parametrize(
    ("typed", "node"),
    [
        ("ya sekarang", "where_ask"),
        ("iya pak masih di sana tolong", "where_ask"),
        ("tidak, itu tahun lalu", "before"),
        ("sudah pulang kemarin", "before"),
        ("tidak sekarang pak", "before"),
        ("sekarang sudah aman", "before"),
        ("tidak bisa keluar", "danger_first"),
        ("sudah tiga hari dikunci", "danger_first"),
        ("di rumah majikannya", "danger_first"),
    ],
)
def test_is_it_happening_now_may_be_answered_in_words(typed: str, node: str) -> None:
    cry = talk("tolong adik saya disekap")
    answered = say(cry.session, typed)
    assert answered.session.node == node
    if node == "danger_first":
        assert answered.session.answers["what"].endswith(typed)
        assert "110" in words(answered)


def test_danger_in_the_story_brings_the_numbers_once() -> None:
    told = talk(*START, "Adik saya disekap di ruko")
    assert "telepon dulu, jangan tunggu kami: 110" in words(told)
    assert place(told) == "tip_off.where_ask"
    assert "telepon dulu" in words(say(at("tip_off", "who"), "tolong, anak saya disekap dia"))
    assert "telepon dulu" not in words(say(told.session, "ngrayun"))


def test_a_story_with_its_place_is_read_back() -> None:
    told = "ada penampungan gelap dekat balai desa ngrayun"
    ports = FakePorts(places={told: PlaceAnswer(NGRAYUN, 0.9)})
    heard = talk(*START, told, ports=ports)
    assert place(heard) == "tip_off.where_heard"
    assert NGRAYUN.name in words(heard)
    wrong = say(heard.session, "bukan", ports=ports)
    assert place(wrong) == "tip_off.where_ask"
    assert "where_code" not in wrong.session.answers


def test_a_doubtful_place_in_a_story_is_offered() -> None:
    told = "calo dari ngrayun membawa orang"
    ports = FakePorts(places={told: PlaceAnswer(NGRAYUN, 0.6)})
    assert place(talk(*START, told, ports=ports)) == "tip_off.where_maybe"
    ports = FakePorts(places={told: PlaceAnswer(None, 0.4, (NGRAYUN, MALAYSIA))})
    put = talk(*START, told, ports=ports)
    assert [button.label for button in messages(put.events)[-1].buttons] == [
        NGRAYUN.name, "Bukan semuanya", "Bicara petugas"
    ]  # fmt: skip


def test_an_offer_abroad_has_not_happened_there() -> None:
    told = "calo menawarkan kerja di Malaysia"
    assert place(talk(*START, told)) == "tip_off.where_ask"


def test_where_two_offices_share_a_regency_the_kecamatan_is_asked_once() -> None:
    lines = (*START, "Ada calo di pasar", "ngrayun", "ya")
    unclear = talk(*lines, ports=FakePorts(unclear=True))
    assert place(unclear) == "tip_off.where_district"
    for answer in ("tidak tahu", "entah kecamatan apa"):
        then = say(unclear.session, answer, ports=FakePorts(unclear=True))
        assert place(then) == "tip_off.when"
        assert then.session.answers["where_code"] == NGRAYUN.code


# ---- abroad, and for somebody else


def test_abroad_the_home_decides_and_the_helper_is_asked_about_the_other() -> None:
    home = talk(*START, TOLD, "ya")
    assert "Perwakilan RI" in words(home)
    assert "orang itu tinggal atau berasal" in words(home)
    for line in ("ngrayun", "ya", "boleh", "kirim"):
        home = say(home.session, line)
    tip = opened(home.events)
    assert (tip.place_code, tip.home_code) == (MALAYSIA.code, NGRAYUN.code)
    assert tip.report["helper"] == "yes"
    assert tip.report["home_name"] == NGRAYUN.name


def test_somebody_abroad_who_writes_is_asked_about_home() -> None:
    told = "paspor saya ditahan majikan di Malaysia"
    assert "Anda tinggal atau berasal" in words(talk(*START, told, "ya"))


def test_the_home_is_not_asked_when_it_is_the_same_place() -> None:
    told = "warga ngrayun ditahan paspornya"
    ports = FakePorts(places={"ngrayun ditahan paspornya": PlaceAnswer(NGRAYUN, 0.9),
                              "ngrayun": PlaceAnswer(NGRAYUN, 1.0)})  # fmt: skip
    assert asked(*START, told, "ngrayun", "ya", ports=ports)[-1] == "when"


# ---- what the officer gets


def test_category_and_reasons_go_inside_and_are_never_shown() -> None:
    lines = (*START, "Calo menahan paspor adik saya dan gajinya tidak dibayar", "ngrayun", "ya",
             "kemarin", "boleh", "kirim")  # fmt: skip
    session, said = Session(), ""
    for line in lines:
        sprint = say(session, line)
        session, said = sprint.session, said + words(sprint)
    tip = opened(sprint.events)
    assert tip.category == "tppo"
    assert "UU 21/2007" in tip.report["reasons"]
    for secret in ("TPPO", "tppo", "UU 21/2007", "Proses", "bukan kesimpulan"):
        assert secret not in said


@pytest.mark.parametrize(
    ("ports", "hidden", "told"),
    [
        (FakePorts(), False, "Kami kabari di chat ini"),
        (FakePorts(), True, "hanya bisa dibaca dengan kode"),
        (FakePorts(reachable=False), False, "tidak bisa menjanjikan waktunya"),
        (FakePorts(reachable=False), True, "hanya bisa dibaca dengan kode"),
        (FakePorts(served=False), False, "tanpa janji waktu"),
    ],
)
def test_only_what_is_true_is_promised(ports: FakePorts, hidden: bool, told: str) -> None:
    session = at("tip_off", "read_back")
    if hidden:
        session.answers["hidden"] = "yes"
    said = words(say(session, "kirim", ports=ports))
    assert told in said
    assert f"Kode laporan: {RECEIPT}" in said
    assert "Simpan kode itu" in said
    assert "yang pertama" not in said
    if not (ports.reachable and ports.served):
        assert "paling lambat" not in said


# ---- put right in one's own words


@pytest.mark.parametrize(
    ("typed", "part", "now"),
    [
        ("bukan kemarin, tadi pagi", "when", "tadi pagi"),
        ("salah, bukan kemarin tapi besok malam", "when", "besok malam"),
        ("tadi pagi", "when", "tadi pagi"),
        ("pelakunya Bu Ani", "who", "Bu Ani"),
        ("bukan Pak X, Pak Y", "who", "Pak Y"),
        ("korbannya keponakan saya", "victim", "keponakan saya"),
        ("bukan calo, tetangga", "what", "dibawa tetangga"),
        ("dia juga mengambil ijazah anak saya", "what",
         "dibawa calo dia juga mengambil ijazah anak saya"),
    ],
)  # fmt: skip
def test_a_correction_changes_its_own_part_only(typed: str, part: str, now: str) -> None:
    session = at("tip_off", "read_back")
    sprint = say(session, typed)
    assert place(sprint) == "tip_off.read_back"
    assert sprint.session.answers == session.answers | {part: now}


def test_a_corrected_place_is_read_back_first() -> None:
    sprint = say(at("tip_off", "read_back"), "tempatnya di ngrayun")
    assert place(sprint) == "tip_off.where_heard"
    done = say(sprint.session, "ya")
    assert place(done) == "tip_off.read_back"


@pytest.mark.parametrize("typed", ["hmm", "🙂", "bukan", "tempatnya di xyzzy"])
def test_what_puts_nothing_right_leads_to_the_parts(typed: str) -> None:
    assert place(say(at("tip_off", "read_back"), typed)) == "tip_off.change"


def test_an_identity_number_in_a_correction_is_masked() -> None:
    sprint = say(at("tip_off", "read_back"), "NIK anak itu 3502010101900001 menurut calo")
    assert "3502010101900001" not in repr(sprint)
