"""Whether a device takes an eSIM, from everything that may be known of it."""

from datetime import UTC, datetime

import pytest

from tramita.kit.errors import InvalidError
from tramita.numbering.devices.ports import ESIM, OperatorVerdict, Verdict
from tramita.numbering.devices.verdicts import (
    Device,
    Evidence,
    Judgment,
    Listed,
    Reason,
    Source,
    judge,
    read_device,
)

EID = "89049032123451234512345678901235"
IMEI = "353879234252633"
LISTED_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)

YES, NO, UNKNOWN = Verdict.COMPATIBLE, Verdict.NOT_COMPATIBLE, Verdict.UNKNOWN
R = Reason
BY_EID = Device(eid=EID)
BY_TAC = Device(tac="35387923")
BY_MODEL = Device(model_id="m-1")


def listed(*by_tac: ESIM, by_model: ESIM | None = None, never: bool = False) -> Listed:
    """What the last list says."""
    models = frozenset[ESIM]() if by_model is None else frozenset({by_model})
    return Listed(frozenset(by_tac), models, None if never else LISTED_AT, NOW)


class TestJudging:
    @pytest.mark.parametrize(
        ("device", "list_", "operator", "expected"),
        [
            # The chip's own number.
            (BY_EID, listed(), None, (YES, [R.EID_VALID, R.OPERATOR_UNREACHABLE], "EID", "DEVICE")),
            (BY_EID, listed(), UNKNOWN, (YES, [R.EID_VALID, R.OPERATOR_SILENT], "EID", "DEVICE")),
            (BY_EID, listed(), YES, (YES, [R.EID_VALID, R.OPERATOR_SAYS_YES], "EID", "GSIM")),
            (
                BY_EID,
                listed(),
                NO,
                (NO, [R.EID_VALID, R.OPERATOR_SAYS_NO, R.OPERATOR_DISAGREES], "OPERATOR", "GSIM"),
            ),
            # The model, by the list alone.
            (
                BY_TAC,
                listed(ESIM.YES),
                None,
                (YES, [R.LISTED_WITH_ESIM, R.OPERATOR_UNREACHABLE], "TAC", "CATALOG"),
            ),
            (
                BY_MODEL,
                listed(by_model=ESIM.NO),
                None,
                (NO, [R.LISTED_WITHOUT_ESIM, R.OPERATOR_UNREACHABLE], "MODEL", "CATALOG"),
            ),
            (
                BY_TAC,
                listed(ESIM.UNKNOWN),
                None,
                (UNKNOWN, [R.LISTED_AS_UNKNOWN, R.OPERATOR_UNREACHABLE], None, "CATALOG"),
            ),
            # Silence proves nothing.
            (
                BY_TAC,
                listed(),
                UNKNOWN,
                (UNKNOWN, [R.NOT_LISTED, R.OPERATOR_SILENT], None, "GSIM"),
            ),
            (
                BY_MODEL,
                listed(),
                None,
                (UNKNOWN, [R.NOT_LISTED, R.OPERATOR_UNREACHABLE], None, "CATALOG"),
            ),
            (
                BY_TAC,
                listed(never=True),
                None,
                (UNKNOWN, [R.NO_LIST, R.OPERATOR_UNREACHABLE], None, None),
            ),
            # One TAC, two regions.
            (
                BY_TAC,
                listed(ESIM.YES, ESIM.NO),
                None,
                (UNKNOWN, [R.VARIANTS_DIFFER, R.OPERATOR_UNREACHABLE], None, "CATALOG"),
            ),
            # The operator's word just now counts for more than its list.
            (
                BY_TAC,
                listed(ESIM.YES),
                NO,
                (
                    NO,
                    [R.LISTED_WITH_ESIM, R.OPERATOR_SAYS_NO, R.OPERATOR_DISAGREES],
                    "OPERATOR",
                    "GSIM",
                ),
            ),
            (
                BY_TAC,
                listed(),
                YES,
                (YES, [R.NOT_LISTED, R.OPERATOR_SAYS_YES], "OPERATOR", "GSIM"),
            ),
            (
                BY_TAC,
                listed(ESIM.YES),
                YES,
                (YES, [R.LISTED_WITH_ESIM, R.OPERATOR_SAYS_YES], "TAC", "GSIM"),
            ),
            # And its list for more than silence.
            (
                BY_TAC,
                listed(ESIM.NO),
                UNKNOWN,
                (NO, [R.LISTED_WITHOUT_ESIM, R.OPERATOR_SILENT], "TAC", "CATALOG"),
            ),
            # A chip in a model that the operator does not take.
            (
                Device(eid=EID, tac="35387923"),
                listed(ESIM.NO),
                None,
                (
                    NO,
                    [
                        R.EID_VALID,
                        R.LISTED_WITHOUT_ESIM,
                        R.OPERATOR_UNREACHABLE,
                        R.OPERATOR_DISAGREES,
                    ],
                    "OPERATOR",
                    "CATALOG",
                ),
            ),
            # A TAC that nobody listed does not hide the model's id.
            (
                Device(tac="35387923", model_id="m-1"),
                listed(by_model=ESIM.YES),
                None,
                (YES, [R.LISTED_WITH_ESIM, R.OPERATOR_UNREACHABLE], "MODEL", "CATALOG"),
            ),
        ],
    )
    def test_weighs_what_is_known(
        self,
        device: Device,
        list_: Listed,
        operator: Verdict | None,
        expected: tuple[Verdict, list[Reason], str | None, str | None],
    ) -> None:
        """Evidence, then the operator, whose word decides; each source with its own time."""
        verdict, reasons, evidence, source = expected
        said_at = {"GSIM": NOW, "CATALOG": LISTED_AT}.get(source or "")

        judgment = judge(device, list_, OperatorVerdict(operator) if operator else None)

        assert (
            Judgment(
                verdict,
                tuple(reasons),
                Evidence(evidence) if evidence else None,
                Source(source) if source else None,
                said_at,
            )
            == judgment
        )

    @pytest.mark.parametrize("device", [BY_EID, BY_TAC, BY_MODEL])
    @pytest.mark.parametrize("operator", [OperatorVerdict(UNKNOWN), None])
    @pytest.mark.parametrize("never", [True, False])
    def test_calls_nothing_incompatible_because_all_are_silent(
        self, device: Device, operator: OperatorVerdict | None, never: bool
    ) -> None:
        """No list is complete."""
        assert judge(device, listed(never=never), operator).verdict is not NO


