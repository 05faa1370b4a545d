"""The proposal as QI Tech wants it: ``POST /v2/credit_transfer/proposal``.

Field names and constants are those of QI Tech's pages and public clients (the
proposal with or without refinancing). Rates are fractions. Amounts and rates leave
as JSON numbers spelled exactly as the ``Decimal`` prints, never through a float.
"""

from decimal import Decimal
from typing import Final, TypeAlias

import msgspec

from tramita.portability.ports import BankAccount, Borrower, Proposal, Terms

Payload: TypeAlias = dict[str, object]

# The loan must be paid out within a week of its planned date.
LIMIT_DAYS_TO_DISBURSE: Final = 7
BRAZIL: Final = "055"

# What a late instalment costs: 2 % once and 1 % a month, the legal maximum for
# consumer credit and the values of QI Tech's own sample.
FINE: Final[Payload] = {
    "monthly_rate": Decimal("0.01"),
    "interest_base": "calendar_days",
    "contract_fine_rate": Decimal("0.02"),
}

_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


def serialize(payload: Payload) -> bytes:
    """The bytes to sign and to send; called once per request, since md5 depends on them."""
    return _ENCODER.encode(payload)


class PayloadBuilder:
    """Builds the body of one proposal, part by part."""

    def __init__(self, proposal: Proposal, *, purchaser_document_number: str) -> None:
        """Take the proposal and the CNPJ (14 digits) of whom the loan is assigned to."""
        self._proposal = proposal
        self._purchaser_document_number = purchaser_document_number

    def build(self) -> Payload:
        """The whole body; ``refinancing_credit_operation`` only when it is asked for."""
        payload: Payload = {
            "proposal_type": "inss",
            "purchaser_document_number": self._purchaser_document_number,
            "borrower": {**_borrower(self._proposal.borrower), **self._documents()},
            "collaterals": [self._collateral()],
            "portability_credit_operation": self._portability(),
            "origin_contract": self._origin_contract(),
        }
        if self._proposal.refinancing is not None:
            payload["refinancing_credit_operation"] = _refinancing(
                self._proposal.refinancing, self._proposal.bank_account
            )
        if self._proposal.signature_group is not None:
            payload["document_batch_group_key"] = str(self._proposal.signature_group)
        return payload

    def _documents(self) -> Payload:
        # Pictures go up before; the proposal names them by the keys QI Tech gave. A
        # picture's kind is the field's name: document_identification, …_back, selfie.
        return {
            document.kind: document.key
            for document in self._proposal.documents
            if document.key is not None
        }

    def _collateral(self) -> Payload:
        benefit = self._proposal.benefit
        return {
            "collateral_type": "social_security",
            "percentage": 1,
            "collateral_data": {"benefit_number": benefit.number, "state": benefit.state},
        }

    def _portability(self) -> Payload:
        return {
            "contract_number": self._proposal.contract_number,
            "financial": _financial(self._proposal.terms),
        }

    def _origin_contract(self) -> Payload:
        origin = self._proposal.origin
        return {
            "ispb": origin.ispb,
            "contract_number": origin.contract_number,
            "last_due_balance": origin.last_due_balance,
        }


def _borrower(borrower: Borrower) -> Payload:
    address = borrower.address
    return {
        "person_type": "natural",
        "name": borrower.name,
        "gender": borrower.gender,
        "mother_name": borrower.mother_name,
        "birth_date": borrower.birth_date,
        "nationality": borrower.nationality,
        "marital_status": borrower.marital_status,
        "is_pep": borrower.is_pep,
        "individual_document_number": borrower.cpf,
        "document_identification_type": borrower.identification.type,
        "document_identification_number": borrower.identification.number,
        "document_identification_date": borrower.identification.issued_at,
        "email": borrower.email,
        "phone": {
            "country_code": BRAZIL,
            "area_code": borrower.phone.area_code,
            "number": borrower.phone.number,
        },
        "address": {
            "street": address.street,
            "number": address.number,
            "complement": address.complement,
            "neighborhood": address.neighborhood,
            "city": address.city,
            "state": address.state,
            "postal_code": address.postal_code,
        },
    }


def _refinancing(terms: Terms, account: BankAccount) -> Payload:
    return {
        "financial": {
            "interest_type": "pre_price_days",
            "credit_operation_type": "ccb",
            **_financial(terms),
            "installment_face_value": terms.installment_amount,
            "fine_configuration": FINE,
        },
        "disbursement_bank_account": {
            "bank_code": account.bank_code,
            "branch_number": account.branch,
            "account_number": account.account,
            "account_digit": account.digit,
        },
    }


def _financial(terms: Terms) -> Payload:
    return {
        "monthly_interest_rate": terms.monthly_interest_rate,
        "number_of_installments": terms.number_of_installments,
        "first_due_date": terms.first_due_date,
        "limit_days_to_disburse": LIMIT_DAYS_TO_DISBURSE,
    }
