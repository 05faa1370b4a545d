import msgspec
import pytest

from tests.providers.gsim.simulator.subscriber import Subscriber
from tramita.providers.gsim.simulator.catalog import Catalog
from tramita.providers.gsim.simulator.compatibility import Question, check
from tramita.simulation.clock import VirtualClock
from tramita.simulation.front.asking import Refused


class TestCheck:
    @pytest.mark.parametrize(
        ("question", "verdict", "reason"),
        [
            ({"modelId": "m-ipxs-br"}, "COMPATIBLE", "MODEL_HAS_ESIM"),
            ({"modelId": "m-ipxs-cn"}, "NOT_COMPATIBLE", "MODEL_WITHOUT_ESIM"),
            ({"modelId": "m-ipx-br"}, "NOT_COMPATIBLE", "MODEL_WITHOUT_ESIM"),
            ({"tac": "35387923"}, "COMPATIBLE", "MODEL_HAS_ESIM"),
            ({"imei": "353879234252633"}, "COMPATIBLE", "MODEL_HAS_ESIM"),
            ({"imei": "3538792342526300"}, "COMPATIBLE", "MODEL_HAS_ESIM"),
            ({"imei": "352099001761481"}, "NOT_COMPATIBLE", "MODEL_WITHOUT_ESIM"),
            ({"imei": "356938035643809"}, "UNKNOWN", "MODEL_NOT_CLASSIFIED"),
            ({"eid": "89049032123451234512345678901235"}, "COMPATIBLE", "EID_PRESENT"),
        ],
    )
    def test_judges_by_whatever_names_the_device(
        self, question: dict[str, str], verdict: str, reason: str
    ) -> None:
        """Model, TAC, IMEI or EID lead to a verdict of a version of the list."""
        said = check(Catalog(VirtualClock()), msgspec.convert(question, Question))

        assert {"verdict": verdict, "reason": reason, "listVersion": "2025-03.1"} == said

    @pytest.mark.parametrize(
        ("question", "status", "code"),
        [
            ({"imei": "353879234252634"}, 422, "BAD_IMEI"),
            ({"tac": "3538792"}, 422, "BAD_IMEI"),
            ({"eid": "89049032123451234512345678901236"}, 422, "BAD_EID"),
            ({"modelId": "m-nothing"}, 404, "UNKNOWN_MODEL"),
            ({"imei": "490154203237518"}, 404, "UNKNOWN_MODEL"),
            ({"tac": "35387923", "modelId": "m-ipxs-br"}, 400, "BAD_REQUEST"),
            ({}, 400, "BAD_REQUEST"),
        ],
    )
    def test_refuses_what_cannot_be(self, question: dict[str, str], status: int, code: str) -> None:
        """Wrong digits, a device in no list, and two questions at once are told apart."""
        with pytest.raises(Refused) as refused:
            check(Catalog(VirtualClock()), msgspec.convert(question, Question))

        assert (status, code) == (refused.value.error.status, refused.value.error.code)


@pytest.mark.asyncio(loop_scope="module")
class TestCompatibility:
    async def test_is_asked_over_http(self, gsim: Subscriber) -> None:
        """A verdict is a 200, a refusal the one shape of errors."""
        verdict = await gsim.check(imei="353879234252633")

        assert (200, "COMPATIBLE") == (verdict.status, verdict.body["verdict"])
        assert (422, "BAD_IMEI") == (await gsim.check(imei="1")).error
        assert (400, "BAD_REQUEST") == (await gsim.check(serial="1")).error

    async def test_names_the_list_that_is_in_force(self, gsim: Subscriber) -> None:
        """A change of the list is a new version, and a new model is known at once."""
        model = (await gsim.act("bump_list"))["model"]

        reply = await gsim.check(tac=model["tacs"][0])

        assert ("COMPATIBLE", "2025-03.2") == (reply.body["verdict"], reply.body["listVersion"])
