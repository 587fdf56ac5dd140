"""Which answer a check of a recruiter gets: the register's verdict, else the signs of the offer."""

from flows import check_words, offers_read
from flows.check_words import answer_of, asked_name
from flows.nodes import Scene
from flows.offers_read import Offer, OfferReader, who

LONG_TEXT = 25
"""Words from which a text is an offer in which a name without PT is not looked for."""

_TELLING = frozenset(["abroad", "kin", "first", "job_ad", "cries"])
"""Cues of `content/signs.yaml` that stand in a story and hardly in a company's name."""

_OFFERING = _TELLING - {"first"}
"""The same beside a company's name, where "saya mau tanya" is only politeness."""
QUESTION_WORDS = 14
"""Words of a message that asks for a known company and tells no offer."""


def judge(reader: OfferReader, scene: Scene) -> str:
    """The register's verdict on the name; without a name, what kind of sender it is, else the
    signs; with neither, the question which company."""
    told = asked_name(scene)
    kind, answer = who(told), answer_of(scene)
    picked = "name" in scene.answers
    long = len(told.split()) > LONG_TEXT and not picked
    if answer.verdict in ("listed", "sanctioned", "conflict", "register_unavailable"):
        return check_words.verdict_node(answer)
    if kind not in ("company", ""):
        return kind
    if answer.verdict == "similar" and offers_read.is_only_a_name(told):
        return "similar"
    offer = offer_of(reader, scene)
    story = long or offer.closed or _is_story(reader, told)
    if kind == "company" or picked or not story:
        return check_words.verdict_node(answer)
    if answer.verdict == "not_a_company":
        return "not_a_company"
    return "offer" if offer.signs or offer.closed else "ask_company"


def _is_story(reader: OfferReader, told: str, telling: frozenset[str] = _TELLING) -> bool:
    """No company's name, but an offer or somebody's case is told: not a name the register lacks."""
    read = reader.understander.read(told)
    return bool(read.flags or read.cues & telling)


def which_signs(reader: OfferReader, scene: Scene) -> str:
    """The signs' weight; without any, whether an offer was told or only a name asked for."""
    found = offer_of(reader, scene)
    if found.signs:
        return "signs_danger" if found.is_danger else "signs_caution"
    answers, quiet = scene.answers, "no_signs"
    if who(asked_name(scene)) not in ("company", ""):  # SIP2MI is a company's permit
        quiet = "no_signs_no_pt"
    told = answers.get("told", "")
    exact = [row.name for row in answer_of(scene).rows if row.score == 100]
    most = QUESTION_WORDS if exact else offers_read.NAME_ONLY_WORDS
    asked = "name" in answers or len(told.split()) <= most
    beside = offers_read.without_names(told, exact)
    if not asked or _is_story(reader, beside, _OFFERING) or answers.keys() & {"pay", "visa"}:
        return quiet
    return "next_watch" if exact and not scene.person.assisted else "next"


def offer_of(reader: OfferReader, scene: Scene) -> Offer:
    answers = scene.answers
    told, visa = answers.get("told", ""), answers.get("visa", "")
    if offers_read.is_only_a_name(told):  # "PT Kamboja Jaya" is a name and no offer
        told, visa = "", f"{offers_read.where_to(told)}\n{visa}".strip()
    return reader.read(told, pay=answers.get("pay", ""), visa=visa)
