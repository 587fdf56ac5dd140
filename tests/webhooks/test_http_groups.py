"""Groups over real HTTP, with the real Telegram client: rights, topics, moves, and being thrown out."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot import demo, groups, outbox
from flows.events import MessageCreated
from tests.fakes.telegram import FINE, KICKED, NO_RIGHTS, Fault, migrated
from tests.webhooks.live import LiveBot, in_group, membership, person

OFFICER = 1
"""The officer of the example who serves Desa Ngrayun."""
ADMIN, MEMBER = 4711, 4712
NO_ANSWER = Fault(500, "Internal Server Error")


class Group:
    """A group with its own chat id."""

    def __init__(self, bot: LiveBot) -> None:
        self.bot = bot
        self.chat = -1_000_000_000_000 - bot.new_id()
        bot.telegram.members |= {
            (str(self.chat), bot.telegram.me["id"]): "member",
            (str(self.chat), ADMIN): "administrator",
            (str(self.chat), MEMBER): "member",
        }

    def says(self, text: str, sender: int = ADMIN, **more: Any) -> str:
        """What the bot answers to it, "" for nothing."""
        heard = len(self.bot.heard(self.chat))
        update = in_group(self.chat, text=text, **more)
        update["message"]["from"] = person(sender)
        assert self.bot.telegram_call(update).status_code == 200
        self.bot.until_quiet()
        return "\n".join(sent.text for sent in self.bot.heard(self.chat)[heard:])

    def changes(self, before: str, after: str, **more: Any) -> str:
        """The bot's own membership changes."""
        heard = len(self.bot.heard(self.chat))
        update = membership(self.chat, before, after)
        update["my_chat_member"]["new_chat_member"] |= more
        assert self.bot.telegram_call(update).status_code == 200
        self.bot.until_quiet()
        return "\n".join(sent.text for sent in self.bot.heard(self.chat)[heard:])

    def code(self, kind: str = "residents") -> str:
        code = f"{self.bot.new_id():08d}"
        what = groups.Invited(demo.VILLAGE, kind, OFFICER)
        service = self.bot.service
        with service.database.write() as connection:
            groups.invite(connection, service.ring, code, what, service.clock.now())
        return code

    def row(self, *columns: str) -> tuple[Any, ...]:
        index = groups.index_of(self.bot.service.ring, "telegram", str(self.chat))
        query = f"SELECT {', '.join(columns)} FROM village_group WHERE chat_index = ?"
        (row,) = self.bot.rows(query, index)
        return row

    def queue(self, *texts: str) -> None:
        """Bulk on its way to the group, at whatever hour the test runs."""
        service, (number,) = self.bot.service, self.row("id")
        now = service.clock.now()
        with service.database.write() as connection:
            outbox.queue(
                connection,
                [
                    outbox.row_for(service.ring, MessageCreated(text), now, channel="telegram",
                                   group_id=number, priority=outbox.BULK, awake=True)
                    for text in texts
                ],
            )  # fmt: skip

    def texts(self) -> list[str]:
        return [sent.text for sent in self.bot.heard(self.chat)]

    def officer_told(self, words: str) -> int:
        """How often the officer was told so in private, of this group's village."""
        ring = self.bot.service.ring
        rows = self.bot.rows(
            "SELECT lane, body FROM outbox WHERE channel = 'simulator' AND body IS NOT NULL"
        )
        told = [outbox.open_body(ring, lane, body).text for lane, body in rows]
        return sum(words in text for text in told)


@pytest.fixture
def group(bot: LiveBot) -> Iterator[Group]:
    """A group that the bot was just added to."""
    group = Group(bot)
    assert "Saya diam kecuali dipanggil" in group.changes("left", "member")
    yield group
    bot.telegram.me["can_read_all_group_messages"] = False


@pytest.fixture
def village(group: Group) -> Group:
    """The same, bound to its village by a code."""
    assert "terhubung dengan" in group.says(f"/pasang {group.code()}", MEMBER)
    return group


# ---- who may


