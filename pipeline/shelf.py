"""Where a restricted report stands: beside the development that it is of, and never in it."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from pipeline import choosing, cluster, record
from pipeline.config import PipelineConfig
from pipeline.profile import Profile
from pipeline.recent import Recent
from store import developments, restricted


def put(db: Connection, config: PipelineConfig, recent: Recent, article_id: int, profile: Profile) -> int | None:
    """Put a restricted report beside the development that the machine would have it join; which one."""
    decision = choosing.decide(profile, recent.around(db, profile.first), config)
    found = decision.development_id if isinstance(decision, cluster.Join) else None
    developments.replace_mentions(db, article_id, [] if found is None else [found])
    return found


def look_again(db: Connection, config: PipelineConfig, recent: Recent, founded: int, news: Profile) -> None:
    """Others report at last what only restricted reports told of: they stand beside the new development."""
    waiting = restricted.alone(db, news.first - config.window, news.first + config.window)
    for article_id in waiting:
        put(db, config, recent, article_id, record.profile_of_article(db, article_id))
    if waiting:
        recent.forget(founded)  # it was read before this transaction is committed
