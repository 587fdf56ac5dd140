"""A file in a report: kept and acknowledged, its question put again, gone with the draft."""

from datetime import timedelta

import pytest

from flows import attachments, engine, voices
from flows.attachments import ADDS_TO_CASE, DRAFT, MOST, MOST_IN_CASE, NAMES
from flows.events import AttachmentSent, AttachmentTaken, DraftDropped, TipDetailAdded, TipOpened
from flows.nodes import Ask
from flows.ports import Attachments
from flows.session import Frame, Input, InputKind, Session
from tests.flows.ports import NOW, FakePorts
from tests.flows.talking import CATALOG, VILLAGER, WAITS, at, place, say, talk, words

IN_A_REPORT = [wait for wait in WAITS if wait[0] == DRAFT or wait in ADDS_TO_CASE]
ELSEWHERE = [wait for wait in WAITS if wait not in IN_A_REPORT]
OFFERED = sorted(NAMES.keys() - {"photo"})
DECLINED = sorted(NAMES.keys() - {"photo"} - voices.MEDIA)


def sends(
    session: Session, medium: str = "photo", caption: str = "", *, media: str = "file-1",
    files: tuple[int, int] = (0, 0),
) -> engine.Sprint:  # fmt: skip
    kind: InputKind = "picture" if medium == "photo" else "unreadable"
    given = Input(kind, caption, media=media, medium=medium)
    return engine.resume(CATALOG, session, given, VILLAGER, FakePorts(files=Attachments(*files)))


def comes_back(
    session: Session, medium: str = "photo", outcome: str = "kept", tip_id: str = ""
) -> engine.Sprint:
    given = Input("attachment", "", outcome, media="token-1", medium=medium, tip_id=tip_id)
    return engine.resume(CATALOG, session, given, VILLAGER, FakePorts(files=Attachments(1, 0)))


def sent(sprint: engine.Sprint) -> list[AttachmentSent]:
    return [event for event in sprint.events if isinstance(event, AttachmentSent)]


def test_the_waits_that_take_files_exist() -> None:
    """Whoever renames one of them renames it there, too."""
    assert set(WAITS) >= ADDS_TO_CASE
    story = CATALOG.flows[DRAFT].nodes["what"]
    assert isinstance(story, Ask) and story.answer == attachments.STORY


# ---- a file comes


@pytest.mark.parametrize("medium", ["photo", *OFFERED])
@pytest.mark.parametrize(("flow", "node"), IN_A_REPORT)
def test_it_is_fetched_and_the_question_waits_on(flow: str, node: str, medium: str) -> None:
    sprint = sends(at(flow, node), medium)
    assert sent(sprint) == [AttachmentSent("file-1", medium, "" if flow == DRAFT else "t1")]
    assert words(sprint) == f"Sebentar, {NAMES[medium].lower()} Anda saya terima dulu."
    assert place(sprint) == f"{flow}.{node}"
    assert "file-1" not in repr(sent(sprint)), "where it lies reaches no log"


@pytest.mark.parametrize("medium", DECLINED)
@pytest.mark.parametrize(("flow", "node"), ELSEWHERE)
def test_outside_a_report_it_is_declined(flow: str, node: str, medium: str) -> None:
    sprint = sends(at(flow, node), medium)
    assert not sent(sprint)
    assert words(sprint)


@pytest.mark.parametrize("medium", ["location", "contact", "sticker", "poll"])
def test_what_no_report_can_hold_is_declined_there_too(medium: str) -> None:
    assert not sent(sends(at(DRAFT, "what"), medium))


def test_a_file_whose_place_is_not_known_is_declined() -> None:
    assert not sent(sends(at(DRAFT, "what"), "voice", media=""))


def test_several_at_once_are_promised_once() -> None:
    assert words(sends(at(DRAFT, "who"), files=(0, 1))) == ""


@pytest.mark.parametrize(
    ("where", "files", "taken"),
    [
        ((DRAFT, "what"), (MOST - 1, 0), True),
        ((DRAFT, "what"), (MOST, 0), False),
        ((DRAFT, "what"), (MOST - 2, 2), False),
        (("tip_status", "more"), (MOST, 0), True),
        (("tip_status", "more"), (MOST_IN_CASE, 0), False),
    ],
)
def test_there_is_an_end_said_kindly(
    where: tuple[str, str], files: tuple[int, int], taken: bool
) -> None:
    sprint = sends(at(*where), files=files)
    assert bool(sent(sprint)) is taken
    assert ("sudah penuh" in words(sprint)) is not taken
    assert place(sprint) == ".".join(where)


def test_a_photo_that_is_too_large_is_said_so_and_the_question_put_again() -> None:
    sprint = sends(at(DRAFT, "what"), media="")
    assert "terlalu besar" in words(sprint)
    assert "Apa yang terjadi" in words(sprint)
    assert not sent(sprint)


# ---- the words under it


def test_words_under_a_photo_tell_the_story_when_it_is_asked_for() -> None:
    session = talk("lapor", "lanjut", "tidak").session
    sprint = sends(session, caption="Ini calonya, NIK 3502021212900001")
    assert sprint.session.answers["what"].startswith("Ini calonya")
    assert "3502021212900001" not in repr(sprint.session)
    assert "Di mana kejadiannya" in words(sprint)
    assert sent(sprint)


