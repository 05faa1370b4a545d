"""When the provider is asked unless it speaks first: how long each status usually takes.

Webhooks tell most things at once; asking is the second source, for what they lost. Times
are the platform's, so moving its clock makes questions due. The table stands in
``docs/journeys/portability-later-life.md``.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final, assert_never

from tramita.kit.calendar import BRASILIA, day_in_brazil
from tramita.portability.later_life.course import Standing
from tramita.portability.lifecycle import PortabilityStatus
from tramita.portability.ports import ConsentStatus, Stage
from tramita.portability.rules.business_days import add_business_days, next_business_day

DECIDING: Final = timedelta(hours=1)
UNSIGNED: Final = timedelta(days=1)
HELD: Final = timedelta(minutes=15)
AWAITING_BALANCE: Final = timedelta(days=1)
BALANCE_RETURNED: Final = timedelta(minutes=15)
PAYING: Final = timedelta(hours=4)
MARGIN: Final = timedelta(hours=6)
MARGIN_FOR: Final = timedelta(days=10)
# After an act of ours, whose webhook should come at once.
SOON: Final = timedelta(minutes=1)
# Where the provider could not be asked.
UNANSWERED: Final = timedelta(minutes=5)

# Banks have sent what is due on a day by then; consent ends with its day.
_BANKS_CLOSE: Final = time(18, tzinfo=BRASILIA)
_DAY_BEGINS: Final = time(0, 5, tzinfo=BRASILIA)
# A pause is up to this much shorter or longer, so that a busy hour does not come again.
_SPREAD: Final = 0.1


def next_poll(standing: Standing, now: datetime, *, dice: float) -> datetime | None:
    """When to ask next; ``None`` when nothing more is expected. ``dice`` is in [0, 1)."""
    pause = _pause(standing, now)
    if pause is None:
        return None
    regular = now + pause * (1 + _SPREAD * (2 * dice - 1))
    dates = [one + pause * _SPREAD * dice for one in _dates(standing, now) if one > now]
    return min(regular, *dates) if dates else regular


def _pause(standing: Standing, now: datetime) -> timedelta | None:
    match standing.status:
        case PortabilityStatus.DIGITACAO:
            return DECIDING if standing.stage is Stage.DECIDING else None
        case PortabilityStatus.FORMALIZACAO_CLIENTE:
            return UNSIGNED
        case PortabilityStatus.AGUARDANDO_SALDO:
            return HELD if standing.stage is Stage.HELD else AWAITING_BALANCE
        case PortabilityStatus.SALDO_RETORNADO:
            return BALANCE_RETURNED
        case PortabilityStatus.AGUARDANDO_PAGAMENTO:
            return PAYING
        case PortabilityStatus.FINALIZADO:
            return MARGIN if _is_margin_awaited(standing, now) else None
        case PortabilityStatus.REPROVADO | PortabilityStatus.RETIDO | PortabilityStatus.CANCELADO:
            return None
        case _:
            assert_never(standing.status)


def _is_margin_awaited(standing: Standing, now: datetime) -> bool:
    if standing.margin_registered_at is not None or standing.stage_at is None:
        return False
    return now < standing.stage_at + MARGIN_FOR


def _dates(standing: Standing, now: datetime) -> Iterator[datetime]:
    """Days that decide something, at the hour when the provider can know.

    A balance told today must be accepted today, so each of the banks' days is asked about
    once they have closed, and not whenever a day has passed.
    """
    if standing.status is not PortabilityStatus.AGUARDANDO_SALDO:
        return
    today = day_in_brazil(now)
    for day in (next_business_day(today), add_business_days(today, 1)):
        yield datetime.combine(day, _BANKS_CLOSE)
    if standing.consent is ConsentStatus.AWAITING and standing.consent_expires_on is not None:
        yield datetime.combine(_after(standing.consent_expires_on), _DAY_BEGINS)


def _after(day: date) -> date:
    return day + timedelta(days=1)
