"""``/console/contracts/<id>``: one contract of any journey, and everything that happened to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response, Template

from tramita.console.acting import NOTED, ActionPage, act_form, typed
from tramita.console.frame import ACT, PAGE, frame
from tramita.console.things import Directory, directory_of, page_of_contract
from tramita.console.timeline import LAST, LOOK, MOST_AT_ONCE, Look, Telling
from tramita.console.times import Moment, Now, now_for
from tramita.console.words import STAMPS, Stamp, name_of_kind
from tramita.contracts.console.acting import (
    CONTRACT_ACTIONS,
    ContractAction,
    act_on_contract,
    allowed_actions,
)
from tramita.contracts.console.people import Masked, people_of
from tramita.contracts.console.words import CONTRACT_STAGES, NOTHING_FITS, SUSPENDED, title_of
from tramita.contracts.model import Contract, Product
from tramita.contracts.story import ContractStory, keeper_of, tell_contract
from tramita.kit.audit import Subject, note_act
from tramita.kit.database.records import get_one
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import MalformedError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.showing import Person, Shown
from tramita.kit.languages.words import to_translate
from tramita.kit.masking import mask_text
from tramita.kit.notes import NoteNotTaken, write_note
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.operations.unsettled import Unsettled
from tramita.kit.runtime import Runtime
from tramita.kit.tenants import name_tenants

_LONGEST_WHY: Final = 500
_SAY_WHY: Final = to_translate("Say why you need to see it; that is written down.")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read of a contract for its page."""

    story: ContractStory
    shown: Shown
    people: Sequence[Person]
    product: str | None
    partners: Mapping[str, str]
    look: Look


class ContractPage(Controller):
    """One contract."""

    path = "/contracts/{contract_id:uuid}"
    include_in_schema = False
    opt = PAGE

    @get(dependencies=LOOK)
    async def show(
        self,
        request: Request[Any, Any, Any],
        contract_id: FromPath[UUID],
        runtime: FromRuntime,
        look: NamedDependency[Look],
        done: FromQuery[ContractAction | None] = None,
        noted: FromQuery[bool] = False,
    ) -> Template:
        """The contract; ``done`` names the action that led here."""
        notice = CONTRACT_ACTIONS[done].done if done else NOTED if noted else None
        return await _page(request, runtime, contract_id, look=look, notice=notice)

    @post(status_code=303, opt=ACT)
    async def act(
        self, request: Request[Any, Any, Any], contract_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Do what the pressed button says; a refusal is told in place."""
        return await _PAGE.act_by_form(request, runtime, contract_id)

    @post("/notes", status_code=303, opt=ACT)
    async def note(
        self, request: Request[Any, Any, Any], contract_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Keep what somebody has to say of it."""
        text = typed(await request.form(), "text")
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                contract = await get_one(work.session, Contract, contract_id)
                await write_note(work, "contract", contract_id, text, tenant=contract.tenant)
        except NoteNotTaken as error:
            return await _page(
                request, runtime, contract_id, status=422, not_noted=error.sentence, text=text
            )
        return Redirect(f"{page_of_contract(contract_id)}?noted=true", status_code=303)

    @post("/people", status_code=200, opt=ACT)
    async def show_person(
        self, request: Request[Any, Any, Any], contract_id: FromPath[UUID], runtime: FromRuntime
    ) -> Template:
        """Show one of its people in full; who did, and why, is in the audit."""
        form = await request.form()
        why, number = mask_text(typed(form, "why")), typed(form, "person")
        if not why or len(why) > _LONGEST_WHY:
            return await _page(request, runtime, contract_id, status=422, error=_SAY_WHY)
        async with runtime.database.unit_of_work(actor=request.user.name) as work:
            seen = await _see(work, directory_of(request), contract_id)
            if not number.isdecimal() or int(number) >= len(seen.people):
                raise PersonNotShown
            person = seen.people[int(number)]
            subject = Subject("contract", contract_id, seen.story.contract.tenant)
            await note_act(work, work.actor, "person.shown", subject, role=person.role, why=why)
        page = _present(request, runtime, seen, shown=int(number))
        page.headers["Cache-Control"] = "no-store"
        return page


class PersonNotShown(MalformedError):
    """This contract is about nobody of that number."""


async def _see(
    work: UnitOfWork, directory: Directory, contract_id: UUID, look: Look = LAST
) -> Seen:
    """Read everything, in a number of statements that its journey alone decides."""
    story = await tell_contract(work, contract_id, look.before, most=MOST_AT_ONCE)
    contract = story.contract
    show = directory.shows.get(keeper_of(contract))
    told = await show(work, contract_id) if show else None
    stage = CONTRACT_STAGES[contract.state]
    shown = told or Shown(stamp=_stamp_of(contract), waits=stage.next)
    product = None
    if contract.product_id is not None:
        product = (await get_one(work.session, Product, contract.product_id)).name
    people = await people_of(work, contract, shown.people)
    return Seen(story, shown, people, product, await name_tenants(work), look)


def _stamp_of(contract: Contract) -> Stamp:
    is_resting = contract.active and contract.suspended_at is not None
    return SUSPENDED if is_resting else CONTRACT_STAGES[contract.state].stamp


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    contract_id: UUID,
    *,
    status: int = 200,
    look: Look = LAST,
    **said: str | None,
) -> Template:
    """The page of one contract; with an error it is not the page that was asked for."""
    async with runtime.database.reading() as work:
        seen = await _see(work, directory_of(request), contract_id, look)
    page = _present(request, runtime, seen, said)
    page.status_code = status
    return page


