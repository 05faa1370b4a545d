"""Where a portability, its contract and its envelope may be.

The portability status is the truth. The contract status follows it by one total
table, so only the pairs of ``CONTRACT_STATUS`` exist; the database refuses others.
A contract of another product has no portability, and its contract status is its own.
State names are the seed's and the provider's process, because they are visible in
answers; triggers are ours.
"""

from enum import StrEnum
from typing import Final

from tramita.kit.lifecycle import Lifecycle


class PortabilityStatus(StrEnum):
    """``ContractStatus`` of the seed: where the portability stands."""

    DIGITACAO = "DIGITACAO"
    FORMALIZACAO_CLIENTE = "FORMALIZACAO_CLIENTE"
    REPROVADO = "REPROVADO"
    AGUARDANDO_SALDO = "AGUARDANDO_SALDO"
    SALDO_RETORNADO = "SALDO_RETORNADO"
    AGUARDANDO_PAGAMENTO = "AGUARDANDO_PAGAMENTO"
    FINALIZADO = "FINALIZADO"
    RETIDO = "RETIDO"
    CANCELADO = "CANCELADO"


class ContractStatus(StrEnum):
    """``EnumContratoStatus`` of the seed: where the contract stands."""

    DIGITACAO = "DIGITACAO"
    AGUARDANDO_FORMALIZACAO = "AGUARDANDO_FORMALIZACAO"
    FORMALIZADO = "FORMALIZADO"
    PAGO = "PAGO"
    CANCELADO = "CANCELADO"


class PortabilityTrigger(StrEnum):
    """What moves a portability."""

    ACCEPT = "accept_proposal"
    REJECT = "reject_proposal"
    SIGN = "sign"
    RETURN_BALANCE = "return_balance"
    RETAIN = "retain"
    ACCEPT_BALANCE = "accept_balance"
    PAY = "pay"
    CANCEL = "cancel"


class ContractTrigger(StrEnum):
    """What moves a contract that has no portability."""

    REQUEST_LINK = "request_link"
    FORMALIZE = "formalize"
    PAY = "pay"
    CANCEL = "cancel"


class EnvelopeState(StrEnum):
    """Where an envelope stands."""

    DRAFT = "draft"
    FORMALIZING = "formalizing"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CONCLUDED = "concluded"


class EnvelopeTrigger(StrEnum):
    """What moves an envelope."""

    REQUEST_LINK = "request_link"
    CANCEL = "cancel"
    EXPIRE = "expire"
    CONCLUDE = "conclude"


P, PT = PortabilityStatus, PortabilityTrigger
C, CT = ContractStatus, ContractTrigger
E, ET = EnvelopeState, EnvelopeTrigger

PORTABILITY: Final = Lifecycle(
    name="portability",
    initial=P.DIGITACAO,
    table={
        P.DIGITACAO: {
            PT.ACCEPT: P.FORMALIZACAO_CLIENTE,
            PT.REJECT: P.REPROVADO,
            PT.CANCEL: P.CANCELADO,
        },
        P.FORMALIZACAO_CLIENTE: {PT.SIGN: P.AGUARDANDO_SALDO, PT.CANCEL: P.CANCELADO},
        P.AGUARDANDO_SALDO: {
            PT.RETURN_BALANCE: P.SALDO_RETORNADO,
            PT.RETAIN: P.RETIDO,
            PT.CANCEL: P.CANCELADO,
        },
        P.SALDO_RETORNADO: {
            PT.ACCEPT_BALANCE: P.AGUARDANDO_PAGAMENTO,
            PT.CANCEL: P.CANCELADO,
        },
        P.AGUARDANDO_PAGAMENTO: {PT.PAY: P.FINALIZADO, PT.CANCEL: P.CANCELADO},
    },
)

CONTRACT_STATUS: Final = {
    P.DIGITACAO: C.DIGITACAO,
    P.FORMALIZACAO_CLIENTE: C.AGUARDANDO_FORMALIZACAO,
    P.REPROVADO: C.CANCELADO,
    P.AGUARDANDO_SALDO: C.FORMALIZADO,
    P.SALDO_RETORNADO: C.FORMALIZADO,
    P.AGUARDANDO_PAGAMENTO: C.FORMALIZADO,
    P.FINALIZADO: C.PAGO,
    P.RETIDO: C.CANCELADO,
    P.CANCELADO: C.CANCELADO,
}

CONTRACT: Final = Lifecycle(
    name="contract status without a portability",
    initial=C.DIGITACAO,
    table={
        C.DIGITACAO: {
            CT.REQUEST_LINK: C.AGUARDANDO_FORMALIZACAO,
            CT.CANCEL: C.CANCELADO,
        },
        C.AGUARDANDO_FORMALIZACAO: {CT.FORMALIZE: C.FORMALIZADO, CT.CANCEL: C.CANCELADO},
        C.FORMALIZADO: {CT.PAY: C.PAGO, CT.CANCEL: C.CANCELADO},
    },
)

ENVELOPE: Final = Lifecycle(
    name="envelope",
    initial=E.DRAFT,
    table={
        E.DRAFT: {
            ET.REQUEST_LINK: E.FORMALIZING,
            ET.CANCEL: E.CANCELLED,
            ET.EXPIRE: E.EXPIRED,
        },
        E.FORMALIZING: {
            ET.CANCEL: E.CANCELLED,
            ET.EXPIRE: E.EXPIRED,
            ET.CONCLUDE: E.CONCLUDED,
        },
    },
)

# The portability is over without success; it no longer stands in another one's way.
DEAD: Final = frozenset({P.REPROVADO, P.RETIDO, P.CANCELADO})
# What the client has not signed ends with its envelope.
UNSIGNED: Final = frozenset({P.DIGITACAO, P.FORMALIZACAO_CLIENTE})
# Money is on its way or has arrived: nobody can take it back any more.
PAYING: Final = frozenset({P.AGUARDANDO_PAGAMENTO, P.FINALIZADO})
# Nothing more is asked of an envelope; a draft among them waits for no link any more.
CLOSED: Final = frozenset({E.CANCELLED, E.EXPIRED})
