"""``/console/providers``: the board, and one provider with its charts, pauses and breakers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response, Template

from tramita.console.acting import LONGEST_NOTE, NO_BUTTON
from tramita.console.charts import Series, draw_band, stack_bars
from tramita.console.frame import ACT, PAGE, frame
from tramita.console.providers.words import BREAKERS, DONE, stamp_of
from tramita.console.reader import words_for
from tramita.console.times import Moment, Now, now_for
from tramita.console.words import Stamp, name_of_kind
from tramita.kit.database.places import MOST_COUNTED
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, InvalidError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.lines import LineStanding
from tramita.kit.operations.board import ProviderStanding, tell_provider, tell_providers
from tramita.kit.operations.figures import Figures, tell_hours, tell_minutes
from tramita.kit.operations.maintenance import close_breakers_of, pause_provider, resume_provider
from tramita.kit.operations.paused import Pause, find_past_pauses
from tramita.kit.runtime import Runtime

ROOM: Final = "providers"
_ADDRESS: Final = "/console/providers"
_PAST: Final = 5
_NO_REASON: Final = to_translate("Say why, for everybody who looks.")
_NO_TIME: Final = to_translate("Until when is a date and a time, such as 2026-12-01T06:00.")


def _moment(at: datetime | None, now: Now) -> Moment | None:
    return None if at is None else Moment.of(at, now=now)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A process's line, with its times."""

    row: LineStanding
    stamp: Stamp
    failed: Moment | None

    @classmethod
    def of(cls, row: LineStanding, *, now: Now) -> Self:
        """``row`` as its reader is told times."""
        return cls(row, BREAKERS[row.breaker], _moment(row.failed_at, now))


