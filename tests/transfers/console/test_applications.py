"""What people of the house see of applications in the console, and what they can do."""

import re
from pathlib import Path

import pytest

from tests.console.standing import add_operation
from tests.console.visitor import Seen, Visitor
from tests.transfers.house import FIELDS, ONEC, House
from tests.transfers.pricing import price
from tests.transfers.rules.test_permissions import cells
from tests.web.conftest import Site
from tramita.chats.attaching import Handed, save_asset
from tramita.chats.channel import lose
from tramita.kit.accounts.model import Role
from tramita.transfers.agents import change_agent
from tramita.transfers.console.acts import (
    ACTS_AS,
    ApplicationAction,
    allowed_on,
    render_acts,
    states_of,
)
from tramita.transfers.lifecycle import ApplicationState
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.notes import add_note, list_notes
from tramita.transfers.ports import StatusTold
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.service import HANDED_OVER, edit_application, get_application
from tramita.transfers.taking import take_status

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "/console/applications"
DOCS = Path(__file__).parents[3] / "docs/reference"


def shown(page: Seen) -> list[str]:
    """The applications on a page, in order."""
    return re.findall(rf'<h2><a href="{PAGE}/([\w-]+)"', page.source)


class TestTheList:
    async def test_shows_what_stands_where_newest_first(self, house: House, ana: Visitor) -> None:
        """By tabs, of one agent, page by page; of a payer no more than initials."""
        draft, checked = await house.draft(), await house.in_house()

        everything = await ana.get(PAGE)
        priced = await ana.get(f"{PAGE}?state=new_in_house")
        of_lead = await ana.get(f"{PAGE}?agent={house.lead}")
        drafts_of_lead = await ana.get(f"{PAGE}?agent={house.lead}&state=draft")

        assert [str(checked.id), str(draft.id)] == shown(everything)[:2]
        assert str(checked.id) in shown(priced)
        assert str(draft.id) not in shown(priced)
        assert not {str(draft.id), str(checked.id)} & set(shown(of_lead))
        assert [] == shown(drafts_of_lead)
        assert "There are none of these." in drafts_of_lead.text
        assert "CN¥12,500.00" in everything.text
        assert FIELDS["payer"]["name"] not in everything.text

    async def test_begins_with_what_needs_a_person(self, house: House, ana: Visitor) -> None:
        """With what is to be done, there and on the application's own page, until 1C has done it."""
        made = await house.in_house()
        await house.move(made.id, T.CANCEL)
        words = "Money has come although the application is over."
        pages = []
        for payment in ("funds_received", "returned"):
            async with house.acting(ONEC) as work:
                said = StatusTold(1, None, payment, "О. С.")
                await take_status(work, made.id, said)
            pages.append([await ana.get(one) for one in (PAGE, f"{PAGE}/{made.id}")])

        assert [[True, True], [False, False]] == [
            [words in one.text for one in both] for both in pages
        ]
        assert f'href="{PAGE}/{made.id}"' in pages[0][0].source.split('class="tabs"')[0]

    @pytest.mark.parametrize(
        ("language", "heading", "since", "tab"),
        [
            ("pt", "Precisa de alguém", "Há ", "Em preenchimento"),
            ("ru", "Ждёт человека", "Уже ", "Заполняются"),
        ],
    )
    async def test_speaks_as_its_reader_does(
        self, house: House, ana: Visitor, language: str, heading: str, since: str, tab: str
    ) -> None:
        """What needs a person and since when, and where applications stand."""
        made = await house.in_house()
        await house.move(made.id, T.CANCEL)
        async with house.acting(ONEC) as work:
            await take_status(work, made.id, StatusTold(1, None, "funds_received", "О. С."))
        ana.session.headers["Accept-Language"] = language

        page = await ana.get(PAGE)
        async with house.acting(ONEC) as work:
            await take_status(work, made.id, StatusTold(1, None, "returned", "О. С."))

        section = page.source.split('aria-labelledby="cases"')[1].split("</section>")[0]
        assert f">{heading}</h2>" in section
        assert f"{since}<time" in section
        assert f">{tab} <" in page.source

    async def test_names_each_by_what_it_has(self, house: House, ana: Visitor) -> None:
        """By its amount and payer; or by one of these; or by whoever is paid; or by when it was made."""
        made = (await house.draft(fields={})).id
        seen = []
        for group, values in (
            ("payer", {}),
            ("beneficiary", {"name": "SHENZHEN TOOLS"}),
            ("payer", {"name": "ООО Станкоимпорт"}),
            ("money", {"amount": "12500.00"}),
            ("money", {"currency": "CNY"}),
        ):
            async with house.acting(house.as_agent) as work:
                await edit_application(work, made, {group: values}, None, house.as_agent)
            pages = [await ana.get(one) for one in (PAGE, f"{PAGE}/{made}")]
            listed = re.search(rf'<h2><a href="{PAGE}/{made}">(.*?)</a>', pages[0].source)
            headed = re.search(r"<h1>(.*?)</h1>", pages[1].source)
            assert listed
            assert headed
            seen.append((listed[1], headed[1]))

        assert re.fullmatch(r"Application of \w+ \d+, \d+, .+", seen[0][0])
        assert seen[0][0] == seen[0][1]
        assert [
            ("S••• T•••", "S••• T•••"),
            ("О••• С•••", "О••• С•••"),
            ("О••• С•••", "О••• С•••"),
            ("CN¥12,500.00 · О••• С•••", "CN¥12,500.00"),
        ] == seen[1:]

    @pytest.mark.parametrize(
        ("language", "amount"), [("pt", "CN¥ 12.500,00"), ("ru", "12 500,00 CN¥")]
    )
    async def test_writes_amounts_as_its_reader_does(
        self, house: House, ana: Visitor, language: str, amount: str
    ) -> None:
        """There, on its page, and where it needs attention: its money, and what is done for it."""
        made = await house.in_house()
        await house.move(made.id, T.CANCEL)
        async with house.acting(ONEC) as work:
            await take_status(work, made.id, StatusTold(1, None, "funds_received", "О. С."))
        operation = await add_operation(
            house.database, kind="transfers.tell_application", subject=made.id
        )
        ana.session.headers["Accept-Language"] = language
        addresses = (PAGE, f"{PAGE}/{made.id}", "/console/attention", "/console/operations")

        pages = [await ana.get(one) for one in addresses]
        await house.database.fetch("DELETE FROM operations WHERE id = $1", operation)
        async with house.acting(ONEC) as work:
            await take_status(work, made.id, StatusTold(1, None, "returned", "О. С."))

        assert [True] * 4 == [amount in one.text for one in pages]
        assert not any("12500.00 CNY" in one.text for one in pages)

    async def test_leads_through_every_application_once(self, house: House, ana: Visitor) -> None:
        """Newest first, page by page."""
        made = [str((await house.ordinary()).id) for _ in range(27)]

        first = await ana.get(f"{PAGE}?state=draft")
        onward = first.source.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        rest = await ana.get(onward)

        assert made[::-1] == (shown(first) + shown(rest))[:27]

    async def test_knows_no_other_states(self, house: House, ana: Visitor) -> None:
        """An address that somebody made up is no page."""
        assert 400 == (await ana.get(f"{PAGE}?state=parked")).status


