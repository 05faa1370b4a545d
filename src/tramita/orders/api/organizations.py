"""``/api/v1/organizations``: what members of an organization see and sign; and what is due when."""

from typing import Annotated, Final
from uuid import UUID

from litestar import Controller, get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from tramita.kit.http.actors import USER
from tramita.kit.http.dependencies import FromRuntime, FromUser
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor
from tramita.orders.api.files import ZIP, attached_stream
from tramita.orders.api.orders import ASKS, OWN, orders_page
from tramita.orders.archive import open_archive
from tramita.orders.organizations import Action, check_may, find_to_sign
from tramita.orders.queries import SignatureFilter, find_terms, list_organization_contracts
from tramita.orders.views import Due, DueAnswer, OrderAnswer
from tramita.payments.rules.schedule import make_schedule
from tramita.payments.settings import PaymentSettings
from tramita.signatures.knowledge import refresh_known
from tramita.signatures.links import Invitation, invitation_link

TAGS: Final = ["Organizations"]
LINK: Final = {"of_organization": Action.SIGN, "problems": [403, 409, 502, 503, 504]}
ContractIds = Annotated[list[UUID] | None, QueryParameter(name="contract_ids")]


class OrganizationContractsController(Controller):
    """The contracts of one's organization; of another one's it is 404."""

    path = "/api/v1/organizations/{organization_id:uuid}"
    tags = TAGS
    dependencies = USER

    @get("/contracts", opt=OWN | {"of_organization": Action.SEE_CONTRACTS, "problems": [403]})
    async def list_contracts(
        self,
        organization_id: FromPath[UUID],
        runtime: FromRuntime,
        user: FromUser,
        signature_state: FromQuery[SignatureFilter | None] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[OrderAnswer]:
        """Orders of the organization that are sold by a contract, for its owners and administrators."""
        before = decode_cursor(cursor, UUID)
        async with runtime.database.reading() as work:
            await check_may(work, user, organization_id, Action.SEE_CONTRACTS)
            found = await list_organization_contracts(
                work, organization_id, signature_state, before=before, limit=limit
            )
        await refresh_known(runtime, [one.signature for one in found])
        return orders_page(found, limit)

    @get(
        "/contracts/archive",
        opt=OWN | {"problems": [403], "of_organization": Action.SEE_CONTRACTS},
        media_type=ZIP,
    )
    async def download_contracts(
        self,
        organization_id: FromPath[UUID],
        runtime: FromRuntime,
        user: FromUser,
        after: FromQuery[UUID] = UUID(int=0),  # noqa: B008 - a constant
        contract_ids: ContractIds = None,
    ) -> Stream:
        """The contracts that both have signed, or some of them, in one archive, the oldest first.

        One that broke off is gone on with ``after`` the last contract in it.
        """
        async with runtime.database.reading() as work:
            await check_may(work, user, organization_id, Action.SEE_CONTRACTS)
        archive = await open_archive(runtime, organization_id, after=after, wanted=contract_ids)
        return attached_stream(archive, ZIP, "contracts.zip")

    @get("/contracts-signature-link", opt=OWN | ASKS | LINK)
    async def show_link(
        self,
        organization_id: FromPath[UUID],
        runtime: FromRuntime,
        user: FromUser,
        contract_ids: ContractIds = None,
    ) -> Invitation:
        """One link by which an owner signs everything that waits for the organization, or some of it."""
        async with runtime.database.reading() as work:
            email = await check_may(work, user, organization_id, Action.SIGN)
            waiting = await find_to_sign(work, organization_id, contract_ids)
        return await invitation_link(runtime, waiting, email)


@get(
    "/api/v1/offerings/{offering_id:uuid}/payment-schedule",
    opt={"public": "what something costs is told before one signs in", "problems": [409]},
    tags=TAGS,
)
async def preview_schedule(offering_id: FromPath[UUID], runtime: FromRuntime) -> DueAnswer:
    """What would be due when, of an order that is made and signed today."""
    settings = runtime.configured(PaymentSettings)
    async with runtime.database.reading() as work:
        today = settings.day_of(await work.now())
        terms = await find_terms(work, offering_id, today)
    return DueAnswer(
        [
            Due(one.due_date, float(one.amount.amount), one.amount.currency)
            for one in make_schedule(terms, settings.policy)
        ]
    )
