"""Lex Persona's records: the fields that we use; whatever else there is is let through."""

from typing import Literal

import msgspec

WorkflowStatus = Literal["stopped", "started", "finished"]


class WireError(msgspec.Struct, rename="camel"):
    """How it says no."""

    code: str
    message: str = ""


class WireLog(msgspec.Struct, rename="camel"):
    """Something that happened in a step; ``created`` is in milliseconds since 1970."""

    operation: str
    created: int
    recipient_email: str | None = None


class WireStep(msgspec.Struct, rename="camel"):
    """A step: those of whom one has to sign. ``validity_period`` is in milliseconds."""

    is_started: bool
    is_finished: bool
    logs: list[WireLog] = []
    validity_period: int | None = None


class WireWorkflow(msgspec.Struct, rename="camel"):
    """A workflow as it is shown; times are in milliseconds since 1970."""

    id: str
    workflow_status: WorkflowStatus
    steps: list[WireStep]
    updated: int
    started: int | None = None
    description: str | None = None


class WireStatus(msgspec.Struct, rename="camel"):
    """The answer to a change of a workflow's status."""

    workflow_status: WorkflowStatus


class WireId(msgspec.Struct, rename="camel"):
    """An answer of which we need to know what it is called."""

    id: str


class WireWorkflows(msgspec.Struct, rename="camel"):
    """Workflows that were looked for [assumed]."""

    items: list[WireWorkflow]


class WirePart(msgspec.Struct, rename="camel"):
    """A file as it came in; ``hash`` is its SHA-256 in base64."""

    hash: str


class WireUpload(msgspec.Struct, rename="camel"):
    """The answer to an upload."""

    parts: list[WirePart]


class WireDocument(msgspec.Struct, rename="camel"):
    """A document to be signed."""

    parts: list[WirePart]


class WireDocuments(msgspec.Struct, rename="camel"):
    """The documents of a workflow [assumed]."""

    items: list[WireDocument]


class WireInvitation(msgspec.Struct, rename="camel"):
    """The answer to an invitation."""

    invite_url: str


class WireRequest(msgspec.Struct, rename="camel"):
    """The page where chosen workflows are signed."""

    consent_page_url: str


class WireEvent(msgspec.Struct, rename="camel"):
    """An event, as it is asked for."""

    id: str
    workflow_id: str
