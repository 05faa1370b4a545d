"""What goes wrong at Telegram, by the codes of the field notes and by name.

Most of it the engine plays for any vendor; some is a condition, an act of somebody, or simply how
the Bot API is. ``CATALOG`` says of each code how it is brought about.
"""

from collections.abc import Mapping
from typing import Final

from tramita.simulation.front import bending
from tramita.simulation.kinds import Arguments, Conduct, Step

KINDS: Final[Mapping[str, Conduct]] = {
    **bending.KINDS,
    "restart": Conduct(Step.REFUSE, status=500),
    "bad_gateway": Conduct(Step.REFUSE, status=502),
    "chat_not_found": Conduct(Step.REFUSE, status=400),
    "migrated": Conduct(Step.REFUSE, status=400),
    "kicked": Conduct(Step.REFUSE, status=403),
    "not_a_member": Conduct(Step.REFUSE, status=403),
    "chat_deleted": Conduct(Step.REFUSE, status=403),
    "blocked": Conduct(Step.REFUSE, status=403),
    "deactivated": Conduct(Step.REFUSE, status=403),
    "file_rejected": Conduct(Step.REFUSE, status=400),
    "file_unavailable": Conduct(Step.REFUSE, status=400),
    "file_too_big": Conduct(Step.REFUSE, status=400),
    "polled_twice": Conduct(Step.REFUSE, status=409),
}
ARGUMENTS: Final[Arguments] = {"to": float}

CATALOG: Final[Mapping[str, str]] = {
    "TG-01": "fault `429` with `retry_after`, matched by `chat_id` or for every chat",
    "TG-02": "condition `has_limits`",
    "TG-03": "faults `http_500`, `restart`, `bad_gateway` (a page of HTML)",
    "TG-04": "faults `reset_before_effect` and `reset_after_effect`",
    "TG-05": "faults `answer_held` and `effect_delayed` with `seconds`",
    "TG-06": "fault `migrated`; act `upgrade_group` with its `order`",
    "TG-07": "faults `kicked`, `not_a_member`, `chat_deleted`, `blocked`; acts `remove_bot`, "
    "`delete_group`, `block_bot`",
    "TG-08": "webhook faults `webhook_duplicate`, `webhook_replayed` with `seconds`",
    "TG-09": "webhook faults `webhook_reordered`, `webhook_delayed`, matched by `type`",
    "TG-10": "act `jump_update_ids`",
    "TG-11": "webhook fault `webhook_forged`; act `post_raw`",
    "TG-12": "act `send_file` with `size`, `name`, `media_type`; the clock; faults `half_body` and "
    "`truncated` of `download`",
    "TG-13": "fault `file_rejected`",
    "TG-14": "act `send_album` with `seconds`",
    "TG-15": "act `open_mini_app` with `is_confused`",
    "TG-16": "act `open_mini_app` with `age`, `ahead` or another `start`",
    "TG-17": "condition `is_revoked`",
    "TG-18": "fault `polled_twice`; two who ask at once",
    "TG-19": "condition `is_private`",
    "TG-20": "texts of more than 4096 units, or with markup that cannot be read",
    "TG-21": "act `create_group` with `topics` and `is_general_closed`",
}
