"""Where the messages, receivers and attempts of a channel stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tramita.kit.encryption.keys import Keyring


def was_handed_over(attempts: str) -> str:
    """What ``Tables.is_lost`` says where handing over is written down in the attempts.

    Whoever finds such a delivery without an end does not send it again.
    """
    return (
        f"EXISTS (SELECT FROM {attempts} AS a WHERE a.delivery_id = d.id "
        "AND a.number = d.attempts AND a.handed_at IS NOT NULL)"
    )


@dataclass(frozen=True)
class Tables:
    """Where a channel's messages, receivers and attempts stand; names are ours, never asked for.

    ``message`` and ``receiver`` are a delivery's columns that refer to them. ``columns`` are
    what a letter says beside what all say, in terms of the message ``m`` and the receiver
    ``r``, and ``encrypted`` as what some of them are; ``is_open`` says of ``r`` whether it gets
    anything, ``closed`` why it does not. ``address`` is the one of ``columns`` that says where a receiver is:
    what was answered where it is no more is not its word. ``is_lost`` says of a delivery ``d`` whose worker died whether
    it may have arrived and is not to be sent again; receivers that know a message again do not
    mind hearing it twice.
    """

    messages: str
    message: str
    receivers: str
    receiver: str
    attempts: str
    columns: Mapping[str, str]
    is_open: str
    closed: str
    is_lost: str = "false"
    address: str | None = None
    encrypted: Mapping[str, str] = field(default_factory=dict)

    def read(self, keys: Keyring, column: str, stored: Any) -> Any:
        """What a letter says, of what its column has."""
        return keys.decrypt(stored, self.encrypted[column]) if column in self.encrypted else stored
