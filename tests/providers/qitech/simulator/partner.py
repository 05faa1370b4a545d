"""A partner of QI Tech written only from the field notes, to question the simulator.

It shares no code with the provider's client, so that both cannot be wrong together.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from hashlib import md5
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from joserfc import jws
from joserfc.jwk import ECKey

from tests.simulation.client import VendorClient
from tramita.simulation.keys import ensure_key_pair

API_KEY = "a1c0e7d2-0000-4000-8000-000000000001"
PROPOSALS = "/v2/credit_transfer/proposal"
HEADER = {"typ": "JWT", "alg": "ES512"}
# The seventh of the month after next: the provider pays in some days, and by its own calendar.
FIRST_DUE = (date.today().replace(day=1) + timedelta(days=62)).replace(day=7)


class Registry(jws.JWSRegistry):
    max_payload_length = 4_000_000


REGISTRY = Registry(algorithms=["ES512"])


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    raw: bytes
    body: Any


@dataclass
class Partner(VendorClient):
    """Signs as told, sends, verifies the answer's signature and hands it over."""

    key = "qitech"

    keys: Path
    generation: str = "v2"
    api_key: str | None = API_KEY
    clock_offset: timedelta = timedelta()
    claims: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.private = ECKey.import_key(ensure_key_pair(self.keys, "client").private_pem)
        self.provider = ECKey.import_key((self.keys / "provider.pub.pem").read_bytes())

    async def ask(self, method: str, path: str, body: object = None, query: str = "") -> Reply:
        """Send one signed request; raise ``AssertionError`` when the answer is not authentic."""
        sent, headers = self.signed(method, path, body, query)
        url = f"{self.base_url}/qitech{path}{query}"
        async with self.session.request(method, url, data=sent, headers=headers) as answer:
            raw = await answer.read()
            got = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status, got, raw, self.verified(method, path + query, got, raw))

    async def effects(self, subject: str | None = None) -> list[str]:
        """What the ledger says happened."""
        query = f"?subject={subject}" if subject else ""
        ledger = await self.control("GET", f"ledger{query}")
        return [row["effect"] for row in ledger["items"]]

    async def act(self, actor: str, action: str, **order: object) -> Any:
        """Have somebody at the vendor act; without a number it is about the latest proposal."""
        return await self.control("POST", "act", {"actor": actor, "action": action, **order})

    async def set(self, **conditions: object) -> Any:
        """Change how the vendor behaves."""
        return await self.act("operator", "set", **conditions)

    async def create(self, contract_number: str = "A-0001", **changes: Any) -> Any:
        """Create a proposal; the answer's document."""
        reply = await self.ask("POST", PROPOSALS, proposal(contract_number, **changes))
        assert 201 == reply.status
        return reply.body

    async def read(self, proposal_key: str) -> Any:
        """A proposal as the vendor shows it now."""
        return (await self.ask("GET", f"{PROPOSALS}/{proposal_key}")).body

    async def patch(self, proposal_key: str, status: str) -> Reply:
        """Ask for a status."""
        return await self.ask("PATCH", f"{PROPOSALS}/{proposal_key}", {"status": status})

    async def upload(self, content: bytes, *, field_name: str = "file") -> Reply:
        """Send a file up; its bytes are what is signed."""
        _, headers = self.signed("POST", "/upload", file=content)
        del headers["content-type"]
        form = aiohttp.FormData()
        form.add_field(field_name, BytesIO(content), filename="a.jpg", content_type="image/jpeg")
        url = f"{self.base_url}/qitech/upload"
        async with self.session.post(url, data=form, headers=headers) as answer:
            raw = await answer.read()
            got = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status, got, raw, self.verified("POST", "/upload", got, raw))

    def signed(
        self,
        method: str,
        path: str,
        body: object = None,
        query: str = "",
        *,
        file: bytes | None = None,
    ) -> tuple[bytes, dict[str, str]]:
        """The bytes and headers of a request in this partner's generation."""
        plain = b"" if body is None else msgspec.json.encode(body)
        plain = plain if file is None else file
        now = datetime.now(UTC) + self.clock_offset
        headers = {"content-type": "application/json"}
        if self.api_key is not None:
            headers["api-client-key"] = self.api_key
        if self.generation == "v2":
            claims = {
                "payload_md5": md5(plain).hexdigest(),
                "timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "method": method,
                "uri": path,
            }
            headers["authorization"] = self._sign(msgspec.json.encode(claims | self.claims))
            return plain, headers
        token = self._sign(plain) if plain and file is None else ""
        wire = plain if file is not None else token.encode()
        token_md5 = md5(wire).hexdigest() if wire else ""
        date = format_datetime(now, usegmt=True)
        lines = [method, token_md5, "application/json", date, path + query]
        claims = {"sub": str(self.api_key), "signature": "\n".join(lines)}
        signature = self._sign(msgspec.json.encode(claims | self.claims))
        headers["authorization"] = f"QIT {self.api_key}:{signature}"
        return msgspec.json.encode({"encoded_body": token}) if token else b"", headers

    def verified(self, method: str, path: str, headers: dict[str, str], raw: bytes) -> Any:
        """The answer's document, once its signature is right."""
        authorization = headers["authorization"]
        if self.generation == "v2":
            claims = msgspec.json.decode(self._verify(authorization))
            assert claims["payload_md5"] == md5(raw).hexdigest()
            assert (claims["method"], claims["uri"]) == (method, path.partition("?")[0])
            return msgspec.json.decode(raw)
        key, _, token = authorization.removeprefix("QIT ").partition(":")
        claims = msgspec.json.decode(self._verify(token))
        encoded = msgspec.json.decode(raw)["encoded_body"]
        lines = claims["signature"].split("\n")
        assert key == claims["sub"] == self.api_key
        assert lines[:3] == [method, md5(encoded.encode()).hexdigest(), "application/json"]
        assert lines[4] == path
        return msgspec.json.decode(self._verify(encoded))

    def _sign(self, payload: bytes) -> str:
        return jws.serialize_compact(HEADER, payload, self.private, registry=REGISTRY)

    def _verify(self, token: str) -> bytes:
        return jws.deserialize_compact(token, self.provider, registry=REGISTRY).payload


