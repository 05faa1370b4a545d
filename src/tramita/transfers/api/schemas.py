"""Bodies of the platform's API of transfers, as OpenAPI shows them."""

from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from tramita.contracts.api.schemas import Amount, Currency, Name, Reason
from tramita.kit.database.work import UnitOfWork
from tramita.kit.money import Money, NotAnAmount
from tramita.kit.notes import LONGEST
from tramita.kit.texts import WHOLE
from tramita.transfers.attention import Case
from tramita.transfers.documents import DocumentKind, DocumentView, JobView
from tramita.transfers.errors import invalid
from tramita.transfers.model import AgentRole
from tramita.transfers.notes import NoteView
from tramita.transfers.offers import Terms
from tramita.transfers.rules.permissions import ClientEdits
from tramita.transfers.rules.roles import Role
from tramita.transfers.rules.visibility import Visibility
from tramita.transfers.views import OfferView
from tramita.transfers.who import Who

TelegramId = Annotated[
    int, Meta(ge=1, le=2**52, examples=[700900], description="By which Telegram knows somebody.")
]
# Of dinars to the thousandth.
Sum = Annotated[str, Meta(pattern=rf"^[0-9]{{1,15}}\.[0-9]{{2,3}}{WHOLE}", examples=["12500.00"])]
Limits = Annotated[
    dict[Currency, Sum],
    Meta(
        max_length=200,
        description="The most that one application may ask for, by currency; of others there is no limit.",
        examples=[{"CNY": "5000000.00"}],
    ),
]
Rate = Annotated[str, Meta(pattern=rf"^[0-9]{{1,10}}(\.[0-9]{{1,8}})?{WHOLE}", examples=["12.85"])]
Percent = Annotated[
    str, Meta(pattern=rf"^(100|[0-9]{{1,2}})(\.[0-9]{{1,4}})?{WHOLE}", examples=["1.5"])
]
Words = Annotated[str, Meta(max_length=4000, pattern=rf"^[^\x00]*{WHOLE}")]
Form = Annotated[
    dict[str, Any],
    Meta(
        description="Fields by their groups; what is not given stays, null empties.",
        examples=[
            {
                "payer": {"name": "ООО «Станкоимпорт»", "inn": "7707083893"},
                "beneficiary": {"name": "SHENZHEN MACHINE TOOLS CO LTD", "country": "CN"},
                "money": {"amount": "12500.00", "currency": "CNY", "fee_bearer": "OUR"},
            }
        ],
    ),
]


class TenantBody(Struct, forbid_unknown_fields=True):
    """A tenant to be added."""

    key: Annotated[str, Meta(pattern=rf"^[a-z0-9][a-z0-9-]{{0,39}}{WHOLE}", examples=["paybridge"])]
    title: Name


class TenantChangeBody(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What to change of a tenant; what is not given stays.

    One tenant at most is the master. ``application_visibility`` is who sees its special applications;
    ``client_edit_until`` is the state until which clients may change theirs. ``amount_limits`` replaces
    what was said of all currencies before.
    """

    title: Name | UnsetType = UNSET
    is_master: bool | UnsetType = UNSET
    application_visibility: Visibility | UnsetType = UNSET
    client_edit_until: ClientEdits | UnsetType = UNSET
    amount_limits: Limits | UnsetType = UNSET


class TenantAnswer(Struct):
    """A tenant, and what it has decided about its applications."""

    key: str
    title: str
    is_master: bool
    application_visibility: Visibility
    client_edit_until: ClientEdits
    amount_limits: Limits
    created_at: datetime


class TenantsAnswer(Struct):
    """Every tenant that you may see, by key."""

    items: list[TenantAnswer]


class AgentBody(Struct, forbid_unknown_fields=True):
    """Somebody to be put on the list; without ``tenant``, of your own."""

    name: Name
    telegram_id: TelegramId | None = None
    role: AgentRole = AgentRole.AGENT
    tenant: str | None = None


class AgentChangeBody(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What to change of an agent; who is not ``is_active`` works on nothing from now on."""

    name: Name | UnsetType = UNSET
    telegram_id: TelegramId | UnsetType | None = UNSET
    role: AgentRole | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class NewApplicationBody(Struct, forbid_unknown_fields=True):
    """A draft to be made; of the master tenant it needs an agent before it counts."""

    fields: Form = {}
    agent_id: UUID | None = None


class ApplicationChangeBody(Struct, forbid_unknown_fields=True):
    """What to change in the form."""

    fields: Form


class MoveBody(Struct, forbid_unknown_fields=True):
    """Where the application, or its money, is to go; ``to`` is one of `moves` or `payment_moves`."""

    to: Annotated[str, Meta(max_length=40, examples=["new_in_house"])]
    axis: Literal["application", "payment"] = "application"
    reason: Reason | None = None


class NewAgentBody(Struct, forbid_unknown_fields=True):
    """Who is to work on it."""

    agent_id: UUID


class OfferBody(Struct, forbid_unknown_fields=True):
    """On what conditions: what the client pays, and what arrives."""

    agent_id: UUID
    payer_amount: Sum
    payer_currency: Currency
    payout_amount: Sum
    payout_currency: Currency
    rate: Rate | None = None
    commission_percent: Percent | None = None
    commission_fixed: Amount | None = None
    account_details: Annotated[dict[str, Any], Meta(max_length=50)] = {}
    conditions: Words = ""
    valid_until: Annotated[datetime, Meta(tz=True)] | None = None

    def to_terms(self) -> Terms:
        """As offers have it."""
        return Terms(
            payer=_money("payer_amount", self.payer_amount, self.payer_currency),
            payout=_money("payout_amount", self.payout_amount, self.payout_currency),
            rate=_decimal(self.rate),
            commission_percent=_decimal(self.commission_percent),
            commission_fixed=_decimal(self.commission_fixed),
            account=self.account_details,
            conditions=self.conditions,
            valid_until=_moment(self.valid_until),
        )


def _money(path: str, amount: str, currency: str) -> Money:
    try:
        return Money.parse(amount, currency)
    except NotAnAmount as error:
        raise invalid(path, "invalid_amount", str(error)) from None


def _moment(told: datetime | None) -> datetime | None:
    # In UTC the first and the last year may be none that can be written.
    if told is not None and not MINYEAR < told.year < MAXYEAR:
        raise invalid("valid_until", "invalid", "a moment of years 2 to 9998")
    return told


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


class OffersAnswer(Struct):
    """Offers on an application, newest first."""

    items: list[OfferView]


class NoteBody(Struct, forbid_unknown_fields=True):
    """What to note down."""

    text: Annotated[
        str, Meta(min_length=1, max_length=LONGEST, pattern=rf"^[^\x00]*\S[^\x00]*{WHOLE}")
    ]


class NotesAnswer(Struct):
    """What agents noted down, oldest first."""

    items: list[NoteView]


class ApplicationCasesAnswer(Struct):
    """What needs a person, the oldest first; `need` says what is to be done."""

    items: list[Case]


class ApplicationDocumentsAnswer(Struct):
    """Files of an application, oldest first."""

    items: list[DocumentView]


class DocumentRequestBody(Struct, forbid_unknown_fields=True):
    """What 1C is to make."""

    kind: DocumentKind
    params: Annotated[dict[str, Any], Meta(max_length=50)] = {}
    note: Words | None = None


class DocumentJobsAnswer(Struct):
    """What 1C was asked to make, newest first."""

    items: Sequence[JobView]


def as_keeper(work: UnitOfWork) -> Who:
    """Whoever has a token keeps the applications of its tenant."""
    return Who(Role.MANAGER, work.actor)
