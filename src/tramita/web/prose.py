"""What the API's description says in sentences: itself, the tags of no area, its problems."""

from collections.abc import Mapping

PROSE = """\
Carries contracts through the outside systems that fulfil them.

**Errors** are `application/problem+json`; `code` is stable, and `errors` names every \
field at once. **Lists** have `?limit=&cursor=` and answer `items` and `next_cursor`. \
**Times** have an offset, **amounts** are texts with two decimals, **ids** are UUIDs.
"""

PLATFORM_TAGS: Mapping[str, str] = {
    "Operations": """\
Acts at outside systems, above all those that need a person.

An act whose outcome nobody knows is asked about; what cannot be found out is `needs_attention`. \
`POST …/ask_again` has the outside system asked once more, `…/send_again` repeats the act where \
that system has said that nothing is there, `…/mark_refused` settles it on your word. Each wants a \
`note`, which stays in the history. `actions` of an operation says which are allowed, and why not.
""",
    "Providers": """\
The outside systems: what waits at each, and pausing them.

While a provider is paused, or one kind of its acts, nothing is sent there: what is to be done \
waits as it is, no attempt is counted, and what the provider sends to us is taken. Whoever waits for an \
answer is told 503 with `Retry-After`. What was under way is carried to its end, so \
`in_flight` is 0 before a maintenance may begin. Resumed, what waits goes on at the usual pace.
""",
    "Jobs": """\
The queue: how deep it is, how late, and jobs that an error of our own holds.

A held job stands still with what it carries until somebody has mended the cause and lets it run again; what is done \
already is not repeated. What fails because a provider or the database is away is not held.
""",
    "Webhooks": """\
What happens, told to your systems as signed POSTs; see the guide "Receive webhooks".

An event's `id` and body never change, over all attempts, endpoints and replays. A delivery \
that is not answered with 2xx within 10 seconds is tried again after 5 s, 5 min, 30 min, \
2 h, 5 h, 10 h, 14 h, 20 h and 24 h, each a tenth more or less, or later when `Retry-After` \
says so; then it has failed. An endpoint that answers 410, or has only failed for 5 days, is \
disabled. Events are kept for at least 30 days.
""",
    "E-mails": """\
What is written to people, and what became of it.

An e-mail that the mail server does not take for now is tried again for two days, and has `failed` then. One \
that it will never take is `refused`. One whose text was handed over without an answer is `unknown`: it may \
have arrived, so it is not sent again by itself. `POST …/send-again` does so, under the same `Message-ID`.
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
        "The body is over 64 KiB, an envelope over 1 MiB, a picture well over its 2 MB, a batch of messages over 2 MiB, or another file over what is taken.",
    ),
    415: (
        "UnsupportedMediaType",
        "The body is not `application/json`, or a file is of a kind that is not taken.",
    ),
    422: ("InvalidRequest", "Fields break the schema or a rule; all of them are in `errors`."),
    424: ("DependencyFailed", "What this needs from elsewhere is not to be had there (any more)."),
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
