"""QI Tech's protocol: sign what goes out, verify what comes back. No business here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer, Exchange, Request
from tramita.kit.outcome import NotSent, Unknown
from tramita.kit.outside import storable_json
from tramita.providers.qitech.attachments import Form
from tramita.providers.qitech.signing import (
    AnswerVerifier,
    ReceivedMessage,
    RequestSigner,
    SignatureNotTrusted,
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class QITechClient:
    """One partner's access. ``clock`` is real time: signatures are valid for minutes."""

    exchange: Exchange
    signer: RequestSigner
    verifier: AnswerVerifier
    clock: Callable[[], datetime] = _utc_now

    async def call(
        self, method: str, path: str, *, body: bytes, attempt: Attempt
    ) -> Answer | NotSent | Unknown:
        """Send ``body``, already serialised, and answer with the plain, verified body.

        An answer that QI Tech did not sign is as good as none: it is ``Unknown``,
        because the request itself may well have arrived.
        """
        signed = self.signer.sign(body, method=method, path=path, at=self.clock())
        return await self._send(Request(method, path, signed.body, signed.headers), attempt)

    async def upload(
        self, path: str, *, form: Form, attempt: Attempt
    ) -> Answer | NotSent | Unknown:
        """Send a file; the answer as of ``call``. The journal shows its size only."""
        signed = self.signer.sign_form(form, path=path, at=self.clock())
        shown = msgspec.json.encode({"file": f"{len(form.file)} bytes"})
        request = Request("POST", path, signed.body, signed.headers, shown)
        return await self._send(request, attempt)

    async def _send(self, request: Request, attempt: Attempt) -> Answer | NotSent | Unknown:
        answer = await self.exchange.send(request, attempt)
        if not isinstance(answer, Answer):
            return answer
        message = ReceivedMessage(answer.headers, answer.raw, request.method, request.path)
        try:
            plain = self.verifier.verify(message, at=self.clock())
        except SignatureNotTrusted as distrust:
            if 400 <= answer.status < 500 and "authorization" not in answer.headers:
                # QI Tech cannot sign for a caller it does not know: its refusals at the
                # door (no key, unknown key, bad token) come unsigned.
                return answer
            return Unknown(f"answer not trusted: {distrust.reason}")
        # The older generation's answer is a token; what it carries is looked at only here.
        return Answer(answer.status, answer.headers, storable_json(plain), plain)
