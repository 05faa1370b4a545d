"""Bad input over a real socket: the right status, every error, never a 5xx."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from io import BytesIO
from uuid import uuid4

import aiohttp
import pytest
from structlog.testing import capture_logs
from yarl import URL

from tests.web.conftest import Answer, Site
from tests.world import envelope

# A token of no envelope; the same for every worker, because it names the tests.
NOBODYS = "5f0c9f3e-8a53-4d0e-9c55-6c1d2e7f4a10"
pytestmark = pytest.mark.asyncio(loop_scope="module")

ENVELOPES = "/api/v1/envelopes"
LINK = "/api/contratos/formalizacao/enviar-link/"
CONTRACTS = "/api/v1/contracts"
BODIES = [ENVELOPES, LINK, CONTRACTS]

JSON = {"Content-Type": "application/json"}
MIB = 1024 * 1024
# Only a whole envelope is large, and all that strangers may send is small.
LIMITS = {ENVELOPES: MIB, LINK: 1024, CONTRACTS: 64 * 1024}


def _is_problem(answer: Answer) -> bool:
    """RFC 9457, with our members and nothing else, and one request id for all."""
    told = answer.body
    return (
        answer.headers["Content-Type"] == "application/problem+json"
        and {"type", "title", "status", "detail", "code", "request_id"} == told.keys() - {"errors"}
        and told["status"] == answer.status
        and told["type"] == f"urn:tramita:problem:{told['code']}"
        and answer.headers["X-Request-ID"] == told["request_id"] != ""
    )


def _paths(answer: Answer) -> set[str]:
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
        assert _is_problem(answer)


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
        } == _paths(answer)
        assert _is_problem(answer)

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
        } == _paths(answer)

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

        assert (422, paths) == (answer.status, _paths(answer))
        assert _is_problem(answer)

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
        } == _paths(answer)

    @pytest.mark.parametrize(
        "body", [[], None, {}, {"token": "x"}, {"token": 1}, {"token": str(uuid4()), "more": 1}]
    )
    async def test_is_a_400_on_the_seeds_path(self, site: Site, body: object) -> None:
        """The seed says so, whatever is wrong; the fields are named all the same."""
        answer = await site.ask(
            "POST", LINK, data=json.dumps(body), headers=JSON, authenticated=False
        )

        assert (400, "invalid_request") == (answer.status, answer.body["code"])
        assert _paths(answer) <= {"body", "token", "more"}
        assert _is_problem(answer)

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
        assert _is_problem(answer)

    @pytest.mark.parametrize("path", BODIES)
    async def test_is_a_413_without_announcement(self, site: Site, path: str) -> None:
        """A chunked body has no length until it has come."""

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(17):
                yield b" " * (LIMITS[path] // 16)

        answer = await site.ask("POST", path, data=chunks(), headers=JSON)

        assert 413 == answer.status
        assert _is_problem(answer)

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
        assert _is_problem(answer)

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
        assert _is_problem(answer)

    @pytest.mark.parametrize(
        ("path", "scope"), [(ENVELOPES, "envelopes:read"), (CONTRACTS, "catalog:write")]
    )
    async def test_without_the_scope_are_a_403(self, site: Site, path: str, scope: str) -> None:
        """A token for something else opens nothing here."""
        answer = await site.ask("POST", path, data=b"{", headers=await site.token(scope))

        assert (403, "forbidden") == (answer.status, answer.body["code"])
        assert _is_problem(answer)


class TestWhatIsNotThere:
    @pytest.mark.parametrize(
        "path",
        [
            f"{ENVELOPES}/{NOBODYS}",
            f"{ENVELOPES}/not-a-uuid",
            f"{CONTRACTS}/{NOBODYS}",
            f"{CONTRACTS}/not-a-uuid",
            f"/api/detalhe-formalizacao/{NOBODYS}/",
            "/api/detalhe-formalizacao/not-a-uuid/",
            "/api/detalhe-formalizacao/%F0%9F%92%A9/",
            "/api/v1/nothing",
            "/nothing",
            "/schema/nothing.json",
        ],
    )
    async def test_is_a_404(self, site: Site, path: str) -> None:
        """Unknown things, tokens that are none, and routes that do not exist."""
        answer = await site.ask("GET", path)

        assert 404 == answer.status
        assert _is_problem(answer)

    async def test_is_a_404_for_the_link_too(self, site: Site) -> None:
        """A well-formed token of no envelope."""
        answer = await site.ask("POST", LINK, json={"token": str(uuid4())}, authenticated=False)

        assert (404, "envelope_not_found") == (answer.status, answer.body["code"])

    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [
            ("PUT", ENVELOPES, "GET, HEAD, POST"),
            ("GET", LINK, "POST"),
            ("DELETE", CONTRACTS, "GET, HEAD, POST"),
            ("POST", f"/api/detalhe-formalizacao/{NOBODYS}/", "GET, HEAD"),
        ],
    )
    async def test_for_this_method_is_a_405(
        self, site: Site, method: str, path: str, allowed: str
    ) -> None:
        """Saying which methods there are."""
        answer = await site.ask(method, path)

        assert (405, "method_not_allowed") == (answer.status, answer.body["code"])
        assert set(allowed.split(", ")) == set(answer.headers["Allow"].split(", ")) - {"OPTIONS"}
        assert _is_problem(answer)

    @pytest.mark.parametrize(
        ("path", "allowed"),
        [
            (ENVELOPES, "GET, HEAD, OPTIONS, POST"),
            (f"{ENVELOPES}/{NOBODYS}", "GET, HEAD, OPTIONS"),
            (f"{CONTRACTS}/{NOBODYS}", "GET, HEAD, OPTIONS, PATCH"),
            (LINK, "OPTIONS, POST"),
        ],
    )
    async def test_is_told_beforehand_to_whoever_asks(
        self, site: Site, path: str, allowed: str
    ) -> None:
        """OPTIONS and 405 name the same methods, of all handlers of a path."""
        told = await site.ask("OPTIONS", path)
        refused = await site.ask("TRACE", path)

        assert (204, allowed) == (told.status, told.headers["Allow"])
        assert (405, allowed) == (refused.status, refused.headers["Allow"])

    async def test_without_a_socket_is_a_426(self, site: Site) -> None:
        """The socket's address asked for over plain HTTP."""
        answer = await site.ask("GET", f"/ws/{NOBODYS}")

        assert (426, "websocket") == (answer.status, answer.headers["Upgrade"])
        assert _is_problem(answer)


