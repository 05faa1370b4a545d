"""Signature groups as partners open, read, thin out and send them.

The paths of opening and sending are public; the path of a removal and the
fields of the answers are assumed.
"""

from tramita.providers.qitech.simulator.bodies import Body
from tramita.providers.qitech.simulator.envelopes import GROUP_STATUS, UNKNOWN_GROUP
from tramita.providers.qitech.simulator.groups import Group
from tramita.providers.qitech.simulator.office import Office, fields_of, task
from tramita.simulation.calls import Answer
from tramita.simulation.front.asking import Asking, Refused, Task


def group_body(group: Group, *, base_url: str) -> Body:
    """A group as it stands; its link is there once it has been sent."""
    is_sent = group.status != "opened"
    return {
        "document_batch_group_key": group.key,
        "document_batch_group_status": group.status,
        "document_number": group.cpf,
        "operations": [
            {
                "proposal_key": member.key,
                "contract_number": member.contract_number,
                "proposal_status": member.status,
            }
            for member in group.members
        ],
        "signature_url": f"{base_url}/sign/group/{group.key}" if is_sent else None,
    }


def open_group(office: Office, asking: Asking) -> Task:
    """``POST /document/document_batch_group``; what its body says is not looked at."""

    def effect() -> Answer:
        group = office.groups.open()
        _record(office, asking, group, "group_opened")
        return Answer(201, group_body(group, base_url=asking.base_url))

    return task({}, effect)


def read(office: Office, asking: Asking) -> Task:
    """``GET /document/document_batch_group/{key}``."""
    group = _found(office, asking)
    return task(_fields(group), lambda: Answer(200, group_body(group, base_url=asking.base_url)))


def remove(office: Office, asking: Asking) -> Task:
    """``DELETE …/{key}/operation/{proposal_key}``: the proposal gets a link of its own."""
    group = _found(office, asking)
    proposal = office.found(asking.keys["other_key"])
    if proposal not in group.members:
        raise Refused(UNKNOWN_GROUP, "The operation is not in this group.")

    def effect() -> Answer:
        if group.status != "opened" or proposal not in group.members:
            raise Refused(GROUP_STATUS, f"The group is {group.status}.")
        group.members.remove(proposal)
        proposal.group_key = None
        _record(office, asking, group, "group_operation_removed")
        return Answer(200, group_body(group, base_url=asking.base_url))

    return task({**fields_of(proposal), **_fields(group)}, effect)


def send(office: Office, asking: Asking) -> Task:
    """``PUT …/{key}/send_to_signature``: one link for all of it."""
    group = _found(office, asking)

    def effect() -> Answer:
        if group.status != "opened" or not group.members:
            state = "empty" if not group.members else group.status
            raise Refused(GROUP_STATUS, f"The group is {state}.")
        group.status = "on_signature"
        _record(office, asking, group, "group_sent")
        return Answer(200, group_body(group, base_url=asking.base_url))

    return task(_fields(group), effect)


def _found(office: Office, asking: Asking) -> Group:
    group = office.groups.find(asking.key)
    if group is None:
        raise Refused(UNKNOWN_GROUP)
    return group


def _fields(group: Group) -> dict[str, str]:
    return {"group_key": group.key, **({"cpf": group.cpf} if group.cpf else {})}


def _record(office: Office, asking: Asking, group: Group, effect: str) -> None:
    members = [member.contract_number for member in group.members]
    office.world.record(
        effect,
        subject=group.key,
        request_id=asking.request_id,
        data={"group_status": group.status, "contract_numbers": members},
    )
