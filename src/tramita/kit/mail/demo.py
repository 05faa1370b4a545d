"""Where the demo's mail server is: the simulators' mailbox says its port."""

import aiohttp

from tramita.kit.settings import Settings

_PATIENCE = aiohttp.ClientTimeout(total=5)


async def find_mailbox(settings: Settings) -> tuple[str, int] | None:
    """The simulated mail server, if there is one; none in production."""
    if not settings.is_demo:
        return None
    url = f"http://127.0.0.1:{settings.simulators_port}/mailbox/smtp"
    try:
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session, session.get(url) as answer:
            said = await answer.json()
            return ("127.0.0.1", int(said["port"]))
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError):
        return None
