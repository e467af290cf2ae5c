"""Access tokens: real RS256 JWTs with the vendor's claims, and the key that signs them.

The claims and their order were decoded from the sample token on the vendor's landing page. No list of issued tokens is
kept: the second half of a ``jti`` is a keyed mark of the account's token epoch, so a new epoch revokes all before it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from mock_server.core.clock import SECOND, Instant

LIFETIME: Final = 3600
"""Seconds for which a token is good."""

_SIGNATURE_ALONE: Final[Any] = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "sub", "jti", "iss")}
_NONCE_BYTES: Final = 20
_CACHED: Final = 4096


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token with a good signature says: whose it is, its mark, and from when till when it is good (seconds)."""

    client_id: str
    jti: str
    not_before: int
    expires: int

    def is_current(self, now: Instant) -> bool:
        """Whether the token is good at `now`; at the very second it expires it is not."""
        return self.not_before * SECOND <= now < self.expires * SECOND

    def is_of_epoch(self, epoch: str) -> bool:
        """Whether the token was issued since the account's tokens were last revoked."""
        nonce, mark = self.jti[: 2 * _NONCE_BYTES], self.jti[2 * _NONCE_BYTES :]
        return mark == _mark(nonce, epoch)  # signed by us: there is no secret to guess here


def new_epoch() -> str:
    """What tells the tokens issued from now on from all earlier ones."""
    return secrets.token_hex(16)


@lru_cache(maxsize=_CACHED)
def _mark(nonce: str, epoch: str) -> str:
    return hmac.new(epoch.encode(), nonce.encode(), hashlib.sha256).hexdigest()[: 2 * _NONCE_BYTES]


class Tokens:
    """Issues and reads tokens. `key` is the PEM of an RSA key; reading a token a second time costs a look-up."""

    def __init__(self, key: bytes) -> None:
        self._private = _private_key(key)
        self._public: Any = self._private.public_key()
        self._read: dict[str, Claims] = {}

    def issue(self, client_id: str, user_id: int, epoch: str, now: Instant) -> str:
        """A token for an account, good for `LIFETIME` seconds from `now`."""
        import jwt

        nonce = secrets.token_hex(_NONCE_BYTES)
        jti = nonce + _mark(nonce, epoch)
        issued = now // SECOND
        payload = {
            "aud": client_id,
            "jti": jti,
            "iat": issued,
            "nbf": issued,
            "exp": issued + LIFETIME,
            "sub": "",
            "scopes": [],
            "user": {"id": user_id, "group_id": None, "parent_id": None, "area": "rest"},
        }
        return jwt.encode(payload, self._private, algorithm="RS256", headers={"jti": jti}, sort_headers=False)

    def read(self, token: str) -> Claims | None:
        """The claims of a token that this server signed, else None. Its times are for the account's clock to judge."""
        claims = self._read.get(token)
        if claims is None:
            claims = self._verify(token)
            if claims is not None:
                while len(self._read) >= _CACHED:
                    self._read.pop(next(iter(self._read)), None)
                self._read[token] = claims
        return claims

    def _verify(self, token: str) -> Claims | None:
        import jwt

        try:
            payload = jwt.decode(token, self._public, algorithms=["RS256"], options=_SIGNATURE_ALONE)
        except (jwt.InvalidTokenError, ValueError, RecursionError):  # text that is not ASCII; JSON nested too deep
            return None
        return Claims(payload["aud"], payload["jti"], payload["nbf"], payload["exp"])


def is_key(key: bytes) -> bool:
    """Whether that is the PEM of a key that `Tokens` can sign with."""
    try:
        _private_key(key)
    except ValueError:
        return False
    return True


def _private_key(key: bytes) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        # The key is one of ours: to find out whether its primes are prime would take 50 ms of the first request.
        private = load_pem_private_key(key, None, unsafe_skip_rsa_key_validation=True)
    except (TypeError, UnsupportedAlgorithm) as error:  # encrypted; of an unknown kind
        raise ValueError(f"the signing key cannot be read: {error}") from error
    if not isinstance(private, RSAPrivateKey):
        raise ValueError(f"the signing key is no RSA key but {type(private).__name__}")
    return private


def make_key() -> bytes:
    """A fresh RSA key of 2048 bits, as PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
