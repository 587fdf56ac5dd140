"""`kentongan bench --json` says what it promises; how fast this machine is, is not tested."""

import json
import os
import subprocess
import sys
from pathlib import Path

RATIOS = {
    "accept_of_floor",
    "accept_of_variant",
    "drain_telegram_of_client",
    "drain_whatsapp_of_client",
}
KEYS = {"rounds", "contacts", "median", "ratios", "per_round", "goals", "met", "pacer"}


def test_the_benchmark_prints_one_object_with_its_ratios_and_goals(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(root)}
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "bench", "--json", "--rounds", "1", "--contacts", "60"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode in (0, 1), ran.stderr[-2000:]
    (line,) = ran.stdout.splitlines()
    report = json.loads(line)
    assert report.keys() >= KEYS
    assert (report["rounds"], report["contacts"]) == (1, 60)
    assert report["ratios"].keys() >= RATIOS
    for name, ratio in report["ratios"].items():
        assert ratio > 0
        assert len(report["per_round"][name]) == 1
        assert report["met"][name] == (ratio >= report["goals"][name])
    assert (ran.returncode == 0) == all(report["met"].values())
    assert all(value > 0 for value in report["median"].values())
    assert "off" in report["pacer"], "what the sender is compared at is said"
    assert list(tmp_path.iterdir()) == [], "it leaves nothing behind"
