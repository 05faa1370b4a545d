"""Settings of Telegram, read from ``TRAMITA_TELEGRAM_*``."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tramita.kit.credentials import secret
from tramita.kit.provider import ProviderSettings

# What the demo's simulator knows. Not secrets.
DEMO_TOKEN = "1000001:TEST-TOKEN-NOT-A-REAL-BOT"
DEMO_PATH = "telegram-demonstration-path"
DEMO_SECRET = "telegram-demonstration-secret"


class TelegramSettings(ProviderSettings):
    """Telegram knows us by the token of our bot, and is known by what it was told to show."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_TELEGRAM_", extra="ignore")

    url: str = Field(
        default="",
        description="Base URL, `https://api.telegram.org`; empty: the simulator, in demo mode only.",
    )
    deadline: float = Field(default=30.0, description="Seconds a call may take, all in all.")
    bot_token: str = secret(
        "The token of our bot, which vouches for Mini Apps too.", demo=DEMO_TOKEN
    )
    bot: str = Field(
        default="tramita_demo_bot",
        pattern=r"^[A-Za-z0-9_]{3,32}$",
        description="The name of our bot, without `@`.",
    )
    app: str = Field(
        default="pay",
        pattern=r"^[A-Za-z0-9_]{3,30}$",
        description="The short name of its Mini App, as BotFather knows it.",
    )
    webhook_path: str = secret(
        "The end of the address that Telegram posts to: letters, digits, `_` and `-`.",
        demo=DEMO_PATH,
    )
    webhook_secret: str = secret(
        "What Telegram shows with each update: letters, digits, `_` and `-`.", demo=DEMO_SECRET
    )
    init_data_hours: int = Field(
        default=24,
        ge=1,
        le=48,
        description="Hours for which what a Mini App was opened with is believed.",
    )
