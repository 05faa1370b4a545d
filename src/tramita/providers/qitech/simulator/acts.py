"""``/__sim/act`` at QI Tech: what people around it do, and whom that is about."""

from collections.abc import Mapping

from tramita.providers.qitech.simulator import people
from tramita.providers.qitech.simulator.groups import Group
from tramita.providers.qitech.simulator.lifecycle import Impossible
from tramita.providers.qitech.simulator.office import Office
from tramita.providers.qitech.simulator.people import Order
from tramita.providers.qitech.simulator.proposals import Proposal
from tramita.simulation.front.orders import Shown
from tramita.simulation.simulator import (
    ActButton,
    UnknownAct,
    forgetting_button,
    operator_button,
)


def act(office: Office, raw: Mapping[str, object]) -> Shown:
    """Have somebody act; raise ``UnknownAct``, with what would be possible, otherwise."""
    order = people.order_of(raw)
    if (order.actor, order.action) == ("client", "sign_group"):
        return _sign_group(office, order)
    return _do(office, order)


def sign_group(office: Office, group: Group) -> None:
    """The client signs everything in a group that can be signed."""
    for proposal in [member for member in group.members if member.is_signable]:
        office.life.sign(proposal, at=office.world.clock.now())


def decline_group(office: Office, group: Group) -> None:
    """The client refuses everything in a group that could be signed."""
    for proposal in [member for member in group.members if member.is_signable]:
        office.life.decline(proposal, at=office.world.clock.now())


def _do(office: Office, order: Order) -> Shown:
    proposal = _meant(office, order)
    try:
        people.do(office.life, proposal, order, at=office.world.clock.now())
    except Impossible as impossible:
        raise UnknownAct(str(impossible), people.possible(proposal)) from impossible
    return {
        "contract_number": proposal.contract_number,
        "proposal_key": proposal.key,
        "proposal_status": proposal.status,
        "portability_number": proposal.portability_number,
    }


def _meant(office: Office, order: Order) -> Proposal:
    """The proposal of the key, else the latest of the contract number, else the latest."""
    if order.proposal_key is not None:
        found = office.book.find(order.proposal_key)
    else:
        number = order.contract_number
        proposals = office.book.all() if number is None else office.book.of_contract(number)
        found = proposals[-1] if proposals else None
    if found is None:
        raise UnknownAct("there is no such proposal")
    return found


def _sign_group(office: Office, order: Order) -> Shown:
    key = order.group_key
    group = office.groups.latest() if key is None else office.groups.find(key)
    if group is None:
        raise UnknownAct("there is no such group")
    if group.status != "on_signature" or not any(member.is_signable for member in group.members):
        raise UnknownAct(f"a group that is {group.status} has nothing to sign")
    sign_group(office, group)
    return {
        "group_key": group.key,
        "group_status": group.status,
        "proposals": {member.contract_number: member.status for member in group.members},
    }


def _button(label: str, actor: str, action: str) -> ActButton:
    return ActButton(label, {"actor": actor, "action": action})


# Acts without a number are about the latest proposal, so that buttons can offer them.
BUTTONS = (
    *(
        operator_button(f"Duplicates: {mode.removeprefix('dup_')}", "set", duplicates=mode)
        for mode in ("dup_accept", "dup_409", "dup_400", "dup_same")
    ),
    operator_button("Search on", "set", query_by_contract_number=True),
    operator_button("Search off", "set", query_by_contract_number=False),
    operator_button("Life by the clock", "set", life="automatic"),
    operator_button("Life by hand", "set", life="manual"),
    operator_button("Restart", "restart", memory=True),
    forgetting_button("Restart, forgetting"),
    _button("Client signs", "client", "sign"),
    _button("Client refuses", "client", "refuse"),
    _button("Client abandons", "client", "abandon"),
    _button("Client signs group", "client", "sign_group"),
    _button("CTC accepts", "ctc", "accept"),
    _button("CTC refuses", "ctc", "refuse"),
    _button("Bank sends balance", "origin_bank", "send_balance"),
    _button("Bank retains", "origin_bank", "retain"),
    _button("Bank lapses", "origin_bank", "lapse"),
    _button("Pay", "qitech", "settle"),
    _button("Bank confirms", "origin_bank", "confirm_settlement"),
    _button("Consent", "beneficiary", "confirm"),
    _button("Deny consent", "beneficiary", "deny"),
    _button("Register margin", "dataprev", "register"),
    _button("Refuse margin", "dataprev", "refuse"),
    _button("Disburse refinancing", "qitech", "disburse_refinancing"),
)
