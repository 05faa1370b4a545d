"""QI Tech's webhooks, as a partner's server receives and verifies them."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import md5
from typing import Any

import msgspec
import pytest
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey

from tests.providers.qitech.simulator.partner import API_KEY, PROPOSALS, Partner, proposal
from tests.simulation.receiver import Received, Receiver, running_receiver

PATH = "/webhooks/qitech"
SPELLINGS = {
    "credit_transfer.proposal": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
    "credit_transfer.portability_authorization": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
    "credit_transfer.proposal.collateral": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "document.signer.status_change": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
}
COURSE = (
    ("client", "open_link"),
    ("client", "sign"),
    ("ctc", "accept"),
    ("beneficiary", "confirm"),
    ("origin_bank", "send_balance"),
)


@pytest.fixture
async def receiver(partner: Partner) -> AsyncIterator[Receiver]:
    """The partner's own server, to which QI Tech posts."""
    async with running_receiver(PATH) as receiver:
        await partner.control("POST", "webhooks", {"url": receiver.url})
        yield receiver


async def act(partner: Partner, actor: str, action: str, **arguments: Any) -> Any:
    """Have somebody at QI Tech act."""
    return await partner.control("POST", "act", {"actor": actor, "action": action, **arguments})


async def accept(partner: Partner) -> None:
    """The partner accepts the balance of its only proposal."""
    listed = await partner.ask("GET", PROPOSALS, query="?contract_number=A-0001")
    key = listed.body[0]["proposal_key"]
    await partner.ask("PATCH", f"{PROPOSALS}/{key}", {"status": "accepted_by_requester"})


def verified(received: Received, key: ECKey) -> Any:
    """The document of a webhook; raises when QI Tech did not sign it for this endpoint."""
    token = jws.deserialize_compact(received.headers["authorization"], key, algorithms=["ES512"])
    claims = msgspec.json.decode(token.payload)
    assert {
        "payload_md5": md5(received.body).hexdigest(),
        "timestamp": claims["timestamp"],
        "method": "POST",
        "uri": PATH,
    } == claims
    assert API_KEY == received.headers["api-client-key"]
    return received.document


def stamp(received: Received) -> datetime:
    """The time that a signature bears, unverified."""
    payload = jws.extract_compact(received.headers["authorization"].encode()).payload
    return datetime.fromisoformat(msgspec.json.decode(payload)["timestamp"])


