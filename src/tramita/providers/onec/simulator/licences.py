"""Sessions of the base: each holds a licence, for one call or until it is finished."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tramita.providers.onec.simulator.conditions import Conditions
from tramita.simulation.clock import VirtualClock

# Nobody has used it for so long: the base ends it by itself.
_IDLE = timedelta(minutes=20)


class NoLicence(Exception):
    """Every licence is in use."""


class NoSuchSession(Exception):
    """There is no session of this name (any more)."""


@dataclass
class Licences:
    """Who is in the base, by the name of the session, and since when nothing was heard of them."""

    clock: VirtualClock
    random: Random
    conditions: Conditions
    sessions: dict[str, datetime] = field(default_factory=dict)
    others: int = 0

    def forget(self) -> None:
        """Send everybody away."""
        self.sessions.clear()
        self.others = 0

    def lose(self) -> None:
        """End every session, without telling anybody."""
        self.sessions.clear()

    def enter(self, wanted: str, cookie: str | None) -> str | None:
        """Come in as ``IBSession`` says; answers a new session's name. Raises where it may not."""
        now = self.clock.now()
        self.sessions = {
            name: heard for name, heard in self.sessions.items() if now - heard < _IDLE
        }
        if cookie is not None:
            if cookie not in self.sessions:
                raise NoSuchSession
            self.sessions[cookie] = now
            if wanted == "finish":
                del self.sessions[cookie]
            return None
        if len(self.sessions) + self.others >= self.conditions.licences:
            raise NoLicence
        if wanted != "start":
            return None  # For this call alone.
        name = f"{self.random.getrandbits(128):032x}"
        self.sessions[name] = now
        return name
