"""The proposal's body, as QI Tech wants it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from tests.portability.examples import PROPOSAL, REFINANCING
from tramita.portability.ports import Proposal
from tramita.providers.qitech.payload import PayloadBuilder, serialize


def sent(proposal: Proposal) -> Any:
    """The body as QI Tech reads it."""
    payload = PayloadBuilder(proposal, purchaser_document_number="32402502000135").build()
    return msgspec.json.decode(serialize(payload))


class TestPayloadBuilder:
    def test_builds_a_pure_portability(self) -> None:
        """Borrower, benefit, our terms and the loan at the origin bank, and nothing else."""
        body = sent(PROPOSAL)

        assert {
            "proposal_type": "inss",
            "purchaser_document_number": "32402502000135",
            "borrower": {
                "person_type": "natural",
                "name": "Maria Souza",
                "gender": "female",
                "mother_name": "Ana Souza",
                "birth_date": "1954-09-08",
                "nationality": "brasileira",
                "marital_status": "single",
                "is_pep": False,
                "individual_document_number": "16514548091",
                "document_identification_type": "rg",
                "document_identification_number": "123456789",
                "document_identification_date": "2010-05-20",
                "email": "maria@example.com",
                "phone": {"country_code": "055", "area_code": "11", "number": "987654321"},
                "address": {
                    "street": "Rua A",
                    "number": "10",
                    "complement": None,
                    "neighborhood": "Centro",
                    "city": "São Paulo",
                    "state": "SP",
                    "postal_code": "01001000",
                },
                "selfie": "doc-1",
            },
            "collaterals": [
                {
                    "collateral_type": "social_security",
                    "percentage": 1,
                    "collateral_data": {"benefit_number": "0123456789", "state": "SP"},
                }
            ],
            "portability_credit_operation": {
                "contract_number": "A-0001",
                "financial": {
                    "monthly_interest_rate": 0.0167,
                    "number_of_installments": 80,
                    "first_due_date": "2027-01-07",
                    "limit_days_to_disburse": 7,
                },
            },
            "origin_contract": {
                "ispb": "00000208",
                "contract_number": "998877",
                "last_due_balance": 8912.77,
            },
        } == body

    def test_adds_the_refinancing_and_where_its_change_is_paid(self) -> None:
        """Portability and refinancing go in one call."""
        body = sent(replace(PROPOSAL, refinancing=REFINANCING))

        assert {
            "financial": {
                "interest_type": "pre_price_days",
                "credit_operation_type": "ccb",
                "monthly_interest_rate": 0.0167,
                "number_of_installments": 96,
                "first_due_date": "2027-01-07",
                "limit_days_to_disburse": 7,
                "installment_face_value": 250.0,
                "fine_configuration": {
                    "monthly_rate": 0.01,
                    "interest_base": "calendar_days",
                    "contract_fine_rate": 0.02,
                },
            },
            "disbursement_bank_account": {
                "bank_code": "033",
                "branch_number": "0001",
                "account_number": "00001",
                "account_digit": "1",
            },
        } == body["refinancing_credit_operation"]

    def test_names_the_signature_group(self) -> None:
        """A group's proposals are signed by the group's one link."""
        group = "0b8f4b6e-5c3c-4f0e-9d6d-0a4f2f6c1a09"

        assert "document_batch_group_key" not in sent(PROPOSAL)
        assert group == sent(replace(PROPOSAL, signature_group=group))["document_batch_group_key"]

    def test_leaves_out_a_picture_without_a_key(self) -> None:
        """A picture that was not uploaded yet is attached after creation."""
        pictures = (replace(PROPOSAL.documents[0], key=None),)

        body = sent(replace(PROPOSAL, documents=pictures))

        assert "selfie" not in body["borrower"]


class TestSerialize:
    @pytest.mark.parametrize("number", ["0.0167", "8912.70", "0.1", "123456789.01"])
    def test_spells_a_number_as_its_decimal_prints(self, number: str) -> None:
        """No float ever touches an amount: 8912.70 keeps its zero."""
        assert f'{{"amount":{number}}}'.encode() == serialize({"amount": Decimal(number)})

    def test_gives_the_same_bytes_each_time(self) -> None:
        """The signed md5 depends on the exact bytes."""
        builder = PayloadBuilder(PROPOSAL, purchaser_document_number="32402502000135")

        assert serialize(builder.build()) == serialize(builder.build())