def test_only_an_admin_undoes_and_nobody_guesses_a_code(village: Group) -> None:
    assert "Hanya admin grup" in village.says("/lepas", MEMBER)
    assert "tidak berlaku" in village.says("/pasang ABCD-EFGH")
    assert "Hanya admin grup" in village.says(f"/pasang {village.code()}", MEMBER)
    assert village.row("place_code") == (demo.VILLAGE,)
    assert "dilepas" in village.says("/lepas")
    assert village.row("place_code", "bound_by") == ("", None)


def test_a_code_is_used_once_and_whoever_gave_it_is_told(group: Group) -> None:
    code = group.code("coordination")
    assert "grup koordinasi" in group.says(f"/pasang {code}", MEMBER)
    (number,) = group.row("id")
    assert group.officer_told(f"grup #{number} sekarang grup koordinasi") == 1
    other = Group(group.bot)
    assert "tidak berlaku" in other.says(f"/pasang {code}")
    actions = group.bot.rows("SELECT actor, action FROM audit WHERE subject = ?", f"group:{number}")
    assert actions == [(f"officer:{OFFICER}", "group_bound:coordination")]


def test_an_admin_that_telegram_does_not_name_in_time_is_asked_to_try_again(village: Group) -> None:
    telegram = village.bot.telegram
    telegram.fail(NO_ANSWER, method="getChatMember", chat=village.chat)
    assert "Coba lagi" in village.says("/lepas")
    assert village.row("place_code") == (demo.VILLAGE,)


def test_an_anonymous_admin_is_one_without_a_question(village: Group) -> None:
    asked = len(village.bot.telegram.calls)
    chat = {"id": village.chat, "type": "supergroup"}
    update = in_group(village.chat, text="/lepas", sender_chat=chat)
    update["message"]["from"] = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    heard = len(village.texts())
    assert village.bot.telegram_call(update).status_code == 200
    village.bot.until_quiet()
    assert "dilepas" in village.texts()[heard]
    assert "getChatMember" not in [call.method for call in village.bot.telegram.calls[asked:]]


# ---- what the bot is there


@pytest.mark.parametrize(
    ("status", "reads_all", "line"),
    [
        ("member", False, "saya anggota biasa"),
        ("administrator", False, "sebaiknya jadikan saya anggota biasa"),
        ("member", True, "mode privasi bot mati"),
    ],
)
def test_the_greeting_and_periksa_say_what_the_bot_sees(
    bot: LiveBot, status: str, reads_all: bool, line: str
) -> None:
    group = Group(bot)
    bot.telegram.me["can_read_all_group_messages"] = reads_all
    bot.telegram.members[str(group.chat), bot.telegram.me["id"]] = status
    hello = group.changes("left", status)
    again = group.says("/periksa")
    bot.telegram.me["can_read_all_group_messages"] = False
    assert line in hello
    assert line in again
    assert hello.count("Periksa:") == again.count("Periksa:") == 1
    assert "Belum terhubung ke desa" in again


def test_made_admin_and_no_longer_admin_is_no_reason_to_speak(village: Group) -> None:
    assert village.changes("member", "administrator") == ""
    assert village.changes("administrator", "member") == ""
    assert village.row("active", "trouble") == (1, "")


def test_thrown_out_the_group_rests_and_its_officer_hears_it_once(village: Group) -> None:
    words = "Bot dikeluarkan dari grup warga"
    before = village.officer_told(words)
    assert village.changes("member", "kicked") == ""
    assert village.changes("kicked", "left") == ""
    assert village.row("active", "trouble") == (0, "left")
    assert village.officer_told(words) == before + 1
    assert "Saya diam" in village.changes("left", "member")
    assert village.row("active", "trouble", "place_code") == (1, "", demo.VILLAGE)