class TestWebhooks:
    async def test_announce_a_creation_signed(self, partner: Partner, receiver: Receiver) -> None:
        """A creation is told after its answer, signed ES512 over the partner's endpoint."""
        created = await partner.ask("POST", PROPOSALS, proposal())

        [received] = await receiver.until(1)
        told = verified(received, partner.provider)

        assert {
            "webhook_type": "credit_transfer.proposal",
            "proposal_key": created.body["proposal_key"],
            "proposal_status": "created",
            "event_datetime": told["event_datetime"],
            "data": {},
        } == told

    async def test_tell_the_whole_course(self, partner: Partner, receiver: Receiver) -> None:
        """From the link to the margin, each change is one webhook of its type, in order."""
        await partner.ask("POST", PROPOSALS, proposal())
        for actor, action in COURSE:
            await act(partner, actor, action)
        await accept(partner)
        for actor, action in (("qitech", "settle"), ("origin_bank", "confirm_settlement")):
            await act(partner, actor, action)
        await act(partner, "dataprev", "refuse")
        await act(partner, "dataprev", "register")

        received = await receiver.until(13)
        told = [verified(one, partner.provider) for one in received]

        assert [
            ("credit_transfer.proposal", "created"),
            ("document.signer.status_change", "on_signature"),
            ("credit_transfer.proposal", "pending_response"),
            ("credit_transfer.proposal", "pending_acceptance"),
            ("credit_transfer.portability_authorization", "awaiting_confirmation"),
            ("credit_transfer.portability_authorization", "confirmed"),
            ("credit_transfer.proposal", "accepted"),
            ("credit_transfer.proposal", "accepted_by_requester"),
            ("credit_transfer.proposal", "settlement_sent"),
            ("credit_transfer.proposal", "pending_settlement_confirmation"),
            ("credit_transfer.proposal", "paid"),
            ("credit_transfer.proposal.collateral", False),
            ("credit_transfer.proposal.collateral", True),
        ] == [(one["webhook_type"], status_of(one)) for one in told]
        assert [] == [
            (one["webhook_type"], one["event_datetime"])
            for one in told
            if not re.fullmatch(SPELLINGS[one["webhook_type"]], one["event_datetime"])
        ]

    async def test_bear_the_moment_of_the_change(
        self, partner: Partner, receiver: Receiver
    ) -> None:
        """When the clock jumps over many changes, each is told at its own time, in order."""
        await act(partner, "operator", "set", life="automatic")
        await partner.ask("POST", PROPOSALS, proposal())
        await act(partner, "client", "sign")

        await partner.control("POST", "clock", {"advance": "12d"})
        received = await receiver.until(5)

        moments = [
            one.document["event_datetime"]
            for one in received
            if one.document["webhook_type"] == "credit_transfer.proposal"
        ]
        assert sorted(set(moments)) == moments
        assert moments[-1] > moments[1]

    async def test_are_signed_in_the_older_generation(
        self, partner: Partner, receiver: Receiver
    ) -> None:
        """In v1 five lines are signed over an encoded body, which is signed too."""
        await act(partner, "operator", "set", webhook_signature="v1")
        await partner.ask("POST", PROPOSALS, proposal())
        [received] = await receiver.until(1)

        key, _, token = received.headers["authorization"].removeprefix("QIT ").partition(":")
        claims = msgspec.json.decode(checked(token, partner.provider))
        method, digest, _, date, path = claims["signature"].split("\n")
        encoded = received.document["encoded_body"]

        assert (API_KEY, API_KEY) == (key, claims["sub"])
        assert ("POST", md5(encoded.encode()).hexdigest(), PATH) == (method, digest, path)
        assert abs(datetime.now(UTC) - parsedate_to_datetime(date)) < timedelta(minutes=1)
        body = msgspec.json.decode(checked(encoded, partner.provider))
        assert "created" == body["proposal_status"]

    async def test_can_be_forged(self, partner: Partner, receiver: Receiver) -> None:
        """A forged webhook does not stand the test of QI Tech's key."""
        await fail(partner, "webhook_forged", match={"contract_number": "A-0001"})
        await partner.ask("POST", PROPOSALS, proposal())

        [received] = await receiver.until(1)

        with pytest.raises(BadSignatureError):
            verified(received, partner.provider)

    async def test_can_be_of_nobody(self, partner: Partner, receiver: Receiver) -> None:
        """One more comes under a proposal key that was never given."""
        await fail(partner, "webhook_unknown_key", match={"status": "created"})
        created = await partner.ask("POST", PROPOSALS, proposal())

        received = await receiver.until(2)
        keys = {verified(one, partner.provider)["proposal_key"] for one in received}

        assert 2 == len(keys)
        assert created.body["proposal_key"] in keys

    async def test_can_be_replayed_with_an_old_signature(
        self, partner: Partner, receiver: Receiver
    ) -> None:
        """A virtual day later the same comes, signed as of a day before."""
        await fail(partner, "webhook_replayed")
        await partner.ask("POST", PROPOSALS, proposal())
        await receiver.until(1)
        await partner.until_posted()

        await partner.advance("1d")
        first, replay = await receiver.until(2)

        assert verified(first, partner.provider) == verified(replay, partner.provider)
        day = timedelta(days=1)
        assert abs(stamp(first) - stamp(replay) - day) < timedelta(minutes=1)

    @pytest.mark.parametrize(("clock", "days"), [("real", 0), ("virtual", 5)])
    async def test_bear_real_time_unless_told_otherwise(
        self, partner: Partner, receiver: Receiver, clock: str, days: int
    ) -> None:
        """A partner's clock is real, so is the signature's, wherever the vendor's has gone."""
        await act(partner, "operator", "set", webhook_clock=clock)
        await partner.control("POST", "clock", {"advance": "5d"})
        await partner.ask("POST", PROPOSALS, proposal())

        [received] = await receiver.until(1)

        ahead = stamp(received) - datetime.now(UTC) - timedelta(days=days)
        assert abs(ahead) < timedelta(minutes=1)

    @pytest.mark.parametrize("profile", ["string_numbers", "extra_fields", "wrapped"])
    async def test_are_spelled_as_the_profile_says(
        self, partner: Partner, receiver: Receiver, profile: str
    ) -> None:
        """The same facts come with numbers as text, with unknown fields, or wrapped."""
        await act(partner, "operator", "set", webhook_profile=profile)
        await partner.ask("POST", PROPOSALS, proposal())
        for actor, action in COURSE:
            await act(partner, actor, action)

        received = await receiver.until(7)
        last = verified(received[-1], partner.provider)

        whole = last["webhook"]["data"] if profile == "wrapped" else last
        assert "accepted" == whole["proposal_status"]
        assert ("8912.77" if profile == "string_numbers" else 8912.77) == (
            whole["data"]["final_due_balance"]
        )
        assert (profile == "extra_fields") == ("webhook_version" in whole)
        if profile == "wrapped":
            assert {"key": whole["proposal_key"], "data": whole} == last["webhook"]

    @pytest.mark.parametrize(
        "kind", ["credit_transfer.received_portability", "debt", "credit_operation.collateral"]
    )
    async def test_tell_what_is_not_for_us(
        self, partner: Partner, receiver: Receiver, kind: str
    ) -> None:
        """The operator lets QI Tech tell of other people's contracts, signed like ours."""
        said = await act(partner, "operator", "announce", type=kind)

        [received] = await receiver.until(1)

        assert said == verified(received, partner.provider)
        assert kind == said["webhook_type"]

    async def test_announce_known_types_only(self, partner: Partner) -> None:
        """Another type is refused with those there are."""
        said = await act(partner, "operator", "announce", type="weather")

        assert "credit_transfer.received_portability" in said["error"]

    async def test_start_where_the_settings_say(self, partner: Partner) -> None:
        """Without webhooks_to nobody subscribes, and what was told is kept."""
        await partner.ask("POST", PROPOSALS, proposal())

        assert {"url": None} == await partner.control("GET", "webhooks")
        [kept] = (await partner.control("GET", "deliveries?subject=A-0001"))["items"]
        assert "not delivered: nobody subscribed" == kept["status"]


async def fail(partner: Partner, kind: str, **fault: Any) -> None:
    """Set a fault on webhooks."""
    order = {"operation": "webhook", "kind": kind, **fault}
    assert "id" in await partner.control("POST", "faults", order)


def checked(token: str, key: ECKey) -> bytes:
    """The payload of a token that QI Tech signed."""
    return jws.deserialize_compact(token, key, algorithms=["ES512"]).payload


def status_of(told: Any) -> object:
    """What a webhook says, whatever its type calls it."""
    for name in ("proposal_status", "portability_authorization_status", "status"):
        if name in told:
            return told[name]
    return told["data"]["collateral_constituted"]
