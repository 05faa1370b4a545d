"""How the console calls portabilities, their envelopes, and where they stand."""

from collections.abc import Mapping
from typing import Final

from tramita.kit.http.showing import PartWords, Stamp
from tramita.kit.languages.words import to_translate
from tramita.portability.console.stages import OTHER_STAGES, STAGES
from tramita.portability.lifecycle import (
    ContractStatus,
    ContractTrigger,
    EnvelopeState,
    EnvelopeTrigger,
    PortabilityStatus,
    PortabilityTrigger,
)

P, C, E = PortabilityStatus, ContractStatus, EnvelopeState

# How many steps of a way are done where a contract stands.
WAY: Final = (
    to_translate("Sold"),
    to_translate("Accepted by the bank"),
    to_translate("Signed"),
    to_translate("Balance"),
    to_translate("Paid off"),
)
REACHED: Final[Mapping[str, int]] = {
    P.DIGITACAO: 1,
    P.FORMALIZACAO_CLIENTE: 2,
    P.AGUARDANDO_SALDO: 3,
    P.SALDO_RETORNADO: 4,
    P.AGUARDANDO_PAGAMENTO: 4,
    P.FINALIZADO: 5,
    P.REPROVADO: 1,
    P.RETIDO: 3,
}
OTHER_WAY: Final = (to_translate("Sold"), to_translate("Formalized"), to_translate("Paid"))
OTHER_REACHED: Final[Mapping[str, int]] = {
    C.DIGITACAO: 1,
    C.AGUARDANDO_FORMALIZACAO: 1,
    C.FORMALIZADO: 2,
    C.PAGO: 3,
}
_MOVES: Final[Mapping[str, str]] = {
    PortabilityTrigger.ACCEPT: to_translate("Accepted by the bank"),
    PortabilityTrigger.REJECT: to_translate("Not accepted"),
    PortabilityTrigger.SIGN: to_translate("Signed by the client"),
    PortabilityTrigger.RETURN_BALANCE: to_translate("Balance has come"),
    PortabilityTrigger.RETAIN: to_translate("Kept by the present bank"),
    PortabilityTrigger.ACCEPT_BALANCE: to_translate("Balance accepted"),
    PortabilityTrigger.PAY: to_translate("Paid off"),
    PortabilityTrigger.CANCEL: to_translate("Cancelled"),
    ContractTrigger.REQUEST_LINK: to_translate("Link requested"),
    ContractTrigger.FORMALIZE: to_translate("Formalized"),
}
PARTS: Final[Mapping[str, PartWords]] = {
    "envelope_contracts": PartWords(
        to_translate("Portability"),
        {state: one.stamp for state, one in {**OTHER_STAGES, **STAGES}.items()},
        _MOVES,
    ),
    "envelopes": PartWords(
        to_translate("Envelope"),
        {
            E.DRAFT: Stamp(to_translate("Made"), "idle"),
            E.FORMALIZING: Stamp(to_translate("Being formalized"), "wait"),
            E.CANCELLED: Stamp(to_translate("Cancelled"), "idle"),
            E.EXPIRED: Stamp(to_translate("Run out"), "idle"),
            E.CONCLUDED: Stamp(to_translate("Concluded"), "done"),
        },
        {
            EnvelopeTrigger.REQUEST_LINK: to_translate("Link requested"),
            EnvelopeTrigger.CANCEL: to_translate("Cancelled"),
            EnvelopeTrigger.EXPIRE: to_translate("Run out"),
            EnvelopeTrigger.CONCLUDE: to_translate("Concluded"),
        },
    ),
}