def _present(
    request: AnyRequest,
    runtime: Runtime,
    seen: Seen,
    said: Mapping[str, str | None] = MappingProxyType({}),
    *,
    shown: int | None = None,
) -> Template:
    story, directory = seen.story, directory_of(request)
    around = frame(request)
    now = now_for(request, story.now)
    contract, told = story.contract, seen.shown
    telling = Telling(now, directory.parts, told.places)
    allowed = allowed_actions(contract)
    context = {
        "room": "contracts",
        "contract": contract,
        "product": seen.product,
        "partner_names": seen.partners,
        "backend": title_of(contract.backend),
        "told": told,
        "until": told.until and Moment.of(told.until, now=now),
        "created": Moment.of(contract.created_at, now=now),
        "people": [
            Masked.of(number, one, shown=number == shown) for number, one in enumerate(seen.people)
        ],
        "longest_why": _LONGEST_WHY,
        "unsettled": [_open(one, now) for one in story.unsettled],
        "parked": next(
            (one for one in story.unsettled if one.state == OperationState.NEEDS_ATTENTION), None
        ),
        "links": [
            (one.name, address)
            for one in (*([told.page] if told.page else ()), *told.links)
            if (address := directory.page(one.kind, one.thing))
        ],
        "acts_at": told.page and directory.page(told.page.kind, told.page.thing),
        "story": telling.tell(story.timeline, seen.look),
        "address": page_of_contract(contract.id),
        "ledgers": _ledgers(runtime, seen),
    }
    form = act_form(allowed, CONTRACT_ACTIONS, when_none=NOTHING_FITS)
    return Template("console/contract.html", context={**around, **context, **form, **said})


def _open(one: Unsettled, now: Now) -> tuple[Unsettled, str, Stamp, Moment]:
    stamp = STAMPS[OperationState(one.state)]
    return one, name_of_kind(one.kind), stamp, Moment.of(one.since, now=now)


def _ledgers(runtime: Runtime, seen: Seen) -> list[tuple[str, str]]:
    """In the demo: where each simulated provider of it says what it did."""
    if not runtime.settings.is_demo:
        return []
    spoken = (one.actor for one in seen.story.timeline.entries if one.kind == "exchange")
    base = f"http://127.0.0.1:{runtime.settings.simulators_port}"
    return [(one, f"{base}/{one}/__sim/ledger") for one in sorted({*spoken})]


async def _facts(runtime: Runtime, contract_id: UUID) -> list[tuple[str, str]]:
    """What it is, and how it stands."""
    async with runtime.database.reading() as work:
        contract = await get_one(work.session, Contract, contract_id)
    return [
        (to_translate("Contract"), contract.name),
        (to_translate("Now"), CONTRACT_STAGES[contract.state].stamp.word),
    ]


_PAGE: Final = ActionPage(CONTRACT_ACTIONS, act_on_contract, _page, _facts)
