from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from tests.providers.qitech.simulator.partner import Partner, proposal, refinancing
from tests.providers.qitech.simulator.test_people import bring
from tramita.providers.qitech.simulator.business_days import (
    business_days_between,
    business_days_later,
    is_business_day,
)

BRASILIA = ZoneInfo("America/Sao_Paulo")
PORTABILITY, REFINANCING = "portability_credit_operation", "refinancing_credit_operation"


async def times(partner: Partner, number: str = "A-0001") -> dict[str, datetime]:
    """When each effect of a contract happened last, by the ledger."""
    ledger = await partner.control("GET", f"ledger?subject={number}")
    return {row["effect"]: datetime.fromisoformat(row["at"]) for row in ledger["items"]}


async def advance_to(partner: Partner, key: str, status: str, *, at_most: int = 400) -> Any:
    """Let time pass by half hours until a proposal has a status."""
    for _ in range(at_most):
        body = await partner.read(key)
        if body["proposal_status"] == status:
            return body
        await partner.advance("30m")
    raise AssertionError(f"not {status} in {at_most} half hours")


class TestAutomaticLife:
    async def test_needs_only_client_and_partner(self, partner: Partner) -> None:
        """After the signature all goes by the clock; the partner only accepts the balance."""
        await partner.set(life="automatic")
        created = await partner.create(refinancing_credit_operation=refinancing(250))
        key = created["proposal_key"]
        await partner.act("client", "sign")

        accepted = await advance_to(partner, key, "accepted")
        await partner.patch(key, "accepted_by_requester")
        await advance_to(partner, key, "paid")
        await partner.advance("1d")
        body = await partner.read(key)
        happened = await times(partner)

        assert abs(accepted["final_due_balance"] / 8912.77 - 1) <= 0.1
        assert (True, True, "disbursed") == (
            body[PORTABILITY]["collateral_is_constituted"],
            body[REFINANCING]["collateral_is_constituted"],
            body[REFINANCING]["credit_operation_status"],
        )
        taken_up = happened["proposal_pending_response"] - happened["proposal_signed"]
        assert timedelta(seconds=1) <= taken_up <= timedelta(seconds=5)
        assert "authorization_confirmed" in happened

    async def test_keeps_to_business_days(self, partner: Partner) -> None:
        """The balance comes within five business days, in banking hours of Brasília."""
        await partner.set(life="automatic")
        for number in range(8):
            origin = {**proposal()["origin_contract"], "contract_number": f"99{number}"}
            await partner.create(f"A-{number}", origin_contract=origin)
            await partner.act("client", "sign")

        await partner.advance("20d")

        for number in range(8):
            happened = await times(partner, f"A-{number}")
            asked, sent = (
                happened[f"proposal_{status}"].astimezone(BRASILIA)
                for status in ("pending_acceptance", "accepted")
            )
            assert is_business_day(sent.date())
            assert 9 <= sent.hour < 17
            assert 1 <= business_days_between(asked.date(), sent.date()) <= 5

    async def test_cancels_what_was_accepted_and_left(self, partner: Partner) -> None:
        """At midnight of Brasília a balance that nobody took is gone."""
        await partner.set(life="automatic")
        key = (await partner.create())["proposal_key"]
        await partner.act("client", "sign")

        await partner.advance("20d")

        body, happened = await partner.read(key), await times(partner)
        accepted, canceled = (
            happened[f"proposal_{status}"].astimezone(BRASILIA)
            for status in ("accepted", "canceled")
        )
        assert ("canceled", "requester_did_not_answer") == (
            body["proposal_status"],
            body["cancel_reason"],
        )
        assert accepted.date() + timedelta(days=1) == canceled.date()
        assert (0, 0) == (canceled.hour, canceled.minute)

    async def test_rejects_a_second_portability_of_a_loan(self, partner: Partner) -> None:
        """The clearing house takes one of two contracts that carry the same loan: ECTC0023."""
        await partner.set(life="automatic")
        for number in ("A-1", "A-2"):
            await partner.create(number)
            await partner.act("client", "sign")

        await partner.advance("8d")

        effects = [await partner.effects(number) for number in ("A-1", "A-2")]
        rejected = [found for found in effects if "proposal_rejected" in found]
        taken = [found for found in effects if "proposal_pending_acceptance" in found]
        assert (1, 1) == (len(rejected), len(taken))

    async def test_ends_badly_as_often_as_told(self, partner: Partner) -> None:
        """Shares of one reject, retain and lapse every proposal."""
        await partner.set(life="automatic")
        ends = {}
        for name, status in (("rejected", "rejected"), ("retained", "retained")):
            await partner.set(**{f"{name}_share": 1.0})
            key = (await partner.create(name))["proposal_key"]
            await partner.act("client", "sign")
            await partner.advance("20d")
            ends[status] = (await partner.read(key))["proposal_status"]
            await partner.set(**{f"{name}_share": 0.0})
        await partner.set(lapsed_share=1.0)
        key = (await partner.create("lapsed"))["proposal_key"]
        await partner.act("client", "sign")
        await partner.advance("20d")

        assert {"rejected": "rejected", "retained": "retained"} == ends
        assert "origin_bank_did_not_answer" == (await partner.read(key))["cancel_reason"]

    async def test_tries_a_registration_every_three_hours(self, partner: Partner) -> None:
        """Dataprev's refusals repeat with three hours between, until it is content."""
        await partner.set(life="automatic", registration_error_share=1.0)
        await bring_by_hand(partner)

        await partner.advance("13h")
        await partner.set(registration_error_share=0.0)
        await partner.advance("4h")

        ledger = await partner.control("GET", "ledger?subject=A-0001")
        moments = [
            datetime.fromisoformat(row["at"])
            for row in ledger["items"]
            if row["effect"] == "collateral_refused"
        ]
        pauses = {later - at for at, later in pairwise(moments)}
        assert {timedelta(hours=3)} == pauses
        assert "collateral_constituted" in await partner.effects("A-0001")


class TestManualLife:
    async def test_stands_still(self, partner: Partner) -> None:
        """Time alone moves nothing but a consent that runs out."""
        key = await bring(partner, "accepted")
        await partner.act("beneficiary", "confirm")

        await partner.advance("30d")

        assert "accepted" == (await partner.read(key))["proposal_status"]

    async def test_can_begin_and_end(self, partner: Partner) -> None:
        """Proposals under way start to move when life becomes automatic, and stop again."""
        key = await bring(partner, "pending_response")

        await partner.set(life="automatic")
        await partner.set(life="manual")
        await partner.advance("5d")
        stopped = (await partner.read(key))["proposal_status"]
        await partner.set(life="automatic")
        await partner.advance("4d")

        assert "pending_response" == stopped
        assert "pending_response" != (await partner.read(key))["proposal_status"]


class TestBusinessDays:
    def test_skip_weekends_and_holidays(self) -> None:
        """Five business days after 18 November 2026 is the 26th: the 20th is a holiday."""
        start = datetime(2026, 11, 18, tzinfo=BRASILIA).date()

        assert datetime(2026, 11, 26, tzinfo=BRASILIA).date() == business_days_later(start, 5)


async def bring_by_hand(partner: Partner) -> str:
    """Bring a proposal to its payment in an automatic life, where signatures take seconds."""
    key: str = (await partner.create())["proposal_key"]
    await partner.act("client", "sign")
    await partner.advance("6s")
    await partner.act("ctc", "accept")
    await partner.act("origin_bank", "send_balance")
    await partner.patch(key, "accepted_by_requester")
    await partner.act("qitech", "settle")
    await partner.act("origin_bank", "confirm_settlement")
    return key
