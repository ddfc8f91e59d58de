"""`/me`: one's own password, an absence with whoever stands in, and the tokens that are one's own."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

import anyio.to_thread
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import NotFound, UsageError
from nightdesk import belongings, people, silences, tokens
from nightdesk.web.desk.deeds import Deed, Form, Look, go
from nightdesk.web.desk.frame import Frame, person_of
from store import people as kept

_DEEDS = 30


class Me:
    """The routes of whoever is logged in."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        return [
            Look("/me", self._show, "reader"),
            Deed("/me/password", self._set_password, "reader"),
            Deed("/me/timezone", self._set_timezone, "reader"),
            Deed("/me/away", self._go_away, "reader"),
            Deed("/me/back", self._come_back, "reader"),
            Deed("/me/tokens", self._add_token, "reader"),
            Deed("/me/tokens/{name:str}/revoke", self._revoke_token, "reader", "/me"),
        ]

    async def _show(self, request: Request) -> Response:
        return await self._draw(request)

    async def _draw(self, request: Request, key: str = "") -> Response:
        """The page; with a key that was made just now, which is shown this once."""
        person = person_of(request)
        assert person is not None  # Look and Deed let nobody else in

        def read(db: Connection) -> dict[str, Any]:
            now = self._frame.now()
            return {
                "title": person.name,
                "user": kept.standing(db, person.name),
                "others": [
                    row.name for row in kept.everybody(db) if row.removed_at is None and row.name != person.name
                ],
                "stands_in_for": people.acts_for(db, person.name, now)[1:],
                "tokens": [row for row in tokens.rows(db) if row["owner"] == person.name],
                "scopes": tokens.SCOPES,
                "desk_zone": self._frame.zone.key,
                "zones": _zones(),
                "belongings": [one for one in belongings.of(db, person.name, now) if one["what"] != "token"],
                "deeds": kept.last_deeds(db, _DEEDS, by=person.name),
            }

        values = await self._frame.reading.ask(read)
        return await self._frame.show(request, "me.html", key=key, **values)

    async def _write(self, form: Form, work: Any, said: str, to: str = "/me") -> Response:
        """What `work` does to the store."""
        await anyio.to_thread.run_sync(lambda: self._frame.app.store.unit(work))
        return go(to, said)

    async def _set_password(self, form: Form) -> Response:
        old, new, again = (form.text(key, 1000) for key in ("old", "new", "again"))
        web, name, now = self._frame.app.config.web, form.person.name, self._frame.now()
        first = web.password.get_secret_value() if web.password else None

        def work(db: Connection) -> None:
            if new != again:
                raise UsageError("the new password was typed in two ways")
            people.change_own(db, name, old, new, first, now)

        return await self._write(form, work, "The password is set. Log in with it.", "/login?next=/me")

    async def _set_timezone(self, form: Form) -> Response:
        timezone, name, now = form.text("timezone", 80), form.person.name, self._frame.now()
        said = f"Times are of {timezone or self._frame.zone.key}."
        return await self._write(form, lambda db: people.set_timezone(db, name, timezone, now), said)

    async def _go_away(self, form: Form) -> Response:
        name, now = form.person.name, self._frame.now()
        zone = self._frame.zone_of(form.person)
        begin, until, stand_in = form.text("begin", 40) or None, form.needed("until", 40), form.needed("stand_in", 63)

        def work(db: Connection) -> None:
            first, last = silences.span(until, None, begin, now, zone)
            people.go_away(db, name, first, last, stand_in, name, now)

        return await self._write(form, work, f"{stand_in} stands in for you.")

    async def _come_back(self, form: Form) -> Response:
        name, now = form.person.name, self._frame.now()
        return await self._write(form, lambda db: people.come_back(db, name, name, now), "Welcome back.")

    async def _add_token(self, form: Form) -> Response:
        token, scope = form.text("name", 63), form.text("scope", 20)
        name, now = form.person.name, self._frame.now()

        def work(db: Connection) -> str:
            key = tokens.add(db, token, scope, name, now)
            kept.note_deed(db, name, "token added", token, now, detail={"scope": scope})
            return key

        key = await anyio.to_thread.run_sync(lambda: self._frame.app.store.unit(work))
        return await self._draw(form.request, key)

    async def _revoke_token(self, form: Form) -> Response:
        token, name, now = form.request.path_params["name"], form.person.name, self._frame.now()

        def work(db: Connection) -> None:
            if not any(row["name"] == token and row["owner"] == name for row in tokens.rows(db)):
                raise NotFound(f"{token} is no token of yours")
            tokens.revoke(db, token, name, now)
            kept.note_deed(db, name, "token revoked", token, now)

        return await self._write(form, work, f"{token} opens nothing any more.")


@lru_cache(maxsize=1)
def _zones() -> list[str]:
    """Those that are called by a place."""
    ours = (name for name in available_timezones() if "/" in name)
    return sorted(name for name in ours if not name.startswith(("Etc/", "posix/", "right/")))
