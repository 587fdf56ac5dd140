"""Questions and answers of a meeting on the officer's phone: grouped, answered once for all who
asked, put together or taken apart by number, and summed up for the village."""

from flows.broadcast_plan import BroadcastOrdered, Plan, Preview
from flows.desk_words import read_number
from flows.events import Event
from flows.meeting_plan import MeetingReport, QuestionGroup, QuestionsAnswered, QuestionsGrouped
from flows.nodes import Ask, AskAgain, Choice, Choose, Decide, Emit, Node, Option, Pick, Say, Scene
from flows.places import some_words

MOST_GROUPS = 4
MOST_QUOTED = 3
"""Questions of one group that are shown with it."""
LABEL = 60
LONGEST_ANSWER = 600
OF_WORDS = frozenset({"broadcasts.bad_link", "broadcasts.old_fact"})
"""Problems of the words themselves, seen while they are typed."""


def session() -> dict[str, Node]:
    """Part of the flow `meeting_desk`, whose `rest`, `page` and `cancelled` it uses."""
    return _questions() | _answering() | _grouping() | _summary()


# ---- the list


def _questions() -> dict[str, Node]:
    return {
        "questions": Decide(_any, {"open": "groups", "answered": "all_answered", "none": "no_questions"}),
        "no_questions": Say("meetings.no_questions", "rest"),
        "groups": Pick(
            "meetings.groups", _groups, "asked", "group",
            other=Choice("summary", "meetings.summary", "summary"), slots=_how_many, human=False,
        ),
        "all_answered": Choose(
            "meetings.all_answered",
            (
                Choice("summary", "meetings.summary", "summary"),
                Choice("back", "meetings.back", "look_up"),
            ),
            slots=_how_many, human=False,
        ),
    }  # fmt: skip


def _report(scene: Scene) -> MeetingReport | None:
    return scene.ports.meeting_report(int(scene.answers.get("number", "0")))


def _any(scene: Scene) -> str:
    report = _report(scene)
    if report is None or not report.groups:
        return "none"
    return "open" if report.open() else "answered"


def _groups(scene: Scene) -> tuple[Option, ...]:
    report = _report(scene)
    found = report.open()[:MOST_GROUPS] if report else ()
    return tuple(Option(str(one.number), _label(one)) for one in found)


def _label(one: QuestionGroup) -> str:
    words = one.words if len(one.words) <= LABEL else one.words[: LABEL - 1].rstrip() + "…"
    return f"{words} ({len(one.questions)}x, nomor {one.number})"


def _how_many(scene: Scene) -> dict[str, str]:
    report = _report(scene)
    found = len(report.open()) if report else 0
    more = f" {MOST_GROUPS} teratas:" if found > MOST_GROUPS else ""
    return {
        "open": str(found),
        "answered": str(len(report.answered()) if report else 0),
        "more": more,
    }


# ---- one answer for all who asked


def _answering() -> dict[str, Node]:
    stands = {"open": "group_words", "answered": "answered_before", "gone": "no_question"}
    return {
        "group": Decide(_stands, stands),
        "no_question": Say("meetings.no_question", "rest"),
        "answered_before": Say("meetings.answered_before", "rest"),
        "group_words": Ask(
            "meetings.group", "answer", "answer_look", _read_answer, slots=_group, human=False
        ),
        "answer_look": Choose(
            "meetings.answer_look",
            (
                Choice("send", "meetings.send_answer", "answer_sure"),
                Choice("change", "tip_off.change", "group_words"),
                Choice("cancel", "common.cancel", "cancelled"),
            ),
            slots=_group, human=False,
        ),
        "answer_sure": Decide(_stands, stands | {"open": "answer_it"}),
        "answer_it": Emit(_answer, "answer_sent"),
        "answer_sent": Choose(
            "meetings.answer_sent",
            (
                Choice("more", "meetings.more_questions", "after_answer"),
                Choice("back", "meetings.back", "look_up"),
            ),
            human=False,
        ),
        "after_answer": Decide(_next, {"next": "questions"}),
        "reply": Decide(
            _reply,
            stands | {"look": "answer_look", "refused": "answer_refused", "stranger": "stranger",
                      "how": "reply_how"},
        ),
        "reply_how": Say("meetings.reply_how", "rest"),
        "answer_refused": Say("meetings.answer_refused", "group_words"),
    }  # fmt: skip


def _found(scene: Scene) -> tuple[int, QuestionGroup] | None:
    return scene.ports.meeting_question(int(scene.answers.get("asked", "0")))


def _stands(scene: Scene) -> str:
    found = _found(scene)
    if found is None:
        return "gone"
    scene.answers["number"] = str(found[0])
    return "answered" if found[1].answer else "open"


def _read_answer(text: str, scene: Scene) -> str:
    words = answer_of(text)
    sayable(scene, words)
    return words


def answer_of(text: str) -> str:
    """Raises AskAgain for what is too short or too long."""
    words = some_words(text)
    if len(words) > LONGEST_ANSWER:
        raise AskAgain("meetings.line_too_long", most=str(LONGEST_ANSWER))
    return words


def sayable(scene: Scene, words: str) -> None:
    """Raises AskAgain where a broadcast could not say it: a strange link, a fact that has aged."""
    places = tuple(code for code, _ in scene.ports.broadcast_places()[:1])
    check_words(scene.ports.broadcast_preview(Plan(words, places)))


def check_words(seen: Preview) -> None:
    for key, slots in seen.problems:
        if key in OF_WORDS:
            raise AskAgain(key, **dict(slots))