class TestANulInTheAddress:
    @pytest.mark.parametrize(
        ("path", "status"),
        [
            (f"{CONTRACTS}?q=%00", 400),
            (f"{CONTRACTS}?cursor=%00", 400),
            ("/api/detalhe-formalizacao/%00/", 400),
            ("/formalizacao/a%00b", 400),
            ("/webhooks/%00", 405),
            ("/api/v1/%00", 404),
            ("/static/%00.css", 400),
        ],
    )
    async def test_never_reaches_the_database(self, site: Site, path: str, status: int) -> None:
        """PostgreSQL has no NUL, so no row has one."""
        answer = await site.ask("GET", path)

        assert status == answer.status


class TestAQuery:
    @pytest.mark.parametrize(
        ("query", "path"),
        [
            ("limit=many", "query.limit"),
            ("limit=0", "query.limit"),
            ("limit=99999999999999999999999", "query.limit"),
            ("state=lost", "query.state"),
            ("customer=x", "query.customer"),
            (f"q={'x' * 201}", "query.q"),
        ],
    )
    async def test_that_means_nothing_is_a_400(self, site: Site, query: str, path: str) -> None:
        """The parameter is named as the caller wrote it."""
        answer = await site.ask("GET", f"{CONTRACTS}?{query}")

        assert (400, {path}) == (answer.status, _paths(answer))
        assert _is_problem(answer)

    async def test_names_every_wrong_parameter(self, site: Site) -> None:
        """All at once, as in bodies."""
        answer = await site.ask("GET", f"{CONTRACTS}?customer=x&state=y&product=z")

        assert {"query.customer", "query.state", "query.product"} == _paths(answer)


class TestATakenContractNumber:
    async def test_is_a_409(self, site: Site) -> None:
        """Numbers are unique over all envelopes."""
        body = envelope()
        await site.ask("POST", ENVELOPES, json=body)

        answer = await site.ask("POST", ENVELOPES, json=body)

        assert (409, "contract_number_taken") == (answer.status, answer.body["code"])
        assert _is_problem(answer)

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
        assert _is_problem(answer)


class TestAStrangersMistake:
    """What nobody of the house can be blamed for is no 500, and rings no alarm."""

    @pytest.mark.parametrize(
        "path",
        ["/api/v1/devices/brands", "/api/v1/devices/brands/b/models"],
    )
    async def test_in_a_cursor_is_a_400(self, site: Site, path: str) -> None:
        """A NUL in the key of a row."""
        cursor = base64.urlsafe_b64encode(b'["a\\u0000","b"]').decode().rstrip("=")

        answer = await site.ask("GET", f"{path}?cursor={cursor}")

        assert (400, "query.cursor") == (answer.status, answer.body["errors"][0]["path"])

    @pytest.mark.parametrize("hosts", ["Host: a\r\nHost: b\r\n", ""], ids=["two hosts", "no host"])
    async def test_in_its_host_is_a_400(self, site: Site, hosts: str) -> None:
        """Who cannot say whom they ask is not answered."""
        host, port = site.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET /health/live HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()

        assert answer.startswith(b"HTTP/1.1 400 ")

    async def test_on_a_socket_rings_no_alarm(self, site: Site) -> None:
        """No socket is there, or its address holds a NUL."""
        with capture_logs() as lines:
            for path in ("/health/live", "/nowhere", "/ws/%00", "/api/v1/contracts"):
                with pytest.raises(aiohttp.WSServerHandshakeError):
                    await site.session.ws_connect(URL(site.url + path, encoded=True))

        assert [] == [one for one in lines if one["log_level"] in ("error", "critical")]

    async def test_in_production_meets_no_receiver_without_a_secret(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A backend that is not configured expects no messages, and says so to nobody else."""
        monkeypatch.setenv("TRAMITA_MODE", "production")
        with capture_logs() as lines:
            answer = await site.ask("POST", "/webhooks/smt", data=b"{}", authenticated=False)

        assert answer.status in (404, 503)
        assert not any("exc_info" in one for one in lines)
