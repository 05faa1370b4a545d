"""What the page of what is kept says of each table, for the console's catalogues to have it.

It is said where the table is kept, in English (``kit.kept``).
"""

from typing import Final

from tramita.kit.languages.words import to_translate

KEPT: Final = (
    to_translate("acts on many"),
    to_translate("what people did to many operations at once, with an answer each"),
    to_translate("what it did to each operation, in that one's history"),
    to_translate("audit"),
    to_translate("who did what in the console and by command, and who was shown what of people"),
    to_translate("nothing; moves of life cycles stay in the history for ever"),
    to_translate("contracts not signed"),
    to_translate("texts that no student came to sign, with their files and who was to sign them"),
    to_translate("that it was submitted, when, and how it ended"),
    to_translate("deleted cards"),
    to_translate("cards that nobody has any more, when their provider has forgotten them"),
    to_translate("on what was paid with them their last four digits"),
    to_translate("e-mails"),
    to_translate("whom an e-mail went to, and what it was about"),
    to_translate(
        "that it was written, for which cause, and what became of it: so none is ever written twice"
    ),
    to_translate("exchanges"),
    to_translate("requests to providers and their answers, masked"),
    to_translate(
        "the operation, its history and its outcome; what belongs to one that is not finished"
    ),
    to_translate("exports"),
    to_translate("lists that somebody had written as a file"),
    to_translate("in the audit, that it was asked for"),
    to_translate("files handed in to chats"),
    to_translate(
        "files that somebody put into a chat by the Mini App or our bot, without a message"
    ),
    to_translate("nothing"),
    to_translate("hours of providers"),
    to_translate("how many requests went to a provider within an hour, and how long they took"),
    to_translate("idempotency answers"),
    to_translate("answers to requests with an `Idempotency-Key`"),
    to_translate("the key and a hash of its request, by which that is known again"),
    to_translate("idempotency keys"),
    to_translate("the keys, with a hash of their request"),
    to_translate("nothing: the request is a new one then"),
    to_translate("inbox"),
    to_translate("when a message came and was processed"),
    to_translate("the digest"),
    to_translate("inbox bodies"),
    to_translate("messages of providers, as they came"),
    to_translate("what waits to be processed; a digest, by which the same message is known again"),
    to_translate("learners' sessions"),
    to_translate("the sessions of learners on their own pages, which end after eight hours"),
    to_translate("links that set a password"),
    to_translate("the hash of a link, which is over after a day"),
    to_translate("messages of back offices"),
    to_translate("what was exchanged with a back office, as it was written"),
    to_translate(
        "number, kind and end of each message; what was refused, which waits for a person"
    ),
    to_translate("messages of chats"),
    to_translate(
        "what was written in chats, with every text that it had and the files attached to it"
    ),
    to_translate("the chats themselves, and who is in them"),
    to_translate("notes"),
    to_translate("what our own people noted down about contracts"),
    to_translate("nothing; that a note was written stands in the audit"),
    to_translate("previews"),
    to_translate("numbers that were shown, and what was asked of the provider for it"),
    to_translate("what is not settled with the provider"),
    to_translate("previews with a number"),
    to_translate("numbers that were shown, one of which was reserved"),
    to_translate("everything: it is noted that they stay"),
    to_translate("provider events"),
    to_translate("each thing that a lender said about a proposal, and what became of it"),
    to_translate("the contract and its history; what was said about one that is not over"),
    to_translate("queue log"),
    to_translate("when each job was enqueued, begun and ended"),
    to_translate("the counts below; why a held job is held, until it is held no more"),
    to_translate("queue statistics"),
    to_translate("how many jobs of each kind ended how, by the second"),
    to_translate("quotas"),
    to_translate("how much tenants and guests had kept in each hour"),
    to_translate("refused messages of back offices"),
    to_translate("messages of back offices that were refused, as they came"),
    to_translate("number and kind of each, and that it was refused"),
    to_translate("searches"),
    to_translate(
        "what people of the console searched for, encrypted, while they look at what was found; ten minutes, at any hour"
    ),
    to_translate("sessions"),
    to_translate("the console's sessions, which end after twelve hours"),
    to_translate("sessions of the Mini App"),
    to_translate("the sessions of people who opened the Mini App, which end after eight hours"),
    to_translate("sign-in attempts"),
    to_translate("counts of failed sign-ins, which begin anew after an hour"),
    to_translate("sign-ins under way"),
    to_translate("sign-ins that wait for their second step, for ten minutes"),
    to_translate("taken cases"),
    to_translate("who looked after what waited for a person"),
    to_translate("what they did about it, in the history and the audit"),
    to_translate("names of agents' own chats"),
    to_translate("how agents are called whom we have written to by themselves"),
    to_translate(
        "the messenger's number of them, and what became of what was sent; those to whom something was sent lately"
    ),
    to_translate("texts sent to chats"),
    to_translate("what we sent to chats, as it was to be sent, and the attempts to send it"),
    to_translate(
        "that it was sent, for which cause, and what became of it; the message in the chat's history"
    ),
    to_translate("webhook events"),
    to_translate("what partners were told, with its deliveries and their attempts"),
    to_translate("what is still to be delivered"),
)
"""As ``Kept`` says it; a table more needs its lines here."""
