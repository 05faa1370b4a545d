"""Every reason for which a contract stops, in words its owner understands.

No sentence here asks the client to know what a clearing house, a schema or a CET is.
What was not decided yet says so, and never sounds like a refusal. Codes of other
systems come with their family in front (``retained_``, ``rejected_``); one that
nobody has decided about reads as its family.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from tramita.portability.ports import DECLINED
from tramita.portability.rules.verdict import Code

PROVIDER_REFUSED: Final = "provider_refused"
PARKED: Final = "parked"
OPERATOR_REFUSED: Final = "operator_refused"
ENVELOPE_CANCELLED: Final = "envelope_cancelled"
CONTRACT_CANCELLED: Final = "contract_cancelled"
ENVELOPE_EXPIRED: Final = "envelope_expired"
RETAINED: Final = "retained_"
REJECTED: Final = "rejected_"
# The lender itself said no; the sentence is what it said.
LENDER: Final = "lender_"

_ANY_REASON: Final = "Esta portabilidade não foi adiante."
_FAMILIES: Final = {
    RETAINED: "O banco atual não liberou este contrato.",
    LENDER: "O novo banco não aprovou este pedido.",
    REJECTED: "O sistema que liga os bancos não aceitou este pedido.",
}

_CHECKING: Final = "Ainda estamos conferindo a resposta do banco. Você não precisa fazer nada."
_DIFFERENT_DATA: Final = (
    "Os dados que voltaram do banco não são os do seu contrato. "
    "Por segurança, esta portabilidade não foi adiante."
)
_RATE: Final = "Os juros oferecidos ficaram maiores do que o combinado com você."
_TERM: Final = "O número de parcelas oferecido não é o combinado com você."
_DATES: Final = "As parcelas oferecidas não são iguais ou não vencem todo mês no mesmo dia."
_ENDED: Final = "O banco encerrou esta proposta antes de você assinar."
_PAYMENT_DAY: Final = "A data prevista para quitar a sua dívida não é permitida."
_IN_PROGRESS: Final = "Já existe outro pedido de portabilidade para este contrato."
_WRONG_CPF: Final = "O banco atual informou que o contrato está em outro CPF."
_NOT_OURS: Final = "O banco atual informou que cedeu este contrato a outra instituição."
_FGTS: Final = "O banco atual informou que este contrato usa o FGTS."
_ALREADY_MOVED: Final = "Este contrato já foi levado para outro banco."
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
    Code.RATE_ABOVE_CAP: "Os juros oferecidos passam do máximo permitido pelo INSS.",
    Code.RATES_DISAGREE: _CHECKING,
    Code.INSTALLMENT_COUNT_DIFFERS: _TERM,
    Code.TERM_ABOVE_ORIGIN: "Você ficaria pagando por mais tempo do que falta no seu contrato.",
    Code.TERM_ABOVE_CAP: "O número de parcelas passa do máximo permitido pelo INSS.",
    Code.SCHEDULE_INCOMPLETE: _TERM,
    Code.DUE_DATES_IRREGULAR: _DATES,
    Code.FIRST_DUE_DATE_DIFFERS: "A primeira parcela venceria em um dia que não foi combinado.",
    Code.INSTALLMENTS_UNEVEN: _DATES,
    Code.INSTALLMENT_ABOVE_ORIGIN: "A parcela ficaria maior do que a que você paga hoje.",
    Code.INSTALLMENT_BELOW_MINIMUM: "A parcela ficou menor do que o mínimo que o banco aceita.",
    Code.AMOUNT_DIFFERS_FROM_BALANCE: "O valor oferecido é diferente do saldo devedor.",
    Code.SCHEDULE_DOES_NOT_REPAY_AMOUNT: _CHECKING,
    Code.CHANGE_IN_PURE_PORTABILITY: "A proposta trouxe um empréstimo a mais, que você não pediu.",
    Code.REFINANCING_NOT_ASKED: "A proposta trouxe um empréstimo a mais, que você não pediu.",
    Code.FEES_CHARGED: "A proposta trouxe uma tarifa, e a portabilidade é gratuita.",
    Code.CHANGE_TOO_SMALL: "O valor do troco ficou abaixo do mínimo do banco.",
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
    Code.MARGIN_TOO_SMALL: "Seu benefício não tem margem consignável suficiente para esta parcela.",
    Code.PICTURE_NOT_ACCEPTABLE: "A foto do seu documento precisa ser tirada de novo.",
    Code.ORIGIN_BANK_NOT_PARTICIPANT: "O seu banco atual não faz portabilidade.",
    Code.ORIGIN_BANK_IS_OURS: "Este contrato já está no banco para onde ele iria.",
    Code.LOAN_ALREADY_IN_PORTABILITY: "Já existe um pedido de portabilidade para este contrato.",
    PROVIDER_REFUSED: "O banco não aceitou esta portabilidade.",
    PARKED: _CHECKING,
    # The origin bank kept the contract; the codes are the clearing house's.
    "retained_issuer_retention": "O banco atual informou que você preferiu continuar com ele.",
    "retained_different_from_original": (
        "Os dados do pedido não são iguais aos do contrato no banco atual."
    ),
    "retained_issuer_lawsuit": (
        "O banco atual informou que há uma ação na justiça sobre este contrato."
    ),
    "retained_insurance_in_progress": (
        "O banco atual informou que o seguro deste contrato está sendo acionado."
    ),
    "retained_collateral_in_execution": (
        "O banco atual informou que a garantia deste contrato está sendo executada."
    ),
    "retained_contract_not_found": "O banco atual não encontrou este contrato.",
    "retained_invalid_contract_type": "O banco atual não transfere este tipo de contrato.",
    "retained_portability_in_progress": _IN_PROGRESS,
    "retained_assigned_contract": _NOT_OURS,
    "retained_issuer_document_number_invalid": _WRONG_CPF,
    "retained_unrelated_issuer_document_number": _WRONG_CPF,
    "retained_assigned_without_co_obligation": _NOT_OURS,
    "retained_fgts_in_use": _FGTS,
    "retained_fgts_funding": _FGTS,
    "retained_portability_not_requested": (
        "O banco atual informou que você não pediu esta portabilidade."
    ),
    "retained_wrong_original_financial_institution": (
        "Este contrato está em outro banco, e não no que foi informado."
    ),
    # The clearing house refused it, by name or by number.
    "rejected_portability_in_progress": _IN_PROGRESS,
    "rejected_ectc0023": _IN_PROGRESS,
    "rejected_portability_finished": _ALREADY_MOVED,
    "rejected_ectc0028": _ALREADY_MOVED,
    "rejected_portability_in_expiration_progress": (
        "Um pedido anterior de portabilidade deste contrato ainda está sendo encerrado."
    ),
    # What happened after the offer.
    DECLINED: "Você recusou a assinatura.",
    "canceled_by_provider": "O banco encerrou esta portabilidade.",
    "consent_denied": "No Meu INSS consta que você não autorizou esta portabilidade.",
    "consent_expired": "O prazo para confirmar no Meu INSS terminou sem a sua confirmação.",
    "balance_too_high": (
        "O saldo devedor é maior que o previsto; as condições combinadas deixaram de valer."
    ),
    "balance_too_low": (
        "O saldo devedor é menor que o previsto, e o novo banco não ajusta a parcela; "
        "as condições combinadas deixaram de valer."
    ),
    "envelope_expired": "O prazo para assinar terminou.",
    "envelope_cancelled": "Esta formalização foi cancelada.",
    "contract_cancelled": "Este contrato foi cancelado.",
    OPERATOR_REFUSED: "Conferimos esta portabilidade, e ela não pôde ir adiante.",
}

_ASK_FOR_ANOTHER: Final = "Se ainda quiser mudar de banco, peça um novo pedido {to_sender}."
_CHECK_THE_LOAN: Final = (
    "Confira o banco e o número do contrato no extrato de empréstimos do Meu INSS, "
    "e fale com {sender}."
)
_ASK_ORIGIN: Final = "Fale com o banco atual para entender, ou com {sender}."
_WAIT_FOR_OTHER: Final = (
    "Aguarde o outro pedido terminar. Se você não fez outro, fale com o banco atual."
)
_ASK_SENDER: Final = "Se tiver dúvida, fale com {sender}."

ADVICE: Final[Mapping[str, str]] = {
    "retained_issuer_retention": (
        "Se você não combinou isso com ele, fale com {sender} e peça um novo pedido."
    ),
    "retained_different_from_original": _CHECK_THE_LOAN,
    "retained_contract_not_found": _CHECK_THE_LOAN,
    "retained_wrong_original_financial_institution": _CHECK_THE_LOAN,
    "retained_assigned_contract": _CHECK_THE_LOAN,
    "retained_assigned_without_co_obligation": _CHECK_THE_LOAN,
    "retained_issuer_document_number_invalid": _CHECK_THE_LOAN,
    "retained_unrelated_issuer_document_number": _CHECK_THE_LOAN,
    "retained_portability_in_progress": _WAIT_FOR_OTHER,
    "rejected_portability_in_progress": _WAIT_FOR_OTHER,
    "rejected_portability_in_expiration_progress": (
        "O pedido anterior termina em alguns dias; depois, peça um novo {to_sender}."
    ),
    "rejected_ectc0023": _WAIT_FOR_OTHER,
    "rejected_portability_finished": _CHECK_THE_LOAN,
    "rejected_ectc0028": _CHECK_THE_LOAN,
    "retained_portability_not_requested": (
        "Se você pediu, confirme isso ao banco atual e peça um novo pedido {to_sender}."
    ),
    "consent_denied": ("Se foi engano, fale com {sender}: é preciso começar um novo pedido."),
    "consent_expired": _ASK_FOR_ANOTHER,
    DECLINED: _ASK_FOR_ANOTHER,
    "envelope_expired": _ASK_FOR_ANOTHER,
    "contract_cancelled": "Se isso não era esperado, fale com {sender}.",
    "envelope_cancelled": "Se isso não era esperado, fale com {sender}.",
    Code.LOAN_ALREADY_IN_PORTABILITY: _WAIT_FOR_OTHER,
    Code.PICTURE_NOT_ACCEPTABLE: "Envie uma foto nova {to_sender}.",
    Code.BENEFIT_BLOCKED: (
        "Você pode desbloquear o benefício para empréstimos no Meu INSS e pedir de novo."
    ),
}


def client_words(code: str, sentence: str = "") -> str:
    """What a client reads of a reason; total, because new codes come from outside.

    A lender's own no is told in its own words. Other codes have a sentence of ours.
    Codes are compared without regard to case: the clearing house's are upper case.
    """
    known = CLIENT_WORDS.get(code) or CLIENT_WORDS.get(code.lower())
    if known is not None:
        return known
    if code.startswith(LENDER) and sentence:
        return f"O novo banco não aprovou este pedido: “{sentence.rstrip('.')}”."
    for family, words in _FAMILIES.items():
        if code.lower().startswith(family):
            return words
    return _ANY_REASON


def client_advice(codes: Iterable[str]) -> str:
    """What the client may do about these reasons: the first that has an answer decides.

    Whoever shows it fills in ``{sender}`` and ``{to_sender}`` (``page/sender.py``).
    """
    found = list(codes)
    for code in found:
        advice = ADVICE.get(code) or ADVICE.get(code.lower())
        if advice is not None:
            return advice
    if any(code.lower().startswith(RETAINED) for code in found):
        return _ASK_ORIGIN
    return _ASK_SENDER
