"""GSIM's own kinds of fault, and the fault modes of the notes with the kinds that play them."""

from collections.abc import Mapping
from typing import Any

from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.kinds import Conduct, Step

FORMAT_KINDS = ("missing_field", "wrong_type", "extra_field", "wrong_content_type")

KINDS: Mapping[str, Conduct] = {
    **{kind: Conduct(Step.BEND) for kind in FORMAT_KINDS},
    # An error after all was done (F4), an error in a 200 (F17).
    "error_after_effect": Conduct(Step.REFUSE, status=500, after_effect=True),
    "business_error_200": Conduct(Step.REFUSE, status=200),
    # A request id that is not honored (F8), a request that arrives twice (F9).
    "request_id_ignored": Conduct(Step.TWIST),
    "request_replayed": Conduct(Step.TWIST),
    # Questions that nobody answers, or answered as things were N seconds ago (F18).
    "query_missing": Conduct(Step.REFUSE, status=404),
    "stale_read": Conduct(Step.TWIST, seconds=60),
    "token_expired": Conduct(Step.REFUSE, status=401),
    # ACTIVATED is told after DEACTIVATED (F23): set it on ``release_sim``.
    "callback_after_cancel": Conduct(Step.TWIST),
    # A page is answered, then an item of the next one moves before it (F24); 304 whatever changed.
    "list_changes": Conduct(Step.TWIST),
    "etag_lies": Conduct(Step.BEND),
}

# The modes of the notes (N§11.4) that can befall GSIM, and the kinds that play them.
FAULTS: Mapping[str, tuple[str, ...]] = {
    "F1": ("latency",),
    "F2": ("refuse_connection", "reset_before_effect", "timeout_before"),
    "F3": ("http_500", "http_502", "http_503"),
    "F4": ("reset_after_effect", "error_after_effect"),
    "F5": ("answer_held",),
    "F6": ("effect_delayed", "lost_then_done"),
    "F7": ("429",),
    "F8": ("request_id_ignored",),
    "F9": ("request_replayed",),
    "F16": (
        *("malformed_json", "truncated", "half_body", "empty_body", "html_error"),
        *("missing_field", "wrong_type", "extra_field", "wrong_content_type"),
    ),
    "F17": ("business_error_200",),
    "F18": ("query_missing", "stale_read"),
    "F20": ("token_expired",),
    "F21": ("trickle", "huge_body"),
    "F23": (
        *("webhook_lost", "webhook_duplicate", "webhook_reordered", "webhook_delayed"),
        *("webhook_forged", "webhook_replayed", "webhook_unknown_key", "webhook_before_answer"),
        "callback_after_cancel",
    ),
    "F24": ("list_changes", "etag_lies"),
}
# Modes that are played by other means than a fault.
OTHER_MEANS: Mapping[str, str] = {
    "F1": "POST /gsim/__sim/latency, for every call",
    "F22": 'act {"actor": "operator", "action": "restart", "memory": false}',
    "F25": 'POST /gsim/__sim/clock; back: act {"action": "turn_clock_back", "span": "2m"}',
}
# Modes of numbers and holds, which GSIM does not have.
OF_SIGAN = ("F10", "F11", "F12", "F13", "F14", "F15", "F19")

CODES: Mapping[int, str] = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    404: "NOT_FOUND",
    429: "TOO_MANY_REQUESTS",
    500: "INTERNAL_ERROR",
    502: "BAD_GATEWAY",
    503: "UNAVAILABLE",
}


def code_of(fault: Fault, status: int) -> str:
    """The code of an error that a fault brings; its argument ``code`` names another."""
    usual = {"business_error_200": "SIM_IN_USE", "token_expired": "TOKEN_EXPIRED"}
    return fault.argument("code", usual.get(fault.kind) or CODES.get(status, f"HTTP_{status}"))


def bend_format(answer: Answer, fault: Fault) -> Answer:
    """Break the format of one answer.

    The argument ``path`` names a field (``items.0.esim``); else it is the first one.
    """
    body: Any = answer.body
    if not isinstance(body, dict):
        return answer
    headers = dict(answer.headers)
    path = fault.argument("path", next(iter(body), "")).split(".")
    match fault.kind:
        case "missing_field":
            body = _changed(body, path, gone=True)
        case "wrong_type":
            body = _changed(body, path, gone=False)
        case "extra_field":
            body = {**body, "unheardOf": {"since": "today"}}
        case _:  # wrong_content_type, the last of the kinds.
            headers["content-type"] = "text/plain"
    return Answer(answer.status, body, headers)


def _changed(value: Any, path: list[str], *, gone: bool) -> Any:
    """A copy of a document with the field at ``path`` gone, or of a type nobody expects."""
    name, *rest = path
    if isinstance(value, list | tuple):
        return [
            _changed(one, rest, gone=gone) if str(place) == name and rest else one
            for place, one in enumerate(value)
        ]
    if not isinstance(value, dict) or name not in value:
        return value
    if rest:
        return {**value, name: _changed(value[name], rest, gone=gone)}
    kept = {key: inner for key, inner in value.items() if key != name}
    return kept if gone else {**kept, name: {"unexpected": True}}
