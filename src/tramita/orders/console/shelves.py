"""What is offered, as the console shows it: each kind of thing, its fields, and who keeps it.

What a form says is read by the bodies of ``/api/v1/admin`` and done by the same use cases.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from msgspec import UNSET, Struct

from tramita.kit.bounds import EVERYTHING
from tramita.kit.database.records import Findable
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jwt_users import JWTSettings
from tramita.kit.languages.words import to_translate
from tramita.kit.runtime import Runtime
from tramita.orders.api.admin_schemas import (
    ContractDefinitionBody,
    ContractDefinitionChangeBody,
    CourseBody,
    CourseChangeBody,
    CourseProductBody,
    CourseProductChangeBody,
    OfferingBody,
    OfferingChangeBody,
    OrganizationBody,
    OrganizationChangeBody,
    given,
    to_product_values,
)
from tramita.orders.catalog import (
    change_coded,
    change_definition,
    change_offering,
    change_organization,
    change_product,
    create_coded,
    create_definition,
    create_offering,
    create_organization,
    create_product,
    is_plain,
)
from tramita.orders.console.words import PRODUCTS
from tramita.orders.model import (
    ContractDefinition,
    Course,
    CourseProduct,
    Offering,
    Organization,
)


class Look(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    LONG = "long"
    DATE = "date"
    MONEY = "money"
    CHOICE = "choice"
    MANY = "many"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form; ``of`` is the shelf whose things it names, or what there is to choose from.

    ``is_fixed``: it never changes. ``may_be_empty``: then it is nothing. What belongs together has
    names such as ``seller.city``; where all of it is empty, there is none of it.
    """

    name: str
    label: str
    look: Look = Look.TEXT
    hint: str = ""
    of: str | Mapping[str, str] | None = None
    is_fixed: bool = False
    may_be_empty: bool = False


@dataclass(frozen=True)
class Shelf:
    """One kind of thing: as rows, as bodies of the API, and by its use cases.

    It is called ``title`` where there are many, ``one``, and ``another`` where one is added.
    """

    title: str
    one: str
    another: str
    kind: type[Findable]
    fields: Sequence[Field]
    new: type[Struct]
    change: type[Struct]
    create: Callable[[UnitOfWork, Any], Awaitable[Any]]
    alter: Callable[[UnitOfWork, Any, Any], Awaitable[Any]]
    values: Callable[[Any], Mapping[str, Any]]


def ids_of(chosen: Any) -> list[UUID]:
    """What a field names, of what is kept or was typed."""
    found = []
    for one in chosen if isinstance(chosen, list) else [chosen]:
        with suppress(ValueError):
            found.append(UUID(str(one)))
    return found


def of_platform(runtime: Runtime) -> Runtime:
    """What is added belongs to the platform, whose learners order it; all else is in reach."""
    return runtime.within(replace(EVERYTHING, tenant=runtime.configured(JWTSettings).tenant))


def _body(data: Any) -> Any:
    return None if data.body is UNSET else data.body


def _listed(ids: Any) -> Any:
    return None if ids is UNSET else ids


def _offered(data: OfferingBody) -> dict[str, Any]:
    return {"course_id": data.course, "product_id": data.product, "is_open": data.is_open}


def _plain(*names: str) -> Callable[[Any], Mapping[str, Any]]:
    return lambda row: {name: getattr(row, name) for name in names}


_TITLE: Final = Field("title", to_translate("Title"))
_CODE: Final = Field(
    "code", to_translate("Code"), hint=to_translate("Never changes."), is_fixed=True
)
# What invoices say of who sells.
_SELLER: Final = tuple(
    Field(f"seller.{name}", label, hint=hint, may_be_empty=True)
    for name, label, hint in (
        (
            "name",
            to_translate("On invoices: name"),
            to_translate("Empty like all of these: its title and country."),
        ),
        ("legal_form", to_translate("On invoices: legal form"), to_translate("With the capital.")),
        ("address", to_translate("On invoices: address"), ""),
        ("postcode", to_translate("On invoices: postcode"), ""),
        ("city", to_translate("On invoices: city"), ""),
        ("country", to_translate("On invoices: country"), to_translate("Two capitals.")),
        (
            "registration_number",
            to_translate("On invoices: registration number"),
            to_translate("Such as a SIRET."),
        ),
        (
            "register",
            to_translate("On invoices: register"),
            to_translate("Where it is registered besides."),
        ),
        ("vat_number", to_translate("On invoices: VAT number"), ""),
        (
            "vat_note",
            to_translate("On invoices: note on VAT"),
            to_translate("Such as why there is none."),
        ),
    )
)


def _seller_of(organization: Organization) -> Mapping[str, Any]:
    """What was said of it; what follows from its title is shown as nothing."""
    said = {} if is_plain(organization) else organization.seller
    return {one.name: said.get(one.name.partition(".")[2]) for one in _SELLER}


