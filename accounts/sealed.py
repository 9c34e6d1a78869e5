"""Secrets that must be read again, such as a client secret, are encrypted with a key made from SECRET_KEY.

An old SECRET_KEY in SECRET_KEY_FALLBACKS still opens what was sealed with it.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

from accounts.errors import AccountError


def _box(key: str | bytes) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"ideation.sealed").derive(force_bytes(key))
    return Fernet(base64.urlsafe_b64encode(derived))


def _boxes() -> MultiFernet:
    return MultiFernet([_box(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def seal(text: str) -> str:
    """The text encrypted; of an empty one nothing."""
    return _boxes().encrypt(text.encode()).decode() if text else ""


def unseal(text: str) -> str:
    """What was sealed. Raises AccountError where SECRET_KEY is another one than then."""
    try:
        return _boxes().decrypt(text.encode()).decode() if text else ""
    except InvalidToken as error:
        raise AccountError("secret_unreadable") from error