def proposal(contract_number: str = "A-0001", **changes: Any) -> dict[str, Any]:
    """A complete and valid proposal of an invented person."""
    financial = {
        "monthly_interest_rate": 0.0167,
        "number_of_installments": 80,
        "first_due_date": FIRST_DUE.isoformat(),
        "limit_days_to_disburse": 7,
    }
    body = {
        "proposal_type": "inss",
        "purchaser_document_number": "32402502000135",
        "borrower": {
            "person_type": "natural",
            "name": "Maria Souza",
            "individual_document_number": "16514548091",
            "birth_date": "1954-09-08",
        },
        "collaterals": [
            {
                "collateral_type": "social_security",
                "percentage": 1,
                "collateral_data": {"benefit_number": "0234567890", "state": "SP"},
            }
        ],
        "portability_credit_operation": {
            "contract_number": contract_number,
            "financial": financial,
        },
        "origin_contract": {
            "ispb": "12345678",
            "contract_number": "998877",
            "last_due_balance": 8912.77,
        },
    }
    return body | changes


def refinancing(face_value: float, count: int = 84) -> dict[str, Any]:
    """A refinancing on top, with the instalment the client wants to pay."""
    return {
        "financial": {
            "interest_type": "pre_price_days",
            "credit_operation_type": "ccb",
            "monthly_interest_rate": 0.0167,
            "number_of_installments": count,
            "first_due_date": FIRST_DUE.isoformat(),
            "installment_face_value": face_value,
            "limit_days_to_disburse": 7,
        }
    }


def jpeg(width: int = 800, height: int = 600, size: int = 0) -> bytes:
    """The head of a JPEG picture, as far as its frame header; padded to ``size`` bytes."""
    head = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08"
    content = head + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x03" + bytes(9)
    return content.ljust(size, b"\x00")
