"""The real Twilio client against the fake Twilio: what is sent, and what is found again."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.base import (
    Media,
    OutcomeUnknown,
    Outgoing,
    Refused,
    RetryLater,
    TemplateRefused,
)
from bot.channels.whatsapp import WhatsAppChannel, split
from flows.events import Button, Poll
from tests.channels.conftest import PUBLIC, TO, Contents, failure_of, message, new_channel
from tests.fakes.twilio import DROPPED_AFTER_TAKEN, FINE, HANG, SENDER, FakeTwilio, Fault

pytestmark = pytest.mark.asyncio

PICTURE = Media("picture", Path("x.png"), "https://bot.example.go.id/x.png")
YES_NO = (Button("1", "Ya", "tip.ask.yes"), Button("2", "Tidak", "tip.ask.no"))
MENU = (
    Button("1", "Belajar", "menu.learn"),
    Button("2", "Cek perekrut", "menu.check"),
    Button("3", "Lapor", "menu.report"),
    Button("0", "Bicara dengan petugas", "menu.human"),
)


async def test_plain_text_carries_our_outbox_id_in_its_callback(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel
) -> None:
    sid = await whatsapp.send(message())

    assert sid == twilio.sent[0].sid
    assert twilio.sent[0].form == {
        "To": TO,
        "From": SENDER,
        "Body": "Selamat pagi",
        "StatusCallback": f"{PUBLIC}/webhooks/twilio/status?ob=7",
    }


async def test_a_template_is_sent_by_its_content_sid_and_nothing_else(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel
) -> None:
    template = "HX" + "0123456789abcdef" * 2
    twilio.contents[template] = {"types": {"twilio/text": {"body": "Ulangan?"}}}  # approved there
    asked = replace(message("Lanjut?", buttons=YES_NO, fixed=True), template=template)
    await whatsapp.send(asked)

    assert twilio.sent[0].form["ContentSid"] == template
    assert "Body" not in twilio.sent[0].form
    assert list(twilio.contents) == [template]


async def test_what_fills_a_template_goes_with_it(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel
) -> None:
    template = "HX" + "0123456789abcdef" * 2
    twilio.contents[template] = {"types": {"twilio/text": {"body": "Kabar {{1}}: {{2}}."}}}
    values = '{"1": "Kanim \u201cA\u201d", "2": "besok; pukul 09.00"}'
    await whatsapp.send(replace(message("x"), template=template, variables=values, media=PICTURE))

    (sent,) = twilio.sent
    assert sent.body == "Kabar Kanim “A”: besok; pukul 09.00."
    assert not {"Body", "MediaUrl"} & sent.form.keys()


@pytest.mark.parametrize(
    ("values", "known", "code", "expected"),
    [
        ('{"1": "a"}', True, "63028", TemplateRefused),
        ('{"1": "a", "2": 3}', True, "21656", TemplateRefused),
        ('{"1": "a", "2": "b"}', False, "21655", TemplateRefused),
        ('{"1": "a", "2": ""}', True, "63013", Refused),
        ('{"1": "a", "2": "b\\nc"}', True, "63013", Refused),
        ('{"1": "a", "2": "b     c"}', True, "63013", Refused),
        (f'{{"1": "a", "2": "{"x" * 1024}"}}', True, "63021", Refused),
    ],
)
async def test_values_that_twilio_refuses(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel, values: str, known: bool, code: str,
    expected: type[Refused],
) -> None:  # fmt: skip
    """What is wrong with the template concerns all its messages; an odd value only this one."""
    template = "HX" + "0123456789abcdef" * 2
    if known:
        twilio.contents[template] = {"types": {"twilio/text": {"body": "Kabar {{1}}: {{2}}."}}}
    sending = whatsapp.send(replace(message("x"), template=template, variables=values))
    assert await failure_of(sending) == (expected, code)


async def test_a_user_known_by_username_only_is_written_to(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel
) -> None:
    await whatsapp.send(message(to="whatsapp:ID.45661234567890"))

    assert [sent.to for sent in twilio.sent] == ["whatsapp:ID.45661234567890"]


async def test_a_quiz_is_numbered_lines(twilio: FakeTwilio, whatsapp: WhatsAppChannel) -> None:
    quiz = Poll("Bolehkah paspor dititipkan?", ("Boleh", "Jangan"), 1)
    await whatsapp.send(replace(message("Kuis minggu ini"), poll=quiz))

    assert twilio.sent[0].form["Body"].splitlines() == [
        "Kuis minggu ini", "Bolehkah paspor dititipkan?", "1. Boleh", "2. Jangan",
    ]  # fmt: skip


async def test_few_short_choices_are_buttons_and_numbers(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel
) -> None:
    await whatsapp.send(message("Lanjut?", buttons=YES_NO, fixed=True))

    content = twilio.contents[twilio.sent[0].form["ContentSid"]]
    assert content["language"] == "id"
    assert content["types"] == {
        "twilio/quick-reply": {
            "body": "Lanjut?\n\n1. Ya\n2. Tidak",
            "actions": [
                {"type": "QUICK_REPLY", "title": "Ya", "id": "tip.ask.yes"},
                {"type": "QUICK_REPLY", "title": "Tidak", "id": "tip.ask.no"},
            ],
        }
    }
    assert "Body" not in twilio.sent[0].form


async def test_more_choices_are_a_list_and_numbers(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel
) -> None:
    await whatsapp.send(message("Pilih satu:", buttons=MENU, fixed=True))

    content = twilio.contents[twilio.sent[0].form["ContentSid"]]
    picker = content["types"]["twilio/list-picker"]
    assert picker["body"].endswith("\n3. Lapor\n0. Bicara dengan petugas")
    assert [(item["item"], item["id"]) for item in picker["items"]] == [
        (button.label, button.payload) for button in MENU
    ]


@pytest.mark.parametrize(
    ("outgoing", "kind"),
    [
        pytest.param(
            message(buttons=(Button("1", "x" * 20, "a"),), fixed=True),
            "twilio/quick-reply",
            id="title of 20",
        ),
        pytest.param(
            message(buttons=(Button("1", "x" * 21, "a"),), fixed=True),
            "twilio/list-picker",
            id="title of 21 is a list item",
        ),
        pytest.param(
            message(buttons=(Button("1", "x" * 24, "a"),), fixed=True),
            "twilio/list-picker",
            id="item of 24",
        ),
        pytest.param(message(buttons=(Button("1", "x" * 25, "a"),), fixed=True), "", id="item 25"),
        pytest.param(
            message(buttons=tuple(Button(str(n), f"k{n}", f"k{n}") for n in range(10)), fixed=True),
            "twilio/list-picker",
            id="10 items",
        ),
        pytest.param(
            message(buttons=tuple(Button(str(n), f"k{n}", f"k{n}") for n in range(11)), fixed=True),
            "",
            id="11 items",
        ),
        pytest.param(
            message("t" * (1024 - len("\n\n1. Ya\n2. Tidak")), buttons=YES_NO, fixed=True),
            "twilio/quick-reply",
            id="body of 1024",
        ),
        pytest.param(
            message("t" * (1025 - len("\n\n1. Ya\n2. Tidak")), buttons=YES_NO, fixed=True),
            "",
            id="body of 1025",
        ),
        pytest.param(
            message("😀" * 520, buttons=YES_NO, fixed=True), "", id="520 emoji are 1040 units"
        ),
        pytest.param(message(buttons=YES_NO, fixed=False), "", id="not fixed: never registered"),
        pytest.param(
            message("Isi {{1}} di sini", buttons=YES_NO, fixed=True), "", id="looks like a variable"
        ),
        pytest.param(
            message(buttons=(Button("1", "Ya", "a"), Button("2", "Ya", "b")), fixed=True),
            "",
            id="two equal labels",
        ),
        pytest.param(
            message(buttons=(Button("1", "Ya", "x" * 201),), fixed=True), "", id="id of 201"
        ),
        pytest.param(message(fixed=True), "", id="no choices"),
    ],
)
async def test_what_becomes_a_content_resource(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel, outgoing: Outgoing, kind: str
) -> None:
    await whatsapp.send(outgoing)

    assert [key for content in twilio.contents.values() for key in content["types"]] == (
        [kind] if kind else []
    )
    for button in outgoing.buttons:
        assert f"{button.number}. {button.label}" in twilio.sent[0].body


async def test_a_link_is_a_line_and_no_choice(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel
) -> None:
    link = Button("3", "Baca sumbernya", "", url="https://desa.example.go.id/s/1")

    await whatsapp.send(message("Lanjut?", buttons=(*YES_NO, link), fixed=True))

    body = twilio.sent[0].body
    assert body.endswith("2. Tidak\n3. Baca sumbernya: https://desa.example.go.id/s/1")
    content = next(iter(twilio.contents.values()))
    assert len(content["types"]["twilio/quick-reply"]["actions"]) == 2


async def test_the_same_choices_are_registered_once(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel, contents: Contents
) -> None:
    outgoing = message(buttons=YES_NO, fixed=True)
    await asyncio.gather(*(whatsapp.send(replace(outgoing, outbox_id=n)) for n in range(5)))
    await whatsapp.send(message("Kata lain", buttons=YES_NO, fixed=True))
    restarted = new_channel(twilio.url, contents)
    await restarted.send(outgoing)
    await restarted.close()

    assert len(twilio.contents) == 2
    assert len(twilio.sent) == 7


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(400, 20001), id="refused"),
        pytest.param(Fault(503, 20503), id="unavailable"),
        pytest.param(HANG, id="no answer"),
    ],
)
async def test_without_content_the_choices_go_as_text(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel, contents: Contents, fault: Fault
) -> None:
    twilio.fail(fault, call="content")

    await whatsapp.send(message("Lanjut?", buttons=YES_NO, fixed=True))
    await whatsapp.send(message("Lanjut?", buttons=YES_NO, fixed=True, outbox_id=8))

    assert [sent.form["Body"] for sent in twilio.sent] == ["Lanjut?\n\n1. Ya\n2. Tidak"] * 2
    assert [call for call, _ in twilio.calls].count("content") == 1  # and not again at once
    assert contents.known == {}


async def test_content_that_was_deleted_is_registered_again(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel, contents: Contents
) -> None:
    outgoing = message("Lanjut?", buttons=YES_NO, fixed=True)
    await whatsapp.send(outgoing)
    twilio.contents.clear()

    await whatsapp.send(outgoing)
    await whatsapp.send(outgoing)

    assert [("ContentSid" in sent.form) for sent in twilio.sent] == [True, False, True]
    assert list(contents.known.values()) == list(twilio.contents)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("a" * 1600, 1, id="1600 characters"),
        pytest.param("a" * 1601, 2, id="1601 characters without a space"),
        pytest.param("😀" * 800, 1, id="800 emoji are 1600 units"),
        pytest.param("😀" * 801, 2, id="801 emoji"),
        pytest.param("Satu kalimat yang cukup panjang. " * 120, 3, id="sentences"),
        pytest.param(("baris\n" * 30 + "\n") * 20, 3, id="paragraphs"),
    ],
)
async def test_long_text_goes_in_parts_that_twilio_takes(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel, text: str, parts: int
) -> None:
    sid = await whatsapp.send(message(text))

    assert len(twilio.sent) == parts
    assert "".join("".join(s.body.split()) for s in twilio.sent) == "".join(text.split())
    assert sid == twilio.sent[-1].sid


async def test_parts_end_with_a_paragraph_or_a_sentence() -> None:
    paragraphs = ["Paragraf. " * 60 + "Selesai." for _ in range(6)]
    assert all(part.endswith("Selesai.") for part in split("\n\n".join(paragraphs)))

    sentences = "Ini kalimat biasa. " * 200
    assert all(part.endswith(".") for part in split(sentences.strip()))


async def test_a_retry_goes_on_after_the_parts_already_taken(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel
) -> None:
    outgoing = message("Satu kalimat yang cukup panjang. " * 120)
    twilio.fail(FINE, Fault(429, 20429))
    with pytest.raises(RetryLater):
        await whatsapp.send(outgoing)

    await whatsapp.send(outgoing)

    assert [sent.body for sent in twilio.sent] == split(outgoing.text)


@pytest.mark.parametrize(
    "outgoing",
    [
        pytest.param(message(), id="plain"),
        pytest.param(message(buttons=YES_NO, fixed=True), id="buttons"),
        pytest.param(message("Satu kalimat. " * 200), id="parts"),
    ],
)
async def test_a_message_of_unknown_outcome_is_found(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel, outgoing: Outgoing
) -> None:
    parts = len(split(outgoing.text))
    twilio.fail(*[FINE] * (parts - 1), DROPPED_AFTER_TAKEN)
    with pytest.raises(OutcomeUnknown):
        await whatsapp.send(outgoing)

    assert await whatsapp.find_sent(outgoing) == twilio.sent[-1].sid


async def test_it_is_found_by_another_process_too(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel, contents: Contents
) -> None:
    sid = await whatsapp.send(message())
    restarted = new_channel(twilio.url, contents)

    assert await restarted.find_sent(message()) == sid
    assert await restarted.find_sent(message("kata lain")) is None
    assert await restarted.find_sent(message(to="whatsapp:+628999999999")) is None
    await restarted.close()


async def test_the_same_words_of_a_message_that_hangs_are_not_taken_for_it(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel
) -> None:
    await whatsapp.send(message("Menu", outbox_id=1))
    twilio.fail(HANG)
    with pytest.raises(OutcomeUnknown):
        await whatsapp.send(message("Menu", outbox_id=2))

    assert await whatsapp.find_sent(message("Menu", outbox_id=2)) is None


async def test_older_words_of_the_same_day_are_not_taken_for_it(
    twilio: FakeTwilio, contents: Contents, whatsapp: WhatsAppChannel
) -> None:
    await whatsapp.send(message("Menu"))
    twilio.sent[0].at -= timedelta(hours=2)
    restarted = new_channel(twilio.url, contents)

    assert await restarted.find_sent(message("Menu")) is None
    await restarted.close()


async def test_a_list_that_cannot_be_had_is_not_a_no(
    twilio: FakeTwilio, whatsapp: WhatsAppChannel
) -> None:
    twilio.fail(Fault(503, 20503), call="list")

    with pytest.raises(RetryLater):
        await whatsapp.find_sent(message())
