"""``/api/v1/backends``: which contract backends are installed."""

from litestar import get

from tramita.contracts.api.schemas import BackendAnswer, BackendsAnswer, present_backend
from tramita.contracts.backends import installed_backends, load_backends


@get("/api/v1/backends", opt={"scope": "contracts:read"}, tags=["Contracts"])
async def list_backends() -> BackendsAnswer:
    """Installed backend plugins, and those that failed to load, with the reason."""
    failed = [
        BackendAnswer(key, key, [], [], "failed", why)
        for key, why in load_backends().failed.items()
    ]
    return BackendsAnswer([*map(present_backend, installed_backends().values()), *failed])
