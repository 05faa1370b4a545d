"""What the service is asked, as it reads it."""

from typing import Annotated, Any

from msgspec import Meta, Struct

ID = Annotated[str, Meta(min_length=1, max_length=100)]


class SentFile(Struct):
    """A file that it may fetch."""

    file_id: ID
    name: str
    sha256: str
    url: str
    kind: str = ""
    size: int = 0


class SentApplication(Struct):
    """One revision of an application."""

    external_id: ID
    revision: Annotated[int, Meta(ge=0)]
    message_no: int
    chat_title: str
    agent_name: str
    fields: dict[str, Any]
    files: list[SentFile]


class Cancelled(Struct):
    """An application that is given up."""

    external_id: ID
    reason: str = ""


class SentPayment(Struct):
    """How a payment stands with the client."""

    external_id: ID
    message_no: int
    payment_status: str
    time: str
    time_zone: str = ""
    comment: str = ""
    asset: SentFile | None = None


class SentAgent(Struct):
    """Who works on an application from now on."""

    external_id: ID
    message_no: int
    agent_name: str


class SentFiles(Struct):
    """What people have put to an application by now."""

    external_id: ID
    message_no: int
    files: list[SentFile]


class AskedDocument(Struct):
    """A document that somebody asks for."""

    external_id: ID
    message_no: int
    job_id: ID
    kind: str
    note: str = ""
