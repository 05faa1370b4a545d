"""1C through its standard OData interface: for a base into which no service of ours may be put.

The interface is version 3 with rules of its own. It writes objects, one at a time, and posts documents by
another call; nothing holds two calls together. So a document says itself how far it is: an application's has
been taken when ``ПринятаяРевизия`` is the revision that stands in it, which is written last. Whatever was
lost on the way, the next call goes on from there.

It knows no repetition either, but for a reference: an object is created under the reference that it is given,
once. An application's document has the application's own id for one. A base that gives references itself makes
another document, as one does whose service knows no repetition: nothing is repeated before it was asked.
"""
