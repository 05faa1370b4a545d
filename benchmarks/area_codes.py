"""Point 9: looking up area codes in the cache, while its Redis goes away and comes back."""

import asyncio
import time

from benchmarks.installation import Installation
from benchmarks.report import Section
from tests.redis_server import RedisServer, find_redis
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.numbering.ddd import find_ddd
from tramita.process.runtime import running_runtime

_ASKING = 30
_CODES = ("11", "21", "55", "68", "99", "20")


async def measure_area_codes(installation: Installation, *, seconds: float) -> Section:
    """Ask as fast as one process can: in memory, then with a Redis that is killed half-way."""
    section = Section("9. Is this an area code? Look-ups of one process")
    settings = Settings(data_dir=installation.folder)
    async with running_runtime(settings, installation.address) as runtime:
        count = await _ask(runtime, seconds)
        section.add("cache in memory", f"{count / seconds:,.0f} /s", "≥ 2,000 /s")
    redis = RedisServer(find_redis(), installation.folder / "redis")
    (installation.folder / "redis").mkdir(exist_ok=True)
    redis.start()
    try:
        with_redis = settings.model_copy(update={"cache_url": redis.url})
        async with running_runtime(with_redis, installation.address) as runtime:
            count = await _ask(runtime, seconds)
            section.add("cache in Redis", f"{count / seconds:,.0f} /s", "≥ 2,000 /s")
            asking = asyncio.create_task(_ask(runtime, seconds))
            await asyncio.sleep(seconds / 3)
            redis.kill()
            count = await asking
            section.add("Redis killed meanwhile", f"{count / seconds:,.0f} /s", "no error")
    finally:
        redis.kill()
    section.notes.append(
        f"{_ASKING} askers in one process, six codes, one of which does not exist; an error would "
        "end the run. Over HTTP the token's look-up and the request cost more than this."
    )
    return section


async def _ask(runtime: Runtime, seconds: float) -> int:
    until = time.perf_counter() + seconds
    count = 0

    async def go_on(number: int) -> None:
        nonlocal count
        while time.perf_counter() < until:
            code = _CODES[(number + count) % len(_CODES)]
            found = await find_ddd(runtime, code)
            if (found is None) != (code == "20"):
                raise RuntimeError(f"{code} was answered with {found}")
            count += 1

    await asyncio.gather(*map(go_on, range(_ASKING)))
    return count
