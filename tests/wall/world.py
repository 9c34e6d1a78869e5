"""Two brands with everything in them, whoever may look at them, and what each address of the product takes in."""

import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.models import ApiKey, AuditEntry, Membership, Role, User
from accounts.permissions import SCOPES
from accounts.tenancy import WHOLE_BRAND_TABLES
from ideation.catalog.models import Project
from tests.api.world import CSV, make_world
from tests.conftest import person
from tests.wall.population import (
    Model,
    Side,
    brand_models,
    checksum,
    ids_now,
    key_of,
    make_side,
    new_ids,
    personal_models,
)
from tests.wall.routes import (
    SAFE,
    IdPath,
    Route,
    body_example,
    body_schema,
    id_places,
    routes,
    sample,
    takes_files,
    words,
)
from tests.wall.walker import Form, anywhere, ask, forms_of, undone

ROUTES = routes()
IDS = [route.text for route in ROUTES]
every_route = pytest.mark.parametrize("route", ROUTES, ids=IDS)

REFUSED = {403, 404, 405, 406, 415}
"""How an address with another brand's id in it answers."""
LOGINS = ("/account/oidc/", "/account/saml/")
"""A brand's own logins: anybody may try them, and what failed there stands in that brand's audit."""
MAY_GROW = frozenset({AuditEntry._meta.db_table, *(model._meta.db_table for model in personal_models())})
"""Of one's own, what a refused request may still write: that it was refused, and that one's session goes on."""


@dataclass(kw_only=True)
class World:
    """Two brands, and which model's id each address takes."""

    own: Side
    other: Side
    page: Client
    api: Client
    viewer: Client
    reader: Client
    staff: Client
    secret: Side
    analyst: Client
    bound: Client
    learnt: dict[str, dict[str, Model]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    forms: dict[str, list[Form]] = field(default_factory=dict)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)

    def client(self, route: Route) -> Client:
        return self.api if route.is_api else self.page

    def unnamed(self, route: Route) -> list[Client]:
        """Who may see the brand, but not its restricted project."""
        return [self.bound] if route.is_api else [self.analyst]

    @property
    def named(self) -> set[str]:
        """What staff may know of a brand: which there are."""
        return {str(self.own.person.brand.pk), self.own.person.brand.name}


def make() -> World:
    own = make_side("qzalphazq", email="owner@a.example", name="First", full=False)
    other = make_side("qzbravozq", email="owner@b.example", name="Second", full=True)
    secret = restricted(own)
    brand = own.person.brand
    staff = person("staff@x.example", brand_name="Third")
    type(staff.user).objects.filter(pk=staff.user.pk).update(is_staff=True)
    return World(
        own=own,
        other=other,
        page=patient(own.person.client),
        api=keyed(key_of(own, *SCOPES)),
        viewer=patient(person("viewer@a.example", brand=brand, role=Role.VIEWER).client),
        reader=keyed(key_of(own, "read")),
        staff=patient(staff.client),
        secret=secret,
        analyst=patient(person("analyst@a.example", brand=brand, role=Role.ANALYST).client),
        bound=keyed(bound_key(own)),
    )


def patient(client: Client) -> Client:
    """A client that takes a 500 for an answer."""
    client.raise_request_exception = False
    return client


def keyed(key: str) -> Client:
    """A client that sends an API key."""
    return Client(
        raise_request_exception=False, headers={"Authorization": f"Bearer {key}", "Accept": "application/json"}
    )


def restricted(own: Side) -> Side:
    """A second project of the brand, for named members only."""
    with own.person.scope():
        before = ids_now()
    hidden = make_world(own.person, "qzsecretzq")
    User.objects.filter(name__contains="qzsecretzq").update(name="Somebody", email="somebody@x.example")
    with own.person.scope():
        for model in brand_models():
            # What belongs to the whole brand isn't hidden with a project.
            if model._meta.db_table in WHOLE_BRAND_TABLES:
                model._base_manager.exclude(pk__in=before[model]).filter(**BESIDE.get(model, {})).delete()
        Project.objects.filter(pk=hidden.project.pk).update(restricted=True)
        return Side(person=own.person, mark="qzsecretzq", ids=new_ids(before))


BESIDE: dict[Model, dict[str, Any]] = {Membership: {"pk": None}}
"""Of these, which rows go: none of the memberships, since a project's members are."""


def bound_key(own: Side) -> str:
    """A key of all scopes that is bound to the brand's first project."""
    key = key_of(own, *SCOPES)
    with own.person.scope():
        ApiKey.objects.filter(prefix=key.split("_")[1]).update(project_id=own.ids[Project])
    return key


