"""What is learned, and how it is measured, on texts that the detectors were not written from."""

import json
from pathlib import Path

import pytest

from bot import learning
from bot.cli import main
from bot.learning import Example, LabelError, Rate, read_examples
from bot.understand_cli import WEIGHTS
from flows.understanding import Found, Understanding, load_understander, shipped_understander

CORPUS = Path(__file__).parents[1] / "data" / "understanding"
UNSEEN = CORPUS / "unseen.jsonl"
"""Never learned from: written from persona and situation alone after the detectors were done."""


def test_the_shipped_weights_reach_the_goals_on_texts_they_have_not_seen() -> None:
    """Goals of issue 3; the figures themselves are in docs/understanding.md."""
    understander = shipped_understander()
    found = learning.evaluate((e, understander.read(e.text)) for e in read_examples(UNSEEN))
    assert found["emergency"]["recall"]["value"] >= 0.95
    assert found["emergency"]["precision"]["value"] >= 0.8
    assert found["offers"]["recall"]["value"] >= 0.85
    assert found["offers"]["false_alarms"]["value"] <= 0.1
    assert found["intent_accuracy"]["value"] >= 0.85


def test_ordinary_messages_rarely_raise_an_alarm() -> None:
    understander = shipped_understander()
    ordinary = [
        e for e in read_examples(UNSEEN) if e.intent not in ("emergency", "report") and not e.flags
    ]
    alarms = [e for e in ordinary if understander.read(e.text).urgency == "now"]
    assert len(alarms) / len(ordinary) <= 0.02


@pytest.mark.parametrize(
    "cry",
    [
        "saya disekap", "istri saya dikurung majikan", "hp saya diambil, ga boleh keluar",
        "ibu saya di saudi ga bisa dihubungi 2 bln", "bos minta uang 30 juta baru boleh pulang",
        "malam ini kami diberangkatkan lewat laut", "saya mau bunuh diri", "adik saya mau dijual",
        "anakku umur 15 taun dibawa sponsor tadi mlm", "Masih, dia dipukuli setiap malam",
        "aku nang malaysia digebugi juragan", "abdi dikurung di imah dunungan teu meunang kaluar",
        "tolong anak saya pak", "tolong pak anak saya", "tolong",
        "saya di myanmar, tolong", "dijaga orang bersenjata",
        "tolong saya", "pak tolong", "tolong bantu saya", "tolong anak saya disekap",
        "tolong saya mau tanya gimana pulang, majikan jahat", "tolong ajari saya cara kabur dari majikan",
        "tolong jelaskan kenapa saya dipukul", "tolong saya takut, saya mau tanya",
        "tolong tidak paham bahasa mereka, kami di hutan",
        "tolong pak, saya mau tanya, anak saya 2 minggu tidak ada kabar di myanmar",
    ],
)  # fmt: skip
def test_plain_cries_are_heard(cry: str) -> None:
    """Rows of a hostile review: the shorter and plainer, the surer."""
    assert shipped_understander().read(cry).urgency == "now"


@pytest.mark.parametrize(
    "calm",
    [
        "apa artinya disekap?", "halo", "berapa biaya ke taiwan", "kunci motor hilang",
        "besok berangkat ke surabaya", "saya pulang bulan depan alhamdulillah",
        "anak saya umur 15 mau bikin paspor umrah", "majikan saya baik, tidak pernah dipukul",
        "Polisi menangkap tiga tersangka yang menyekap 12 calon pekerja di sebuah ruko, kata Kapolres.",
        "hukuman bagi orang yang menyekap pekerja berapa tahun?", "sapi sy sakit perutnya kembung",
        "pak tolong saya mau tanya soal visa anak saya", "tolong doakan anak saya", "tolong saya mau tanya",
        "tolong jelaskan",
        "tolong dong jelasin", "bu tolong bantu cara daftar", "tolong saya mau belajar",
        "tolong saya mau nanya soal suami saya di arab", "tulung jelasno pak aku ora paham",
        "tolong bantu saya baca surat ini", "minta tolong pak, mau tanya ijazah anak saya hilang gimana",
    ],
)  # fmt: skip
def test_what_only_sounds_like_one_is_no_alarm(calm: str) -> None:
    assert shipped_understander().read(calm).urgency != "now"


