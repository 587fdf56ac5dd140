"""kill -9 while pictures are fetched, read and answered: each is answered, and once."""

import time

import httpx
import pytest
from sqlalchemy import Table, func, select

from bot.inbox import inbox
from bot.pictures import jobs
from tests.fakes.telegram import FakeTelegram
from tests.faults.server import SECRET, ServerProcess
from tests.posters import poster
from tests.webhooks.live import eventually, private

CHATS = range(4711, 4717)


def photographs(server: ServerProcess, telegram: FakeTelegram, chat: int) -> str:
    file_id = telegram.files.put(poster("PT ALFA NUSANTARA", f"Kerja ke Taiwan nomor {chat}"))
    photo = [{"file_id": file_id, "file_unique_id": "u", "width": 900, "height": 1280}]
    answer = httpx.post(
        f"{server.url}/webhooks/telegram",
        json={"update_id": chat} | private(chat, photo=photo),
        headers={"X-Telegram-Bot-Api-Secret-Token": SECRET},
        trust_env=False,
    )
    assert answer.status_code == 200
    return file_id


def read_back(telegram: FakeTelegram, chat: int) -> int:
    return sum(sent.chat == str(chat) and "Cek ini?" in sent.text for sent in telegram.sent)


def test_a_kill_while_a_picture_is_fetched_loses_nothing(
    server: ServerProcess, telegram: FakeTelegram
) -> None:
    server.start()
    telegram.files.trouble.append("hang")
    file_id = photographs(server, telegram, CHATS[0])
    eventually(lambda: file_id in telegram.files.fetched, "the first fetch")
    server.kill()
    server.start()
    eventually(lambda: read_back(telegram, CHATS[0]), "the read-back", 20)
    eventually(server.settled, "every answer settled", 15)
    assert telegram.files.fetched == [file_id] * 2
    assert read_back(telegram, CHATS[0]) == 1


LONG = pytest.mark.soak


@pytest.mark.parametrize(
    "moment", [pytest.param(0.15, marks=LONG), 0.6, pytest.param(1.2, marks=LONG)]
)
def test_kills_at_any_moment_leave_one_answer_each(
    server: ServerProcess, telegram: FakeTelegram, moment: float
) -> None:
    server.start()
    for chat in CHATS:
        photographs(server, telegram, chat)
    time.sleep(moment)
    server.kill()
    server.start()
    for chat in CHATS:
        eventually(lambda chat=chat: read_back(telegram, chat), f"the read-back to {chat}", 30)  # type: ignore[misc]
    eventually(server.settled, "every answer settled", 15)
    # Telegram tells nobody what it has taken: one message in flight a chat and kill.
    assert all(read_back(telegram, chat) <= 2 for chat in CHATS)
    service = server.service()

    def rows(table: Table) -> int:
        with service.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())

    # A reader that was asked again takes its job away a moment after the other's answer left.
    eventually(lambda: rows(jobs) == 0, "no job is left", 15)
    assert rows(inbox) == 2 * len(CHATS), "each picture came in once and back once"
    service.close()
