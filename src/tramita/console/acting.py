"""The form by which a person acts on what a page shows: a note, and a button for each action."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from litestar.response import Redirect, Response, Template

from tramita.console.access import AnyRequest
from tramita.console.frame import frame
from tramita.console.words import ActionWords, to_sentence
from tramita.kit.errors import ConflictError
from tramita.kit.masking import mask_text

LONGEST_NOTE = 500
CONFIRMED = "confirmed"

Action = TypeVar("Action", bound=StrEnum)
Action_contra = TypeVar("Action_contra", bound=StrEnum, contravariant=True)


class Act(Protocol[Action_contra]):
    """Does one action, or raises a ``ConflictError`` and changes nothing."""

    def __call__(self, action: Action_contra, *, note: str, actor: str) -> Awaitable[None]:
        """As ``actor``, for the reason ``note``."""
        ...


class Confirm(Protocol[Action_contra]):
    """Shows the page that asks once more: what it is about, and what will happen."""

    def __call__(self, action: Action_contra, *, note: str) -> Awaitable[Template]:
        """Before ``action`` is done for the reason ``note``."""
        ...


class Show(Protocol):
    """Shows the page as things stand now."""

    def __call__(self, *, status: int, error: str, note: str) -> Awaitable[Template]:
        """With why nothing was done, and with the note that was typed."""
        ...


@dataclass(frozen=True)
class Form(Generic[Action]):
    """What can be pressed on a page: what it is called, does, shows, and asks before."""

    words: Mapping[Action, ActionWords]
    act: Act[Action]
    show: Show
    confirm: Confirm[Action]


async def act_by_form(request: AnyRequest, page: Form[Action]) -> Response[Any]:
    """Do what the pressed button says; a refusal is told in place.

    What cannot be taken back is asked about once, on a page of its own.
    """
    form = await request.form()
    # The history is read by many; what was typed may name a client.
    note = mask_text(str(form.get("note", "")).replace("\x00", "").strip())
    pressed = str(form.get("action", ""))
    action = next((one for one in page.words if one == pressed), None)
    if action is None:
        return await page.show(status=422, error="Press one of the buttons.", note=note)
    if not note or len(note) > LONGEST_NOTE:
        error = f"Say why, in at most {LONGEST_NOTE} characters; the history keeps it."
        return await page.show(status=422, error=error, note=note)
    if page.words[action].asks and form.get(CONFIRMED) != "yes":
        return await page.confirm(action, note=note)
    try:
        await page.act(action, note=note, actor=request.user.name)
    except ConflictError as refused:
        return await page.show(status=409, error=str(refused), note=note)
    return Redirect(f"{request.url.path}?done={action}", status_code=303)


def act_form(
    allowed: Mapping[Action, str | None],
    words: Mapping[Action, ActionWords],
    *,
    when_none: str,
) -> dict[str, Any]:
    """What the template shows of the form.

    ``allowed`` says of each action why it is not allowed now; ``when_none`` is for a person
    who can do nothing.
    """
    shown = [
        (action, words[action], why_not and to_sentence(why_not))
        for action, why_not in allowed.items()
    ]
    # What is safe comes first, and is the one that stands out.
    shown.sort(key=lambda one: one[1].asks is not None)
    return {
        "actions": shown,
        "can_act": None in allowed.values(),
        "nothing_to_do": when_none,
        "longest_note": LONGEST_NOTE,
        "error": None,
        "notice": None,
        "note": "",
    }


def confirmation(
    request: AnyRequest,
    words: ActionWords,
    *,
    action: str,
    note: str,
    facts: Sequence[tuple[str, str]],
    **placed: str,
) -> Template:
    """The page that asks once: what it is about, what will happen, and why, as was typed.

    ``placed`` are the template's own: ``room`` and ``field``.
    """
    context = {
        "words": words,
        "action": action,
        "note": note,
        "facts": facts,
        "address": request.url.path,
        "confirmed": CONFIRMED,
    }
    return Template("console/confirm.html", context=frame(request) | context | placed)
