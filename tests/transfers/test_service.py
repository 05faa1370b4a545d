"""Applications are made, filled in and moved by those who may, one after another."""

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from tests.locks import until_waiting
from tests.transfers.house import FIELDS, INVOICE, MASTER, ONEC, OTHER, House
from tests.transfers.pricing import price
from tramita.kit.errors import InvalidError
from tramita.transfers.agents import NewAgent, add_agent, change_agent, find_agent
from tramita.transfers.documents import DocumentKind, add_document, take_document
from tramita.transfers.errors import (
    AgentNotWhitelisted,
    ApplicationExists,
    ChatNotBound,
    InvalidTransition,
    MasterTaken,
    OnecRefused,
    ReadOnly,
    ReasonMissing,
    RoleForbidden,
    TelegramChannelDisabled,
    TelegramIdTaken,
    VersionConflict,
)
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.lifecycle import PaymentTrigger
from tramita.transfers.model import AgentRole, Application
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import (
    edit_application,
    get_application,
    move_application,
    move_payment,
)
from tramita.transfers.tenants import change_tenant
from tramita.transfers.who import Who

pytestmark = pytest.mark.asyncio(loop_scope="module")

AMOUNT = {"money": {"amount": "13000.00"}}


async def edit(
    house: House, application: Application, changes: dict[str, Any], who: Who, version: int | None
) -> Application:
    """Somebody changes the form."""
    async with house.acting(who) as work:
        return await edit_application(work, application.id, changes, version, who)


class TestADraft:
    async def test_of_a_chat_is_its_agents_from_the_beginning(self, house: House) -> None:
        """It is the master tenant's, has no deadline, and its sum is known by itself."""
        terms = {"terms": {"deadline": "2027-01-01", "urgency": "soon"}}

        made = await house.draft(fields={**FIELDS, **terms})

        assert ("telegram", "draft", 1, 1) == (made.kind, made.state, made.version, made.revision)
        assert (MASTER, house.agent, "12500.00 CNY") == (
            made.tenant,
            made.agent_id,
            f"{made.amount} {made.currency}",
        )
        assert (None, "", "soon") == (
            made.deadline,
            made.form.terms.deadline,
            made.form.terms.urgency,
        )

    async def test_of_a_client_is_an_ordinary_one_with_a_deadline(self, house: House) -> None:
        """Another tenant's, of no agent yet."""
        made = await house.ordinary(fields={**FIELDS, "terms": {"deadline": "2027-01-01"}})

        assert ("ordinary", OTHER, None) == (made.kind, made.tenant, made.agent_id)
        assert "2027-01-01" == str(made.deadline)

    async def test_is_one_at_a_time_in_a_chat(self, house: House) -> None:
        """Of two people who press the button together one makes it; when it is over, another may be."""
        chat = await house.chat()

        made = await asyncio.gather(
            *(house.draft(chat_id=chat) for _ in range(2)), return_exceptions=True
        )

        [one] = [found for found in made if isinstance(found, Application)]
        [refused] = [found for found in made if isinstance(found, ApplicationExists)]
        assert one.id == refused.facts["id"]
        await house.move(one.id, T.CANCEL)
        assert one.id != (await house.draft(chat_id=chat)).id

    async def test_is_refused_where_it_cannot_be_worked_on(self, house: House) -> None:
        """Without an agent, by one off the list, or from another tenant's chat."""
        async with house.database.unit_of_work() as work:
            await change_agent(work, house.stranger, is_active=False)
        with pytest.raises(ChatNotBound):
            await house.draft(agent_id=None)
        with pytest.raises(AgentNotWhitelisted):
            await house.draft(agent_id=house.stranger)
        with pytest.raises(TelegramChannelDisabled):
            await house.draft(tenant=OTHER)
        with pytest.raises(RoleForbidden):
            await house.draft(Who(Role.OTHER_AGENT, "telegram:4713", house.stranger, 4713))
        with pytest.raises(InvalidError):
            await house.draft(fields={"payer": {"shoe_size": "43"}})
        async with house.database.unit_of_work() as work:
            await change_agent(work, house.stranger, is_active=True)


