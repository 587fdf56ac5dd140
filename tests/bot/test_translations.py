"""Translations leave and come back as PO and as a spreadsheet; a stamp makes the bot speak them."""

import io
from datetime import date
from pathlib import Path

import polib
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from bot import demo
from bot.cli import main
from bot.contacts import contacts
from bot.content_check import run
from bot.rehearsal import Rehearsal
from bot.talk import talk
from bot.translations import Change, Refused, as_po, kept, read_back, stamp, write, write_xlsx
from flows.catalog import Catalog, ContentError
from flows.conversations import load_catalog, shipped_catalog
from flows.languages import REVIEWED, REVIEWED_BY, STATUS, file_of
from flows.script import script

CATALOG = shipped_catalog()
TODAY = date(2026, 11, 22)
MENU = "Badhe menapa dinten menika?"


def sheet(tmp_path: Path, **cells: str) -> Path:
    """The exported spreadsheet with some cells of the second text (D3 is its Javanese) changed."""
    path = tmp_path / "words.xlsx"
    write_xlsx(CATALOG, path)
    book = load_workbook(path)
    assert book.active is not None
    for cell, value in cells.items():
        book.active[cell] = value
    book.save(path)
    return path


def po(tmp_path: Path, old: str, new: str) -> Path:
    path = tmp_path / "jv.po"
    text = f"{as_po(CATALOG, 'jv', kept(CATALOG, 'jv'))}\n"
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


# ---- out and back


def test_what_leaves_unchanged_changes_nothing(tmp_path: Path) -> None:
    assert read_back(CATALOG, sheet(tmp_path)) == []
    assert read_back(CATALOG, po(tmp_path, MENU, MENU)) == []


def test_the_shipped_files_are_what_export_writes() -> None:
    for language in ("jv", "su"):
        written = file_of(language).read_text(encoding="utf-8")
        assert written.strip() == str(as_po(CATALOG, language, kept(CATALOG, language))).strip()
        assert "X-Kentongan-Status: awaiting a native speaker" in written


def test_a_spreadsheet_stands_in_conversation_order_with_its_context(tmp_path: Path) -> None:
    book = load_workbook(sheet(tmp_path))
    assert book.active is not None
    head, *rows = book.active.iter_rows(values_only=True)
    assert head == ("key", "where it is said", "Indonesian", "jv", "su", "keep as it is", "at most")
    assert [row[0] for row in rows] == [line.key for line in script(CATALOG)]
    menu = next(row for row in rows if row[0] == "welcome.menu")
    assert menu[2:4] == ("Mau apa hari ini?", MENU)
    assert next(row for row in rows if row[0] == "welcome.village_kept")[5:] == ("{place}", 400)


@pytest.mark.parametrize("kind", ["xlsx", "po"])
def test_a_changed_word_is_shown_and_then_written(tmp_path: Path, content: Path, kind: str) -> None:
    if kind == "po":
        given = po(tmp_path, MENU, "Kersa menapa?")
    else:
        rows = [line.key for line in script(CATALOG)]
        given = sheet(tmp_path, **{f"D{rows.index('welcome.menu') + 2}": "Kersa menapa?\r\n"})
    (change,) = changes = read_back(CATALOG, given)
    assert change == Change("jv", "welcome.menu", MENU, "Kersa menapa?")
    assert list(change.lines()) == ["jv welcome.menu", f"- {MENU}", "+ Kersa menapa?"]
    before = file_of("su", content).read_bytes()
    assert write(CATALOG, changes, content) == [file_of("jv", content)]
    assert file_of("su", content).read_bytes() == before
    again = load_catalog(content)
    assert kept(again, "jv") == kept(CATALOG, "jv") | {"welcome.menu": "Kersa menapa?"}


