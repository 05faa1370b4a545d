"""The API keeps what its description promises, whatever it is asked."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.numbering.stock import put_number
from tests.web.conftest import Site
from tests.world import envelope
from tramita.numbering.lifecycle import NumberStatus

pytestmark = pytest.mark.asyncio(loop_scope="module")

Operation = APIOperation[Any, Any, Any, Any]

# With credentials, or of what needs none; without them all the rest is one and the same 401.
EXAMPLES, GUARDED = 3, 1


# What a rule of the business refuses is no breach of the schema, and a parameter nobody
# asked for is ignored; the rest is promised.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    ignored_auth,
]


async def _create(site: Site, path: str, body: dict[str, Any]) -> str:
    answer = await site.ask("POST", path, json=body)
    assert 201 == answer.status, answer.body
    return str(answer.body.get("id") or answer.body["token"])


async def _one_of_everything(site: Site) -> dict[str, str]:
    """Path parameters that lead to something; what others refer to cannot be deleted."""
    code = uuid4().hex
    product = await _create(
        site, "/api/v1/products", {"code": code, "name": "Line", "payment_backend": "telmex"}
    )
    price = {"amount": "59.90", "currency": "BRL"}
    package = await _create(
        site,
        "/api/v1/packages",
        {"code": code, "product": product, "name": "5G", "price": price},
    )
    customer = await _create(site, "/api/v1/customers", {"name": "Maria"})
    contract = await _create(
        site, "/api/v1/contracts", {"name": "C-1", "package": package, "customer": customer}
    )
    body = envelope()
    # The only contract needs no bank, so its details are there once the link is requested.
    body["contracts"] = [one for one in body["contracts"] if not one.get("origin")]
    token = await _create(site, "/api/v1/envelopes", body)
    sent = await site.ask("POST", "/api/contratos/formalizacao/enviar-link/", json={"token": token})
    assert 200 == sent.status, sent.body
    return {
        "product_id": product,
        "package_id": package,
        "customer_id": customer,
        "contract_id": contract,
        "token": token,
        "ddd": "11",
        **await _keep_numbers(site),
    }


async def _keep_devices(site: Site) -> str:
    """A brand of devices, as if it had been read from the provider; without any list it is 503."""
    async with site.runtime.database.unit_of_work() as work:
        await work.fetch("UPDATE device_catalog SET as_of = tramita_now()")
        await work.fetch(
            "INSERT INTO device_brand (id, name, sort_name) VALUES ('b', 'B', 'b') "
            "ON CONFLICT DO NOTHING"
        )
    return "b"


async def _keep_numbers(site: Site) -> dict[str, str]:
    """A used-up preview and a reserved number, as if there had been a provider to ask."""
    preview, msisdn = uuid4(), "5511987650001"
    await put_number(site.runtime.database, msisdn, NumberStatus.RESERVED)
    async with site.runtime.database.unit_of_work() as work:
        await work.fetch(
            """
            WITH wish AS (
                INSERT INTO pre_reservation (id, purpose, ddd, brand_id, quantity, external_id,
                                             created_at, expires_at, hold_until)
                VALUES ($1::uuid, 'preview', '11', 'vivo', 1, $2::text, now(),
                        now() + interval '15 min', now() + interval '16 min') RETURNING *
            ), made AS (
                INSERT INTO preview (id, external_id, ddd, brand_id, created_at, expires_at,
                                     reserved_msisdn)
                SELECT id, external_id, ddd, brand_id, created_at, expires_at, '5511987650002'
                FROM wish
            )
            INSERT INTO preview_number (preview_id, idx, msisdn)
            SELECT id, 0, '5511987650002' FROM wish
            """,
            preview,
            str(preview),
        )
    return {"preview_id": str(preview), "msisdn": msisdn, "index": "0"}


def _operations(description: dict[str, Any]) -> Iterator[Operation]:
    for found in schemathesis.openapi.from_dict(description).get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


@dataclass(frozen=True)
class Trial:
    """The description tried with good or bad requests, with or without credentials.

    ``known`` path parameters lead to something; a random one never does.
    """

    site: Site
    mode: GenerationMode
    is_authenticated: bool
    known: dict[str, str]

    def find_fault(self, operation: Operation) -> str | None:
        """What is wrong with one operation, by examples that are the same every time."""
        is_public = not operation.definition.raw.get("security")

        @seed(7)
        @settings(
            max_examples=EXAMPLES if self.is_authenticated or is_public else GUARDED,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=self.mode))
        def keeps_its_promise(case: Case[Any]) -> None:
            self._check(case)

        try:
            keeps_its_promise()
        except Unsatisfiable:
            return None  # nothing can be wrong with a request that has no parts
        except BaseExceptionGroup as failure:
            return f"{operation.label}, {self.mode}: {failure}"
        return None

    def _check(self, case: Case[Any]) -> None:
        given = case.path_parameters
        given |= {name: self.known[name] for name in given if name in self.known}
        case.call_and_validate(
            base_url=self.site.url,
            headers=self.site.headers if self.is_authenticated else {},
            checks=[*CHECKS, *([negative_data_rejection] if len(case.operation.body) else [])],
        )


class TestTheDescription:
    @pytest.mark.parametrize("mode", list(GenerationMode))
    @pytest.mark.parametrize("is_authenticated", [True, False])
    async def test_is_kept(self, site: Site, mode: GenerationMode, is_authenticated: bool) -> None:
        """Good and bad requests get documented answers, and no 5xx."""
        description = (await site.ask("GET", "/schema/openapi.json")).body
        brand = await _keep_devices(site)
        known = await _one_of_everything(site) if mode is GenerationMode.POSITIVE else {}
        known |= {"brand_id": brand} if known else {}
        trial = Trial(site, mode, is_authenticated, known)

        found = await asyncio.to_thread(
            lambda: [trial.find_fault(one) for one in _operations(description)]
        )

        assert [] == [one for one in found if one]

    async def test_forbids_unknown_fields_of_every_body(self, site: Site) -> None:
        """As the API does."""
        schemas = (await site.ask("GET", "/schema/openapi.json")).body["components"]["schemas"]

        bodies = {name: one for name, one in schemas.items() if name.endswith("Body")}

        assert len(bodies) > 10
        assert {False} == {one["additionalProperties"] for one in bodies.values()}

    async def test_names_the_scope_of_every_guarded_route(self, site: Site) -> None:
        """Public routes need none; nothing is left unsaid."""
        paths = (await site.ask("GET", "/schema/openapi.json")).body["paths"]

        needs = {
            one["operationId"]: one["security"] for item in paths.values() for one in item.values()
        }

        assert [{"token": ["envelopes:write"]}] == needs["envelopes_create"]
        public = {"send_link", "show_details", "preview_schedule", "live", "ready"}
        assert public | {"begin_session"} == {
            name for name, security in needs.items() if not security
        }

    async def test_tells_of_the_socket(self, site: Site) -> None:
        """OpenAPI has no words for one, so sentences do."""
        told = (await site.ask("GET", "/schema/openapi.json")).body["tags"]

        (formalization,) = [one["description"] for one in told if one["name"] == "Formalização"]
        assert {"CONTRACTS_PROCESSED", "4404", "/ws/{token}"} <= set(
            formalization.replace("`", " ").replace('"', " ").split()
        )

    async def test_can_be_read_by_people(self, site: Site) -> None:
        """The page, for anybody."""
        answer = await site.ask("GET", "/schema", authenticated=False)

        assert (200, "text/html") == (
            answer.status,
            answer.headers["Content-Type"].partition(";")[0],
        )
        assert "/schema/openapi.json" in answer.body
