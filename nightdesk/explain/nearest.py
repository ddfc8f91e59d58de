"""Why a watch did not fire: which filter or term is absent, what spoke against it, what would mend it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.ids import show_id
from nightdesk.explain.mending import Mend
from nightdesk.explain.record import ArticleRecord, TopicView, WatchRecord
from nightdesk.hearing import language_name
from pipeline.closeness import Closeness, Instead, Missing, Words
from pipeline.match import Objection

_SHOWN = 4  # of a list within a sentence
_FAR = 4  # what a foreign topic or source counts beside one absent word


def distance(record: WatchRecord, article: ArticleRecord) -> tuple[int, str]:
    """How far a watch is from an article: each thing that fails, and a foreign topic or source far more than a word."""
    near = record.closeness
    if near is None:
        return (99, record.name)
    words = len(near.missing) + (0 if _has_something(near, record) else _FAR)
    return (sum(_far(one, article) for one in _objections(near)) + words, record.name)


def _has_something(near: Closeness, record: WatchRecord) -> bool:
    """Every text lacks the one word that is asked for: it is near where filters hold, or something like the word."""
    if not near.missing or near.held or record.watch.topics or record.watch.events:
        return True
    return any(missing.instead or missing.against for missing in near.missing)


def _objections(near: Closeness) -> list[Objection]:
    """What fails of the filters; events are kinds of a topic's news, and fail with it."""
    off_topic = any(one.filter == "topic" for one in near.objections)
    return [one for one in near.objections if not (off_topic and one.filter == "event")]


def _far(one: Objection, article: ArticleRecord) -> int:
    if one.filter in ("source", "thread"):
        return _FAR
    if _almost(one, article):
        return 1
    spoken = {concept for view in article.views if view.topic in one.wanted for concept, _, _ in view.speaks_for}
    return _FAR - min(len(spoken), 2)


def is_near(record: WatchRecord, article: ArticleRecord) -> bool:
    """One thing fails, and the article has something of it or of the rest."""
    near = record.closeness
    if near is None or len(failed := _objections(near)) + len(near.missing) != 1:
        return False
    if failed:
        return _almost(failed[0], article)
    return _has_something(near, record)


def _almost(one: Objection, article: ArticleRecord) -> bool:
    """Whether a filter that fails nearly holds: of a topic all that must be there is there."""
    if one.filter == "thread":
        return False
    if one.filter != "topic":
        return True
    return any(view.topic in one.wanted and view.speaks_for and not view.lacks for view in article.views)


def reasons(record: WatchRecord, article: ArticleRecord) -> list[str]:
    """Each thing that fails, as the end of a sentence that begins with "because"."""
    if record.closeness is None:
        return [record.unreadable]
    found = [_objection(one, article) for one in _objections(record.closeness)]
    return found + [_missing(one) for one in record.closeness.missing]


def mends(record: WatchRecord, article: ArticleRecord, file: str) -> Iterator[str]:
    """What to change so that the watch takes the article, a line each."""
    if record.closeness is None:
        yield f"mend the watch “{record.name}”; its page and nightdesk watches list say what is wrong with it"
        return
    failed = _objections(record.closeness)
    for one in failed:
        yield from _mend_objection(one, record, article)
    if any(one.filter == "topic" and not one.has for one in failed):
        return  # no word of its query would help
    for missing in record.closeness.missing:
        yield from _mend_missing(missing, record, article)
    if failed or record.closeness.missing:
        where = f"in {file}" if record.origin == "file" else "with nightdesk watches add --replace"
        yield f"see what a changed watch would tell: nightdesk watches test {record.name} (change it {where})"


# -- what fails -------------------------------------------------------------------------------------------------------


def _objection(one: Objection, article: ArticleRecord) -> str:
    wanted = " or ".join(one.wanted)
    if one.filter == "topic":
        views = [view for view in article.views if view.topic in one.wanted]
        about = f" but on {', '.join(one.has)}" if one.has else ""
        return f"it is not on {wanted}{about}" + "".join(f"; {words}" for view in views if (words := _verdict(view)))
    if one.filter == "event":
        return f"its kind of news is {', '.join(one.has) or 'none of ours'}, not {wanted}"
    if one.filter == "language":
        names = " or ".join(language_name(tag) for tag in one.wanted)
        return f"it is in {language_name(one.has[0]) if one.has else 'an unknown language'}, not in {names}"
    if one.filter == "source":
        return f"it came from {', '.join(one.has) or 'no source'}, not from {wanted}"
    if one.filter == "thread":
        return f"it follows {wanted}, and this is none of its stages"
    return f"it is on no topic and not of {wanted}"