def test_what_is_made_of_old_words_is_not_carried_over(content: Path) -> None:
    path = content / "texts" / "welcome.yaml"
    text = path.read_text(encoding="utf-8").replace("Mau apa hari ini?", "Mau apa sekarang?")
    path.write_text(text, encoding="utf-8")
    changed = load_catalog(content)
    assert "welcome.menu" not in kept(changed, "jv")
    exported = as_po(changed, "jv", kept(changed, "jv"))
    entry = exported.find("welcome.menu", by="msgctxt")
    assert entry.msgid == "Mau apa sekarang?" and entry.msgstr == ""


# ---- refused, each in one line with file, row and mend


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        ({"A3": "welcome.kept"}, "words.xlsx row 3: “welcome.kept” is no key of ours: put back"),
        ({"A3": ""}, "words.xlsx row 3: “” is no key of ours"),
        ({"A3": "welcome.hello"}, "words.xlsx row 3: welcome.hello is there twice: keep one"),
        ({"C3": "Bicara"}, "row 3: common.human: the Indonesian is not today's: export anew"),
        ({"D2": "Sugeng rawuh"}, "row 2: welcome.hello: must have exactly these in braces"),
        ({"E2": "Wilujeng {kantor}"}, "row 2: welcome.hello: must have exactly these in braces"),
        ({"D3": "x" * 21}, "row 3: common.human: 21 characters, at most 20: shorten it"),
        ({"D2": "a\nb\nc\n{office}"}, "row 2: welcome.hello: 4 lines, at most 3: join some"),
        ({"D3": '=HYPERLINK("x")'}, "row 3: common.human: is a formula: type the words"),
    ],
)
def test_a_row_that_can_not_be_taken(tmp_path: Path, cells: dict[str, str], line: str) -> None:
    with pytest.raises(Refused) as refused:
        read_back(CATALOG, sheet(tmp_path, **cells))
    assert len(str(refused.value).splitlines()) == 1
    assert line in str(refused.value)


def test_every_row_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read_back(CATALOG, sheet(tmp_path, D2="x", D3="y" * 30, E3="z" * 30))
    assert len(str(refused.value).splitlines()) == 2  # both languages say the same of row 3


def test_a_po_names_its_line(tmp_path: Path) -> None:
    given = po(tmp_path, 'msgctxt "welcome.menu"', 'msgctxt "welcome.main"')
    with pytest.raises(Refused, match=r"^jv\.po line \d+: “welcome\.main” is no key of ours"):
        read_back(CATALOG, given)


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.po", b"msgid", "a.po: Syntax error"),
        ("a.po", b"\xff\xfe", "a.po: can't be read"),
        ("a.po", b"", "a.po: its header says Language: nothing"),
        ("a.xlsx", b"PK\x03\x04", "a.xlsx: can't be read as an Excel file"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, name: str, data: bytes, problem: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ContentError, match=problem):
        read_back(CATALOG, tmp_path / name)


def test_a_spreadsheet_without_its_heads(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"words\.xlsx row 1: must be key, where"):
        read_back(CATALOG, sheet(tmp_path, D1="Jawa"))


# ---- the stamp


def test_a_stamp_opens_the_language_and_an_edit_closes_it(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = stamp("jv", " Bu  Siti ", TODAY, content)
    written = polib.pofile(str(path))
    assert written.metadata[REVIEWED_BY] == "Bu Siti"
    assert written.metadata[STATUS] == REVIEWED
    assert written.metadata["X-Reviewed-On"] == "2026-11-22"
    speaks = load_catalog(content)
    assert speaks.words_in("jv").say("welcome.menu") == MENU
    run(False, folder=content, today=TODAY)
    assert "content/locale/jv.po" not in capsys.readouterr().out
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(MENU, "Kersa menapa?"), encoding="utf-8")
    assert load_catalog(content).words_in("jv").say("welcome.menu") == "Mau apa hari ini?"