class TestAFileOfTheChat:
    async def test_is_taken_as_the_invoice_by_a_press(
        self, site: Site, house: House, ana: Visitor, viewer: Visitor
    ) -> None:
        """By whoever may act, of the application's own chat, as long as its form may be changed."""
        made, other = await house.draft(), await house.draft()
        kept = []
        for one, name in ((made, "инвойс 77.pdf"), (other, "чужой.pdf")):
            assert one.chat_id is not None
            handed = Handed(name, b"%PDF-1.7 " + name.encode())
            kept.append(await save_asset(site.runtime, one.chat_id, handed, actor="test"))
        address = f"{PAGE}/{made.id}"
        offered = await ana.get(address)
        csrf = {"csrf_token": offered.csrf_token}

        foreign = await ana.post(f"{address}/files", csrf | {"file": str(kept[1].id)})
        nothing = await ana.post(f"{address}/files", csrf | {"file": "x"})
        theirs = {"csrf_token": (await viewer.get(address)).csrf_token}
        looking = await viewer.post(f"{address}/files", theirs | {"file": str(kept[0].id)})
        taken = await ana.post(f"{address}/files", csrf | {"file": str(kept[0].id)})
        await house.move(made.id, T.CANCEL)
        late = await ana.post(f"{address}/files", csrf | {"file": str(kept[0].id)})

        assert f'value="{kept[0].id}"' in offered.source
        assert str(kept[1].id) not in offered.source
        assert str(kept[0].id) not in (await viewer.get(address)).source
        assert [409, 422, 403, 303, 409] == [
            one.status for one in (foreign, nothing, looking, taken, late)
        ]
        after = await ana.get(address)
        assert "инвойс 77.pdf" in after.text
        assert "The invoice is missing" not in after.text
        assert f'value="{kept[0].id}"' not in after.source


