"""An S3-compatible bucket as a source of files: what lies below its prefix, and addresses that let in for a while.

Requests are signed here and sent by accounts.outgoing, never by a client of Amazon's: only so is each connection made
to the very address that was looked at, whatever the bucket's name means a moment later.
"""

import json
import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, urlencode, urlsplit

import requests
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from lxml import etree  # type: ignore[import-untyped]

from accounts.outgoing import Session, url_allowed
from accounts.sealed import unseal
from ideation.base.errors import UserError
from ideation.reviews.models import ReviewSource

PAGE = 200
"""Files a page: the longest names still fit into the answer that outgoing reads."""
MOST = 2000
EXPIRES = 900
"""Seconds for which a signed address lets in: its fetching begins at once."""
REGION = re.compile(r"(?:^|\.)(?:s3[.-]|oss-|cos\.)([a-z]{2}(?:-[a-z]+)+(?:-\d)?)\.")
OWN_HOST = (".aliyuncs.com", ".myqcloud.com")
"""Servers that know a bucket by its own host name only."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file in a bucket, and the mark of its content."""

    key: str
    mark: str


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A bucket's part that is read, and what lets in."""

    server: str
    name: str
    prefix: str
    access_key: str = ""
    secret: str = ""

    @classmethod
    def of(cls, source: ReviewSource) -> Self:
        """A source's bucket. Raises AccountError where its secret can't be read any more."""
        server, name, prefix = address_parts(source.address)
        keys = json.loads(unseal(source.secret) or "{}")
        return cls(server=server, name=name, prefix=prefix, **keys)

    @property
    def host(self) -> str:
        """Whom the requests go to."""
        return urlsplit(self.server).hostname or ""

    def signed(self, key: str = "", **query: str) -> str:
        """The address of a file, or of the bucket itself, with a signature where there is a key."""
        url = f"{self._base()}/{quote(key, safe='/~')}"
        if query:
            url += f"?{urlencode(query, quote_via=quote)}"
        if not self.access_key:
            return url
        request = AWSRequest(method="GET", url=url)
        region = REGION.search(self.host + ".")
        auth = S3SigV4QueryAuth(
            Credentials(self.access_key, self.secret), "s3", region[1] if region else "us-east-1", expires=EXPIRES
        )
        auth.add_auth(request)
        return str(request.url)

    def _base(self) -> str:
        if self.host.endswith(OWN_HOST):
            scheme, _colon, rest = self.server.partition("://")
            return f"{scheme}://{self.name}.{rest}"
        return f"{self.server}/{quote(self.name)}"

    def files(self) -> list[Entry]:
        """What lies below the prefix, by name. Raises UserError."""
        found: list[Entry] = []
        token = ""
        while True:
            query = {"list-type": "2", "max-keys": str(PAGE), "prefix": self.prefix}
            page = self._page(query | ({"continuation-token": token} if token else {}))
            found += _entries(page)
            token = _text(page, "NextContinuationToken")
            if not token:
                return found
            if len(found) >= MOST:
                raise UserError("bucket_too_many", most=MOST)

    def _page(self, query: dict[str, str]) -> etree._Element:
        try:
            with Session() as session:
                response = session.get(self.signed(**query))
        except requests.RequestException:
            raise UserError("fetch_unreachable", host=self.host) from None
        if response.status_code in (401, 403):
            raise UserError("fetch_refused", host=self.host, answered=response.status_code)
        if response.status_code != 200:
            raise UserError("fetch_status", host=self.host, answered=response.status_code)
        try:
            page = etree.fromstring(response.content, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError:
            raise UserError("bucket_unreadable", host=self.host) from None
        if etree.QName(page).localname != "ListBucketResult":
            raise UserError("bucket_unreadable", host=self.host)
        return page


def _entries(page: etree._Element) -> list[Entry]:
    rows = [(_text(one, "Key"), _text(one, "ETag"), _text(one, "Size")) for one in page.iterfind("{*}Contents")]
    # What ends with a slash, or is empty, stands for a folder.
    return [Entry(key=key, mark=mark) for key, mark, size in rows if not key.endswith("/") and size != "0"]


def _text(element: etree._Element, name: str) -> str:
    return str(element.findtext(f"{{*}}{name}") or "")


def address_parts(address: str) -> tuple[str, str, str]:
    """Server, bucket and prefix of a bucket's address. Raises UserError with its form."""
    parts = urlsplit(address) if url_allowed(address) else None
    name, _slash, prefix = parts.path.lstrip("/").partition("/") if parts else ("", "", "")
    if parts is None or not name or parts.query or parts.fragment:
        raise UserError("bucket_address", field="address")
    return f"{parts.scheme}://{parts.netloc}", name, prefix
