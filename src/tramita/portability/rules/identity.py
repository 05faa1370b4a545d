"""Rules 1 to 5: it is the answer to our proposal, and there is something to sign."""

from collections.abc import Iterator
from typing import Final

from tramita.kit.masking_shapes import mask_cpf
from tramita.portability.ports import LoanState, ProposalAnswer, Stage
from tramita.portability.rules.case import Case
from tramita.portability.rules.verdict import Code, Failure, doubt, reject

# Offered; the other two may be a bank's first word for it as well.
_START: Final = frozenset({Stage.OFFERED, Stage.HELD, Stage.SUBMITTED})
# A client whom the origin bank kept has signed before.
_ENDED: Final = frozenset({Stage.REJECTED, Stage.CANCELED})
_GOING_ON: Final = frozenset({LoanState.UNSIGNED, LoanState.SIGNED})


def has_every_part(case: Case) -> Iterator[Failure]:
    """Rule 1, of a readable answer: the refinancing is there when it was asked for."""
    if case.proposal.refinancing is not None and case.answer.refinancing is None:
        yield doubt(1, Code.REFINANCING_MISSING, "A refinancing was asked for, none was answered.")


def has_keys_of_its_own(case: Case) -> Iterator[Failure]:
    """Rule 2: no key is bound to another contract of ours, nor used twice."""
    keys = [case.answer.proposal_key, *(part.operation.key for part in case.parts())]
    for index, key in enumerate(keys):
        if key in case.known_keys or key in keys[:index]:
            sentence = f"The key {key} already belongs to another contract or loan."
            yield doubt(2, Code.KEY_BELONGS_TO_ANOTHER_CONTRACT, sentence)


def is_about_our_proposal(case: Case) -> Iterator[Failure]:
    """Rule 3: client, benefit, our contract, the origin's contract and bank are echoed."""
    sent, answer = case.proposal, case.answer
    if answer.cpf != sent.borrower.cpf:
        ours, theirs = mask_cpf(sent.borrower.cpf), mask_cpf(answer.cpf)
        yield reject(3, Code.WRONG_CLIENT, f"Sent for CPF {ours}, answered for {theirs}.")
    echoes = (
        (Code.WRONG_BENEFIT, _as_number(sent.benefit.number), _as_number(answer.benefit_number)),
        (Code.WRONG_CONTRACT_NUMBER, sent.contract_number, answer.portability.contract_number),
        (Code.WRONG_ORIGIN_CONTRACT, sent.origin.contract_number, answer.origin_contract_number),
        (Code.WRONG_ORIGIN_BANK, sent.origin.ispb, answer.origin_ispb),
    )
    for code, ours, theirs in echoes:
        if ours != theirs:
            what = code.removeprefix("wrong_").replace("_", " ")
            shown = "" if code is Code.WRONG_BENEFIT else f": sent {ours}, answered {theirs}"
            yield reject(3, code, f"The {what} is another one{shown}.")


def is_at_its_start(case: Case) -> Iterator[Failure]:
    """Rule 4: nobody has signed, rejected or cancelled anything yet.

    One that was read later is taken up where it stands: its loans follow it.
    """
    answer = case.answer
    if case.may_have_gone_on and has_gone_on(answer):
        return
    if answer.stage in _ENDED:
        yield reject(4, Code.PROPOSAL_ALREADY_ENDED, f"The proposal is already {answer.said}.")
    elif answer.stage not in _START:
        sentence = f"The proposal starts with the status {answer.said[:60]}."
        yield doubt(4, Code.PROPOSAL_STATUS_UNEXPECTED, sentence)
    for part in case.parts():
        loan = part.operation
        if loan.state is LoanState.ENDED:
            sentence = f"The {part.name}'s loan is already {loan.said}."
            yield reject(4, Code.OPERATION_ALREADY_ENDED, sentence)
        elif loan.state is not LoanState.UNSIGNED:
            sentence = f"The {part.name}'s loan starts with the status {loan.said[:60]}."
            yield doubt(4, Code.OPERATION_STATUS_UNEXPECTED, sentence)


def has_gone_on(answer: ProposalAnswer) -> bool:
    """Whether the client has signed it, or more has happened, and it has not been called off."""
    if answer.stage is not None and answer.stage not in _START | _ENDED:
        return True
    loans = {one.state for one in (answer.portability, answer.refinancing) if one is not None}
    is_signed, is_recognized = LoanState.SIGNED in loans, loans <= _GOING_ON
    return answer.stage in _START and is_signed and is_recognized


def has_a_document_to_sign(case: Case) -> Iterator[Failure]:
    """Rule 5: each loan has its CCB; it may be made a little later."""
    for part in case.parts():
        if not part.operation.document_key:
            sentence = f"The {part.name}'s contract document (CCB) is not there yet."
            yield doubt(5, Code.CONTRACT_DOCUMENT_MISSING, sentence)


def _as_number(digits: str) -> str:
    # A benefit number loses its leading zeros where somebody made it an integer.
    return digits.lstrip("0")
