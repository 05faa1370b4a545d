"""Use cases on endpoints and deliveries: what people do with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete

from tramita.kit.addresses import is_loopback
from tramita.kit.bounds import within
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, FieldError, InvalidError, NotFoundError
from tramita.kit.identifiers import new_id
from tramita.kit.webhooks.channel import CHANNEL, ENDPOINTS, disable
from tramita.kit.webhooks.emission import Audience, NewEvent, write_events
from tramita.kit.webhooks.lifecycle import EndpointState, EndpointTrigger
from tramita.kit.webhooks.model import WebhookEndpoint
from tramita.kit.webhooks.reach import Reach
from tramita.kit.webhooks.signature import new_secret
from tramita.kit.webhooks.types import TEST

# How long the secrets before the last change still sign, and how many of them before the former one.
_PREVIOUS_SECRET = timedelta(hours=24)
_MOST_OLDER = 3


class EndpointNotFound(NotFoundError):
    """There is no webhook endpoint {id}."""


class DeliveryNotFound(NotFoundError):
    """There is no webhook delivery {id}."""


class EndpointDisabled(ConflictError):
    """The webhook endpoint {id} is disabled: {reason}. Enable it first."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What an endpoint may be: ``event_types`` exist, ``reach`` says where it may be."""

    event_types: frozenset[str]
    reach: Reach


async def create_endpoint(
    work: UnitOfWork, values: Mapping[str, Any], *, rules: Rules
) -> WebhookEndpoint:
    """Add an endpoint with a new secret, for what its maker may see; raises ``InvalidError``."""
    _check(values, rules)
    endpoint = WebhookEndpoint(
        id=new_id(),
        state=EndpointState.ENABLED.value,
        secret=new_secret(),
        all_tenants=work.bounds.is_all_tenants,
        created_at=await work.now(),
        **values,
    )
    work.add(endpoint)
    return endpoint


async def change_endpoint(
    work: UnitOfWork, endpoint_id: UUID, values: Mapping[str, Any], *, rules: Rules
) -> WebhookEndpoint:
    """Change what ``values`` name; ``enabled`` switches it on or off.

    Switching it off cancels what waits for it; those stay cancelled until replayed. Raises
    ``EndpointNotFound`` and ``InvalidError``.
    """
    _check(values, rules)
    endpoint = await _lock_endpoint(work, endpoint_id)
    if values.get("url", endpoint.url) != endpoint.url:
        endpoint.failing_since = None  # the new address has not failed yet
    for name, value in values.items():
        if name != "enabled":
            setattr(endpoint, name, value)
    await work.session.flush()
    if "enabled" in values:
        await _switch(work, endpoint_id, on=values["enabled"])
    await work.session.refresh(endpoint)
    return endpoint


async def enable_endpoint(work: UnitOfWork, endpoint_id: UUID) -> None:
    """Switch an endpoint on; one that is on stays so. Raises ``EndpointNotFound``."""
    await _lock_endpoint(work, endpoint_id)
    await _switch(work, endpoint_id, on=True)


async def _switch(work: UnitOfWork, endpoint_id: UUID, *, on: bool) -> None:
    if not on:
        await disable(work, [endpoint_id], reason=f"switched off by {work.actor}")
        return
    await work.fetch(
        "UPDATE webhook_endpoints SET disabled_at = NULL, disabled_reason = NULL, "
        "failing_since = NULL WHERE id = $1 AND state = 'disabled'",
        endpoint_id,
    )
    await ENDPOINTS.move(work, [endpoint_id], EndpointTrigger.ENABLE)


async def delete_endpoint(work: UnitOfWork, endpoint_id: UUID) -> None:
    """Delete an endpoint with all its deliveries; raises ``EndpointNotFound``."""
    deleted = await work.session.scalar(
        delete(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id)
        .returning(WebhookEndpoint.id)
    )
    if deleted is None:
        raise EndpointNotFound(id=endpoint_id)


async def rotate_secret(work: UnitOfWork, endpoint_id: UUID) -> WebhookEndpoint:
    """Give an endpoint a new secret; the one before signs beside it for a day.

    Changed again within that day, those before sign for another day: which of them its receivers
    have nobody here knows, as the answer with the new one may be lost. Raises ``EndpointNotFound``.
    """
    endpoint = await _lock_endpoint(work, endpoint_id)
    # Real time, which receivers live in, by the clock that it is compared with.
    [row] = await work.fetch("SELECT now() AS now, now() + $1::interval AS until", _PREVIOUS_SECRET)
    until, signing = endpoint.previous_secret_until, []
    if endpoint.previous_secret is not None and until is not None and until > row["now"]:
        signing = [endpoint.previous_secret, *endpoint.older_secrets]
    endpoint.older_secrets = signing[:_MOST_OLDER]
    endpoint.previous_secret = endpoint.secret
    endpoint.previous_secret_until = row["until"]
    endpoint.secret = new_secret()
    return endpoint


