"""What an officer reads of a broadcast, in at most six lines, and the commands in every state."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.broadcast_acts import _DONE, _FITS, ACTS
from flows.broadcast_plan import BroadcastDecided, BroadcastOrdered, Cost, Preview
from flows.broadcast_said import STATES, bar, excerpt, preview, report, say_failures
from flows.session import Session
from tests.flows.ports import NOW, FakePorts
from tests.flows.talking import CATALOG, OFFICER, VILLAGER, WAITS, at, person_of, say, words

SAY = CATALOG.wording.say
VIEW = FakePorts().sent
STATUSES = (
    "proposed",
    "scheduled",
    "sending",
    "paused",
    "done",
    "cancelled",
    "rejected",
    "stopped",
)
COMMANDS = {
    "approve": "SETUJU SIARAN 12",
    "reject": "TOLAK SIARAN 12 sumbernya belum ada",
    "pause": "JEDA SIARAN 12",
    "resume": "LANJUT SIARAN 12",
    "cancel": "BATAL SIARAN 12",
    "withdraw": "TARIK SIARAN 12 jadwalnya keliru",
    "correct": "RALAT SIARAN 12",
}


def with_one(status: str, **more: object) -> FakePorts:
    ports = FakePorts()
    ports.sent = replace(ports.sent, status=status, **more)  # type: ignore[arg-type]
    return ports


def decided(
    command: str, ports: FakePorts, session: Session | None = None
) -> list[BroadcastDecided]:
    sprint = say(session or Session(), command, OFFICER, ports)
    return [event for event in sprint.events if isinstance(event, BroadcastDecided)]


def test_failures_are_plain_reasons_and_the_unknown_is_told_as_such() -> None:
    told = say_failures([("63024", 2), ("63003", 1), ("63016", 1), ("99999", 4)])
    assert told == "sebab lain 4, nomor tidak ada di WhatsApp 3, lewat 24 jam WhatsApp 1"
    assert say_failures([]) == ""


def test_a_bar_is_never_full_before_the_end() -> None:
    assert bar(0, 3) == "░░░░░░░░░░ 0%"
    assert bar(999, 1000) == "█████████░ 99%"
    assert bar(5, 5) == "██████████ 100%"


def test_a_long_text_is_cut() -> None:
    assert len(excerpt("warga desa " * 40)) <= 60
    assert excerpt("dua\nbaris") == "dua baris"


@pytest.mark.parametrize("status", STATUSES)
def test_the_report_is_at_most_six_short_lines(status: str) -> None:
    full = replace(
        VIEW, status=status, kind="warning", starts_at=NOW, text="warga " * 100, why="belum jelas",
        counts=tuple((state, 1000) for state in STATES), withdrawn_by=13 if status == "done" else 0,
        failures=(("63024", 7),), answers=(4, 2),
    )  # fmt: skip
    told = report(full, SAY)
    assert told.count("\n") < 6
    assert len(told) < 900
    assert "12 (peringatan)" in told
    assert "nomor tidak ada di WhatsApp 7" in told


def test_what_there_is_none_of_is_not_said() -> None:
    told = report(replace(VIEW, counts=()), SAY)
    assert "Gagal" not in told and "Membalas" not in told and "%" not in told


def test_the_preview_says_what_becomes_of_everybody() -> None:
    seen = Preview(
        groups=2, people=(("telegram", 60), ("whatsapp", 40)), outside_window=30, opted_out=3,
        admins=2, cost=Cost("1.25", ("marketing",), past_review=True), starts_at=NOW,
        ends_at=NOW + timedelta(minutes=5), needs_second=True,
    )  # fmt: skip
    told = preview(seen, "sekarang", SAY)
    for part in ("2 grup dan 100 orang (Telegram 60, WhatsApp 40)", "Berhenti: 3", "70%",
                 "30, ditahan sampai mereka menulis", "2 admin", "1.25 dolar", "biaya templat",
                 "dicek ulang", "dalam 5 menit", "petugas lain"):  # fmt: skip
        assert part in told, part
    assert told.count("\n") < 6
    templated = preview(replace(seen, template="kabar_desa", over_tier=10), "sekarang", SAY)
    assert "30, lewat templat" in templated
    assert "80%" in preview(replace(seen, template="kabar_desa", over_tier=20), "sekarang", SAY)
    assert "setelah membalas" in preview(replace(seen, knock=True), "sekarang", SAY)
    assert "10 orang baru dapat besok" in templated


# ---- the commands


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("act", ACTS)
def test_a_command_does_what_its_state_allows_and_says_the_rest(act: str, status: str) -> None:
    second = act in ("approve", "reject")
    ports = with_one(status, may_approve=second and status == "proposed", mine=not second)
    session = say(Session(), COMMANDS[act], OFFICER, ports).session
    asks = say(Session(), COMMANDS[act], OFFICER, ports)
    assert words(asks)
    events = [e for e in asks.events if isinstance(e, BroadcastDecided)]
    if act == "withdraw" and status in _FITS[act]:
        assert not events
        events = decided("ya", ports, session)  # read back before it leaves
    if act == "correct":
        assert not events
        assert session.node == ("correct_text" if status in _FITS[act] else "")
    elif status in _FITS[act]:
        assert [event.act for event in events] == [act]
    else:
        assert not events
    if status in _DONE.get(act, ()):
        assert "tidak bisa diubah" not in words(asks)


def test_the_author_does_not_approve_and_may_take_it_back() -> None:
    ports = with_one("proposed", may_approve=False, mine=True)
    assert not decided(COMMANDS["approve"], ports)
    assert decided(COMMANDS["cancel"], ports)


def test_a_villager_has_no_rights() -> None:
    for command in (*COMMANDS.values(), "PERINGATAN ada calo di desa", "SIARAN kabar untuk warga"):
        sprint = say(Session(), command, VILLAGER, with_one("sending"))
        assert not any(isinstance(e, BroadcastDecided | BroadcastOrdered) for e in sprint.events)


@pytest.mark.parametrize("command", ["JEDA SIARAN 12", "Jeda #12", "jda siaran 12"])
def test_a_command_works_in_every_state_of_the_officers_flows(command: str) -> None:
    for flow, node in WAITS:
        if flow in ("officer_desk", "broadcasts"):
            sprint = say(at(flow, node), command, person_of(flow), with_one("sending"))
            assert [e.act for e in sprint.events if isinstance(e, BroadcastDecided)] == ["pause"], (
                flow, node,
            )  # fmt: skip


def test_an_unknown_number_is_said_to_be_none() -> None:
    for command in COMMANDS.values():
        said = words(say(Session(), command.replace("12", "13"), OFFICER, FakePorts()))
        assert "tidak ada" in said
