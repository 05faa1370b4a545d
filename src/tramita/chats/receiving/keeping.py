"""Messengers post to this installation, or not at all where they are asked; and how that goes.

Whether it is so is asked again and again: an address may change, a secret may be another, and
somebody may have tried the bot elsewhere. To register is idempotent, so it is done whenever a
messenger could not deliver.
"""

from datetime import timedelta
from typing import Final, TypeAlias

import structlog
from prometheus_client import Gauge

from tramita.chats.ports import ChatUpdates, ChatWebhook, PostedTo, WebhookState
from tramita.chats.receiving.settings import ReceivingSettings
from tramita.kit.attempt import Attempt
from tramita.kit.findings import Difference, Finding, Verdict, Word, judge
from tramita.kit.identifiers import new_id
from tramita.kit.jobs import Schedule
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime

log = structlog.get_logger(__name__)

PENDING: Final = Gauge(
    "tramita_chat_updates_pending", "Updates that wait at a messenger", ["provider"]
)
# An error that is older was got over.
_LATELY: Final = timedelta(minutes=5)

No: TypeAlias = Pending | Refused | NotSent | Unknown


def new_attempt() -> Attempt:
    """At something that changes nothing but how a messenger tells us things."""
    id_ = new_id()
    return Attempt(id_, str(id_))


async def keep_receiving(runtime: Runtime) -> None:
    """Have every connected messenger tell us of updates in the way that we want."""
    for provider in runtime.providers(ChatWebhook):
        outcome = await _look(runtime, provider)
        if not isinstance(outcome, Done):
            _tell("webhook_state_unknown", provider, outcome)
            continue
        PENDING.labels(provider).set(outcome.value.pending)
        await _arrange(runtime, provider, outcome.value)


async def find_unreceived(runtime: Runtime, invariant: str) -> Finding:
    """Whether what waits at messengers gets here.

    One that does not answer, or that posts nowhere yet and has nothing to post, breaks nothing as long
    as no chat of it is known.
    """
    words, unasked = list[Word](), None
    for provider in runtime.providers(ChatWebhook):
        outcome = await _look(runtime, provider)
        if isinstance(outcome, Done):
            words.append(await _judged(runtime, provider, outcome.value))
        elif await _has_chats(runtime, provider):
            words.append(Verdict.NOT_VERIFIED)
            unasked = f"{provider}: {_why(outcome)}"
    return judge(invariant, "what messengers have for us gets here", words, unasked)


async def _has_chats(runtime: Runtime, provider: str) -> bool:
    return bool(
        await runtime.database.fetch("SELECT FROM chats WHERE provider = $1 LIMIT 1", provider)
    )


async def _look(runtime: Runtime, provider: str) -> Outcome[WebhookState]:
    gateway = runtime.gateway(ChatWebhook, provider)
    return await gateway.state(runtime.settings.address, new_attempt())


async def _arrange(runtime: Runtime, provider: str, state: WebhookState) -> None:
    gateway = runtime.gateway(ChatWebhook, provider)
    if is_asked(runtime, provider):
        if state.posted_to is PostedTo.NOWHERE:
            return
        removed = await gateway.remove(new_attempt())
        _tell("webhook_removed", provider, removed)
    elif state.posted_to is not PostedTo.HERE or (state.pending and state.last_error):
        registered = await gateway.register(runtime.settings.address, new_attempt())
        _tell("webhook_registered", provider, registered)


def is_asked(runtime: Runtime, provider: str) -> bool:
    """Whether a messenger is asked for updates here, instead of posting them."""
    polls = runtime.configured(ReceivingSettings).polls
    return polls and provider in runtime.providers(ChatUpdates)


async def _judged(runtime: Runtime, provider: str, state: WebhookState) -> Word:
    most = runtime.configured(ReceivingSettings).most_pending
    wanted = PostedTo.NOWHERE if is_asked(runtime, provider) else PostedTo.HERE
    is_new = state.posted_to is PostedTo.NOWHERE and not state.pending
    if is_new and not await _has_chats(runtime, provider):
        return Verdict.KEPT
    if state.posted_to is not wanted:
        return Difference(provider, f"updates go {state.posted_to.value}, not {wanted.value}")
    if state.pending > most:
        return Difference(provider, f"{state.pending} updates wait there")
    async with runtime.database.unit_of_work() as work:
        now = await work.now()
    if state.pending and state.last_error_at and now - state.last_error_at < _LATELY:
        return Difference(provider, f"it cannot deliver: {state.last_error}")
    return Verdict.KEPT


def _tell(event: str, provider: str, outcome: Outcome[None] | No) -> None:
    if isinstance(outcome, Done):
        log.info(event, provider=provider)
    else:
        log.warning(event, provider=provider, why=_why(outcome))


def _why(no: No) -> str:
    return "it has not said yet" if isinstance(no, Pending) else no.reason


# Often enough that whoever starts both sees them together; one short question each time.
SCHEDULES: Final = [Schedule("chats.keep_receiving", "* * * * * */15", keep_receiving)]
