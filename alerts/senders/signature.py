"""Signs a webhook's request, so that its receiver can tell it from a forged one. Pure.

The form is that of Standard Webhooks (https://www.standardwebhooks.com), which has libraries for receivers in many
languages: HMAC-SHA256 over the id, the time and the body, in the headers `webhook-id`, `webhook-timestamp` and
`webhook-signature`. Several secrets make several signatures, so that one can be changed without a gap.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

_PREFIX = "whsec_"
_SHORTEST = 24


def read_secret(written: str) -> bytes:
    """`whsec_` and base64, or any text of 24 characters and more. Raises ValueError, which does not show it."""
    if not written.startswith(_PREFIX):
        key = written.encode()
    else:
        try:
            key = base64.b64decode(written.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            raise ValueError("after whsec_ the secret must be base64") from None
    if len(key) < _SHORTEST:
        raise ValueError("the secret is too short to sign with; openssl rand -base64 32 makes one of the right length")
    return key


def headers(secrets: Sequence[str], key: str, now: datetime, body: bytes) -> dict[str, str]:
    """The headers that sign `body`, sent now under this idempotency key; none without a secret."""
    if not secrets:
        return {}
    moment = str(int(now.timestamp()))
    signed = f"{key}.{moment}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(read_secret(one), signed, hashlib.sha256)).decode() for one in secrets]
    return {
        "webhook-id": key,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
