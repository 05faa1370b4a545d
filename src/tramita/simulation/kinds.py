"""The kinds of fault the engine itself can play, by name.

Names come in two sets that mean the same: the engine's own and the codes of the
field notes. A vendor adds kinds of its own, which answer with its error envelope,
bend the body of its answer, or twist what is done.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Step(Enum):
    """Where in a request's life a fault strikes, and what it does there."""

    RESET_BEFORE = "the connection is reset, nothing has happened"
    REFUSE_CONNECTIONS = "the connection is reset and the port closed for a while"
    HANG = "nothing happens and nothing is answered"
    REFUSE = "an error answer, by default without an effect"
    SLOW = "the effect and the answer come late, even when nobody waits any more"
    RESET_AFTER = "the effect is done, the connection is reset"
    DO_LATER = "the connection is reset, the effect comes a while later"
    HOLD = "the effect is done, the answer comes late"
    CUT = "the effect is done, the body ends half way and so does the connection"
    TRICKLE = "the effect is done, the answer drips"
    TRUNCATE = "the effect is done, the body is half a JSON document"
    MALFORM = "the effect is done, the body is not JSON"
    HTML = "the effect is done, the body is an HTML page"
    EMPTY = "the effect is done, the body is empty"
    BLOAT = "the effect is done, the body is followed by megabytes of blanks"
    FORGE = "the effect is done, the answer is signed by a stranger"
    BEND = "the effect is done, the body is bent"
    TWIST = "what is done is not what was asked for"
    ASTRAY = "a webhook comes twice, late, out of order, forged or not at all"


BEFORE_EFFECT = frozenset({Step.RESET_BEFORE, Step.REFUSE_CONNECTIONS, Step.HANG})
SPOILED = frozenset({Step.TRUNCATE, Step.MALFORM, Step.EMPTY, Step.BLOAT})


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a kind does. ``status`` is the HTTP status of an error answer.

    ``after_effect`` says whether an error answer comes after the effect was
    done; a fault may overrule it with its argument of the same name.
    ``seconds`` is how long it lasts unless the fault says otherwise.
    """

    step: Step
    status: int | None = None
    after_effect: bool = False
    seconds: float = 30.0


# The operation under which faults match webhooks; only the kinds below strike them.
WEBHOOK = "webhook"

_RESET_AFTER = Conduct(Step.RESET_AFTER)
_HANG = Conduct(Step.HANG, seconds=3600)
_HOLD = Conduct(Step.HOLD)
_FORGE = Conduct(Step.FORGE)

KINDS: Mapping[str, Conduct] = {
    "latency": Conduct(Step.SLOW, seconds=5),
    "refuse_connection": Conduct(Step.REFUSE_CONNECTIONS, seconds=1),
    "connect_refused": Conduct(Step.REFUSE_CONNECTIONS, seconds=1),
    "reset_before_effect": Conduct(Step.RESET_BEFORE),
    "reset_after_effect": _RESET_AFTER,
    "lost_after": _RESET_AFTER,
    "lost_then_done": Conduct(Step.DO_LATER),
    "timeout_before": _HANG,
    "answer_held": _HOLD,
    "slow_30": _HOLD,
    "effect_delayed": Conduct(Step.SLOW),
    "half_body": Conduct(Step.CUT),
    "trickle": Conduct(Step.TRICKLE, seconds=1),
    "truncated": Conduct(Step.TRUNCATE),
    "malformed_json": Conduct(Step.MALFORM),
    "html_error": Conduct(Step.HTML),
    "empty_body": Conduct(Step.EMPTY),
    "huge_body": Conduct(Step.BLOAT),
    "wrong_signature": _FORGE,
    "wrong_response_key": _FORGE,
    "429": Conduct(Step.REFUSE, status=429),
    "webhook_duplicate": Conduct(Step.ASTRAY),
    "webhook_reordered": Conduct(Step.ASTRAY, seconds=60),
    "webhook_delayed": Conduct(Step.ASTRAY, seconds=3600),
    "webhook_lost": Conduct(Step.ASTRAY),
    "webhook_before_answer": Conduct(Step.ASTRAY),
    "webhook_unknown_key": Conduct(Step.ASTRAY),
    "webhook_forged": Conduct(Step.ASTRAY),
    "webhook_replayed": Conduct(Step.ASTRAY, seconds=86400),
}

# What an order may say about a fault, by name; a vendor adds what its own kinds take.
Arguments = Mapping[str, type[bool] | type[float] | type[str]]
ARGUMENTS: Arguments = {
    "seconds": float,
    "after_effect": bool,
    "retry_after": float,
    "megabytes": float,
    "times": float,
    "code": str,
    "path": str,
    "content_type": str,
    "ignoring_request_id": bool,
}

_STATUS = re.compile(r"http_([45]\d\d)")


class UnknownKind(Exception):
    """No fault of this kind is known here."""


def conduct_of(kind: str, vendor_kinds: Mapping[str, Conduct]) -> Conduct:
    """Find what ``kind`` does; ``http_<status>`` works for every 4xx and 5xx."""
    found = vendor_kinds.get(kind) or KINDS.get(kind)
    if found is not None:
        return found
    status = _STATUS.fullmatch(kind)
    if status is None:
        raise UnknownKind(kind)
    return Conduct(Step.REFUSE, status=int(status[1]))