@dataclass(frozen=True, slots=True)
class ShownPause:
    """A pause, with its times."""

    row: Pause
    kind: str | None
    since: Moment
    until: str | None
    ended: str | None

    @classmethod
    def of(cls, row: Pause, *, now: Now) -> Self:
        """``row`` as its reader is told times."""
        return cls(
            row,
            row.kind and name_of_kind(row.kind),
            Moment.of(row.since, now=now),
            None if row.until is None else now.words.moment(row.until, "medium"),
            None if row.resumed_at is None else now.words.moment(row.resumed_at, "medium"),
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """A provider as the board and its page show it."""

    row: ProviderStanding
    stamp: Stamp
    answered: Moment | None
    failed: ShownLine | None
    message: Moment | None
    oldest: Moment | None
    pauses: list[ShownPause]

    @classmethod
    def of(cls, row: ProviderStanding, *, now: Now) -> Self:
        """``row`` as its reader is told times."""
        last = row.last_failure
        return cls(
            row,
            stamp_of(row),
            _moment(row.answered_at, now),
            None if last is None else ShownLine.of(last, now=now),
            _moment(row.last_message_at, now),
            _moment(row.oldest_waiting_at, now),
            [ShownPause.of(one, now=now) for one in row.pauses],
        )


class ProviderPages(Controller):
    """The board, and one of its lines in full."""

    path = "/providers"
    include_in_schema = False
    opt = PAGE

    @get()
    async def index(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Template:
        """Every provider with what matters about it, live."""
        async with runtime.database.unit_of_work() as work:
            found = await tell_providers(runtime, work, most=MOST_COUNTED)
            now = now_for(request, await work.now())
        shown = [Shown.of(one, now=now) for one in found]
        context = {"room": ROOM, "providers": shown}
        return Template("console/providers.html", context=frame(request) | context)

    @get("/{provider:str}")
    async def show(
        self,
        request: Request[Any, Any, Any],
        provider: FromPath[str],
        runtime: FromRuntime,
        done: FromQuery[str | None] = None,
    ) -> Template:
        """One provider; ``done`` names what led here."""
        return await _page(request, runtime, provider, notice=DONE.get(done or ""))

    @post("/{provider:str}", status_code=303, opt=ACT)
    async def act(
        self, request: Request[Any, Any, Any], provider: FromPath[str], runtime: FromRuntime
    ) -> Response[Any]:
        """Pause it, have it go on, or close its breakers; a refusal is told in place."""
        form = await request.form()
        said = {name: str(form.get(name, "")).strip() for name in _FIELDS}
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                await _do(runtime, work, provider, said, words_for(request))
        except _Slip as slip:
            return await _page(request, runtime, provider, status=422, error=str(slip), said=said)
        except InvalidError as wrong:
            error = wrong.errors[0].message
            return await _page(request, runtime, provider, status=422, error=error, said=said)
        except ConflictError as refused:
            return await _page(request, runtime, provider, status=409, error=refused.sentence)
        return Redirect(f"{_ADDRESS}/{provider}?done={said['action']}", status_code=303)


_FIELDS: Final = ("action", "note", "kind", "until")


class _Slip(Exception):
    """Something is missing in the form."""


async def _do(
    runtime: Runtime, work: UnitOfWork, provider: str, said: dict[str, str], words: Words
) -> None:
    kind = said["kind"] or None
    match said["action"]:
        case "pause":
            if not said["note"] or len(said["note"]) > LONGEST_NOTE:
                raise _Slip(_NO_REASON)
            until = _read_time(said["until"], words)
            await pause_provider(runtime, work, provider, why=said["note"], kind=kind, until=until)
        case "resume":
            await resume_provider(runtime, work, provider, kind=kind)
        case "close":
            await close_breakers_of(runtime, work, provider)
        case _:
            raise _Slip(NO_BUTTON)


def _read_time(text: str, words: Words) -> datetime | None:
    """A local time of the reader's, as a browser's field gives it."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=words.zone)
    except ValueError:
        raise _Slip(_NO_TIME) from None


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    provider: str,
    *,
    status: int = 200,
    said: dict[str, str] | None = None,
    **told: str | None,
) -> Template:
    async with runtime.database.unit_of_work() as work:
        found = await tell_provider(runtime, work, provider, most=MOST_COUNTED)
        minutes, hours = await tell_minutes(work, provider), await tell_hours(work, provider)
        past = await find_past_pauses(work, provider, limit=_PAST)
        now = now_for(request, await work.now())
    context = {
        "room": ROOM,
        "one": Shown.of(found, now=now),
        "lines": [ShownLine.of(line, now=now) for line in found.lines],
        "past": [ShownPause.of(one, now=now) for one in past],
        "kinds": {kind: name_of_kind(kind) for kind in found.kinds},
        "paused_kinds": {pause.kind for pause in found.pauses},
        "hour": _charts(minutes, _steps(now, timedelta(minutes=1), 60), now.words.time, now),
        "week": _charts(hours, _steps(now, timedelta(hours=1), 168), now.words.moment_of_week, now),
        "said": said or {},
        "longest_note": LONGEST_NOTE,
    }
    return Template(
        "console/provider.html", status_code=status, context=frame(request) | context | told
    )


def _steps(now: Now, step: timedelta, count: int) -> list[datetime]:
    """The beginnings of the last minutes or hours, oldest first."""
    at = now.at.replace(second=0, microsecond=0)
    at = at if step < timedelta(hours=1) else at.replace(minute=0)
    return [at - step * back for back in reversed(range(count))]


def _charts(
    found: list[Figures], steps: list[datetime], told: Callable[[datetime], str], now: Now
) -> dict[str, Any] | None:
    """How much was said and how long it took, over ``steps``; nothing where nothing was said."""
    if not found:
        return None
    by_time = {one.at: one for one in found}
    rows = [by_time.get(step) for step in steps]
    labels = [told(step) for step in steps]
    words = now.words
    return {
        "said": stack_bars(
            labels,
            [
                Series(
                    words.gettext("Answered"),
                    "done",
                    [one.exchanges - one.failed if one else 0 for one in rows],
                ),
                Series(
                    words.gettext("Failed"), "refused", [one.failed if one else 0 for one in rows]
                ),
            ],
        ),
        "took": draw_band(
            labels,
            [one.p50 / 1000 if one else None for one in rows],
            [one.p95 / 1000 if one else None for one in rows],
        ),
    }
