"""Lex Persona's protocol: paths, tokens and forms. No business here.

A path holds nothing but what we know and identifiers of Lex Persona's, each of which is a token
of letters, digits, ``_`` and ``-``: nothing that anybody posts to us can lead elsewhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer, Request
from tramita.kit.json_client import JSONClient
from tramita.kit.multipart import FilePart, multipart
from tramita.kit.outcome import NotSent, Unknown

Heard = Answer | NotSent | Unknown

_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)
_PDF: Final = "application/pdf"


class NotAnIdentifier(ValueError):
    """Something that Lex Persona never called anything by is to be put into a path."""


def is_identifier(text: str) -> bool:
    """Whether it can be one of Lex Persona's identifiers."""
    return _IDENTIFIER.fullmatch(text) is not None


def identified(text: str) -> str:
    """The same text, as a part of a path."""
    if not is_identifier(text):
        raise NotAnIdentifier(text[:50])
    return text


@dataclass(frozen=True)
class LexPersonaClient:
    """Our access; ``user`` is whose workflows ours are."""

    json: JSONClient
    user: str
    profile: str

    async def call(self, method: str, path: str, attempt: Attempt, *, body: object = None) -> Heard:
        """Ask for a path below ``/api/``."""
        return await self.json.call(method, f"/api/{path}", attempt, body=body)

    async def create(self, workflow: Mapping[str, object], attempt: Attempt) -> Heard:
        """``POST /api/users/{user}/workflows``."""
        path = f"users/{identified(self.user)}/workflows"
        return await self.call("POST", path, attempt, body=workflow)

    async def workflow(
        self, method: str, reference: str, attempt: Attempt, *, body: object = None
    ) -> Heard:
        """A workflow as a whole: ``GET``, ``PATCH`` or ``DELETE``."""
        path = f"workflows/{identified(reference)}"
        return await self.call(method, path, attempt, body=body)

    async def upload(self, reference: str, pdf: bytes, attempt: Attempt) -> Heard:
        """``POST /api/workflows/{id}/parts``: a form with the one file ``file1``."""
        query = urlencode(
            {
                "createDocuments": "true",
                "ignoreAttachments": "false",
                "signatureProfileId": self.profile,
                "unzip": "false",
                "pdf2pdfa": "auto",
            }
        )
        path = f"/api/workflows/{identified(reference)}/parts?{query}"
        kind, form = multipart(FilePart("file1", "contract_definition.pdf", _PDF, pdf), {})
        headers = {"content-type": kind, "accept": "application/json"}
        shown = b"a PDF of %d bytes" % len(pdf)
        return await self.json.send(Request("POST", path, form, headers, shown), attempt)

    async def as_invited(self, token: str, path: str, attempt: Attempt, *, body: object) -> Heard:
        """The same as somebody whom an invitation names."""
        invited = replace(self, json=replace(self.json, token=token))
        return await invited.call("POST", path, attempt, body=body)
