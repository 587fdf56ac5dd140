"""What an officer does with broadcasts at the console or on the command line: each act once, in
one transaction, with a refusal in words. The rights are those of the chat (`bot/broadcasts.py`)."""

from dataclasses import replace

from bot import broadcast_effects, broadcasts, outbox
from bot.broadcast_draft import Draft, plan_of
from bot.broadcast_preview import look
from bot.broadcast_rows import PROPOSED
from bot.broadcast_shown import Seen, Shown, listed, seen, shown
from bot.broadcast_words import kept_plan
from bot.not_allowed import NotAllowed
from bot.officer_at_work import Declined, OfficerAtWork
from flows.broadcast_plan import BroadcastDecided, Plan
from flows.plain_text import typed
from flows.safety import mask_identity_numbers

ACTS = ("approve", "reject", "pause", "resume", "cancel", "withdraw")


class OfficerBroadcasts(OfficerAtWork):
    """One officer at work inside one transaction."""

    def find(self, number: int) -> Shown | None:
        row = broadcasts.get(self._connection, number, self._office_code)
        if row is None:
            return None
        return shown(self._connection, self._service, row, self._officer_id, self._now)

    def listed(self) -> list[Shown]:
        return listed(self._connection, self._service, self._office_code, self._now)

    def plan(self, draft: Draft) -> Plan:
        """Raises DraftError or Declined."""
        try:
            return plan_of(self._connection, self._service, self.office, draft)
        except NotAllowed as refused:
            raise self._declined(str(refused)) from None

    def look(self, plan: Plan) -> Seen:
        return seen(self._connection, self._service, self._officer_id, plan, self._now)

    def proposed(self, number: int) -> Seen | None:
        """What the second person is asked to approve; None where nobody is asked."""
        row = broadcasts.get(self._connection, number, self._office_code)
        if row is None or row.status != PROPOSED:
            return None
        plan = kept_plan(row)
        return seen(self._connection, self._service, row.officer_id, plan, self._now)

    def order(self, plan: Plan, nonce: str) -> int:
        """Its number; the same nonce again is the same broadcast. Raises Declined."""
        self._must_serve(plan)
        effects = self._effects()
        ours = f"{self._officer_id}-{nonce}"
        fresh = self._first_time(nonce)
        try:
            number = broadcasts.order(
                self._connection, self._service, self._officer_id, plan, ours, self._now
            )
        except NotAllowed as refused:
            raise self._refused(str(refused), plan) from None
        if fresh:
            broadcast_effects.tell_approvers(effects, number)
            outbox.queue(self._connection, effects.rows)
        return number

    def act(self, number: int, act: str, words: str, nonce: str) -> None:
        """Raises Declined, or LookupError for a number that the office does not have."""
        row = broadcasts.get(self._connection, number, self._office_code)
        if row is None or act not in ACTS:
            raise LookupError(number)
        words = mask_identity_numbers(typed(words))
        plan = kept_plan(row)
        if act == "withdraw":
            plan = replace(plan, text=words, kind="withdrawal", corrects=number)
        self._must_serve(plan)
        if not self._first_time(f"{act}-{number}-{nonce}"):
            return
        effects = self._effects()
        event = BroadcastDecided(number, act, words)  # type: ignore[arg-type]
        try:
            broadcast_effects.decide(effects, self._officer_id, event)
        except NotAllowed as refused:
            raise self._refused(str(refused), plan) from None
        outbox.queue(self._connection, effects.rows)

    # ----

    def _must_serve(self, plan: Plan) -> None:
        if not self.serves:
            raise self._refused("broadcasts.not_mine", plan)

    def _refused(self, key: str, plan: Plan) -> Declined:
        """With what the words name (`look` says it once more)."""
        again = look(self._connection, self._service, self._officer_id, plan, self._now)
        return self._declined(key, dict(dict(again.problems).get(key, ())))
