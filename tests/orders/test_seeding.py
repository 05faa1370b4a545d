"""Filling the catalogue out of a file: everything that it says, or nothing and why."""

import pytest

from tramita.demo.example import read_example_seed
from tramita.kit.bounds import Bounds
from tramita.kit.database.engine import Database
from tramita.orders.seeding import Planted, SeedRefused, SeedUnreadable, plant_seed, read_seed

COURSE = """
[[courses]]
code = "botany"
title = "Botany"
"""
PRODUCT = """
[[products]]
key = "botany"
type = "credential"
title = "Botany"
price = { amount = "10.00", currency = "EUR" }
"""
OFFERING = """
[[offerings]]
course = "botany"
product = "botany"
organizations = []
"""


async def plant(database: Database, text: str) -> Planted:
    """Plant what ``text`` says, for the house."""
    async with database.within(Bounds()).unit_of_work(actor="test") as work:
        return await plant_seed(work, read_seed(text))


class TestReadSeed:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('[[courses]]\ncode = "botany\n', "at line 2"),
            (
                '[[courses]]\ncode = "botany"\n',
                "missing required field `title` - at `$.courses[0]`",
            ),
            (f"{COURSE}colour_of_it = 1\n", "unknown field `colour_of_it` - at `$.courses[0]`"),
            (f"{COURSE}lasts = -1\n", "at `$.courses[0].lasts`"),
            (f"{PRODUCT}{PRODUCT.replace('10.00', '10')}", "at `$.products[1].price.amount`"),
            ('[[learner]]\nusername = "ana"\n', "unknown field `learner`"),
        ],
    )
    def test_names_the_line_or_the_key(self, text: str, said: str) -> None:
        """Nothing is overlooked, and nothing guessed."""
        with pytest.raises(SeedUnreadable, match="seed file cannot be read") as refused:
            read_seed(text)

        assert said in str(refused.value)


class TestPlantSeed:
    async def test_makes_all_that_the_demos_file_names(self, database: Database) -> None:
        """With members, targets and sellers; days are counted from now."""
        seed = read_seed(read_example_seed())

        made = await plant(database, read_example_seed())

        counted = {
            "organizations": "organizations",
            "organization_members": "members",
            "contract_definitions": "contract_definitions",
            "courses": "courses",
            "course_products": "products",
            "offerings": "offerings",
            "learners": "learners",
        }
        for table, name in counted.items():
            [row] = await database.fetch(f"SELECT count(*) AS n FROM {table}")
            said = (
                sum(len(one.members) for one in seed.organizations)
                if name == "members"
                else len(getattr(seed, name))
            )
            assert said == row["n"] > 0, table
        assert str(made).startswith(
            "2 organizations, 2 contract definitions, 7 courses, 8 products"
        )
        [botany] = await database.fetch(
            "SELECT starts_on - tramita_now()::date AS starts, ends_on - starts_on AS lasts "
            "FROM courses WHERE code = 'botany'"
        )
        assert (-10, 30) == tuple(botany)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (COURSE + COURSE, "courses[1]: There is already a course with code"),
            (PRODUCT + PRODUCT, "products[1].key: There is one called botany above"),
            (COURSE + OFFERING, "offerings[0].product: Nothing in the file is called botany"),
            (
                COURSE + PRODUCT + OFFERING.replace("[]", '["jardin"]'),
                "offerings[0].organizations: Nothing in the file is called jardin",
            ),
            (
                '[[contract_definitions]]\nkey = "a"\ntitle = "A"\nbody = "{{ name }}"\n',
                "contract_definitions[0].body: Nothing is called name",
            ),
            (COURSE + PRODUCT + OFFERING + OFFERING, "offerings[1]: "),
        ],
    )
    async def test_makes_nothing_where_something_is_wrong(
        self, database: Database, text: str, said: str
    ) -> None:
        """The same rules as the administrators' API has, told by their place in the file."""
        with pytest.raises(SeedRefused) as refused:
            await plant(database, text)

        assert said in str(refused.value)
        assert [] == await database.fetch("SELECT FROM courses")

    async def test_makes_nothing_twice(self, database: Database) -> None:
        """What is there already is named, and left as it is."""
        await plant(database, COURSE)

        with pytest.raises(SeedRefused, match=r"courses\[0\]: There is already a course with code"):
            await plant(database, PRODUCT + COURSE)

        assert [] == await database.fetch("SELECT FROM course_products")
