"""What all clerks of QI Tech share: records, and the ways to look them up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from tramita.providers.qitech.simulator.bending import LASTING
from tramita.providers.qitech.simulator.bodies import Body, proposal_body
from tramita.providers.qitech.simulator.conditions import Conditions
from tramita.providers.qitech.simulator.course import VirtualCourse
from tramita.providers.qitech.simulator.envelopes import (
    NOT_JSON,
    SCHEMA,
    UNKNOWN_OPERATION,
)
from tramita.providers.qitech.simulator.groups import Groups
from tramita.providers.qitech.simulator.inquiries import BalanceQuery
from tramita.providers.qitech.simulator.life import Life
from tramita.providers.qitech.simulator.notices import Notices
from tramita.providers.qitech.simulator.proposals import Book, Proposal
from tramita.providers.qitech.simulator.uploads import Archive
from tramita.simulation.agenda import Agenda
from tramita.simulation.calls import Answer
from tramita.simulation.front.asking import Refused, Task
from tramita.simulation.world import World

T = TypeVar("T")


@dataclass(slots=True)
class Office:
    """All that QI Tech knows, and the life that goes on in it."""

    world: World
    notices: Notices
    conditions: Conditions
    agenda: Agenda
    book: Book = field(default_factory=Book)
    groups: Groups = field(default_factory=Groups)
    archive: Archive = field(default_factory=Archive)
    inquiries: dict[str, BalanceQuery] = field(default_factory=dict)
    life: Life = field(init=False)
    course: VirtualCourse = field(init=False)

    def __post_init__(self) -> None:
        """Put life and its course together."""
        self.life = Life(self.world, self.conditions, self.groups, self.notices)
        self.course = VirtualCourse(self.life, self.book, self.agenda)
        self.life.course = self.course

    def forget(self) -> None:
        """Lose every record; conditions stay."""
        self.book.clear()
        self.groups.clear()
        self.archive.clear()
        self.inquiries.clear()

    def body_of(self, proposal: Proposal, base_url: str) -> Body:
        """The proposal as this vendor shows it today."""
        body = proposal_body(proposal, base_url=base_url)
        for kind in proposal.bends:
            LASTING[kind](body)
        return body

    def found(self, key: str) -> Proposal:
        """The proposal of this key; raise ``Refused`` with 404 otherwise."""
        proposal = self.book.find(key)
        if proposal is None:
            raise Refused(UNKNOWN_OPERATION)
        return proposal


def task(fields: Mapping[str, str], effect: Callable[[], Answer]) -> Task:
    """What a request is about, and the effect it shall have when it is its time."""
    return Task(fields, lambda _: effect())


def fields_of(proposal: Proposal) -> dict[str, str]:
    """What faults may match of a call about a proposal."""
    return {
        "contract_number": proposal.contract_number,
        "proposal_key": proposal.key,
        "cpf": proposal.cpf,
        "ispb": proposal.request.origin_contract.ispb,
    }


def json_of(body: bytes) -> Any:
    """The document in a body; raise ``Refused`` with 406 when there is none."""
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError as broken:
        raise Refused(NOT_JSON) from broken


def shaped(raw: object, shape: type[T]) -> T:
    """A document in its shape; raise ``Refused`` with the schema error otherwise."""
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as wrong:
        raise Refused(SCHEMA, f"Schema validation failed: {wrong}") from wrong
