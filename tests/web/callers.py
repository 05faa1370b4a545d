"""Partners with tokens of their own, and one of everything that such a token may reach."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from aiohttp import FormData

from tests.chats.story import converse
from tests.portability.pictures import jpeg
from tests.transfers.house import FIELDS
from tests.web.conftest import Answer, Site
from tests.web.doors import BODIES, MEMBERS, QUERIES
from tests.world import SCOPES, envelope
from tramita.chats.importing import import_export
from tramita.kit.bounds import Bounds
from tramita.kit.identifiers import new_id
from tramita.kit.jwt_users import JWTUser
from tramita.kit.mail.writing import NewMail, write_mails
from tramita.kit.operations import ledger
from tramita.kit.tenants import create_tenant
from tramita.kit.tokens import FOR_THE_HOUSE, create_token
from tramita.numbering.acts import ACTIVATE_LINE
from tramita.numbering.provider import LINES
from tramita.orders.mails.kinds import ORDER_VALIDATED
from tramita.orders.making import Wanted
from tramita.orders.service import create_order
from tramita.payments.invoices import list_invoices
from tramita.payments.settings import PaymentSettings
from tramita.transfers.documents import DocumentKind, fail_job
from tramita.transfers.lifecycle import DocumentJobState
from tramita.transfers.model import DocumentJob
from tramita.web.app import routes

V1: Final = "/api/v1"
MSISDN: Final = "5511987650001"
ORDINARY: Final = sorted(set(SCOPES) - FOR_THE_HOUSE)


@dataclass(frozen=True)
class Caller:
    """Somebody with a token, who knows the ids of things (of alfa's, unless said)."""

    site: Site
    token: str
    tenant: str
    carrier: str | None
    ids: Mapping[str, str]

    async def ask(self, method: str, path: str, **request: Any) -> Answer:
        """One request with this token."""
        headers = {"Authorization": f"Bearer {self.token}"} | request.pop("headers", {})
        return await self.site.ask(method, path, authenticated=False, headers=headers, **request)

    async def ask_route(self, method: str, route: str) -> Answer:
        """What a route says about the things whose ids these are."""
        request: dict[str, Any] = {}
        if (method, route) in BODIES:
            body = BODIES[method, route]
            told = {name: of for name, of in body.items() if isinstance(of, str)}
            request = {
                "json": {**body} | {name: of.format(**self.ids) for name, of in told.items()}
            }
        elif method == "PUT":
            request = {"data": picture(), "headers": {"Content-Type": "image/jpeg"}}
        query = QUERIES.get((method, route), "").format(**self.ids)
        return await self.ask(method, path_of(route, self.ids) + query, **request)

    async def make(self, path: str, **body: Any) -> Any:
        """Make something; answers it."""
        said = await self.ask("POST", V1 + path, json=body)
        assert 201 == said.status, said
        return said.body


def path_of(route: str, ids: Mapping[str, str]) -> str:
    """A route's path with the ids of things in it."""
    return "/".join(
        ids[part[1:-1].partition(":")[0]] if part.startswith("{") else part
        for part in route.split("/")
    )


def routes_with_scopes() -> Iterator[tuple[str, str]]:
    """Method and path of every route that service tokens use."""
    for route in routes():
        for handler in getattr(route, "route_handlers", ()):
            if "scope" in handler.opt:
                yield from ((str(method), route.path) for method in handler.http_methods)


async def caller(
    site: Site, name: str, tenant: str, carrier: str | None, *more: str, ids: Mapping[str, str]
) -> Caller:
    """A token that may do everything a partner may."""
    async with site.runtime.database.unit_of_work() as work:
        scopes = [*ORDINARY, *more]
        token = await create_token(work, name, scopes, tenant=tenant, carrier=carrier)
    return Caller(site, token, tenant, carrier, ids)


# What administrators of courses keep that refers to nothing.
OF_ORDERS: Final[Mapping[str, tuple[str, Callable[[], dict[str, Any]]]]] = {
    "course_id": (
        "/courses",
        lambda: {
            "code": new_id().hex,
            "title": "Botany",
            "starts_on": "2030-03-01",
            "ends_on": "2030-09-01",
        },
    ),
    "organization_id": ("/organizations", lambda: {"code": new_id().hex, "title": "University"}),
    "definition_id": ("/contract-definitions", lambda: {"title": "Agreement", "body": "# Text"}),
    "course_product_id": (
        "/products",
        lambda: {
            "type": "credential",
            "title": "Botany for all",
            "price": {"amount": "100.00", "currency": "EUR"},
        },
    ),
}


async def furnish(site: Site) -> Caller:
    """A partner of one carrier, with one of everything."""
    async with site.runtime.database.unit_of_work() as work:
        await create_tenant(work, "alfa", "Alfa")
        await create_tenant(work, "beta", "Beta")
    alfa = await caller(site, "alfa", "alfa", "alfa-one", ids={})
    document = {"kind": "cpf", "number": "52998224725"}
    customer = (await alfa.make("/customers", name="Ana", document=document))["id"]
    contract = await alfa.make(
        "/contracts",
        name="L",
        backend="vivo",
        customer=customer,
        external_references={"ddd": "11", "brand_id": "vivo"},
    )
    made = await alfa.make("/envelopes", **envelope(portabilities=1))
    endpoint = (await alfa.make("/webhooks/endpoints", url="https://alfa.example/hook"))["id"]
    gone = (await alfa.make("/customers", name="Eva"))["id"]
    erased = await alfa.ask("POST", f"{V1}/customers/erase", json={"person": gone})
    tested = await alfa.ask("POST", f"{V1}/webhooks/endpoints/{endpoint}/test")
    ids = {
        "contract_id": contract["id"],
        "customer_id": customer,
        "token": made["token"],
        "erasure_id": erased.body["id"],
        "kind": "selfie",
        "msisdn": MSISDN,
        "masked": "(11) 9",
        "index": "0",
        "action": "mark_refused",
        "endpoint_id": endpoint,
    } | tested.body
    ids |= await _furnish_behind(site, contract["id"])
    many = {"action": "ask_again", "note": "an outage", "ids": [ids["operation_id"]]}
    ids["bulk_id"] = (await alfa.ask("POST", f"{V1}/operations/many", json=many)).body["act"]["id"]
    ids |= await _furnish_chat(site)
    ids |= await _furnish_application(alfa)
    return replace(alfa, ids=ids | await _furnish_orders(alfa))


async def _furnish_orders(alfa: Caller) -> dict[str, str]:
    """A course, who sells it how, and an order of it."""
    made = {
        name: (await alfa.make(f"/admin{path}", **body()))["id"]
        for name, (path, body) in OF_ORDERS.items()
    }
    member = await alfa.make(
        f"/admin/organizations/{made['organization_id']}/members", **BODIES["POST", MEMBERS]
    )
    offering = await alfa.make(
        "/admin/offerings",
        course=made["course_id"],
        product=made["course_product_id"],
        organizations=[made["organization_id"]],
    )
    bounds = Bounds("alfa", "alfa-one")
    async with alfa.site.runtime.within(bounds).database.unit_of_work() as work:
        [code] = await work.fetch("SELECT code FROM courses WHERE id = $1", made["course_id"])
        product = UUID(made["course_product_id"])
        wanted = Wanted(product, code["code"], billing_address={"country": "FR"})
        learner = JWTUser("alfa", "ana", "ana@example.com", "Ana Learner")
        order = await create_order(work, learner, wanted, PaymentSettings())
        [invoice] = await list_invoices(work, order)
    return made | {
        "member_id": member["id"],
        "offering_id": offering["id"],
        "order_id": str(order),
        "reference": invoice.reference,
    }


async def _furnish_behind(site: Site, contract: str) -> dict[str, str]:
    """What only jobs and providers bring about."""
    preview = str(new_id())
    async with site.runtime.database.unit_of_work() as work:
        prepared = await ledger.prepare(
            work, ACTIVATE_LINE, {UUID(contract): "activation"}, provider=LINES
        )
        await work.fetch("UPDATE operations SET state = 'NEEDS_ATTENTION'")
        for statement in _HELD:
            await work.fetch(statement.format(preview=preview, msisdn=MSISDN, id=new_id()))
        facts = ORDER_VALIDATED.examples["usual"]
        mail = NewMail(ORDER_VALIDATED, "one", UUID(contract), "ana@example.com", "en", facts)
        await write_mails(work, [mail])
        [written] = await work.fetch("SELECT id FROM mails")
    return {
        "operation_id": str(prepared[UUID(contract)]),
        "preview_id": preview,
        "mail_id": str(written["id"]),
    }


async def _furnish_chat(site: Site) -> dict[str, str]:
    """A chat with a message, something that was sent, and a history that is read in."""
    database, folder = site.runtime.database, site.runtime.settings.data_dir
    chat = await converse(database, folder, "Ana Client")
    async with database.unit_of_work() as work:
        await work.fetch("UPDATE chats SET tenant = 'alfa', carrier = 'alfa-one'")
        [send] = await work.fetch("SELECT id FROM chat_sends WHERE kind = 'text'")
        [message] = await work.fetch("SELECT id FROM chat_messages")
    read_in = await import_export(site.runtime, chat, b"{}", actor="alfa")
    return {
        "chat_id": str(chat),
        "send_id": str(send["id"]),
        "message_id": str(message["id"]),
        "import_id": str(read_in),
    }


async def _furnish_application(alfa: Caller) -> dict[str, str]:
    """An application with a document, one that did not come, and somebody who may work on it."""
    made = await alfa.make("/applications", fields=FIELDS)
    agent = await alfa.make("/agents", name="Vera Agent")
    form = FormData()
    form.add_field("file", b"%PDF-1.4", filename="invoice.pdf")
    path = f"{V1}/applications/{made['id']}/documents"
    document = await alfa.ask("POST", path, data=form)
    did_not_come = DocumentJob(
        id=new_id(),
        application_id=UUID(made["id"]),
        kind=DocumentKind.ACT.value,
        params={},
        state=DocumentJobState.REQUESTED.value,
        actor="alfa",
    )
    async with alfa.site.runtime.database.unit_of_work() as work:
        did_not_come.created_at = await work.now()
        work.session.add(did_not_come)
        await work.session.flush()
        await fail_job(work, did_not_come.application_id, did_not_come.id, "1C said no")
    return {
        "application_id": made["id"],
        "agent_id": agent["id"],
        "document_id": document.body["id"],
        "job_id": str(did_not_come.id),
        "offer_id": str(new_id()),
        "key": alfa.tenant,
    }


_HELD: Final = (
    "INSERT INTO pre_reservation (id, purpose, carrier, ddd, brand_id, quantity, external_id, "
    "created_at, expires_at, hold_until) VALUES ('{preview}', 'preview', 'alfa-one', '11', 'vivo', "
    "3, 'h1', now(), now() + interval '1 hour', now() + interval '1 hour')",
    "INSERT INTO preview (id, external_id, carrier, ddd, brand_id, created_at, expires_at) "
    "VALUES ('{preview}', 'h1', 'alfa-one', '11', 'vivo', now(), now() + interval '1 hour')",
    "INSERT INTO preview_number (preview_id, idx, msisdn) VALUES ('{preview}', 0, '{msisdn}')",
    "INSERT INTO phone_number (id, msisdn, origin, status, carrier, pre_reservation_id, "
    "reserved_until, created_at, updated_at) VALUES ('{id}', '{msisdn}', 'VIVO', 'RESERVED', "
    "'alfa-one', '{preview}', now() + interval '1 hour', now(), now())",
)


def picture() -> bytes:
    """A picture that can be taken."""
    return jpeg(1000, 1000)
