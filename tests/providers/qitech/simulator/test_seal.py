from datetime import timedelta
from hashlib import md5

import msgspec
import pytest
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey

from tests.providers.qitech.simulator.partner import PROPOSALS, Partner, proposal


class TestSeal:
    @pytest.mark.parametrize("generation", ["v1", "v2"])
    async def test_lets_authentic_requests_in(self, partner: Partner, generation: str) -> None:
        """Both generations are understood, and answered and signed in their own way."""
        partner.generation = generation

        created = await partner.ask("POST", PROPOSALS, proposal())
        found = await partner.ask("GET", PROPOSALS, query="?contract_number=A-0001")

        assert (201, 200) == (created.status, found.status)
        assert [created.body] == found.body

    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_echoes_a_test_request(self, partner: Partner, method: str) -> None:
        """The self-test answers 200 with what was received."""
        body = {"name": "QI"} if method == "POST" else None

        reply = await partner.ask(method, f"/test/{partner.api_key}", body)

        assert 200 == reply.status

    @pytest.mark.parametrize(
        ("api_key", "status", "code"),
        [
            (None, 400, "GDF000003"),
            ("00000000-0000-4000-8000-000000000000", 404, "GDF000018"),
        ],
    )
    async def test_asks_for_a_known_key_before_anything_else(
        self, partner: Partner, api_key: str | None, status: int, code: str
    ) -> None:
        """The key is checked before the token, so a broken token is not noticed yet."""
        partner.api_key = api_key
        partner.private = ECKey.generate_key("P-521", auto_kid=False)

        reply = await partner.ask("POST", PROPOSALS, proposal())

        assert (status, code) == (reply.status, reply.body["code"])

    @pytest.mark.parametrize("generation", ["v1", "v2"])
    async def test_refuses_a_strangers_signature(self, partner: Partner, generation: str) -> None:
        """A token of another key is 401 with the whole error envelope."""
        partner.generation = generation
        partner.private = ECKey.generate_key("P-521", auto_kid=False)

        reply = await partner.ask("POST", PROPOSALS, proposal())

        assert (401, "GDF000014") == (reply.status, reply.body["code"])
        assert {"title", "description", "translation", "code"} == set(reply.body)

    @pytest.mark.parametrize(
        "claims",
        [
            {"payload_md5": md5(b"something else").hexdigest()},
            {"method": "PUT"},
            {"uri": "/v2/credit_transfer/other"},
            {"uri": f"/qitech{PROPOSALS}"},
            {"uri": f"{PROPOSALS}?contract_number=A-0001"},
            {"timestamp": "yesterday"},
            {"timestamp": "2020-01-01T00:00:00.000000Z"},
        ],
    )
    async def test_refuses_claims_of_another_request(
        self, partner: Partner, claims: dict[str, str]
    ) -> None:
        """Method, path, body and time must be those of the request; nothing is created."""
        partner.claims = claims

        reply = await partner.ask("POST", PROPOSALS, proposal())

        assert (401, "GDF000014") == (reply.status, reply.body["code"])
        assert [] == await partner.effects()

    @pytest.mark.parametrize("generation", ["v1", "v2"])
    @pytest.mark.parametrize(
        ("offset", "status"),
        [
            (timedelta(seconds=-290), 201),
            (timedelta(seconds=290), 201),
            (timedelta(seconds=-310), 401),
            (timedelta(seconds=310), 401),
        ],
    )
    async def test_tolerates_five_minutes(
        self, partner: Partner, generation: str, offset: timedelta, status: int
    ) -> None:
        """A clock may be up to 300 s off, either way."""
        partner.generation, partner.clock_offset = generation, offset

        assert status == (await partner.ask("POST", PROPOSALS, proposal())).status

    @pytest.mark.parametrize("offset", [timedelta(), timedelta(days=5)])
    async def test_accepts_real_and_virtual_time(self, partner: Partner, offset: timedelta) -> None:
        """With the world five days ahead, a client in either time is heard."""
        await partner.control("POST", "clock", {"advance": "5d"})
        partner.clock_offset = offset

        assert 201 == (await partner.ask("POST", PROPOSALS, proposal())).status

    async def test_takes_the_md5_of_nothing_in_both_published_ways(self, partner: Partner) -> None:
        """A request without a body may sign the md5 of nothing or of an empty object."""
        partner.claims = {"payload_md5": md5(b"{}").hexdigest()}

        reply = await partner.ask("GET", "/v2/credit_transfer/participants")

        assert 200 == reply.status

    async def test_signs_with_a_strangers_key_when_told(self, partner: Partner) -> None:
        """The fault ``wrong_response_key`` gives an answer that must not be believed."""
        await partner.control("POST", "faults", {"kind": "wrong_response_key"})

        with pytest.raises(BadSignatureError):
            await partner.ask("POST", PROPOSALS, proposal())

        assert ["proposal_created"] == await partner.effects("A-0001")

    async def test_refuses_a_v1_body_that_is_not_encoded(self, partner: Partner) -> None:
        """In v1 a plain body is not authentic, whatever its signature says."""
        partner.generation = "v1"
        _, headers = partner.signed("POST", PROPOSALS, proposal())

        async with partner.session.post(
            f"{partner.base_url}/qitech{PROPOSALS}",
            data=msgspec.json.encode(proposal()),
            headers=headers,
        ) as answer:
            status = answer.status

        assert 401 == status
