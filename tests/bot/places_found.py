"""What the shipped list of places makes of a text."""

from bot.territory import Gazetteer
from flows.ports import Place

gazetteer = Gazetteer()


def the_place(text: str) -> Place:
    """The one place that this text names."""
    place = gazetteer.find(text).place
    assert place is not None
    return place


def assert_no_place(text: str) -> None:
    """None is found, and none is asked about."""
    answer = gazetteer.find(text)
    assert (answer.place, answer.ask) == (None, ())
