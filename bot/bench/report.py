"""What the benchmark measured, as ratios against its goals."""

import statistics
from typing import Any

from bot.bench import bulk

GOALS = {
    "accept_of_floor": 0.25, "accept_of_variant": 8.0, "drain_of_client": 0.8,
    "fan_out_budget_of_time": 1.0, "pace_telegram_kept": 0.97, "pace_whatsapp_kept": 0.97,
}  # fmt: skip


def weigh(measured: dict[str, list[float]]) -> dict[str, Any]:
    """Medians, ratios by round, and which goals they meet."""

    def ratio(one: str, other: str) -> list[float]:
        """Of the same round: what disturbs a round disturbs both."""
        pairs = zip(measured[one], measured[other], strict=True)
        return [round(a / b, 3) for a, b in pairs]

    ratios = {
        "accept_of_floor": ratio("accept_per_second", "floor_per_second"),
        "accept_of_variant": ratio("accept_per_second", "variant_per_second"),
        "drain_telegram_of_client": ratio(
            "telegram_sender_per_second", "telegram_client_per_second"
        ),
        "drain_whatsapp_of_client": ratio(
            "whatsapp_sender_per_second", "whatsapp_client_per_second"
        ),
    }
    ratios["fan_out_budget_of_time"] = [
        round(bulk.FAN_OUT / seconds, 3) for seconds in measured["fan_out_seconds"]
    ]
    for channel in bulk.PACES:
        ratios[f"pace_{channel}_kept"] = [round(v, 3) for v in measured[f"{channel}_pace_kept"]]
    medians = {name: statistics.median(values) for name, values in ratios.items()}
    goals = {name: GOALS.get(name, GOALS["drain_of_client"]) for name in ratios}
    return {
        "median": {
            name: round(statistics.median(v), 3 if v[0] < 10 else 1) for name, v in measured.items()
        },
        "ratios": medians,
        "per_round": ratios,
        "goals": goals,
        "met": {name: medians[name] >= goals[name] for name in ratios},
    }


def show(report: dict[str, Any]) -> None:
    print(f"{report['rounds']} rounds, {report['contacts']} contacts × {report['steps']} steps, "
          f"{report['connections']} connections, synchronous=FULL, pacer {report['pacer']}")  # fmt: skip
    for name, value in report["median"].items():
        print(f"  {name:30} {value:>10}")
    for name, value in report["ratios"].items():
        mark = "met" if report["met"][name] else "NOT MET"
        print(f"  {name:30} {value:>10.2f}  goal {report['goals'][name]}  {mark}")
