"""What the tables of orders hold of people: learners, who are customers, and who signs for organizations."""

from typing import Final

from tramita.kit.jwt_users import USERNAME
from tramita.kit.people.inventory import ERASED, OF_NO_CLIENT, Finder, Hash, People, Table, Values

_OFFERED: Final = "what is offered, by whomever"
_STAFF: Final = "somebody who acts for an organization, and no client"


def _hash_of(table: str, username: str) -> Hash:
    return Hash(table, "username", username, kind=USERNAME)


_TABLES: Final = (
    Table(
        name="orders",
        plain="id owner_id offering_id product_id course_id organization_id enrollment_id "
        "contract_definition_id contract_definition_version state total currency is_one_sitting "
        "starts_on ends_on has_waived_withdrawal_right created_at tenant carrier",
    ),
    Table(
        name="learners",
        rows="id = ANY(:customers)",
        is_last=True,
        erased={"username": f"'{ERASED}'", "username_hash": "NULL"},
        encrypted="username",
        hashes={"username_hash": _hash_of("learners", f"nullif(username, '{ERASED}')")},
        plain="id tenant",
    ),
    Table(name="learner_sessions", plain="id_hash learner_id created_at seen_at"),
    Table(
        name="enrollments",
        plain="id order_id course_id learner_id state opened_at closed_at",
    ),
    Table(name="order_target_courses", plain="order_id course_id position"),
    Table(
        name="organization_members",
        kept=dict.fromkeys(("username", "username_hash", "full_name", "email", "language"), _STAFF),
        encrypted="username full_name email",
        hashes={"username_hash": _hash_of("organization_members", "username")},
        in_clear={"language": "what millions have alike"},
        plain="id organization_id role created_at",
    ),
    Table(
        name="organizations",
        kept={"title": _OFFERED},
        in_clear={"title": OF_NO_CLIENT},
        plain="id code country created_at tenant carrier",
    ),
    Table(
        name="courses",
        kept={"title": _OFFERED},
        in_clear={"title": OF_NO_CLIENT},
        plain="id code starts_on ends_on created_at tenant carrier",
    ),
    Table(
        name="course_products",
        kept={"title": _OFFERED},
        in_clear={"title": OF_NO_CLIENT},
        plain="id type price currency vat_rate contract_definition_id is_one_sitting created_at tenant "
        "carrier",
    ),
    Table(name="product_target_courses", plain="product_id course_id position"),
    Table(name="offerings", plain="id course_id product_id is_open created_at tenant carrier"),
    Table(name="offering_organizations", plain="offering_id organization_id"),
    Table(
        name="contract_definitions",
        kept={"title": _OFFERED, "description": _OFFERED},
        in_clear=dict.fromkeys(("title", "description"), OF_NO_CLIENT),
        plain="id language version created_at tenant carrier",
    ),
    Table(
        name="contract_definition_versions",
        kept={"body": "the text that everybody's contract has, with names left open"},
        in_clear={"body": OF_NO_CLIENT},
        plain="definition_id version created_at",
    ),
)

# Everything is paid and signed, and the course has been, as far as anybody said when it ends.
_OVER: Final = """
    SELECT id FROM orders WHERE id = ANY(:contracts) AND state = 'completed'
    AND (ends_on IS NULL OR ends_on < (tramita_now() AT TIME ZONE 'UTC')::date)
"""
_RUNNING: Final = """
    SELECT format('order %s is completed, and its course ends on %s', id, ends_on) AS what
    FROM orders WHERE id = ANY(:contracts) AND state = 'completed' AND id <> ALL(:over) ORDER BY id
"""

PEOPLE: Final = People(
    tables=_TABLES,
    groups=[Finder("over", _OVER)],
    open=[_RUNNING],
    values=[
        Values(
            "learners",
            f"SELECT nullif(username, '{ERASED}') AS username FROM learners "  # noqa: S608 - ours
            "WHERE id = ANY(:customers)",
        )
    ],
)
