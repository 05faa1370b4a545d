"""What waits for a person, in words."""

from collections.abc import Mapping
from typing import Final

from tramita.console.words import ActionWords
from tramita.kit.languages.words import to_translate
from tramita.kit.operations.actions import OperationAction as A

# What a group of each source is called where its kind does not say it, and where it is settled.
TITLES: Final[Mapping[str, str]] = {
    "messages": to_translate("Messages nobody understood"),
    "endpoints": to_translate("Webhook endpoints that were disabled"),
}
ADDRESSES: Final[Mapping[str, str]] = {
    "jobs": "/console/jobs",
    "messages": "/console/messages?standing=aside",
    "endpoints": "/console/deliveries",
}
JOBS: Final = to_translate("Held by an error of our own")
MANY: Final[Mapping[A, ActionWords]] = {
    A.ASK_AGAIN: ActionWords(
        to_translate("Ask again"),
        to_translate("The provider is asked what became of each of them, at its own pace."),
        "",
        to_translate("Ask again about these?"),
    ),
    A.SEND_AGAIN: ActionWords(
        to_translate("Send again"),
        to_translate(
            "Each act is repeated at the provider where it has said that nothing is there; the others "
            "are left as they are, and say why."
        ),
        "",
        to_translate("Send these again?"),
    ),
    A.MARK_REFUSED: ActionWords(
        to_translate("Mark as refused"),
        to_translate(
            "Each is settled on your word, as if the provider had refused, and what waits for it ends. "
            "This cannot be undone."
        ),
        "",
        to_translate("Mark these as refused?"),
    ),
}