class TestAForm:
    async def test_keeps_every_revision_of_it(self, house: House) -> None:
        """Who changed what is kept; what changes nothing is no revision."""
        draft = await house.draft()

        changed = await edit(house, draft, AMOUNT, house.as_client, 1)
        again = await edit(house, draft, AMOUNT, house.as_client, 2)

        assert [(2, 2), (2, 2)] == [(one.version, one.revision) for one in (changed, again)]
        rows = await house.database.fetch(
            "SELECT revision, actor, source, changed FROM application_revisions "
            "WHERE application_id = $1 ORDER BY revision OFFSET 1",
            draft.id,
        )
        assert [(2, "telegram:9001", "client", ["money.amount"])] == [tuple(row) for row in rows]

    async def test_keeps_nothing_that_is_not_asked(self, house: House) -> None:
        """With another country goes the account, where there are IBANs."""
        draft = await house.draft()

        bank = {"country": "DE", "bic": "COBADEFF", "iban": "DE89 3704 0044 0532 0130 00"}
        edited = await edit(house, draft, {"beneficiary_bank": bank}, house.as_agent, None)

        kept = edited.form.beneficiary_bank
        assert ("DE89370400440532013000", "", "") == (kept.iban, kept.account, kept.local_code)

    async def test_is_changed_by_one_at_a_time(self, house: House) -> None:
        """Whoever has an older version is told so, and nothing of theirs is kept."""
        draft = await house.draft()

        done = await asyncio.gather(
            edit(house, draft, AMOUNT, house.as_client, 1),
            edit(house, draft, {"money": {"amount": "1.00"}}, house.as_agent, 1),
            return_exceptions=True,
        )

        [kept] = [one for one in done if isinstance(one, Application)]
        [refused] = [one for one in done if isinstance(one, VersionConflict)]
        assert (1, 2) == (refused.facts["given"], refused.facts["version"])
        async with house.database.reading() as work:
            assert kept.amount == (await get_application(work, draft.id)).amount

    @pytest.mark.parametrize(
        ("until", "allowed"),
        [
            ("submitted", []),
            ("new_in_house", ["submitted"]),
            ("accepted", ["submitted", "new_in_house"]),
        ],
    )
    async def test_is_the_clients_as_long_as_the_tenant_says(
        self, house: House, until: str, allowed: list[str]
    ) -> None:
        """A setting of the tenant; the agent's it is until an offer is accepted."""
        draft = await house.draft(house.as_client)
        async with house.database.unit_of_work() as work:
            await change_tenant(work, MASTER, client_edit_until=until)

        could = []
        for number, trigger in enumerate((T.SUBMIT, T.CHECK)):
            who = house.as_client if trigger is T.SUBMIT else house.as_agent
            moved = await house.move(draft.id, trigger, who)
            try:
                await edit(house, moved, {"money": {"amount": f"{number}.50"}}, who, None)
                await edit(house, moved, AMOUNT, house.as_client, None)
                could.append(moved.state)
            except RoleForbidden:
                pass

        assert allowed == could


class TestAnApplication:
    async def test_is_checked_by_one_of_two_agents(self, house: House) -> None:
        """The second one is told what has become of it."""
        draft = await house.draft()

        done = await asyncio.gather(
            house.move(draft.id, T.CHECK),
            house.move(draft.id, T.CHECK, house.as_lead),
            return_exceptions=True,
        )

        [moved] = [one for one in done if isinstance(one, Application)]
        [refused] = [one for one in done if isinstance(one, InvalidTransition)]
        assert ("new_in_house", 2) == (moved.state, moved.version)
        assert ("new_in_house", "new_in_house") == (refused.from_, refused.to)
        assert ["cancelled", "draft"] == refused.allowed

    async def test_counts_only_when_it_is_whole(self, house: House) -> None:
        """Everything that is missing is named at once."""
        draft = await house.draft(fields={"payer": {"name": "ООО «Ветер»"}})

        with pytest.raises(InvalidError) as refused:
            await house.move(draft.id, T.CHECK)

        paths = {one.path for one in refused.value.errors}
        assert {"payer.inn", "beneficiary.name", "money.amount"} <= paths
        assert "payer.name" not in paths

    async def test_counts_only_when_it_is_right(self, house: House) -> None:
        """A number with a slip in it stands in a draft, and goes no further."""
        wrong = {"payer": {**FIELDS["payer"], "inn": "7707083890"}}
        draft = await house.draft(fields={**FIELDS, **wrong})

        with pytest.raises(InvalidError) as refused:
            await house.move(draft.id, T.CHECK)

        assert [("payer.inn", "inn")] == [(one.path, one.code) for one in refused.value.errors]

    async def test_counts_only_with_the_invoice_where_1c_has_it(self, house: House) -> None:
        """Somebody has brought what is to be paid; what 1C makes of it is another."""
        draft = await house.draft()

        async def check() -> Application:
            async with house.acting(house.as_agent) as work:
                return await move_application(work, draft.id, T.CHECK, house.as_agent)

        async with house.acting(ONEC) as work:
            await take_document(work, draft.id, INVOICE, ONEC)
        async with house.acting(house.as_client) as work:
            other = replace(INVOICE, kind=DocumentKind.CONTRACT)
            await add_document(work, draft.id, other, house.as_client)
        with pytest.raises(InvalidError) as refused:
            await check()
        await house.bring_invoice(draft.id)

        assert [("files.invoice", "invoice")] == [
            (one.path, one.code) for one in refused.value.errors
        ]
        assert "new_in_house" == (await check()).state

    async def test_that_counts_is_corrected_whatever_lies_by_it(self, house: House) -> None:
        """One that was checked when no invoice was asked for is not held up."""
        made = await house.in_house()
        await house.database.fetch(
            "DELETE FROM application_documents WHERE application_id = $1", made.id
        )

        assert 2 == (await edit(house, made, AMOUNT, house.as_agent, None)).revision

    async def test_is_not_checked_by_who_is_off_the_list(self, house: House) -> None:
        """Nor is a draft checked by its client."""
        draft = await house.draft()
        with pytest.raises(RoleForbidden):
            await house.move(draft.id, T.CHECK, house.as_client)
        async with house.database.unit_of_work() as work:
            await change_agent(work, house.agent, is_active=False)
        try:
            with pytest.raises(AgentNotWhitelisted):
                await house.move(draft.id, T.CHECK)
        finally:
            async with house.database.unit_of_work() as work:
                await change_agent(work, house.agent, is_active=True)

    async def test_is_rejected_by_1c_with_a_reason(self, house: House) -> None:
        """The reason is what the agent works with."""
        made = await house.in_house()
        with pytest.raises(ReasonMissing):
            await house.move(made.id, T.REJECT, ONEC)

        moved = await house.move(made.id, T.REJECT, ONEC, reason="ИНН не найден")

        assert ("rejected", "ИНН не найден") == (moved.state, moved.reason)
        assert moved.finished_at is not None
        with pytest.raises(ReadOnly):
            await edit(house, moved, AMOUNT, house.as_agent, None)

    async def test_has_no_money_before_an_offer_is_accepted(self, house: House) -> None:
        """Whoever says that they have sent it is told so."""
        made = await house.in_house()

        with pytest.raises(RoleForbidden):
            async with house.acting(house.as_client) as work:
                await move_payment(work, made.id, PaymentTrigger.SEND, house.as_client)

    async def test_is_not_cancelled_while_1c_has_its_money(self, house: House) -> None:
        """Also behind a problem; when it has gone back it may be."""
        made = await house.in_house()
        await price(house, made)

        async def cancel() -> Application:
            return await house.move(made.id, T.CANCEL, house.as_lead, reason="not wanted")

        for trigger in (PaymentTrigger.RECEIVE, PaymentTrigger.REPORT_PROBLEM):
            async with house.acting(ONEC) as work:
                await move_payment(work, made.id, trigger, ONEC)
            with pytest.raises(OnecRefused):
                await cancel()
        async with house.acting(ONEC) as work:
            await move_payment(work, made.id, PaymentTrigger.RETURN, ONEC)

        assert "cancelled" == (await cancel()).state

    async def test_is_cancelled_over_a_problem_before_there_was_money(self, house: House) -> None:
        """Nobody has anything to give back."""
        made = await house.in_house()
        await price(house, made)
        async with house.acting(ONEC) as work:
            await move_payment(work, made.id, PaymentTrigger.REPORT_PROBLEM, ONEC)

        moved = await house.move(made.id, T.CANCEL, house.as_lead, reason="not wanted")

        assert "cancelled" == moved.state


