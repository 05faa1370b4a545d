"""Filling an installation with what is sold, by whom and to whom, out of one file.

The file is TOML. It says of everything what the administrators' API says, and is held to the same
rules; what the API names by id the file names by code, or by a key of its own. Dates are days from
now, so that a file does not grow old. All of it is there afterwards, or nothing.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Final, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from tramita.contracts.api.schemas import Code, Email, Key, Locale, MoneyBody, Name
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConfigurationError, ConflictError, InvalidError
from tramita.kit.jwt_users import JWTUser
from tramita.orders.api.admin_schemas import (
    ContractDefinitionBody,
    CourseProductBody,
    MemberBody,
    OrganizationBody,
    Username,
    VATRate,
    given,
    to_product_values,
)
from tramita.orders.catalog import (
    add_member,
    create_coded,
    create_definition,
    create_offering,
    create_organization,
    create_product,
)
from tramita.orders.errors import invalid
from tramita.orders.learners import know_learner
from tramita.orders.model import Course, ProductType

_CENTURY: Final = 36_500
_Days = Annotated[int, Meta(ge=-_CENTURY, le=_CENTURY)]
S = TypeVar("S", bound=Struct)


class SeedUnreadable(ConfigurationError):
    """The seed file cannot be read: {why}."""


class SeedRefused(ConfigurationError):
    """Nothing of the seed file is taken. Wrong is {path}: {why}."""


class OrganizationSeed(OrganizationBody, kw_only=True):
    """An organization with everybody who acts for it."""

    members: list[MemberBody] = msgspec.field(default_factory=list)


class ContractDefinitionSeed(ContractDefinitionBody, kw_only=True):
    """A text, by a key of the file's own."""

    key: Key


class CourseSeed(Struct, forbid_unknown_fields=True):
    """A course; without ``starts_in`` it has no dates yet, without ``lasts`` no end."""

    code: Code
    title: Name
    starts_in: _Days | None = None
    lasts: Annotated[int, Meta(ge=0, le=_CENTURY)] | None = None

    def values(self, today: date) -> dict[str, object]:
        """By column."""
        starts_on = None if self.starts_in is None else today + timedelta(days=self.starts_in)
        ends_on = None
        if starts_on is not None and self.lasts is not None:
            ends_on = starts_on + timedelta(days=self.lasts)
        return {
            "code": self.code,
            "title": self.title,
            "starts_on": starts_on,
            "ends_on": ends_on,
        }


class CourseProductSeed(Struct, forbid_unknown_fields=True):
    """A product, by a key of the file's own; its text by its key, what it opens by codes."""

    key: Key
    type: ProductType
    title: Name
    price: MoneyBody
    vat_rate: VATRate | None = None
    contract_definition: Key | None = None
    target_courses: list[Code] = []
    is_one_sitting: bool = False


class OfferingSeed(Struct, forbid_unknown_fields=True):
    """A product that organizations sell for a course."""

    course: Code
    product: Key
    organizations: list[Code]
    is_open: bool = True


class LearnerSeed(Struct, forbid_unknown_fields=True):
    """Somebody whom the learning platform knows."""

    username: Username
    full_name: Name
    email: Email
    language: Locale = "en"

    def user(self, tenant: str) -> JWTUser:
        """As the platform's token says it."""
        return JWTUser(tenant, self.username, self.email, self.full_name, self.language)


class Seed(Struct, forbid_unknown_fields=True):
    """What a file says."""

    organizations: list[OrganizationSeed] = []
    contract_definitions: list[ContractDefinitionSeed] = []
    courses: list[CourseSeed] = []
    products: list[CourseProductSeed] = []
    offerings: list[OfferingSeed] = []
    learners: list[LearnerSeed] = []


@dataclass(frozen=True, slots=True)
class Planted:
    """What was made, by the codes and keys of the file; offerings in its order."""

    organizations: dict[str, UUID] = field(default_factory=dict)
    contract_definitions: dict[str, UUID] = field(default_factory=dict)
    courses: dict[str, UUID] = field(default_factory=dict)
    products: dict[str, UUID] = field(default_factory=dict)
    offerings: list[UUID] = field(default_factory=list)
    learners: dict[str, UUID] = field(default_factory=dict)

    def __str__(self) -> str:
        """How many of each."""
        counts = {name: len(getattr(self, name)) for name in Seed.__struct_fields__}
        return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())


