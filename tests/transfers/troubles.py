"""What goes wrong with groups of Telegram and with bases of 1C, and what becomes of it here.

``docs/reference/transfers-troubles.md`` is printed from this table: ``python -m
tests.transfers.troubles``.
"""

from typing import Final

from tests.troubles import Trouble, page

TELEGRAM: Final = "providers/telegram"
GATEWAY: Final = f"{TELEGRAM}/test_gateway.py"
MINI_APP: Final = f"{TELEGRAM}/test_mini_app.py"
READING: Final = f"{TELEGRAM}/test_updates.py"
SENDING: Final = "chats/test_sending.py"
CARDS: Final = "chats/test_cards.py"
UPDATES: Final = "chats/test_updates.py"
ATTACHING: Final = "chats/test_attaching.py"
KILLED: Final = "journeys/test_chats_killed.py"
DOOR: Final = "web/test_updates_door.py"
SESSIONS: Final = "transfers/webapp/test_sessions.py"
DAYS: Final = "providers/onec/simulator/test_days.py"
ONEC: Final = "providers/onec"
OFFICE: Final = "transfers/test_office.py"
NOTICES: Final = "transfers/test_notices.py"
PRICED: Final = "transfers/test_priced.py"
FETCHED: Final = "transfers/test_fetched.py"
EXCHANGE: Final = "kit/test_exchange.py"

