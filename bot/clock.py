"""The time of day as the service knows it. A demo or a test may move it forward."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Aware UTC time; `forward` moves this clock ahead of the machine's."""

    def __init__(self, start: datetime | None = None) -> None:
        """With `start`, time stands still there until it is moved forward."""
        self._frozen = start.astimezone(UTC) if start else None
        self._ahead = timedelta()

    def now(self) -> datetime:
        return (self._frozen or datetime.now(UTC)) + self._ahead

    def forward(self, by: timedelta) -> datetime:
        if by < timedelta():
            raise ValueError("a clock only moves forward")
        self._ahead += by
        return self.now()

    def reset(self) -> None:
        self._ahead = timedelta()
