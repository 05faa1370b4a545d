"""What is done to each contract of the portability scene, and where it must end."""

from dataclasses import dataclass, field
from typing import Any

SIGN = "FORMALIZACAO_CLIENTE"
# How often a proposal was sent, created there, and is alive there.
STANDS, GONE, NEVER_WAS = (1, 1, 1), (1, 1, 0), (1, 0, 0)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault at the provider; ``more`` narrows it as the simulator understands."""

    operation: str
    kind: str
    match: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody acts; then the API is watched until the contract is at ``stage``."""

    actor: str
    action: str
    stage: str | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What happens."""
        return f"{self.actor} {self.action}".replace("_", " ")


@dataclass(frozen=True, slots=True)
class Fate:
    """One contract: its troubles on the way, what people do later, and its end."""

    what: str
    expected: str
    counts: tuple[int, int, int]
    troubles: tuple[Trouble, ...] = ()
    steps: tuple[Step, ...] = ()


def _trouble(kind: str, **arguments: Any) -> Trouble:
    return Trouble("create_proposal", kind, more={"arguments": arguments})


# An answer is lost, the provider cannot be asked, and its message is lost too.
_NOBODY_CAN_TELL = (
    _trouble("lost_after"),
    Trouble("find_proposals", "http_503", more={"count": None}),
    Trouble("webhook", "webhook_lost", {"status": "created"}),
)

FATES = (
    Fate("accepted at once, waits for the signature", SIGN, STANDS),
    Fate(
        "too many requests at first (429), sent later",
        SIGN,
        (2, 1, 1),
        troubles=(_trouble("429", retry_after=1.0),),
    ),
    Fate("refused by the provider", "REPROVADO", NEVER_WAS, troubles=(_trouble("400_business"),)),
    Fate(
        "came back with a higher rate: refused by our rules, cancelled there",
        "REPROVADO",
        GONE,
        troubles=(_trouble("higher_rate"),),
    ),
    Fate(
        "its answer was lost: asked for, found, not doubled",
        SIGN,
        STANDS,
        troubles=(_trouble("lost_after"),),
    ),
    Fate(
        "never arrived (503): asked for, not there, sent again",
        SIGN,
        (2, 1, 1),
        troubles=(_trouble("http_503"),),
    ),
    Fate(
        "its answer was lost, and nobody can tell: a person decides",
        "DIGITACAO, needs attention",
        STANDS,
        troubles=_NOBODY_CAN_TELL,
    ),
)

_SIGNED = Step("client", "sign", "submitted")
_AT_ORIGIN = (_SIGNED, Step("ctc", "accept", "at_origin"))
_CONSENTED = (*_AT_ORIGIN, Step("beneficiary", "confirm"))
_PAID = (
    Step("qitech", "settle", "confirming"),
    Step("origin_bank", "confirm_settlement", "paid"),
    Step("dataprev", "register"),
)


def _balance(amount: float | None, stage: str | None) -> Step:
    more = {} if amount is None else {"balance": amount}
    return Step("origin_bank", "send_balance", stage, more)


LIVES = (
    Fate(
        "signed, and paid to the end",
        "FINALIZADO, margin registered",
        STANDS,
        steps=(*_CONSENTED, _balance(None, "balance_accepted"), *_PAID),
    ),
    Fate(
        "less is owed than was agreed: recalculated, then paid",
        "FINALIZADO, margin registered, instalment lowered",
        STANDS,
        steps=(*_CONSENTED, _balance(4000.0, "balance_accepted"), *_PAID),
    ),
    Fate(
        "kept by the bank it was at",
        "RETIDO",
        GONE,
        steps=(*_AT_ORIGIN, Step("origin_bank", "retain", "retained")),
    ),
    Fate(
        "refused by the clearing house",
        "CANCELADO",
        GONE,
        steps=(_SIGNED, Step("ctc", "refuse", "rejected")),
    ),
    Fate(
        "more is owed than was agreed: cancelled, there too",
        "CANCELADO",
        GONE,
        steps=(*_CONSENTED, _balance(5000.0, "canceled")),
    ),
    Fate(
        "the client denied the consent",
        "CANCELADO",
        GONE,
        steps=(*_AT_ORIGIN, Step("beneficiary", "deny", "canceled")),
    ),
)

CANCELLED = Fate("its envelope was cancelled by the partner", "CANCELADO", GONE)
EXPIRED = Fate("its envelope expired before it was signed", "CANCELADO", GONE)
