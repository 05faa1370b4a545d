"""The rows of numbering, under the seed's names."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Computed, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tramita.kit.database.engine import Record


class PreReservation(Record):
    """What the provider was, or is about to be, asked to hold; written before it is asked.

    ``expires_at`` is until when it may be chosen from, ``hold_until`` when the provider
    holds nothing of it any more, both counted from before the call.
    """

    __tablename__ = "pre_reservation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    carrier: Mapped[str | None]
    ddd: Mapped[str]
    brand_id: Mapped[str]
    quantity: Mapped[int]
    previous_id: Mapped[UUID | None]
    external_id: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    hold_until: Mapped[datetime]


class Preview(Record):
    """Three numbers to choose from. Its state is read off these columns (``previews.rows``).

    ``reserving_number_id`` is the number that is being reserved: the claim of the preview.
    """

    __tablename__ = "preview"

    id: Mapped[UUID] = mapped_column(ForeignKey("pre_reservation.id"), primary_key=True)
    external_id: Mapped[str] = mapped_column(unique=True)
    carrier: Mapped[str | None]
    ddd: Mapped[str]
    brand_id: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    superseded_by: Mapped[UUID | None] = mapped_column(ForeignKey("pre_reservation.id"))
    released_at: Mapped[datetime | None]
    reserving_number_id: Mapped[UUID | None]
    reserved_msisdn: Mapped[str | None]


class PreviewNumber(Record):
    """One number of a preview, by its index."""

    __tablename__ = "preview_number"

    preview_id: Mapped[UUID] = mapped_column(ForeignKey("preview.id"), primary_key=True)
    idx: Mapped[int] = mapped_column(primary_key=True)
    msisdn: Mapped[str] = mapped_column(index=True)


class MobileLine(Record):
    """The line of a mobile contract, under the contract's id, from the first look at it on."""

    __tablename__ = "mobile_lines"

    id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"), primary_key=True)
    state: Mapped[str]


class PhoneNumber(Record):
    """A phone number that is, or was, ours.

    ``prior_status`` is where a reservation under way goes back to when nothing comes of it;
    empty: the number was not known before. ``epoch`` grows with each reservation.
    ``pre_reservation_id`` is the hold it was reserved from, ``reservation_id`` the provider's
    own. ``provider_release`` says whether the provider has taken it back.
    """

    __tablename__ = "phone_number"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    msisdn: Mapped[str] = mapped_column(unique=True)
    ddd: Mapped[str] = mapped_column(Computed("substr(msisdn, 3, 2)", persisted=True))
    origin: Mapped[str]
    status: Mapped[str]
    prior_status: Mapped[str | None]
    epoch: Mapped[int]
    carrier: Mapped[str | None]
    pre_reservation_id: Mapped[UUID | None] = mapped_column(ForeignKey("pre_reservation.id"))
    reservation_id: Mapped[str | None]
    provider_release: Mapped[str]
    contract_id: Mapped[UUID | None] = mapped_column(ForeignKey("contracts.id"))
    assigned_sim_id: Mapped[str | None]
    reserved_until: Mapped[datetime | None]
    quarantine_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
