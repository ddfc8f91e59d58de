"""The ASGI application: its routes, behind its guard."""

from __future__ import annotations

from importlib.resources import files

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from nightdesk import people, tokens
from nightdesk.app import App
from nightdesk.overview import Overview
from nightdesk.people import Person
from nightdesk.tokens import Token
from nightdesk.web import hosts
from nightdesk.web.access import Access
from nightdesk.web.act import Act
from nightdesk.web.api.endpoints import Api
from nightdesk.web.api.queries import Queries
from nightdesk.web.api.summaries import Summaries
from nightdesk.web.desk import static
from nightdesk.web.desk.alerts import Alerts
from nightdesk.web.desk.article import Article
from nightdesk.web.desk.charts import Charts
from nightdesk.web.desk.decisions import Decisions
from nightdesk.web.desk.development import Development
from nightdesk.web.desk.fact import Fact
from nightdesk.web.desk.frame import Frame
from nightdesk.web.desk.front import Front
from nightdesk.web.desk.intake import Intake
from nightdesk.web.desk.map import Map
from nightdesk.web.desk.me import Me
from nightdesk.web.desk.papers import Papers
from nightdesk.web.desk.people import People
from nightdesk.web.desk.saving import Saving
from nightdesk.web.desk.searching import Searching
from nightdesk.web.desk.silences import Silences
from nightdesk.web.desk.sourcemaking import SourceMaking
from nightdesk.web.desk.sources import Sources
from nightdesk.web.desk.sql import Sql
from nightdesk.web.desk.start import Start
from nightdesk.web.desk.thread import Thread
from nightdesk.web.desk.watches import Watches
from nightdesk.web.desk.watchmaking import WatchMaking
from nightdesk.web.failing import Failing, not_there
from nightdesk.web.feed import Feed
from nightdesk.web.forwarded import Forwarded
from nightdesk.web.guard import Guard
from nightdesk.web.logins import Logins
from nightdesk.web.metrics import Metrics
from nightdesk.web.patience import Patience
from nightdesk.web.reading import Reading
from nightdesk.web.ready import Ready

_CSS = (files("nightdesk.web") / "pages" / "desk.css").read_bytes()


def make_site(app: App) -> Starlette:
    """The pages of one App."""
    act, reading, checking = Act(app), Reading(app.store), Reading(app.store, at_once=2)
    turns = Reading(app.store, at_once=1)  # of questions in SQL

    async def check(key: str) -> Token | None:
        return await checking.aside(lambda: tokens.check(app.store, key, app.clock()))

    async def known(cookie: str) -> Person | None:
        return await checking.aside(lambda: people.check(app.store, cookie, app.clock()))

    frame, overview = Frame(app, reading), Overview()
    site = Starlette(
        routes=[
            Route("/healthz", _alive, methods=["GET"]),
            Route("/desk.css", _css, methods=["GET"]),
            Route("/a/{token:str}", act.look, methods=["GET"]),
            Route("/a/{token:str}", act.act, methods=["POST"]),
            Route("/readyz", Ready(app, reading).show, methods=["GET"]),
            Route("/metrics", Metrics(app, reading).show, methods=["GET"]),
            Route("/feed.atom", Feed(app, reading).show, methods=["GET"]),
            *Api(app, reading).routes(),
            *Queries(app).routes(),
            *Summaries(app, reading).routes(),
            static.ROUTE,
            *Logins(app).routes(),
            *Front(frame).routes(),
            *Charts(frame, overview).routes(),
            *Map(frame, overview).routes(),
            *Searching(frame).routes(),
            *Sql(frame, turns).routes(),
            *Saving(frame, turns).routes(),
            *Development(frame).routes(),
            *Decisions(frame).routes(),
            *Papers(frame).routes(),
            *Article(frame).routes(),
            *Fact(frame).routes(),
            *Thread(frame).routes(),
            *Alerts(frame).routes(),
            *Silences(frame).routes(),
            *Intake(frame).routes(),
            *Start(frame).routes(),
            *Me(frame).routes(),
            *People(frame).routes(),
            *SourceMaking(frame).routes(),
            *Sources(frame).routes(),
            *WatchMaking(frame).routes(),
            *Watches(frame).routes(),
        ],
        exception_handlers={HTTPException: not_there},
        middleware=[
            Middleware(Forwarded, trusted=lambda: app.config.web.trusted_proxies),
            Middleware(Guard, hosts=lambda: hosts.names(app.config.web.listen, app.config.web.public_url)),
            Middleware(Failing),
            Middleware(Patience, clock=app.clock),
            Middleware(Access, web=lambda: app.config.web, check=check, known=known),
        ],
    )
    site.state.overview = overview
    return site


async def _alive(_: Request) -> Response:
    """That the process is there; whether its work goes on is another question."""
    return PlainTextResponse("ok\n")


async def _css(_: Request) -> Response:
    return Response(_CSS, media_type="text/css", headers={"Cache-Control": "max-age=3600"})
