"""The headers of tus 1.0.0 (https://tus.io/protocols/resumable-upload), as pages and API both speak it."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from accounts.middleware import RAW
from ideation.base.errors import UserError

VERSION = "1.0.0"
SILENCE_SECONDS = 60
R = TypeVar("R", bound=HttpResponse)
EXTENSIONS = "creation,creation-with-upload,termination,expiration"


def version_check(request: HttpRequest) -> None:
    """Raises UserError unless the request speaks our version."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise UserError("tus_version", status=412)


def raw_check(request: HttpRequest) -> None:
    """Raises UserError unless the body is said to be a piece of a file."""
    if request.content_type != RAW:
        raise UserError("tus_type", status=415)


def length_of(request: HttpRequest) -> int:
    """The size of the whole file. Raises UserError."""
    return _number(request, "Upload-Length", "tus_length")


def offset_of(request: HttpRequest) -> int:
    """Where the body's first byte belongs. Raises UserError."""
    return _number(request, "Upload-Offset", "tus_offset")


def body_length(request: HttpRequest) -> int:
    """How many bytes the body is said to have; from now on its sender is waited for, but not for ever."""
    patient(request)
    text = request.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdecimal() else 0


def _number(request: HttpRequest, name: str, code: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise UserError(code)
    return int(text)


def patient(request: HttpRequest) -> None:
    """A sender who says nothing for a minute is cut off: what they have sent counts, and threads are few."""
    handle = request.META.get("gunicorn.socket")
    if handle is not None:
        handle.settimeout(SILENCE_SECONDS)


def metadata_of(request: HttpRequest) -> dict[str, str]:
    """What is said of the file, by name. Raises UserError."""
    found = {}
    for pair in filter(None, map(str.strip, request.headers.get("Upload-Metadata", "").split(","))):
        name, _space, value = pair.partition(" ")
        try:
            found[name] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            raise UserError("tus_metadata") from None
    return found


def expires(moment: datetime) -> str:
    """A time as the header Upload-Expires has it."""
    return http_date(moment.timestamp())


def spoken(response: R) -> R:
    """The answer with what every answer of the protocol says."""
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    return response


def abilities() -> dict[str, str]:
    """What the answer to OPTIONS says: what this server can do."""
    most = settings.UPLOAD_MEGABYTES * 2**20
    return {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(most)}


def method_of(request: HttpRequest) -> str:
    """The method that is meant: some proxies let only POST through."""
    said = str(request.method)
    return request.headers.get("X-HTTP-Method-Override", said).upper() if said == "POST" else said


def plain_refusals(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a page's script: a refusal is its sentence and nothing else."""

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return spoken(view(*args, **kwargs))
        except UserError as error:
            return spoken(HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8"))

    return answered
