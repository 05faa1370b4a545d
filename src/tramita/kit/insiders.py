"""What those outside the house are told of the people in it: that somebody did something.

Who it was is the e-mail address of somebody who works here, and what they wrote beside it is for
their colleagues, unless it was for others from the start.
"""

from typing import Final, Protocol, TypeVar

OPERATOR: Final = "operator"
"""As what people of the house appear to others."""


class Done(Protocol):
    """Something that somebody did, and why."""

    actor: str
    cause: str | None


D = TypeVar("D", bound=Done)
_OF_PEOPLE: Final = "user:"


def is_insider(actor: str) -> bool:
    """Whether an actor is one of the people who work here."""
    return actor.startswith(_OF_PEOPLE)


def called(actor: str) -> str:
    """As whom colleagues are told of an actor: a person by their e-mail address."""
    return actor.removeprefix(_OF_PEOPLE)


def hide_insiders(done: D, *, tells_why: bool = False) -> D:
    """The same as it is told outside the house; ``tells_why``: with what was written."""
    if is_insider(done.actor):
        done.actor = OPERATOR
        done.cause = done.cause if tells_why else None
    return done
