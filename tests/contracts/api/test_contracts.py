"""Contracts over HTTP."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from tests.console.standing import add_operation
from tests.contracts.api.conftest import API
from tramita.contracts.backends import ContractBackend
from tramita.contracts.errors import BackendRefused
from tramita.contracts.model import Contract
from tramita.contracts.settings import ContractSettings
from tramita.contracts.signals import on_contract_change, on_contract_create
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError
from tramita.kit.operations.ledger import OPERATION
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.runtime import Runtime

Install = Callable[[ContractBackend], ContractBackend]


async def _catalog(api: API, code: str = "line", backend: str = "net") -> tuple[str, str]:
    """A product and a package of it, by their ids."""
    product = await api.create(
        "/products", {"code": code, "name": "Line", "payment_backend": backend}
    )
    package = await api.create(
        "/packages",
        {
            "code": f"{code}-5g",
            "product": product["id"],
            "name": "5G",
            "price": {"amount": "59.90", "currency": "BRL"},
        },
    )
    return product["id"], package["id"]


def _codes(problem: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["path"], one["code"]) for one in problem["errors"]]


class TestCreate:
    async def test_answers_the_contract_with_its_representation(self, api: API) -> None:
        """``backend`` is what the plugin says, as when iterating the contract."""
        created = await api.create("/contracts", {"name": "C-1", "backend": "smt"})

        shown = {k: created[k] for k in ("name", "active", "activated", "backend", "state")}
        assert {
            "name": "C-1",
            "active": True,
            "activated": True,
            "backend": {"name": "smt", "contract": "C-1"},
            "state": "activated",
        } == shown

    async def test_keeps_external_references(self, api: API) -> None:
        """What the contract is to other systems, in whatever words its backend knows."""
        references = {"acme": "A-1", "preferences": {"color": "blue"}}
        body = {"name": "C-1", "backend": "telmex", "external_references": references}

        created = await api.create("/contracts", body)

        assert references == created["external_references"]

    async def test_takes_the_products_backend(self, api: API) -> None:
        """Without a backend of its own, a contract goes where its product says."""
        _, package = await _catalog(api, backend="telmex")

        created = await api.create("/contracts", {"name": "C-1", "package": package})

        assert "telmex" == created["backend"]

    async def test_refuses_what_does_not_fit_together(self, api: API) -> None:
        """Unknown references and a package of another product are named, all at once."""
        product, _ = await _catalog(api, "a")
        _, package = await _catalog(api, "b")
        body = {"name": "C", "product": product, "package": package, "customer": str(uuid4())}

        answer = await api.post("/contracts", body)

        assert 422 == answer.status_code
        assert [
            ("package", "package_of_another_product"),
            ("customer", "unknown_customer"),
        ] == _codes(answer.json())

    async def test_refuses_a_body_with_every_error(self, api: API) -> None:
        """Wrong types, missing and unknown fields are told together."""
        answer = await api.post("/contracts", {"backend": 7, "product": "x", "color": "red"})

        assert 422 == answer.status_code
        assert {"name", "backend", "product", "color"} == {
            path for path, _ in _codes(answer.json())
        }

    async def test_says_why_the_backend_refused(self, api: API, install: Install) -> None:
        """409 ``backend_refused`` with the plugin's reason; nothing was created."""

        def refuse(_: Contract) -> None:
            raise BackendRefused("no line free")

        install(ContractBackend("full", "Full", handlers={on_contract_create: refuse}))

        answer = await api.post("/contracts", {"name": "C-1", "backend": "full"})

        assert (409, "backend_refused") == (answer.status_code, answer.json()["code"])
        assert "no line free" in answer.json()["detail"]
        assert [] == (await api.get("/contracts")).json()["items"]

    async def test_names_the_backends_there_are_when_it_knows_none_of_that_name(
        self, api: API
    ) -> None:
        """A slip is refused at its field: such a contract would never be fulfilled."""
        answer = await api.post("/contracts", {"name": "C-1", "backend": "smtt"})

        assert 422 == answer.status_code
        assert [("backend", "unknown_backend")] == _codes(answer.json())
        assert (
            "net, onec, orders, portability, smt, telmex, vivo"
            in answer.json()["errors"][0]["message"]
        )

    async def test_takes_a_backend_without_a_plugin_that_is_named_in_the_settings(
        self, api: API, runtime: Runtime
    ) -> None:
        """The core alone keeps such contracts; nobody says that a service runs."""
        runtime.configure(ContractSettings(plain_backends="net, paper"))

        created = await api.create("/contracts", {"name": "C-1", "backend": "paper"})

        assert ("paper", "created", False) == (
            created["backend"],
            created["state"],
            created["activated"],
        )

    @pytest.mark.parametrize("backend", ["portability", "qitech"])
    async def test_leaves_portabilities_to_their_envelopes(self, api: API, backend: str) -> None:
        """One that belongs to no envelope could never be sent, signed or ended.

        Its backend is still known by the name it had before.
        """
        answer = await api.post("/contracts", {"name": "C-1", "backend": backend})

        assert (409, "backend_refused") == (answer.status_code, answer.json()["code"])
        assert "/api/v1/envelopes" in answer.json()["detail"]

    async def test_wants_the_scope(self, api: API) -> None:
        """Without a token there is no contract."""
        api.headers = {}

        answer = await api.post("/contracts", {"name": "C-1", "backend": "net"})

        assert 401 == answer.status_code