def _verdict(view: TopicView) -> str:
    """What spoke against a topic, else what was absent, else that it was too little."""
    if view.against:
        concept, quote, position = view.against[0]
        return f"“{quote}” at {position} speaks against it ({concept})"
    if view.lacks:
        more = f" or {len(view.lacks) - _SHOWN} more" if len(view.lacks) > _SHOWN else ""
        return f"nothing in it speaks of {', '.join(view.lacks[:_SHOWN])}{more}"
    return "what speaks for it is too little" if view.speaks_for else ""


def _missing(one: Missing) -> str:
    parts = []
    if one.absent:
        parts.append(f"{_either(one.absent)} {'is' if len(one.absent) == 1 else 'are'} absent")
    if one.against:
        parts.append(f"{_place(one.against[0])} is there, which its query forbids")
    instead = "; ".join(f"it has {_place(found.found)} instead" for found in one.instead[:1])
    return " and ".join(parts) + (f"; {instead}" if instead else "")


def _either(absent: Sequence[str]) -> str:
    shown = list(absent[:_SHOWN])
    if len(absent) > _SHOWN:
        return f"{', '.join(shown)} and {len(absent) - _SHOWN} more"
    *others, last = shown
    return f"{', '.join(others)} and {last}" if others else last


def _place(words: Words) -> str:
    return f"“{words.quote}” at {words.position}"


# -- what mends it ----------------------------------------------------------------------------------------------------


def _mend_objection(one: Objection, record: WatchRecord, article: ArticleRecord) -> Iterator[str]:
    name, watch = record.name, f"the watch “{record.name}”"
    id = show_id("article", article.row.id)
    if one.filter == "topic":
        if one.has:
            yield Mend(f'add "{one.has[0]}" to topics of {watch}', "widen", watch=name, key="topics", value=one.has[0])
        else:
            say = f"if it belongs there, say so: nightdesk label {id} --topic {one.wanted[0]}"
            yield Mend(say, "label", article=id)
            if article.candidates:
                words = " OR ".join(article.candidates[:2])
                yield f"or ask for its words without a topic: nightdesk watches add NAME --query '{words}'"
    elif one.filter == "thread":
        say = f"if it is a stage of that case, say so: nightdesk label {id} --thread {one.wanted[0]}"
        yield Mend(say, "label", article=id)
    elif one.filter == "event" and one.has:
        yield Mend(f'add "{one.has[0]}" to events of {watch}', "widen", watch=name, key="events", value=one.has[0])
        yield Mend(f"or correct it: nightdesk label {id} --event {one.wanted[0]}", "label", article=id)
    elif one.filter == "event":
        say = f"say what it is: nightdesk label {id} --event {one.wanted[0]}; or leave events out of {watch}"
        yield Mend(say, "label", article=id)
    elif one.has:
        key = {"language": "languages", "source": "sources", "country": "countries"}[one.filter]
        yield Mend(f'add "{one.has[0]}" to {key} of {watch}', "widen", watch=name, key=key, value=one.has[0])
    else:
        yield f"leave {'countries' if one.filter == 'country' else one.filter + 's'} out of {watch}"


def _mend_missing(missing: Missing, record: WatchRecord, article: ArticleRecord) -> Iterator[str]:
    query = f"the query of the watch “{record.name}”"
    if missing.against and not missing.absent:
        yield f"take {missing.clause} out of {query}"
        return
    for found in missing.instead:
        needs = {"watch": record.name, "word": found.write, "clause": found.absent}
        yield Mend(_instead(found, query), "replace_word", **needs)
    if not missing.instead and article.candidates:
        needs = {"watch": record.name, "word": article.candidates[0], "clause": missing.clause}
        yield Mend(f"add OR {article.candidates[0]} to {query}, beside {missing.clause}", "add_word", **needs)
    elif not missing.instead:
        yield Mend(f"add a word of its text to {query}, beside {missing.clause}", "change", watch=record.name)


def _instead(found: Instead, query: str) -> str:
    return f"write {found.write} for {found.absent} in {query}: it finds “{found.found.quote}”"
