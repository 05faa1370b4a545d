"""What the dummy is asked for, and what it holds."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

import msgspec

Party = Literal["student", "organization"]
PARTIES: tuple[Party, Party] = ("student", "organization")


class Signatory(msgspec.Struct):
    """Somebody who may sign."""

    party: Party
    name: str
    email: str
    language: str


class New(msgspec.Struct):
    """A procedure to be."""

    key: str
    title: str
    signatories: list[Signatory]
    valid_seconds: float


class Named(msgspec.Struct):
    """What is asked about by the dummy's own word."""

    reference: str


class Sought(msgspec.Struct):
    """What is asked about by its client's word."""

    key: str


class Changed(msgspec.Struct):
    """Others who are to sign."""

    reference: str
    signatories: list[Signatory]


class Invited(msgspec.Struct):
    """Who wants to sign what."""

    references: list[str]
    email: str


@dataclass
class Procedure:
    """A procedure, with who has signed it and when."""

    wanted: New
    reference: str = field(default_factory=lambda: f"dummy_{uuid4().hex}")
    documents: list[bytes] = field(default_factory=list)
    status: str = "draft"
    expires_at: datetime | None = None
    signed: dict[str, dict[str, object]] = field(default_factory=dict)
    refused_by: str | None = None

    @property
    def turn(self) -> Party | None:
        """Whose turn it is."""
        if self.status != "running":
            return None
        return next(one for one in PARTIES if one not in self.signed)

    def may_sign(self, email: str) -> bool:
        """Whether it is this person's."""
        return any(
            one.party == self.turn and one.email.casefold() == email.casefold()
            for one in self.wanted.signatories
        )

    def start(self, now: datetime) -> None:
        """Let it be signed."""
        self.status = "running"
        self.expires_at = now + timedelta(seconds=self.wanted.valid_seconds)

    def sign(self, email: str, now: datetime) -> None:
        """Whose turn it is has signed."""
        self.signed[str(self.turn)] = {"at": now, "email": email}
        if len(self.signed) == len(PARTIES):
            self.status = "finished"

    def refuse(self) -> None:
        """Whose turn it is has refused."""
        self.refused_by, self.status = self.turn, "refused"

    def digests(self) -> list[str]:
        """Of its documents."""
        return [hashlib.sha256(one).hexdigest() for one in self.documents]

    def content(self) -> bytes:
        """Its documents, with who has signed."""
        marks = "".join(f"% signed by the {party}\n" for party in self.signed)
        return b"".join(self.documents) + b"\n" + marks.encode() + b"%%EOF\n"

    def state(self) -> dict[str, object]:
        """How it stands, in the words of whoever asks."""
        return {
            "status": self.status,
            "refused_by": self.refused_by,
            **{party: self.signed.get(party) for party in PARTIES},
        }
