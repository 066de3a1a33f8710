"""Time spent and time left."""

import time


class Clock:
    """A stopwatch with a limit.

    Parameters
    ----------
    max_time : float or None
        Seconds that may be spent; ``None`` for no limit.
    """

    def __init__(self, max_time: float | None) -> None:
        self._start = time.monotonic()
        self.max_time = max_time

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._start

    def go_on_from(self, seconds: float) -> None:
        """Count seconds that an earlier part of the same training took."""
        self._start -= seconds

    def share_spent(self, until: float = 1.0, since: float = 0.0) -> float:
        """Return how much of the time between two shares of the limit is over; 0 without limit."""
        if self.max_time is None:
            return 0.0
        if since >= until:
            return 1.0
        return (self.seconds / self.max_time - since) / (until - since)
