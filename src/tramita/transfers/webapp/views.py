"""What somebody in the Mini App sees of an application: by the role that they have in its chat."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from tramita.transfers.documents import DocumentView
from tramita.transfers.lifecycle import (
    APPLICATION,
    EDITABLE,
    ApplicationState,
    PaymentState,
)
from tramita.transfers.model import Application, Offer
from tramita.transfers.office.standing import OnecState, Standing
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.rules.permissions import (
    Action,
    ClientEdits,
    allowed_actions,
    allowed_moves,
    allowed_payment_moves,
    may,
)
from tramita.transfers.rules.roles import Role
from tramita.transfers.views import OfferTerms, terms_of

_STAGES: Final = {
    ApplicationState.DRAFT: "filling",
    ApplicationState.SUBMITTED: "checking",
    ApplicationState.NEW_IN_HOUSE: "collecting_offers",
    ApplicationState.OFFER_ACCEPTED: "accepted",
    ApplicationState.IN_WORK: "in_work",
}
_FINISHED: Final = "finished"


class Hint(Struct):
    """What is not right with one field yet, and what to do about it."""

    path: str
    code: str
    hint: str


class OnecView(Struct):
    """How 1C knows the application; agents alone see it. ``web_link`` opens it in a browser.

    ``refusal`` are 1C's words where it does not take the form; with ``acked``, what it was told besides.
    """

    link: str | None
    number: str | None
    sync: OnecState
    refusal: str | None
    web_link: str | None = None


class TransitionsView(Struct):
    """Where the reader may move the application, and its payment."""

    application: list[ApplicationState]
    payment: list[PaymentState]


class FinishedView(Struct):
    """A former application of the chat."""

    id: UUID
    status: ApplicationState
    payment_status: PaymentState
    amount: str | None
    currency: str | None
    finished_at: datetime | None


class ApplicationView(Struct, kw_only=True):
    """The chat's application as its reader may see it."""

    id: UUID
    status: ApplicationState
    stage: Annotated[
        str,
        Meta(
            description="`filling`, `checking`, `collecting_offers`, `accepted`, `in_work`, `finished`."
        ),
    ]
    payment_status: PaymentState
    editable: bool
    read_only_reason: Annotated[
        str | None,
        Meta(description="`status`: nobody changes it any more; `role`: you do not."),
    ]
    allowed_actions: list[Action]
    transitions: TransitionsView
    version: int
    revision: int
    fields: dict[str, Any]
    reason: str | None
    created_at: datetime
    updated_at: datetime
    finished: list[FinishedView]
    onec: OnecView | None = None
    warnings: list[Hint] | UnsetType = UNSET
    offer: "ConditionsView | UnsetType | None" = UNSET
    documents: list[DocumentView] | UnsetType = UNSET
    messages_count: int | UnsetType = UNSET


class ConditionsView(OfferTerms, kw_only=True):
    """On what conditions the payment is made; agents see who has worked them out, too."""

    id: UUID
    state: str
    created_at: datetime
    revision: int | UnsetType = UNSET
    operator: str | UnsetType | None = UNSET
    why_not: str | UnsetType | None = UNSET


def show_offer(offer: Offer, *, is_client: bool) -> ConditionsView:
    """Conditions for a client, or for somebody of the house."""
    return ConditionsView(
        **terms_of(offer),
        id=offer.id,
        state=offer.state,
        created_at=offer.created_at,
        revision=UNSET if is_client else offer.revision,
        operator=UNSET if is_client else offer.operator,
        why_not=UNSET if is_client else offer.why_not,
    )


def show_application(
    application: Application,
    role: Role,
    edits: ClientEdits,
    *,
    finished: Sequence[FinishedView] = (),
    standing: Standing | None = None,
    warnings: list[Hint] | UnsetType = UNSET,
) -> ApplicationView:
    """An application for somebody of this role."""
    state, kind = ApplicationState(application.state), Kind(application.kind)
    payment = PaymentState(application.payment_state)
    is_editable = may(role, state, Action.EDIT, kind=kind, client_edits=edits)
    sees_onec = may(role, state, Action.SEE_ONEC, kind=kind)
    return ApplicationView(
        id=application.id,
        status=state,
        stage=_FINISHED if state in APPLICATION.final else _STAGES[state],
        payment_status=payment,
        editable=is_editable,
        read_only_reason=_why_closed(state, is_editable=is_editable),
        allowed_actions=allowed_actions(role, state, kind=kind, client_edits=edits),
        transitions=TransitionsView(
            sorted(set(allowed_moves(role, state, kind).values())),
            sorted(set(allowed_payment_moves(role, state, payment, kind).values())),
        ),
        version=application.version,
        revision=application.revision,
        fields=application.fields,
        reason=application.reason,
        created_at=application.created_at,
        updated_at=application.updated_at,
        finished=list(finished),
        onec=_onec(application, standing) if sees_onec else None,
        warnings=warnings,
    )


def _onec(application: Application, standing: Standing | None) -> OnecView:
    sync = standing.state if standing is not None else OnecState.NONE
    refusal = standing.refusal if standing is not None else None
    return OnecView(application.onec_link, application.onec_number, sync, refusal)


def _why_closed(state: ApplicationState, *, is_editable: bool) -> str | None:
    if is_editable:
        return None
    return "role" if state in EDITABLE else "status"


class TenantView(Struct):
    """Whose chat it is."""

    id: str
    name: str
    is_master: bool


class SettingsView(Struct):
    """How somebody wants to be spoken to; the look is Telegram's own."""

    lang: str
    theme: str
    notifications: str


class UserView(Struct):
    """Somebody in the chat, and what they may do there now."""

    telegram_id: int
    display_name: str
    tenant: TenantView
    role: Role
    rights: list[str]
    settings: SettingsView
    agent_id: UUID | None