class TestListAll:
    async def test_leads_through_all_pages_newest_first(self, api: API) -> None:
        """Cursors lead to every contract once."""
        for n in range(5):
            await api.create("/contracts", {"name": f"C-{n}", "backend": "net"})

        names, query = [], {"limit": 2}
        for _ in range(3):
            page = (await api.get("/contracts", **query)).json()
            names += [one["name"] for one in page["items"]]
            query["cursor"] = page["next_cursor"]

        assert ["C-4", "C-3", "C-2", "C-1", "C-0"] == names
        assert query["cursor"] is None

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"backend": "net"}, ["B-1", "A-1"]),
            ({"state": "activated"}, ["A-2"]),
            ({"q": "b-"}, ["B-1"]),
            ({"q": "%"}, []),
            ({"product": str(uuid4())}, []),
        ],
    )
    async def test_filters(self, api: API, query: dict[str, str], expected: list[str]) -> None:
        """Each filter shows exactly what it is for."""
        for name, backend in (("A-1", "net"), ("A-2", "smt"), ("B-1", "net")):
            await api.create("/contracts", {"name": name, "backend": backend})

        page = (await api.get("/contracts", **query)).json()

        assert expected == [one["name"] for one in page["items"]]

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ({"cursor": "?"}, 400),
            ({"cursor": "InggeiI"}, 400),
            ({"limit": 0}, 400),
            ({"limit": 201}, 400),
            ({"state": "lost"}, 400),
            ({"q": "\0"}, 400),
        ],
    )
    async def test_refuses_a_query_it_does_not_understand(
        self, api: API, query: dict[str, object], status: int
    ) -> None:
        """A cursor that is none, a page too large, a state that does not exist."""
        answer = await api.get("/contracts", **query)

        assert status == answer.status_code

    async def test_shows_contracts_that_their_backend_cannot_describe(
        self, api: API, install: Install
    ) -> None:
        """A plugin's bug costs its representation, never the list."""

        def describe(contract: Contract) -> dict[str, Any]:
            raise KeyError(contract.name)

        install(ContractBackend("buggy", "Buggy", describe=describe))
        await api.create("/contracts", {"name": "C-1", "backend": "buggy"})

        page = (await api.get("/contracts")).json()

        assert ["buggy"] == [one["backend"] for one in page["items"]]

    async def test_costs_one_statement_whatever_its_size(self, api: API, runtime: Runtime) -> None:
        """A page of fifty contracts asks the database as often as a page of one."""
        statements: list[str] = []
        event.listen(
            runtime.database.engine.sync_engine,
            "before_cursor_execute",
            lambda *arguments: statements.append(arguments[2]),
        )
        counts = []
        for n in (1, 50):
            while n > len((await api.get("/contracts", limit=200)).json()["items"]):
                await api.create("/contracts", {"name": "C", "backend": "smt"})
            statements.clear()
            await api.get("/contracts")
            counts.append(len([one for one in statements if "FROM contracts" in one]))

        assert [1, 1] == counts


class TestCancel:
    async def test_answers_the_same_twice(self, api: API) -> None:
        """The second cancel answers 200 and sends nothing."""
        contract = await api.create("/contracts", {"name": "C-1", "backend": "smt"})
        path = f"/contracts/{contract['id']}"

        answers = [await api.post(f"{path}/cancel", {"reason": "over"}) for _ in range(2)]

        timeline = (await api.get(f"{path}/timeline")).json()["items"]
        assert [200, 200] == [one.status_code for one in answers]
        assert answers[0].json() == answers[1].json()
        assert 1 == len([one for one in timeline if one["what"] == "on_contract_cancel"])

    @pytest.mark.parametrize("act", ["create", "cancel"])
    async def test_never_speaks_for_a_backend_that_is_not_there(
        self, api: API, install: Install, act: str
    ) -> None:
        """409 names what is missing; nothing is called running, and nothing ended."""
        install(ContractBackend("far", "Far"))
        contract = await api.create("/contracts", {"name": "C-1", "backend": "far"})
        install(ContractBackend("far", "Far", unavailable="set TRAMITA_FAR_URL"))

        answer = (
            await api.post("/contracts", {"name": "C-2", "backend": "far"})
            if act == "create"
            else await api.post(f"/contracts/{contract['id']}/cancel", {"reason": "over"})
        )

        assert (409, "backend_not_available") == (answer.status_code, answer.json()["code"])
        assert "TRAMITA_FAR_URL" in answer.json()["detail"]
        left = (await api.get("/contracts", backend="far")).json()["items"]
        assert [("C-1", "created")] == [(one["name"], one["state"]) for one in left]

    async def test_goes_the_way_of_the_contracts_own_area(self, api: API, install: Install) -> None:
        """An area that brings its own cancelling decides; what it refuses stays."""

        class StillOwed(ConflictError):
            """Contract {name} is still owed for."""

        async def cancel(_: UnitOfWork, contract: Contract, reason: str) -> None:
            raise StillOwed(name=f"{contract.name} ({reason})")

        install(ContractBackend("shop", "Shop", cancel=cancel))
        contract = await api.create("/contracts", {"name": "C-1", "backend": "shop"})

        answer = await api.post(f"/contracts/{contract['id']}/cancel", {"reason": "over"})

        assert (409, "still_owed") == (answer.status_code, answer.json()["code"])
        assert "C-1 (over)" in answer.json()["detail"]
        assert "created" == (await api.get(f"/contracts/{contract['id']}")).json()["state"]

    async def test_knows_no_unknown_contract(self, api: API) -> None:
        """404 with a code."""
        answer = await api.post(f"/contracts/{uuid4()}/cancel", {"reason": "over"})

        assert (404, "contract_not_found") == (answer.status_code, answer.json()["code"])


