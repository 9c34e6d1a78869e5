"""The product's addresses and, below each kind of them, some that break with what a customer said in their hands."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.decorators import requires
from ideation.base.rest import RoomView
from ideation.catalog.models import Project
from ideation.reviews.models import Review
from ideation.urls import urlpatterns as product


def said() -> str:
    """A review of the brand in whose scope this runs."""
    return str(Review.objects.values_list("text", flat=True)[0])


@requires("see")
def raises(_request: HttpRequest) -> HttpResponse:
    text = said()
    raise RuntimeError(f"can't read {text}")


@requires("see")
def raises_in_a_chain(_request: HttpRequest) -> HttpResponse:
    try:
        return HttpResponse(int(said()))
    except ValueError as error:
        raise LookupError(said()) from error


@requires("see")
def breaks_a_rule(_request: HttpRequest) -> HttpResponse:
    """Postgres says the whole row in its detail."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO reviews_review SELECT * FROM reviews_review LIMIT 1")
    return HttpResponse()


@requires("see")
def casts_badly(_request: HttpRequest) -> HttpResponse:
    """Postgres quotes the value in its message."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT text::integer FROM reviews_review")
    return HttpResponse()


class ApiRaises(RoomView):
    """The same by the API."""

    def get(self, request: Request) -> Response:
        raise RuntimeError(said())


@requires("see")
def names(_request: HttpRequest) -> HttpResponse:
    """The lightest page of a brand."""
    return HttpResponse(", ".join(Project.objects.values_list("name", flat=True)))


@requires("see")
def dies(_request: HttpRequest) -> HttpResponse:
    """A page that breaks after it has read."""
    raise RuntimeError(", ".join(Project.objects.values_list("name", flat=True)))


@requires("see")
def cancelled(_request: HttpRequest) -> HttpResponse:
    """A statement that is cancelled in the middle."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        cursor.execute("SELECT pg_sleep(1), name FROM catalog_project")
    return HttpResponse()


@requires("see")
def cut_off(_request: HttpRequest) -> HttpResponse:
    """A connection that dies in the middle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid()), name FROM catalog_project")
    return HttpResponse()


@requires("see")
def streams(_request: HttpRequest) -> StreamingHttpResponse:
    """A download that whoever asked doesn't wait for."""
    return StreamingHttpResponse(name.encode() for name in list(Project.objects.values_list("name", flat=True)))


class ApiNames(RoomView):
    """The lightest answer of the API."""

    def get(self, request: Request) -> Response:
        return Response(list(Project.objects.values_list("name", flat=True)))


def outside(_request: HttpRequest) -> HttpResponse:
    """An address of no brand, which sees no rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting('ideation.brand', true) FROM catalog_project")
        return HttpResponse(str(cursor.fetchall()))


BREAKING = (raises, raises_in_a_chain, breaks_a_rule, casts_badly)
LIGHT = (names, dies, cancelled, cut_off, streams)
urlpatterns = [
    path("outside/", outside),
    path(
        "b/<slug:slug>/",
        include([path(f"x/{view.__name__}/", view) for view in (*BREAKING, *LIGHT)]),
    ),
    path("api/v1/x/raises/", ApiRaises.as_view()),
    path("api/v1/x/names/", ApiNames.as_view()),
    *product,
]
