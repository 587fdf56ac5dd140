"""A photo of a poster or a chat: the words in it are read back in one line before they are judged.

The picture itself never comes here. A turn sends it to be read (`PictureSent`), and what was read
is a later input of the same session: text in the sealed answers, gone with the conversation.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from flows import attachments
from flows.events import ForgetMe, PictureSent
from flows.nodes import Choice, Choose, Decide, Flow, Goto, Say, Scene, Wait
from flows.safety import hotline_lines, mask_identity_numbers
from flows.session import HELD_MEDIA, Frame, Input, Session
from flows.tip_status_more import newly_reported

if TYPE_CHECKING:
    from flows.engine import Run

CHECK = Goto("check_recruiter:start", carry=("told",))
"""Where what was read is judged: that conversation, too, is forgotten within a day."""
NAME = "pictures"
ASKS_FOR_IT = ("check_recruiter", "ask_name")
"""The question that a picture of the poster answers: here it is taken up at once."""
READ_STAYS = timedelta(hours=24)
PATIENCE = timedelta(minutes=10)
"""How long the next picture waits for an answer about the one before."""
MOST_WAITING = 5
"""Pictures of one person that may wait to be read."""
MARK = "(foto) "
"""Stands before a picture's words in a report."""
LINE = 120
"""Characters of the read-back."""
MOST_TOLD = 2000
_LOST = {"too_large": "too_large", "not_fetched": "lost"}

_TELLING = (
    (4, re.compile(r"\b(p\s?\.?\s?t|cv|p3mi|pjtki|lpk|sip[23]mi)\b", re.IGNORECASE)),
    (
        3,
        re.compile(
            r"\b(taiwan|hong ?kong|malaysia|singapur\w*|korea|jepang|japan|arab|saudi|dubai|qatar"
            r"|kuwait|kamboja|myanmar|thailand|turki|brunei|polandia|jerman|kanada|australia"
            r"|selandia)\b",
            re.IGNORECASE,
        ),
    ),
    (3, re.compile(r"\b(gaji|salary|rp|juta|jt|biaya)\b|\d[.,]\d{3}[.,]\d{3}", re.IGNORECASE)),
    (
        1,
        re.compile(
            r"\b(lowongan|kerja|berangkat|potong\w*|visa|hubungi|wa)\b|\d{8}", re.IGNORECASE
        ),
    ),
)
_LINK = re.compile(r"\S*(?:://|www\.|\.(?:com|net|org|id|me|xyz|info|link|ly)\b)\S*", re.IGNORECASE)


def flow() -> Flow:
    """The conversation; its words are content/texts/pictures.yaml."""
    choices = (
        Choice("check", "pictures.check", "check"),
        Choice("type", "pictures.type", "type"),
        Choice("report", "pictures.report", "report"),
    )
    return Flow(
        NAME,
        {
            "read_back": Choose(
                "pictures.read_back", choices, slots=_line, open=True, expires=READ_STAYS
            ),
            "from_caption": Choose(
                "pictures.from_caption", choices, slots=_line, open=True, expires=READ_STAYS
            ),
            "danger": Say("pictures.danger", "read_back", slots=_numbers),
            "check": Decide(_told, {"told": "judge", "gone": "type"}),
            "judge": CHECK,
            "type": Goto("check_recruiter:ask_name"),
            "report": Decide(_as_story, {"next": "tip_off"}),
            "tip_off": Goto("tip_off:start", carry=("what",)),
            "nothing": Say("pictures.nothing", "type"),
            "too_large": Say("pictures.too_large", "type"),
            "lost": Say("pictures.lost", "type"),
        },
        entries=("read_back", "danger", "from_caption", "nothing", "too_large", "lost"),
        expires=READ_STAYS,
    )


# ---- the two inputs


def take(run: "Run", given: Input) -> None:
    if given.kind == "picture":
        _send_to_be_read(run, given)
    elif given.text:
        _read_back(run, mask_identity_numbers(given.text), given.caption)
    else:
        _not_read(run, _LOST.get(given.payload, "nothing"), given.caption)


def _send_to_be_read(run: "Run", given: Input) -> None:
    """The question that waits is left as it is: what was read comes back beside it."""
    if run.hears_danger(given.text):  # a caption is words too, and its picture is evidence
        if attachments.belongs(run, given):
            attachments.take(run, msgspec.structs.replace(given, text=""))
        return None
    if run.session.assisting:
        return run.aside("assisted.no_file")
    waiting = run.ports.pictures_waiting()
    if run.session.answers.get(HELD_MEDIA):
        run.aside("tip_status.one_photo")
    elif tip := _reported(run, given):
        words = mask_identity_numbers(given.text)[:MOST_TOLD]
        run.enter("tip_status:photo", **{"tip": tip, HELD_MEDIA: given.media, "caption": words})
    elif not run.ports.reads_pictures():
        run.aside("pictures.not_here")
    elif not given.media:
        run.aside("pictures.too_large")
    elif waiting >= MOST_WAITING:
        run.bubble("pictures.too_many", None)
    else:
        run.introduce()
        run.events.append(PictureSent(given.media, given.text))
        if waiting:
            run.bubble("pictures.in_line", None)
        else:
            run.bubble("pictures.reading", None)