class TestTenantsAndAgents:
    async def test_have_one_master(self, house: House) -> None:
        """The database would not take a second one, whoever writes it."""
        with pytest.raises(MasterTaken):
            async with house.database.unit_of_work() as work:
                await change_tenant(work, OTHER, is_master=True)
        with pytest.raises(asyncpg.UniqueViolationError):
            await house.database.fetch("UPDATE tenants SET is_master = true WHERE key = $1", OTHER)

    async def test_have_one_master_of_two_who_are_chosen_at_the_same_moment(
        self, house: House
    ) -> None:
        """Whoever comes second is told so, as at any other time."""

        async def choose(key: str, *, is_master: bool = True) -> None:
            async with house.database.unit_of_work() as work:
                await change_tenant(work, key, is_master=is_master)

        await choose(MASTER, is_master=False)
        try:
            async with house.database.unit_of_work() as work:
                await change_tenant(work, MASTER, is_master=True)
                second = asyncio.create_task(choose(OTHER))
                await until_waiting(house.database)
            with pytest.raises(MasterTaken):
                await second
        finally:
            await choose(OTHER, is_master=False)
            await choose(MASTER)

    async def test_have_one_telegram_id_each(self, house: House) -> None:
        """On the list of their tenant, so that it is known who writes there."""
        with pytest.raises(TelegramIdTaken):
            async with house.database.unit_of_work() as work:
                await change_agent(work, house.lead, telegram_id=4711)

    async def test_have_one_telegram_id_each_also_at_the_same_moment(self, house: House) -> None:
        """Two who put the same person on the list: one is told that they are on it."""
        new = NewAgent(MASTER, "Вера Штольц", 4733)

        async def add() -> None:
            async with house.database.unit_of_work() as work:
                await add_agent(work, new)

        async with house.database.unit_of_work() as work:
            await add_agent(work, new)
            second = asyncio.create_task(add())
            await until_waiting(house.database)
        with pytest.raises(TelegramIdTaken):
            await second

    async def test_are_each_tenants_own(self, house: House) -> None:
        """Whoever another tenant writes down as well stays who they are."""
        async with house.database.unit_of_work() as work:
            theirs = await add_agent(work, NewAgent(OTHER, "Somebody", 4711, AgentRole.MANAGER))
            found = [await find_agent(work, tenant, 4711) for tenant in (MASTER, OTHER)]

        assert [house.agent, theirs.id] == [one.id for one in found if one is not None]
