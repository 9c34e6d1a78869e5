"""Hands files over: streamed, or by the proxy in front (X-Accel-Redirect), always as a download, never from a cache."""

from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header


def file_response(path: Path, *, name: str) -> HttpResponseBase:
    """The file as a download called `name`. Who may have it has been asked before. Raises Http404 if it isn't there."""
    if not path.is_file() or not path.resolve().is_relative_to(settings.VAR.resolve()):
        raise Http404
    kind = "application/octet-stream"
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
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
