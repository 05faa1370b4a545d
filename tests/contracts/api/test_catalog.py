"""Products, packages and customers over HTTP."""

from typing import Any
from uuid import uuid4

import pytest

from tests.contracts.api.conftest import API

PRODUCT = {"code": "line", "name": "Line", "payment_backend": "net"}


def _package(product: str, **more: Any) -> dict[str, Any]:
    price = {"amount": "59.90", "currency": "BRL"}
    return {"code": "5g", "product": product, "name": "5G", "price": price} | more


class TestProducts:
    async def test_lives_from_creation_to_deletion(self, api: API) -> None:
        """Created, read, changed, listed, deleted, gone."""
        product = await api.create("/products", PRODUCT)
        path = f"/products/{product['id']}"

        changed = await api.patch(path, {"active": False})
        listed = (await api.get("/products")).json()["items"]
        deleted = await api.delete(path)
        gone = await api.get(path)

        assert (200, False, "Line") == (
            changed.status_code,
            changed.json()["active"],
            changed.json()["name"],
        )
        assert [changed.json()] == listed
        assert (204, 404) == (deleted.status_code, gone.status_code)

    async def test_has_a_code_of_its_own(self, api: API) -> None:
        """The second product with a code is refused."""
        await api.create("/products", PRODUCT)

        answer = await api.post("/products", PRODUCT)

        assert (409, "product_code_taken") == (answer.status_code, answer.json()["code"])

    async def test_is_not_sold_when_inactive(self, api: API) -> None:
        """No contract for a product that is not sold any more."""
        product = await api.create("/products", PRODUCT | {"active": False})

        answer = await api.post("/contracts", {"name": "C-1", "product": product["id"]})

        assert 422 == answer.status_code
        assert "product_not_sold" == answer.json()["errors"][0]["code"]


class TestPackages:
    async def test_keeps_its_price_exactly(self, api: API) -> None:
        """Money comes back as it went in."""
        product = await api.create("/products", PRODUCT)

        package = await api.create("/packages", _package(product["id"], terms={"gigabytes": 5}))
        read = await api.get(f"/packages/{package['id']}")

        assert package == read.json()
        assert {"amount": "59.90", "currency": "BRL"} == package["price"]
        assert {"gigabytes": 5} == package["terms"]

    async def test_needs_its_product(self, api: API) -> None:
        """A package of an unknown product is refused."""
        answer = await api.post("/packages", _package(str(uuid4())))

        assert (422, "product") == (answer.status_code, answer.json()["errors"][0]["path"])

    async def test_protects_its_product(self, api: API) -> None:
        """A product with packages cannot be deleted."""
        product = await api.create("/products", PRODUCT)
        await api.create("/packages", _package(product["id"]))

        answer = await api.delete(f"/products/{product['id']}")

        assert (409, "still_in_use") == (answer.status_code, answer.json()["code"])


class TestCustomers:
    async def test_is_found_by_its_document_however_written(self, api: API) -> None:
        """Punctuation does not matter, neither when saving nor when looking."""
        document = {"kind": "cpf", "number": "165.145.480-91"}
        created = await api.create("/customers", {"name": "Maria", "document": document})

        await api.create("/customers", {"name": "Ana"})

        found = await api.post("/customers/search", {"document": "165145480-91"})

        assert {"kind": "cpf", "number": "16514548091"} == created["document"]
        assert (200, [created]) == (found.status_code, found.json()["items"])

    async def test_is_not_looked_for_by_an_address(self, api: API) -> None:
        """Which proxies write down; whoever does it is told the way, instead of everybody."""
        answer = await api.get("/customers", document="165145480-91")

        assert (400, "document_in_address") == (answer.status_code, answer.json()["code"])
        assert "/customers/search" in answer.json()["detail"]
        assert "165" not in answer.text

    @pytest.mark.parametrize(
        ("kind", "number"),
        [
            ("cpf", "16514548092"),
            ("cnpj", "11222333000182"),
            ("inn", "7707083894"),
            ("passport", "-"),
        ],
    )
    async def test_refuses_a_document_that_cannot_be_one(
        self, api: API, kind: str, number: str
    ) -> None:
        """A wrong check digit is found before anything is saved."""
        body = {"name": "Maria", "document": {"kind": kind, "number": number}}

        answer = await api.post("/customers", body)

        assert (422, "document.number") == (answer.status_code, answer.json()["errors"][0]["path"])

    async def test_changes_only_what_is_said(self, api: API) -> None:
        """What is left out stays; null clears."""
        customer = await api.create(
            "/customers", {"name": "Maria", "email": "m@example.com", "locale": "pt-BR"}
        )

        answer = await api.patch(f"/customers/{customer['id']}", {"email": None, "name": "Ana"})

        assert customer | {"email": None, "name": "Ana"} == answer.json()
