"""Formalization: pictures, the CCB's address, and signatures collected elsewhere."""

from datetime import timedelta

from tramita.providers.qitech.simulator.envelopes import (
    ILLEGAL_MOVE,
    NOT_JPEG,
    OUT_OF_LIMITS,
    UNKNOWN_ATTACHMENT,
    UNKNOWN_DOCUMENT,
    UNKNOWN_OPERATION,
)
from tramita.providers.qitech.simulator.office import (
    Office,
    fields_of,
    json_of,
    shaped,
    task,
)
from tramita.providers.qitech.simulator.requests import Attachment, Signature
from tramita.providers.qitech.simulator.uploads import Upload, defect_of, jpeg_size
from tramita.simulation.calls import Answer
from tramita.simulation.front.asking import Asking, Refused, Task

DOCUMENT_LIFE = timedelta(minutes=10)  # Public: addresses of documents end after ten minutes.


def upload(office: Office, asking: Asking) -> Task:
    """``POST /upload``; the body is the file's bytes, out of their form."""
    defect = defect_of(asking.body)
    if defect is not None and office.conditions.documents == "refuse":
        raise Refused(OUT_OF_LIMITS if jpeg_size(asking.body) else NOT_JPEG, defect)
    kept = Upload(asking.body, defect)

    def effect() -> Answer:
        office.archive.add(kept)
        office.world.record(
            "document_uploaded",
            subject=kept.key,
            request_id=asking.request_id,
            data={"document_md5": kept.md5, "bytes": len(kept.content)},
        )
        return Answer(201, {"document_key": kept.key, "document_md5": kept.md5})

    return task({"document_md5": kept.md5}, effect)


def attach(office: Office, asking: Asking) -> Task:
    """``POST …/related_party/{key}/attached_document``: an uploaded picture, after creation."""
    proposal = office.found(asking.key)
    if proposal.related_party_key != asking.keys["other_key"]:
        raise Refused(UNKNOWN_OPERATION, "Related party not found.")
    order = shaped(json_of(asking.body), Attachment)
    if office.archive.find(order.document_key) is None:
        raise Refused(UNKNOWN_ATTACHMENT)

    def effect() -> Answer:
        if proposal.status not in ("created", "pending_submission"):
            raise Refused(ILLEGAL_MOVE, f"The proposal is {proposal.status}.")
        now = office.world.clock.now()
        proposal.borrower[order.document_type] = order.document_key
        office.life.record(
            "document_attached",
            proposal,
            at=now,
            request_id=asking.request_id,
            more={"document_key": order.document_key, "document_type": order.document_type},
        )
        answer = Answer(
            201, {"document_key": order.document_key, "document_type": order.document_type}
        )
        if office.archive.has_defect([order.document_key]):
            office.life.happen(proposal, "discard", at=now)
        return answer

    return task({**fields_of(proposal), "document_key": order.document_key}, effect)


def read_url(office: Office, asking: Asking) -> Task:
    """``GET /document/{key}/url``: of a CCB or of an uploaded picture."""
    proposal = office.book.find_by_document(asking.key)
    if proposal is None and office.archive.find(asking.key) is None:
        raise Refused(UNKNOWN_DOCUMENT)
    name = f"{asking.key}.pdf" if proposal else f"{asking.key}.jpg"

    def effect() -> Answer:
        expires = office.world.clock.now() + DOCUMENT_LIFE
        address = f"{asking.base_url}/files/{name}?expires={int(expires.timestamp())}"
        is_signed = proposal is not None and proposal.signed_at is not None
        body = {
            "document_url": address,
            "signed_document_url": address if is_signed else None,
            "expiration_datetime": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return Answer(200, body)

    fields = fields_of(proposal) if proposal else {}
    return task({**fields, "document_key": asking.key}, effect)


def sign(office: Office, asking: Asking) -> Task:
    """``POST …/portability_credit_operation/signature``: the client signed elsewhere."""
    proposal = office.found(asking.key)
    shaped(json_of(asking.body), Signature)

    def effect() -> Answer:
        if not proposal.is_signable:
            state = "signed" if proposal.status == "created" else proposal.status
            raise Refused(ILLEGAL_MOVE, f"A proposal that is {state} cannot be signed.")
        office.life.sign(proposal, at=office.world.clock.now(), request_id=asking.request_id)
        return Answer(200, office.body_of(proposal, asking.base_url))

    return task(fields_of(proposal), effect)