def _reported(run: "Run", given: Input) -> str:
    """The report to which this photo is offered before it is taken for a poster."""
    here = (run.session.flow, run.session.node)
    asked = here == ("tip_status", "shown") or _rests(run.waiting_node())
    return newly_reported(run.session, run.ports) if given.media and asked else ""


def _read_back(run: "Run", text: str, caption: str) -> None:
    told = "\n".join(filter(None, (mask_identity_numbers(caption.strip()), text)))[:MOST_TOLD]
    answers = {"told": told, "read": text[:MOST_TOLD]}
    if run.session.assisting:  # it was sent before, and is for the phone's owner alone
        run.session.kept[NAME] = Frame("read_back", answers, int(run.ports.now.timestamp()))
        return None
    # A screenshot of a cry for help: numbers first, but no alarm, since posters shout too.
    danger = run.catalog.hears_danger(text)
    if _free(run):
        return run.enter(f"{NAME}:{'danger' if danger else 'read_back'}", **answers)
    run.session.kept[NAME] = Frame("read_back", answers, int(run.ports.now.timestamp()))
    if danger:
        run.bubble(f"{NAME}.danger", {"numbers": hotline_lines(run.ports, "emergency")})
    run.aside("pictures.later", {"line": shorten(text)})


def _not_read(run: "Run", why: str, caption: str) -> None:
    caption = mask_identity_numbers(caption.strip())[:MOST_TOLD]
    if run.session.assisting:
        return
    if not _free(run):
        run.aside(f"{NAME}.{why}")
    elif caption:
        run.enter(f"{NAME}:from_caption", told=caption, read=caption)
    else:
        run.enter(f"{NAME}:{why}")


def come_back(run: "Run", given: Input) -> None:
    """What was read while another question was open is asked about once that one is done."""
    _join_draft(run)
    frame = run.session.kept.get(NAME)
    if (
        frame is None
        or run.session.assisting
        or given.kind in ("timeout", "expired", "picture", "picture_read")
    ):
        return
    erased = any(isinstance(event, ForgetMe) for event in run.events)
    if not erased and run.session.flow != NAME and _rests(run.waiting_node()):
        del run.session.kept[NAME]
        run.enter(f"{NAME}:read_back", **frame.answers)


def _join_draft(run: "Run") -> None:
    """A picture that is reported while a report is half done becomes part of that report's story."""
    session, draft = run.session, run.session.kept.get("tip_off")
    what = session.answers.get("what", "") if session.node == "before" else ""
    if draft is None or session.flow != "tip_off" or not what.startswith(MARK):
        return
    told = " ".join(filter(None, (draft.answers.get("what"), what)))
    # Where the story was asked for, it has been told now.
    node = "where_ask" if draft.node == "what" else draft.node
    session.kept["tip_off"] = Frame(node, draft.answers | {"what": told[:1000]}, draft.at)
    run.bubbles.clear()
    run.forget_place()
    run.enter("tip_off")


def busy(session: Session, now: int) -> bool:
    """An answer about an earlier picture is still expected: the next one is handed over later."""
    frame = session.kept.get(NAME)
    since = frame.at if frame else session.waits_since if session.flow == NAME else 0
    return now - since < PATIENCE.total_seconds()


def _free(run: "Run") -> bool:
    """Nothing is lost when the read-back is put now."""
    here = (run.session.flow, run.session.node)
    return here == ASKS_FOR_IT or _rests(run.waiting_node())


def _rests(node: Wait | None) -> bool:
    return node is None or (isinstance(node, Choose) and node.open)


# ---- what the nodes need


def _line(scene: Scene) -> dict[str, str]:
    return {"line": shorten(scene.answers.get("read", ""))}


def _numbers(scene: Scene) -> dict[str, str]:
    return {"numbers": hotline_lines(scene.ports, "emergency")}


def _told(scene: Scene) -> str:
    return "told" if scene.answers.get("told") else "gone"


def _as_story(scene: Scene) -> str:
    """What was read is the report's first sentence, marked for whoever will read it."""
    if told := scene.answers.get("told"):
        scene.answers["what"] = f"{MARK}{' '.join(told.split())[:990]}"
    return "next"


def shorten(text: str, most: int = LINE) -> str:
    """The most telling lines in their own order: companies, countries and pay before the rest.

    Links are left out, since the bot would be passing them on.
    """
    lines = [" ".join(_LINK.sub(" ", line).split()) for line in text.splitlines()]
    lines = [line for line in lines if line]
    chosen: set[int] = set()
    room = most
    for number in sorted(range(len(lines)), key=lambda number: -_weight(lines[number])):
        if len(lines[number]) + 3 <= room or not chosen:
            chosen.add(number)
            room -= len(lines[number]) + 3
    line = " / ".join(lines[number] for number in sorted(chosen))
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _weight(line: str) -> int:
    return sum(_points(line))


def _points(line: str) -> Iterator[int]:
    for points, words in _TELLING:
        if words.search(line):
            yield points
