"""Strangers, viewers, platform staff, and who isn't named in a restricted project: every address, every method."""

import itertools

from django.test import Client

from tests.wall.population import (
    Side,
)
from tests.wall.routes import (
    METHODS,
    Route,
)
from tests.wall.walker import Answer, Guard, ask, attempt, undone
from tests.wall.world import (
    MAY_GROW,
    REFUSED,
    World,
    body_for,
    every_route,
    fill,
)

OPEN = {
    "/language/": "anybody may choose a language",
    "/theme/": "anybody may choose a theme",
    "/invitations/{token}/": "who has the token has been invited",
    "/invitations/{token}/accept/": "the same",
    "/invitations/{token}/leave/": "the same",
    "/api/v1/schema/": "the API's document holds nothing of a brand",
    "/api/docs/": "the same, as a page",
}
"""Addresses that answer strangers with more than a way to the login, and why. Those of allauth are its own."""


@every_route
def test_a_stranger_sees_and_changes_nothing(route: Route, world: World) -> None:
    guard = Guard(world.own, world.other)
    stranger = Client(raise_request_exception=False)
    path = route.path(fill(route, world, world.own))
    with undone():
        for method in METHODS:
            data, as_json = body_for(route, method, world)
            answer = attempt(guard, stranger, method, path, data, as_json=as_json)
            guard.shows_nothing(answer, sent=world.own.names())
            if not (route.text in OPEN or route.text.startswith("/account/") or refuses_strangers(answer)):
                guard.fails(answer, "nobody is logged in")
        guard.unchanged(route.text)
    guard.verdict()


def refuses_strangers(answer: Answer) -> bool:
    to_login = answer.status == 302 and answer.headers["Location"].startswith("/account/login/")
    return to_login or answer.status in {401, 403, 404, 405}


FREE = {
    "/language/": "one's own language",
    "/theme/": "one's own theme",
    "/brands/new/": "one's own new brand",
    "/invitations/{token}/accept/": "an invitation to oneself",
    "/invitations/{token}/leave/": "one's own session",
    "/b/{slug}/versions/{version_id}/verify/": "verifying reads; it changes nothing",
    "/api/v1/dataset-versions/{version_id}/verify/": "the same",
}
"""Addresses outside /account/ that every member may write to, and why."""


@every_route
def test_a_viewer_changes_nothing(route: Route, world: World) -> None:
    walk_weak(route, world, world.own, page=world.viewer, api=world.reader)


def walk_weak(route: Route, world: World, side: Side, *, page: Client, api: Client) -> None:
    """Every writing method as somebody who may only look."""
    guard = Guard(world.other, world.own)
    path = route.path(fill(route, world, side))
    with undone():
        seen = ask(api if route.is_api else page, "GET", path)
        for method in METHODS[2:-1]:
            data, as_json = body_for(route, method, world)
            answer = attempt(guard, api if route.is_api else page, method, path, data, as_json=as_json)
            guard.shows_nothing(answer, sent=set())
            free = route.text in FREE or route.text.startswith("/account/")
            if not free and answer.status not in REFUSED and answer.outline != seen.outline:
                guard.fails(answer, "a viewer may only look")
        guard.unchanged(route.text, leave_out=MAY_GROW)
    guard.verdict()


@every_route
def test_who_runs_the_platform_sees_no_content(route: Route, world: World) -> None:
    guard = Guard(world.own, world.other)
    path = route.path(fill(route, world, world.own))
    with undone():
        for method in METHODS:
            data, as_json = body_for(route, method, world)
            answer = attempt(guard, world.staff, method, path, data, as_json=as_json)
            guard.shows_nothing(answer, sent=world.own.names() | world.named)
            if route.of_brand and answer.status not in {404, 405}:
                guard.fails(answer, "staff are in no brand")
        guard.unchanged(route.text)
    guard.verdict()


@every_route
def test_a_restricted_project_is_there_for_its_members_only(route: Route, world: World) -> None:
    """Somebody who may do much in the brand, but isn't named in the project; and a key that is bound to another one."""
    guard = Guard(world.secret)
    learnt = world.learnt[route.text]
    own = fill(route, world, world.own)
    hidden = [name for name in route.uuids if learnt[name] in world.secret.ids]
    with undone():
        for client in world.unnamed(route):
            guard.shows_nothing(ask(client, "GET", route.path(own)), sent=set())
            for name, method in itertools.product(hidden, METHODS):
                answer = walk_hidden(guard, world, (route, client, method), name)
                if answer.status not in REFUSED:
                    guard.fails(answer, "its project is restricted")
        # The audit is the brand's: it also tells of files of its own project that somebody took along.
        guard.unchanged(route.text, leave_out=MAY_GROW, noted=True)
    guard.verdict()


def walk_hidden(guard: Guard, world: World, how: tuple[Route, Client, str], name: str) -> Answer:
    route, client, method = how
    values = fill(route, world, world.own)
    data, as_json = body_for(route, method, world)
    path = route.path({**values, name: world.secret.ids[world.learnt[route.text][name]]})
    answer = attempt(guard, client, method, path, data, as_json=as_json)
    guard.shows_nothing(answer, sent=world.secret.names())
    return answer
