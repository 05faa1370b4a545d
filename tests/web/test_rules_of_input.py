"""One rule for each kind of value, wherever it comes in."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.conftest import Answer, Site
from tests.world import envelope

SOURCES = Path(__file__).parents[2] / "src" / "tramita"
CUSTOMERS = "/api/v1/customers"
# ``$`` that lets a line feed follow.
LETS_MORE_FOLLOW = re.compile(r"(?<!\\)\$(?!\(\?!\\n\))")


def _patterns() -> Iterator[tuple[str, str]]:
    """Every pattern of a schema or parameter, and where it stands."""
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            # Pydantic's patterns are of another dialect, in which ``$`` is the end.
            if not isinstance(node, ast.Call) or ast.unparse(node.func) == "Field":
                continue
            for one in node.keywords:
                if one.arg == "pattern" and isinstance(one.value, ast.Constant):
                    yield f"{path.relative_to(SOURCES)}:{one.value.lineno}", str(one.value.value)


class TestPatterns:
    def test_match_whole_values(self) -> None:
        """A value that a line feed follows is another value."""
        found = list(_patterns())

        assert len(found) > 30
        assert [] == [where for where, pattern in found if LETS_MORE_FOLLOW.search(pattern)]


@pytest.mark.asyncio(loop_scope="module")
class TestAValue:
    @pytest.mark.parametrize(
        "name",
        ["Ana\x1b[2J", "Ana\r\nSouza", "Ana \u202eazuoS", "\ufeffAna", "Ana\n", " \u200b", "  "],
    )
    async def test_of_people_has_nothing_unseen(self, site: Site, name: str) -> None:
        """In a customer's name and in every text of an envelope's client."""
        body = envelope()
        body["customer"] |= {"name": name, "mother_name": name}
        body["customer"]["address"]["street"] = name

        customer = await site.ask("POST", CUSTOMERS, json={"name": name})
        answer = await site.ask("POST", "/api/v1/envelopes", json=body)

        assert (422, ["name"]) == (customer.status, _paths(customer))
        expected = ["customer.name", "customer.mother_name", "customer.address.street"]
        assert (422, sorted(expected)) == (answer.status, sorted(_paths(answer)))

    @pytest.mark.parametrize("name", ["Conceição D'Ávila-Müller", "李小龍", "Нина Ивановна"])
    async def test_of_people_is_taken_as_they_write_it(self, site: Site, name: str) -> None:
        """Letters of any script, with what stands between them."""
        answer = await site.ask("POST", CUSTOMERS, json={"name": name})

        assert (201, name) == (answer.status, answer.body["name"])

    async def test_is_one_document_however_it_is_written(self, site: Site) -> None:
        """Its eleven digits are kept; fewer are none."""

        async def add(number: str) -> Answer:
            body = {"name": "Ana", "document": {"kind": "cpf", "number": number}}
            return await site.ask("POST", CUSTOMERS, json=body)

        short, whole = await add("191"), await add("000.000.001-91")

        assert (422, ["document.number"]) == (short.status, _paths(short))
        assert (201, "00000000191") == (whole.status, whole.body["document"]["number"])

    @pytest.mark.parametrize(
        "phone",
        [
            {"area_code": "23", "number": "987654321"},
            {"area_code": "11", "number": "087654321"},
            {"area_code": "11", "number": "98765432"},
        ],
    )
    async def test_of_a_phone_is_one_that_can_be(self, site: Site, phone: dict[str, Any]) -> None:
        """An area code that there is, a mobile or a fixed number."""
        body = envelope()
        body["customer"]["phone"] = phone
        number = f"+55{phone['area_code']}{phone['number']}"

        answer = await site.ask("POST", "/api/v1/envelopes", json=body)
        customer = await site.ask("POST", CUSTOMERS, json={"name": "Ana", "phone": number})

        assert (422, ["customer.phone"]) == (answer.status, _paths(answer))
        assert (422, ["phone"]) == (customer.status, _paths(customer))

    @pytest.mark.parametrize("number", ["-", "..", "/", "./x", "A-1\n"])
    async def test_of_a_contract_number_names_something(self, site: Site, number: str) -> None:
        """It begins with a letter or a digit."""
        body = envelope(portabilities=1)
        body["contracts"][0]["origin"]["contract_number"] = number

        answer = await site.ask("POST", "/api/v1/envelopes", json=body)

        assert 422 == answer.status
        assert ["contracts[0].origin.contract_number"] == _paths(answer)


def _paths(answer: Answer) -> list[str]:
    return [one["path"] for one in answer.body["errors"]]
