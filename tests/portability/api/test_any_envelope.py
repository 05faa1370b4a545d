"""Every body that is accepted can be carried through: nothing in it breaks a job later."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.bodies import values_of
from tests.browser import page_states as states
from tests.portability.examples import ANSWER, TODAY, offered
from tramita.portability.api import schemas
from tramita.portability.financial import financial_of
from tramita.portability.intake import check_envelope
from tramita.portability.lifecycle import PortabilityStatus
from tramita.portability.model import Client
from tramita.portability.page.presentation import present
from tramita.portability.ports import Policy, Proposal, ProposalAnswer
from tramita.portability.rules import check_before_sending, validate_proposal
from tramita.portability.sold import Sold
from tramita.providers.qitech.payload import PayloadBuilder, serialize

EXAMPLE: Final = json.loads(
    (Path(__file__).parents[3] / "examples" / "envelope.json").read_text(encoding="utf-8")
)
NOON: Final = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
# Where each part of a body stands in the example: a portability, and one that is lent again.
PARTS: Final[dict[tuple[str | int, ...], type[msgspec.Struct]]] = {
    ("customer",): schemas.CustomerBody,
    ("customer", "phone"): schemas.PhoneBody,
    ("customer", "identification"): schemas.IdentificationBody,
    ("customer", "address"): schemas.AddressBody,
    ("customer", "benefit"): schemas.BenefitBody,
    ("customer", "bank_account"): schemas.BankAccountBody,
    ("contracts", 0): schemas.ContractBody,
    **{
        ("contracts", index, part): body
        for index in (0, 3)
        for part, body in (
            ("origin", schemas.OriginBody),
            ("proposal", schemas.TermsBody),
            ("refinancing", schemas.TermsBody),
        )
    },
}


def _found(body: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any] | None:
    part: Any = body
    for step in path:
        part = part[step]
    return part if isinstance(part, dict) else None


def _fields() -> Iterator[tuple[tuple[str | int, ...], str, st.SearchStrategy[Any]]]:
    for path, body in PARTS.items():
        part = _found(EXAMPLE, path)
        for name, values in ({} if part is None else _plain(body)).items():
            yield path, name, values


def _plain(body: type[msgspec.Struct]) -> dict[str, st.SearchStrategy[Any]]:
    """The fields of a part that are no parts themselves."""
    parts = {path[-1] for path in PARTS}
    told = {one.encode_name: one for one in msgspec.structs.fields(body)}
    names = [name for name in told if name not in parts]
    chosen = msgspec.defstruct("Chosen", [(name, told[name].type) for name in names])
    return dict(values_of(chosen))


FIELDS: Final = tuple(_fields())


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """The example with a few fields as the schema allows them, however strange."""
    body: dict[str, Any] = copy.deepcopy(EXAMPLE)
    for path, name, values in draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=4)):
        part = _found(body, path)
        assert part is not None
        part[name] = draw(values)
    return body


def _late() -> dict[str, Any]:
    body: dict[str, Any] = copy.deepcopy(EXAMPLE)
    body["contracts"][0]["proposal"]["first_due_date"] = "9999-12-31"
    return body


class TestAnyEnvelope:
    @given(bodies())
    @example(_late())
    def test_is_refused_at_once_or_can_be_carried_through(self, body: dict[str, Any]) -> None:
        """Rules, payload, offer and the client's page: none stumbles over what was accepted."""
        read = msgspec.json.decode(msgspec.json.encode(body), type=schemas.EnvelopeBody)
        client, sold = read.customer.to_client(), [one.to_sold() for one in read.contracts]

        if check_envelope(client, sold, today=TODAY, providers=["qitech"]):
            return

        for one in sold:
            if one.is_portability:
                _carry_through(client, one)

    def test_has_fields_of_every_part(self) -> None:
        """Whoever adds a part to the body adds it here."""
        told = {body for path, body in PARTS.items() if _found(EXAMPLE, path) is not None}

        assert set(PARTS.values()) == told
        assert 40 < len(FIELDS)

    @pytest.mark.parametrize("part", ["proposal", "refinancing"])
    def test_is_refused_at_the_field_that_is_too_far_ahead(self, part: str) -> None:
        """A first instalment in the year 9999 is a slip."""
        body: dict[str, Any] = copy.deepcopy(EXAMPLE)
        body["contracts"][3][part]["first_due_date"] = "9999-12-31"
        read = msgspec.json.decode(msgspec.json.encode(body), type=schemas.EnvelopeBody)

        errors = check_envelope(
            read.customer.to_client(),
            [one.to_sold() for one in read.contracts],
            today=TODAY,
            providers=["qitech"],
        )

        assert [(f"contracts[3].{part}.first_due_date", "too_far_ahead")] == [
            (one.path, one.code) for one in errors
        ]


def _carry_through(client: Client, sold: Sold) -> None:
    assert sold.origin is not None
    assert sold.terms is not None
    proposal = Proposal(
        sold.number,
        client.borrower,
        client.benefit,
        client.bank_account,
        sold.origin,
        sold.terms,
        sold.refinancing,
    )
    # As stored and loaded again.
    proposal = msgspec.convert(msgspec.to_builtins(proposal), Proposal)
    check_before_sending(proposal, policy=Policy(), today=TODAY)
    payload = PayloadBuilder(proposal, purchaser_document_number="32402502000135").build()
    msgspec.json.decode(serialize(payload))
    answer = _answer(proposal)
    validate_proposal(proposal, answer, policy=Policy(), today=TODAY)
    _show(client, sold, msgspec.to_builtins(financial_of(proposal, answer)))


def _answer(proposal: Proposal) -> ProposalAnswer:
    """What a bank that does as it is asked answers."""
    terms = replace(proposal.terms, first_due_date=_on_a_common_day(proposal))
    loan = replace(
        ANSWER.portability,
        contract_number=proposal.contract_number,
        terms=offered(proposal.origin.last_due_balance, terms=terms),
    )
    return replace(ANSWER, cpf=proposal.borrower.cpf, portability=loan)


def _on_a_common_day(proposal: Proposal) -> date:
    """The day of the first instalment, as every month has it."""
    first = proposal.terms.first_due_date
    return first.replace(day=min(first.day, 28))


def _show(client: Client, sold: Sold, financial: dict[str, Any]) -> None:
    assert sold.origin is not None
    for status in PortabilityStatus:
        contract = states.portability(sold.number, status=status, financial=financial)
        contract.origin = sold.origin

        view = present(states.details(contract, name=client.borrower.name), now=NOON)

        assert [sold.number] == [one.number for group in view.groups for one in group.contracts]
