"""What the shipped list of places makes of a text."""

from bot.territory import Gazetteer
from flows.ports import Place

gazetteer = Gazetteer()


def the_place(text: str, within: tuple[str, ...] = ()) -> Place:
    """The one place that this text names, to somebody of an office with these regencies."""
    place = gazetteer.find(text, within=within).place
    assert place is not None
    return place


def assert_no_place(text: str) -> None:
    """None is found, and none is asked about."""
    answer = gazetteer.find(text)
    assert (answer.place, answer.ask) == (None, ())
