"""Asking whether a device takes an eSIM: the list, then the operator itself, then a verdict."""

import asyncio

import structlog

from tramita.kit.attempt import Attempt
from tramita.kit.identifiers import new_id
from tramita.kit.outcome import Done, Refused
from tramita.kit.runtime import Runtime
from tramita.numbering.devices.ports import DeviceCatalog, OperatorVerdict, Verdict
from tramita.numbering.devices.provider import PROVIDER
from tramita.numbering.devices.queries import find_listed
from tramita.numbering.devices.settings import DeviceSettings
from tramita.numbering.devices.verdicts import Device, Judgment, Reason, judge

log = structlog.get_logger(__name__)


async def check_esim(runtime: Runtime, device: Device) -> Judgment:
    """The verdict on a device; never fails because the operator does."""
    async with runtime.database.unit_of_work() as work:
        listed = await find_listed(work, tac=device.tac, model_id=device.model_id)
    operator = await _ask_operator(runtime, device)
    judgment = judge(device, listed, operator)
    if Reason.OPERATOR_DISAGREES in judgment.reasons:
        log.warning(
            "esim_verdicts_disagree",
            verdict=judgment.verdict.value,
            reasons=[one.value for one in judgment.reasons],
            source=judgment.source and judgment.source.value,
            said=operator and operator.reason,
            list_version=operator and operator.list_version,
            model_id=device.model_id,
            tac=device.tac,
        )
    return judgment


async def _ask_operator(runtime: Runtime, device: Device) -> OperatorVerdict | None:
    """The operator's own word, silent or not; ``None`` when it could not be asked in time."""
    if PROVIDER not in runtime.exchanges:
        return None
    seconds = runtime.configured(DeviceSettings).esim_wait
    try:
        async with asyncio.timeout(seconds):
            return await _ask(runtime.gateway(DeviceCatalog, PROVIDER), device)
    except TimeoutError:
        log.info("esim_not_asked", why=f"no answer within {seconds:g} s")
        return None


async def _ask(catalog: DeviceCatalog, device: Device) -> OperatorVerdict | None:
    """One question after the other until one is answered with yes or no."""
    word = OperatorVerdict(Verdict.UNKNOWN)
    for question in device.questions():
        id_ = new_id()
        outcome = await catalog.check_esim(question, Attempt(id_, str(id_)))
        if isinstance(outcome, Refused):
            # It does not know the model, or reads a number otherwise: it says nothing of eSIM.
            log.info("esim_not_answered", by=question.by.value, why=outcome.reason)
            continue
        if not isinstance(outcome, Done):
            log.info("esim_not_asked", why=getattr(outcome, "reason", "promised for later"))
            return None
        word = outcome.value
        if word.verdict is not Verdict.UNKNOWN:
            break
    return word
