"""The journey of an application through a back office, and back.

1. ``send_application``: once it counts, the office makes its document. One, whatever happens to the
   answer: whoever does not know asks for it by our name, and believes that there is none only when
   the office has gone on saying so for longer than it may work on one.
2. ``update_application``: a later form follows, until an offer is accepted; ``cancel_application``
   undoes it. Both look at what is wanted when they end, so that it does not matter who was first.
3. ``tell_payment``: what the client says of the money. ``tell_agent``: who works on it now, where
   that is another. ``tell_files``: what people have put there since. ``request_document``: what somebody
   in the chat asks for; it comes by itself, later.
4. The office tells us by itself what its people work out and do (``api.onec``); where it cannot be
   called it fetches all of the above, and says what came of it.
5. ``look_there`` finds documents that are gone, as from a base that was restored from an old copy: a
   person sees it, and has the application sent again.

The office away, closed for the night, or without a licence: everything waits, and goes on by itself.
What its rules refuse is shown in its own words, and goes on when somebody has changed the form.
"""
