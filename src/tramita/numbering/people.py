"""What numbering's tables hold of people: a number, as long as it is somebody's.

Numbers are the operator's, and come to others later. What makes one somebody's is its contract:
erasing a person ends that tie as soon as the number has rested and is given back.
"""

from typing import Final

from tramita.kit.people.inventory import OF_NO_CLIENT, Finder, People, Table

_STOCK: Final = "a number of the house's stock; whose it was is told by its contract alone"
_NOBODYS: Final = "nobody's until a contract says so; found by any part of it"
_DEVICES: Final = "a maker's catalog"

_TABLES: Final = (
    Table(
        name="phone_number",
        rows="id = ANY(:numbers)",
        kept={"msisdn": _STOCK, "assigned_sim_id": _STOCK, "ddd": _STOCK},
        in_clear=dict.fromkeys(("msisdn", "assigned_sim_id", "ddd"), _NOBODYS),
        plain="id origin status prior_status epoch carrier pre_reservation_id reservation_id "
        "provider_release contract_id reserved_until quarantine_until created_at updated_at",
    ),
    Table(name="mobile_lines", rows="id = ANY(:contracts)", plain="id state"),
    Table(
        name="pre_reservation",
        plain="id purpose carrier ddd brand_id quantity previous_id external_id created_at expires_at "
        "hold_until is_taken",
    ),
    Table(
        name="preview",
        kept={"reserved_msisdn": _STOCK},
        in_clear={"reserved_msisdn": _NOBODYS},
        plain="id external_id carrier ddd brand_id created_at expires_at superseded_by released_at "
        "reserving_number_id",
    ),
    Table(
        name="preview_number",
        kept={"msisdn": _STOCK},
        in_clear={"msisdn": _NOBODYS},
        plain="preview_id idx",
    ),
    Table(name="device_catalog", plain="is_only as_of full_at due_at etag list_version failure"),
    Table(
        name="device_brand",
        kept={"name": _DEVICES},
        in_clear={"name": OF_NO_CLIENT},
        plain="id sort_name etag",
    ),
    Table(
        name="device_model",
        kept={"name": _DEVICES},
        in_clear={"name": OF_NO_CLIENT},
        plain="brand_id id sort_name code region esim",
    ),
    Table(name="device_model_tac", plain="tac brand_id model_id"),
    Table(name="location_ddd", plain="ddd state region city"),
)

PEOPLE: Final = People(
    tables=_TABLES,
    groups=[Finder("numbers", "SELECT id FROM phone_number WHERE contract_id = ANY(:contracts)")],
    open=[
        "SELECT format('the number of contract %s is %s', contract_id, status) AS what "
        "FROM phone_number WHERE id = ANY(:numbers) "
        "AND status NOT IN ('QUARANTINE', 'PORTED_OUT', 'RETURNED') ORDER BY id"
    ],
    keys=["SELECT msisdn AS key FROM phone_number WHERE id = ANY(:numbers)"],
)