class TestTheListAsCSV:
    async def test_says_what_the_list_shows(self, house: House, ana: Visitor) -> None:
        """Of a state and of an agent, all of it, with no more of a payer than initials; it stands in the audit."""
        mine = [await house.in_house(agent_id=house.lead) for _ in range(2)]
        draft = await house.draft()
        asked = f"{PAGE}/csv?agent={house.lead}&state=new_in_house"

        got = await ana.get(asked)
        page = await ana.get(f"{PAGE}?agent={house.lead}&state=new_in_house")

        assert got.headers["Content-Disposition"] == 'attachment; filename="applications.csv"'
        head, *lines = got.source.removeprefix("\ufeff").splitlines()
        assert head.startswith("Id,Made,Amount,Currency,Payer")
        assert [str(one.id) for one in reversed(mine)] == [one.split(",")[0] for one in lines][:2]
        assert len(lines) == len(shown(page))
        assert str(draft.id) not in got.source
        assert "Станкоимпорт" not in got.source
        assert ",12500.00,CNY," in lines[0]
        assert f'href="{PAGE}/csv?state=new_in_house&amp;agent={house.lead}"' in page.source
        async with house.database.reading() as work:
            noted = await work.fetch(
                "SELECT DISTINCT actor FROM audit WHERE action = 'applications.exported'"
            )
        assert "user:ana@example.com" in {row["actor"] for row in noted}

    async def test_is_read_by_whoever_may_look(self, viewer: Visitor, stranger: Visitor) -> None:
        """And in their language."""
        viewer.session.headers["Accept-Language"] = "ru"

        answers = [await one.get(f"{PAGE}/csv") for one in (viewer, stranger)]

        assert [200, 303] == [one.status for one in answers]
        assert answers[0].source.removeprefix("\ufeff").splitlines()[0].count(";") == 11


class TestANote:
    async def test_is_written_for_others_of_the_house(
        self, house: House, ana: Visitor, viewer: Visitor
    ) -> None:
        """It stands in the story of whoever may act; an empty one is none."""
        made = await house.draft()
        address = f"{PAGE}/{made.id}"
        csrf = {"csrf_token": (await ana.get(address)).csrf_token}
        theirs = {"csrf_token": (await viewer.get(address)).csrf_token}

        kept = await ana.post(
            f"{address}/notes", csrf | {"text": " Перезвонить в банк\r\n" + "п" * 3981}
        )
        empty = await ana.post(f"{address}/notes", csrf | {"text": "  "})
        long = await ana.post(f"{address}/notes", csrf | {"text": "п" * 4001})
        looking = await viewer.post(f"{address}/notes", theirs | {"text": "я тоже"})

        assert [303, 422, 422, 403] == [one.status for one in (kept, empty, long, looking)]
        assert f"{address}?noted=true" == kept.location
        assert "It is noted down." in (await ana.get(kept.location)).text
        assert "A note has 1 to 4000 characters." in empty.text
        # What was typed stays, where it was typed.
        assert re.search(r'"not-noted">[^<]+</p>\s*<textarea [^>]*autofocus>п{4001}<', long.source)
        async with house.database.reading() as work:
            [note] = await list_notes(work, made.id)
        assert "Перезвонить в банк\n" + "п" * 3981 == note.text
        assert "п" * 3981 in (await ana.get(address)).text
        assert "п" * 3981 not in (await viewer.get(address)).text


