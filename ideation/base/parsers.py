"""Reads JSON bodies strictly: bounded in size and depth, no NaN, no key twice."""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, parsers

LIMIT_BYTES = 2 * 2**20


class TooLarge(exceptions.APIException):
    """More than is read at once."""

    status_code = 413
    default_detail = gettext_lazy("The JSON body is over 2 MB. Send less at a time.")
    default_code = "too_large"


class JSONParser(parsers.BaseParser):
    """JSON in UTF-8, as RFC 8259 has it."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The body as Python values. Raises ParseError with the place, TooLarge over 2 MB."""
        content = stream.read(LIMIT_BYTES + 1)
        if len(content) > LIMIT_BYTES:
            raise TooLarge
        try:
            return json.loads(content, object_pairs_hook=_unique, parse_constant=_refuse)
        except RecursionError:
            raise exceptions.ParseError(_("The JSON is nested too deeply.")) from None
        except UnicodeDecodeError:
            raise exceptions.ParseError(_("The body isn't UTF-8.")) from None
        except ValueError as error:
            raise exceptions.ParseError(_("The body isn't JSON: %(reason)s") % {"reason": error}) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise exceptions.ParseError(_("The key %(key)s stands twice in one object.") % {"key": repr(twice)})
    return found


def _refuse(name: str) -> NoReturn:
    raise exceptions.ParseError(_("%(name)s isn't JSON. Leave the value out, or send null.") % {"name": name})
