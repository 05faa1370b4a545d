"""What portability serves; what it brings to every process is in ``area``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tramita.console.things import page_of_contract, page_of_whole
from tramita.kit.http.area import AreaRoutes, Door, Place
from tramita.portability import acts
from tramita.portability.api.documents import DocumentsController
from tramita.portability.api.envelopes import EnvelopesController
from tramita.portability.api.formalization import send_link, show_details
from tramita.portability.api.socket import envelope_socket
from tramita.portability.console.contract import show_portability
from tramita.portability.console.words import PARTS
from tramita.portability.journey.insert_proposal import INSERTION
from tramita.portability.model import BACKEND
from tramita.portability.pages import formalization_page, lender_logo, lender_style
from tramita.portability.ports.gateways import Submission

TAGS: Final[Mapping[str, str]] = {
    "Envelopes": """\
What was sold to one client, to be carried to the bank, signed and paid.

Make it, give it the client's identity pictures if the bank wants them, and request its link; from \
then on read it, or let webhooks tell. `stage` of a portability is how far the bank is; its \
message moves it, or a question of ours where none comes. `conflict` names messages that cannot \
both be true, and a person decides.

**Cancelling** ends every contract here at once and at the bank as soon as it confirms: until \
then `cancelling_at_provider` is true. It works at any moment, also while proposals are on their \
way, until one is being paid: then it is 409 and nothing changes. Again is fine. An envelope ends by \
itself after 30 days; what was signed goes on.
""",
    "Formalização": """\
The client's side of an envelope; its token is the key.

**`WS /ws/{token}`** follows one envelope. It accepts every connection and closes with \
4404 when the token is unknown or has ended. Each message is a JSON object:

| message | when |
|---|---|
| `{"type": "CONTRACT_PROGRESS", "done": 3, "total": 20}` | on connecting while a run goes, and on change |
| `{"type": "CONTRACTS_PROCESSED", "message": "all done"}` | once per socket and run, also when it had ended before |
| `{"type": "CONTRACT_CHANGED", "id": "…", "status": "…", "portability_status": "…"}` | later, when something happens to one |
| `{"type": "PING"}` | every 20 seconds |

After four hours it closes with 1012: connect again. What a client sends is ignored.
""",
}

ROUTES: Final = AreaRoutes(
    handlers=[
        EnvelopesController,
        DocumentsController,
        send_link,
        show_details,
        envelope_socket,
        formalization_page,
        lender_style,
        lender_logo,
    ],
    tags=TAGS,
    shows={BACKEND: show_portability},
    parts=PARTS,
    subjects={
        INSERTION.name: page_of_contract,
        **{act.name: page_of_contract for act in (acts.SUBMIT, acts.ACCEPT, acts.RECALCULATE)},
        **{
            act.name: page_of_whole
            for act in (acts.OPEN_GROUP, acts.SEND_GROUP, acts.UPLOAD_PICTURE, acts.CANCEL)
        },
    },
    templates=Path(__file__).parent / "templates",
    static=Path(__file__).parent / "static",
    places=[
        Place(
            f"/console/contracts?journey={BACKEND}",
            "Loans moved to another bank",
            "From the sale to the payment and the margin, as the console shows it.",
        )
    ],
    door=Door(
        heading="Seus contratos",
        text="Recebeu um link para acompanhar seus contratos? Abra-o de novo, completo, como veio "
        "na mensagem.",
        is_open=lambda runtime: bool(runtime.providers(Submission)),
        language="pt-BR",
    ),
)