_TELEGRAM: Final = [
    (
        "one chat, or the whole bot, is told to wait",
        "its chat waits as long as it is told, a second one lets the whole bot wait; nothing is lost and "
        "no other chat is held up",
        [
            f"{SENDING}::test_that_has_to_wait_loses_nothing_and_holds_up_no_other",
            f"{SENDING}::test_and_another_that_have_to_wait_close_the_bot",
        ],
    ),
    (
        "more messages than one a second in a chat, twenty a minute in a group, thirty a second in all",
        "we keep below all three; a hundred changes of a card are a few messages",
        [
            f"{SENDING}::test_gets_no_more_than_a_group_may",
            f"{SENDING}::test_and_all_others_get_no_more_than_the_bot_may",
            f"{CARDS}::test_of_a_hundred_changes_takes_less_than_a_group_may",
        ],
    ),
    (
        "Telegram restarts, or somebody on the way answers in HTML",
        "a doubt like any other: what cannot be repeated is left to a person",
        [
            f"{SENDING}::test_nothing_is_left_behind_whatever_is_answered",
            f"{SENDING}::test_that_may_stand_there_is_not_repeated_but_by_a_person",
        ],
    ),
    (
        "the connection is cut before a message is taken, or after it",
        "before: it is tried again; after: it may stand there and is not repeated by itself",
        [
            f"{SENDING}::test_that_may_stand_there_is_not_repeated_but_by_a_person",
            f"{CARDS}::test_whose_edit_was_lost_is_edited_again",
        ],
    ),
    (
        "an answer takes a minute",
        "the deadline ends the call, and nobody knows; other chats go on",
        [
            f"{SENDING}::test_that_may_stand_there_is_not_repeated_but_by_a_person",
            f"{UPDATES}::test_one_chats_trouble_is_not_anothers",
        ],
    ),
    (
        "a group becomes a supergroup, told in either order or by one side only",
        "both numbers are one chat, with its history and what was on its way",
        [
            f"{UPDATES}::test_keeps_its_history_under_its_new_number",
            f"{UPDATES}::test_is_one_chat_when_the_bot_is_told_of_both",
            f"{SENDING}::test_goes_where_the_chat_is_now",
            f"{READING}::test_tells_of_a_move_from_either_side",
        ],
    ),
    (
        "the bot is removed or blocked, or the chat is deleted",
        "the chat is lost, gets nothing, and is found again when the bot is back",
        [
            f"{SENDING}::test_that_the_bot_was_removed_from_is_lost_until_it_is_back",
            f"{CARDS}::test_that_a_lost_chat_missed_is_shown_when_it_is_back",
            f"{GATEWAY}::test_is_about_the_chat_the_message_or_us",
        ],
    ),
    (
        "an update comes twice, at once or much later",
        "it is kept once, and has its effect once",
        [
            f"{UPDATES}::test_that_comes_twice_is_kept_once",
            f"{KILLED}::test_messages_are_kept_once_although_web_and_worker_die",
        ],
    ),
    (
        "a message comes before the news of the bot, an edit before its message",
        "it waits for the bot; the latest edit counts, in whatever order",
        [
            f"{UPDATES}::test_before_the_news_of_the_bot_waits_for_it",
            f"{UPDATES}::test_has_the_text_of_its_latest_edit_in_any_order",
        ],
    ),
    (
        "numbers of updates leave gaps and begin anew anywhere",
        "nothing depends on them but that the same one is known again",
        [
            f"{KILLED}::test_messages_are_kept_once_although_web_and_worker_die",
            "chats/test_killed.py::test_nothing_depends_on_the_order",
        ],
    ),
    (
        "somebody else posts, or what is posted is too long, of no known kind, or full of nulls",
        "without the secret and beyond the size it is refused; what nobody knows stays and is shown",
        [
            f"{DOOR}::test_opens_to_nobody_else",
            f"{DOOR}::test_takes_no_update_without_end",
            f"{UPDATES}::test_that_nobody_knows_stays_and_is_shown",
            f"{READING}::test_of_nulls_says_nothing",
            f"{READING}::test_of_any_shape_raises_nothing",
        ],
    ),
    (
        "a file is too large, gone, cut off, of another kind than it says, or has a wicked name",
        "it is fetched anew, or missing with the reason; its kind is seen from its bytes and its name is "
        "tidied",
        [
            f"{GATEWAY}::test_that_has_run_out_is_asked_for_anew",
            f"{ATTACHING}::test_that_cannot_be_had_is_shown_as_missing",
            f"{ATTACHING}::test_is_fetched_and_kept_as_what_it_is",
            f"{ATTACHING}::test_names_are_tidied",
            "transfers/webapp/test_files.py::test_that_telegram_does_not_give_is_told_so",
        ],
    ),
    (
        "a document is not taken",
        "it is refused and shown as undelivered, with a button",
        [
            f"{SENDING}::test_that_is_not_taken_is_refused_and_shown",
            "chats/shown/test_console.py::test_what_did_not_arrive_is_sent_again_by_a_button",
        ],
    ),
    (
        "ten files of one album come over seconds, one of them late",
        "each belongs to the album whenever it comes",
        [f"{ATTACHING}::test_of_an_album_belongs_to_it_however_late"],
    ),
    (
        "a client program says nothing of the group that the Mini App was opened in",
        "the link's own token says it, and the messenger is asked whether they are there",
        [f"{SESSIONS}::test_that_says_nothing_of_the_group_asks_the_messenger"],
    ),
    (
        "the Mini App is opened with what is too old, from the future, or by a link that was replaced",
        "it is refused with the reason; a new link decides anew",
        [
            f"{MINI_APP}::test_that_is_too_old_says_so",
            f"{MINI_APP}::test_that_nobody_vouches_for_is_not",
            f"{SESSIONS}::test_is_good_for_a_day",
            f"{SESSIONS}::test_by_a_new_link_decides_anew",
        ],
    ),
    (
        "the bot's token is revoked",
        "nothing was done, and nobody's message is blamed: all wait, and the check says so",
        [
            f"{GATEWAY}::test_is_about_the_chat_the_message_or_us",
            "chats/receiving/test_keeping.py::test_that_cannot_deliver_is_told_of",
        ],
    ),
    (
        "two processes ask for updates",
        "one of ours has them; of somebody else's we are told, and try again",
        [
            "chats/receiving/test_polling.py::test_is_given_to_one_of_two_who_ask",
            f"{GATEWAY}::test_is_about_the_chat_the_message_or_us",
        ],
    ),
    (
        "the bot hears of commands and replies only",
        "a command activates the chat, and the bot says what it needs",
        [
            f"{UPDATES}::test_is_activated_by_an_agent_who_calls_the_bot_there",
            f"{TELEGRAM}/simulator/test_faults_of_updates.py::test_tells_of_commands_and_replies_only",
        ],
    ),
    (
        "a text is longer than a message, is cut within a character, or cannot be parsed",
        "whole characters that fit; what was refused is shown",
        [
            "chats/test_rules.py::test_leaves_whole_characters_that_fit",
            f"{SENDING}::test_that_is_not_taken_is_refused_and_shown",
        ],
    ),
    (
        "a forum wants to know in which of its parts a message stands",
        "it goes where people last called the bot",
        [
            f"{GATEWAY}::test_asks_for_a_topic_where_it_is_to_stand",
            f"{TELEGRAM}/simulator/test_faults.py::test_asks_for_a_topic",
        ],
    ),
]
_ONEC: Final = [
    (
        "an answer takes from five seconds to two minutes",
        "the deadline ends the call, and the document is asked for by our number",
        [f"{DAYS}::test_may_be_slow", f"{OFFICE}::test_that_is_over_late_makes_no_second_document"],
    ),
    (
        "the document is made, and nobody hears of it",
        "it is found by our number; there is no second one",
        [
            f"{OFFICE}::test_makes_no_second_document",
            "crashes/test_crashes.py::test_over_several_acts",
        ],
    ),
    (
        "the document is not made, and nobody hears of that",
        "1C is believed when it has gone on saying so; then it is sent again",
        [
            f"{OFFICE}::test_makes_no_second_document",
            "crashes/test_crashes.py::test_over_every_act",
        ],
    ),
    (
        "the password was changed, or the user lacks a role",
        "nothing was done; it waits for whoever mends it",
        [f"{DAYS}::test_makes_of_a_creation_what_its_name_says"],
    ),
    (
        "an error comes as a page in HTML, with 500 or with 200",
        "a doubt: the document is asked for",
        [
            f"{DAYS}::test_makes_of_a_creation_what_its_name_says",
            f"{ONEC}/test_texts.py::test_that_are_no_documents_are_told_by_one_error",
        ],
    ),
    (
        "there is no licence left",
        "sessions are used again and given back; whoever gets none has sent nothing",
        [
            f"{ONEC}/test_sessions.py::test_is_waited_for_where_others_have_all_that_may_be",
            f"{ONEC}/test_sessions.py::test_that_cannot_be_had_was_not_sent",
            f"{OFFICE}::test_that_passes_is_waited_for",
        ],
    ),
    (
        "the base is closed for the night",
        "nothing was done, and it goes on afterwards",
        [
            f"{OFFICE}::test_that_passes_is_waited_for",
            f"{ONEC}/test_sessions.py::test_is_not_had_during_maintenance",
        ],
    ),
    (
        "somebody has the document open",
        "nothing was done; it is tried again",
        [f"{DAYS}::test_makes_of_a_creation_what_its_name_says"],
    ),
    (
        "posting is refused in words of 1C's own",
        "the agent reads these words, and the client that somebody looks into it",
        [
            f"{OFFICE}::test_of_its_rules_is_told_in_its_own_words",
            "browser/test_mini_app.py::test_of_a_parked_one_is_told_to_agents",
        ],
    ),
    (
        "byte order marks, Windows-1251, decimal commas, blanks in numbers, dates of the year one",
        "read as they are meant; what lost letters is refused",
        [
            f"{ONEC}/test_texts.py::test_are_read_however_they_are_written",
            f"{ONEC}/test_values.py::test_are_read",
            f"{NOTICES}::test_are_read_however_1c_writes",
        ],
    ),
    (
        "a base makes a new document each time it is asked",
        "it is asked first whether there is one",
        [f"{DAYS}::test_may_know_no_repetition", f"{OFFICE}::test_makes_no_second_document"],
    ),
    (
        "messages come twice, out of order, with gaps, after the end, or of nobody's application",
        "each has its effect once; older ones change nothing, the others are kept, shown, and may be heard "
        "again; missing numbers are shown",
        [
            f"{NOTICES}::test_that_come_again_are_the_same",
            f"{NOTICES}::test_that_come_after_newer_ones_change_nothing",
            f"{NOTICES}::test_of_nobodys_application_are_refused_and_kept",
            f"{NOTICES}::test_shows_numbers_that_never_came",
            f"{PRICED}::test_is_priced_once_by_what_comes_twice_late_or_for_nobody",
        ],
    ),
    (
        "conditions in another currency, with a negative commission, too many decimals, no rate, or of "
        "another agent",
        "refused by field, and kept",
        [
            f"{NOTICES}::test_that_cannot_be_are_told_by_field",
            f"{PRICED}::test_is_not_priced_by_what_cannot_be",
            "transfers/test_offers.py::test_that_cannot_be_so_are_refused",
        ],
    ),
    (
        "a document is empty, of 60 MB, another than its digest says, a program, or comes twice; its name "
        "has folders",
        "what is none is refused; the same one is there once, under its last name",
        [
            f"{PRICED}::test_that_is_none_is_refused",
            f"{PRICED}::test_that_is_too_large_is_refused_and_the_next_is_heard",
            f"{PRICED}::test_comes_once_however_often_it_is_sent",
            f"{NOTICES}::test_are_called_without_folders",
        ],
    ),
    (
        "the base is restored from an old copy",
        "what is lost is seen, and sent again by a person; what a document has forgotten is told anew",
        [
            f"{OFFICE}::test_of_an_old_copy_is_seen_and_mended_by_a_person",
            f"{OFFICE}::test_of_an_old_copy_has_the_payment_told_again",
            "transfers/test_office_copies.py::test_is_told_anew_what_it_has_forgotten",
        ],
    ),
    (
        "a number is another document's in the next year, or under another prefix",
        "a document is known by its reference and by our number, never by its own",
        [
            f"{DAYS}::test_of_another_year_or_prefix_has_other_numbers",
            f"{OFFICE}::test_of_an_old_copy_is_seen_and_mended_by_a_person",
        ],
    ),
    (
        "nobody listens, the name leads nowhere, or no secure connection comes about",
        "nothing was sent, and it is tried again; an unknown certificate gets nothing",
        [
            f"{EXCHANGE}::test_is_said_when_no_connection_is_made",
            f"{EXCHANGE}::test_is_said_where_no_secure_connection_is_made",
            f"{DAYS}::test_makes_of_a_creation_what_its_name_says",
        ],
    ),
    (
        "a session is lost while it is used",
        "it is begun anew",
        [f"{ONEC}/test_sessions.py::test_that_was_lost_is_begun_anew"],
    ),
    (
        "its clock is three hours ahead",
        "no message is judged by its time; the difference is shown by the check",
        [f"{DAYS}::test_may_be_ahead"],
    ),
    (
        "the base cannot be called",
        "it fetches what we have to say, and tells what came of it",
        [
            f"{FETCHED}::test_is_fetched_changed_and_given_up",
            f"{FETCHED}::test_wait_until_they_are_acknowledged",
        ],
    ),
]

TROUBLES: Final = [
    Trouble(f"{prefix}-{number:02}", wrong, here, tests)
    for prefix, troubles in (("TG", _TELEGRAM), ("1C", _ONEC))
    for number, (wrong, here, tests) in enumerate(troubles, 1)
]

_HEAD = """\
# Troubles of transfers, and what becomes of them

<!-- Printed by `python -m tests.transfers.troubles`; a test compares. -->

What is known to go wrong with groups of Telegram (TG) and with bases of 1C (1C); the simulators play
each under this code. Each test plays it over real sockets, or says it of the rules.

"""


def render() -> str:
    """The page."""
    return _HEAD + page(TROUBLES)


if __name__ == "__main__":
    print(render(), end="")  # noqa: T201 - its purpose
