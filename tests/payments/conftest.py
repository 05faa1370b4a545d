"""One shop for all tests of a module, which are marked with its loop."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.payments.shop import Shop, running_shop
from tramita.kit.embedded.postgres import EmbeddedPostgres


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_shop(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shop]:
    """A shop for all tests of a module, where no busy machine makes Lyra late."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRAMITA_LYRA_DEADLINE", "10")
        async with running_shop(server, tmp_path_factory.mktemp("shop")) as shop:
            yield shop


@pytest_asyncio.fixture(loop_scope="module")
async def shop(shared_shop: Shop) -> AsyncIterator[Shop]:
    """The shop; when a test is over Lyra is well, nothing is left to do, and no promise is broken."""
    yield shared_shop
    await shared_shop.lyra.mend()
    await shared_shop.lyra.act(debits="as_cards", refusal="51", is_captured=True)
    await shared_shop.world.until_at_rest()
    assert [] == await shared_shop.broken()
