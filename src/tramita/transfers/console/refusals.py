"""What the console's pages of transfers may have to refuse, for its catalogues to have it.

Each is the text of an error, which a page translates and fills with its facts.
"""

from typing import Final

from tramita.kit.languages.words import to_translate

REFUSALS: Final = (
    to_translate("There is no application {id}."),
    to_translate("There is no agent {id}."),
    to_translate("There is no offer {id} of this application."),
    to_translate("Nobody has said yet on what conditions this payment is made."),
    to_translate("There is no document {id} of this application."),
    to_translate("Nobody has asked for a document by the name {id}."),
    to_translate("Another agent has the Telegram id {telegram_id} already."),
    to_translate("There is one master tenant at most, and it is {key}."),
    to_translate("In this chat there is an application already that is not finished: {id}."),
    to_translate("This chat belongs to nobody: an agent on the list has to add the bot to it."),
    to_translate(
        "The application was changed meanwhile: you have version {given}, it is at {version}."
    ),
    to_translate("The form is closed: the application is {state}, and only 1C may correct it."),
    to_translate("What is {from_} cannot become {to}."),
    to_translate(
        "The application cannot be taken back: 1C has begun to work on it, or has made an offer."
    ),
    to_translate("1C cancels nothing for which money has come."),
    to_translate(
        "The conditions are for revision {given} of the application, which is at {revision}."
    ),
    to_translate("While the application is {state} this cannot be done: {what}."),
    to_translate(
        "The application has an accepted offer, and money is under way or nothing replaces it."
    ),
    to_translate(
        "There are no closing documents yet: complete it with a reason, or wait for them."
    ),
    to_translate("{most} applications are under way, and there may be no more: end some first."),
    to_translate("A document of the kind {kind} is being made already."),
    to_translate("A {role} may not do this: {action}."),
    to_translate("The application is another agent's."),
    to_translate("This agent is not on the list of those who may work on applications."),
    to_translate("On this application nobody makes offers but 1C."),
    to_translate("There is no message {id} of a back office."),
    to_translate("The message {number} was another one."),
    to_translate("This message was heard already, or there is nothing left of it."),
    to_translate("The back office has the application: sending it again would make another of it."),
    to_translate("1C cannot be asked just now."),
    to_translate(
        "Files of the kind {media_type} are not taken: PDF, JPEG, PNG, DOCX, XLSX and ZIP are."
    ),
)
# What is in the way, as one of these sentences says it in its middle.
IN_THE_WAY: Final = (
    to_translate("no documents are made"),
    to_translate("it was said too long ago"),
    to_translate("nobody is its agent"),
    to_translate("no conditions are awaited"),
)
# Where an application or its money stands, as these sentences name it.
STATES: Final = (
    to_translate("draft"),
    to_translate("submitted"),
    to_translate("new_in_house"),
    to_translate("offer_accepted"),
    to_translate("in_work"),
    to_translate("completed"),
    to_translate("cancelled"),
    to_translate("rejected"),
    to_translate("test_sent"),
    to_translate("test_ok"),
    to_translate("client_sent"),
    to_translate("funds_received"),
    to_translate("paid_out"),
    to_translate("confirmed"),
    to_translate("returned"),
    to_translate("problem"),
)
