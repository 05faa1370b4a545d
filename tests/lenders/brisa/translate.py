"""Brisa's words in ours: pure and total."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from tests.lenders.brisa.wire import WireApplication, WireOffer, WireState
from tramita.portability.ports import (
    CreditOperation,
    EndedProposal,
    FoundProposal,
    Installment,
    LoanState,
    News,
    OfferedTerms,
    Proposal,
    ProposalAnswer,
    ProposalRef,
    Stage,
    StopReason,
)

STAGES: Final[Mapping[WireState, Stage]] = {
    "in_analysis": Stage.DECIDING,
    "approved": Stage.OFFERED,
    "signed": Stage.SUBMITTED,
    "balance_known": Stage.BALANCE_RETURNED,
    "paid": Stage.PAID,
    "declined": Stage.REJECTED,
    "withdrawn": Stage.CANCELED,
}

ENDED: Final = frozenset[WireState]({"declined", "withdrawn"})


def to_application(proposal: Proposal) -> dict[str, object]:
    """The body that asks for a portability."""
    return {
        "reference": proposal.contract_number,
        "name": proposal.borrower.name,
        "cpf": proposal.borrower.cpf,
        "benefit": proposal.benefit.number,
        "origin_ispb": proposal.origin.ispb,
        "origin_contract": proposal.origin.contract_number,
        "principal": str(proposal.origin.last_due_balance),
        "monthly_rate": str(proposal.terms.monthly_interest_rate),
        "installments": proposal.terms.number_of_installments,
        "first_due_on": proposal.terms.first_due_date.isoformat(),
    }


def translate_offer(said: WireApplication, offer: WireOffer) -> ProposalAnswer:
    """An approved application."""
    return ProposalAnswer(
        proposal_key=said.id,
        proposal_number=said.id,
        stage=STAGES[said.state],
        said=said.state,
        cpf=said.cpf,
        benefit_number=said.benefit,
        origin_contract_number=said.origin_contract,
        origin_ispb=said.origin_ispb,
        portability=CreditOperation(
            key=offer.contract,
            state=LoanState.UNSIGNED if said.state == "approved" else LoanState.SIGNED,
            said=said.state,
            contract_number=said.reference,
            document_key=offer.contract,
            final_disbursement_amount=Decimal(0),
            terms=_terms(offer),
        ),
        refinancing=None,
        signature_url=offer.signature_url,
    )


def translate_end(said: WireApplication) -> EndedProposal:
    """One that was declined, or withdrawn."""
    ref = ProposalRef("brisa", said.id, said.reference)
    return EndedProposal(ref, STAGES[said.state], _why(said))


def translate_found(said: WireApplication) -> FoundProposal:
    """One that Brisa has under our number."""
    return FoundProposal(said.id, said.id, is_live=said.state not in ENDED)


def translate_news(said: WireApplication) -> News:
    """Where an application stands."""
    return News(
        said.id,
        said.changed_at,
        said.state,
        STAGES[said.state],
        contract_number=said.reference,
        stop=_why(said) if said.state in ENDED else None,
        final_balance=said.balance,
    )


def _why(said: WireApplication) -> StopReason:
    """Whatever ends at Brisa, Brisa has ended."""
    return StopReason(said.code or said.state, said.reason or said.state, is_lenders_own=True)


def _terms(offer: WireOffer) -> OfferedTerms:
    return OfferedTerms(
        monthly_interest_rate=offer.monthly_rate,
        annual_interest_rate=offer.annual_rate,
        monthly_cet=offer.monthly_cet,
        annual_cet=offer.annual_cet,
        issue_amount=offer.principal,
        fees=Decimal(0),
        disbursement_date=offer.disbursed_on,
        number_of_installments=len(offer.installments),
        installments=tuple(
            Installment(one.number, one.due_on, one.amount) for one in offer.installments
        ),
    )
