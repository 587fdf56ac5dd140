"""The one way in which an effect refuses: the turn's savepoint then takes everything back."""


class NotAllowed(Exception):
    """Somebody asked for what they may not do; a bug, or a race that was lost."""


def must(done: bool) -> None:
    if not done:
        raise NotAllowed("it is not so that this could be done, or not any more")
