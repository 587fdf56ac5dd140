"""A simulated year of tips: officers who are slow, away, transferred; stops, crashes, clock jumps.

Everything is drawn from one seed. The rules are the real ones (`bot/tip_moves.py`,
`bot/schedule.py`) on a real database; only people and time are made up.
"""

import heapq
import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from bot import contacts, demo, leave, outbox, schedule, tip_clock, tips
from bot.clock import Clock
from bot.database import Database
from bot.effects import Effects
from bot.office_setup import init_office
from bot.officers import duties, officers
from bot.outbox_rows import open_body
from bot.roster import hand_over_orphans
from bot.sealing import KeyRing
from bot.service import Service, migrate
from bot.settings import read_settings
from bot.tip_moves import NotAllowed
from bot.world import World
from flows.events import TipDetailAdded, TipOpened, TipWithdrawn

START = datetime.fromisoformat("2026-01-05T00:00:00+07:00")
YEAR = timedelta(days=365)
PLACES = (
    demo.VILLAGE,
    demo.OTHER_VILLAGE,
    "35.02.02.2001",
    "35.01.01",
    "35.75",
    "32.15.15",
    "my",
    "",
)
MORE = (
    ("D-004", "duty", ""), ("D-005", "section_head", ""), ("D-006", "contact", "35.02.02"),
    ("D-007", "deputy", demo.VILLAGE), ("D-008", "pimpasa", "35.01.01"),
)  # fmt: skip
YOURS = ("baru #", "warga #", "DARURAT. Laporan #", "diteruskan kepada Anda")
NO_LONGER = "sudah dialihkan"
ALARM = "sedang menunggu petugasnya"


class Crash(Exception):
    """The process dies in the middle of its transaction."""


