"""`kentongan content check` and `stamp`: one line per finding, never a traceback."""

import json
from datetime import date
from pathlib import Path

import pytest

from bot.content_check import run
from bot.reviews import stamp
from flows.catalog import ContentError, load_yaml
from flows.curriculum import load_lessons
from tests.broken_content import change

TODAY = date(2026, 11, 22)


def lines(capsys: pytest.CaptureFixture[str], folder: Path, *, code: int = 1) -> list[str]:
    assert run(False, folder=folder, today=TODAY) == code
    return capsys.readouterr().out.splitlines()


def test_a_summary_ends_it(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(False, folder=content, today=TODAY)
    *findings, last = capsys.readouterr().out.splitlines()
    assert last.startswith("checked ")
    assert all(line.startswith(("error ", "warning ")) for line in findings)
    errors = sum(line.startswith("error ") for line in findings)
    assert last.endswith(f"{errors} errors, {len(findings) - errors} warnings")


def test_json_is_objects_and_nothing_else(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(content / "lessons" / "calo.yaml", "title: Kenali calo", "title: " + "x" * 30)
    assert run(True, folder=content, today=TODAY) == 1
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(set(one) == {"severity", "file", "node", "problem"} for one in found)
    wanted = ("error", "content/lessons/calo.yaml", "title")
    assert wanted in {(one["severity"], one["file"], one["node"]) for one in found}


def test_warnings_alone_are_fine(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(True, folder=content, today=TODAY)
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    errors = [one for one in found if one["severity"] == "error"]
    assert run(True, folder=content, today=TODAY) == (1 if errors else 0)
    assert [one for one in found if "reviewed" in one["problem"]]


def test_a_card_past_its_date(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(False, folder=content, today=date(2027, 5, 22))
    out = capsys.readouterr().out
    assert "warning content/lessons/calo.yaml card izin_dulu: past its review date" in out


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("deadlines.yaml", "acknowledge: 15 minutes", "acknowledge: soon",
         "error content/deadlines.yaml now: `acknowledge` is a time such as 2 hours, not 'soon'"),
        ("deadlines.yaml", "counted: clock", "counted: days",
         "error content/deadlines.yaml now: `counted` is clock or working, not 'days'"),
        ("deadlines.yaml", "at_most: 14 days", "at_least: 14 days",
         "error content/deadlines.yaml pause: `at_least` is no field here"),
        ("deadlines.yaml", "times: 3", "times: often",
         "error content/deadlines.yaml pause: `times` is a number such as 3, not 'often'"),
        ("ramadan.yaml", "begins: 2026-02-19", "begins: 2026-01-19",
         "error content/ramadan.yaml 1: Ramadan has 29 or 30 days, not 61"),
        ("ramadan.yaml", "decided: yes", "decided: maybe",
         "error content/ramadan.yaml 1: `decided` is yes or no"),
        ("lessons/calo.yaml", "title: Kenali calo\n", "",
         "error content/lessons/calo.yaml: `title` is missing"),
        ("lessons/calo.yaml", "checked: 2026-11-21", "checked: kemarin",
         "error content/lessons/calo.yaml izin_dulu: `checked` must be a day such as 2026-11-21"),
        ("lessons/calo.yaml", "summary:", "sumary: x\nsummary:",
         "error content/lessons/calo.yaml: `sumary` is no field here"),
        ("lessons/calo.yaml", "    source_url:", "    sorce_url: x\n    source_url:",
         "error content/lessons/calo.yaml cards izin_dulu: `sorce_url` is no field here"),
        ("hotlines.yaml", '  name: Polisi', '  nomor: x\n  name: Polisi',
         "error content/hotlines.yaml polri: `nomor` is no field here"),
        ("hotlines.yaml", "- id: polri", "- id: [polri]",
         "error content/hotlines.yaml ['polri']: `id` is missing"),
        ("texts/common.yaml", "no: Bukan\n", "no: Bukan\nno: Tidak\n",
         "error content/texts/common.yaml line 3: `no` is written twice"),
        ("keywords.yaml", "\ntriggers:", "\ntrigger:",
         "error content/keywords.yaml: 'triggers' is missing or has the wrong form"),
        ("questions.yaml", "cards: [paspor.tahap", "cards: [paspor.tahapan",
         "error content/questions.yaml paspor.tahapan: no such card"),
        ("questions.yaml", '- {ask: "apa itu SIP2MI"', '- {ask: "apa itu TPPO pak"',
         "error content/questions.yaml: “apa itu TPPO pak” stands there twice"),
        ("questions.yaml", '- {ask: "apa itu SIP2MI", ', '- {ask: "apa itu SIP2MI"}\n- {',
         "error content/questions.yaml"),
        ("synonyms.yaml", "utang: [hutang", "utang: [ongkos, hutang",
         "error content/synonyms.yaml biaya: “ongkos” also belongs to utang"),
        ("synonyms.yaml", "small: [dan", "small: [paspor, kuitansi, dan",
         "error content/synonyms.yaml kuitansi: “kuitansi” is also one of the small words"),
        ("synonyms.yaml", "\nweak:", "\nweek:", "error content/synonyms.yaml: 'weak' is missing"),
        ("lessons/bpjs.yaml", 'keywords: ["wajib bpjs"', 'keywords: ["bpjs itu wajib atau tidak ya"',
         "error content/lessons/bpjs.yaml card syarat: the first keyword has 28 characters"),
        ("lessons/bpjs.yaml", 'keywords: ["wajib bpjs"', 'keywords: ["cara klaim"',
         "error content/lessons/bpjs.yaml card klaim: its first keyword, “Cara klaim”, is also"),
        ("texts/welcome.yaml", "kept: |", "keept: |", "error content"),
        ("recruiters.csv", "name,", "nama,", "error content/recruiters.csv"),
        ("offices.csv", "office", "kantor", "error content/offices.csv"),
    ],
)  # fmt: skip
def test_one_line_names_file_place_and_problem(
    content: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, line: str
) -> None:
    change(content / file, old, new)
    out = lines(capsys, content)
    assert [one for one in out if one.startswith(line)], out


def test_clocks_past_their_date_and_a_missing_ramadan_are_warned_of(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(False, folder=content, today=date(2027, 5, 23))
    out = capsys.readouterr().out
    assert "warning content/deadlines.yaml: past its review date, 2027-05-22" in out
    assert "warning content/ramadan.yaml: the next Ramadan is not in the list" in out


@pytest.mark.parametrize(
    "broken", ["a: 'b\n", "a: \x00\n", "", "- x\n", "x\n", "a: [", "cards: []\nquiz: []\n"]
)
@pytest.mark.parametrize(
    "file",
    [
        "lessons/calo.yaml",
        "hotlines.yaml",
        "keywords.yaml",
        "texts/common.yaml",
        "deadlines.yaml",
        "ramadan.yaml",
    ],
)
def test_nothing_written_there_gives_a_traceback(
    content: Path, capsys: pytest.CaptureFixture[str], file: str, broken: str
) -> None:
    (content / file).write_text(broken, encoding="utf-8")
    out = lines(capsys, content)
    assert out[-1].startswith("checked ")


@pytest.mark.parametrize(
    "file",
    [
        "hotlines.yaml",
        "keywords.yaml",
        "recruiters.csv",
        "offices.csv",
        "deadlines.yaml",
        "ramadan.yaml",
    ],
)
def test_a_missing_file(content: Path, capsys: pytest.CaptureFixture[str], file: str) -> None:
    (content / file).unlink()
    expected = f"error content/{file}: can't be read (FileNotFoundError)"
    assert expected in lines(capsys, content)


# ---- stamp


@pytest.mark.parametrize(
    "old",
    ["reviewed:\n", "reviewed: null\n", "reviewed: {by: A, on: 2026-01-01, sha: x}\n",
     "reviewed: {by: A,\n  on: 2026-01-01}\n", "reviewed:\n  by: A\n  sha: x\n",
     "reviewed:\n  by: A\n  sha: x\n# a remark\n\n", "reviewed: # nobody yet\n"],
)  # fmt: skip
def test_a_stamp_changes_nothing_else(content: Path, old: str) -> None:
    path = content / "lessons" / "calo.yaml"
    change(path, "reviewed:\n", old)
    before = path.read_text(encoding="utf-8")
    stamp(path, 'Sri "Ayu": M.H.', TODAY)
    after = path.read_text(encoding="utf-8")
    head, tail = before.split("reviewed:")[0], before.split("\ncards:")[1]
    assert after.startswith(head + "reviewed:\n  by: ")
    assert after.endswith(tail)
    assert "# a remark" not in before or "# a remark\n\ncards:" in after
    assert {lesson.id: lesson.reviewed for lesson in load_lessons(content)}["calo"]
    kept = load_yaml(path)["reviewed"]
    assert (kept["by"], kept["on"]) == ('Sri "Ayu": M.H.', "2026-11-22")
    stamp(path, 'Sri "Ayu": M.H.', TODAY)
    assert path.read_text(encoding="utf-8") == after


def test_a_stamp_where_none_was_asked_for_and_other_line_ends(content: Path) -> None:
    path = content / "lessons" / "calo.yaml"
    change(path, "reviewed:\n", "")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    stamp(path, "Sri", TODAY)
    assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")
    assert {lesson.id: lesson.reviewed for lesson in load_lessons(content)}["calo"]


def test_an_edit_takes_the_stamp_away(content: Path) -> None:
    path = content / "lessons" / "calo.yaml"
    stamp(path, "Sri", TODAY)
    change(path, "Kenali calo", "Kenali calo.")
    assert not any(lesson.reviewed for lesson in load_lessons(content))


def test_a_stamp_needs_a_name_and_a_lesson(content: Path) -> None:
    with pytest.raises(ValueError, match="the name of who"):
        stamp(content / "lessons" / "calo.yaml", "  ", TODAY)
    for file in ("countries.csv", "reviews.yaml", "lessons/none.yaml"):
        with pytest.raises(ContentError):
            stamp(content / file, "Sri", TODAY)
