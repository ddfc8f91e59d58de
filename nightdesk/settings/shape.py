"""What the models expect at a place: which model, which type, whether it is a secret or a list."""

from __future__ import annotations

from datetime import time, timedelta
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr

from nightdesk.settings.reading import Place


def annotation_at(model: type[BaseModel], place: Place) -> Any:
    """The annotation of the value at `place`, or None where the models have no such key."""
    found: Any = model
    for part in place:
        found = _inside(found, part)
        if found is None:
            return None
    return found


def model_at(model: type[BaseModel], place: Place) -> type[BaseModel] | None:
    """The model whose keys stand at `place`."""
    found = _peel(annotation_at(model, place))
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def is_secret(annotation: Any) -> bool:
    return _mentions(annotation, SecretStr)


def is_list(annotation: Any) -> bool:
    return any(get_origin(_peel(option)) in (tuple, list, set, frozenset) for option in _options(annotation))


def is_a(annotation: Any, *kinds: type) -> bool:
    """Whether a plain value of one of these types is expected."""
    return any(_peel(option) in kinds for option in _options(annotation))


def kind_wanted(annotation: Any, value: Any) -> str:
    """The kind of value that `annotation` wants where `value` is plainly another, else nothing.

    Pydantic would turn "2" into 2 and 60 into a minute; a file should say what it means.
    """
    if isinstance(value, bool):
        return "" if is_a(annotation, bool) else _kind(annotation)
    if isinstance(value, int | float):
        return "" if is_a(annotation, int, float) else _kind(annotation)
    if isinstance(value, str):
        return _kind(annotation) if is_a(annotation, bool, int, float) and not is_a(annotation, str) else ""
    return ""


def _kind(annotation: Any) -> str:
    kinds = {bool: "bool_type", int: "int_type", float: "float_type", timedelta: "time_delta_type", time: "time_type"}
    return next((kinds[kind] for kind in kinds if is_a(annotation, kind)), "")


def _inside(annotation: Any, part: str | int) -> Any:
    for option in _options(annotation):
        option = _peel(option)
        if isinstance(option, type) and issubclass(option, BaseModel) and isinstance(part, str):
            info = field_named(option, part)
            return None if info is None else info.annotation
        if get_origin(option) in (tuple, list) and isinstance(part, int):
            return get_args(option)[0]
        if get_origin(option) is dict and isinstance(part, str):
            return get_args(option)[1]
    return None


def field_named(model: type[BaseModel], key: str) -> Any:
    """The field that reads `key`, by its name or alias."""
    for name, info in model.model_fields.items():
        if key in (name, info.alias):
            return info
    return None


def _options(annotation: Any) -> tuple[Any, ...]:
    annotation = _peel(annotation)
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def _peel(annotation: Any) -> Any:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation


def _mentions(annotation: Any, wanted: type) -> bool:
    return annotation is wanted or any(_mentions(part, wanted) for part in get_args(annotation))
