"""What this simulated Lex Persona answers to each request."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import uuid4

import msgspec
from litestar import HttpMethod
from litestar.datastructures import UploadFile
from litestar.types import ControllerRouterHandler

from tramita.providers.lexpersona.simulator import errors
from tramita.providers.lexpersona.simulator.book import Book, check_recipients
from tramita.providers.lexpersona.simulator.browsing import browser_routes
from tramita.providers.lexpersona.simulator.conditions import Conditions
from tramita.providers.lexpersona.simulator.people import ORDERS, PersonOrder
from tramita.providers.lexpersona.simulator.records import Step, Upload, Workflow, made_id
from tramita.providers.lexpersona.simulator.requests import (
    Change,
    Chosen,
    Invited,
    NewWorkflow,
)
from tramita.providers.lexpersona.simulator.voice import LexPersonaVoice
from tramita.simulation.calls import Answer
from tramita.simulation.front.asking import Asking, Do, Refused, Task
from tramita.simulation.front.orders import Order, Shown
from tramita.simulation.front.vendor import Vendor
from tramita.simulation.routes import HTTPRequest
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import forgetting_button, operator_button

_WORKFLOW = "/api/workflows/{key:str}"
_UPLOAD = "upload_document"
_PDF = {"content-type": "application/pdf"}


class LexPersona(Vendor):
    """Everything Lex Persona knows, and the answer to every request."""

    key = "lexpersona"
    title = "Lex Persona"
    table = (
        (HttpMethod.POST, "/api/users/{user:str}/workflows", "create_workflow"),
        (HttpMethod.GET, "/api/workflows", "find_workflows"),
        (HttpMethod.GET, _WORKFLOW, "read_workflow"),
        (HttpMethod.PATCH, _WORKFLOW, "change_workflow"),
        (HttpMethod.DELETE, _WORKFLOW, "delete_workflow"),
        (HttpMethod.POST, f"{_WORKFLOW}/parts", _UPLOAD),
        (HttpMethod.GET, f"{_WORKFLOW}/documents", "list_documents"),
        (HttpMethod.POST, f"{_WORKFLOW}/invite", "invite"),
        (HttpMethod.GET, f"{_WORKFLOW}/downloadDocuments", "download_documents"),
        (HttpMethod.POST, "/api/requests", "make_request"),
        (HttpMethod.GET, "/api/webhookEvents/{key:str}", "find_event"),
    )
    errors = errors.ERRORS
    # What its one client shows, unless the settings name another.
    demo_token = "lexpersona-demonstration"
    buttons = (
        operator_button("Everything as usual", "set", allows_profile=True),
        operator_button("Our profile is not allowed", "set", allows_profile=False),
        operator_button("The latest is signed by whose turn it is", "sign"),
        operator_button("The latest is refused by whose turn it is", "refuse"),
        operator_button("Restart", "restart", memory=True),
        forgetting_button("Restart, forgetting"),
    )
    conditions: Conditions

    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(settings, Conditions())
        self.book = Book(self.world, self.agenda)
        self.world.post_office.subscribe_by_default(settings.webhook_url(self.key))

    def voice(self, asking: Asking) -> LexPersonaVoice:
        """Its own envelope of errors."""
        return LexPersonaVoice(asking, self.errors, self.token, self.book)

    def orders(self) -> Mapping[str, Order[Any]]:
        """What people do on their pages can be ordered, too."""
        people = {name: Order(PersonOrder, partial(act, self.book)) for name, act in ORDERS.items()}
        return {**super().orders(), **people}

    def shown(self) -> Shown:
        """How many workflows stand where, and the conditions."""
        found = [one.status for one in self.book.workflows.values()]
        return {
            "workflows": len(found),
            "started": found.count("started"),
            **self.conditions.shown(),
        }

    def forget(self) -> None:
        """Lose every record."""
        self.book.forget()

    def routes(self) -> list[ControllerRouterHandler]:
        """The API, and the pages that people open."""
        return [*super().routes(), *browser_routes(self.book, self.agenda)]

    async def body_of(self, request: HTTPRequest, operation: str) -> bytes:
        """The uploaded file, or the body."""
        if operation != _UPLOAD:
            return await request.body()
        sent = (await request.form()).get("file1")
        return await sent.read() if isinstance(sent, UploadFile) else b""

    def journalled(self, asking: Asking) -> bytes:
        """A file is only counted."""
        is_file = asking.operation == _UPLOAD
        return b"a file of %d bytes" % len(asking.body) if is_file else asking.body

    def prepare(self, asking: Asking) -> Task:
        """What a request comes to; nothing here knows a request again."""
        match asking.operation:
            case "create_workflow":
                wanted = asking.read(NewWorkflow, errors.INVALID)
                return _task(asking, wanted.description, lambda _: self._create(wanted, asking))
            case "find_workflows":
                text = asking.parameters.get("text", "")
                return _task(asking, text, lambda _: self._find(text))
            case "make_request":
                chosen = asking.read(Chosen, errors.INVALID)
                return _task(asking, "", lambda _: self._request(chosen, asking))
            case "find_event":
                return _task(asking, asking.key, lambda _: self._event(asking.key))
        known = self.book.workflows.get(asking.key)
        return _task(asking, known.description if known else "", self._about(asking))

    def _about(self, asking: Asking) -> Do:
        """What is to be done about one workflow."""
        match asking.operation:
            case "read_workflow":
                return lambda _: Answer(200, self.book.get(asking.key).shown())
            case "change_workflow":
                change = asking.read(Change, errors.INVALID)
                return lambda _: self._change(change, asking)
            case "delete_workflow":
                return lambda _: self._delete(asking)
            case "upload_document":
                return lambda _: self._upload(asking)
            case "list_documents":
                return lambda _: self._documents(self.book.get(asking.key))
            case "invite":
                invited = asking.read(Invited, errors.INVALID)
                return lambda _: self._invite(invited, asking)
            case _:  # download_documents, the last of the operations.
                return lambda _: Answer(200, self.book.get(asking.key).signed_content(), _PDF)

    def _create(self, wanted: NewWorkflow, asking: Asking) -> Answer:
        if not wanted.steps or not wanted.name.strip():
            raise Refused(errors.INVALID)
        for step in wanted.steps:
            check_recipients(step)
        now = self.world.clock.now()
        made = Workflow(
            asking.keys["user"],
            wanted.name,
            wanted.description,
            tuple(wanted.notified_events),
            [Step(one) for one in wanted.steps],
            now,
            now,
        )
        self.book.workflows[made.id] = made
        self.book.record("workflow_created", made, asking.request_id)
        return Answer(200, made.shown())

    def _find(self, text: str) -> Answer:
        found = [
            one.shown()
            for one in self.book.workflows.values()
            if text in one.name or text in one.description
        ]
        return Answer(200, {"items": found, "totalItems": len(found)})

    def _change(self, change: Change, asking: Asking) -> Answer:
        workflow = self.book.get(asking.key)
        if change.steps is not None:
            self.book.replace_steps(workflow, change.steps, asking.request_id)
        if change.workflow_status == "started":
            self.book.start(workflow, asking.request_id)
        elif change.workflow_status == "stopped":
            self.book.stop(workflow, asking.request_id)
        return Answer(200, {**workflow.shown(), "jobOperation": "processWorkflow"})

    def _delete(self, asking: Asking) -> Answer:
        workflow = self.book.get(asking.key)
        self.book.remove(workflow, asking.request_id)
        return Answer(200, workflow.shown())

    def _upload(self, asking: Asking) -> Answer:
        workflow = self.book.get(asking.key)
        if not self.conditions.allows_profile:
            raise Refused(errors.PROFILE_NOT_ALLOWED)
        if workflow.started is not None:
            raise Refused(errors.ALREADY_STARTED)
        if not asking.body.startswith(b"%PDF-"):
            raise Refused(errors.NO_PDF)
        document = Upload(asking.body)
        workflow.documents.append(document)
        self.book.record("document_uploaded", workflow, asking.request_id, document=document.id)
        return Answer(
            200,
            {
                "documents": [workflow.document_shown(document)],
                "ignoredAttachments": 0,
                "parts": [document.part()],
            },
        )

    def _documents(self, workflow: Workflow) -> Answer:
        return Answer(200, {"items": [workflow.document_shown(one) for one in workflow.documents]})

    def _invite(self, invited: Invited, asking: Asking) -> Answer:
        workflow, email = self.book.get(asking.key), invited.recipient_email
        if not self.book.can_sign(workflow, email):
            raise Refused(errors.NO_RECIPIENT)
        token = f"eyJ{uuid4().hex}.{uuid4().hex}.{uuid4().hex}"
        self.book.invitations[token] = email
        return Answer(200, {"inviteUrl": f"{asking.base_url}/invite?token={token}"})

    def _request(self, chosen: Chosen, asking: Asking) -> Answer:
        email = self.book.invitations[asking.headers["authorization"].removeprefix("Bearer ")]
        workflows = [self.book.get(one) for one in chosen.workflows]
        if not workflows or not all(self.book.can_sign(one, email) for one in workflows):
            raise Refused(errors.NO_RECIPIENT)
        token, id_ = uuid4().hex, made_id("req")
        self.book.requests[token] = email, [one.id for one in workflows]
        page = f"{asking.base_url}/consent?requestToken={token}#requestId={id_}"
        steps = [
            {"allowComments": False, "stepId": one.current.id, "workflowId": one.id}
            for one in workflows
            if one.current
        ]
        return Answer(200, {"id": id_, "consentPageUrl": page, "steps": steps})

    def _event(self, event_id: str) -> Answer:
        event = self.book.events.get(event_id)
        if event is None:
            raise Refused(errors.NO_EVENT)
        return Answer(200, msgspec.to_builtins(event))


def _task(asking: Asking, subject: str, do: Do) -> Task:
    return Task({"subject": subject, "workflow": asking.key}, do)
