"""`kentongan serve` whose waits are seconds instead of minutes; nothing else of it is changed.

In service a new sender waits up to 45 s for a dead one's lease and then 90 s for late callbacks,
and it keeps the providers' pace. A test of three kills has 25 s.
"""

import os
from datetime import timedelta

from bot import cli, outbox, pacing, picture_reader, pictures, running, schedule, sender

LEASE = timedelta(seconds=1.2)
GRACE = timedelta(seconds=1.0)


def shorten() -> None:
    schedule.LEASE = LEASE
    vars(sender)["LEASE"] = vars(picture_reader)["LEASE"] = LEASE
    pictures.LEASE = LEASE
    assert sender.Sender.__init__.__kwdefaults__ is not None
    sender.Sender.__init__.__kwdefaults__["grace"] = GRACE
    sender.IDLE = 0.1
    if os.environ.get("QUICK_SERVE_PACED"):
        # What nobody answered is settled after this, instead of a minute.
        outbox.LEASE = timedelta(seconds=3)
        schedule.EVERY = 1
        return
    paces = dict(pacing.PACES)
    vars(running)["pace_of"] = lambda _, channel: pacing.Pace(
        2000, 0, 100, 0, paces[channel].workers
    )


if __name__ == "__main__":
    shorten()
    raise SystemExit(cli.main(["serve"]))
