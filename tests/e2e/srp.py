"""Secure Remote Password as user pools of Cognito use it: a password is proven, and never sent.

Both sides are here. Tests are the client; the emulator is the server, because moto takes any proof.
https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
"""The group of 3072 bits, https://www.rfc-editor.org/rfc/rfc3526#section-4."""

GENERATOR = 2
SECRET_BITS = 256
KEY_LABEL = b"Caldera Derived Key\x01"
"""The label under which Cognito derives the key of a proof, with the counter of HKDF's one block."""

KEY_BYTES = 16
TIME_FORMAT = "%a %b %-d %H:%M:%S UTC %Y"


@dataclass(frozen=True)
class Account:
    """Whose password it is: the part of a pool's identifier after its region, and the user's name in it."""

    pool: str
    user: str


@dataclass(frozen=True)
class Client:
    """Who knows the password and proves it."""

    secret: int = field(default_factory=lambda: secrets.randbits(SECRET_BITS))

    @property
    def public(self) -> int:
        """What is sent first."""
        return pow(GENERATOR, self.secret, PRIME)

    def key(self, account: Account, password: str, salt: int, server: int) -> bytes:
        """The key that both sides come to if they know the same password."""
        scrambling = hashed(self.public, server)
        exponent = private_key(account, password, salt)
        base = server - MULTIPLIER * pow(GENERATOR, exponent, PRIME)
        return derived(pow(base, self.secret + scrambling * exponent, PRIME), scrambling)


@dataclass(frozen=True)
class Server:
    """Who checks it."""

    verifier: int
    salt: int
    secret: int = field(default_factory=lambda: secrets.randbits(SECRET_BITS))

    @property
    def public(self) -> int:
        """What is answered."""
        return (MULTIPLIER * self.verifier + pow(GENERATOR, self.secret, PRIME)) % PRIME

    def key(self, client: int) -> bytes:
        """The key that both sides come to if they know the same password."""
        scrambling = hashed(client, self.public)
        return derived(pow(client * pow(self.verifier, scrambling, PRIME), self.secret, PRIME), scrambling)


def server_for(account: Account, password: str) -> Server:
    """The checking side for one sign-in."""
    salt = secrets.randbits(SECRET_BITS // 2)
    return Server(pow(GENERATOR, private_key(account, password, salt), PRIME), salt)


def proof(key: bytes, account: Account, block: bytes, timestamp: str) -> str:
    """The signature by which a key is shown to be known, without showing it."""
    message = account.pool.encode() + account.user.encode() + block + timestamp.encode()
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


def private_key(account: Account, password: str, salt: int) -> int:
    """The number that stands for a password."""
    inner = hashlib.sha256(f"{account.pool}{account.user}:{password}".encode()).digest()
    return int.from_bytes(hashlib.sha256(padded(salt) + inner).digest())


def hashed(*numbers: int) -> int:
    """The hash of some numbers, as a number."""
    return int.from_bytes(hashlib.sha256(b"".join(map(padded, numbers))).digest())


def padded(number: int) -> bytes:
    """The bytes of a number that is never taken for a negative one."""
    return number.to_bytes(number.bit_length() // 8 + 1)


def derived(shared: int, scrambling: int) -> bytes:
    """The key of a proof from the shared secret, by HKDF (https://www.rfc-editor.org/rfc/rfc5869)."""
    extracted = hmac.new(padded(scrambling), padded(shared), hashlib.sha256).digest()
    return hmac.new(extracted, KEY_LABEL, hashlib.sha256).digest()[:KEY_BYTES]


MULTIPLIER = hashed(PRIME, GENERATOR)
