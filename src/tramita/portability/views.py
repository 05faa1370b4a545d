"""What is known of an envelope, as queries answer it: its client's page takes it as it is.

The API takes the same by name: what a schema of its does not have stays inside.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from tramita.kit.masking_shapes import mask_cpf
from tramita.portability.lifecycle import CLOSED
from tramita.portability.ports import OriginContract
from tramita.portability.words import client_advice, client_words


class CustomerDetails(Struct):
    """The client; only the middle of the CPF is shown."""

    name: str
    cpf: Annotated[str, Meta(examples=["•••.145.•••-••"])]


class FinancialDetails(Struct):
    """What the client will pay and save; rates are fractions, amounts BRL."""

    monthly_interest_rate: str
    annual_cet: str | None
    installment_amount: str
    number_of_installments: int
    issue_amount: str
    first_due_date: date
    saving_per_month: str
    saving_total: str


class ConsentAnswer(Struct):
    """The beneficiary's consent in Meu INSS; ``expires_on`` is its last calendar day."""

    status: Annotated[str, Meta(examples=["awaiting", "confirmed", "denied", "expired"])]
    expires_on: date | None


class MarginAnswer(Struct):
    """The new loan's registration on the benefit; ``errors`` are the provider's codes."""

    registered_at: datetime | None
    errors: list[str]


class PortabilityView(Struct, kw_only=True, rename={"status": "portability_status"}):
    """The portability of a contract.

    ``is_proposal_being_inserted`` counts under a live lease only; ``is_asked_about`` when that
    takes long because an answer was lost. ``signature_url`` is its own, or that of its group.
    """

    status: str
    is_proposal_being_inserted: bool
    is_asked_about: bool
    needs_attention: bool
    provider: str
    proposal_key: str | None
    proposal_number: str | None
    ccb_document_key: str | None
    signature_url: str | None
    reasons: list[dict[str, str]]
    financial: FinancialDetails | None
    recalculated_from: str | None
    stage: str | None
    stage_said: str | None
    decides_by: datetime | None
    portability_number: str | None
    final_balance: str | None
    balance_due_on: date | None
    consent_status: str | None
    consent_expires_on: date | None
    refinancing_status: str | None
    margin_registered_at: datetime | None
    margin_errors: list[str]
    signer_progress: str | None
    conflict: str | None
    cancelling_at_provider: bool

    @property
    def sentences(self) -> list[str]:
        """The reasons as its client reads them."""
        # Two failed rules may read the same to a client; once is enough.
        return list(dict.fromkeys(client_words(**one) for one in self.reasons))

    @property
    def advice(self) -> str:
        """What its client may do about them; ``{sender}`` and ``{to_sender}`` are to be filled in."""
        return client_advice(one["code"] for one in self.reasons)

    @property
    def consent(self) -> ConsentAnswer | None:
        """The consent, once the provider spoke of it."""
        if self.consent_status is None:
            return None
        return ConsentAnswer(self.consent_status, self.consent_expires_on)

    @property
    def margin(self) -> MarginAnswer:
        """Where its registration on the benefit stands."""
        return MarginAnswer(self.margin_registered_at, self.margin_errors)


class EnvelopeContractView(Struct, kw_only=True, rename={"status": "contract_status"}):
    """One contract of an envelope; ``portability`` when it is one."""

    id: UUID
    number: str
    product: str
    status: str
    origin: OriginContract | None
    portability: PortabilityView | None

    @property
    def is_being_inserted(self) -> bool:
        """Whether its proposal is on its way."""
        return self.portability is not None and self.portability.is_proposal_being_inserted


class EnvelopeView(Struct, kw_only=True):
    """An envelope and its contracts, in their order, as they are at ``now``."""

    token: UUID
    state: str
    version: int
    created_at: datetime
    expires_at: datetime
    erased_at: datetime | None
    now: datetime
    run: int
    run_total: int
    run_left: int
    group_url: str | None
    name: str
    cpf: str
    contracts: list[EnvelopeContractView]

    @property
    def customer(self) -> CustomerDetails:
        """Whose it is, as little of them as does."""
        return CustomerDetails(self.name, mask_cpf(self.cpf))

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is asked of it."""
        return self.state in CLOSED

    @property
    def awaits_link(self) -> bool:
        """Whether its link was not requested yet; a closed draft waits for none any more."""
        return self.run == 0 and not self.is_closed

    @property
    def is_any_proposal_being_inserted(self) -> bool:
        """Whether the client is to wait; the seed asks it by this name."""
        return any(contract.is_being_inserted for contract in self.contracts)

    @property
    def progress(self) -> tuple[int, int]:
        """``(done, total)`` of the present run."""
        return self.run_total - self.run_left, self.run_total


class EnvelopeSummary(Struct):
    """An envelope in a list."""

    id: UUID
    token: UUID
    state: str
    created_at: datetime
    expires_at: datetime
    contract_numbers: list[str]