def test_words_under_any_other_photo_go_into_the_report() -> None:
    session = sends(at(DRAFT, "read_back"), caption="papan nama kantornya").session
    session = sends(session, caption="mobil yang menjemput").session
    (opened,) = (e for e in say(session, "kirim").events if isinstance(e, TipOpened))
    assert opened.report["proof"] == "papan nama kantornya\nmobil yang menjemput"


def test_danger_under_a_photo_makes_the_report_urgent() -> None:
    session = sends(at(DRAFT, "read_back"), caption="tolong, adik saya disekap").session
    (opened,) = (e for e in say(session, "kirim").events if isinstance(e, TipOpened))
    assert opened.urgency == "soon"


def test_words_under_a_photo_for_a_case_go_into_the_case() -> None:
    sprint = sends(at("tip_status", "more"), caption="tolong, adik saya disekap")
    assert TipDetailAdded("t1", "tolong, adik saya disekap", True) in sprint.events
    assert "Telepon dulu" in words(sprint)
    assert sent(sprint)


def test_a_photo_with_a_cry_for_help_is_kept_from_the_beginning() -> None:
    given = Input("picture", "tolong, adik saya disekap", media="file-1")
    sprint = engine.resume(CATALOG, Session(), given, VILLAGER, FakePorts())
    assert place(sprint) == "tip_off.danger_first"
    assert "Telepon dulu" in words(sprint)
    assert sent(sprint) == [AttachmentSent("file-1", "photo")]


# ---- it has been kept, or not


@pytest.mark.parametrize(("flow", "node"), IN_A_REPORT)
def test_what_is_kept_is_counted_and_the_question_put_again(flow: str, node: str) -> None:
    before = at(flow, node)
    one_file = FakePorts(files=Attachments(1, 0))
    question = words(say(before, "BANTUAN", ports=one_file)).split("\n\n")[-1]
    sprint = comes_back(before, tip_id="" if flow == DRAFT else "t1")
    first = "Foto diterima (1). Lanjut:" if flow == DRAFT else "Foto sudah diterima."
    assert words(sprint).startswith(first)
    assert question in words(sprint)
    assert place(sprint) == f"{flow}.{node}"
    taken = [event for event in sprint.events if isinstance(event, AttachmentTaken)]
    assert taken == ([] if flow == DRAFT else [AttachmentTaken("token-1", "t1")])


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("too_large", "terlalu besar"),
        ("unknown", "jenis berkas ini"),
        ("damaged", "tidak bisa dibuka"),
        ("not_fetched", "tidak sampai"),
    ],
)
def test_what_is_not_kept_is_said_so_and_nothing_is_lost(outcome: str, said: str) -> None:
    before = at(DRAFT, "when")
    sprint = comes_back(before, "voice", outcome)
    assert said in words(sprint)
    assert "Kapan?" in words(sprint)
    assert sprint.session.answers == before.answers


@pytest.mark.parametrize(("medium", "tells"), [("voice", True), ("audio", True), ("photo", False)])
def test_a_voice_note_alone_is_a_story(medium: str, tells: bool) -> None:
    session = talk("lapor", "lanjut", "tidak").session
    session = sends(session, medium).session
    sprint = comes_back(session, medium)
    assert (sprint.session.answers.get("what") == "Ceritanya ada di pesan suara.") is tells
    assert ("Di mana kejadiannya" in words(sprint)) is tells
    assert "diterima (1)" in words(sprint)


def test_who_is_elsewhere_by_then_is_told_and_not_asked_again() -> None:
    draft = Frame("when", {"what": "x", "attachments": "yes"}, int(NOW.timestamp()))
    session = Session("welcome", "menu", kept={DRAFT: draft}, waits_since=int(NOW.timestamp()))
    sprint = comes_back(session)
    assert words(sprint).strip() == "Foto sudah diterima."
    assert sprint.session == session


# ---- the end of a draft


def dropped(sprint: engine.Sprint) -> bool:
    return DraftDropped() in sprint.events


def test_a_photo_alone_makes_a_draft_that_can_be_left_and_taken_up() -> None:
    session = sends(talk("lapor").session).session
    left = say(session, "menu")
    assert DRAFT in left.session.kept
    assert not dropped(left)
    again = say(left.session, "lapor")
    assert not dropped(again)
    anew = say(again.session, "2")
    assert dropped(anew), "begun anew"


def test_what_is_cancelled_expired_or_sent_is_no_draft_any_more() -> None:
    ports = FakePorts()
    assert dropped(say(at(DRAFT, "read_back"), "batal"))
    over = ports.later(timedelta(hours=73))
    late = engine.resume(CATALOG, at(DRAFT, "when"), Input("timeout"), VILLAGER, over)
    assert dropped(late)
    sent_off = say(at(DRAFT, "read_back"), "kirim")
    assert any(isinstance(event, TipOpened) for event in sent_off.events)
    assert not dropped(sent_off)


@pytest.mark.parametrize(("flow", "node"), [("welcome", "menu"), ("check_recruiter", "ask_name")])
def test_nothing_is_dropped_where_nothing_was(flow: str, node: str) -> None:
    assert not dropped(say(at(flow, node), "menu"))
