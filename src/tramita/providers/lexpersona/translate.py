"""Lex Persona's words in ours: pure, total, and never raising for what it may say.

Steps are ours, in our order: the student's, then the organization's. A workflow has both.
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final, assert_never

from tramita.kit.outside import NotUnderstood
from tramita.providers.lexpersona.wire import (
    WireDocument,
    WirePart,
    WireRequest,
    WireStep,
    WireWorkflow,
)
from tramita.signatures.ports import (
    NewProcedure,
    Party,
    ProcedureStatus,
    Signatory,
    Signature,
    SignatureState,
)

_PARTIES: Final = tuple(Party)
_TOKEN: Final = re.compile(r"invite\?token=([\w.~+/=-]+)", re.ASCII)
# Defensive: nobody signed before 1970 or after 9999.
_LATEST: Final = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp() * 1000)


def to_workflow(new: NewProcedure, *, country: str, page: str) -> dict[str, object]:
    """A procedure as Lex Persona takes it; our key is its description, by which it is found."""
    return {
        "name": new.title,
        "description": new.key,
        "steps": to_steps(new.signatories, new.valid_for, country=country, page=page),
        "notifiedEvents": ["recipientRefused", "recipientFinished", "workflowFinished"],
        "watchers": [],
    }


def to_steps(
    signatories: Sequence[Signatory], valid_for: timedelta | None, *, country: str, page: str
) -> list[dict[str, object]]:
    """A step for each party, in the order in which they sign; one of its recipients has to."""
    ordered = sorted(signatories, key=lambda one: _PARTIES.index(one.party))
    steps = groupby(ordered, key=lambda one: one.party)
    validity = {} if valid_for is None else {"validityPeriod": round(valid_for / _MILLISECOND)}
    return [
        {
            "stepType": "signature",
            "recipients": [_recipient(one, country=country, page=page) for one in group],
            "requiredRecipients": 1,
            **validity,
            "invitePeriod": None,
            "maxInvites": 0,
            "sendDownloadLink": True,
            "allowComments": False,
            "hideAttachments": False,
            "hideWorkflowRecipients": False,
        }
        for _, group in steps
    ]


_MILLISECOND: Final = timedelta(milliseconds=1)


def _recipient(one: Signatory, *, country: str, page: str) -> Mapping[str, str]:
    # Names may not be blank there, and we know only the whole.
    return {
        "email": one.email,
        "firstName": one.name,
        "lastName": ".",
        "country": country,
        "preferredLocale": one.language[:2].lower(),
        "consentPageId": page,
    }


def read_state(said: WireWorkflow) -> SignatureState | NotUnderstood:
    """Where a workflow stands.

    "stopped" is a draft, one that was refused, and one that was let expire: which of these, the
    rest tells. What stops one that runs is the party whose turn it is.
    """
    if len(said.steps) != len(_PARTIES):
        return NotUnderstood(f"the workflow has {len(said.steps)} steps instead of two")
    student, organization = (_signature(step) for step in said.steps)
    match said.workflow_status:
        case "finished":
            if student is None or organization is None:
                return NotUnderstood("it is finished, and somebody has not signed")
            return SignatureState(ProcedureStatus.FINISHED, student, organization)
        case "started":
            return SignatureState(ProcedureStatus.RUNNING, student, organization)
        case "stopped" if said.started is None:
            return SignatureState(ProcedureStatus.DRAFT)
        case "stopped":
            return _stopped(said, student, organization)
        case _:
            assert_never(said.workflow_status)


def _stopped(
    said: WireWorkflow, student: Signature | None, organization: Signature | None
) -> SignatureState:
    party = Party.STUDENT if student is None else Party.ORGANIZATION
    step = said.steps[_PARTIES.index(party)]
    if _is_over(said, step):
        return SignatureState(ProcedureStatus.EXPIRED, student, organization)
    return SignatureState(ProcedureStatus.REFUSED, student, organization, refused_by=party)


def _is_over(said: WireWorkflow, step: WireStep) -> bool:
    """Whether it was stopped when the time of its step was over."""
    begun = [log.created for log in step.logs if log.operation == "start"]
    since = _instant(begun[-1] if begun else said.started or 0)
    if step.validity_period is None:
        return False
    return since + timedelta(milliseconds=min(step.validity_period, _LATEST // 2)) <= _instant(
        said.updated
    )


def _signature(step: WireStep) -> Signature | None:
    if not step.is_finished:
        return None
    signed = [log for log in step.logs if log.operation == "sign"]
    if not signed:
        return Signature()
    return Signature(_instant(signed[-1].created), signed[-1].recipient_email)


def _instant(milliseconds: int) -> datetime:
    within = min(max(milliseconds, 0), _LATEST)
    return datetime.fromtimestamp(within / 1000, UTC)


def read_digest(part: WirePart) -> str | None:
    """A part's SHA-256 in hexadecimal; ``None``: it is none."""
    try:
        digest = base64.b64decode(part.hash, validate=True)
    except (binascii.Error, ValueError):
        return None
    return digest.hex() if len(digest) == 32 else None


def read_documents(said: Sequence[WireDocument]) -> tuple[str, ...] | NotUnderstood:
    """The digest of each document; one that is made of several parts is none of ours."""
    found = [read_digest(one.parts[0]) if len(one.parts) == 1 else None for one in said]
    digests = tuple(one for one in found if one is not None)
    if len(digests) != len(found):
        return NotUnderstood("a document without a SHA-256")
    return digests


def read_page(said: WireRequest) -> str | NotUnderstood:
    """The page where somebody signs: an address that a browser goes to, and nothing that it runs."""
    is_page = said.consent_page_url.startswith(("https://", "http://"))
    return said.consent_page_url if is_page else NotUnderstood("the consent page has no address")


def read_token(url: str) -> str | None:
    """The token in the address of an invitation."""
    found = _TOKEN.search(url)
    return None if found is None else found[1]
