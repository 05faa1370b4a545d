"""What a job and a schedule are."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

import msgspec

C = TypeVar("C")


@dataclass(frozen=True)
class Job(Generic[C]):
    """One durable step, named ``area.verb_noun``; ``run(context, **arguments)``.

    Arguments travel as JSON and come back as the types ``run`` annotates.
    ``concurrency`` bounds the job over all workers together; 0 means no bound.
    """

    name: str
    run: Callable[..., Awaitable[None]]
    concurrency: int = 0

    async def __call__(self, context: C, payload: bytes) -> None:
        """Run the job with the arguments it was enqueued with."""
        arguments = msgspec.json.decode(payload, type=dict[str, object])
        types = inspect.get_annotations(self.run, eval_str=True)
        await self.run(
            context,
            **{name: msgspec.convert(value, types[name]) for name, value in arguments.items()},
        )


@dataclass(frozen=True)
class Schedule(Generic[C]):
    """Work done again and again by one worker at a time.

    ``cron`` has five fields, or six with seconds last: ``* * * * * */2``.
    """

    name: str
    cron: str
    run: Callable[[C], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job waiting to be written with its unit of work; arguments are JSON-able.

    Two waiting jobs with the same ``key`` are one. ``is_sweep``: it is enqueued by whoever
    looks for lost jobs; one like it that is held is not lost, so it is not written beside it.
    """

    name: str
    arguments: dict[str, object]
    delay: timedelta | None = None
    key: str | None = None
    is_sweep: bool = False
