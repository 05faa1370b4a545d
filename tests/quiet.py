"""When nothing moves any more: neither on its way from a vendor, nor left to do here."""

from collections.abc import Awaitable, Callable, Sequence

from tramita.testing.control import VendorControl


async def is_quiet(
    vendors: Sequence[VendorControl], is_at_rest: Callable[[], Awaitable[bool]]
) -> bool:
    """Whether nothing is on its way from these vendors while nothing is left to do here.

    What a vendor tells gives work here, of which it tells in its turn. So its post is looked at before
    and after: where that is idle, and still the same, nothing has come from one to the other.
    """
    before = [await one.post() for one in vendors]
    if any(post["is_busy"] for post in before) or not await is_at_rest():
        return False
    return before == [await one.post() for one in vendors]