@pytest.mark.parametrize("at", [0, 3_000, 10_000, 16_000])
def test_one_sentence_of_danger_in_a_very_long_forward(at: int) -> None:
    story = "pak saya mau cerita soal kampung ini dan sawah. " * 400
    text = f"{story[:at]} tolong saya disekap di kamboja. {story[at:19_000]}"
    assert shipped_understander().read(text).urgency == "now"


def test_recruiter_names_the_signs_of_the_offer(capsys: pytest.CaptureFixture[str]) -> None:
    text = "PT Agesa Asa Jaya, berangkat pakai visa umroh, bayar 5 juta ke rekening pribadi"
    assert main(["recruiter", text, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["verdict"] == "listed"  # which lowers no sign (recruiters.md 2.6)
    assert {"visa_umrah_ziarah", "rekening_pribadi"} <= {flag["id"] for flag in said["flags"]}
    assert "check_contact_and_account" in said["advice"]


def test_enough_texts_from_persona_and_situation_alone() -> None:
    texts = [e.text for path in sorted(CORPUS.glob("*.jsonl")) for e in read_examples(path)]
    assert len(set(texts)) > 2000


def test_the_shipped_weights_are_those_of_the_shipped_texts(tmp_path: Path) -> None:
    """Who changes signs, spellings or texts learns anew (`kentongan understand --train`)."""
    pytest.importorskip("sklearn")
    understander = load_understander(learned=False)
    seen = [e for path in sorted(CORPUS.glob("*.jsonl")) if path != UNSEEN
            for e in read_examples(path)]  # fmt: skip
    anew = learning.learn(understander, seen)
    shipped = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert anew["weights"].keys() == shipped["weights"].keys()


def test_rates_and_confusion() -> None:
    offer = Example("a", "check", "none", frozenset(["abk"]), "id", "suspicious_offer")
    news = Example("b", "learn", "none", frozenset(), "id", "news")
    cry = Example("c", "emergency", "now", frozenset(), "jv")
    said = [
        (offer, Understanding("check", "none", (Found("abk", "a"),), "id")),
        (news, Understanding("check", "none", (Found("abk", "b"),), "id")),
        (cry, Understanding("other", "none", (), "jv")),
    ]
    found = learning.evaluate(said)
    assert found["intent_accuracy"]["value"] == pytest.approx(0.333, abs=1e-3)
    assert found["confusion"]["emergency"] == {"other": 1}
    assert found["emergency"]["recall"]["value"] == 0
    assert found["emergency"]["precision"]["value"] is None
    assert found["offers"] == {
        "recall": Rate(1, 1).as_json(), "false_alarms": Rate(1, 1).as_json()
    }  # fmt: skip
    assert found["flags"]["precision"]["value"] == 0.5
    assert found["language_accuracy"]["value"] == 1


def test_an_interval_is_wilsons() -> None:
    low, high = Rate(9, 10).interval()
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert Rate(0, 0).interval() == (0.0, 1.0)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("", "is empty"),
        ("{", ":1:"),
        ('{"text": "a"}', "intent"),
        ('{"text": "a", "intent": "dance"}', "'dance' is none of"),
        ('{"text": "a", "intent": "learn", "urgency": "late"}', "urgency 'late'"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(
    lines: str, problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "labels.jsonl"
    file.write_text(lines, encoding="utf-8")
    with pytest.raises(LabelError, match=problem):
        read_examples(file)
    assert main(["understand", "--evaluate", str(file)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_understand_prints_the_contracts_shape(capsys: pytest.CaptureFixture[str]) -> None:
    text = "PT Maju Jaya di Ngrayun Ponorogo: admin kamboja 14 jt/bln, dp 2jt, wa 0812-3456-7890"
    assert main(["understand", text, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {"intent", "urgency", "flags", "places", "companies", "phones", "amounts",
            "destinations", "language"} <= said.keys()  # fmt: skip
    assert said["companies"] == ["MAJU JAYA"]
    assert said["places"][0]["code"] == "35.02.02"
    assert said["phones"] == ["+6281234567890"]
    assert said["destinations"][0]["code"] == "kh"
    assert {"id", "severity", "evidence"} == said["flags"][0].keys()


def test_evaluate_prints_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["understand", "--evaluate", str(UNSEEN)]) == 0
    out = capsys.readouterr().out
    assert "emergency recall" in out and "was ↓ said →" in out


def test_exactly_one_thing_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["understand"]) == 2
    assert main(["understand", "halo", "--evaluate", str(UNSEEN)]) == 2
    assert "say one of" in capsys.readouterr().err
