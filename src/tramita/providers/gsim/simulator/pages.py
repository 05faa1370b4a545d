"""Lists in pages, each with a tag by which a client asks whether anything changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

import msgspec

from tramita.providers.gsim.simulator.errors import BAD_REQUEST
from tramita.providers.gsim.simulator.fixtures import Brand, Model, moment
from tramita.simulation.calls import Answer
from tramita.simulation.front.asking import Asking, Refused

USUAL_SIZE, LARGEST_SIZE = 50, 200


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for; the first page is 1."""

    number: int
    size: int

    @property
    def end(self) -> int:
        """How many items come up to and with this page."""
        return self.number * self.size

    def pages_of(self, total: int) -> int:
        """How many pages a list of ``total`` items has; an empty one has none."""
        return -(-total // self.size)


def page_in(query: Mapping[str, str]) -> Page:
    """The page a query names; raise ``Refused`` with 400 when it is none."""
    number = _number(query.get("page", "1"))
    size = _number(query.get("size", str(USUAL_SIZE)))
    if number is None or size is None or size > LARGEST_SIZE:
        message = f"page and size are numbers from 1 on, size at most {LARGEST_SIZE}."
        raise Refused(BAD_REQUEST, message)
    return Page(number, size)


def matching(models: Sequence[Model], q: str) -> list[Model]:
    """The models with ``q`` in their name or code, in whatever case."""
    wanted = q.casefold()
    return [one for one in models if wanted in one.name.casefold() or wanted in one.code.casefold()]


def brand_shown(brand: Brand) -> dict[str, object]:
    """The brand in a list."""
    return {"id": brand.id, "name": brand.name, "updatedAt": moment(brand.updated_at)}


def page_answer(
    items: Sequence[Mapping[str, object]], asking: Asking, *, updated_at: datetime
) -> Answer:
    """One page of a list, or 304 when the client has this very page already."""
    page = page_in(asking.parameters)
    body = {
        "items": items[page.end - page.size : page.end],
        "page": page.number,
        "pages": page.pages_of(len(items)),
        "total": len(items),
        "updatedAt": moment(updated_at),
    }
    tag = f'"{blake2b(msgspec.json.encode(body), digest_size=12).hexdigest()}"'
    if tag in _tags(asking.headers.get("if-none-match", "")):
        return unchanged(tag)
    return Answer(200, body, {"etag": tag})


def unchanged(tag: str) -> Answer:
    """The answer that there is nothing new."""
    return Answer(304, b"", {"etag": tag})


def _tags(if_none_match: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]


def _number(text: str) -> int | None:
    """A positive whole number in at most nine digits."""
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return int(text) or None if is_number else None
