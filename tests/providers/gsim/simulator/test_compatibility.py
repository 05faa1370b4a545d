import pytest

from tests.providers.gsim.simulator.subscriber import Subscriber


class TestCompatibility:
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
    async def test_is_told_by_whatever_names_the_device(
        self, gsim: Subscriber, question: dict[str, str], verdict: str, reason: str
    ) -> None:
        """Model, TAC, IMEI or EID lead to a verdict of a version of the list."""
        reply = await gsim.check(**question)

        expected = {"verdict": verdict, "reason": reason, "listVersion": "2026-10.1"}
        assert (200, expected) == (reply.status, reply.body)

    @pytest.mark.parametrize(
        ("question", "error"),
        [
            ({"imei": "353879234252634"}, (422, "BAD_IMEI")),
            ({"tac": "3538792"}, (422, "BAD_IMEI")),
            ({"eid": "89049032123451234512345678901236"}, (422, "BAD_EID")),
            ({"modelId": "m-nothing"}, (404, "UNKNOWN_MODEL")),
            ({"imei": "490154203237518"}, (404, "UNKNOWN_MODEL")),
            ({"tac": "35387923", "modelId": "m-ipxs-br"}, (400, "BAD_REQUEST")),
            ({}, (400, "BAD_REQUEST")),
            ({"serial": "1"}, (400, "BAD_REQUEST")),
        ],
    )
    async def test_is_not_told_of_what_cannot_be(
        self, gsim: Subscriber, question: dict[str, str], error: tuple[int, str]
    ) -> None:
        """Wrong digits, a device in no list, and two questions at once are told apart."""
        assert error == (await gsim.check(**question)).error

    async def test_names_the_list_that_was_in_force(self, gsim: Subscriber) -> None:
        """A change of the list is a new version, and a new model is known at once."""
        model = (await gsim.act("bump_list"))["model"]

        reply = await gsim.check(tac=model["tacs"][0])

        assert ("COMPATIBLE", "2026-10.2") == (reply.body["verdict"], reply.body["listVersion"])
