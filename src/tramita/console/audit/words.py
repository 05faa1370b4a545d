"""How the audit calls what people did; a line for each act there is."""

from collections.abc import Mapping
from typing import Final

from tramita.kit.languages.words import to_translate

ACTIONS: Final[Mapping[str, str]] = {
    "account.created": to_translate("made an account"),
    "account.invited": to_translate("invited somebody"),
    "account.link_made": to_translate("made a link that sets a password"),
    "account.password_set": to_translate("set a password"),
    "account.role_changed": to_translate("changed a role"),
    "account.disabled": to_translate("disabled an account"),
    "account.enabled": to_translate("enabled an account"),
    "account.sessions_ended": to_translate("signed somebody out everywhere"),
    "account.signed_in": to_translate("signed in"),
    "account.signed_out": to_translate("signed out"),
    "account.sign_in_failed": to_translate("failed to sign in"),
    "account.forgotten": to_translate("had an account’s name forgotten"),
    "second_factor.enrolled": to_translate("set up a second factor"),
    "second_factor.removed": to_translate("took a second factor away"),
    "second_factor.demanded": to_translate("asked for a second factor"),
    "second_factor.left_free": to_translate("asked for no second factor any more"),
    "second_factor.code_refused": to_translate("typed a wrong code"),
    "second_factor.recovery_code_used": to_translate("used a recovery code"),
    "second_factor.recovery_codes_renewed": to_translate("had new recovery codes made"),
    "token.created": to_translate("made a token"),
    "token.rotated": to_translate("rotated a token"),
    "token.revoked": to_translate("revoked a token"),
    "tenant.created": to_translate("added a tenant"),
    "agent.added": to_translate("put an agent on the list"),
    "agent.enabled": to_translate("put an agent back on the list"),
    "agent.disabled": to_translate("took an agent off the list"),
    "catalogue.added": to_translate("added to the catalogue"),
    "catalogue.changed": to_translate("changed the catalogue"),
    "catalogue.deleted": to_translate("deleted from the catalogue"),
    "catalogue.member_added": to_translate("added a member of an organization"),
    "catalogue.member_removed": to_translate("removed a member of an organization"),
    "person.looked_up": to_translate("looked a person up"),
    "person.exported": to_translate("exported what is held of a person"),
    "invoice.shown": to_translate("was shown an invoice"),
    "provider.paused": to_translate("paused a provider"),
    "provider.resumed": to_translate("resumed a provider"),
    "provider.breaker_closed": to_translate("closed a provider’s breaker"),
    "job.run_again": to_translate("had jobs run again"),
    "operations.acted_on": to_translate("acted on many operations"),
    "case.taken": to_translate("took a case"),
    "case.released": to_translate("released a case"),
    "export.requested": to_translate("asked for a list as CSV"),
    "export.fetched": to_translate("fetched a list as CSV"),
    "webhook_deliveries.replayed": to_translate("sent deliveries again"),
    "note.written": to_translate("wrote a note"),
    "person.shown": to_translate("was shown what is held of a person"),
    "audit.exported": to_translate("exported the audit"),
}
"""What stands in the audit, as it goes on from who did it."""

SUBJECTS: Final[Mapping[str, str]] = {
    "account": to_translate("account"),
    "address": to_translate("address"),
    "agent": to_translate("agent"),
    "audit": to_translate("audit"),
    "bulk_act": to_translate("act on many"),
    "contract": to_translate("contract"),
    "export": to_translate("file"),
    "job": to_translate("job"),
    "operations": to_translate("operation"),
    "orders": to_translate("order"),
    "organizations": to_translate("organization"),
    "person": to_translate("person"),
    "provider": to_translate("provider"),
    "tenant": to_translate("partner"),
    "token": to_translate("token"),
    "webhook_endpoint": to_translate("receiver of events"),
}
"""On what it was done; what moved in its life cycle is called as its area calls it."""

DETAILS: Final[Mapping[str, str]] = {
    "by": to_translate("by"),
    "count": to_translate("how many"),
    "both_for_hours": to_translate("hours for both"),
    "kind": to_translate("kind"),
    "number": to_translate("number"),
    "note": to_translate("note"),
    "reference": to_translate("reference"),
    "role": to_translate("role"),
    "scopes": to_translate("scopes"),
    "sessions": to_translate("sessions"),
    "what": to_translate("what"),
    "why": to_translate("why"),
}
"""What else is noted of it, by its name there."""
