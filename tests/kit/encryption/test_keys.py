"""Keys: what they hide is read by them alone, in its place alone."""

import pytest

from tramita.kit.encryption.keys import (
    DOCUMENT,
    KeyMalformed,
    Keyring,
    KeyUnknown,
    NotDecrypted,
    keys_of,
    new_key,
)
from tramita.kit.encryption.settings import EncryptionSettings
from tramita.kit.errors import ConfigurationError
from tramita.kit.settings import Mode, Settings

PLACE = "customers.name"
NAME = "Zulmira Quartzberg"
PRODUCTION = Settings(mode=Mode.PRODUCTION)


def ring(*keys: str, lookup: str = "") -> Keyring:
    """The keys of an installation in production."""
    settings = EncryptionSettings(encryption_keys=",".join(keys), lookup_key=lookup or new_key())
    return Keyring.of(settings, PRODUCTION)


class TestWhatIsEncrypted:
    def test_is_read_by_its_key(self) -> None:
        """Texts, bytes and structures, and two equal ones look different."""
        keys = ring(new_key())
        texts = [keys.encrypt(NAME, PLACE) for _ in range(2)]

        assert [NAME, NAME] == [keys.decrypt(one, PLACE) for one in texts]
        assert texts[0] != texts[1]
        assert b"picture" == keys.decrypt_bytes(keys.encrypt_bytes(b"picture", PLACE), PLACE)
        stored = keys.encrypt_json({"street": NAME}, PLACE)
        assert f'{{"street":"{NAME}"}}' == keys.decrypt_json(stored, PLACE)
        assert {"street": NAME} == keys.decrypt_decoded(stored.strip('"'), PLACE)

    def test_says_nothing_of_what_it_is(self) -> None:
        """Neither in a text, nor where a keyring is shown in a log or a failure."""
        key, lookup = new_key(), new_key()
        keys = ring(key, lookup=lookup)

        assert "Zulmira" not in keys.encrypt(NAME, PLACE)
        assert b"Zulmira" not in keys.encrypt_bytes(NAME.encode(), PLACE)
        # Bytes with a quote in them, and by chance there is one, are shown in the other quotes.
        assert repr(keys).startswith("Keyring(first=b")
        assert "key=" not in repr(keys)

    def test_is_read_by_any_of_several(self) -> None:
        """The first encrypts, all decrypt; so keys can change one after the other."""
        old, new = new_key(), new_key()
        written = ring(old).encrypt(NAME, PLACE)

        both = ring(new, old)

        assert NAME == both.decrypt(written, PLACE)
        assert NAME == ring(new).decrypt(both.encrypt(NAME, PLACE), PLACE)

    def test_is_a_sentence_without_its_key(self) -> None:
        """It names the key and the column, and is no garbage."""
        one, other = ring(new_key()), ring(new_key())

        with pytest.raises(KeyUnknown, match=f"A value of {PLACE} is encrypted with key"):
            other.decrypt(one.encrypt(NAME, PLACE), PLACE)
        with pytest.raises(KeyUnknown):
            other.decrypt_bytes(one.encrypt_bytes(b"picture", PLACE), PLACE)

    def test_is_a_value_in_its_place_alone(self) -> None:
        """Moved to another column, cut short or changed, it is none."""
        keys = ring(new_key())
        text, content = keys.encrypt(NAME, PLACE), keys.encrypt_bytes(b"picture", PLACE)

        with pytest.raises(NotDecrypted):
            keys.decrypt(text, "customers.phone")
        for spoilt in (text[:-8], text[:-4] + "AAA=", text[:12], f"{text[:9]}!"):
            with pytest.raises(ConfigurationError):
                keys.decrypt(spoilt, PLACE)
        with pytest.raises(NotDecrypted):
            keys.decrypt_bytes(content[:-1], PLACE)

    @pytest.mark.parametrize("nothing", ["", "(erased)", "Ana"])
    def test_and_what_never_was_is_read_as_it_is(self, nothing: str) -> None:
        """Rows from before, and what erasing leaves; what is empty says nothing to hide."""
        keys = ring(new_key())

        assert nothing == keys.decrypt(nothing, PLACE)
        assert ("", b"", "{}") == (
            keys.encrypt("", PLACE),
            keys.encrypt_bytes(b"", PLACE),
            keys.encrypt_json({}, PLACE),
        )

    def test_is_encrypted_whatever_it_looks_like(self) -> None:
        """Somebody's name may begin as an encrypted text does."""
        keys = ring(new_key())

        assert "enc1:me" == keys.decrypt(keys.encrypt("enc1:me", PLACE), PLACE)


class TestAHash:
    def test_stays_when_the_encrypting_key_changes(self) -> None:
        """People are found whatever their documents are encrypted with."""
        lookup = new_key()

        one, other = ring(new_key(), lookup=lookup), ring(new_key(), lookup=lookup)

        assert one.hash(DOCUMENT, "39053344705") == other.hash(DOCUMENT, "39053344705")

    def test_is_of_one_installation_and_one_kind(self) -> None:
        """Whoever has it and no key cannot try all documents there are."""
        keys = ring(new_key())

        assert keys.hash(DOCUMENT, "1") != ring(new_key()).hash(DOCUMENT, "1")
        assert keys.hash(DOCUMENT, "1") != keys.hash("phone", "1")
        assert keys.hash(DOCUMENT, "1") != keys.hash(DOCUMENT, "2")


class TestSettings:
    def test_in_the_demo_are_its_own(self) -> None:
        """It needs none."""
        demo = Keyring.of(EncryptionSettings(), Settings(mode=Mode.DEMO))

        assert NAME == demo.decrypt(demo.encrypt(NAME, PLACE), PLACE)

    @pytest.mark.parametrize("variable", ["ENCRYPTION_KEYS", "LOOKUP_KEY"])
    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ("", "There is no TRAMITA_{}"),
            ("demo", "TRAMITA_{} is the demo's"),
            ("short", "TRAMITA_{} is to be one"),
            ("ü" * 43, "TRAMITA_{} is to be one"),
        ],
    )
    def test_that_are_no_keys_are_refused_in_production(
        self, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
    ) -> None:
        """In a sentence that names the variable and never the value."""
        demo = EncryptionSettings.model_fields[variable.lower()].json_schema_extra
        assert isinstance(demo, dict)
        values = {"ENCRYPTION_KEYS": new_key(), "LOOKUP_KEY": new_key()}
        values[variable] = str(demo["demo"]) if value == "demo" else value
        for name, given in values.items():
            monkeypatch.setenv(f"TRAMITA_{name}", given)

        with pytest.raises(ConfigurationError, match=said.format(variable)) as refused:
            keys_of(PRODUCTION)

        assert not value or value == "demo" or value not in str(refused.value)

    def test_with_a_demo_key_among_others_are_refused(self) -> None:
        """Everybody can read what it encrypted."""
        demo = EncryptionSettings.model_fields["encryption_keys"].json_schema_extra
        assert isinstance(demo, dict)

        with pytest.raises(ConfigurationError, match="is the demo's"):
            ring(new_key(), str(demo["demo"]))

    def test_may_have_spaces(self) -> None:
        """Between keys; people write lists so."""
        one, other = new_key(), new_key()

        assert ring(one, other).names == ring(f" {one} ", f" {other}").names

    def test_with_a_comma_too_many_are_refused(self) -> None:
        """Half a list is no list."""
        with pytest.raises(KeyMalformed):
            ring(new_key(), "")
