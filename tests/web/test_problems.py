"""Bad input over a real socket: the right status, every error, never a 5xx."""

import asyncio
import json
from collections.abc import AsyncIterator
from io import BytesIO
from uuid import uuid4

import pytest

from tests.web.conftest import Answer, Site
from tests.world import envelope

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENVELOPES = "/api/v1/envelopes"
LINK = "/api/contratos/formalizacao/enviar-link/"
CONTRACTS = "/api/v1/contracts"
BODIES = [ENVELOPES, LINK, CONTRACTS]

JSON = {"Content-Type": "application/json"}
MIB = 1024 * 1024
# Only a whole envelope is large, and all that strangers may send is small.
LIMITS = {ENVELOPES: MIB, LINK: 1024, CONTRACTS: 64 * 1024}


def is_problem(answer: Answer) -> bool:
    """RFC 9457, with our members and nothing else, and one request id for all."""
    told = answer.body
    return (
        answer.headers["Content-Type"] == "application/problem+json"
        and {"type", "title", "status", "detail", "code", "request_id"} == told.keys() - {"errors"}
        and told["status"] == answer.status
        and told["type"] == f"urn:tramita:problem:{told['code']}"
        and answer.headers["X-Request-ID"] == told["request_id"] != ""
    )


def paths_in(answer: Answer) -> set[str]:
    return {one["path"] for one in answer.body["errors"]}


class TestABodyThatIsNoJSON:
    @pytest.mark.parametrize("path", BODIES)
    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"{", id="malformed"),
            pytest.param(b'{"a": 1,}', id="trailing comma"),
            pytest.param(b'{"name": "\xff\xfe"}', id="not UTF-8"),
            pytest.param(b'{"name": "\xed\xa0\x80"}', id="surrogate in UTF-8"),
            pytest.param(b'{"name": "\\ud800"}', id="lone surrogate"),
            pytest.param(b'{"name": "\x00"}', id="bare NUL"),
            pytest.param(b"[" * 10_000 + b"]" * 10_000, id="10,000 brackets"),
            pytest.param(b"[" * 10_000, id="10,000 open brackets"),
            pytest.param(b'{"a":' * 200 + b"1" + b"}" * 200, id="200 objects"),
            pytest.param(b'{"name": 1e999999}', id="number out of range"),
            pytest.param(b'{"name": ' + b"9" * 10_000 + b"}", id="10,000 digits"),
            pytest.param(b'{"name": NaN}', id="NaN"),
        ],
    )
    async def test_is_a_400(self, site: Site, path: str, body: bytes) -> None:
        """Whatever the reason, the caller's JSON is at fault, unless it is not even read."""
        answer = await site.ask("POST", path, data=body, headers=JSON)

        is_read = len(body) <= LIMITS[path]
        expected = (400, "malformed_body") if is_read else (413, "body_too_large")
        assert expected == (answer.status, answer.body["code"])
        assert is_problem(answer)