class TestAnotherAgent:
    async def test_takes_it_over_by_a_press(
        self, house: House, ana: Visitor, viewer: Visitor
    ) -> None:
        """One of the tenant's own who is on its list; it stands in the audit once, as long as the form is open."""
        made, other = await house.draft(), await house.ordinary()
        address = f"{PAGE}/{made.id}"
        before = await ana.get(address)
        csrf = {"csrf_token": before.csrf_token}

        theirs = {"csrf_token": (await viewer.get(address)).csrf_token}
        looking = await viewer.post(f"{address}/agent", theirs | {"agent": str(house.lead)})
        nobody = await ana.post(f"{address}/agent", csrf | {"agent": str(other.id)})
        done = await ana.post(f"{address}/agent", csrf | {"agent": str(house.lead)})
        again = await ana.post(f"{address}/agent", csrf | {"agent": str(house.lead)})
        after = await ana.get(address)
        await house.move(made.id, T.CANCEL)
        late = await ana.post(f"{address}/agent", csrf | {"agent": str(house.agent)})

        answers = (looking, nobody, done, again, late)
        assert [403, 409, 303, 303, 409] == [one.status for one in answers]
        shown = [f'<option value="{one}"' for one in (house.agent, house.lead)]
        assert [False, True] == [one in before.source for one in shown]
        assert [True, False] == [one in after.source for one in shown]
        async with house.database.unit_of_work() as work:
            assert house.lead == (await get_application(work, made.id)).agent_id
            rows = await work.fetch(
                "SELECT details ->> 'agent' AS agent FROM audit WHERE action = $1 AND subject_id = $2",
                HANDED_OVER,
                str(made.id),
            )
        assert [str(house.lead)] == [row["agent"] for row in rows]

    async def test_is_shown_with_whether_they_were_told(self, house: House, ana: Visitor) -> None:
        """On its way first; where our bot may not write to them, a way leads to what did not arrive."""
        made = await house.draft()
        address = f"{PAGE}/{made.id}"
        csrf = {"csrf_token": (await ana.get(address)).csrf_token}
        await ana.post(f"{address}/agent", csrf | {"agent": str(house.lead)})
        before = await ana.get(address)
        async with house.database.unit_of_work(actor="test") as work:
            [row] = await work.fetch("SELECT id FROM chats WHERE telegram_id = 4712")
            await lose(work, [row["id"]])
        after = await ana.get(address)
        chat = await ana.get(f"/console/chats/{row['id']}")
        await house.move(made.id, T.CANCEL)  # Of her no other test knows a draft.

        assert "word is on its way" in before.text
        assert "not told" in after.text
        assert f'href="/console/chats/{row["id"]}"' in after.source
        for said in ("Has not started our bot", "press Start at our bot", "private chat"):
            assert said in chat.text


class TestAnApplication:
    async def test_tells_its_whole_story(self, house: House, ana: Visitor, viewer: Visitor) -> None:
        """What stands in it to those who may act, its offers and notes, and what happened."""
        made = await house.in_house()
        async with house.database.unit_of_work() as work:
            await change_agent(work, house.agent, is_active=False)
        await price(house, made)
        async with house.database.unit_of_work() as work:
            await change_agent(work, house.agent, is_active=True)
        async with house.acting(house.as_agent) as work:
            await add_note(work, made.id, "Позвонить бухгалтеру", house.as_agent)

        page, other = await ana.get(f"{PAGE}/{made.id}"), await viewer.get(f"{PAGE}/{made.id}")

        assert FIELDS["payer"]["name"] in page.text
        assert FIELDS["payer"]["name"] not in other.text
        assert "Not accepted by itself: its agent is not on the list any more." in page.text
        assert "Позвонить бухгалтеру" in page.text
        assert "Позвонить бухгалтеру" not in other.text
        for told in ("New in-house", "RUB 163,034.38 for CN¥12,500.00", "Checked New in-house"):
            assert told in page.text, told

    async def test_is_ended_with_a_reason(self, house: House, ana: Visitor) -> None:
        """What cannot be undone is asked about once; then nothing is left to be done."""
        made = await house.draft()
        await house.move(made.id, T.SUBMIT, house.as_client)
        address = f"{PAGE}/{made.id}"
        token = (await ana.get(address)).csrf_token
        form = {"csrf_token": token, "action": "cancel", "note": "клиент передумал"}

        asked = await ana.post(address, form)
        done = await ana.post(address, form | {"confirmed": "yes"})

        assert "Cancel this application?" in asked.text
        assert (303, f"{address}?done=cancel") == (done.status, done.location)
        page = await ana.get(done.location)
        assert "It is cancelled." in page.text
        assert "Nothing: its life is over." in page.text
        async with house.database.reading() as work:
            found = await get_application(work, made.id)
        assert ("cancelled", "клиент передумал") == (found.state, found.reason)

    async def test_is_given_back_by_who_may_act(
        self, house: House, ana: Visitor, viewer: Visitor
    ) -> None:
        """A viewer looks; where the life cycle allows nothing there is no button."""
        made = await house.move((await house.draft()).id, T.SUBMIT, house.as_client)
        address = f"{PAGE}/{made.id}"
        seen = await viewer.get(address)
        token = (await ana.get(address)).csrf_token
        form = {"csrf_token": token, "action": "return", "note": "не тот счёт"}

        assert 303 == (await ana.post(address, form)).status
        again = await ana.post(address, form)

        assert "Your role shows you this." in seen.text
        assert (409, True) == (again.status, "cannot become" in again.text)


