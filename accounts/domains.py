"""Domains of email addresses: one spelling for each, and the DNS record by which a brand proves that one is its own."""

from collections.abc import Sequence

import dns.exception
import dns.rdatatype
import dns.resolver
import idna
from django.conf import settings

from accounts.errors import AccountError

RECORD_HOST = "_ideation"
RECORD_START = "ideation-verify="
LOOKUP_SECONDS = 5.0

PUBLIC_DOMAINS = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com passport.com outlook.fr hotmail.fr hotmail.co.uk
    yahoo.com yahoo.co.jp yahoo.co.uk yahoo.fr yahoo.de yahoo.co.in yahoo.com.cn yahoo.cn ymail.com rocketmail.com
    aol.com icloud.com me.com mac.com proton.me protonmail.com pm.me tutanota.com tuta.com fastmail.com hey.com zoho.com
    gmx.de gmx.net gmx.com gmx.at gmx.ch web.de t-online.de freenet.de mail.com mail.ru bk.ru inbox.ru list.ru yandex.ru
    yandex.com ya.ru rambler.ru orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it
    btinternet.com sky.com comcast.net verizon.net att.net sbcglobal.net cox.net bigpond.com naver.com daum.net
    hanmail.net nate.com rediffmail.com uol.com.br bol.com.br terra.com.br
    qq.com vip.qq.com foxmail.com 163.com vip.163.com 126.com vip.126.com yeah.net 188.com sina.com sina.cn vip.sina.com
    sohu.com vip.sohu.com 139.com 189.cn wo.cn aliyun.com tom.com 21cn.com 263.net hotmail.com.cn outlook.com.cn
    msn.cn 88.com 2925.com mailinator.com
    """.split()
)
"""Where anybody can have an address: no brand can own these."""


def domain_clean(text: str) -> str:
    """A domain in the one form that is compared: lower case, and letters beyond ASCII in their xn-- form.

    Takes what people paste: `@Example.com`, `https://example.com/`, `name@example.com`. Raises AccountError.
    """
    text = text.strip().lower().rpartition("://")[2].partition("/")[0].rpartition("@")[2].rstrip(".。")
    try:
        domain = idna.encode(text, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise AccountError("domain_malformed", field="domain") from error
    if "." not in domain or len(domain) > 253 or domain.rpartition(".")[2].isdigit():
        raise AccountError("domain_malformed", field="domain")
    if domain in PUBLIC_DOMAINS:
        raise AccountError("domain_public", field="domain", domain=domain)
    return domain


def domain_of(email: str) -> str:
    """The domain of an address in the same form; empty where there is none that a brand could own."""
    name, at, domain = email.rpartition("@")
    if not (name and at):
        return ""
    try:
        return domain_clean(domain)
    except AccountError:
        return ""


def record_host(domain: str) -> str:
    """Where the proof stands: an address that only the domain's owner can fill."""
    return f"{RECORD_HOST}.{domain}"


def record_text(token: str) -> str:
    """What must stand there."""
    return f"{RECORD_START}{token}"


def system_resolver() -> dns.resolver.Resolver:
    """The machine's own DNS servers, or those that DNS_SERVERS names (`127.0.0.1` or `127.0.0.1:5353`)."""
    if not settings.DNS_SERVERS:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [server.partition(":")[0] for server in settings.DNS_SERVERS]
    resolver.nameserver_ports = {
        host: int(port or 53) for host, _colon, port in (server.partition(":") for server in settings.DNS_SERVERS)
    }
    return resolver


def record_check(domain: str, token: str, resolver: dns.resolver.Resolver | None = None) -> None:
    """Returns if the record stands there. Raises AccountError with what was found instead, and what to do."""
    host, wanted = record_host(domain), record_text(token)
    found = _texts(host, resolver)
    if wanted not in found:
        raise AccountError("record_other", host=host, found=" · ".join(text[:80] for text in found[:3]), wanted=wanted)


def _texts(host: str, resolver: dns.resolver.Resolver | None) -> Sequence[str]:
    try:
        answer = (resolver or system_resolver()).resolve(host, dns.rdatatype.TXT, lifetime=LOOKUP_SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer) as error:
        raise AccountError("record_missing", host=host) from error
    except dns.exception.Timeout as error:
        raise AccountError("dns_timeout", host=host) from error
    except dns.exception.DNSException as error:
        raise AccountError("dns_failed", host=host) from error
    # A long text comes as several strings that belong together.
    return [b"".join(record.strings).decode("utf-8", "replace").strip() for record in answer]
