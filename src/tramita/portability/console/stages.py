"""How the console calls the stages of a portability, and what is awaited at each.

A contract of another product has a contract status and no portability: it goes a way of its own.
"""

from collections.abc import Mapping
from typing import Final

from tramita.console.words import Stamp
from tramita.contracts.backends import Stage
from tramita.kit.languages.words import to_translate
from tramita.portability.lifecycle import ContractStatus as C
from tramita.portability.lifecycle import PortabilityStatus as P

_NOTHING: Final = to_translate("There is nothing left to do.")

STAGES: Final[Mapping[str, Stage]] = {
    P.DIGITACAO: Stage(
        Stamp(to_translate("Being made"), "idle"),
        to_translate(
            "The lender has to accept the proposal; it is sent when the link is asked for."
        ),
    ),
    P.FORMALIZACAO_CLIENTE: Stage(
        Stamp(to_translate("To be signed"), "wait"), to_translate("The client has to sign.")
    ),
    P.AGUARDANDO_SALDO: Stage(
        Stamp(to_translate("Balance awaited"), "wait"),
        to_translate("The bank of origin has to tell the balance, or keeps its client."),
    ),
    P.SALDO_RETORNADO: Stage(
        Stamp(to_translate("Balance has come"), "wait"),
        to_translate("The balance has to be accepted."),
    ),
    P.AGUARDANDO_PAGAMENTO: Stage(
        Stamp(to_translate("Payment awaited"), "wait"),
        to_translate("The lender pays the bank of origin."),
    ),
    P.FINALIZADO: Stage(Stamp(to_translate("Concluded"), "done"), _NOTHING, is_settled=True),
    P.REPROVADO: Stage(
        Stamp(to_translate("Refused by the lender"), "refused"), _NOTHING, is_settled=True
    ),
    P.RETIDO: Stage(
        Stamp(to_translate("Kept by the bank of origin"), "refused"), _NOTHING, is_settled=True
    ),
    P.CANCELADO: Stage(Stamp(to_translate("Cancelled"), "idle"), _NOTHING, is_settled=True),
}
# Of what is sold in envelopes besides.
OTHER_STAGES: Final[Mapping[str, Stage]] = {
    C.DIGITACAO: STAGES[P.DIGITACAO],
    C.AGUARDANDO_FORMALIZACAO: Stage(
        Stamp(to_translate("To be signed"), "wait"), to_translate("The client has to sign.")
    ),
    C.FORMALIZADO: Stage(
        Stamp(to_translate("Signed"), "done"), to_translate("The lender pays the client.")
    ),
    C.PAGO: Stage(Stamp(to_translate("Paid"), "done"), _NOTHING, is_settled=True),
    C.CANCELADO: STAGES[P.CANCELADO],
}
# Kinds of credit, by the code that whoever sells them gives; others are shown by their code.
PRODUCTS: Final[Mapping[str, str]] = {
    "PORTABILIDADE": to_translate("Portability"),
    "CARTAO_BENEFICIO": to_translate("Benefit card"),
    "CARTAO_CONSIGNADO": to_translate("Payroll card"),
}