def read_seed(text: str) -> Seed:
    """What a file says; raises ``SeedUnreadable``, which names the line or the key."""
    try:
        return msgspec.convert(tomllib.loads(text), Seed)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SeedUnreadable(why=error) from error


async def plant_seed(work: UnitOfWork, seed: Seed) -> Planted:
    """Make everything that ``seed`` names, for the tenant of ``work``; raises ``SeedRefused``."""
    made = Planted()
    for place, organization in _each("organizations", seed.organizations):
        with _told(place):
            values = given(organization, but=("members", "seller"))
            row = await create_organization(work, values, organization.seller)
            made.organizations[organization.code] = row.id
        for at, member in _each(f"{place}.members", organization.members):
            with _told(at):
                await add_member(work, row.id, given(member))
    await _plant_catalog(work, seed, made)
    for place, learner in _each("learners", seed.learners):
        with _told(place):
            _refuse_second(made.learners, "username", learner.username)
            user = learner.user(work.bounds.tenant)
            made.learners[learner.username] = await know_learner(work, user)
    return made


async def _plant_catalog(work: UnitOfWork, seed: Seed, made: Planted) -> None:
    texts, today = made.contract_definitions, (await work.now()).date()
    for place, text in _each("contract_definitions", seed.contract_definitions):
        with _told(place):
            _refuse_second(texts, "key", text.key)
            values = given(text, but=("key", "body"))
            texts[text.key] = (await create_definition(work, values, text.body)).id
    for place, course in _each("courses", seed.courses):
        with _told(place):
            row = await create_coded(work, Course, course.values(today))
            made.courses[course.code] = row.id
    for place, product in _each("products", seed.products):
        with _told(place):
            _refuse_second(made.products, "key", product.key)
            body = _to_body(product, made)
            new = await create_product(work, to_product_values(body), body.target_courses)
            made.products[product.key] = new.id
    for place, offering in _each("offerings", seed.offerings):
        with _told(place):
            values = {
                "course_id": _find(made.courses, "course", offering.course),
                "product_id": _find(made.products, "product", offering.product),
                "is_open": offering.is_open,
            }
            sellers = _find_all(made.organizations, "organizations", offering.organizations)
            made.offerings.append((await create_offering(work, values, sellers)).id)


def _to_body(product: CourseProductSeed, made: Planted) -> CourseProductBody:
    text = None
    if product.contract_definition is not None:
        texts = made.contract_definitions
        text = _find(texts, "contract_definition", product.contract_definition)
    courses = _find_all(made.courses, "target_courses", product.target_courses)
    return CourseProductBody(
        product.type,
        product.title,
        product.price,
        product.vat_rate,
        text,
        courses,
        product.is_one_sitting,
    )


def _each(name: str, items: Sequence[S]) -> Iterator[tuple[str, S]]:
    """Each with where it stands in the file."""
    return ((f"{name}[{index}]", one) for index, one in enumerate(items))


@contextmanager
def _told(place: str) -> Iterator[None]:
    """Say where in the file it stands that a use case refuses."""
    try:
        yield
    except InvalidError as error:
        first = error.errors[0]
        raise SeedRefused(path=f"{place}.{first.path}", why=first.message.rstrip(".")) from error
    except ConflictError as error:
        raise SeedRefused(path=place, why=str(error).rstrip(".")) from error


def _refuse_second(known: Mapping[str, UUID], name: str, value: str) -> None:
    if value in known:
        raise invalid(name, "named_twice", f"There is one called {value} above.")


def _find_all(known: Mapping[str, UUID], name: str, values: Sequence[str]) -> list[UUID]:
    return [_find(known, name, one) for one in values]


def _find(known: Mapping[str, UUID], name: str, value: str) -> UUID:
    if value not in known:
        raise invalid(name, "unknown", f"Nothing in the file is called {value}.")
    return known[value]