class TestABodyOfTheWrongForm:
    async def test_names_every_field_of_an_envelope(self, site: Site) -> None:
        """Wrong types, missing and unknown fields, deep inside lists, in one answer."""
        body = envelope()
        body["customer"]["is_pep"] = 1
        body["customer"]["gender"] = "robot"
        del body["customer"]["phone"]["number"]
        body["contracts"][0]["origin"]["remaining_installments"] = "80"
        body["contracts"][2]["origin"]["ispb"] = 12345678
        body["contracts"][2]["color"] = "red"
        body["surprise"] = None

        answer = await site.ask("POST", ENVELOPES, json=body)

        assert (422, "invalid_request") == (answer.status, answer.body["code"])
        assert {
            "customer.is_pep",
            "customer.gender",
            "customer.phone.number",
            "contracts[0].origin.remaining_installments",
            "contracts[2].origin.ispb",
            "contracts[2].color",
            "surprise",
        } == paths_in(answer)
        assert is_problem(answer)

    async def test_names_every_broken_rule_of_an_envelope(self, site: Site) -> None:
        """What the schema cannot say is told together too; repeated numbers twice."""
        body = envelope()
        body["customer"]["cpf"] = "16514548092"
        body["customer"]["address"]["state"] = "XX"
        body["contracts"][1]["contract_number"] = body["contracts"][0]["contract_number"]
        body["contracts"][2]["proposal"]["first_due_date"] = "2001-01-01"

        answer = await site.ask("POST", ENVELOPES, json=body)

        assert 422 == answer.status
        assert {
            "customer.cpf",
            "customer.address.state",
            "contracts[0].contract_number",
            "contracts[1].contract_number",
            "contracts[2].proposal.first_due_date",
        } == paths_in(answer)

    @pytest.mark.parametrize(
        ("body", "paths"),
        [
            ([], {"body"}),
            ("text", {"body"}),
            (None, {"body"}),
            ({}, {"name"}),
            ({"name": 7, "backend": None, "product": "x"}, {"name", "product"}),
            ({"name": "A", "backend": "net", "colour": 1, "x": 2}, {"colour", "x"}),
            ({"name": "A\0B", "backend": "net"}, {"name"}),
            ({"name": "A", "backend": "net", "\0": 1}, {"\N{REPLACEMENT CHARACTER}"}),
        ],
    )
    async def test_names_every_field_of_a_contract(
        self, site: Site, body: object, paths: set[str]
    ) -> None:
        """The same reader serves every route."""
        answer = await site.ask("POST", CONTRACTS, data=json.dumps(body), headers=JSON)

        assert (422, paths) == (answer.status, paths_in(answer))
        assert is_problem(answer)

    async def test_may_not_end_texts_with_a_line_feed(self, site: Site) -> None:
        """A pattern means the whole text, whatever Python's ``$`` thinks."""
        body = envelope()
        body["customer"]["address"]["state"] = "SP\n"
        body["contracts"][0]["contract_number"] += "\n"
        body["contracts"][0]["origin"]["last_due_balance"] += "\n"

        answer = await site.ask("POST", ENVELOPES, json=body)

        assert {
            "customer.address.state",
            "contracts[0].contract_number",
            "contracts[0].origin.last_due_balance",
        } == paths_in(answer)

    @pytest.mark.parametrize(
        "body", [[], None, {}, {"token": "x"}, {"token": 1}, {"token": str(uuid4()), "more": 1}]
    )
    async def test_is_a_400_on_the_seeds_path(self, site: Site, body: object) -> None:
        """The seed says so, whatever is wrong; the fields are named all the same."""
        answer = await site.ask(
            "POST", LINK, data=json.dumps(body), headers=JSON, authenticated=False
        )

        assert (400, "invalid_request") == (answer.status, answer.body["code"])
        assert paths_in(answer) <= {"body", "token", "more"}
        assert is_problem(answer)

    async def test_is_answered_with_a_limited_number_of_errors(self, site: Site) -> None:
        """A body of nothing but unknown fields is not answered by ten times as much."""
        body = {f"field{number}": 0 for number in range(5000)}

        answer = await site.ask("POST", ENVELOPES, json=body)

        assert (422, 1000) == (answer.status, len(answer.body["errors"]))


class TestABodyTooLarge:
    @pytest.mark.parametrize("path", BODIES)
    async def test_is_a_413(self, site: Site, path: str) -> None:
        """One byte over the route's limit is too much, announced in the headers."""
        body = BytesIO(b" " * (LIMITS[path] + 1))
        answer = await site.ask("POST", path, data=body, headers=JSON)

        assert (413, "body_too_large") == (answer.status, answer.body["code"])
        assert is_problem(answer)

    @pytest.mark.parametrize("path", BODIES)
    async def test_is_a_413_without_announcement(self, site: Site, path: str) -> None:
        """A chunked body has no length until it has come."""

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(17):
                yield b" " * (LIMITS[path] // 16)

        answer = await site.ask("POST", path, data=chunks(), headers=JSON)

        assert 413 == answer.status
        assert is_problem(answer)

    async def test_of_exactly_the_limit_is_read(self, site: Site) -> None:
        """The limit itself is allowed."""
        body = json.dumps({"name": "A", "backend": "net"}).encode().ljust(LIMITS[CONTRACTS])

        answer = await site.ask("POST", CONTRACTS, data=BytesIO(body), headers=JSON)

        assert 201 == answer.status


class TestAContentType:
    @pytest.mark.parametrize("path", BODIES)
    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense"]
    )
    async def test_that_is_not_json_is_a_415(self, site: Site, path: str, kind: str) -> None:
        """JSON by any other name is not read."""
        answer = await site.ask("POST", path, data=b"{}", headers={"Content-Type": kind})

        assert (415, "unsupported_media_type") == (answer.status, answer.body["code"])
        assert is_problem(answer)

    async def test_may_name_its_charset(self, site: Site) -> None:
        """``application/json; charset=utf-8`` is JSON."""
        answer = await site.ask(
            "POST",
            CONTRACTS,
            data=b'{"name": "A", "backend": "net"}',
            headers={"Content-Type": "application/json; charset=utf-8"},
        )

        assert 201 == answer.status


