"""What the API's description says in sentences: itself, its tags, its problems."""

from collections.abc import Mapping

PROSE = """\
Carries contracts through the outside systems that fulfil them.

**Errors** are `application/problem+json`; `code` is stable, and `errors` names every \
field at once. **Lists** have `?limit=&cursor=` and answer `items` and `next_cursor`. \
**Times** have an offset, **amounts** are texts with two decimals, **ids** are UUIDs.
"""

TAGS: Mapping[str, str] = {
    "Envelopes": """\
What was sold to one client, to be carried to the bank, signed and paid.

Make it, give it the client's identity pictures if the bank wants them, and request its link; from \
then on read it, or let webhooks tell. `stage` of a portability is how far the bank is; its \
message moves it, or a question of ours where none comes. `conflict` names messages that cannot \
both be true, and a person decides.

**Cancelling** ends every contract here at once and at the bank as soon as it confirms: until \
then `cancelling_at_provider` is true. It works at any moment, also while proposals are on their \
way, until one is being paid: then it is 409 and nothing changes. Again is fine. An envelope ends by \
itself after 30 days; what was signed goes on.
""",
    "Formalização": """\
The client's side of an envelope; its token is the key.

**`WS /ws/{token}`** follows one envelope. It accepts every connection and closes with \
4404 when the token is unknown. Each message is a JSON object:

| message | when |
|---|---|
| `{"type": "CONTRACT_PROGRESS", "done": 3, "total": 20}` | on connecting while a run goes, and on change |
| `{"type": "CONTRACTS_PROCESSED", "message": "all done"}` | once per socket and run, also when it had ended before |
| `{"type": "CONTRACT_CHANGED", "id": "…", "status": "…", "portability_status": "…"}` | later, when something happens to one |
| `{"type": "PING"}` | every 20 seconds |

After four hours it closes with 1012: connect again. What a client sends is ignored.
""",
    "Contracts": "Contracts of every kind, and the plugins that fulfil them.",
    "Customers": "Whom contracts are made with.",
    "Catalog": "What can be sold: products and their packages.",
    "Numbering": """\
Phone numbers of Brazil: area codes, and numbers held, reserved and given back.

**Choosing one**: a preview holds three numbers, masked, for a quarter of an hour; one of them is \
reserved by its `index`. It is replaced by another one that names it as `previous_id`. Or any number \
is reserved at random. A reserved number is assigned to a SIM before `reserved_until`, or else it is \
given back by itself; one that was in use rests before that.

**What may go wrong** while the provider is asked, which takes seconds:

| status | `code` | what to do |
|---|---|---|
| 409 | `RESERVATION_IN_PROGRESS` | a number of this preview is being reserved: read the preview |
| 409 | `PREVIEW_CONSUMED` | one was reserved from it; `reserved_msisdn` tells which |
| 410 | `PREVIEW_EXPIRED` | it is over, or was replaced: make another |
| 500 | `NUMBER_INVENTORY_DIVERGENCE` | the number is in use here: choose another |
| 502 | `PROVIDER_REJECTED` | the provider refuses; nothing was reserved |
| 503 | `PROVIDER_UNAVAILABLE` | nothing was reserved: again after `Retry-After` seconds |
| 504 | `PROVIDER_OUTCOME_UNKNOWN` | nobody knows yet: read the preview until it is not `RESERVING` |

Send an `Idempotency-Key`, and a repeated reservation is answered as the first one was; without \
one it is a divergence. After a 504 at random ask for another number: what was reserved is given \
back in its time.

A token knows the previews and numbers of its own carrier; all others are 404.
""",
    "Devices": """\
The operator's list of devices, and whether a device takes an eSIM.

The list is read from the operator every hour; `as_of` says when, and an `ETag` whether it was read \
since. While the operator is away the last list answers.

**A verdict** is `UNKNOWN` unless something is known: no device is incompatible because a list is \
silent. `evidence` is what it rests on: the `EID`, which only an eSIM's chip has; the model, by `TAC` or \
`MODEL`; or the `OPERATOR`, whose word counts where it disagrees. Models of one name differ by region: \
ask by `imei`, `tac` or `model_id`, and by `eid` when in doubt.
""",
    "Operations": """\
Acts at outside systems, above all those that need a person.

An act whose outcome nobody knows is asked about; what cannot be found out is `needs_attention`. \
`POST …/ask_again` has the outside system asked once more, `…/send_again` repeats the act where \
that system has said that nothing is there, `…/mark_refused` settles it on your word. Each wants a \
`note`, which stays in the history. `actions` of an operation says which are allowed, and why not.
""",
    "Webhooks": """\
What happens, told to your systems as signed POSTs; see the guide "Receive webhooks".

An event's `id` and body never change, over all attempts, endpoints and replays. A delivery \
that is not answered with 2xx within 10 seconds is tried again after 5 s, 5 min, 30 min, \
2 h, 5 h, 10 h, 14 h, 20 h and 24 h, each a tenth more or less, or later when `Retry-After` \
says so; then it has failed. An endpoint that answers 410, or has only failed for 5 days, is \
disabled. Events are kept for 30 days.
""",
    "Health": "What machines ask that watch over this one.",
}

PROBLEMS: Mapping[int, tuple[str, str]] = {
    400: ("MalformedRequest", "The body is not JSON, or a parameter means nothing."),
    401: ("Unauthorized", "There are no credentials, or nobody knows them."),
    403: ("Forbidden", "The credentials do not reach that far."),
    404: ("NotFound", "There is no such thing, or it is not yours to know."),
    409: ("Conflict", "The present state forbids it, or the same request still runs."),
    410: ("Gone", "It existed and has expired."),
    413: (
        "BodyTooLarge",
        "The body is over 64 KiB, an envelope over 1 MiB, or a picture well over its 2 MB.",
    ),
    415: (
        "UnsupportedMediaType",
        "The body is not `application/json`, or no `image/jpeg` where that is asked for.",
    ),
    422: ("InvalidRequest", "Fields break the schema or a rule; all of them are in `errors`."),
    429: ("TooMany", "More is asked for than may be; again after `Retry-After` seconds."),
    500: ("Divergence", "What the provider offers is in use here: the inventories disagree."),
    502: ("ProviderRefused", "The provider refuses; nothing was done there."),
    503: (
        "Unavailable",
        "The database or the provider does not answer; try again after `Retry-After` seconds.",
    ),
    504: ("OutcomeUnknown", "Nobody knows yet what the provider did; it is being asked."),
}

EXAMPLE = {
    "type": "urn:tramita:problem:invalid_request",
    "title": "Unprocessable Entity",
    "status": 422,
    "detail": "The request breaks 1 rule(s).",
    "code": "invalid_request",
    "request_id": "0198c0de-0000-7000-8000-000000000000",
    "errors": [
        {
            "path": "contracts[2].origin.ispb",
            "code": "wrong_type",
            "message": "Expected `str`, got `int`",
        }
    ],
}
