"""What this simulated Lex Persona holds: workflows with their steps, documents and events."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

import msgspec

from tramita.providers.lexpersona.simulator.requests import NewStep, Recipient

TENANT = "ten_demonstration"
GROUP = "grp_demonstration"
HOOK = "wbh_demonstration"
LONGEST_VALIDITY = 99 * 24 * 3600 * 1000


def made_id(kind: str) -> str:
    """An identifier such as ``wfl_4f…``."""
    return f"{kind}_{uuid4().hex[:24]}"


def in_ms(at: datetime) -> int:
    """A moment as Lex Persona writes it."""
    return round(at.timestamp() * 1000)


@dataclass
class Step:
    """A step of a workflow, and what happened in it."""

    wanted: NewStep
    id: str = field(default_factory=lambda: made_id("stp"))
    is_started: bool = False
    is_finished: bool = False
    logs: list[dict[str, object]] = field(default_factory=list)

    @property
    def validity(self) -> int:
        """Milliseconds from its start; at most 99 days."""
        return min(self.wanted.validity_period or LONGEST_VALIDITY, LONGEST_VALIDITY)

    def find(self, email: str) -> Recipient | None:
        """Who of it has this address."""
        wanted = email.casefold()
        return next((one for one in self.wanted.recipients if one.email.casefold() == wanted), None)

    def note(self, at: datetime, operation: str, **more: object) -> None:
        """Write something into its log."""
        self.logs.append({"created": in_ms(at), "operation": operation, **more})

    def shown(self) -> dict[str, object]:
        """The step as it is told."""
        return {
            **msgspec.to_builtins(self.wanted),
            "id": self.id,
            "isStarted": self.is_started,
            "isFinished": self.is_finished,
            "validityPeriod": self.validity,
            "logs": self.logs,
        }


@dataclass(frozen=True)
class Upload:
    """A document as it came in."""

    content: bytes
    id: str = field(default_factory=lambda: made_id("doc"))

    def part(self) -> dict[str, object]:
        """The file in it."""
        return {
            "contentType": "application/pdf",
            "filename": "contract_definition.pdf",
            "hash": base64.b64encode(hashlib.sha256(self.content).digest()).decode(),
            "size": len(self.content),
        }


@dataclass
class Workflow:
    """A document that is signed by some people after one another."""

    user: str
    name: str
    description: str
    notified: tuple[str, ...]
    steps: list[Step]
    created: datetime
    updated: datetime
    id: str = field(default_factory=lambda: made_id("wfl"))
    status: str = "stopped"
    started: datetime | None = None
    documents: list[Upload] = field(default_factory=list)
    ended_as: str = ""

    @property
    def current(self) -> Step | None:
        """The step whose turn it is."""
        if self.status != "started":
            return None
        return next((one for one in self.steps if not one.is_finished), None)

    @property
    def progress(self) -> int:
        """How much of it is signed, in per cent."""
        return 100 * sum(one.is_finished for one in self.steps) // len(self.steps)

    def signed_content(self) -> bytes:
        """Its documents with the evidence of whoever has signed."""
        signed = [log for step in self.steps for log in step.logs if log["operation"] == "sign"]
        evidence = "".join(f"% signed: {log['evidenceId']}\n" for log in signed)
        content = b"".join(one.content for one in self.documents)
        return content + b"\n" + evidence.encode() + b"%%EOF\n"

    def shown(self) -> dict[str, object]:
        """The workflow as it is told."""
        current = self.current
        emails = [one.email for one in current.wanted.recipients] if current else []
        shown: dict[str, object] = {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "userId": self.user,
            "tenantId": TENANT,
            "groupId": GROUP,
            "created": in_ms(self.created),
            "updated": in_ms(self.updated),
            "workflowStatus": self.status,
            "progress": self.progress,
            "steps": [one.shown() for one in self.steps],
            "notifiedEvents": self.notified,
            "currentRecipientEmails": emails,
            "currentRecipientUsers": [],
            "allowConsolidation": False,
            "allowedCoManagerUsers": [],
            "coManagerNotifiedEvents": [],
            "viewAuthorizedGroups": [GROUP],
            "viewAuthorizedUsers": [],
            "watchers": [],
            "logs": [],
        }
        return shown if self.started is None else {**shown, "started": in_ms(self.started)}

    def document_shown(self, document: Upload) -> dict[str, object]:
        """One of its documents."""
        return {
            "id": document.id,
            "workflowId": self.id,
            "workflowName": self.name,
            "userId": self.user,
            "tenantId": TENANT,
            "groupId": GROUP,
            "created": in_ms(self.created),
            "updated": in_ms(self.updated),
            "pdfSignatureFields": [],
            "parts": [document.part()],
        }
