"""Which fault of the field notes (section 11.4, F1 to F25) is played how at Sigan.

``F_CODES`` is the one table of it. A ``kind`` goes to ``/__sim/faults``, an ``act`` to
``/__sim/act``, a ``latency`` to ``/__sim/latency`` and a ``clock`` to ``/__sim/clock``.
F23 and F24 are about callbacks and lists, which Sigan has none of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tramita.providers.sigan.simulator.bending import MISSHAPEN, MISWRITTEN
from tramita.providers.sigan.simulator.errors import REFUSALS
from tramita.simulation.front.vendor import REPEATED
from tramita.simulation.kinds import Arguments, Conduct, Step
from tramita.simulation.simulator import operator_act

_TWIST = Conduct(Step.TWIST)

# Sigan's own kinds, beside those of tramita.simulation.kinds.
KINDS: Final[Mapping[str, Conduct]] = {
    **{kind: Conduct(Step.BEND) for kind in (*MISWRITTEN, *MISSHAPEN)},
    **{kind: Conduct(Step.REFUSE, status=error.status) for kind, error in REFUSALS.items()},
    "business_error_in_200": Conduct(Step.REFUSE, status=200),
    **REPEATED,
    "fewer_numbers": _TWIST,
    "no_numbers": _TWIST,
    "hold_expires_early": Conduct(Step.TWIST, seconds=120),
    "previous_unknown": _TWIST,
    "previous_consumed": _TWIST,
    "previous_breaks_hold": _TWIST,
    "query_missing": _TWIST,
    "query_lags": Conduct(Step.TWIST, seconds=30),
    "release_not_done": _TWIST,
}

ARGUMENTS: Final[Arguments] = {
    "every": bool,
    "position": float,
    "numbers": float,
    "is_told": bool,
}


@dataclass(frozen=True, slots=True)
class FCode:
    """One fault of the notes: what happens, and the orders that make it happen.

    ``kinds`` are complete orders for ``/__sim/faults``; arguments show their defaults or
    what matters. ``note`` says what is not played, and why.
    """

    title: str
    kinds: Sequence[Mapping[str, object]] = ()
    acts: Sequence[Mapping[str, object]] = ()
    latencies: Sequence[Mapping[str, object]] = ()
    clocks: Sequence[Mapping[str, object]] = ()
    note: str = ""


def _kinds(*kinds: str, **more: object) -> list[dict[str, object]]:
    return [{"kind": kind, **more} for kind in kinds]


def _on(operation: str, *kinds: str, **arguments: object) -> list[dict[str, object]]:
    return [{"kind": kind, "operation": operation, "arguments": arguments} for kind in kinds]


F_CODES: Final[Mapping[str, FCode]] = {
    "F1": FCode(
        "fixed, uniform or heavy-tail latency, up to 60 s",
        kinds=_kinds("latency", arguments={"seconds": 5}),
        latencies=(
            {"kind": "fixed", "milliseconds": 3000},
            {"kind": "uniform", "low": 500, "high": 5000},
            {"kind": "heavy_tail", "p50": 2000, "p95": 15000, "p99": 60000},
        ),
    ),
    "F2": FCode(
        "no connection, or one that is cut at once",
        kinds=_kinds("connect_refused", "reset_before_effect", "timeout_before"),
        note="A name that cannot be resolved is no server's doing, and loopback has no TLS.",
    ),
    "F3": FCode(
        "500, 502, 503 before the effect", kinds=_kinds("http_500", "http_502", "http_503")
    ),
    "F4": FCode(
        "500 or a cut connection after the effect",
        kinds=[
            *_kinds("http_500", "http_503", arguments={"after_effect": True}),
            *_kinds("reset_after_effect", "half_body"),
        ],
    ),
    "F5": FCode(
        "the answer is held longer than the client waits, the effect is done",
        kinds=_kinds("answer_held", arguments={"seconds": 30}),
    ),
    "F6": FCode(
        "the answer is lost now, the effect comes later: a question says no, then yes",
        kinds=[
            *_kinds("lost_then_done", arguments={"seconds": 30}),
            *_kinds("effect_delayed", arguments={"seconds": 30}),
        ],
    ),
    "F7": FCode(
        "429 with and without Retry-After; a quota per second",
        kinds=[*_kinds("429"), *_kinds("429", arguments={"retry_after": 2})],
        acts=(operator_act("set", quota_per_second=5),),
    ),
    "F8": FCode(
        "the request id is ignored: a repetition has its effect again",
        kinds=_kinds("request_id_ignored", count=None),
    ),
    "F9": FCode(
        "a proxy delivers our request twice",
        kinds=[
            *_kinds("request_replayed"),
            *_kinds("request_replayed", arguments={"ignoring_request_id": True}),
        ],
    ),
    "F10": FCode(
        "fewer, no or duplicate numbers",
        kinds=_on("pre_reserve", "fewer_numbers", "no_numbers", "duplicate_numbers")
        + _on("pre_reserve", "insufficient_stock"),
    ),
    "F11": FCode(
        "a number that is held for another, or in use here",
        kinds=_on("reserve", "number_taken"),
        acts=(
            operator_act("offer", msisdn="5511987654321", times=2),
            operator_act("offer", msisdn="5511987654321", as_free=True),
            operator_act("set", offers_again="reserved"),
        ),
    ),
    "F12": FCode(
        "numbers of another area code, with twelve digits, a plus, letters, or of a fixed line",
        kinds=_on("pre_reserve", *MISWRITTEN, every=False, position=0),
    ),
    "F13": FCode(
        "a hold ends earlier, or later, than Sigan says",
        kinds=[
            *_on("pre_reserve", "hold_expires_early", seconds=120),
            *_on("pre_reserve", "hold_expires_early", seconds=-120),
            *_on("pre_reserve", "hold_expires_early", seconds=120, is_told=True),
            *_on("reserve", "hold_expired"),
        ],
    ),
    "F14": FCode(
        "the previous hold is unknown, has ended, or was consumed",
        kinds=_on("pre_reserve", "previous_unknown", "previous_consumed"),
        acts=(operator_act("set", refuses_ended_previous=True),),
    ),
    "F15": FCode(
        "the previous hold is given up and there is no new one",
        kinds=_on("pre_reserve", "previous_breaks_hold"),
    ),
    "F16": FCode(
        "malformed JSON, half of it, a missing or unknown field, a wrong content type, "
        "nothing, or an HTML page",
        kinds=[
            *_kinds("malformed_json", "truncated", "unknown_field", "empty_body", "html_error"),
            *_kinds("missing_field", arguments={"path": "externalId"}),
            *_kinds("wrong_content_type", arguments={"content_type": "text/plain"}),
        ],
    ),
    "F17": FCode(
        "200 with an error in it, and nothing done",
        kinds=[
            *_kinds("business_error_in_200"),
            *_on("reserve", "business_error_in_200", code="HOLD_EXPIRED"),
        ],
    ),
    "F18": FCode(
        "nothing can be looked up, or only what is older than some seconds",
        kinds=[
            *_on("find_request", "query_missing"),
            *_on("find_request", "query_lags", seconds=30),
        ],
        acts=(
            operator_act("set", query_available=False),
            operator_act("set", query_lag_seconds=30),
        ),
    ),
    "F19": FCode(
        "a release is accepted and not done",
        kinds=[
            *_on("release_reservation", "release_not_done"),
            *_on("release_hold", "release_not_done"),
        ],
        note="A release cannot hit a new holder: it names the reservation, not the number.",
    ),
    "F20": FCode(
        "the token has expired: a storm of 401",
        kinds=_kinds("token_expired", count=20),
    ),
    "F21": FCode(
        "a dripping answer, or one of many megabytes",
        kinds=[
            *_kinds("trickle", arguments={"seconds": 1}),
            *_kinds("huge_body", arguments={"megabytes": 16}),
        ],
    ),
    "F22": FCode(
        "Sigan starts again, with or without its memory",
        acts=(operator_act("restart", memory=True), operator_act("restart", memory=False)),
    ),
    "F25": FCode(
        "the clock jumps forwards or backwards",
        acts=(operator_act("jump_clock", seconds=120), operator_act("jump_clock", seconds=-120)),
        clocks=({"advance": "16m"},),
    ),
}
