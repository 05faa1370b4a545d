"""Every reason for which a contract stops, in words its owner understands.

No sentence here asks the client to know what a clearing house, a schema or a CET is.
What was not decided yet says so, and never sounds like a refusal.
"""

from collections.abc import Mapping
from typing import Final

from tramita.portability.rules.verdict import Code

PROVIDER_REFUSED: Final = "provider_refused"
PARKED: Final = "parked"

_CHECKING: Final = "Ainda estamos conferindo a resposta do banco. Você não precisa fazer nada."
_DIFFERENT_DATA: Final = (
    "Os dados que voltaram do banco não são os do seu contrato. "
    "Por segurança, esta portabilidade não seguiu."
)
_RATE: Final = "Os juros oferecidos ficaram maiores do que o combinado com você."
_TERM: Final = "O número de parcelas oferecido não é o combinado com você."
_DATES: Final = "As parcelas oferecidas não são iguais ou não vencem todo mês no mesmo dia."
_ENDED: Final = "O banco encerrou esta proposta antes de você assinar."
_PAYMENT_DAY: Final = "O dia marcado para quitar a sua dívida não serve."
_MARGIN_QUERY: Final = "Precisamos consultar de novo o seu benefício no INSS antes de continuar."

CLIENT_WORDS: Final[Mapping[str, str]] = {
    Code.ANSWER_UNREADABLE: _CHECKING,
    Code.REFINANCING_MISSING: _CHECKING,
    Code.KEY_BELONGS_TO_ANOTHER_CONTRACT: _CHECKING,
    Code.WRONG_CLIENT: _DIFFERENT_DATA,
    Code.WRONG_BENEFIT: _DIFFERENT_DATA,
    Code.WRONG_CONTRACT_NUMBER: _DIFFERENT_DATA,
    Code.WRONG_ORIGIN_CONTRACT: _DIFFERENT_DATA,
    Code.WRONG_ORIGIN_BANK: _DIFFERENT_DATA,
    Code.PROPOSAL_ALREADY_ENDED: _ENDED,
    Code.PROPOSAL_STATUS_UNEXPECTED: _CHECKING,
    Code.OPERATION_ALREADY_ENDED: _ENDED,
    Code.OPERATION_STATUS_UNEXPECTED: _CHECKING,
    Code.CONTRACT_DOCUMENT_MISSING: "O contrato para você assinar ainda está sendo preparado.",
    Code.RATE_ABOVE_PROPOSED: _RATE,
    Code.RATE_ABOVE_ORIGIN: "Os juros oferecidos ficaram maiores do que os que você já paga.",
    Code.RATE_ABOVE_CAP: "Os juros oferecidos passaram do máximo permitido pelo INSS.",
    Code.RATES_DISAGREE: _CHECKING,
    Code.INSTALLMENT_COUNT_DIFFERS: _TERM,
    Code.TERM_ABOVE_ORIGIN: "Você ficaria pagando por mais tempo do que falta no seu contrato.",
    Code.TERM_ABOVE_CAP: "O número de parcelas passou do máximo permitido pelo INSS.",
    Code.SCHEDULE_INCOMPLETE: _TERM,
    Code.DUE_DATES_IRREGULAR: _DATES,
    Code.FIRST_DUE_DATE_DIFFERS: "A primeira parcela venceria em um dia que não foi combinado.",
    Code.INSTALLMENTS_UNEVEN: _DATES,
    Code.INSTALLMENT_ABOVE_ORIGIN: "A parcela ficaria maior do que a que você paga hoje.",
    Code.INSTALLMENT_BELOW_MINIMUM: "A parcela ficou menor do que o mínimo que o banco aceita.",
    Code.AMOUNT_DIFFERS_FROM_BALANCE: "O valor oferecido é diferente do que falta pagar.",
    Code.SCHEDULE_DOES_NOT_REPAY_AMOUNT: _CHECKING,
    Code.CHANGE_IN_PURE_PORTABILITY: "A proposta trouxe um empréstimo a mais, que você não pediu.",
    Code.REFINANCING_NOT_ASKED: "A proposta trouxe um empréstimo a mais, que você não pediu.",
    Code.FEES_CHARGED: "Queriam cobrar uma tarifa, e a portabilidade é gratuita.",
    Code.CHANGE_TOO_SMALL: "O valor que sobraria para você ficou abaixo do mínimo do banco.",
    Code.CET_MISSING: "O banco ainda não informou o custo total. Estamos conferindo.",
    Code.CET_BELOW_RATE: _CHECKING,
    Code.DISBURSEMENT_NOT_ON_BUSINESS_DAY: _PAYMENT_DAY,
    Code.DISBURSEMENT_OUTSIDE_WINDOW: _PAYMENT_DAY,
    Code.CLIENT_UNDER_AGE: "Para menores de 18 anos, um responsável precisa assinar.",
    Code.CLIENT_ABOVE_AGE_LIMIT: "O prazo passaria da idade máxima que o banco aceita.",
    Code.BENEFIT_SPECIES_NOT_ACCEPTED: "O banco não faz portabilidade para este tipo de benefício.",
    Code.BENEFIT_BLOCKED: "Seu benefício está bloqueado para empréstimos no INSS.",
    Code.MARGIN_QUERY_MISSING: _MARGIN_QUERY,
    Code.MARGIN_QUERY_TOO_OLD: _MARGIN_QUERY,
    Code.MARGIN_TOO_SMALL: "Seu benefício não tem margem livre suficiente para esta parcela.",
    Code.PICTURE_NOT_ACCEPTABLE: "A imagem do seu documento precisa ser feita de novo.",
    Code.ORIGIN_BANK_NOT_PARTICIPANT: "O seu banco de hoje não faz portabilidade.",
    Code.ORIGIN_BANK_IS_OURS: "Este contrato já está no banco para onde ele iria.",
    Code.LOAN_ALREADY_IN_PORTABILITY: "Já existe um pedido de portabilidade para este contrato.",
    PROVIDER_REFUSED: "O banco não aceitou esta portabilidade.",
    PARKED: _CHECKING,
}
