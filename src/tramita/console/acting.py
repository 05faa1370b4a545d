"""The form by which a person acts on what a page shows: a note, and a button for each action."""

from collections.abc import Awaitable, Mapping
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from litestar.response import Redirect, Response, Template

from tramita.console.access import AnyRequest
from tramita.console.words import ActionWords, to_sentence
from tramita.kit.errors import ConflictError
from tramita.kit.masking import mask_text

LONGEST_NOTE = 500

Action = TypeVar("Action", bound=StrEnum)
Action_contra = TypeVar("Action_contra", bound=StrEnum, contravariant=True)


class Act(Protocol[Action_contra]):
    """Does one action, or raises a ``ConflictError`` and changes nothing."""

    def __call__(self, action: Action_contra, *, note: str, actor: str) -> Awaitable[None]:
        """As ``actor``, for the reason ``note``."""
        ...


class Show(Protocol):
    """Shows the page as things stand now."""

    def __call__(self, *, status: int, error: str, note: str) -> Awaitable[Template]:
        """With why nothing was done, and with the note that was typed."""
        ...


async def act_by_form(
    request: AnyRequest, actions: type[Action], *, act: Act[Action], show: Show
) -> Response[Any]:
    """Do what the pressed button says; a refusal is told in place."""
    form = await request.form()
    # The history is read by many; what was typed may name a client.
    note = mask_text(str(form.get("note", "")).replace("\x00", "").strip())
    pressed = str(form.get("action", ""))
    if pressed not in set(actions):
        return await show(status=422, error="Press one of the buttons.", note=note)
    if not note or len(note) > LONGEST_NOTE:
        error = f"Say why, in at most {LONGEST_NOTE} characters; the history keeps it."
        return await show(status=422, error=error, note=note)
    action = actions(pressed)
    try:
        await act(action, note=note, actor=request.user.name)
    except ConflictError as refused:
        return await show(status=409, error=str(refused), note=note)
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
    return {
        "actions": [
            (action, words[action], why_not and to_sentence(why_not))
            for action, why_not in allowed.items()
        ],
        "can_act": None in allowed.values(),
        "nothing_to_do": when_none,
        "longest_note": LONGEST_NOTE,
        "error": None,
        "notice": None,
        "note": "",
    }