def _group(scene: Scene) -> dict[str, str]:
    found = _found(scene)
    if found is None:
        return {"group": "", "asked": "0", "questions": "", "answer": ""}
    group = found[1]
    quoted = [f"“{words}”" for _, words in group.questions[:MOST_QUOTED]]
    numbers = ", ".join(str(number) for number, _ in group.questions[MOST_QUOTED:])
    return {
        "group": str(group.number),
        "asked": str(len(group.questions)),
        "questions": " ".join(quoted) + (f" dan {numbers}" if numbers else ""),
        "answer": scene.answers.get("answer", ""),
    }


def _answer(scene: Scene) -> list[Event]:
    return [QuestionsAnswered(int(scene.answers["asked"]), scene.answers["answer"])]


def _next(scene: Scene) -> str:
    """On with the list; of what was answered nothing stays in the chat's memory."""
    for name in ("asked", "answer"):
        scene.answers.pop(name, None)
    return "next"


def _reply(scene: Scene) -> str:
    """`JAWAB PERTEMUAN 7 Biayanya …`, or only the number."""
    if not scene.person.officer:
        return "stranger"
    scene.answers.clear()
    question, words = read_number(scene.words)
    if not question:
        return "how"
    scene.answers["asked"] = question
    stands = _stands(scene)
    if stands != "open" or not words:
        return stands
    try:
        scene.answers["answer"] = _read_answer(words, scene)
    except AskAgain:
        return "refused"
    return "look"


# ---- together and apart


def _grouping() -> dict[str, Node]:
    return {
        "merge": Decide(
            _merge,
            {"yes": "merge_it", "stranger": "stranger", "how": "merge_how", "gone": "no_question",
             "other": "other_meeting", "answered": "answered_before", "same": "merged"},
        ),
        "merge_how": Say("meetings.merge_how", "rest"),
        "other_meeting": Say("meetings.other_meeting", "rest"),
        "merge_it": Emit(_put_together, "merged"),
        "merged": Say("meetings.merged", "rest", slots=_pair),
        "split": Decide(
            _split,
            {"yes": "split_it", "stranger": "stranger", "how": "split_how", "gone": "no_question",
             "alone": "split_alone"},
        ),
        "split_how": Say("meetings.split_how", "rest"),
        "split_alone": Say("meetings.split_alone", "rest", slots=_pair),
        "split_it": Emit(_take_apart, "was_split"),
        "was_split": Say("meetings.was_split", "rest", slots=_pair),
    }  # fmt: skip


def _merge(scene: Scene) -> str:
    """`GABUNG 3 7`."""
    if not scene.person.officer:
        return "stranger"
    scene.answers.clear()
    one, rest = read_number(scene.words)
    other, _ = read_number(rest.removeprefix("dan").removeprefix("dengan"))
    if not one or not other:
        return "how"
    scene.answers["asked"], scene.answers["other"] = one, other
    first, second = (scene.ports.meeting_question(int(number)) for number in (one, other))
    if first is None or second is None:
        return "gone"
    if first[0] != second[0]:
        return "other"
    if first[1].number == second[1].number:
        return "same"
    return "answered" if first[1].answer and second[1].answer else "yes"


def _split(scene: Scene) -> str:
    """`PISAH 7`."""
    if not scene.person.officer:
        return "stranger"
    scene.answers.clear()
    question, _ = read_number(scene.words)
    if not question:
        return "how"
    scene.answers["asked"] = question
    found = scene.ports.meeting_question(int(question))
    if found is None:
        return "gone"
    return "yes" if len(found[1].questions) > 1 else "alone"


def _pair(scene: Scene) -> dict[str, str]:
    return {"question": scene.answers.get("asked", ""), "other": scene.answers.get("other", "")}


def _put_together(scene: Scene) -> list[Event]:
    return [QuestionsGrouped(int(scene.answers["asked"]), int(scene.answers["other"]))]


def _take_apart(scene: Scene) -> list[Event]:
    return [QuestionsGrouped(int(scene.answers["asked"]))]


# ---- the answers for the whole village


def _summary() -> dict[str, Node]:
    return {
        "summary": Decide(_may_sum_up, {"yes": "summary_look", "none": "none_answered",
                                        "no": "summary_not"}),
        "none_answered": Say("meetings.none_answered", "look_up"),
        "summary_not": Say("meetings.cannot_send", "rest"),
        "summary_look": Choose(
            "meetings.summary_look",
            (
                Choice("send", "meetings.send_summary", "summary_sure"),
                Choice("cancel", "common.cancel", "cancelled"),
            ),
            slots=_summed_up, human=False,
        ),
        "summary_sure": Decide(_may_sum_up, {"yes": "summary_it", "none": "none_answered",
                                             "no": "summary_not"}),
        "summary_it": Emit(_order, "summary_sent"),
        "summary_sent": Say("meetings.summary_sent", "rest"),
    }  # fmt: skip


def _summary_plan(scene: Scene) -> Plan | None:
    report = _report(scene)
    text = scene.ports.meeting_summary(report.meeting.number) if report else ""
    if report is None or not text:
        return None
    return Plan(text, (report.meeting.plan.place_code,), meeting=report.meeting.number)


def _may_sum_up(scene: Scene) -> str:
    plan = _summary_plan(scene)
    if plan is None:
        return "none"
    if "nonce" not in scene.answers:
        scene.answers["nonce"] = scene.ports.new_token()
    return "no" if scene.ports.broadcast_preview(plan).problems else "yes"


def _summed_up(scene: Scene) -> dict[str, str]:
    plan = _summary_plan(scene)
    seen = scene.ports.broadcast_preview(plan) if plan else Preview()
    return {
        "text": plan.text if plan else "",
        "groups": str(seen.groups),
        "people": str(sum(count for _, count in seen.people)),
    }


def _order(scene: Scene) -> list[Event]:
    plan = _summary_plan(scene)
    assert plan is not None, "the node before has looked"
    return [BroadcastOrdered(plan, scene.answers["nonce"])]