def collect_forms(world: World) -> None:
    """Opens every page as the owner and keeps its forms, each under its page and under where it goes."""
    for route in ROUTES:
        path = route.path(fill(route, world, world.own))
        if route.is_api or set(world.learnt[route.text]) != set(route.uuids):
            continue
        with undone():
            found = forms_of(ask(world.page, "GET", path), path)
        world.forms[route.text] = found
        for form in found:
            target = next((one.text for one in ROUTES if goes_to(one, form, world)), "")
            world.sent.setdefault(target, form.data)


def goes_to(route: Route, form: Form, world: World) -> bool:
    return route.path(fill(route, world, world.own)) == form.action.partition("?")[0]


_LEARNT: tuple[dict[str, dict[str, Model]], dict[str, str]] = {}, {}


def populated() -> World:
    """The world, inside a transaction; what its addresses take is found out once a run."""
    cache.clear()
    made = make()
    for side in (made.own, made.other, made.secret):
        side.before = checksum(side, connection.introspection.table_names())
    made.learnt, made.words = _LEARNT
    if not made.learnt:
        learn(made)
    collect_forms(made)
    return made


def learn(world: World) -> None:
    """Finds out which model's id each parameter takes: the one with which the address is no longer 'not found'."""
    known: dict[str, Model] = {}
    for route in sorted(ROUTES, key=lambda one: len(one.uuids)):
        new = [name for name in route.uuids if name not in known]
        if not new and not opens(world, route, known):
            new = list(route.uuids)
        for models in itertools.product(*(likely(name) for name in new)):
            guess = {**known, **dict(zip(new, models, strict=True))}
            if opens(world, route, guess):
                known |= guess
                break
        world.learnt[route.text] = {name: known[name] for name in route.uuids if name in known}


def opens(world: World, route: Route, guess: dict[str, Model]) -> bool:
    """Whether an address is found with these models' ids, and with a word that its other parameters may take."""
    free = set(route.others) - {"slug"}
    fitting = "x"
    for word in [*words(route), *sorted(world.own.names())] if free else ["x"]:
        world.words[route.text] = word
        path = route.path(fill(route, world, world.own, guess))
        if not known_to_urls(path):
            continue
        fitting = word
        with undone():
            status = ask(world.client(route), "GET", path).status
            status = status if status != 405 else ask(world.client(route), "POST", path).status
        if status not in {404, 405}:
            return True
    world.words[route.text] = fitting
    return not route.uuids


def known_to_urls(path: str) -> bool:
    """Whether any address takes this path: a number isn't a word."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def likely(name: str) -> list[Model]:
    """All models, first those that a parameter's name speaks of."""
    plain = name.removesuffix("_id").replace("_", "")
    return sorted(brand_models(), key=lambda model: plain not in model.__name__.lower())


def fill(route: Route, world: World, side: Side, models: dict[str, Model] | None = None) -> dict[str, Any]:
    """The side's values for all of an address's parameters."""
    models = world.learnt[route.text] if models is None else models
    values: dict[str, Any] = {name: side.ids[models[name]] for name in route.uuids if name in models}
    return {**dict.fromkeys(route.others, world.words.get(route.text, "x")), "slug": side.slug, **values}


def body_for(route: Route, method: str, world: World) -> tuple[Any, bool]:
    """The body that the address takes from its owner, and whether it is JSON."""
    if method in SAFE:
        return None, False
    if route.is_api:
        as_json = not takes_files(route, method)
        return body(route, method, world.own, with_files=not as_json), as_json
    return world.sent.get(route.text, {}), False


def body(route: Route, method: str, side: Side, *, with_files: bool = False) -> Any:
    """What the document asks for, with ids of the side's own things."""
    schema = body_schema(route, method)
    data = body_example(route, method) or sample(schema, needed_only=True)
    for place in id_places(schema):
        if place[0] in data:
            data = put(data, place, own_id(place, side))
    return {**data, "file": SimpleUploadedFile("r.csv", CSV)} if with_files else data


def own_id(place: IdPath, side: Side) -> str:
    """The id that a field's name speaks of."""
    name = next(str(part) for part in reversed(place) if isinstance(part, str)).removesuffix("_id").rstrip("s")
    ends = [key for model, key in side.ids.items() if model.__name__.lower().endswith(name.replace("_", ""))]
    return str(ends[0]) if ends else anywhere()


def put(data: Any, place: IdPath, value: Any) -> Any:
    """The data with a value at a place."""
    if not place:
        return value
    name, rest = place[0], place[1:]
    if isinstance(name, int):
        return [put(data[0] if data else None, rest, value)]
    return {**(data or {}), name: put((data or {}).get(name), rest, value)}
