"""What payments serve; what they bring to every process is in ``area``."""

from typing import Final

from tramita.kit.http.area import AreaRoutes
from tramita.payments.api.notifications import receive_notification

ROUTES: Final = AreaRoutes(handlers=[receive_notification])
