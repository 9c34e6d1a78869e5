"""Every address × every method × another brand's ids, wherever an address takes an id: nothing is shown or changed.

Addresses come from the URL configuration, brands' rows from the models, query and body fields from the OpenAPI
document and from the pages' own forms, so that what is added tomorrow is walked tomorrow.
"""

import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.wall.routes import (
    METHODS,
    IdPath,
    Route,
    body_schema,
    id_places,
    query_names,
    takes_files,
)
from tests.wall.walker import UUID, Answer, Form, Guard, anywhere, ask, attempt, undone
from tests.wall.world import (
    LOGINS,
    MAY_GROW,
    REFUSED,
    ROUTES,
    World,
    body,
    body_for,
    every_route,
    fill,
    known_to_urls,
    put,
)


@every_route
def test_every_address_opens_with_ones_own_ids(route: Route, world: World) -> None:
    """Without this the walk would prove nothing: what nobody can open is refused to everybody."""
    assert set(world.learnt[route.text]) == set(route.uuids), "no row of one's own brand opens this address"
    assert known_to_urls(route.path(fill(route, world, world.own))), "tests/wall/routes.py can't write this address"


def other_ids(world: World, *, plain: bool = False) -> list[str]:
    """One id of each kind of thing that the other brand has; also those that are mere numbers, where `plain`."""
    return sorted(name for name in world.other.names() if plain or UUID.fullmatch(name))


def foreign_values(route: Route, world: World) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The address's parameters with the other brand's values in some or all of their places, and with nobody's."""
    learnt = world.learnt[route.text]
    own = fill(route, world, world.own)
    for count in range(1, len(route.uuids) + 1):
        for names in itertools.combinations(route.uuids, count):
            theirs = {name: world.other.ids[learnt[name]] for name in names}
            nobodys = {name: anywhere() for name in names}
            yield {**own, **theirs}, {**own, **nobodys}
            if route.of_brand:
                yield {**own, **theirs, "slug": world.other.slug}, {**own, **nobodys, "slug": "no-such-brand"}
    if route.of_brand:
        yield {**own, "slug": world.other.slug}, {**own, "slug": "no-such-brand"}


@every_route
def test_another_brands_ids_in_the_address_are_nobodys(route: Route, world: World) -> None:
    guard = Guard(world.other, world.own)
    client = world.client(route)
    with undone():
        for (theirs, nobodys), method in itertools.product(foreign_values(route, world), METHODS):
            data, as_json = body_for(route, method, world)
            answer = attempt(guard, client, method, route.path(theirs), data, as_json=as_json)
            guard.shows_nothing(answer, sent=world.other.names())
            if answer.status not in REFUSED:
                guard.fails(answer, "it holds another brand's id")
            if answer.status != 405:
                data, as_json = body_for(route, method, world)
                same_as_unknown(guard, answer, ask(client, method, route.path(nobodys), data, as_json=as_json))
        guard.unchanged(route.text, leave_out=MAY_GROW)
    guard.verdict()


def same_as_unknown(guard: Guard, answer: Answer, unknown: Answer) -> None:
    """What exists elsewhere must look exactly like what exists nowhere."""
    if answer.outline != unknown.outline:
        guard.fails(answer, f"an id that nothing has gets another answer, {unknown.status}")


@every_route
def test_ids_of_every_kind_of_thing_open_nothing(route: Route, world: World) -> None:
    """Not only a need's id where a need's id belongs: every id of the other brand's, in every place."""
    guard = Guard(world.other, world.own)
    own = fill(route, world, world.own)
    with undone():
        for name in (*route.uuids, *(one for one in route.others if one != "slug")):
            unknown = ask(world.client(route), "GET", route.path({**own, name: anywhere()}))
            # A third of them in each place, another third in the next one.
            for value in other_ids(world, plain=name not in route.uuids)[ROUTES.index(route) % 3 :: 3]:
                answer = ask(world.client(route), "GET", route.path({**own, name: value}))
                guard.shows_nothing(answer, sent={value})
                if name in route.uuids:
                    same_as_unknown(guard, answer, unknown)
        guard.unchanged(route.text, leave_out=MAY_GROW, noted=route.text.startswith(LOGINS))
    guard.verdict()


