"""What a handler may ask for by name; ``tramita.web`` provides it."""

from typing import TypeAlias

from litestar.di import NamedDependency

from tramita.kit.jwt_users import JWTUser
from tramita.kit.runtime import Runtime

FromRuntime: TypeAlias = NamedDependency[Runtime]
FromActor: TypeAlias = NamedDependency[str]
FromUser: TypeAlias = NamedDependency[JWTUser]
