"""GSIM's own kinds of fault, and the fault modes of the notes with the kinds that play them."""

from collections.abc import Mapping

from tramita.simulation.front import bending
from tramita.simulation.front.vendor import REPEATED
from tramita.simulation.kinds import Conduct, Step

KINDS: Mapping[str, Conduct] = {
    **bending.KINDS,
    # An error after all was done (F4), an error in a 200 (F17).
    "error_after_effect": Conduct(Step.REFUSE, status=500, after_effect=True),
    "business_error_200": Conduct(Step.REFUSE, status=200),
    # A request id that is not honored (F8), a request that arrives twice (F9).
    **REPEATED,
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
