"""The service's records, only the fields we use. Unknown fields are allowed.

Times are texts as 1C writes them (``values.read_time``), numbers texts or whole numbers.
"""

from typing import Annotated, Any

from msgspec import Meta, Struct

WireID = Annotated[str, Meta(min_length=1, max_length=100)]
WireText = Annotated[str, Meta(max_length=10_000)]
WireNumber = str | int | None
Revision = Annotated[int, Meta(ge=0, lt=2**31)]
MessageNo = Annotated[int, Meta(ge=1, lt=2**53)]


class WireDocument(Struct):
    """The document of an application."""

    external_id: WireID
    ref_key: WireID
    number: WireText = ""
    date: str | None = None
    accepted_revision: Revision = 0
    state: WireText = ""
    message_no: Annotated[int, Meta(ge=0, lt=2**53)] | None = None


class WireDone(Struct):
    """Something was done that has nothing to say."""

    external_id: WireID


class WireJob(Struct):
    """A request for a document; ``code``: 10202 under way, 10200 ready, 10404 unknown, 10500 failed."""

    job_id: WireID
    code: int
    state: str = ""
    message: WireText = ""


class WirePong(Struct):
    """What the base says of itself."""

    version: WireID
    time: str | None = None


class WireConditions(Struct):
    """What an operator worked out."""

    message_no: MessageNo
    revision: Revision
    operator: WireText = ""
    rate: WireNumber = None
    commission_percent: WireNumber = None
    commission_fixed: WireNumber = None
    payer_amount: WireNumber = None
    payer_currency: WireText = ""
    payout_amount: WireNumber = None
    payout_currency: WireText = ""
    account: dict[str, Any] = {}
    valid_until: str | None = None
    terms_text: WireText = ""
    agent_id: str | None = None
    supersedes: bool | str | int | None = None


class WireCorrections(Struct):
    """What is corrected in a form."""

    message_no: MessageNo
    revision: Revision
    fields: dict[str, Any]
    operator: WireText = ""


class WireStatus(Struct):
    """How an application or its payment stands."""

    message_no: MessageNo
    status: str | None = None
    payment_status: str | None = None
    operator: WireText = ""
    comment: WireText = ""
    time: str | None = None


class WireTold(Struct):
    """A document that is told of; ``content`` is the file in base64, where it is not beside it."""

    message_no: MessageNo
    kind: WireText
    sha256: Annotated[str, Meta(max_length=200)]
    name: WireText = ""
    number: WireText = ""
    date: str | None = None
    visible_to_client: bool | str | int | None = True
    job_id: str | None = None
    content: str | None = None


class WireAck(Struct):
    """What became of one message that was fetched."""

    message_no: MessageNo
    error: WireText = ""
    document: WireDocument | None = None


class WireAcks(Struct):
    """What became of messages that were fetched."""

    messages: Annotated[list[WireAck], Meta(max_length=500)]
