"""TPPO, TPPM or other over labelled stories, with reasons in the reporter's own words."""

import json
from pathlib import Path

import pytest

from flows.check_facts import load_red_flags
from flows.classify import Classifier
from flows.understanding import shipped_understander

CLASSIFIER = Classifier(shipped_understander(), load_red_flags())
FOLDER = Path(__file__).parent.parent / "data" / "tips"
AT_LEAST = {"stories.jsonl": 0.95, "stories_fresh.jsonl": 0.6}
"""Share that has to be right; the figures themselves stand in docs/tips.md."""


def stories(name: str) -> list[tuple[str, str]]:
    rows = [json.loads(line) for line in (FOLDER / name).read_text().splitlines()]
    return [(row["text"], row["category"]) for row in rows]


@pytest.mark.parametrize("name", AT_LEAST)
def test_the_labelled_stories(name: str) -> None:
    told = stories(name)
    wrong = [(label, text) for text, label in told if CLASSIFIER.classify(text).category != label]
    assert len(told) - len(wrong) >= AT_LEAST[name] * len(told), wrong


def test_the_sets_are_large_and_share_nothing() -> None:
    texts = [text for name in AT_LEAST for text, _ in stories(name)]
    assert len(texts) >= 120
    assert len(set(texts)) == len(texts)


def test_reasons_are_the_reporters_own_words() -> None:
    told = "adik saya dibawa calo ke Kamboja, paspornya ditahan, gajinya tidak dibayar"
    found = CLASSIFIER.classify(told)
    assert found.category == "tppo"
    quoted = [words for line in found.reasons for words in line.split("“")[1:]]
    assert quoted
    assert all(words.partition("”")[0].casefold() in told.casefold() for words in quoted)
    assert [line.partition(":")[0] for line in found.reasons[:3]] == ["Proses", "Cara", "Tujuan"]
    assert "UU 21/2007" in found.reasons[-2]
    assert "bukan kesimpulan" in found.reasons[-1]


def test_both_at_once_is_tppo_with_both_reasons() -> None:
    told = "Calo membawa anak saya lewat jalur tikus ke Malaysia, di sana tidak digaji dan dipukul"
    found = CLASSIFIER.classify(told)
    assert found.category == "tppo"
    assert any(line.startswith("Lintas batas:") for line in found.reasons)


def test_of_nothing_nothing_is_said() -> None:
    assert CLASSIFIER.classify("  ").reasons == ()
    assert CLASSIFIER.classify("🙂" * 3000).category == "other"


def test_a_reason_does_not_run_from_one_answer_into_the_next() -> None:
    told = "calo minta uang 3 juta\nngrayun ngrayun ponorogo\nbesok"
    reasons = "\n".join(CLASSIFIER.classify(told).reasons)
    signs = [sign.evidence for sign in shipped_understander().signs(told)]
    assert any("minta uang" in words for words in signs)
    assert not any("ngrayun" in words for words in [reasons, *signs])
    held = CLASSIFIER.classify("calo datang dengan paspor\ndi Ngrayun\nambil besok")
    assert not any("Ngrayun" in line for line in held.reasons)