@pytest.mark.parametrize(
    ("fault", "trouble", "words"),
    [
        (KICKED, "left", "Bot dikeluarkan dari grup warga"),
        (NO_RIGHTS, "muted", "Bot tidak boleh menulis di grup warga"),
    ],
)
def test_a_send_that_is_refused_tells_the_officer_once_too(
    village: Group, fault: Fault, trouble: str, words: str
) -> None:
    before = village.officer_told(words)
    village.bot.telegram.fail(fault, fault, chat=village.chat)
    village.queue("satu", "dua")
    village.bot.until_quiet()
    assert village.row("active", "trouble") == (0, trouble)
    assert village.officer_told(words) == before + 1
    assert "anggota biasa" in village.says("/periksa")  # heard there again: it may write again
    assert village.row("active", "trouble") == (1, "")


def test_muted_and_unmuted(village: Group) -> None:
    before = village.officer_told("Bot tidak boleh menulis")
    village.changes("member", "restricted", is_member=True, can_send_messages=False)
    assert village.row("active", "trouble") == (0, "muted")
    assert village.officer_told("Bot tidak boleh menulis") == before + 1
    village.changes("restricted", "member")
    assert village.row("active", "trouble") == (1, "")


# ---- topics and moves


def test_a_forum_is_answered_where_it_asks_and_news_go_where_its_admin_says(village: Group) -> None:
    topics = village.bot.telegram.topics.setdefault(str(village.chat), {5: True, 6: True})
    village.says("/tanya umur minimal", MEMBER, message_thread_id=5, is_topic_message=True)
    assert village.bot.heard(village.chat)[-1].parameters["message_thread_id"] == 5
    assert "di topik ini" in village.says("/topik", message_thread_id=6, is_topic_message=True)
    assert village.row("thread") == ("6",)
    assert "topik pilihan" in village.says("/periksa", message_thread_id=5, is_topic_message=True)
    topics[5] = False
    said = village.says("/tanya umur minimal", MEMBER, message_thread_id=5, is_topic_message=True)
    assert "18 tahun" in said
    assert "message_thread_id" not in village.bot.heard(village.chat)[-1].parameters


@pytest.mark.parametrize("first", ["old", "new"])
def test_both_service_messages_of_a_move_lead_to_one_group(village: Group, first: str) -> None:
    old, new = village.chat, village.chat - 1
    bot, (number,) = village.bot, village.row("id")
    told = [in_group(old, migrate_to_chat_id=new), in_group(new, migrate_from_chat_id=old)]
    for update in told if first == "old" else reversed(told):
        assert bot.telegram_call(update).status_code == 200
    village.chat = new
    assert village.row("id", "place_code") == (number, demo.VILLAGE)
    assert village.says("/jadwal", MEMBER)


def test_a_group_that_moves_in_the_middle_of_bulk_gets_the_rest_once(village: Group) -> None:
    old, new = village.chat, village.chat - 1
    village.bot.telegram.fail(FINE, migrated(new), chat=old)
    village.queue("satu", "dua", "tiga")
    village.bot.until_quiet()
    assert village.texts()[-1] == "satu"
    village.chat = new
    assert village.texts() == ["dua", "tiga"]
    assert village.row("place_code", "active") == (demo.VILLAGE, 1)


# ---- silence


def test_a_coordination_group_keeps_nothing_but_commands(group: Group) -> None:
    group.says(f"/pasang {group.code('coordination')}")
    assert "Dicatat: Siti, kepala desa" in group.says("/saya kepala desa", MEMBER)
    bot = group.bot
    before, heard = bot.everything(), len(bot.telegram.sent)
    for text in ("Pak Joko kemarin mengumpulkan paspor", "tugas saya apa ya", "hadir"):
        assert group.says(text, MEMBER) == ""
    assert bot.everything() == before
    assert len(bot.telegram.sent) == heard
    group.says("/catat kumpul di rumah Bu Ratna", MEMBER)
    plain = b"".join(
        value for rows in bot.everything().values() for row in rows for value in row
        if isinstance(value, bytes)
    ) + repr(bot.everything()).encode()  # fmt: skip
    for word in (b"Ratna", b"kepala desa", b"Siti", str(MEMBER).encode()):
        assert word not in plain
