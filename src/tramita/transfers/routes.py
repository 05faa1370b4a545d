"""What transfers serve; what they bring to every process is in ``area``."""

from typing import Final

from tramita.kit.http.area import AreaRoutes

ROUTES: Final = AreaRoutes(handlers=[])
