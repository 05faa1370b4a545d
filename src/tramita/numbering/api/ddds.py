"""``/api/v1/numbering/ddds``: the area codes."""

from typing import Annotated, Any

from litestar import Controller, get
from litestar.params import PathParameter
from msgspec import Struct

from tramita.kit.http.dependencies import FromRuntime
from tramita.numbering.ddd import AreaCode, get_ddd, list_ddds

READ: dict[str, Any] = {"scope": "numbering:read"}


class DDDAnswer(Struct):
    """An area code, the state most of it lies in, and that state's region."""

    ddd: str
    state: str
    region: str


class DDDsAnswer(Struct):
    """Every area code there is."""

    items: list[DDDAnswer]


class DDDsController(Controller):
    """The area codes of Brazil."""

    path = "/api/v1/numbering/ddds"
    tags = ["Numbering"]  # noqa: RUF012 - Litestar's own declaration

    @get(opt=READ)
    async def list_all(self, runtime: FromRuntime) -> DDDsAnswer:
        """All 67 area codes."""
        async with runtime.database.unit_of_work() as work:
            return DDDsAnswer([_present(one) for one in await list_ddds(work)])

    @get("/{ddd:str}", opt=READ)
    async def show(
        self,
        ddd: Annotated[str, PathParameter(description="Two digits, such as 11")],
        runtime: FromRuntime,
    ) -> DDDAnswer:
        """One area code; 400 `DDD_MALFORMED` for what is no two digits from 1 to 9."""
        return _present(await get_ddd(runtime, ddd))


def _present(found: AreaCode) -> DDDAnswer:
    return DDDAnswer(found.ddd, found.state, found.region)
