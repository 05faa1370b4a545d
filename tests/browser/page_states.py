"""Canned details of envelopes, one for every face of the client's page."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from tramita.portability.words import client_advice, client_words

Details = dict[str, Any]

# A Sunday.
TODAY = "2026-11-22"
GROUP = "https://assina.example.com/grupo/7d1f"
NUMBER = "202611220000000000001"

RUNNING: Details = {"not_ready": True, "reason": "Ainda há contratos sendo processados"}
NOT_REQUESTED: Details = {
    "not_ready": True,
    "reason": "Link de formalização ainda não solicitado",
}


def token_of(state: str) -> UUID:
    """The same token for the same state, always."""
    return uuid5(NAMESPACE_URL, state)


def origin(bank: str = "Banco Aurora") -> Details:
    """A loan as its bank holds it today: 80 instalments of R$ 250,00 are left."""
    return {
        "bank_name": bank,
        "last_due_balance": "8912.77",
        "monthly_interest_rate": "0.0221",
        "installment_amount": "250.00",
        "remaining_installments": 80,
    }


def financial() -> Details:
    """The same loan as offered: R$ 35,38 less every month."""
    return {
        "monthly_interest_rate": "0.0167",
        "annual_cet": "0.2387",
        "installment_amount": "214.62",
        "number_of_installments": 80,
        "issue_amount": "8912.77",
        "first_due_date": "2027-01-07",
        "saving_per_month": "35.38",
        "saving_total": "2830.40",
    }


def portability(number: str, *, status: str, bank: str = "Banco Aurora") -> Details:
    """A portability contract that stands at ``status``."""
    contract_status = {
        "DIGITACAO": "DIGITACAO",
        "FORMALIZACAO_CLIENTE": "AGUARDANDO_FORMALIZACAO",
        "FINALIZADO": "PAGO",
        "REPROVADO": "CANCELADO",
        "RETIDO": "CANCELADO",
        "CANCELADO": "CANCELADO",
    }.get(status, "FORMALIZADO")
    key = uuid5(NAMESPACE_URL, number)
    return {
        "id": str(key),
        "number": number,
        "product": "PORTABILIDADE",
        "status": contract_status,
        "origin": origin(bank),
        "parked": False,
        "advice": client_advice([]),
        "later": {},
        "portability": {
            "status": status,
            "is_proposal_being_inserted": False,
            "proposal_key": str(key),
            "proposal_number": "000123",
            "ccb_document_key": str(uuid5(key, "ccb")),
            "signature_url": f"https://assina.example.com/{key.hex}",
            "reasons": [],
            "financial": financial(),
        },
    }


def parked(number: str, *, bank: str) -> Details:
    """A contract whose answer was lost: nothing is known of its proposal."""
    contract = portability(number, status="DIGITACAO", bank=bank)
    contract["parked"] = True
    contract["portability"].update(
        proposal_key=None,
        proposal_number=None,
        ccb_document_key=None,
        signature_url=None,
        financial=None,
    )
    return contract


def refused(number: str, *, bank: str, reasons: list[str]) -> Details:
    """A contract that QI Tech or our own checks refused."""
    contract = portability(number, status="REPROVADO", bank=bank)
    contract["portability"].update(ccb_document_key=None, signature_url=None, reasons=reasons)
    return contract


def benefit_card(number: str) -> Details:
    """A contract that is not a portability."""
    return {
        "id": str(uuid5(NAMESPACE_URL, number)),
        "number": number,
        "product": "CARTAO_BENEFICIO",
        "status": "AGUARDANDO_FORMALIZACAO",
        "portability": None,
        "origin": None,
        "parked": False,
        "advice": client_advice([]),
        "later": {},
    }


def later(number: str, *, status: str, bank: str = "Banco Aurora", **known: Any) -> Details:
    """A portability contract with what became known after the offer."""
    contract = portability(number, status=status, bank=bank)
    contract["later"] = known
    return contract


def stopped(number: str, *, status: str, code: str, bank: str = "Banco Aurora") -> Details:
    """A contract that ended without payment, for one reason."""
    contract = portability(number, status=status, bank=bank)
    contract["portability"].update(signature_url=None, reasons=[client_words(code)])
    contract["advice"] = client_advice([code])
    return contract


def details(*contracts: Details, name: str = "Maria Souza") -> Details:
    """An envelope of these contracts, all processed."""
    return {
        "token": str(token_of("ready")),
        "customer": {"name": name, "cpf": "•••.145.•••-••"},
        "contracts": list(contracts),
        "state": "formalizing",
        "expires_on": "2026-12-18",
        "today": TODAY,
        "group_url": None,
    }


def mixed() -> Details:
    """Five contracts: two to sign, one card, one in doubt, one refused."""
    return details(
        portability("A-0001", status="FORMALIZACAO_CLIENTE"),
        refused(
            "A-0004",
            bank="Banco Horizonte",
            reasons=["O banco informou um saldo diferente do que consta na sua proposta."],
        ),
        portability("A-0003", status="FORMALIZACAO_CLIENTE", bank="Caixa do Vale"),
        parked("A-0005", bank="Banco Serra Azul"),
        benefit_card("A-0002"),
    )


def running() -> Details:
    """A run of five: two judged already, one slow, two still asked about."""
    found = details(
        portability("A-0001", status="FORMALIZACAO_CLIENTE"),
        *(
            portability(f"A-{n:04}", status="DIGITACAO", bank=bank)
            for n, bank in ((2, "Caixa do Vale"), (3, "Banco Horizonte"), (4, "Banco Serra Azul"))
        ),
        benefit_card("A-0005"),
    )
    for contract in found["contracts"][1:4]:
        contract["portability"].update(is_proposal_being_inserted=True, signature_url=None)
    found["contracts"][3]["asking"] = True
    return {**RUNNING, **found, "asking": 1}


def done_in_part() -> Details:
    """Two contracts paid and registered, one that was not approved."""
    known: Details = {"stage": "paid", "is_margin_registered": True}
    return details(
        later("P-0001", status="FINALIZADO", **known),
        later("P-0002", status="FINALIZADO", bank="Caixa do Vale", **known),
        stopped("P-0003", status="RETIDO", code="retained_contract_not_found"),
    )


def underway() -> Details:
    """One contract at every place after the signature."""
    statuses = ("AGUARDANDO_SALDO", "SALDO_RETORNADO", "AGUARDANDO_PAGAMENTO", "FINALIZADO")
    ends = ("RETIDO", "CANCELADO")
    return details(
        *(portability(f"B-{n:04}", status=s) for n, s in enumerate((*statuses, *ends), start=1))
    )


def grouped() -> Details:
    """Three contracts signed by one link, one of them begun."""
    begun = later(
        "G-0003",
        status="FORMALIZACAO_CLIENTE",
        bank="Banco Serra Azul",
        signer_progress="signer_step_completed",
    )
    found = details(
        portability("G-0001", status="FORMALIZACAO_CLIENTE"),
        portability("G-0002", status="FORMALIZACAO_CLIENTE", bank="Caixa do Vale"),
        begun,
    )
    for contract in found["contracts"]:
        contract["portability"]["signature_url"] = GROUP
    return {**found, "group_url": GROUP}


def signed() -> Details:
    """Between the signature and the balance: held, submitted, at the origin bank, late there."""
    return details(
        later("H-0001", status="AGUARDANDO_SALDO", stage="held"),
        later("H-0002", status="AGUARDANDO_SALDO", stage="submitted", bank="Caixa do Vale"),
        later(
            "H-0003",
            status="AGUARDANDO_SALDO",
            stage="at_origin",
            balance_due_on="2026-11-27",
            portability_number=NUMBER,
            consent_status="confirmed",
            consent_expires_on="2026-11-27",
        ),
        later("H-0004", status="AGUARDANDO_SALDO", stage="at_origin", balance_due_on="2026-11-20"),
    )


def to_confirm() -> Details:
    """One contract waits for the client in Meu INSS, beside one that does not."""
    return details(
        later(
            "I-0001",
            status="AGUARDANDO_SALDO",
            stage="at_origin",
            balance_due_on="2026-11-27",
            portability_number=NUMBER,
            consent_status="awaiting",
            consent_expires_on="2026-11-25",
        ),
        later("I-0002", status="AGUARDANDO_SALDO", stage="submitted", bank="Caixa do Vale"),
    )


def being_paid() -> Details:
    """From the true balance to the payment, one contract recalculated, one with change."""
    known = {"final_balance": "8734.10", "portability_number": NUMBER}
    recalculated = later(
        "J-0002",
        status="AGUARDANDO_PAGAMENTO",
        stage="balance_accepted",
        recalculated_from="214.62",
        **known,
    )
    recalculated["portability"]["financial"].update(
        installment_amount="210.31", saving_per_month="39.69", saving_total="3175.20"
    )
    return details(
        later("J-0001", status="SALDO_RETORNADO", stage="balance_returned", **known),
        recalculated,
        later("J-0003", status="AGUARDANDO_PAGAMENTO", stage="settling", **known),
        later(
            "J-0004",
            status="AGUARDANDO_PAGAMENTO",
            stage="confirming",
            refinancing_status="waiting_signature",
            **known,
        ),
    )


def paid() -> Details:
    """Paid: registered on the benefit, not yet, and not accepted there."""
    known = {"stage": "paid", "final_balance": "8734.10", "portability_number": NUMBER}
    return details(
        later(
            "K-0001",
            status="FINALIZADO",
            is_margin_registered=True,
            refinancing_status="disbursed",
            **known,
        ),
        later("K-0002", status="FINALIZADO", bank="Caixa do Vale", **known),
        later("K-0003", status="FINALIZADO", has_margin_errors=True, **known),
    )


def ended() -> Details:
    """Retained, rejected, cancelled, each with its reason and what to do."""
    return details(
        stopped("L-0001", status="RETIDO", code="retained_issuer_retention"),
        stopped("L-0002", status="RETIDO", code="retained_contract_not_found"),
        {
            **stopped("L-0003", status="CANCELADO", code="rejected_ECTC0023"),
            "later": {"stage": "rejected"},
        },
        stopped("L-0004", status="CANCELADO", code="consent_expired", bank="Caixa do Vale"),
        stopped("L-0005", status="CANCELADO", code="balance_too_high"),
    )


def in_doubt() -> Details:
    """Answers that contradict each other, an act that was parked, and words nobody knows."""
    parked_payment = later(
        "M-0002", status="SALDO_RETORNADO", stage="balance_returned", final_balance="8734.10"
    )
    parked_payment["parked"] = True
    return details(
        later("M-0001", status="AGUARDANDO_PAGAMENTO", stage="settling", has_conflict=True),
        parked_payment,
        later("M-0003", status="A_NEW_STATUS", stage="a_new_stage"),
    )


def expired() -> Details:
    """Nobody signed in time."""
    found = details(stopped("N-0001", status="CANCELADO", code="envelope_expired"))
    return {**found, "state": "expired", "expires_on": "2026-11-20"}


def expired_in_part() -> Details:
    """One contract was signed in time and goes on, the other was not."""
    found = details(
        later(
            "O-0001",
            status="AGUARDANDO_SALDO",
            stage="at_origin",
            balance_due_on="2026-11-27",
        ),
        stopped("O-0002", status="CANCELADO", code="envelope_expired", bank="Caixa do Vale"),
    )
    return {**found, "state": "expired", "expires_on": "2026-11-20"}


def all_refused() -> Details:
    """Nothing went through."""
    reasons = [
        "A parcela nova ficaria maior do que a de hoje.",
        "O número do benefício não confere com o do banco de origem.",
    ]
    return details(refused("C-0001", bank="Banco Aurora", reasons=reasons))


def all_parked() -> Details:
    """QI Tech answered nothing."""
    return details(parked("D-0001", bank="Banco Aurora"), parked("D-0002", bank="Caixa do Vale"))


def without_link() -> Details:
    """Ready to sign, but the address to sign at has not come."""
    contract = portability("E-0001", status="FORMALIZACAO_CLIENTE")
    contract["portability"]["signature_url"] = None
    return details(contract)


def cancelled() -> Details:
    """The whole envelope was called off."""
    return {**details(portability("F-0001", status="CANCELADO")), "state": "cancelled"}


ALL = {
    "waiting": NOT_REQUESTED,
    "loading": RUNNING,
    "asking": {**RUNNING, "asking": 1},
    "running": running(),
    "done_in_part": done_in_part(),
    "mixed": mixed(),
    "grouped": grouped(),
    "without_link": without_link(),
    "underway": underway(),
    "signed": signed(),
    "to_confirm": to_confirm(),
    "being_paid": being_paid(),
    "paid": paid(),
    "ended": ended(),
    "in_doubt": in_doubt(),
    "refused": all_refused(),
    "parked": all_parked(),
    "cancelled": cancelled(),
    "expired": expired(),
    "expired_in_part": expired_in_part(),
}
