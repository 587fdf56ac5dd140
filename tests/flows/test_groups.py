"""What groups are answered, from rows: who may bind what, what the bot sees there, what is taken."""

from dataclasses import replace

import pytest

from flows import engine
from flows.events import MessageCreated
from flows.group_plan import Invitation, Item, ItemAdded, ItemJoined
from flows.officer_groups import MOST_MINUTES, item_line, minutes
from flows.ports import Person
from flows.session import Session
from tests.flows.ports import IN_GROUP, NGRAYUN, NOW, FakePorts
from tests.flows.talking import CATALOG, messages

CODES = {
    "RTRT": Invitation(NGRAYUN.code, NGRAYUN.name, "residents"),
    "KADS": Invitation(NGRAYUN.code, NGRAYUN.name, "coordination"),
}


def enter(to: str, words: str = "", ports: FakePorts | None = None) -> engine.Sprint:
    return engine.begin(CATALOG, to, words, Person("group"), ports or FakePorts())


def said(to: str, words: str = "", ports: FakePorts | None = None) -> str:
    return "\n".join(message.text for message in messages(enter(to, words, ports).events))


def here(**changes: object) -> FakePorts:
    return FakePorts(here=replace(IN_GROUP, **changes), group_codes=CODES)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bound", "code", "by_admin", "answer"),
    [
        (False, "RTRT", False, "terhubung dengan"),
        (False, "KADS", None, "sebagai grup koordinasi"),
        (False, "XXXX", True, "tidak berlaku"),
        (True, "RTRT", True, "terhubung dengan"),
        (True, "RTRT", False, "Hanya admin grup"),
        (True, "RTRT", None, "Coba lagi"),
        (True, "KADS", True, "tidak boleh dicampur"),
        (True, "KADS", False, "tidak boleh dicampur"),
        (True, "XXXX", False, "tidak berlaku"),
    ],
)
def test_who_may_bind(bound: bool, code: str, by_admin: bool | None, answer: str) -> None:
    ports = here(place_code=NGRAYUN.code if bound else "", by_admin=by_admin)
    assert answer in said("village_group:bind", code, ports)


@pytest.mark.parametrize("node", ["unbind", "topic", "lessons"])
@pytest.mark.parametrize(
    ("by_admin", "bound", "answer"),
    [(False, True, "Hanya admin"), (None, True, "Coba lagi"), (True, False, "belum terhubung")],
)
def test_what_only_an_admin_of_a_bound_group_does(
    node: str, by_admin: bool | None, bound: bool, answer: str
) -> None:
    ports = here(by_admin=by_admin, place_code=NGRAYUN.code if bound else "")
    sprint = enter(f"village_group:{node}", "mati", ports)
    assert answer in messages(sprint.events)[0].text
    assert all(isinstance(event, MessageCreated) for event in sprint.events)


@pytest.mark.parametrize(
    ("standing", "line"),
    [
        ("member", "saya anggota biasa"),
        ("member reads_all", "mode privasi bot mati"),
        ("admin", "saya admin"),
        ("admin reads_all", "saya admin"),
        ("muted", "tidak boleh menulis"),
        ("", ""),
    ],
)
def test_the_greeting_has_one_line_on_what_the_bot_sees(standing: str, line: str) -> None:
    hello = said("village_group:start", "", here(standing=standing))
    assert hello.count("Periksa:") == bool(line)
    assert line in hello


def test_meetings_are_told_when_there_are_any() -> None:
    assert "Belum ada pertemuan" in said("village_group:schedule", "", FakePorts(near=()))
    told = said("village_group:schedule", "", FakePorts())
    assert "Sosialisasi kerja ke Taiwan: Selasa 24 November pukul 10.00 WIB, Balai desa" in told


@pytest.mark.parametrize("words", ["", "#", "0", "²", "99999999999", "1", "hapus", "x" * 5000])
def test_a_coordination_group_is_always_answered_and_keeps_no_session(words: str) -> None:
    for node in [*CATALOG.coordination_commands.values(), "do", "come"]:
        for role in (None, "kepala desa"):
            sprint = enter(f"coordination:{node}", words, FakePorts(role=role))
            assert messages(sprint.events)
            assert sprint.session == Session()


@pytest.mark.parametrize(
    "words",
    [
        "ada calo mengumpulkan KTP di RT 3",
        "Warga bernama Siti ditipu calo bayar 5 juta",
    ],
)
@pytest.mark.parametrize("node", ["task", "note", "attend"])
def test_what_sounds_like_a_report_is_not_kept(node: str, words: str) -> None:
    sprint = enter(f"coordination:{node}", words)
    assert "terdengar seperti laporan" in messages(sprint.events)[0].text
    assert not any(isinstance(event, ItemAdded) for event in sprint.events)
    assert words not in messages(sprint.events)[0].text


@pytest.mark.parametrize(
    "words",
    ["pasang poster di balai desa", "patroli Sabtu malam pukul 8", "undang camat dan Babinsa"],
)
def test_ordinary_work_is_kept(words: str) -> None:
    events = enter("coordination:task", words).events
    assert ItemAdded("task", words) in events
    assert messages(events)[-1].buttons[0].payload == "coordination.do.2"


def test_a_new_meeting_counts_who_called_it() -> None:
    assert ItemJoined(2) in enter("coordination:attend", "rapat Senin").events


def test_minutes_fit_a_message_newest_first() -> None:
    agreed = tuple(Item(n, "note", f"hal {n} " + "a" * 200, True, (), NOW) for n in range(1, 9))
    text = minutes(agreed)
    assert text.startswith("#8 23-11 Sepakat: hal 8")
    assert text.endswith("catatan yang lebih lama")
    assert len(text) < MOST_MINUTES + 60


@pytest.mark.parametrize(
    ("item", "line"),
    [
        (Item(1, "task", "poster", True), "#1 Tugas: poster (belum ada yang mengerjakan)"),
        (Item(1, "task", "poster", False, ("Budi, RT",)), "#1 Tugas: poster (Budi, RT), selesai"),
        (Item(2, "meeting", "rapat", True, ("A, b", "C, d")), "#2 Acara: rapat (A, b; C, d)"),
        (Item(3, "note", "didata RT", True), "#3 Sepakat: didata RT"),
    ],
)
def test_a_line_of_the_minutes(item: Item, line: str) -> None:
    assert item_line(item) == line
