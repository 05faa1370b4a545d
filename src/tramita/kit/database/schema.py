"""Which schema a database has, and whether this release can work with it.

A release changes the schema so that the release before it goes on working: columns and tables
come first, and go a release later. A process that is up therefore stays up when the schema
moves ahead of it; one that starts waits until the schema is its own.
"""

from enum import Enum
from functools import cache
from importlib.resources import files
from pathlib import Path

import asyncpg
from alembic.config import Config
from alembic.script import ScriptDirectory

from tramita.kit.errors import ConfigurationError

# Of its own, so that who starts the process can tell it from all other failures.
_EXIT_CODE = 4


class Fit(Enum):
    """How the schema stands to this release."""

    OWN = "ok"
    EMPTY = "missing"
    BEHIND = "behind"
    AHEAD = "ahead"
    LOST = "lost"


class SchemaDoesNotFit(ConfigurationError):
    """The database at {place} has another schema than this release."""

    exit_code = _EXIT_CODE


class SchemaNotUpToDate(SchemaDoesNotFit):
    """The database at {place} has another schema than this release: run `tramita migrate` first."""


class SchemaNotKnown(SchemaDoesNotFit):
    """The database at {place} has a schema that this release does not know: a newer release has changed it. Run that one, or restore the database from before."""


class SchemaVersionLost(SchemaDoesNotFit):
    """The database at {place} has tables but its schema's version is lost (table alembic_version): restore it from a backup."""


_ERRORS = {
    Fit.EMPTY: SchemaNotUpToDate,
    Fit.BEHIND: SchemaNotUpToDate,
    Fit.AHEAD: SchemaNotKnown,
    Fit.LOST: SchemaVersionLost,
}


def why_not(fit: Fit, place: str) -> SchemaDoesNotFit | None:
    """What is wrong with a database at ``place``; nothing when its schema is ours."""
    kind = _ERRORS.get(fit)
    return kind(place=place) if kind else None


async def read_fit(connection: asyncpg.Connection) -> Fit:
    """How the database's schema stands to this release."""
    [found] = await connection.fetch(
        "SELECT to_regclass('alembic_version') IS NOT NULL AS has_version, "
        "to_regclass('contracts') IS NOT NULL AS has_tables"
    )
    rows = (
        await connection.fetch("SELECT version_num FROM alembic_version")
        if found["has_version"]
        else []
    )
    if not rows:
        return Fit.LOST if found["has_tables"] else Fit.EMPTY
    version, known = rows[0]["version_num"], _known_versions()
    if version == known[0]:
        return Fit.OWN
    return Fit.BEHIND if version in known else Fit.AHEAD


def migrations_directory() -> Path:
    """Where the migrations are: inside the installed package, or beside the sources."""
    packaged = Path(str(files("tramita") / "migrations"))
    return packaged if packaged.is_dir() else Path(__file__).parents[4] / "migrations"


def migrations_config() -> Config:
    """What Alembic has to know of them."""
    config = Config()
    config.set_main_option("script_location", str(migrations_directory()))
    return config


@cache
def _known_versions() -> tuple[str, ...]:
    """Every version of this release, the newest first."""
    scripts = ScriptDirectory.from_config(migrations_config())
    return tuple(one.revision for one in scripts.walk_revisions())