@every_route
def test_another_brands_ids_in_the_query_find_nothing(route: Route, world: World) -> None:
    guard = Guard(world.other, world.own)
    path = route.path(fill(route, world, world.own))
    client = world.client(route)
    with undone():
        for name in sorted(query_names(route)):
            unknown = ask(client, "GET", f"{path}?{urlencode({name: anywhere()})}")
            for value in asked_by(name, world):
                answer = ask(client, "GET", f"{path}?{urlencode({name: value})}")
                guard.shows_nothing(answer, sent={value})
                if answer.status >= 500 or (UUID.fullmatch(value) and answer.lines != unknown.lines):
                    guard.fails(answer, f"for an id that nothing has it is {unknown.status}")
        guard.unchanged(route.text, leave_out=MAY_GROW)
    guard.verdict()


def asked_by(name: str, world: World) -> list[str]:
    """What of the other brand's to ask for by a query's name: ids of what it is called after, or of everything."""
    plain = name.removesuffix("_id").replace("_", "")
    alike = [str(key) for model, key in world.other.ids.items() if plain in model.__name__.lower()]
    return [*(alike[:2] or other_ids(world)[::12]), world.other.mark[:6]]


@pytest.mark.parametrize("route", [one for one in ROUTES if one.is_api], ids=lambda one: one.text)
def test_another_brands_ids_in_a_body_are_refused(route: Route, world: World) -> None:
    guard = Guard(world.other, world.own)
    path = route.path(fill(route, world, world.own))
    with undone():
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            for place in id_places(body_schema(route, method)):
                _walk_body(guard, world, (route, method, path), place)
        guard.unchanged(route.text, leave_out=MAY_GROW)
    guard.verdict()


def _walk_body(guard: Guard, world: World, target: tuple[Route, str, str], place: IdPath) -> None:
    route, method, path = target
    files = takes_files(route, method)

    def send(value: Any) -> Answer:
        data = put(body(route, method, world.own, with_files=files), place, str(value))
        return attempt(guard, world.api, method, path, data, as_json=not files)

    if all(send(key).status >= 400 for key in world.own.ids.values()):
        guard.faults.append(
            f"{method} {route.text}: no id of one's own is taken at {place}, so the walk proves nothing"
        )
    unknown = send(anywhere())
    for value in other_ids(world):
        answer = send(value)
        guard.shows_nothing(answer, sent={value})
        if answer.status not in {400, 403, 404}:
            guard.fails(answer, f"its body holds another brand's id at {place}")
        same_as_unknown(guard, answer, unknown)


@pytest.mark.parametrize("route", [one for one in ROUTES if not one.is_api], ids=lambda one: one.text)
def test_another_brands_ids_in_a_form_are_refused(route: Route, world: World) -> None:
    guard = Guard(world.other, world.own)
    with undone():
        for form in world.forms.get(route.text, []):
            _smuggle(guard, world, form)
            for name in sorted(form.id_fields):
                unknown = attempt(guard, world.page, "POST", form.action, form.filled(**{name: anywhere()}))
                for value in other_ids(world):
                    answer = attempt(guard, world.page, "POST", form.action, form.filled(**{name: value}))
                    guard.shows_nothing(answer, sent={value})
                    same_as_unknown(guard, answer, unknown)
                    if answer.status not in {400, 403, 404}:
                        guard.fails(answer, f"the field {name} holds another brand's id")
        guard.unchanged(route.text, leave_out=MAY_GROW)
    guard.verdict()


def _smuggle(guard: Guard, world: World, form: Form) -> None:
    """Fields that the form doesn't have: nothing of the other brand's may come of them."""
    extra = {"brand": world.other.person.brand.pk, "user": world.other.person.user.pk, "id": anywhere()}
    extra |= {f"{name}_id": value for name, value in extra.items()} | {"slug": world.other.slug}
    data = {**{name: str(value) for name, value in extra.items()}, **form.filled()}
    guard.shows_nothing(attempt(guard, world.page, "POST", form.action, data), sent=set(map(str, extra.values())))
