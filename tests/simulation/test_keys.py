from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from joserfc.jwk import ECKey

from tramita.simulation.keys import ensure_key_pair


class TestEnsureKeyPair:
    def test_makes_a_pair_only_its_owner_can_read(self, tmp_path: Path) -> None:
        """The private key is P-521 and 0600; the public one belongs to it."""
        pair = ensure_key_pair(tmp_path / "qitech", "client")

        assert 0o600 == pair.private_path.stat().st_mode & 0o777
        assert pair.public_pem == ECKey.import_key(pair.private_pem).as_pem(private=False)
        assert pair.public_pem == (tmp_path / "qitech" / "client.pub.pem").read_bytes()
        assert "P-521" == ECKey.import_key(pair.private_pem).curve_name

    def test_reads_the_pair_that_is_there(self, tmp_path: Path) -> None:
        """A second call returns the same pair, and mends a lost public file."""
        first = ensure_key_pair(tmp_path, "client")
        first.public_path.unlink()

        assert first == ensure_key_pair(tmp_path, "client")
        assert first.public_pem == first.public_path.read_bytes()

    def test_gives_all_processes_the_same_pair(self, tmp_path: Path) -> None:
        """Whoever comes first makes the pair; nobody overwrites it and nothing else stays."""
        context = get_context("spawn")
        with ProcessPoolExecutor(3, mp_context=context) as processes:
            pairs = list(processes.map(ensure_key_pair, [tmp_path] * 6, ["client"] * 6))

        assert 1 == len({pair.private_pem for pair in pairs})
        assert {"client.pem", "client.pub.pem"} == {path.name for path in tmp_path.iterdir()}