class TestReadingADevice:
    def test_keeps_of_an_imei_what_tells_the_model(self) -> None:
        """The rest tells whose it is, and is not needed."""
        assert Device(tac="35387923") == read_device(eid=None, imei=IMEI, tac=None, model_id=None)

    def test_takes_everything_at_once(self) -> None:
        """As long as it fits together."""
        device = read_device(eid=EID, imei=IMEI, tac="35387923", model_id="m-1")

        assert Device(EID, "35387923", "m-1") == device

    def test_tells_everything_that_is_wrong(self) -> None:
        """Not only the first."""
        with pytest.raises(InvalidError) as refused:
            read_device(eid="1", imei="2", tac="3", model_id=None)

        assert ["eid", "imei", "tac"] == [one.path for one in refused.value.errors]

    def test_wants_the_tac_of_the_imei(self) -> None:
        """Otherwise there are two devices, and one verdict would be on neither."""
        with pytest.raises(InvalidError) as refused:
            read_device(eid=None, imei=IMEI, tac="35209900", model_id=None)

        assert [("tac", "other_tac")] == [(one.path, one.code) for one in refused.value.errors]

    def test_wants_one_at_least(self) -> None:
        """Of nothing there is no verdict."""
        with pytest.raises(InvalidError) as refused:
            read_device(eid=None, imei=None, tac=None, model_id=None)

        assert [("body", "missing")] == [(one.path, one.code) for one in refused.value.errors]