class TestCredentials:
    @pytest.mark.parametrize(
        "authorization", [None, "Bearer", "Bearer wrong", "Basic dTpw", "Bearer \xe9"]
    )
    @pytest.mark.parametrize("path", [ENVELOPES, CONTRACTS])
    async def test_that_are_unknown_are_a_401(
        self, site: Site, path: str, authorization: str | None
    ) -> None:
        """With a challenge, and before the body is looked at."""
        headers = {} if authorization is None else {"Authorization": authorization}

        answer = await site.ask("POST", path, data=b"{", headers=headers, authenticated=False)

        assert (401, "unauthorized") == (answer.status, answer.body["code"])
        assert 'Bearer realm="tramita"' == answer.headers["WWW-Authenticate"]
        assert is_problem(answer)

    @pytest.mark.parametrize(
        ("path", "scope"), [(ENVELOPES, "envelopes:read"), (CONTRACTS, "catalog:write")]
    )
    async def test_without_the_scope_are_a_403(self, site: Site, path: str, scope: str) -> None:
        """A token for something else opens nothing here."""
        answer = await site.ask("POST", path, data=b"{", headers=await site.token(scope))

        assert (403, "forbidden") == (answer.status, answer.body["code"])
        assert is_problem(answer)


class TestATakenContractNumber:
    async def test_is_a_409(self, site: Site) -> None:
        """Numbers are unique over all envelopes."""
        body = envelope()
        await site.ask("POST", ENVELOPES, json=body)

        answer = await site.ask("POST", ENVELOPES, json=body)

        assert (409, "contract_number_taken") == (answer.status, answer.body["code"])
        assert is_problem(answer)

    async def test_is_a_409_for_all_but_one_at_the_same_time(self, site: Site) -> None:
        """The database settles who was first; nobody gets a 500 for being second."""
        body = envelope()

        answers = await asyncio.gather(*(site.ask("POST", ENVELOPES, json=body) for _ in range(6)))

        assert [201, 409, 409, 409, 409, 409] == sorted(one.status for one in answers)


class TestAnOddButValidBody:
    @pytest.mark.parametrize(
        "value",
        [
            10**300,
            -1.5e-7,
            5e-324,
            "\N{PILE OF POO}\u202e\u0001\r\n",
            "x" * 60_000,
            {"": {"": []}},
            json.loads('{"a":' * 95 + "[]" + "}" * 95),
            dict.fromkeys(map(str, range(2000))),
        ],
        ids=lambda value: str(value)[:20].encode("unicode_escape").decode(),
    )
    async def test_is_stored_and_read_again(self, site: Site, value: object) -> None:
        """Whatever JSON can say in a free field, short of NUL and great depth."""
        body = {"name": "Maria", "address": {"value": value}}

        made = await site.ask("POST", "/api/v1/customers", json=body)
        read = await site.ask("GET", f"/api/v1/customers/{made.body['id']}")

        assert (201, 200) == (made.status, read.status)
        assert {"value": value} == made.body["address"] == read.body["address"]


class TestARequestId:
    @pytest.mark.parametrize(
        ("sent", "is_taken"), [("abc-123", True), ("x" * 65, False), ("a b", False)]
    )
    async def test_of_the_caller_is_taken_when_sane(
        self, site: Site, sent: str, is_taken: bool
    ) -> None:
        """One id may follow a request through systems."""
        answer = await site.ask("GET", "/api/v1/nothing", headers={"X-Request-ID": sent})

        assert is_taken == (sent == answer.headers["X-Request-ID"])
        assert is_problem(answer)
