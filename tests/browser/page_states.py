"""Canned envelopes, one for every face of the client's page."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from msgspec.structs import replace

from tramita.portability.ports import OriginContract
from tramita.portability.views import EnvelopeContractView, EnvelopeView, PortabilityView

# A Sunday.
TODAY = datetime.fromisoformat("2026-11-22T12:00:00-03:00")
ENDS = datetime.fromisoformat("2026-12-18T12:00:00-03:00")
ENDED = datetime.fromisoformat("2026-11-20T12:00:00-03:00")
GROUP = "https://assina.example.com/grupo/7d1f"
NUMBER = "202611220000000000001"
REGISTERED_AT = "2026-11-21T12:00:00-03:00"


def token_of(state: str) -> UUID:
    """The same token for the same state, always."""
    return uuid5(NAMESPACE_URL, state)


def origin(bank: str = "Banco Aurora") -> OriginContract:
    """A loan as its bank holds it today: 80 instalments of R$ 250,00 are left."""
    return OriginContract(
        ispb="00000208",
        bank_name=bank,
        contract_number="O-1",
        last_due_balance=Decimal("8912.77"),
        monthly_interest_rate=Decimal("0.0221"),
        installment_amount=Decimal("250.00"),
        remaining_installments=80,
    )


def financial(**changed: Any) -> dict[str, Any]:
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
        **changed,
    }


def portability(
    number: str, *, status: str, bank: str = "Banco Aurora", **known: Any
) -> EnvelopeContractView:
    """A portability contract that stands at ``status``, with what else is ``known`` of it."""
    contract_status = {
        "DIGITACAO": "DIGITACAO",
        "FORMALIZACAO_CLIENTE": "AGUARDANDO_FORMALIZACAO",
        "FINALIZADO": "PAGO",
        "REPROVADO": "CANCELADO",
        "RETIDO": "CANCELADO",
        "CANCELADO": "CANCELADO",
    }.get(status, "FORMALIZADO")
    assert known.keys() <= set(PortabilityView.__struct_fields__)
    key = uuid5(NAMESPACE_URL, number)
    found = {
        **dict.fromkeys(PortabilityView.__struct_fields__),
        "portability_status": status,
        "is_proposal_being_inserted": False,
        "is_asked_about": False,
        "needs_attention": False,
        "cancelling_at_provider": False,
        "provider": "qitech",
        "proposal_key": str(key),
        "proposal_number": "000123",
        "ccb_document_key": str(uuid5(key, "ccb")),
        "signature_url": f"https://assina.example.com/{key.hex}",
        "reasons": [],
        "margin_errors": [],
        "financial": financial(),
        **known,
    }
    return EnvelopeContractView(
        id=key,
        number=number,
        product="PORTABILIDADE",
        status=contract_status,
        origin=origin(bank),
        portability=msgspec.convert(found, PortabilityView),
    )


def parked(number: str, *, bank: str) -> EnvelopeContractView:
    """A contract whose answer was lost: nothing is known of its proposal."""
    return portability(
        number,
        status="DIGITACAO",
        bank=bank,
        needs_attention=True,
        proposal_key=None,
        proposal_number=None,
        ccb_document_key=None,
        signature_url=None,
        financial=None,
    )


def refused(
    number: str, *, bank: str, codes: tuple[str, ...], sentence: str = ""
) -> EnvelopeContractView:
    """A contract that QI Tech or our own checks refused."""
    reasons = [{"code": code, "sentence": sentence} for code in codes]
    return portability(
        number,
        status="REPROVADO",
        bank=bank,
        ccb_document_key=None,
        signature_url=None,
        reasons=reasons,
    )


def benefit_card(number: str) -> EnvelopeContractView:
    """A contract that is not a portability."""
    return EnvelopeContractView(
        id=uuid5(NAMESPACE_URL, number),
        number=number,
        product="CARTAO_BENEFICIO",
        status="AGUARDANDO_FORMALIZACAO",
        origin=None,
        portability=None,
    )


def stopped(
    number: str, *, status: str, code: str, bank: str = "Banco Aurora", **known: Any
) -> EnvelopeContractView:
    """A contract that ended without payment, for one reason."""
    reasons = [{"code": code, "sentence": ""}]
    return portability(
        number, status=status, bank=bank, signature_url=None, reasons=reasons, **known
    )


def details(*contracts: EnvelopeContractView, name: str = "Maria Souza") -> EnvelopeView:
    """An envelope of these contracts, all processed."""
    return EnvelopeView(
        token=token_of("ready"),
        state="formalizing",
        version=1,
        created_at=TODAY,
        expires_at=ENDS,
        erased_at=None,
        now=TODAY,
        run=1,
        run_total=5,
        run_left=2,
        group_url=None,
        name=name,
        cpf="16514548091",
        contracts=list(contracts),
    )


def not_requested() -> EnvelopeView:
    """A draft, whose link nobody has requested yet."""
    return replace(details(), state="draft", run=0, run_total=0, run_left=0)


def loading(*progress: int, is_asked_about: bool = False) -> EnvelopeView:
    """A run of which nothing has come yet."""
    done, total = progress or (3, 5)
    contract = portability(
        "A-0001",
        status="DIGITACAO",
        is_proposal_being_inserted=True,
        is_asked_about=is_asked_about,
    )
    return replace(details(contract), run_total=total, run_left=total - done)


def mixed() -> EnvelopeView:
    """Five contracts: two to sign, one card, one in doubt, one refused."""
    return details(
        portability("A-0001", status="FORMALIZACAO_CLIENTE"),
        refused(
            "A-0004",
            bank="Banco Horizonte",
            codes=("amount_differs_from_balance",),
        ),
        portability("A-0003", status="FORMALIZACAO_CLIENTE", bank="Caixa do Vale"),
        parked("A-0005", bank="Banco Serra Azul"),
        benefit_card("A-0002"),
    )


def running() -> EnvelopeView:
    """A run of five: two judged already, one slow, two still asked about."""
    found = details(
        portability("A-0001", status="FORMALIZACAO_CLIENTE"),
        *(
            portability(
                f"A-{n:04}",
                status="DIGITACAO",
                bank=bank,
                is_proposal_being_inserted=True,
                is_asked_about=n == 4,
                signature_url=None,
            )
            for n, bank in ((2, "Caixa do Vale"), (3, "Banco Horizonte"), (4, "Banco Serra Azul"))
        ),
        benefit_card("A-0005"),
    )
    return replace(found, run_left=3)


def done_in_part() -> EnvelopeView:
    """Two contracts paid and registered, one that was not approved."""
    known = {"stage": "paid", "margin_registered_at": REGISTERED_AT}
    return details(
        portability("P-0001", status="FINALIZADO", **known),
        portability("P-0002", status="FINALIZADO", bank="Caixa do Vale", **known),
        stopped("P-0003", status="RETIDO", code="retained_contract_not_found"),
    )


def underway() -> EnvelopeView:
    """One contract at every place after the signature."""
    statuses = ("AGUARDANDO_SALDO", "SALDO_RETORNADO", "AGUARDANDO_PAGAMENTO", "FINALIZADO")
    ends = ("RETIDO", "CANCELADO")
    return details(
        *(portability(f"B-{n:04}", status=s) for n, s in enumerate((*statuses, *ends), start=1))
    )


def grouped() -> EnvelopeView:
    """Three contracts signed by one link, one of them begun."""
    begun = portability(
        "G-0003",
        status="FORMALIZACAO_CLIENTE",
        bank="Banco Serra Azul",
        signer_progress="signer_step_completed",
        signature_url=GROUP,
    )
    found = details(
        portability("G-0001", status="FORMALIZACAO_CLIENTE", signature_url=GROUP),
        portability(
            "G-0002", status="FORMALIZACAO_CLIENTE", bank="Caixa do Vale", signature_url=GROUP
        ),
        begun,
    )
    return replace(found, group_url=GROUP)


def signed() -> EnvelopeView:
    """Between the signature and the balance: held, submitted, at the origin bank, late there."""
    return details(
        portability("H-0001", status="AGUARDANDO_SALDO", stage="held"),
        portability("H-0002", status="AGUARDANDO_SALDO", stage="submitted", bank="Caixa do Vale"),
        portability(
            "H-0003",
            status="AGUARDANDO_SALDO",
            stage="at_origin",
            balance_due_on="2026-11-27",
            portability_number=NUMBER,
            consent_status="confirmed",
            consent_expires_on="2026-11-27",
        ),
        portability(
            "H-0004", status="AGUARDANDO_SALDO", stage="at_origin", balance_due_on="2026-11-20"
        ),
    )


def to_confirm() -> EnvelopeView:
    """One contract waits for the client in Meu INSS, beside one that does not."""
    return details(
        portability(
            "I-0001",
            status="AGUARDANDO_SALDO",
            stage="at_origin",
            balance_due_on="2026-11-27",
            portability_number=NUMBER,
            consent_status="awaiting",
            consent_expires_on="2026-11-25",
        ),
        portability("I-0002", status="AGUARDANDO_SALDO", stage="submitted", bank="Caixa do Vale"),
    )


def being_paid() -> EnvelopeView:
    """From the true balance to the payment, one contract recalculated, one with change."""
    known = {"final_balance": "8734.10", "portability_number": NUMBER}
    recalculated = portability(
        "J-0002",
        status="AGUARDANDO_PAGAMENTO",
        stage="balance_accepted",
        recalculated_from="214.62",
        financial=financial(
            installment_amount="210.31", saving_per_month="39.69", saving_total="3175.20"
        ),
        **known,
    )
    return details(
        portability("J-0001", status="SALDO_RETORNADO", stage="balance_returned", **known),
        recalculated,
        portability("J-0003", status="AGUARDANDO_PAGAMENTO", stage="settling", **known),
        portability(
            "J-0004",
            status="AGUARDANDO_PAGAMENTO",
            stage="confirming",
            refinancing_status="waiting_signature",
            **known,
        ),
    )


def paid() -> EnvelopeView:
    """Paid: registered on the benefit, not yet, and not accepted there."""
    known = {"stage": "paid", "final_balance": "8734.10", "portability_number": NUMBER}
    return details(
        portability(
            "K-0001",
            status="FINALIZADO",
            margin_registered_at=REGISTERED_AT,
            refinancing_status="disbursed",
            **known,
        ),
        portability("K-0002", status="FINALIZADO", bank="Caixa do Vale", **known),
        portability("K-0003", status="FINALIZADO", margin_errors=["x"], **known),
    )


def ended() -> EnvelopeView:
    """Retained, rejected, cancelled, each with its reason and what to do."""
    return details(
        stopped("L-0001", status="RETIDO", code="retained_issuer_retention"),
        stopped("L-0002", status="RETIDO", code="retained_contract_not_found"),
        stopped("L-0003", status="CANCELADO", code="rejected_ECTC0023", stage="rejected"),
        stopped("L-0004", status="CANCELADO", code="consent_expired", bank="Caixa do Vale"),
        stopped("L-0005", status="CANCELADO", code="balance_too_high"),
    )


def in_doubt() -> EnvelopeView:
    """Answers that contradict each other, an act that was parked, and words nobody knows."""
    parked_payment = portability(
        "M-0002",
        status="SALDO_RETORNADO",
        stage="balance_returned",
        final_balance="8734.10",
        needs_attention=True,
    )
    return details(
        portability("M-0001", status="AGUARDANDO_PAGAMENTO", stage="settling", conflict="paid"),
        parked_payment,
        portability("M-0003", status="A_NEW_STATUS", stage="a_new_stage"),
    )


def expired() -> EnvelopeView:
    """Nobody signed in time."""
    found = details(stopped("N-0001", status="CANCELADO", code="envelope_expired"))
    return replace(found, state="expired", expires_at=ENDED)


def expired_in_part() -> EnvelopeView:
    """One contract was signed in time and goes on, the other was not."""
    found = details(
        portability(
            "O-0001",
            status="AGUARDANDO_SALDO",
            stage="at_origin",
            balance_due_on="2026-11-27",
        ),
        stopped("O-0002", status="CANCELADO", code="envelope_expired", bank="Caixa do Vale"),
    )
    return replace(found, state="expired", expires_at=ENDED)


def all_refused() -> EnvelopeView:
    """Nothing went through."""
    codes = ("installment_above_origin", "wrong_benefit")
    return details(refused("C-0001", bank="Banco Aurora", codes=codes))


def all_parked() -> EnvelopeView:
    """QI Tech answered nothing."""
    return details(parked("D-0001", bank="Banco Aurora"), parked("D-0002", bank="Caixa do Vale"))


def without_link() -> EnvelopeView:
    """Ready to sign, but the address to sign at has not come."""
    return details(portability("E-0001", status="FORMALIZACAO_CLIENTE", signature_url=None))


def cancelled() -> EnvelopeView:
    """The whole envelope was called off."""
    return replace(details(portability("F-0001", status="CANCELADO")), state="cancelled")


ALL = {
    "waiting": not_requested(),
    "loading": loading(),
    "asking": loading(is_asked_about=True),
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
