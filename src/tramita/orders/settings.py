"""Settings of orders, read from ``TRAMITA_*``."""

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class OrderSettings(BaseSettings):
    """What learners are told of their orders, and when."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_", extra="ignore")

    installment_reminder_period_days: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(2,),
        description="Days before an instalment is debited on which its learner is reminded of it, "
        "separated by commas. Empty: never.",
    )
    order_link: str = Field(
        default="",
        pattern=r"^$|^https?://[^\s]*\{id\}[^\s]*$",
        description="Where learners see an order on your own pages, `https://campus.example/orders/{id}`. "
        "Empty: on ours.",
    )

    @field_validator("installment_reminder_period_days", mode="before")
    @classmethod
    def _are_listed(cls, days: object) -> object:
        return [one for one in days.split(",") if one.strip()] if isinstance(days, str) else days

    @field_validator("installment_reminder_period_days")
    @classmethod
    def _are_days(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if any(not 1 <= one <= 365 for one in days):
            raise ValueError("an instalment is reminded of 1 to 365 days before it is debited")
        return tuple(sorted(set(days)))
