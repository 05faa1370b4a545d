"""The form by which a person acts on what a page shows: a note, and a button for each action."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

from litestar.response import Redirect, Response, Template

from tramita.console.frame import frame
from tramita.console.reader import words_for
from tramita.console.words import ActionWords
from tramita.kit.errors import ConflictError
from tramita.kit.http.forms import AnyRequest
from tramita.kit.languages.words import to_translate
from tramita.kit.masking import mask_text
from tramita.kit.notes import LONGEST
from tramita.kit.runtime import Runtime

LONGEST_NOTE = 500
CONFIRMED = "confirmed"
NOTED: Final = to_translate("It is noted down.")
NO_BUTTON: Final = to_translate("Press one of the buttons.")
_NO_NOTE: Final = to_translate("Say why, in at most %(most)d characters; the history keeps it.")

Action = TypeVar("Action", bound=StrEnum)
Action_contra = TypeVar("Action_contra", bound=StrEnum, contravariant=True)


class Act(Protocol[Action_contra]):
    """Does one action to a thing, or raises a ``ConflictError`` and changes nothing."""

    def __call__(
        self, runtime: Runtime, thing: UUID, action: Action_contra, /, *, note: str, actor: str
    ) -> Awaitable[None]:
        """As ``actor``, for the reason ``note``."""
        ...


class Show(Protocol):
    """Shows the page of a thing as it stands now."""

    def __call__(
        self,
        request: AnyRequest,
        runtime: Runtime,
        thing: UUID,
        /,
        *,
        status: int,
        error: str,
        note: str,
    ) -> Awaitable[Template]:
        """With why nothing was done, and with the note that was typed."""
        ...


@dataclass(frozen=True)
class ActionPage(Generic[Action]):
    """A page of one thing on which a person can act.

    What the buttons are called and do, the page itself, and what a person has to know before
    something that cannot be taken back.
    """

    words: Mapping[Action, ActionWords]
    act: Act[Action]
    show: Show
    facts: Callable[[Runtime, UUID], Awaitable[Sequence[tuple[str, str]]]]

    async def act_by_form(
        self, request: AnyRequest, runtime: Runtime, thing: UUID
    ) -> Response[Any]:
        """Do what the pressed button says; a refusal is told in place.

        What cannot be taken back is asked about once, on a page of its own.
        """
        form = await request.form()
        note = note_of(form)
        pressed = str(form.get("action", ""))
        action = next((one for one in self.words if one == pressed), None)
        show = partial(self.show, request, runtime, thing, note=note)
        if action is None:
            return await show(status=422, error=NO_BUTTON)
        if not note or len(note) > LONGEST_NOTE:
            why = words_for(request).gettext(_NO_NOTE, most=LONGEST_NOTE)
            return await show(status=422, error=why)
        if self.words[action].asks and form.get(CONFIRMED) != "yes":
            facts = await self.facts(runtime, thing)
            return confirmation(request, self.words[action], action=action, note=note, facts=facts)
        try:
            await self.act(runtime, thing, action, note=note, actor=request.user.name)
        except ConflictError as refused:
            return await show(status=409, error=refused.sentence)
        return Redirect(f"{request.url.path}?done={action}", status_code=303)


def typed(form: Mapping[str, Any], name: str) -> str:
    """What was typed there, as its field counts it: a form sends two characters for a line's end."""
    return str(form.get(name, "")).replace("\r\n", "\n").strip()


def note_of(form: Mapping[str, Any]) -> str:
    """What was typed as the reason: the history is read by many, and it may name a client."""
    return mask_text(typed(form, "note"))


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
    shown = [(action, words[action], why_not) for action, why_not in allowed.items()]
    # What may be done comes first, and of that what is safe, which is the one that stands out.
    shown.sort(key=lambda one: (one[2] is not None, one[1].asks is not None))
    return {
        "actions": shown,
        "can_act": None in allowed.values(),
        "nothing_to_do": when_none,
        "longest_note": LONGEST_NOTE,
        "longest_text": LONGEST,
        "error": None,
        "notice": None,
        "note": "",
        "not_noted": None,
        "text": "",
    }


def confirmation(
    request: AnyRequest,
    words: ActionWords,
    *,
    action: str,
    note: str,
    facts: Sequence[tuple[str, str]],
    **placed: Any,
) -> Template:
    """The page that asks once: what it is about, what will happen, and why, as was typed.

    ``placed`` are the template's own: ``room``, ``field``, and ``also``, what else is sent.
    """
    context = {
        "asked": words,
        "action": action,
        "note": note,
        "facts": facts,
        "address": request.url.path,
        "confirmed": CONFIRMED,
    }
    return Template("console/confirm.html", context=frame(request) | context | placed)
