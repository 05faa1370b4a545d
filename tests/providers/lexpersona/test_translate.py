"""Lex Persona's words in ours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tramita.kit.outside import NotUnderstood
from tramita.providers.lexpersona.client import is_identifier
from tramita.providers.lexpersona.translate import (
    read_page,
    read_state,
    read_token,
    to_workflow,
)
from tramita.providers.lexpersona.webhook import read_notice
from tramita.providers.lexpersona.wire import WireRequest, WireWorkflow
from tramita.signatures.ports import NewProcedure, Party, SignatureState
from tramita.testing.signatures import OTHER, OWNER, STUDENT

DAY = 24 * 3600 * 1000
BEGUN = 1_700_000_000_000


def step(*, signed: bool = False, started: bool = True) -> dict[str, Any]:
    """A step as it is shown, valid for ten days."""
    logs: list[dict[str, Any]] = [{"operation": "start", "created": BEGUN}] if started else []
    if signed:
        logs.append({"operation": "sign", "created": BEGUN + DAY, "recipientEmail": "a@b.example"})
    return {
        "isStarted": started,
        "isFinished": signed,
        "validityPeriod": 10 * DAY,
        "logs": logs,
    }


def read(status: str, steps: list[dict[str, Any]], **more: Any) -> SignatureState | NotUnderstood:
    """What a workflow comes to."""
    said = {"id": "wfl_1", "workflowStatus": status, "steps": steps, "updated": BEGUN + DAY}
    return read_state(msgspec.convert({**said, "started": BEGUN, **more}, WireWorkflow))


class TestReadState:
    @pytest.mark.parametrize(
        ("signed", "status"),
        [((False, False), "running"), ((True, False), "running"), ((True, True), "finished")],
    )
    def test_says_who_signed_by_the_step(self, signed: tuple[bool, bool], status: str) -> None:
        """The first is the student's, the second the organization's."""
        word = "finished" if status == "finished" else "started"

        said = read(word, [step(signed=one) for one in signed])

        assert isinstance(said, SignatureState)
        assert {"student": signed[0], "organization": signed[1]} == said.signed()
        assert status == said.status
        if said.student is not None:
            assert datetime.fromtimestamp((BEGUN + DAY) / 1000, UTC) == said.student.at

    def test_tells_what_stopped_it(self) -> None:
        """Never begun, refused by whose turn it was, or let expire."""
        draft = read("stopped", [step(started=False)] * 2, started=None)
        by_student = read("stopped", [step(), step(started=False)])
        by_owner = read("stopped", [step(signed=True), step()])
        over = read("stopped", [step(), step(started=False)], updated=BEGUN + 10 * DAY)

        found = [
            one for one in (draft, by_student, by_owner, over) if isinstance(one, SignatureState)
        ]
        assert ["draft", "refused", "refused", "expired"] == [one.status for one in found]
        assert [None, Party.STUDENT, Party.ORGANIZATION, None] == [one.refused_by for one in found]

    @pytest.mark.parametrize("steps", [0, 1, 3])
    def test_takes_no_other_workflow_for_ours(self, steps: int) -> None:
        """With one step both would have signed at once."""
        assert isinstance(read("started", [step(signed=True)] * steps), NotUnderstood)

    def test_believes_no_end_without_signatures(self) -> None:
        """Finished, and somebody has not signed."""
        assert isinstance(read("finished", [step(signed=True), step()]), NotUnderstood)


class TestToWorkflow:
    def test_has_a_step_for_each_party_in_their_order(self) -> None:
        """Whatever order they are named in; every owner may sign the second."""
        new = NewProcedure("key-1", "A title", (OWNER, STUDENT, OTHER), timedelta(days=1))

        made: Any = to_workflow(new, country="FR", page="cop_1")

        assert [[STUDENT.email], [OWNER.email, OTHER.email]] == [
            [one["email"] for one in each["recipients"]] for each in made["steps"]
        ]
        assert [DAY, DAY] == [one["validityPeriod"] for one in made["steps"]]
        assert ("A title", "key-1") == (made["name"], made["description"])


class TestIdentifiers:
    @pytest.mark.parametrize(
        "text", ["", "../workflows/x", "a/b", "a?b", "a#b", "a b", "a%2e", "é", "a\n", "x" * 201]
    )
    def test_are_tokens_and_never_paths(self, text: str) -> None:
        """Nothing that somebody posts leads our token elsewhere."""
        assert not is_identifier(text)
        assert isinstance(read_notice(msgspec.json.encode({"id": text})), NotUnderstood)

    def test_are_what_it_calls_things_by(self) -> None:
        """Letters, digits, an underscore, a hyphen."""
        assert "wbe_4-F" == read_notice(b'{"id": "wbe_4-F", "eventType": "recipientFinished"}')

    @pytest.mark.parametrize(
        ("url", "token"),
        [
            ("https://sign.example/invite?token=eyJ.a-b.c_d", "eyJ.a-b.c_d"),
            ("https://sign.example/invite?other=1", None),
            ("", None),
        ],
    )
    def test_of_an_invitation_are_in_its_address(self, url: str, token: str | None) -> None:
        """Without one there is no link, and nothing is raised."""
        assert token == read_token(url)


class TestThePageToSign:
    @pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "/consent", ""])
    def test_is_an_address(self, url: str) -> None:
        """What a browser would run, or look for on our own site, is none."""
        assert isinstance(read_page(WireRequest(url)), NotUnderstood)
        assert "https://x.example/c#1" == read_page(WireRequest("https://x.example/c#1"))