_LANGUAGE: Final = Field(
    "language", to_translate("Language"), hint=to_translate("Such as en or fr.")
)

SHELVES: Final[Mapping[str, Shelf]] = {
    "courses": Shelf(
        to_translate("Courses"),
        to_translate("Course"),
        to_translate("New course"),
        Course,
        (
            _CODE,
            _TITLE,
            Field(
                "starts_on",
                to_translate("Starts on"),
                Look.DATE,
                to_translate(
                    "What is paid for it is due by its dates; orders keep those of their day."
                ),
                may_be_empty=True,
            ),
            Field("ends_on", to_translate("Ends on"), Look.DATE, may_be_empty=True),
        ),
        CourseBody,
        CourseChangeBody,
        lambda work, data: create_coded(work, Course, given(data)),
        lambda work, id_, data: change_coded(work, Course, id_, given(data)),
        _plain("code", "title", "starts_on", "ends_on"),
    ),
    "products": Shelf(
        to_translate("Products"),
        to_translate("Product"),
        to_translate("New product"),
        CourseProduct,
        (
            Field("type", to_translate("Type"), Look.CHOICE, of=PRODUCTS, is_fixed=True),
            _TITLE,
            Field(
                "price",
                to_translate("Price"),
                Look.MONEY,
                to_translate("Nothing is paid for 0.00."),
            ),
            Field(
                "vat_rate",
                to_translate("VAT in it, per cent"),
                hint=to_translate("Such as 20.00."),
                may_be_empty=True,
            ),
            Field(
                "contract_definition",
                to_translate("Contract"),
                Look.CHOICE,
                to_translate("Without one nothing is signed."),
                "contracts",
                may_be_empty=True,
            ),
            Field("target_courses", to_translate("Courses that it opens"), Look.MANY, of="courses"),
            Field("is_one_sitting", to_translate("Sign and save a card in any order"), Look.YES),
        ),
        CourseProductBody,
        CourseProductChangeBody,
        lambda work, data: create_product(work, to_product_values(data), data.target_courses),
        lambda work, id_, data: change_product(
            work, id_, to_product_values(data), _listed(data.target_courses)
        ),
        lambda row: {
            **_plain("type", "title", "vat_rate", "is_one_sitting")(row),
            "price": f"{row.price:.2f}",
            "price_currency": row.currency,
            "contract_definition": row.contract_definition_id,
            "target_courses": row.target_courses or [],
        },
    ),
    "offerings": Shelf(
        to_translate("Offerings"),
        to_translate("Offering"),
        to_translate("New offering"),
        Offering,
        (
            Field("product", to_translate("Product"), Look.CHOICE, of="products", is_fixed=True),
            Field(
                "course", to_translate("For the course"), Look.CHOICE, of="courses", is_fixed=True
            ),
            Field("organizations", to_translate("Sold by"), Look.MANY, of="organizations"),
            Field("is_open", to_translate("May be ordered"), Look.YES),
        ),
        OfferingBody,
        OfferingChangeBody,
        lambda work, data: create_offering(work, _offered(data), data.organizations),
        lambda work, id_, data: change_offering(
            work, id_, given(data, but=("organizations",)), _listed(data.organizations)
        ),
        lambda row: {
            "product": row.product_id,
            "course": row.course_id,
            "organizations": row.organizations or [],
            "is_open": row.is_open,
        },
    ),
    "organizations": Shelf(
        to_translate("Organizations"),
        to_translate("Organization"),
        to_translate("New organization"),
        Organization,
        (
            _CODE,
            _TITLE,
            Field(
                "country",
                to_translate("Country"),
                hint=to_translate("Two capitals, such as FR."),
                may_be_empty=True,
            ),
            *_SELLER,
        ),
        OrganizationBody,
        OrganizationChangeBody,
        lambda work, data: create_organization(work, given(data, but=("seller",)), data.seller),
        lambda work, id_, data: change_organization(
            work, id_, given(data, but=("seller",)), data.seller
        ),
        lambda row: {**_plain("code", "title", "country")(row), **_seller_of(row)},
    ),
    "contracts": Shelf(
        to_translate("Contracts"),
        to_translate("Contract"),
        to_translate("New contract"),
        ContractDefinition,
        (
            _TITLE,
            Field("description", to_translate("Description"), may_be_empty=True),
            _LANGUAGE,
            Field(
                "body",
                to_translate("Text"),
                Look.LONG,
                to_translate(
                    "Markdown. Another text is a version more, for orders to come; each order keeps the "
                    "version that it was made with."
                ),
            ),
        ),
        ContractDefinitionBody,
        ContractDefinitionChangeBody,
        lambda work, data: create_definition(work, given(data, but=("body",)), data.body),
        lambda work, id_, data: change_definition(
            work, id_, given(data, but=("body",)), _body(data)
        ),
        _plain("title", "description", "language", "body"),
    ),
}
