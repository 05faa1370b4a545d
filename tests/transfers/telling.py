"""What 1C says, as it posts it, and what it is answered."""

import hashlib
import json
from base64 import b64encode, encodebytes
from io import BytesIO
from typing import Any

import aiohttp

from tests.transfers.desk import Desk
from tramita.transfers.model import Application
from tramita.transfers.office.settings import DEMO_SECRET, DEMO_USERNAME

BASIC = f"Basic {b64encode(f'{DEMO_USERNAME}:{DEMO_SECRET}'.encode()).decode()}"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
# Far from those of the simulator.
_last = iter(range(1_000_001, 1_010_000))


def number() -> int:
    """The next number of a message of 1C's."""
    return next(_last)


def conditions(of: Application, message_no: int | None = None, **more: Any) -> dict[str, Any]:
    """What an operator works out for an application."""
    return {
        "message_no": message_no or number(),
        "revision": of.revision,
        "operator": "Ольга Сергеевна",
        "rate": "11.25",
        "commission_percent": "1.5",
        "payer_amount": "142734.38",
        "payer_currency": "RUB",
        "payout_amount": "12500.00",
        "payout_currency": "CNY",
        "terms_text": "Оплата в течение трёх дней",
    } | more


def document(content: bytes = PDF, **more: Any) -> dict[str, Any]:
    """A document as 1C sends it in JSON, its base64 in lines."""
    return {
        "message_no": number(),
        "kind": "invoice",
        "number": "СЧ-17",
        "date": "2026-11-30T00:00:00",
        "sha256": hashlib.sha256(content).hexdigest(),
        "name": "Счёт № 17.pdf",
        "content": encodebytes(content).decode(),
    } | more


async def tell(
    desk: Desk, what: str, id_: object, body: Any, **headers: str
) -> tuple[int, dict[str, Any]]:
    """What 1C is answered."""
    path = f"/api/onec/v1/applications/{id_}/{what}"
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"authorization": BASIC, "content-type": "application/json"} | headers
    async with (
        aiohttp.ClientSession(desk.world.url) as onec,
        onec.post(path, data=BytesIO(content), headers=sent) as answer,
    ):
        return answer.status, await answer.json()


async def tell_form(
    desk: Desk, id_: object, content: bytes = PDF, **more: Any
) -> tuple[int, dict[str, Any]]:
    """What 1C is answered to a document beside its description, in a form."""
    meta = document(content, **more)
    meta.pop("content")
    form = aiohttp.FormData()
    form.add_field("meta", json.dumps(meta), content_type="application/json")
    form.add_field("file", BytesIO(content), filename="счёт.pdf", content_type="application/pdf")
    path = f"/api/onec/v1/applications/{id_}/documents"
    async with (
        aiohttp.ClientSession(desk.world.url) as onec,
        onec.post(path, data=form, headers={"authorization": BASIC}) as answer,
    ):
        return answer.status, await answer.json()
