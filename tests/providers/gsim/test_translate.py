"""GSIM's words in ours."""

from tramita.numbering.devices.ports import Brand, CatalogRefusal
from tramita.providers.gsim.translate import (
    translate_brands,
    translate_models,
    translate_refusal,
)
from tramita.providers.gsim.wire import WireBrand, WireModel, WirePage


class TestLists:
    def test_name_what_has_no_name_by_its_id(self) -> None:
        """Public lists of devices have such entries, and a list must not lose them."""
        page = WirePage([WireBrand("b-1", " "), WireBrand("b-2", " Vivo ")], 1, 1, 2, "x")

        assert (Brand("b-1", "b-1"), Brand("b-2", "Vivo")) == translate_brands(page, None).items

    def test_name_a_model_without_a_name_by_its_code(self) -> None:
        """Or by its id when it has neither."""
        items = [WireModel("m-1", "", "A1", "NO"), WireModel("m-2", "", "", "NO")]

        found = translate_models(WirePage(items, 1, 1, 2, "x"), None)

        assert ["A1", "m-2"] == [one.name for one in found.items]

    def test_leave_out_what_is_no_tac(self) -> None:
        """It could match no IMEI; and what is there twice is there once."""
        tacs = ["35387923", "35387923", "3538792", "3538792A", "٣٥٣٨٧٩٢٣"]
        model = WireModel("m-1", "X", "A1", "YES", tacs=tacs)

        (found,) = translate_models(WirePage([model], 1, 1, 1, "x"), None).items

        assert ("35387923",) == found.tacs


class TestRefusals:
    def test_have_a_word_of_ours(self) -> None:
        """Also for what nobody has heard of."""
        assert CatalogRefusal.BAD_IDENTIFIER is translate_refusal("BAD_EID")
        assert CatalogRefusal.OTHER is translate_refusal("SOMETHING_NEW")