class Year:
    def __init__(self, folder: Path, seed: int, count: int) -> None:
        self.chance = random.Random(seed)
        self.database = Database(f"sqlite:///{folder / 'year.db'}")
        migrate(self.database)
        self.ring, self.now = KeyRing.fresh(), START
        self.start_process()
        demo.seed(self.service)
        self._more_people()
        self.down_until = START
        self.agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self.numbers: dict[int, int] = {}
        """Each tip's reporter."""
        self.heard: Counter[tuple[int | None, int, str]] = Counter()
        """(tip, contact, first words) of every message that left."""
        self.by_tip: dict[int, list[tuple[int, str, int]]] = {}
        self.by_contact: dict[int, list[tuple[int, str, int]]] = {}
        self.expected_news: Counter[int] = Counter()
        self.done: Counter[str] = Counter()
        self.next_night = START
        for number in range(count):
            self._at(self.chance.random() * YEAR, partial(self.open, number))
        for _ in range(60):
            self._at(self.chance.random() * YEAR, self.somebody_goes_away)
        for _ in range(12):
            self._at(self.chance.random() * YEAR, self.transfer)
            self._at(self.chance.random() * YEAR, self.stop)
        for _ in range(200):
            self._at(self.chance.random() * YEAR, self.start_process)

    # ---- the process

    def start_process(self) -> None:
        """A restart: nothing but the database outlives it."""
        settings = read_settings(office=demo.OFFICE, simulator=True, _env_file=None)
        self.clock = Clock(self.now)
        self.service = Service(settings, database=self.database, ring=self.ring, clock=self.clock)

    def stop(self) -> None:
        """The machine is off for up to three days; then the clock has jumped."""
        self.done["stops"] += 1
        self.down_until = self.now + self.chance.random() * timedelta(days=3)

    def act(self, do: Callable[[Effects], object], known: contacts.Known | None = None) -> bool:
        """One turn; now and then the first try dies before its commit."""
        for crashes in (self.chance.random() < 0.02, False):
            try:
                with self.database.write() as connection:
                    world = World(connection, self.service, None, self.now)
                    effects = Effects(connection, self.service, world, self.now, known=known)
                    do(effects)
                    outbox.queue(connection, effects.rows)
                    if crashes:
                        raise Crash
                return True
            except Crash:
                self.done["crashes"] += 1
            except NotAllowed:
                return False
        return False

    def tick(self) -> None:
        """What the schedule does, each job in its own transaction, some of them dying."""
        jobs: list[Callable[[Any], object]] = [
            lambda connection: schedule.begin_leaves(connection, self.service, self.now),
            lambda connection: schedule.escalate_overdue(connection, self.service, self.now),
        ]
        if self.now >= self.next_night:
            self.next_night = self.now + timedelta(days=1)
            jobs.insert(1, lambda connection: hand_over_orphans(connection, self.now))
        for job in jobs:
            for crashes in (self.chance.random() < 0.02, False):
                try:
                    with self.database.write() as connection:
                        job(connection)
                        if crashes:
                            raise Crash
                    break
                except Crash:
                    self.done["crashes"] += 1
        self.drain()

    def drain(self) -> None:
        """Whatever waits leaves now; a message is counted as it leaves."""
        table = outbox.outbox
        with self.database.write() as connection:
            rows = connection.execute(
                select(table.c.id, table.c.tip_number, table.c.contact_id, table.c.lane, table.c.body)
                .where(table.c.channel == demo.CHANNEL, table.c.status == "queued")
            ).all()  # fmt: skip
            for row in rows:
                text = open_body(self.ring, row.lane, row.body).text.splitlines()[0]
                self.heard[row.tip_number, row.contact_id, text] += 1
            connection.execute(
                update(table)
                .where(table.c.id.in_([row.id for row in rows]))
                .values(status="sent", body=None)
            )

    def run(self) -> None:
        while self.agenda:
            at, _, do = heapq.heappop(self.agenda)
            self._let_time_pass(at)
            do()
            self.drain()
        self._let_time_pass(self.now + timedelta(days=30))

    def _let_time_pass(self, until: datetime) -> None:
        while True:
            with self.database.read() as connection:
                moments = (tip_clock.next_due(connection), leave.next_begin(connection, self.now),
                           self.next_night)  # fmt: skip
            due = min(moment for moment in moments if moment)
            due = max(due, self.down_until)
            if due > until:
                break
            self.now = due if due > self.now else self.now + timedelta(minutes=1)
            self.tick()
        self.now = max(self.now, until)

    # ---- what people do

    def open(self, number: int) -> None:
        with self.database.write() as connection:
            found = contacts.load(connection, self.database, self.ring,
                                  [(demo.CHANNEL, f"warga-{number}")], self.now)  # fmt: skip
            who = next(iter(found.values()))
        place = self.chance.choice(PLACES)
        home = demo.VILLAGE if self.chance.random() < 0.1 else ""
        urgency: Any = self.chance.choices(("none", "soon", "now"), (6, 3, 1))[0]
        topic = "question" if self.chance.random() < 0.2 else "report"
        told = {"what": "Pak kades ikut" if self.chance.random() < 0.05 else "Ada calo"}
        event = TipOpened(f"R{number}", topic, urgency, place, told, home_code=home)
        assert self.act(lambda effects: effects.apply(event), who)
        with self.database.read() as connection:
            tip = connection.execute(select(func.max(tips.tips.c.number))).scalar_one()
        self.numbers[tip] = who.id
        self._soon(lambda: self.officer(tip), 5)
        for _ in range(self.chance.choice((0, 0, 1, 2))):
            self._soon(lambda: self.reporter(tip), 150)

    def officer(self, number: int, *, patience: int = 40) -> None:
        """Whoever owns it does the next thing, or lets it lie."""
        tip = self._tip(number)
        if tip.status not in tips.OPEN_STATUSES:
            return
        who = tip.officer_id or self._leader(tip.office_code)
        lies = self.chance.random() < 0.35 and patience > 0
        if who is not None and not lies and not self._is_away(who):
            self._work(tip, who)
        self._soon(lambda: self.officer(number, patience=patience - 1), 30)

    def _work(self, tip: tips.TipRow, who: int) -> None:
        if tip.status == "assigned":
            done = self.act(lambda effects: effects.acknowledge(tip, who))
        elif self.chance.random() < 0.5:
            done = self.act(lambda effects: effects.close(tip, who, "handled"))
        elif self.chance.random() < 0.2:
            until = self.now + timedelta(days=self.chance.randrange(1, 14))
            done = self.act(lambda effects: effects.pause(tip, who, "partner", until))
            self.done["pauses"] += done
        else:
            done = self.act(lambda effects: effects.ask_reporter(tip, who, "Kapan?"))
        self.expected_news[self.numbers[tip.number]] += done

    def reporter(self, number: int) -> None:
        tip = self._tip(number)
        if tip.status not in tips.OPEN_STATUSES:
            return
        if self.chance.random() < 0.1:
            self.act(lambda effects: effects.apply(TipWithdrawn(tip.id)))
            return
        danger = self.chance.random() < 0.05
        self.act(lambda effects: effects.apply(TipDetailAdded(tip.id, "Besok berangkat", danger)))

    def somebody_goes_away(self) -> None:
        days = self.chance.choice((1, 2, 5, 12))
        away, deputy = self.chance.sample(self._officers(), 2)
        begins = self.now + self.chance.random() * timedelta(days=3)
        with self.database.write() as connection:
            leave.begin(connection, away, begins, begins + timedelta(days=days), "annual", self.now,
                        deputy_id=deputy if self.chance.random() < 0.5 else None)  # fmt: skip
        self.done["leaves"] += 1

    def transfer(self) -> None:
        """The village's decree passes from one officer to another, today."""
        today = self.now.astimezone(START.tzinfo).date()
        new = self.chance.choice(self._officers())
        with self.database.write() as connection:
            mine = (duties.c.place_code == demo.VILLAGE) & (duties.c.role == "pimpasa")
            connection.execute(
                update(duties).where(mine, duties.c.valid_to.is_(None))
                .values(valid_to=today - timedelta(days=1))
            )  # fmt: skip
            connection.execute(
                duties.insert().values(officer_id=new, office_code=demo.OFFICE, role="pimpasa",
                                       place_code=demo.VILLAGE, decree="SK baru", valid_from=today)
            )  # fmt: skip
            hand_over_orphans(connection, self.now)
        self.done["transfers"] += 1

    # ---- what must hold

    def check(self) -> dict[str, int]:
        """No unowned minute, one open assignment, each notice exactly once; the figures."""
        self._index()
        with self.database.read() as connection:
            every = connection.execute(select(tips.tips).order_by(tips.tips.c.number)).all()
            held: dict[int, list[Any]] = {}
            for row in connection.execute(select(tips.assignments).order_by(tips.assignments.c.id)):
                held.setdefault(row.tip_number, []).append(row)
            people = connection.execute(select(officers.c.id, officers.c.contact_id))
            phones = {row.id: row.contact_id for row in people}
        for tip in every:
            self._check_one(tip, held[tip.number], phones)
        moves = Counter(row.end_reason for rows in held.values() for row in rows)
        still_open = sum(tip.status in tips.OPEN_STATUSES for tip in every)
        return {"tips": len(every), "assignments": sum(map(len, held.values())),
                "still open": still_open, **{k or "open": n for k, n in sorted(moves.items())},
                **self.done}  # fmt: skip

    def _check_one(self, tip: Any, rows: list[Any], phones: dict[int, int]) -> None:
        number = tip.number
        assert rows[0].assigned_at == tip.opened_at, f"tip {number} began without an owner"
        for before, after in pairwise(rows):
            assert before.ended_at == after.assigned_at, f"tip {number} had nobody for a while"
        ended = tip.status not in tips.OPEN_STATUSES
        assert (rows[-1].ended_at is not None) == ended
        assert not ended or rows[-1].ended_at == tip.closed_at
        assert sum(row.ended_at is None for row in rows) == (0 if ended else 1)
        if tip.status == "withdrawn":  # whose it was is forgotten with it
            assert not any(row.officer_id for row in rows)
        else:
            self._check_notices(number, rows, phones)
        reporter = self.numbers[number]
        moved = sum(
            row.end_reason in ("overdue", "leave", "transferred", "conflict") for row in rows
        )
        news = sum(times for _, _, times in self.by_contact.get(reporter, []))
        assert news == moved + self.expected_news[reporter], f"tip {number}: {news} news"

    def _check_notices(self, number: int, rows: list[Any], phones: dict[int, int]) -> None:
        """Who got it was told so once, and who lost it heard of that at most once."""
        given, taken = Counter[int](), Counter[int]()
        for before, row in zip([None, *rows], rows, strict=False):
            if row.officer_id and not (before and before.end_reason == "taken"):
                given[phones[row.officer_id]] += 1
        may_have: Counter[int] = Counter()
        for row, after in pairwise(rows):
            if row.officer_id and row.end_reason in ("overdue", "leave", "transferred"):
                if row.officer_id == after.officer_id:
                    continue
                # Whoever sees the desk it goes to reads that instead.
                may_have[phones[row.officer_id]] += 1
                taken[phones[row.officer_id]] += after.officer_id is not None
        at_a_desk = rows[0].officer_id is None  # everybody who sees it reads the same alarm
        yours, gone = Counter[int](), Counter[int]()
        for who, text, times in self.by_tip.get(number, []):
            alarm = ALARM in text or (at_a_desk and text.startswith("DARURAT. Laporan"))
            if any(words in text for words in YOURS) and not alarm:
                yours[who] += times
            if NO_LONGER in text:
                gone[who] += times
        assert yours == given, f"tip {number}: told {yours}, was given {given}"
        assert taken <= gone <= may_have, f"tip {number}: told {gone}, lost {taken} {may_have}"

    # ---- helpers

    def _index(self) -> None:
        for (number, who, text), times in self.heard.items():
            if number is not None:
                self.by_tip.setdefault(number, []).append((who, text, times))
            else:
                self.by_contact.setdefault(who, []).append((who, text, times))

    def _at(self, after: timedelta, do: Callable[[], None]) -> None:
        heapq.heappush(
            self.agenda, (START + after, len(self.agenda) + self.chance.getrandbits(40), do)
        )

    def _soon(self, do: Callable[[], None], hours: float) -> None:
        self._at(self.now - START + timedelta(hours=self.chance.expovariate(1 / hours)), do)

    def _tip(self, number: int) -> tips.TipRow:
        with self.database.read() as connection:
            tip = tips.by_number(connection, number)
        assert tip is not None
        return tip

    def _officers(self) -> list[int]:
        with self.database.read() as connection:
            query = select(officers.c.id).where(officers.c.office_code == demo.OFFICE)
            return list(connection.execute(query.order_by(officers.c.id)).scalars())

    def _leader(self, office_code: str) -> int | None:
        with self.database.read() as connection:
            there = World(connection, self.service, None, self.now).desk_readers(
                office_code, frozenset()
            )
        return self.chance.choice(there) if there else None

    def _is_away(self, officer_id: int) -> bool:
        with self.database.read() as connection:
            return leave.of(connection, officer_id, self.now) is not None

    def _more_people(self) -> None:
        with self.database.write() as connection:
            init_office(connection, self.service.office_list, self.service.gazetteer,
                        name="Kanwil Jawa Timur", code="kanwil", kind="kanwil", regencies=("35",),
                        now=START)  # fmt: skip
            people = [*((demo.OFFICE, *one) for one in MORE), ("kanwil", "K-001", "head", "")]
            for office, staff_no, role, place in people:
                officer_id = connection.execute(
                    officers.insert()
                    .values(office_code=office, staff_no=staff_no, name=staff_no, active=True)
                    .returning(officers.c.id)
                ).scalar_one()  # fmt: skip
                connection.execute(
                    duties.insert().values(officer_id=officer_id, office_code=office, role=role,
                                           place_code=place, decree="", valid_from=date(2026, 1, 1))
                )  # fmt: skip
                demo._enrol(connection, self.service, staff_no, staff_no, START)
        self.service.forget_office()
