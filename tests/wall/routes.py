"""Every address of the product, read from the URL configuration, and what each takes in: parameters, query, body."""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from io import StringIO
from types import ModuleType
from typing import Any

import yaml
from django import forms
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import UUIDConverter
from django.urls.resolvers import RegexPattern, RoutePattern

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, kw_only=True)
class Route:
    """An address: its text with {names}, which of these take a UUID, and what answers it."""

    text: str
    uuids: tuple[str, ...]
    others: tuple[str, ...]
    callback: Callable[..., Any]

    @property
    def is_api(self) -> bool:
        return self.text.startswith("/api/")

    @property
    def of_brand(self) -> bool:
        return "slug" in self.others

    def path(self, values: dict[str, Any]) -> str:
        """The address with these values in it."""
        return self.text.format_map({name: str(values[name]) for name in (*self.uuids, *self.others)})


def routes() -> list[Route]:
    """Every address there is."""
    return [_route(patterns) for patterns in _walk(get_resolver().url_patterns, ())]


def _walk(patterns: list[URLPattern | URLResolver], above: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, (*above, pattern))
        else:
            yield (*above, pattern)


def _route(patterns: tuple[Any, ...]) -> Route:
    text, uuids, others = "/", [], []
    for pattern in patterns:
        piece = pattern.pattern
        assert isinstance(piece, RoutePattern | RegexPattern), f"an address of an unknown kind: {piece!r}"
        text += _text(str(piece))
        for name in re.findall(r"{(\w+)}", _text(str(piece))):
            is_uuid = isinstance(piece.converters.get(name), UUIDConverter)
            (uuids if is_uuid else others).append(name)
    return Route(text=text, uuids=tuple(uuids), others=tuple(others), callback=patterns[-1].callback)


def _text(piece: str) -> str:
    """A pattern as text with {names} in the place of its parameters."""
    if piece.startswith("^"):
        # What must not follow goes, the first of several words stays, and a group with a name is a parameter.
        piece = re.sub(r"\(\?!.*\)$", "", piece).removeprefix("^").removesuffix("$")
        piece = re.sub(r"\((\w+)(?:\|\w+)+\)", r"\1", piece)
        return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", piece)
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", piece)


def view_of(route: Route) -> Any:
    """The view's class, or its function without its decorators."""
    return (
        getattr(route.callback, "view_class", None)
        or getattr(route.callback, "cls", None)
        or inspect.unwrap(route.callback)
    )


GET_NAMES = re.compile(
    r"""(?:GET|query_params)(?:\.get(?:list)?\(|\[)["'](\w+)|["'](\w+)["']\s+(?:not\s+)?in\s+\w*\.?request\.GET"""
)


def query_names(route: Route) -> set[str]:
    """Every name that the address's query may have: filters, what the view's module reads, fields of its forms."""
    view = view_of(route)
    found = set(view.filters().fields) if hasattr(view, "filters") else set()
    found |= {one["name"] for one in operation(route, "get").get("parameters", []) if one["in"] == "query"}
    module = inspect.getmodule(view)
    if module is not None and module.__name__.startswith(("accounts.", "ideation.")):
        found |= {name for pair in GET_NAMES.findall(inspect.getsource(module)) for name in pair if name}
        found |= _form_fields(module)
    return found


@cache
def _form_fields(module: ModuleType) -> frozenset[str]:
    kinds = [one for one in vars(module).values() if inspect.isclass(one) and issubclass(one, forms.BaseForm)]
    return frozenset(name for kind in kinds for name in getattr(kind, "base_fields", ()))


def words(route: Route) -> list[str]:
    """What a parameter that is a word may be: every name that a dictionary of the view's module knows."""
    module = inspect.getmodule(view_of(route))
    held = vars(module).items() if module is not None else ()
    known = [one for name, one in held if isinstance(one, dict) and not name.startswith("__")]
    return ["x", *sorted({name for one in known for name in one if isinstance(name, str) and name.isidentifier()})]


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    out = StringIO()
    call_command("spectacular", stdout=out)
    found: dict[str, Any] = yaml.safe_load(out.getvalue())
    return found


def operation(route: Route, method: str) -> dict[str, Any]:
    """What the OpenAPI document says of an address; empty for a page."""
    found: dict[str, Any] = document()["paths"].get(route.text, {}).get(method.lower(), {})
    return found


def takes_files(route: Route, method: str) -> bool:
    """Whether an operation reads a form with files."""
    return "multipart/form-data" in operation(route, method).get("requestBody", {}).get("content", {})


def body_schema(route: Route, method: str) -> dict[str, Any]:
    """The schema of an operation's body; empty where it takes none."""
    content = operation(route, method).get("requestBody", {}).get("content", {})
    return next((_resolved(one["schema"]) for one in content.values()), {})


def body_example(route: Route, method: str) -> dict[str, Any] | None:
    """The document's own example of an operation's body."""
    content = operation(route, method).get("requestBody", {}).get("content", {})
    examples = [example["value"] for one in content.values() for example in one.get("examples", {}).values()]
    return examples[0] if examples else None


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


IdPath = tuple[str | int, ...]


def id_places(schema: dict[str, Any], above: IdPath = ()) -> Iterator[IdPath]:
    """Where a body takes an id: paths of names, with 0 for a list's item."""
    schema = _resolved(schema)
    for part in (*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from id_places(part, above)
    if schema.get("format") == "uuid" or (
        above and _names_an_id(str(above[-1])) and "string" in str(schema.get("type"))
    ):
        yield above
    if "items" in schema:
        yield from id_places(schema["items"], (*above, 0))
    for name, inner in schema.get("properties", {}).items():
        yield from id_places(inner, (*above, name))


def _names_an_id(name: str) -> bool:
    return name == "id" or name.endswith(("_id", "_ids"))


def sample(schema: dict[str, Any], *, needed_only: bool = False) -> Any:
    """A value that fits a schema, as far as a schema says it."""
    schema = _resolved(schema)
    if "const" in schema or "enum" in schema:
        return schema.get("const", next(iter(schema.get("enum", [None]))))
    if "default" in schema and schema["default"] is not None:
        return schema["default"]
    if parts := schema.get("allOf") or schema.get("anyOf") or schema.get("oneOf"):
        return sample(parts[0])
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "array":
        return [sample(schema["items"])]
    if kind == "object":
        inner = schema.get("properties", {})
        wanted = schema.get("required", []) if needed_only else inner
        return {name: sample(inner[name]) for name in wanted if name in inner}
    return _scalar(kind, schema)


def _scalar(kind: str, schema: dict[str, Any]) -> Any:
    texts = {
        "uuid": "00000000-0000-4000-8000-000000000000",
        "email": "newcomer@x.example",
        "date": "2031-01-02",
        "date-time": "2031-01-02T03:04:05Z",
        "uri": "https://x.example/",
    }
    if kind == "string":
        return texts.get(schema.get("format", ""), "words")[: schema.get("maxLength", 1000)]
    return {"integer": int(schema.get("minimum", 1)), "number": schema.get("minimum", 1), "boolean": True}.get(kind)
