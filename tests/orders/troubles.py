"""What goes wrong where courses are sold, and what becomes of it here.

``docs/reference/courses-troubles.md`` is printed from this table: ``python -m tests.orders.troubles``.
"""

from tests.troubles import Trouble, page

NOTICES = "signatures/test_notices.py"
SUBMITTING = "signatures/test_submitting.py"
POLL, KNOWLEDGE = "signatures/test_poll.py", "signatures/test_knowledge.py"
ENDS = "signatures/test_ends.py"
NIGHTS, PAYING = "payments/test_nights.py", "payments/test_paying.py"
MESSAGES, BY_HAND = "payments/test_messages.py", "payments/test_by_hand.py"
JOURNEY, MAILS = "journeys/test_course_order.py", "journeys/test_course_mails.py"
LIFE = "journeys/test_random_life.py"
LYRA = "providers/lyra"

TROUBLES = [
    Trouble(
        1,
        "a notice that comes twice signs for the organization too",
        "a notice proves nothing: the procedure is asked for, and who signed is decided by its steps; "
        "the same event is known again",
        [
            f"{NOTICES}::test_of_one_who_signed_signs_for_nobody_else",
            f"{NOTICES}::test_of_the_organization_is_theirs_who_signed",
        ],
    ),
    Trouble(
        2,
        "an order that waits for its signature is deleted by the clock, and a late notice finds nothing",
        "nothing is deleted: an order waits, and the signing service is asked before a procedure ends; "
        "what has ended here is stopped there",
        [
            f"{POLL}::test_finds_out_that_time_is_over",
            f"{POLL}::test_does_not_believe_one_word_that_there_is_nothing",
            f"{ENDS}::test_stops_it_there",
        ],
    ),
    Trouble(
        3,
        "a notice that is lost is lost for good",
        "readers have the service asked in the background, and a poll asks about the rest; a form in "
        "which something was to be paid is asked about when its time is over",
        [
            f"{POLL}::test_finds_what_nobody_reads_of",
            f"{JOURNEY}::test_is_not_waited_for_by_whoever_looks",
            f"{BY_HAND}::test_is_asked_about_when_its_time_is_over",
        ],
    ),
    Trouble(
        4,
        "that the organization refuses cannot be written down",
        "each party may refuse: the procedure is `refused`, with who it was",
        [f"{ENDS}::test_ends_it_by_either_side"],
    ),
    Trouble(
        5,
        "whoever posts a notice chooses the path that we ask the service for, under our token; what "
        "is malformed is answered by an error of ours",
        "an identifier is a token of letters, digits, `_` and `-`, or none; what is none is refused",
        [
            "providers/lexpersona/test_translate.py::test_are_tokens_and_never_paths",
            f"{NOTICES}::test_that_is_none_goes_nowhere",
            f"{NOTICES}::test_that_was_forged_changes_nothing",
        ],
    ),
    Trouble(
        6,
        "a list asks the service for each of its rows while its reader waits",
        "lists answer with what is known, and its dates; what is old is asked for in jobs, ten at once, "
        "and written down",
        [
            f"{KNOWLEDGE}::test_is_as_quick_when_the_service_is_dead",
            f"{KNOWLEDGE}::test_has_the_service_asked_in_the_background",
            f"{POLL}::test_asks_once_for_many_readers",
        ],
    ),
    Trouble(
        7,
        "a learner's list reads everybody's contracts",
        "it begins at its learner, by an index, whatever else there is",
        ["orders/test_reading.py::test_looks_at_nobody_elses_rows"],
    ),
    Trouble(
        8,
        "a list costs statements for each of its rows",
        "one statement for any number of orders",
        ["orders/test_queries.py::test_is_one_statement_for_any_number"],
    ),
    Trouble(
        9,
        "rows are made by what is built anew for each of them, and pictures in a request that reads",
        "a row is read by one statement into one structure, which is all that is made of it",
        ["orders/test_queries.py::test_is_one_statement_for_any_number"],
    ),
    Trouble(
        10,
        "a procedure is looked for by a reference that has no index, and that two may have",
        "a provider's reference is unique",
        ["orders/test_reading.py::test_finds_a_procedure_by_its_reference"],
    ),
    Trouble(
        11,
        "two changes at once of one list of instalments: what was paid is to be paid again",
        "instalments are rows with a life cycle; of two who look, one begins a debit",
        [
            f"{NIGHTS}::test_seen_by_two_at_once_debits_nobody_twice",
            f"{LIFE}::test_keeps_every_promise",
        ],
    ),
    Trouble(
        12,
        "a message that comes again is answered by an error, and so comes again",
        "it is kept, known again and answered like the first; a payment has one row",
        [
            f"{MESSAGES}::test_come_to_the_same_in_any_order_and_number",
            f"{MESSAGES}::test_may_be_lost_twice_or_late",
            "journeys/test_course_messages.py::test_come_to_the_same_end",
        ],
    ),
    Trouble(
        13,
        "a mail server that is away rolls a payment back",
        "nothing is sent where a payment is written down: what is to be sent is written with it, and "
        "goes out afterwards",
        [f"{MAILS}::test_keep_no_payment_waiting_while_the_mail_server_is_away"],
    ),
    Trouble(
        14,
        "the provider fails over the immediate debit, and the learner gets an error for an order that "
        "has moved",
        "a debit is a job, for which nobody waits",
        [f"{NIGHTS}::test_debits_wait"],
    ),
    Trouble(
        15,
        "whoever has a card already waits for the night",
        "becoming `pending` debits what is due, from whichever state",
        [
            f"{JOURNEY}::test_that_is_known_is_debited_as_soon_as_the_contract_is_signed",
            f"{PAYING}::test_is_debited_at_once_what_is_due",
        ],
    ),
    Trouble(
        16,
        "with another provider than the first no order can be paid",
        "every provider of a port does all of it; the dummies go the whole way",
        [
            "payments/test_any_provider.py::test_a_contract_is_paid_and_given_back",
            "signatures/test_journey.py::test_goes_the_whole_way_too",
        ],
    ),
    Trouble(
        17,
        "`metadata: null` and a lost connection break the question whether something is paid",
        "an answer is one of five outcomes; what is not ours is passed over",
        [
            f"{LYRA}/test_translate.py::test_is_not_in_movements_of_others",
            f"{PAYING}::test_is_found_or_made_once",
        ],
    ),
    Trouble(
        18,
        "work is enqueued before its cause is committed, and lost when it fails",
        "jobs are written in the transaction that causes them, are tried again, and outlive a worker",
        [
            "payments/test_crashes.py::test_leaves_what_is_done_once",
            "crashes/test_crashes.py::test_at_each_point_of_each_operation",
        ],
    ),
    Trouble(
        19,
        "subscribers are told while an order is being made, and its learner waits for them",
        "events are written with what they tell of, each once, and delivered by a worker",
        ["orders/api/test_orders.py::test_tell_of_each_thing_once"],
    ),
    Trouble(
        20,
        "a refund that stops half-way cannot be finished",
        "each payment goes back by an operation of its own; to ask again goes on where it was",
        [
            f"{BY_HAND}::test_is_asked_for_as_often_as_one_likes",
            f"{JOURNEY}::test_ends_canceled_and_refunded",
            f"{JOURNEY}::test_goes_back_when_all_the_rest_has_gone_back_already",
        ],
    ),
    Trouble(
        21,
        "the document is rendered for each click, and the signed one fetched for each download",
        "both are made once and kept",
        [
            f"{SUBMITTING}::test_the_same_text_again_renders_it_once",
            f"{ENDS}::test_is_fetched_once_and_kept",
        ],
    ),
    Trouble(
        22,
        "one contract whose signatories cannot be changed keeps all others from being changed",
        "each contract's change is an act of its own; it names the steps that are not finished",
        [
            f"{SUBMITTING}::test_that_fail_for_one_contract_change_for_the_others",
            f"{SUBMITTING}::test_change_while_a_contract_is_being_signed",
        ],
    ),
    Trouble(
        23,
        "a reminder is sent twice, or not at all where its night was missed",
        "a reminder has a cause, the instalment and the period; each cause is written once, and a night "
        "that was missed is caught up with",
        [f"{MAILS}::test_are_sent_once_for_each_period"],
    ),
    Trouble(
        24,
        "subjects cannot be translated, states are shown as they are stored, and every card expires in May",
        "words are looked up in catalogues; a card's month is its own",
        [
            f"{MAILS}::test_are_in_the_learners_language",
            "payments/test_paying.py::test_shows_the_card_that_pays",
        ],
    ),
    Trouble(
        25,
        "a signature is compared so that its time tells of it, an old message may be sent again, and a "
        "notice is believed",
        "signatures are compared in constant time; what was applied once is known again for ever; a "
        "notice is only a hint",
        [
            f"{LYRA}/test_webhook.py::test_that_was_changed_is_not",
            f"{MESSAGES}::test_that_are_replayed_after_a_refund_change_nothing",
            f"{NOTICES}::test_that_was_forged_changes_nothing",
        ],
    ),
    Trouble(
        26,
        "the document of the states says something else than the code",
        "`lifecycles.md` is printed from the tables that the code goes by; `make check` compares",
        ["orders/test_lifecycle.py::test_takes_exactly_the_arrows_of_the_design"],
    ),
    Trouble(
        27,
        "a list is said to be ordered in one way, and is ordered in another",
        "every list is newest first, and says so; cursors go by the same key",
        ["orders/api/test_orders.py::test_is_listed_newest_first_in_pages_and_by_state"],
    ),
    Trouble(
        28,
        "any member of an organization sees its contracts, where owners and administrators should",
        "each route names its action, and one table who may do it",
        [
            "orders/test_guards.py::test_is_what_the_routes_do",
            "orders/api/test_organizations.py::test_are_listed_without_the_card_that_pays",
        ],
    ),
    Trouble(
        29,
        "a submission that stops half-way leaves a procedure at the service; two clicks make two",
        "three acts in a ledger, asked about before they are repeated; what is there twice, or not "
        "wanted any more, is removed, also when it arrives after all is over",
        [
            f"{SUBMITTING}::test_twice_at_once_is_one_procedure",
            f"{SUBMITTING}::test_that_is_not_wanted_any_more_leaves_no_orphan",
            f"{SUBMITTING}::test_removes_what_arrives_when_all_is_over",
        ],
    ),
]

_HEAD = """\
# Troubles of courses, and what becomes of them

<!-- Printed by `python -m tests.orders.troubles`; a test compares. -->

What is known to go wrong where courses are ordered, signed and paid in instalments. Each test
plays it against simulated services over real sockets, or says it of the rules.

"""


def render() -> str:
    """The page."""
    return _HEAD + page(TROUBLES)


if __name__ == "__main__":
    print(render(), end="")  # noqa: T201 - its purpose
