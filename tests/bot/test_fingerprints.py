"""Tips that name the same thing are found, and nothing readable is kept of it."""

import pytest
from sqlalchemy import select

from bot import fingerprints, tips
from bot.rehearsal import Rehearsal
from tests.bot.steps import report

FIRST = "Pak Joko dari PT Fiktif Sejahtera Raya minta 5 juta, hubungi 0812-3456-7890"


async def alike(rehearsal: Rehearsal, second: str, suspect: str = "tidak tahu") -> frozenset[str]:
    await report(rehearsal, what=FIRST)
    await report(rehearsal, "budi", what=second, suspect=suspect)
    with rehearsal.service.database.read() as connection:
        return fingerprints.alike(connection, 2).get(1, frozenset())


@pytest.mark.parametrize(
    ("second", "kinds"),
    [
        (FIRST, {"company", "phone", "text"}),
        ("Ada yang ajak kerja, nomornya +62 812 3456 7890", {"phone"}),
        ("Tetangga saya ikut P.T. FIKTIF sejahtera raya", {"company"}),
        ("Ada calo lain yang minta paspor kami semua di desa", set()),
        ("PT Fiktif Lain minta uang, hubungi 0812-3456-7891", set()),
    ],
)
async def test_the_same_name_number_or_words_are_found_again(
    on_both: Rehearsal, second: str, kinds: set[str]
) -> None:
    assert await alike(on_both, second) == kinds


async def test_a_licence_number_and_its_company_are_one(rehearsal: Rehearsal) -> None:
    with rehearsal.service.database.read() as connection:
        register = rehearsal.service.register_now(connection)
    row = next(seen.row for seen in register.observations
               if len(seen.row.licence_no) == 13 and seen.row.status == "listed")  # fmt: skip
    await report(rehearsal, what=f"Ada ajakan dari PT {row.name}")
    await report(rehearsal, "budi", what="Ada ajakan kerja", suspect=f"NIB {row.licence_no}")
    with rehearsal.service.database.read() as connection:
        assert "licence" in fingerprints.alike(connection, 1)[2]


async def test_an_account_is_found_in_what_is_added_later(rehearsal: Rehearsal) -> None:
    receipt = await report(rehearsal, what="Disuruh transfer ke rekening BCA 1234567890 an Joko")
    other = await report(rehearsal, "budi", what="Ada calo paspor")
    assert receipt != other
    for words in (f"kode {other}", "1", "uangnya ke BCA 123-456-7890 an Joko"):
        await rehearsal.say("budi", words)
    with rehearsal.service.database.read() as connection:
        assert fingerprints.alike(connection, 2)[1] == {"account"}


async def test_nothing_readable_is_kept(rehearsal: Rehearsal) -> None:
    await report(rehearsal, what=FIRST)
    with rehearsal.service.database.read() as connection:
        kept = connection.execute(select(tips.fingerprints)).all()
    assert kept
    assert all(len(row.fingerprint) == 16 for row in kept)
