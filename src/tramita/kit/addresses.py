"""Network addresses: which are everybody's, and which lie inside this machine or its network."""

import socket
from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

# Where an IPv4 address is reached through an IPv6 one (NAT64, RFC 6052 and 8215): its last 32 bits.
_NAT64: Final = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
_COMPATIBLE: Final = ip_network("::/96")


def read_networks(text: str) -> tuple[Network, ...]:
    """Networks as ``10.0.0.0/8, fd00::/8``; raises ``ValueError`` for what is none."""
    return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())


def find_literal(host: str) -> Address | None:
    """The address that ``host`` is already, however it is spelled; ``None`` for a name.

    Resolvers still take ``0x7f.1``, ``017700000001`` and ``2130706433`` for 127.0.0.1.
    """
    try:
        return ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine: by address, or called ``localhost``."""
    address = find_literal(host)
    return host == "localhost" if address is None else _innermost(address).is_loopback


def is_allowed(address: Address, networks: Sequence[Network] = ()) -> bool:
    """Whether it is everybody's, or in one of these networks."""
    inner = _innermost(address)
    if any(one.version == inner.version and inner in one for one in networks):
        return True
    is_somewhere = inner.is_global and not inner.is_multicast and not inner.is_reserved
    return is_somewhere and not (isinstance(inner, IPv6Address) and inner.is_site_local)


def _innermost(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    is_compatible = address in _COMPATIBLE and int(address) > 1
    if is_compatible or any(address in one for one in _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
