"""Objects as OData writes them, only what we use: in JSON as they are, in Atom all of it as texts."""

from typing import Annotated

from msgspec import Meta, Struct, field

Text = Annotated[str, Meta(max_length=10_000)]
Whole = str | int | None
YesNo = str | bool | int | None


class WireApplication(Struct):
    """The document of an application."""

    ref: Annotated[str, Meta(min_length=36, max_length=36)] = field(name="Ref_Key")
    external_id: Annotated[str, Meta(min_length=1, max_length=100)] = field(
        name="ВнешнийИдентификатор"
    )
    data_version: Text = field(name="DataVersion", default="")
    number: Text | None = field(name="Number", default="")
    date: Text | None = field(name="Date", default=None)
    is_posted: YesNo = field(name="Posted", default=None)
    is_marked: YesNo = field(name="DeletionMark", default=None)
    revision: Whole = field(name="Ревизия", default=None)
    accepted: Whole = field(name="ПринятаяРевизия", default=None)
    is_cancelled: YesNo = field(name="Отменена", default=None)
    message: Whole = field(name="НомерСообщения", default=None)
    payment: Text | None = field(name="СтатусОплаты", default=None)
    payment_message: Whole = field(name="НомерСообщенияОплаты", default=None)


class WireRequest(Struct):
    """A document that was asked for."""

    ref: Annotated[str, Meta(min_length=36, max_length=36)] = field(name="Ref_Key")
    state: Text | None = field(name="Состояние", default="")
    reason: Text | None = field(name="Причина", default="")


class WireSet(Struct):
    """What a service document names."""

    name: Text
