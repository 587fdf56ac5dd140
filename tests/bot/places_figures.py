"""The figures of the place matcher: `python -m tests.bot.places_figures [COUNT SEED SHOW chat]`.

SHOW is a list of outcomes whose cases are printed, such as wrong,astray; "chat" takes the second
way of making cases.
"""

import sys
from collections import Counter

from bot.territory import Gazetteer, Offices
from tests.bot.places_chat import chat_cases
from tests.bot.places_messy import Messy


def main(count: int, seed: int, show: str, chat: bool) -> None:
    gazetteer = Gazetteer()
    gazetteer.warm_up()
    messy = Messy(gazetteer, Offices())
    cases = chat_cases(messy, count, seed) if chat else messy.cases(count, seed)
    score = messy.run(cases)
    print(dict(score.outcomes))
    print(f"right {score.right:.4f} wrong {score.wrong:.4f} asked {score.asked:.4f}")
    print(" ".join(f"p{p} {score.milliseconds(p):.1f} ms" for p in (50, 95, 99)))
    kinds = Counter(case.kind for case in cases)
    table = Counter((case.kind, outcome) for outcome, case, _ in score.bad)
    for kind, made in kinds.most_common():
        spoilt = {o: n for (k, o), n in table.items() if k == kind}
        print(f"  {kind:12} {made:5} {spoilt}")
    for outcome, case, answer in score.bad:
        if outcome in show.split(","):
            got = answer.place.name if answer.place else [p.name for p in answer.ask]
            meant = gazetteer.place(case.codes[0])
            print(f"{outcome} [{case.kind}] {case.text!r} -> {got}  MEANT {meant and meant.name}")


if __name__ == "__main__":
    given = [*sys.argv[1:], *("2000", "1", "wrong,none,astray", "forms")[len(sys.argv) - 1 :]]
    main(int(given[0]), int(given[1]), given[2], given[3] == "chat")
