"""`/a/TOKEN`: the page behind a link of a message. Opening it changes nothing; its button does what the link says."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from alerts import headline, links
from alerts.language import Language, speak
from alerts.links import ACTIONS, BadLink, ExpiredLink, Links, Wish
from alerts.masking import mask_for
from alerts.plain import safe
from alerts.read import read_alert
from core.errors import NightdeskError
from nightdesk.app import App
from nightdesk.house import signer
from nightdesk.web import wishes
from nightdesk.web.pages import page
from nightdesk.web.wishes import MUTE, Asked

log = structlog.get_logger(__name__)


class Act:
    """The routes of one App. What touches the database runs in a thread of its own."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def look(self, request: Request) -> Response:
        return await run_in_threadpool(self._look, request.path_params["token"])

    async def act(self, request: Request) -> Response:
        token = request.path_params["token"]
        form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
        client = request.client.host if request.client else ""
        return await run_in_threadpool(self._act, token, form.get("form", [""])[0], client)

    def _look(self, token: str) -> Response:
        opened = self._open(token)
        if isinstance(opened, Response):
            return opened
        signing, wish, asked = opened
        language = self._language(wish)
        if wish.action == "wrong_development" and asked.is_taken_out:
            return self._done(asked, asked.undo, language)
        return page("ask.html", **self._about(asked, language), **self._choice(signing, token, asked, language))

    def _act(self, token: str, form: str, client: str) -> Response:
        opened = self._open(token)
        if isinstance(opened, Response):
            return opened
        signing, wish, asked = opened
        language = self._language(wish)
        if wish.action == "wrong_development" and asked.is_taken_out:
            return self._done(asked, asked.undo, language)
        if not signing.is_form_of(token, form):
            return self._sorry("stale", 403, language)
        if wish.action == "wrong_development" and asked.is_only_report:
            return page("ask.html", **self._about(asked, language), **self._choice(signing, token, asked, language))
        try:
            command = self._app.store.unit(lambda db: wishes.carry_out(db, asked, self._app.clock()))
        except NightdeskError as error:
            return page("sorry.html", 409, tag=language.tag, title=language.say("page", "failed"), more=str(error))
        log.info("reader_asked", action=wish.action, alert=wish.alert_id, channel=wish.channel, client=client)
        return self._done(asked, command, language)

    def _done(self, asked: Asked, command: str, language: Language) -> Response:
        done = self._say(language, asked, f"done_{asked.wish.action}")
        undo = language.say("page", "undo", command=command)
        return page("done.html", **self._about(asked, language), title=done, undo=undo)

    def _open(self, token: str) -> tuple[Links, Wish, Asked] | Response:
        """The wish of a token with what it is about, or the page that says why there is none."""
        signing = signer(self._app.config)
        if signing is None:
            return self._sorry("bad", 404, speak("en"))
        try:
            wish = signing.read(token, self._app.clock())
            with self._app.store.read() as db:
                return signing, wish, wishes.look(db, wish)
        except ExpiredLink:
            return self._sorry("expired", 410, speak("en"))
        except (BadLink, NightdeskError):
            return self._sorry("bad", 404, speak("en"))

    def _language(self, wish: Wish) -> Language:
        channel = self._app.config.channels.get(wish.channel)
        return speak(channel.language if channel is not None else "en")

    def _sorry(self, what: str, status: int, language: Language) -> Response:
        title, more = language.say("page", what), language.say("page", f"{what}_more")
        return page("sorry.html", status, tag=language.tag, title=title, more=more)

    def _about(self, asked: Asked, language: Language) -> dict[str, Any]:
        """What the page says of the alert: as much as its channel may be told."""
        channel = self._app.config.channels.get(asked.wish.channel)
        line = ""
        if channel is not None and channel.detail != "link":
            with self._app.store.read() as db:
                story = read_alert(db, asked.wish.alert_id)
            if story is not None:
                quoting = channel.detail == "full"
                line = safe(mask_for(story)(headline.headline(story, language, quoting=quoting)), 300)
        told = language.say("page", "told", alert=asked.alert, channel=asked.wish.channel)
        return {"tag": language.tag, "line": line, "told": told}

    def _choice(self, signing: Links, token: str, asked: Asked, language: Language) -> dict[str, Any]:
        action = asked.wish.action
        alone = action == "wrong_development" and asked.is_only_report
        says = language.say("page", "alone", development=asked.development) if alone else ""
        others = [
            (language.say("frame", other), signing.token(Wish(other, asked.wish.alert_id, *_of(asked.wish))))
            for other in ACTIONS
            if other != action
        ]
        return {
            "title": self._say(language, asked, f"heading_{action}"),
            "says": says or self._say(language, asked, f"does_{action}"),
            "button": "" if alone else self._say(language, asked, f"button_{action}"),
            "form": signing.form_of(token),
            "other": language.say("page", "other"),
            "others": others,
        }

    @staticmethod
    def _say(language: Language, asked: Asked, key: str) -> str:
        values = {"watch": asked.watch, "development": asked.development, "days": str(MUTE.days)}
        return language.say("page", key, **values)


def _of(wish: links.Wish) -> tuple[str, Any]:
    return wish.channel, wish.until
