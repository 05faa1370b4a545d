"""Canned details of envelopes, one for every face of the client's page."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

Details = dict[str, Any]

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
    }


def details(*contracts: Details, name: str = "Maria Souza") -> Details:
    """An envelope of these contracts, all processed."""
    return {
        "token": str(token_of("ready")),
        "customer": {"name": name, "cpf": "•••.145.•••-••"},
        "contracts": list(contracts),
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


def underway() -> Details:
    """One contract at every place after the signature."""
    statuses = ("AGUARDANDO_SALDO", "SALDO_RETORNADO", "AGUARDANDO_PAGAMENTO", "FINALIZADO")
    ends = ("RETIDO", "CANCELADO")
    return details(
        *(portability(f"B-{n:04}", status=s) for n, s in enumerate((*statuses, *ends), start=1))
    )


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
    return {**details(portability("F-0001", status="CANCELADO")), "cancelled": True}
