"""Which clerk of QI Tech sees to which operation."""

from collections.abc import Callable, Mapping

from tramita.providers.qitech.simulator import (
    formalizing,
    grouping,
    inquiring,
    proposing,
    servicing,
    webhooks_api,
)
from tramita.providers.qitech.simulator.office import Office, task
from tramita.providers.qitech.simulator.participants import PARTICIPANTS
from tramita.simulation.calls import Answer
from tramita.simulation.front.asking import Asking, Task


def _list_participants(_: Office, __: Asking) -> Task:
    return task({}, lambda: Answer(200, PARTICIPANTS))


def _echo(_: Office, asking: Asking) -> Task:
    echo = {"success": True, "received": asking.body.decode("utf-8", "replace")}
    return task({}, lambda: Answer(200, echo))


Clerk = Callable[[Office, Asking], Task]

_CLERKS: Mapping[str, Clerk] = {
    "create_proposal": proposing.create,
    "simulate_proposal": proposing.simulate,
    "update_proposal": proposing.update,
    "read_proposal": proposing.read,
    "find_proposals": proposing.search,
    "list_participants": _list_participants,
    "test": _echo,
    "upload_document": formalizing.upload,
    "attach_document": formalizing.attach,
    "read_document_url": formalizing.read_url,
    "sign": formalizing.sign,
    "open_group": grouping.open_group,
    "read_group": grouping.read,
    "remove_from_group": grouping.remove,
    "send_group": grouping.send,
    "recalculate": servicing.recalculate,
    "correct_refinancing": servicing.correct_refinancing,
    "read_collateral": servicing.read_collateral,
    "balance_request": inquiring.ask_balance,
    "mock_ctc": inquiring.mock_ctc,
    "list_events": webhooks_api.list_events,
    "resend_event": webhooks_api.resend_event,
}


def prepare(office: Office, asking: Asking) -> Task:
    """Turn a request into a task; raise ``Refused`` when it makes no sense."""
    return _CLERKS[asking.operation](office, asking)
