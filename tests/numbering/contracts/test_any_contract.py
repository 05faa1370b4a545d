"""Whatever a contract refers to: a mobile line is refused at once, or its job can read it."""

from typing import Any, Final, cast
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tests.bodies import JSON
from tramita.contracts.errors import BackendRefused
from tramita.contracts.lifecycle import ContractState
from tramita.contracts.model import Contract
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.numbering.backend import created, describe

ICCIDS: Final = st.from_regex(r"89[0-9]{17,18}", fullmatch=True)
KNOWN: Final = {
    "msisdn": st.from_regex(r"55[1-9][1-9]9[0-9]{8}", fullmatch=True),
    "preview_id": st.uuids().map(str) | st.uuids().map(lambda one: one.urn),
    "index": st.integers(-1, 3) | st.booleans(),
    "ddd": st.from_regex(r"[1-9]{2}", fullmatch=True),
    "brand_id": st.just("vivo"),
    "sim": ICCIDS,
}
REFERENCES: Final = st.fixed_dictionaries(
    {}, optional={name: values | JSON for name, values in KNOWN.items()}
)


class _Queue:
    """A unit of work, as far as a handler sees it."""

    def enqueue(self, job: str, **_: object) -> None:
        """Take note of nothing."""


class TestAnyContract:
    @given(REFERENCES)
    def test_is_refused_at_once_or_can_be_tended(self, references: dict[str, Any]) -> None:
        """What is noted has the form its job relies on, and is hidden from whoever reads it."""
        sent = dict(references)
        contract = Contract(
            id=new_id(),
            name="A line",
            backend="vivo",
            state=ContractState.CREATED,
            external_references=references,
            backend_record={},
        )

        try:
            created(contract, cast("UnitOfWork", _Queue()))
        except BackendRefused:
            return

        match contract.backend_record["wanted_number"]:
            case None:
                assert {"ddd", "brand_id"} <= contract.backend_record["wanted_terms"].keys()
            case {"msisdn": str(msisdn)}:
                assert msisdn == sent["msisdn"] != contract.external_references["msisdn"]
            case {"preview_id": str(preview), "index": int()}:
                assert preview == sent["preview_id"]
                UUID(preview)
            case other:
                raise AssertionError(other)
        assert contract.backend_record["wanted_sim"] in (None, sent.get("sim"))
        assert "vivo" == describe(contract)["name"]
