"""The life of workflows: started, signed step by step, refused, let expire, stopped, removed."""

from datetime import datetime, timedelta
from functools import partial

import msgspec

from tramita.providers.lexpersona.simulator import errors
from tramita.providers.lexpersona.simulator.records import (
    HOOK,
    TENANT,
    Step,
    Workflow,
    in_ms,
    made_id,
)
from tramita.providers.lexpersona.simulator.requests import NewStep
from tramita.simulation.agenda import Agenda
from tramita.simulation.dispatch import Notice
from tramita.simulation.front.asking import Refused
from tramita.simulation.world import World

_EXPIRY = "expiry"


class Book:
    """Every workflow and event there is, and the tokens by which people come to sign."""

    def __init__(self, world: World, agenda: Agenda) -> None:
        self.world, self.agenda = world, agenda
        self.workflows: dict[str, Workflow] = {}
        self.events: dict[str, dict[str, object]] = {}
        # What somebody was invited to, by the token of the invitation and of the page.
        self.invitations: dict[str, str] = {}
        self.requests: dict[str, tuple[str, list[str]]] = {}

    def forget(self) -> None:
        """Lose all of it."""
        for kept in (self.workflows, self.events, self.invitations, self.requests):
            kept.clear()

    def get(self, workflow_id: str) -> Workflow:
        """The workflow; raise ``Refused``."""
        found = self.workflows.get(workflow_id)
        if found is None:
            raise Refused(errors.NO_WORKFLOW)
        return found

    def signable(self, token: str) -> tuple[str, list[Workflow]]:
        """Whose page this is, and the workflows on it; raise ``Refused``."""
        if token not in self.requests:
            raise Refused(errors.UNAUTHORIZED)
        email, ids = self.requests[token]
        return email, [self.workflows[one] for one in ids if one in self.workflows]

    def can_sign(self, workflow: Workflow, email: str) -> bool:
        """Whether it is this person's turn."""
        return workflow.current is not None and workflow.current.find(email) is not None

    def start(self, workflow: Workflow, request_id: str) -> None:
        """Let it be signed."""
        if workflow.status == "started":
            return
        if workflow.started is not None:
            raise Refused(errors.ALREADY_STARTED)
        if not workflow.documents:
            raise Refused(errors.NO_DOCUMENT)
        now = self._touch(workflow)
        workflow.status, workflow.started = "started", now
        self.record("workflow_started", workflow, request_id)
        self._begin(workflow, workflow.steps[0], now)

    def stop(self, workflow: Workflow, request_id: str) -> None:
        """Let nobody sign it any more; what has ended, or was not started, stays as it is."""
        if workflow.status == "started":
            self._end(workflow, "stopped")
            self.record("workflow_stopped", workflow, request_id)

    def remove(self, workflow: Workflow, request_id: str) -> None:
        """Forget it."""
        self._end(workflow, "deleted")
        del self.workflows[workflow.id]
        self.record("workflow_removed", workflow, request_id)

    def replace_steps(self, workflow: Workflow, wanted: list[NewStep], request_id: str) -> None:
        """Have others sign what is not finished."""
        waiting = [one for one in workflow.steps if not one.is_finished]
        if len(wanted) != len(waiting):
            raise Refused(errors.INVALID, "There is one step for each that is not finished.")
        for step, other in zip(waiting, wanted, strict=True):
            check_recipients(other)
            validity = other.validity_period or step.wanted.validity_period
            step.wanted = msgspec.structs.replace(other, validity_period=validity)
        self._touch(workflow)
        self.record("recipients_changed", workflow, request_id)

    def sign(self, workflow: Workflow, email: str) -> None:
        """Somebody signs; raise ``Refused`` when it is not their turn."""
        step = self._turn_of(workflow, email)
        now = self._touch(workflow)
        step.note(now, "sign", recipientEmail=email, evidenceId=made_id("evi"))
        step.is_finished = True
        self.agenda.drop(workflow.id, _EXPIRY)
        self.record("step_signed", workflow, "people", email=email, step=step.id)
        self._tell(workflow, "recipientFinished", step)
        following = workflow.current
        if following is not None:
            self._begin(workflow, following, now)
            return
        workflow.status = "finished"
        self._tell(workflow, "workflowFinished", step)

    def refuse(self, workflow: Workflow, email: str) -> None:
        """Somebody says no, and the workflow stops; raise ``Refused``."""
        step = self._turn_of(workflow, email)
        step.note(self.world.clock.now(), "refuse", recipientEmail=email)
        self._end(workflow, "refused")
        self.record("workflow_refused", workflow, "people", email=email, step=step.id)
        self._tell(workflow, "recipientRefused", step)

    def record(self, effect: str, workflow: Workflow, request_id: str, **data: object) -> None:
        """Write an effect into the ledger, under the client's own word for the workflow."""
        self.world.record(
            effect,
            subject=workflow.description,
            request_id=request_id,
            data={"workflow": workflow.id, **data},
        )

    def _turn_of(self, workflow: Workflow, email: str) -> Step:
        step = workflow.current
        if step is None or step.find(email) is None:
            raise Refused(errors.NO_RECIPIENT)
        return step

    def _begin(self, workflow: Workflow, step: Step, now: datetime) -> None:
        step.is_started = True
        step.note(now, "start")
        ends_at = now + timedelta(milliseconds=step.validity)
        self.agenda.plan((workflow.id, _EXPIRY), ends_at, partial(self._expire, workflow))

    def _expire(self, workflow: Workflow, at: datetime) -> None:
        if workflow.current is not None:
            self._end(workflow, "expired", at=at)
            self.record("workflow_expired", workflow, "time")

    def _end(self, workflow: Workflow, how: str, *, at: datetime | None = None) -> None:
        self.agenda.drop(workflow.id, _EXPIRY)
        self._touch(workflow, at)
        workflow.status, workflow.ended_as = "stopped", how

    def _touch(self, workflow: Workflow, at: datetime | None = None) -> datetime:
        workflow.updated = at or self.world.clock.now()
        return workflow.updated

    def _tell(self, workflow: Workflow, event_type: str, step: Step) -> None:
        if event_type not in workflow.notified:
            return
        event = self._event(workflow, event_type, step)
        self.events[str(event["id"])] = event
        self.world.post_office.post(
            Notice(
                type=event_type,
                subject=workflow.description,
                fields={"type": event_type, "subject": workflow.description},
                body=msgspec.json.encode(event),
                # Of an event that was never there.
                tell_unknown=lambda: msgspec.json.encode(self._event(workflow, event_type, step)),
            )
        )

    def _event(self, workflow: Workflow, event_type: str, step: Step) -> dict[str, object]:
        now = in_ms(self.world.clock.now())
        return {
            "id": made_id("wbe"),
            "tenantId": TENANT,
            "userId": workflow.user,
            "webhookId": HOOK,
            "workflowId": workflow.id,
            "stepId": step.id,
            "eventType": event_type,
            "created": now,
            "updated": now,
        }


def check_recipients(step: NewStep) -> None:
    """Raise ``Refused`` for one whom nobody could reach."""
    if not step.recipients:
        raise Refused(errors.RECIPIENT_INFO_MISSING)
    for one in step.recipients:
        if not (one.email.strip() and one.first_name.strip() and one.last_name.strip()):
            raise Refused(errors.RECIPIENT_INFO_MISSING)
