"""How a contract's signatures stand, and where signing services post their notices."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, QueryParameter

from tramita.contracts.model import Contract
from tramita.kit.database.records import get_one
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.intake import LONGEST_MESSAGE, take_message_of_one
from tramita.signatures.knowledge import LONGEST_WAIT, wait_for_state
from tramita.signatures.ports import SignatureNotices
from tramita.signatures.queries import SignatureView
from tramita.signatures.settings import SignatureSettings

Wait = Annotated[
    float,
    QueryParameter(
        ge=0, le=LONGEST_WAIT, description="Seconds to wait for a change, while there may be one."
    ),
]


@get(
    "/api/v1/contracts/{contract_id:uuid}/signature-state",
    opt={"scope": "contracts:read"},
    tags=["Signatures"],
)
async def show_signature_state(
    contract_id: FromPath[UUID], runtime: FromRuntime, wait: Wait = 0.0
) -> SignatureView:
    """Who has signed, as far as is known; where that is old, the signing service is asked."""
    async with runtime.database.session() as session:
        await get_one(session, Contract, contract_id)
    return await wait_for_state(runtime, contract_id, wait)


@post(
    "/api/v1/signature/notifications/",
    status_code=204,
    request_max_body_size=LONGEST_MESSAGE,
    opt={"public": "a notice is believed of nothing: its event is asked for at the service"},
    tags=["Signatures"],
    include_in_schema=False,
)
async def receive_notice(request: Request[Any, Any, Any], runtime: FromRuntime) -> None:
    """Keep a notice of the signing service; a job asks it what happened. Idempotent."""
    ours = runtime.configured(SignatureSettings).provider
    others = [key for key in runtime.providers(SignatureNotices) if key != ours]
    await take_message_of_one(runtime, [ours, *others], request)
