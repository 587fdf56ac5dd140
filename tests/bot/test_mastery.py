"""What FSRS is asked and what it answers: exact, and a budget that no clock can break."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import mastery
from bot.mastery import SHORTEST, Memory, answered, next_push

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def after(*answers: bool, first: datetime = AT) -> list[Memory]:
    """The memory after each answer, each given when the item is due."""
    memories: list[Memory] = []
    for right in answers:
        last = memories[-1] if memories else None
        memories.append(answered(last, right, last.due if last else first))
    return memories


def test_right_answers_space_an_item_out_until_it_is_mastered() -> None:
    memories = after(True, True, True, True)
    assert [round(one.stability, 1) for one in memories] == [2.3, 27.1, 79.8, 207.5]
    assert [(one.due - one.reviewed_at).days for one in memories] == [12, 17, 49, 127]
    assert [one.mastered for one in memories] == [False, False, False, True]


def test_a_wrong_answer_brings_it_back_as_soon_as_anything_comes_back() -> None:
    first, second, third = after(True, False, True)
    assert second.stability < first.stability
    assert second.due - second.reviewed_at == SHORTEST
    assert not third.mastered


def test_a_second_answer_on_one_day_says_nothing_of_memory() -> None:
    (memory,) = after(True)
    for right in (True, False):
        assert answered(memory, right, AT + DAY - timedelta(seconds=1)) == memory
    assert answered(memory, False, AT + DAY) != memory


def test_what_is_mastered_is_never_due_again() -> None:
    *_, memory = after(True, True, True, True)
    assert memory.mastered
    assert not mastery.is_due(memory, AT + 5000 * DAY)
    assert mastery.next_due({"a": memory}) is None


def test_due_at_its_moment_and_not_before() -> None:
    (memory,) = after(True)
    assert not mastery.is_due(memory, memory.due - timedelta(seconds=1))
    assert mastery.is_due(memory, memory.due)


def test_what_can_still_be_kept_is_asked_first() -> None:
    strong, weak = after(True)[0], after(False)[0]
    assert mastery.in_order({"weak": weak, "strong": strong}, AT + 20 * DAY) == ["strong", "weak"]


def test_the_mastered_item_is_expected_to_be_known_in_three_months() -> None:
    edge = Memory(mastery.MASTERED_STABILITY, 5.0, AT, AT)
    assert mastery.chance(edge, AT + 90 * DAY) == pytest.approx(0.9)


def test_the_same_answers_in_another_zone_are_the_same_memory() -> None:
    local = AT.astimezone(tz=datetime.fromisoformat("2026-11-23T09:00:00+07:00").tzinfo)
    assert after(True, True, first=local) == after(True, True)


# ---- the budget

BUDGETS = [
    ([], 3, AT),
    ([AT - timedelta(hours=43)], 3, AT + timedelta(hours=1)),
    ([AT - timedelta(hours=44)], 3, AT),
    ([AT - 6 * DAY, AT - 4 * DAY, AT - 2 * DAY], 3, AT + DAY),
    ([AT - 2 * DAY, AT - 6 * DAY, AT - 4 * DAY], 3, AT + DAY),
    ([AT - 7 * DAY, AT - 4 * DAY, AT - 2 * DAY], 3, AT),
    ([AT - 6 * DAY], 1, AT + DAY),
    ([], 0, None),
]


@pytest.mark.parametrize(("pushed", "a_week", "expected"), BUDGETS)
def test_when_the_next_push_may_come(
    pushed: list[datetime], a_week: int, expected: datetime | None
) -> None:
    assert next_push(pushed, AT, a_week) == expected


@given(looks=st.lists(st.integers(0, 50 * 24 * 60), max_size=300), a_week=st.integers(0, 3))
def test_no_seven_days_hold_more_than_the_budget(looks: list[int], a_week: int) -> None:
    """Looked at whenever the clock likes; each time a push may come, it does."""
    pushed: list[datetime] = []
    for minutes in sorted(looks):
        now = AT + timedelta(minutes=minutes)
        allowed = next_push(pushed, now, a_week)
        if allowed is not None and allowed <= now:
            pushed.append(now)
    for begin in pushed:
        assert sum(begin <= one < begin + 7 * DAY for one in pushed) <= a_week
    assert bool(pushed) == bool(looks and a_week)
