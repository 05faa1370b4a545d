"""What signatures serve; what they bring to every process is in ``area``."""

from typing import Final

from tramita.console.things import page_of_whole
from tramita.kit.http.area import AreaRoutes
from tramita.signatures import acts
from tramita.signatures.api.signatures import receive_notice, show_signature_state

ROUTES: Final = AreaRoutes(
    handlers=[show_signature_state, receive_notice],
    subjects={
        act.name: page_of_whole
        for act in (
            acts.CREATE,
            acts.UPLOAD,
            acts.START,
            acts.REMOVE,
            acts.STOP,
            acts.FETCH,
            acts.UPDATE,
        )
    },
    tags={
        "Signatures": """\
How contracts come to be signed by two parties at a signing service, first by the student and then by the \
organization.

What is known of it is answered at once, with `known_at`, the time at which the service said so. Where that \
is older than some seconds the service is asked in the background; with `wait` the answer comes when \
something has changed, or after so many seconds.
"""
    },
)
