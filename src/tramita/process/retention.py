"""Forgetting what every area keeps for a time only: the schedule, the check and the page of it."""

from collections.abc import Mapping, Sequence
from typing import Final

from tramita.kit.area import Area, Promises
from tramita.kit.environment import variable_of
from tramita.kit.findings import Finding
from tramita.kit.jobs import Schedule
from tramita.kit.kept import KeepSettings, Kept
from tramita.kit.retention import Retention
from tramita.kit.runtime import Runtime

# Tables whose rows stay, and why; a test asks for a word on each table of the schema.
KEPT_FOR_EVER: Final[Mapping[str, str]] = {
    "history": "what proves how each thing came to be where it is",
    "operations": "what was wanted of a provider and what became of it; a contract's last word",
    "contracts, contract_standings, contract_events, customers, products, packages": "the contracts "
    "themselves, and where they stand",
    "envelopes, envelope_contracts, envelope_announcements, envelope_documents": "portabilities; "
    "what a picture shows goes when its envelope ends",
    "provider_pauses": "who paused a provider, when and why: it explains what waited then",
    "provider_lines": "how the lines of each process are; one that says nothing for an hour is forgotten",
    "bulk_act_items": "one answer of an act on many; it goes with that",
    "erasures": "who had whom erased and when, by ids that name nobody",
    "unwanted_proposals": "proposals that must not live at the provider",
    "mobile_lines, phone_number": "lines and numbers",
    "payers, payment_accounts, installments": "who pays what, and when; an erased person's names go",
    "payment_transactions, invoices, invoice_counters, sellers": "the books: what was paid and invoiced, "
    "by numbers without a gap; whom it was for goes with an erased person when the law's years are over",
    "signing_procedures, signatories, documents": "what was signed, by whom and when: proof of a "
    "contract for as long as anybody may ask; of what was not signed that it was submitted",
    "chats, chat_aliases, chat_people, chat_cards, chat_bots": "the groups of a messenger that our bot is "
    "or was in, who was there, and what stands there of ours; an erased person's names go, and those of agents in their own",
    "chat_deliveries": "that something was sent, and what became of it: nothing is ever sent twice",
    "chat_imports": "which histories were read in; their files go when they are",
    "stored_files": "the key of each file; it goes with its file, when no row names that any more",
    "mail_deliveries, mail_servers": "what became of each e-mail, so that none is ever written twice",
    "inbox_seen": "8 bytes for each message, by which a replay is known",
    "accounts, second_factors, recovery_codes, service_tokens, tenants, carriers, webhook_endpoints": "who may do what",
    "device_brand, device_catalog, device_model, device_model_tac, location_ddd": "catalogs, "
    "replaced as a whole",
    "courses, organizations, course_products, offerings, contract_definitions, "
    "contract_definition_versions": "what is, or was, offered: orders refer to it",
    "orders, order_target_courses, enrollments, learners": "orders, and who made them",
    "applications, application_revisions, offers, application_documents, document_jobs, "
    "application_notes, agents": "payments abroad that were asked for: what stood in each, on what "
    "conditions, who worked on it; the payer's names go with an erased payer",
    "office_standings, office_numbers": "how each application stands in a back office, and how far "
    "messages to it are numbered",
    "clock, alembic_version, encryption_keys, pgqueuer, pgqueuer_schedules": "what processes run on; "
    "a job goes when it has ended",
}
# Tables whose rows go with another's.
GO_ALONG: Final[Mapping[str, str]] = {
    "export_pieces": "exports",
    "saved_views": "accounts",
    "webhook_deliveries": "webhook_events",
    "webhook_attempts": "webhook_events",
    "mail_attempts": "mails",
    "chat_message_revisions": "chat_messages",
    "chat_assets": "chat_messages",
    "chat_attempts": "chat_sends",
    "organization_members": "organizations",
    "product_target_courses": "course_products",
    "offering_organizations": "offerings",
    "preview": "pre_reservation",
    "preview_number": "pre_reservation",
    "card_owners": "credit_cards",
}


def retention_area(areas: Sequence[Area]) -> Area:
    """The area that forgets for ``areas``."""
    kept = [one for area in areas for one in area.kept]

    async def forget(runtime: Runtime) -> None:
        """Forget what is over, in the hours for that, or at any."""
        retention = Retention(runtime, kept)
        is_time = retention.is_time(await retention.real_time())
        await Retention(runtime, [one for one in kept if is_time or one.at_any_hour]).forget()
        await retention.overdue()

    async def check(runtime: Runtime) -> list[Finding]:
        return [await Retention(runtime, kept).check()]

    async def count(_: Runtime) -> dict[str, int]:
        return {"kinds of rows that are kept for a time only": len(kept)}

    return Area(
        key="retention",
        schedules=[Schedule("retention.forget", "* * * * *", forget)],
        settings={"Retention": KeepSettings},
        promises=Promises(check=check, count=count),
        reference={"retention.md": lambda: render(kept)},
        kept=kept,
    )


def render(kept: Sequence[Kept]) -> str:
    """What is kept for how long, as a page."""
    lines = [
        "# What is kept for how long\n",
        "Why, and how it goes: [keep and forget](../how-to/keep-and-forget.md).\n",
        "| rows | what they are | table | kept for | setting | what stays |",
        "|---|---|---|---|---|---|",
        *(_line(one) for one in kept),
        "\nWith them go " + ", ".join(f"`{child}`" for child in GO_ALONG) + ".\n",
        "## Kept for ever\n",
        "| tables | why |",
        "|---|---|",
        *(f"| {_code(tables)} | {why} |" for tables, why in KEPT_FOR_EVER.items()),
    ]
    return "\n".join(lines) + "\n"


def _line(kept: Kept) -> str:
    if isinstance(kept.days, str):
        days = kept.settings.model_fields[kept.days].default
        setting = f"`{variable_of(kept.settings, kept.days)}`"
    else:
        days, setting = kept.days, "none"
    term = _in_words(days + kept.days_more)
    cells = (kept.name, kept.what, f"`{kept.table}`", term, setting, kept.stays)
    return f"| {' | '.join(cells)} |"


def _in_words(days: float) -> str:
    if days < 1:
        return f"{round(days * 24 * 60)} minutes"
    return f"{days:g} day{'s' * (days != 1)}"


def _code(tables: str) -> str:
    return ", ".join(f"`{one}`" for one in tables.split(", "))
