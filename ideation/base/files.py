"""Hands files over: streamed, or by the proxy in front (X-Accel-Redirect). A download, never from a cache, unless it is
an image whose kind has been checked: that a page may show.
"""

from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

SHOWN_SECONDS = 3600
"""How long a person's own browser keeps an image; another image has another address."""


def file_response(path: Path, *, name: str, shown_as: str = "") -> HttpResponseBase:
    """The file as a download called `name`, or to be shown as this media type. Who may have it has been asked before.

    Raises Http404 if it isn't there.
    """
    if not path.is_file() or not path.resolve().is_relative_to(settings.VAR.resolve()):
        raise Http404
    kind = shown_as or "application/octet-stream"
    response: HttpResponseBase
    if settings.SENDFILE:
        response = HttpResponse(content_type=kind)
        inside = path.resolve().relative_to(settings.VAR.resolve())
        response["X-Accel-Redirect"] = f"{settings.SENDFILE.rstrip('/')}/{quote(str(inside))}"
    else:
        response = FileResponse(path.open("rb"), content_type=kind)
        response["Content-Length"] = str(path.stat().st_size)
        # As it lies there: packing an archive again gains nothing, and loses its length.
        response["Content-Encoding"] = "identity"
    disposition = content_disposition_header(as_attachment=not shown_as, filename=name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"private, max-age={SHOWN_SECONDS}" if shown_as else "no-store"
    if shown_as:
        # Opened by itself it is an image and nothing else: no script, no frame, whatever its bytes may also be.
        response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response
