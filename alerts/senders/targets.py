"""From a channel's addresses to its recipients: one target each, with a key and a masked label."""

from __future__ import annotations

import hashlib
import logging
import warnings
from dataclasses import replace
from functools import lru_cache
from typing import Any

import apprise

from alerts.config import CONSOLE
from alerts.senders.parcel import Target
from core.errors import NightdeskError


class BadAddress(NightdeskError):
    """An address that no sender understands. The message does not show it, since it may hold a secret."""


def split(addresses: tuple[str, ...], secrets: tuple[str, ...] = ()) -> tuple[Target, ...]:
    """Every recipient of these addresses once. Raises BadAddress that names which address is wrong by its place.

    With `secrets`, webhooks among them are signed.
    """
    targets: dict[str, Target] = {}
    for place, address in enumerate(addresses, start=1):
        for target in _split_one(address.strip(), place):
            signed = replace(target, secrets=secrets) if target.sender == "webhook" else target
            targets.setdefault(target.key, signed)
    return tuple(targets.values())


def _split_one(address: str, place: int) -> list[Target]:
    scheme = address.split("://", 1)[0].lower()
    if scheme == CONSOLE:
        return [Target(address=f"{CONSOLE}://", index=0, key=CONSOLE, label=CONSOLE, sender="console")]
    service = open_service(address)
    if service is None:
        shown = f"{scheme}://" if "://" in address and len(scheme) <= 20 else "it"
        raise BadAddress(
            f"address {place}: no service understands {shown}; see docs/alerts.md for the forms of addresses"
        )
    if scheme in ("json", "jsons"):
        label = f"{scheme}://{service.host}" + (f":{service.port}" if service.port else "")
        place_of = (scheme, service.host, service.port, service.fullpath)
        server = _key(("web", service.host, service.port))
        return [Target(address, index=0, key=_key(place_of), label=label, sender="webhook", service=server)]
    recipients = recipients_of(service)
    if scheme in ("mailto", "mailtos"):
        return [
            Target(
                address=address,
                index=index,
                key=_key(("mail", mail.lower())),
                label=mask_mail(mail),
                sender="mail",
                service=_key(("mail", service.smtp_host, service.port, service.user)),
            )
            for index, (_, mail) in enumerate(mailboxes_of(service))
        ]
    account = _key((scheme, service.url_id() or ""))
    identity = (scheme, service.url_id() or "", service.url(privacy=True).split("?")[0] if not recipients else "")
    if len(recipients) < 2:
        return [
            Target(
                address=address,
                index=0,
                key=_key((*identity, repr(recipients))),
                label=f"{scheme}://…",
                sender="service",
                service=account,
            )
        ]
    return [
        Target(
            address=address,
            index=index,
            key=_key((*identity, repr(recipient))),
            label=f"{scheme}://{_mask(recipient)}",
            sender="service",
            service=account,
        )
        for index, recipient in enumerate(recipients)
    ]


def open_service(address: str) -> Any | None:
    """Apprise's own reading of an address, without a word in the log; None where it has none."""
    load_services()
    # Apprise prints a URL that it cannot read, token and all, at ERROR. Silenced each time, since whoever captures its
    # log, as Apprise itself does, may leave the level lower than it was.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    asset = apprise.AppriseAsset(
        storage_mode=apprise.PersistentStoreMode.MEMORY, app_id="Nightdesk", secure_logging=True
    )
    try:
        return apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    except Exception:  # a plugin's own parser met something that it did not expect
        return None


@lru_cache(maxsize=1)
def load_services() -> None:
    """Import Apprise's plugins once; some of them use modules that Python is about to drop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        apprise.plugins.N_MGR.load_modules()  # type: ignore[no-untyped-call]


def recipients_attribute(service: Any) -> str | None:
    """Which list holds a service's recipients: `targets` nearly everywhere, found by its length elsewhere."""
    count = len(service)
    if isinstance(getattr(service, "targets", None), list) and len(service.targets) == count:
        return "targets"
    attributes: dict[str, Any] = vars(service)
    for name, value in attributes.items():
        if count > 1 and isinstance(value, list) and len(value) == count and not name.startswith("_"):
            return str(name)
    return None


def recipients_of(service: Any) -> list[Any]:
    name = recipients_attribute(service)
    return list(getattr(service, name)) if name else []


def mailboxes_of(service: Any) -> list[tuple[str, str]]:
    """Name and address of everybody a mail address names: `cc` and `bcc` get a mail of their own like the others."""
    named = [(name or "", mail) for name, mail in service.targets]
    return named + [(service.names.get(mail) or "", mail) for mail in sorted(service.cc | service.bcc)]


def mask_mail(address: str) -> str:
    """`d***@example.org`."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}***@{domain}"


def _mask(recipient: Any) -> str:
    words = [str(part) for part in (recipient if isinstance(recipient, tuple | list) else (recipient,)) if part]
    word = words[-1] if words else ""
    return f"{word[:2]}***" if len(word) > 4 else "***"


def _key(identity: tuple[Any, ...]) -> str:
    return hashlib.sha256("\x1f".join(str(part) for part in identity).encode()).hexdigest()[:24]
