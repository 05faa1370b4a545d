"""What a signing service posts is a hint: late, lost, twice, in any order or forged, the end is the same."""

import itertools
import json
from uuid import UUID

import pytest

from tests.forgetting import rows_of
from tests.signatures.signing import BOTH, OWNER, STUDENT, Signing
from tramita.kit.http.intake import LONGEST_UNSIGNED, MOST_UNSIGNED
from tramita.testing.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def events(signing: Signing, contract: UUID) -> list[bytes]:
    """Every event about a contract, as the service would have posted it."""
    subject = await signing.subject(contract)
    found = await signing.service.deliveries(subject)
    return [json.dumps(one["body"]).encode() for one in found]


class TestANotice:
    async def test_of_one_who_signed_signs_for_nobody_else(self, signing: Signing) -> None:
        """However often it comes: the organization signs by itself, or not at all."""
        await signing.service.subscribe(None)
        contract = await signing.submitted()
        await signing.sign(contract, STUDENT.email)
        [event] = await events(signing, contract)

        for _ in range(3):
            assert 204 == await signing.post(event)
        await signing.until(contract, "half_signed")
        await signing.until_at_rest()

        known = await signing.state(contract)
        assert (True, False) == (known.student, known.organization)
        assert [contract] == [one["contract_id"] for one in await signing.messages()]

    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
    async def test_leads_to_the_same_end_in_any_order(
        self, signing: Signing, order: tuple[int, ...]
    ) -> None:
        """With each of them twice, and dates that are never rewritten."""
        await signing.service.subscribe(None)
        contract = await signing.submitted()
        for who in BOTH:
            await signing.sign_unheard(contract, who)
        posted = await events(signing, contract)
        assert 3 == len(posted)

        for place in (*order, *order):
            await signing.post(posted[place])
        await signing.until(contract, "signed")
        first = await signing.state(contract)
        await signing.until_at_rest()

        assert ["submitting", "signing", "half_signed", "signed"] == signing.papers.states(contract)
        assert first.student_signed_on == (await signing.state(contract)).student_signed_on
        assert first.student_signed_on is not None
        assert first.organization_signed_on is not None
        assert first.student_signed_on <= first.organization_signed_on

    async def test_that_was_forged_changes_nothing(self, signing: Signing) -> None:
        """It is kept and asked for, and goes when the service has said for long that there is none."""
        contract = await signing.submitted()
        forged = json.dumps({"id": "wbe_forged", "eventType": "recipientFinished"}).encode()
        held = await signing.service.fail(
            "answer_held", operation="find_event", arguments={"seconds": 60.0}
        )

        assert 204 == await signing.post(forged)
        await signing.until_asked("find_event")
        # Long enough by now, although it was not when the service was asked.
        await signing.world.fetch("UPDATE inbox SET received_at = received_at - interval '1 hour'")
        await signing.service.let_go(held)

        async def is_gone() -> bool:
            return not await signing.messages()

        await until(is_gone)
        assert "signing" == (await signing.state(contract)).state

    async def test_is_kept_in_bounds_whoever_posts_it(self, signing: Signing) -> None:
        """A short one, and no more of them than wait anyway: strangers fill no table and no disk."""
        long = json.dumps({"id": "wbe_long", "more": "x" * LONGEST_UNSIGNED}).encode()
        assert 403 == await signing.post(long)

        await signing.world.fetch(
            "INSERT INTO inbox (id, provider, vendor_id, body, received_at) "
            "SELECT gen_random_uuid(), 'lexpersona', n::text, '', tramita_now() "
            "FROM generate_series(1, $1::int) AS n",
            MOST_UNSIGNED,
        )
        refused = await signing.post(b'{"id": "wbe_one"}')
        await signing.world.fetch("DELETE FROM inbox WHERE vendor_id = '1'")
        taken = await signing.post(b'{"id": "wbe_one"}')
        await signing.world.fetch("DELETE FROM inbox")

        assert (429, 204) == (refused, taken)

    @pytest.mark.parametrize(
        "body",
        [
            *(b"", b"no JSON", b"[]", b"null", b'"wbe_1"', b"{}", b'{"id": 7}', b'{"id": ""}'),
            *(b'{"id": "../workflows/wfl_1"}', b'{"id": "a/b"}', b'{"id": "a?b=c"}'),
            *(b'{"id": "a%2fb"}', b'{"id": "\\u0000"}', b'{"id": "' + b"x" * 300 + b'"}'),
        ],
    )
    async def test_that_is_none_goes_nowhere(self, signing: Signing, body: bytes) -> None:
        """It is refused at the door: nothing is asked of the service with our token."""
        requests = await signing.service.requests()

        assert 403 == await signing.post(body)

        assert [] == await signing.messages()
        assert requests == await signing.service.requests()

    async def test_waits_for_a_service_that_is_away(self, signing: Signing) -> None:
        """502 with a page, no answer, half an answer: it is asked again until it says something."""
        await signing.service.subscribe(None)
        contract = await signing.submitted()
        await signing.sign(contract, STUDENT.email)
        [event] = await events(signing, contract)
        for kind in ("html_error", "http_502", "truncated", "reset_before_effect"):
            await signing.service.fail(kind, operation="find_event")
        await signing.service.fail("html_error", operation="read_workflow")

        await signing.post(event)

        await signing.until(contract, "half_signed")

    async def test_overtakes_our_own_answer(self, signing: Signing) -> None:
        """Of a procedure whose reference we do not know yet: it is tried again a little later."""
        await signing.service.subscribe(None)
        contract = await signing.submitted()
        await signing.sign_unheard(contract, STUDENT)
        [event] = await events(signing, contract)
        [row] = await signing.world.fetch(
            "SELECT id, provider_reference AS known FROM signing_procedures"
        )
        hide = "UPDATE signing_procedures SET provider_reference = $2 WHERE id = $1"
        await signing.world.fetch(hide, row["id"], "wfl_unknown")

        await signing.post(event)
        await until(signing.has_asked_about_an_event)
        await signing.world.fetch(hide, row["id"], row["known"])

        await signing.until(contract, "half_signed")

    @pytest.mark.parametrize(
        "kind",
        ["webhook_duplicate", "webhook_before_answer", "webhook_reordered", "webhook_unknown_key"],
    )
    async def test_goes_astray_in_every_way_that_posts_do(
        self, signing: Signing, kind: str
    ) -> None:
        """The contract is signed by both in the end, once."""
        await signing.service.fail_webhook(kind, count=None, arguments={"seconds": 1.0})
        contract = await signing.submitted("signed")

        assert ["submitting", "signing", "half_signed", "signed"] == signing.papers.states(contract)

    async def test_of_the_organization_is_theirs_who_signed(self, signing: Signing) -> None:
        """By whom is written down as the service says, not as anybody's turn was."""
        contract = await signing.submitted("signed")

        [(who,)] = await rows_of(
            signing.world.database, "signing_procedures", "organization_signatory"
        )
        assert (OWNER.email, contract) == (who, (await signing.state(contract)).contract_id)
