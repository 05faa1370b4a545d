"""What this simulated Lex Persona is asked for."""

from typing import Literal

import msgspec


class Recipient(msgspec.Struct, rename="camel"):
    """Somebody who may sign a step."""

    email: str = ""
    first_name: str = ""
    last_name: str = ""
    country: str = ""
    phone_number: str = ""
    preferred_locale: str = "fr"
    consent_page_id: str = ""


class NewStep(msgspec.Struct, rename="camel"):
    """A step to be: one of its recipients has to sign, within ``validity_period`` ms."""

    recipients: list[Recipient]
    step_type: Literal["signature"] = "signature"
    required_recipients: int = 1
    validity_period: int | None = None
    invite_period: int | None = None
    max_invites: int = 0
    send_download_link: bool = True
    allow_comments: bool = False
    hide_attachments: bool = False
    hide_workflow_recipients: bool = False


class NewWorkflow(msgspec.Struct, rename="camel"):
    """The body of ``POST /api/users/{id}/workflows``."""

    name: str
    steps: list[NewStep]
    description: str = ""
    notified_events: list[str] = []
    watchers: list[str] = []


class Change(msgspec.Struct, rename="camel"):
    """The body of ``PATCH /api/workflows/{id}``."""

    workflow_status: Literal["started", "stopped"] | None = None
    steps: list[NewStep] | None = None


class Invited(msgspec.Struct, rename="camel"):
    """The body of ``POST /api/workflows/{id}/invite``."""

    recipient_email: str


class Chosen(msgspec.Struct):
    """The body of ``POST /api/requests/``."""

    workflows: list[str]