def test_an_import_takes_the_stamp_away(content: Path) -> None:
    stamp("jv", "Bu Siti", TODAY, content)
    stamped = load_catalog(content)
    write(stamped, [Change("jv", "welcome.menu", MENU, "Kersa menapa?")], content)
    assert load_catalog(content).spoken == {}


def test_what_is_not_whole_is_not_stamped(content: Path) -> None:
    write(CATALOG, [Change("jv", "welcome.menu", MENU, "")], content)
    with pytest.raises(ContentError, match=r"jv\.po: welcome\.menu is not translated$"):
        stamp("jv", "Bu Siti", TODAY, content)
    with pytest.raises(ValueError, match="needs the name"):
        stamp("su", "  ", TODAY, content)
    assert load_catalog(content).spoken == {}


def test_a_stamped_file_that_lost_a_text_is_an_error(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stamp("jv", "Bu Siti", TODAY, content)
    path = content / "texts" / "welcome.yaml"
    text = path.read_text(encoding="utf-8").replace("Mau apa hari ini?", "Mau apa sekarang?")
    path.write_text(text, encoding="utf-8")
    assert run(False, folder=content, today=TODAY) == 1
    assert "error content/locale/jv.po welcome.menu: the Indonesian" in capsys.readouterr().out


# ---- the commands


def test_the_commands_say_what_they_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["content", "export", "--po", "jv"]) == 0
    exported = capsys.readouterr().out
    assert MENU in exported
    given = po(tmp_path, MENU, "Kersa menapa?")
    assert main(["content", "import", str(given), "--dry-run"]) == 0
    assert capsys.readouterr().out.endswith("1 texts differ; nothing was written\n")
    assert main(["content", "import", str(po(tmp_path, MENU, "x" * 401))]) == 1
    assert "401 characters, at most 400" in capsys.readouterr().err
    assert main(["content", "export", "--xlsx", str(tmp_path / "a.xlsx")]) == 0
    assert (tmp_path / "a.xlsx").stat().st_size
    assert main(["content", "import", str(tmp_path / "none.po")]) == 2
    assert main(["content", "stamp", "--language", "jv", "--by", " "]) == 2
    assert main(["content", "stamp", "--by", "Bu Siti"]) == 2
    assert file_of("jv").read_text(encoding="utf-8").count(REVIEWED) == 0


def test_a_draft_can_be_heard_before_anybody_stamps_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = io.StringIO("menu\n")
    talk(lines, address="w", group=None, at=None, as_json=False, language="jv")
    assert MENU in capsys.readouterr().out


# ---- kept with consent, on both databases


@pytest.fixture
def speaks(content: Path) -> Catalog:
    stamp("jv", "Bu Siti", TODAY, content)
    return load_catalog(content)


def language_of(rehearsal: Rehearsal) -> list[str]:
    with rehearsal.service.database.read() as connection:
        return list(connection.execute(select(contacts.c.language).distinct()).scalars())


async def test_the_choice_is_kept_with_consent_and_forgotten_with_it(
    on_both: Rehearsal, speaks: Catalog
) -> None:
    on_both.service.catalog = speaks
    who = demo.VILLAGER
    await on_both.say(who, "halo")
    asked = await on_both.say(who, "basa jawa")
    assert "perlu kami simpan" in asked[-1].text
    assert language_of(on_both) == ["id"]
    await on_both.say(who, "setuju")
    await on_both.say(who, "lewati")
    chosen = await on_both.say(who, "basa jawa")
    assert MENU in chosen[-1].text
    assert "jv" in language_of(on_both)
    assert MENU in (await on_both.say(who, "menu"))[-1].text
    about = await on_both.say(who, "data saya")
    shown = await on_both.say(who, "2")
    assert "Basa: Basa Jawa." in shown[-1].text, about[-1].text
    await on_both.say(who, "hapus data saya")
    await on_both.say(who, "inggih")
    assert language_of(on_both) == ["id"]
    assert "Mau apa hari ini?" in (await on_both.say(who, "menu"))[-1].text