async def send_test(work: UnitOfWork, endpoint_id: UUID) -> tuple[str, UUID]:
    """Send ``webhooks.test`` to one endpoint; answers the event and its delivery.

    Raises ``EndpointNotFound`` and ``EndpointDisabled``.
    """
    endpoint = await lock_enabled(work, endpoint_id)
    event = NewEvent(TEST, endpoint_id, {"endpoint_id": endpoint_id})
    audience = Audience(endpoint.tenant, endpoint.carrier, [endpoint_id])
    [written] = await write_events(work, [(event, audience)], at=await work.now())
    return written.id, written.deliveries[endpoint_id]


async def replay(work: UnitOfWork, delivery_id: UUID) -> str:
    """Deliver a settled delivery anew, same id, same body, on a fresh schedule; answers its event.

    Raises ``DeliveryNotFound``, ``EndpointDisabled``, and ``TransitionNotAllowed`` while it
    is waiting or being sent.
    """
    rows = await work.fetch(
        "SELECT d.endpoint_id, d.event_id FROM webhook_deliveries AS d "  # noqa: S608 - a constant
        "JOIN webhook_endpoints AS e ON e.id = d.endpoint_id "
        f"WHERE d.id = $1 AND {within('e', 2)}",
        delivery_id,
        *work.bounds.limits,
    )
    if not rows:
        raise DeliveryNotFound(id=delivery_id)
    await lock_enabled(work, rows[0]["endpoint_id"])
    await CHANNEL.replay(work, delivery_id)
    event_id: str = rows[0]["event_id"]
    return event_id


async def lock_enabled(work: UnitOfWork, endpoint_id: UUID) -> WebhookEndpoint:
    """An endpoint to which something is to be sent; raises ``EndpointNotFound``, ``EndpointDisabled``."""
    endpoint = await _lock_endpoint(work, endpoint_id)
    if endpoint.state != EndpointState.ENABLED:
        raise EndpointDisabled(id=endpoint.id, reason=endpoint.disabled_reason)
    return endpoint


async def _lock_endpoint(work: UnitOfWork, endpoint_id: UUID) -> WebhookEndpoint:
    endpoint = await work.session.get(
        WebhookEndpoint, endpoint_id, with_for_update={"key_share": True}
    )
    if endpoint is None:
        raise EndpointNotFound(id=endpoint_id)
    return endpoint


def _check(values: Mapping[str, Any], rules: Rules) -> None:
    errors = list(find_url_errors(values["url"], rules)) if "url" in values else []
    wanted = values.get("event_types")
    if wanted == []:
        errors.append(FieldError("event_types", "empty", "Name one at least; null means all"))
    for index, name in enumerate(wanted or ()):
        if name not in rules.event_types:
            errors.append(
                FieldError(f"event_types[{index}]", "unknown_event_type", "No such event type")
            )
    if errors:
        raise InvalidError(errors)


def find_url_errors(text: str, rules: Rules) -> Sequence[FieldError]:
    """What keeps events from being sent to this address."""
    try:
        url = urlsplit(text)
        host, port = url.hostname, url.port
    except ValueError as error:
        return [FieldError("url", "invalid_url", f"Not a URL: {error}")]
    if not host or port == 0 or any(not 0 < len(label) < 64 for label in host.split(".")):
        return [FieldError("url", "invalid_url", "A URL with a host is needed")]
    if url.username is not None or url.password is not None or url.fragment:
        return [FieldError("url", "invalid_url", "No credentials and no fragment, please")]
    is_at_home = rules.reach.is_demo and is_loopback(host)
    if url.scheme != "https" and not (url.scheme == "http" and is_at_home):
        allowed = "https, or http on this machine" if rules.reach.is_demo else "https"
        return [FieldError("url", "scheme_not_allowed", f"Events are sent to {allowed} only")]
    if not rules.reach.allows_host(host):
        return [
            FieldError("url", "address_not_allowed", "Events are sent to public addresses only")
        ]
    return []
