"""Turns the user's errors into pages: a sentence and its cure instead of a stack trace."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ideation.base.errors import user_error


class UserErrorMiddleware:
    """A UserError that a view let through becomes an error page with its status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for a UserError; None lets every other exception go on."""
        error = user_error(exception)
        if error is None:
            return None
        return render(request, "base/error.html", {"message": str(error)}, status=error.status)
