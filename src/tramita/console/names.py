"""What constants of other rooms are called in the console, for its catalogues to have them.

Kinds of operations, jobs and schedules are named by their code (``portability.insert_proposal``): in
English, which a page translates.
"""

from typing import Final

from tramita.kit.languages.words import to_translate

KINDS: Final = (
    to_translate("Accept balance"),
    to_translate("Act on many"),
    to_translate("Activate line"),
    to_translate("Ask agent told"),
    to_translate("Ask cancelled"),
    to_translate("Ask creation"),
    to_translate("Ask debit"),
    to_translate("Ask document"),
    to_translate("Ask files told"),
    to_translate("Ask forms"),
    to_translate("Ask hold"),
    to_translate("Ask line"),
    to_translate("Ask payment told"),
    to_translate("Ask refund"),
    to_translate("Ask reservation"),
    to_translate("Ask sent"),
    to_translate("Ask start"),
    to_translate("Ask updated"),
    to_translate("Ask upload"),
    to_translate("Ask whether there"),
    to_translate("Cancel application"),
    to_translate("Cancel proposal"),
    to_translate("Consider conditions"),
    to_translate("Count hours"),
    to_translate("Create procedure"),
    to_translate("Debit due installments"),
    to_translate("Debit due"),
    to_translate("Debit installment"),
    to_translate("Delete card"),
    to_translate("Deliver"),
    to_translate("End line"),
    to_translate("Enqueue forgotten"),
    to_translate("Enqueue stopped"),
    to_translate("Erase"),
    to_translate("Expire envelopes"),
    to_translate("Fetch asset"),
    to_translate("Fetch signed file"),
    to_translate("Follow suspension"),
    to_translate("Forget files"),
    to_translate("Forget pictures"),
    to_translate("Forget"),
    to_translate("Gather files"),
    to_translate("Get number"),
    to_translate("Import export"),
    to_translate("Insert portability proposal"),
    to_translate("Insert proposal"),
    to_translate("Keep receiving"),
    to_translate("Look again"),
    to_translate("Look at forms"),
    to_translate("Look there"),
    to_translate("Make schedule"),
    to_translate("Open group"),
    to_translate("Poll due"),
    to_translate("Poll proposal"),
    to_translate("Poll"),
    to_translate("Pre reserve"),
    to_translate("Prepare document"),
    to_translate("Recalculate proposal"),
    to_translate("Reconcile proposal"),
    to_translate("Refresh"),
    to_translate("Refund payment"),
    to_translate("Release hold"),
    to_translate("Release number"),
    to_translate("Remind clients"),
    to_translate("Remove drafts"),
    to_translate("Request document"),
    to_translate("Reserve number"),
    to_translate("Search left alive"),
    to_translate("Send application"),
    to_translate("Send group"),
    to_translate("Send mail upcoming debit"),
    to_translate("Send"),
    to_translate("Start procedure"),
    to_translate("Stop procedure"),
    to_translate("Submit proposal"),
    to_translate("Sweep lost"),
    to_translate("Sweep numbers"),
    to_translate("Sync devices when due"),
    to_translate("Sync devices"),
    to_translate("Take callback"),
    to_translate("Take message"),
    to_translate("Take notice"),
    to_translate("Take update"),
    to_translate("Tell agent"),
    to_translate("Tell files"),
    to_translate("Tell lost"),
    to_translate("Follow chat"),
    to_translate("Tell payment"),
    to_translate("Tend contract"),
    to_translate("Update application"),
    to_translate("Update signatories"),
    to_translate("Upload document"),
    to_translate("Upload picture"),
    to_translate("Watch cards"),
    to_translate("Watch time"),
    to_translate("Write contracts"),
)
"""As ``name_of_kind`` says them; a new kind, job or schedule of an area needs its line here."""

STAKES: Final = (
    to_translate(
        "Money may have been taken from a learner’s card, and nobody knows. Look for the "
        "payment at the provider; nothing is debited for this instalment before it is "
        "settled."
    ),
    to_translate(
        "A learner waits for money that was to be given back, and the provider does not do "
        "it. Give it back there, or have it tried again; the order stays in refund until "
        "then."
    ),
    to_translate(
        "A learner has deleted a card, and the provider still has it. Here it is gone, and "
        "nothing is debited with it."
    ),
    to_translate(
        "A contract has to be given to the signing service, and nobody knows whether it has "
        "it: its learner waits for the link by which they sign."
    ),
    to_translate(
        "The document of a contract has to be with the signing service: its learner waits "
        "for the link by which they sign."
    ),
    to_translate("A contract has to be opened for signing: its learner waits for the link."),
    to_translate(
        "A draft that nobody wants is still at the signing service. No learner waits; look "
        "that nobody can sign it, or remove it there."
    ),
    to_translate(
        "A contract that is not wanted any more can still be signed at the signing service: "
        "stop it there, or somebody is bound by it."
    ),
    to_translate(
        "A contract is signed by both, and its file is not kept here yet: neither can download it."
    ),
    to_translate(
        "Others sign for the organization now, and the signing service still asks those "
        "from before."
    ),
    to_translate(
        "A file that somebody put into a chat is not kept here yet: whoever works on what "
        "it is about sees that there is one, and not what it says."
    ),
)
"""What hangs on an operation that needs a person, as areas say it."""

ROOMS: Final = (
    to_translate("1C"),
    to_translate("Agents"),
    to_translate("Applications"),
    to_translate("Catalogue"),
    to_translate("Chats"),
    to_translate("E-mails"),
    to_translate("Numbers"),
    to_translate("Orders"),
)
"""What areas call their rooms, for the navigation."""

# Of which kinds is what areas find.
FOUND: Final = (
    to_translate("Application"),
    to_translate("Application of this payer"),
    to_translate("Chat"),
    to_translate("Contract"),
    to_translate("Contract known by this at a provider"),
    to_translate("Contract of this client"),
    to_translate("Contract of this envelope"),
    to_translate("Contract with this invoice"),
    to_translate("Contract with this payment"),
    to_translate("Contract with this signing"),
    to_translate("Event"),
    to_translate("Message of a provider"),
    to_translate("Operation"),
    to_translate("Operation known by this at a provider"),
    to_translate("Order of this learner"),
    to_translate("Phone number"),
    to_translate("What was done by this request"),
)

GROUPS: Final = (
    to_translate("Applications"),
    to_translate("Chats"),
    to_translate("Colleagues"),
    to_translate("Contracts"),
    to_translate("Customers"),
    to_translate("Envelopes"),
    to_translate("Installments"),
    to_translate("Jobs"),
    to_translate("Numbers"),
    to_translate("Offers"),
    to_translate("Operations"),
    to_translate("Over"),
    to_translate("Payers"),
    to_translate("Payments"),
    to_translate("Pictures"),
    to_translate("Procedures"),
    to_translate("Proposals"),
)
"""What there is of a person, by group, as whoever erases them is told how much."""