class TestEachRole:
    """What may be done by whom, where an application stands: what is shown is what is printed."""

    async def test_is_offered_what_the_table_says(
        self, house: House, viewer: Visitor, ana: Visitor, admin: Visitor
    ) -> None:
        """In every state, no more and no less."""
        made = await house.in_house()
        await price(house, made)  # It has what later states ask for.
        people = {Role.VIEWER: viewer, Role.OPERATOR: ana, Role.ADMIN: admin}
        shown: dict[tuple[Role, str], set[str]] = {}
        for state in ApplicationState:
            await house.database.fetch(
                "UPDATE applications SET state = $2 WHERE id = $1", made.id, state.value
            )
            for role, visitor in people.items():
                page = await visitor.get(f"{PAGE}/{made.id}")
                shown[role, state] = set(re.findall(r'name="action" value="(\w+)"', page.source))

        assert shown == {
            (role, state): {one.value for one in ApplicationAction if state in states_of(role, one)}
            for role in people
            for state in ApplicationState
        }

    @pytest.mark.parametrize("kind", Kind)
    async def test_may_what_was_designed_for_the_house(self, kind: Kind) -> None:
        """Of all that whoever it acts as may do, what has a button."""
        assert {
            (state, action)
            for role, state, action in cells(kind)
            if role == ACTS_AS and action in set(ApplicationAction)
        } == {
            (state.value, action.value)
            for state in ApplicationState
            for action in allowed_on(state, kind)
        }

    async def test_is_printed(self) -> None:
        """On the page of the console's roles, as the code says it."""
        assert render_acts() in (DOCS / "console-roles.md").read_text(encoding="utf-8")


class TestAgents:
    async def test_are_put_on_the_list_by_admins(
        self, house: House, admin: Visitor, ana: Visitor
    ) -> None:
        """What cannot be so is said in place; an operator looks."""
        page = await admin.get("/console/agents")
        form = {
            "csrf_token": page.csrf_token,
            "name": "Вера Лист",
            "telegram_id": "700990",
            "tenant": "paybridge",
            "role": "manager",
        }

        made = await admin.post("/console/agents", form)
        taken = await admin.post("/console/agents", form)
        wrong = await admin.post("/console/agents", form | {"telegram_id": "@vera"})

        assert [303, 409, 422] == [one.status for one in (made, taken, wrong)]
        assert "has the Telegram id 700990 already" in taken.text
        seen = await ana.get("/console/agents")
        assert "Вера Лист" in seen.text
        assert "Put on the list" not in seen.text

    async def test_are_taken_off_it_and_back(self, house: House, admin: Visitor) -> None:
        """One button each."""
        token = (await admin.get("/console/agents")).csrf_token
        states = []
        for pressed in ("inactive", "active"):
            await admin.post("/console/agents", {"csrf_token": token, pressed: str(house.stranger)})
            rows = await house.database.fetch(
                "SELECT is_active FROM agents WHERE id = $1", house.stranger
            )
            states.append(rows[0]["is_active"])

        assert [False, True] == states
