"""Key pairs that both sides of a simulated vendor find on disk.

The client and the simulator may be started in any order, in several processes
at once: whoever comes first makes the pair, everybody else reads it. Keys are
made at run time and never belong in the repository.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from joserfc.jwk import ECKey

CURVE = "P-521"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An ECDSA P-521 pair (ES512): PEM files and their contents."""

    private_path: Path
    public_path: Path
    private_pem: bytes
    public_pem: bytes


def ensure_key_pair(directory: Path, name: str) -> KeyPair:
    """Return the pair ``name`` of ``directory``, making it if nobody has yet.

    ``<name>.pem`` is the private key (mode 0600), ``<name>.pub.pem`` the public
    one. The private file appears whole or not at all, and the first one wins.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    private_path = directory / f"{name}.pem"
    if not private_path.exists():
        made = ECKey.generate_key(CURVE, auto_kid=False).as_pem(private=True)
        _publish_first(private_path, made)
    private_pem = private_path.read_bytes()
    public_pem = ECKey.import_key(private_pem).as_pem(private=False)
    public_path = directory / f"{name}.pub.pem"
    if not public_path.exists():
        _publish_first(public_path, public_pem)
    return KeyPair(private_path, public_path, private_pem, public_pem)


def _publish_first(path: Path, content: bytes) -> None:
    """Write ``path`` unless it exists. A hard link is the atomic "only if absent"."""
    descriptor, written = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(written, path)
        except FileExistsError:
            return  # Another process was quicker; its pair is the pair.
    finally:
        Path(written).unlink()