class TestChange:
    async def test_tells_the_backend_old_and_new_values(self, api: API, install: Install) -> None:
        """Package and customer data, each with what it was and what it is."""
        heard: list[object] = []

        def changed(contract: Contract, before: object, after: object) -> None:
            heard.append((contract.name, before, after))

        install(ContractBackend("net", "Net", handlers={on_contract_change: changed}))
        _, package = await _catalog(api)
        customer = await api.create("/customers", {"name": "Maria", "email": "m@example.com"})
        contract = await api.create(
            "/contracts", {"name": "C-1", "package": package, "customer": customer["id"]}
        )
        other = await api.create(
            "/packages",
            {
                "code": "line-4g",
                "product": contract["product"],
                "name": "4G",
                "price": {"amount": "39.90", "currency": "BRL"},
            },
        )
        change = {"package": other["id"], "customer": {"email": "maria@example.com"}, "version": 1}

        answers = [
            await api.patch(f"/contracts/{contract['id']}", change),
            await api.patch(f"/contracts/{contract['id']}", change | {"version": 3}),
            await api.patch(f"/contracts/{contract['id']}", change),
        ]

        assert [200, 200, 409] == [one.status_code for one in answers]
        assert "contract_changed_meanwhile" == answers[2].json()["code"]
        assert [
            ("C-1", {"package": package}, {"package": other["id"]}),
            (
                "C-1",
                {"customer": {"email": "m@example.com"}},
                {"customer": {"email": "maria@example.com"}},
            ),
        ] == heard

    async def test_refuses_a_cancelled_contract(self, api: API) -> None:
        """What is over stays as it was."""
        contract = await api.create("/contracts", {"name": "C-1", "backend": "net"})
        await api.post(f"/contracts/{contract['id']}/cancel", {"reason": "over"})

        answer = await api.patch(f"/contracts/{contract['id']}", {"package": str(uuid4())})

        assert (409, "contract_not_changeable") == (answer.status_code, answer.json()["code"])


class TestShowTimeline:
    async def test_tells_everything_in_order_with_its_actor(self, api: API) -> None:
        """Signals and transitions, who caused them, and why."""
        contract = await api.create("/contracts", {"name": "C-1", "backend": "smt"})
        await api.post(f"/contracts/{contract['id']}/cancel", {"reason": "moved away"})

        items = (await api.get(f"/contracts/{contract['id']}/timeline")).json()["items"]

        assert [
            ("transition", "activate", None),
            ("signal", "on_contract_create", None),
            ("signal", "on_contract_activate", None),
            ("transition", "cancel", "moved away"),
            ("signal", "on_contract_cancel", "moved away"),
        ] == [(one["kind"], one["what"], one["cause"]) for one in items]
        assert {"token:tests"} == {one["actor"] for one in items}
        assert {"handled_by": ["smt"]} == items[1]["details"]

    async def test_has_the_life_of_its_operations(self, api: API, database: Database) -> None:
        """That one was left to a person, and that one of the house had it asked about again."""
        contract = await api.create("/contracts", {"name": "C-1", "backend": "smt"})
        operation = await add_operation(
            database, state="NEEDS_ATTENTION", subject=UUID(contract["id"]), reason="HTTP 503"
        )
        async with database.unit_of_work(actor="user:ana@lender.example") as work:
            await OPERATION.move(work, [operation], OperationTrigger.ASK_AGAIN, cause="They called")

        items = (await api.get(f"/contracts/{contract['id']}/timeline")).json()["items"]

        assert [
            ("send", "worker", None),
            ("settle", "worker", "HTTP 503"),
            ("ask_again", "operator", None),
        ] == [
            (one["what"], one["actor"], one["cause"]) for one in items if one["kind"] == "operation"
        ]
        assert str(operation) == items[-1]["details"]["operation"]
