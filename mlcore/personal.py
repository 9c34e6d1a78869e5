"""Finds what tells who a customer is (how to reach them, numbers that identify them) and puts a word in its place.

Patterns of our own, in English and Chinese, checked by what libraries know: `phonenumbers` says whether a number abroad
can exist, `python-stdnum` checks IDs, cards and bank accounts by their check digits. presidio is passed over: its
package pulls spaCy in for a handful of patterns. A text without a digit, an @ or a messenger's name is answered at
once. What has the shape of a price, a date, a size, a model number or a quantity stays as it is: a number without a
telling shape needs a telling word before it. Names of people are not looked for.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import phonenumbers
from stdnum import iban, luhn
from stdnum.cn import ric
from stdnum.us import ssn

KINDS: Final = ("email", "phone", "id", "card", "account", "address")
"""What is found: an email address, a phone number, an ID or bank account number, a card's number, a messenger's
account, a street address."""
WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {"email": "[email]", "phone": "[phone]", "id": "[id number]", "card": "[card]", "account": "[account]",
           "address": "[address]"},
    "zh": {"email": "[邮箱]", "phone": "[电话]", "id": "[证件号]", "card": "[银行卡]", "account": "[账号]",
           "address": "[地址]"},
}  # fmt: skip
"""language → kind → what stands in its place."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where something personal stands: text[start:end]."""

    kind: str
    start: int
    end: int


# One character for one, so that places in the plain text are places in the text itself.
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN |= dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFE63), ord("-"))
_PLAIN |= dict.fromkeys((0xA0, 0x3000, 0x2002, 0x2003, 0x2009, 0x202F), ord(" "))

_DIGIT = re.compile(r"\d")
_REACH = ("@", "艾特", " dot", "(at", "[at", "#at", "{at", "＠")
_MESSENGER = (
    "微信",
    "薇信",
    "威信",
    "v信",
    "weixin",
    "wechat",
    "vx",
    "wx",
    "加v",
    "qq",
    "扣扣",
    "telegram",
    "skype",
    "line id",
)
"""Words without which there is no email address and no messenger's account; looked for before any pattern is."""

_LETTERS = r"A-Za-z0-9\u00c0-\u024f\u0370-\u04ff"
_EMAIL = re.compile(
    rf"(?<![{_LETTERS}._%+-])[{_LETTERS}][{_LETTERS}._%+'-]{{0,63}}\s?@\s?[{_LETTERS}-]+(?:\.[{_LETTERS}-]+)*"
    r"\.[A-Za-z\u00c0-\u024f\u0370-\u04ff]{2,24}"
    r"|[\u4e00-\u9fff]{2,10}@[\u4e00-\u9fffA-Za-z0-9-]+\.(?:中国|公司|网络|com|cn|net)"
)
_AT = r"\s*(?:[(\[{]\s*(?:at|@|艾特)\s*[)\]}]|艾特|\s#at#\s|\sat\s)\s*"
_DOT = r"\s*(?:[(\[{]\s*(?:dot|点|\.)\s*[)\]}]|\sdot\s|点|\.)\s*"
_EMAIL_IN_WORDS = re.compile(
    rf"(?<![A-Za-z0-9.+-])[A-Za-z0-9][A-Za-z0-9._+-]{{1,40}}{_AT}[A-Za-z0-9-]{{2,30}}(?:{_DOT}[A-Za-z0-9-]{{2,20}}){{0,2}}"
    rf"{_DOT}(?:com|net|org|edu|gov|cn|de|uk|co|io|fr|jp|ru|me|info)(?![A-Za-z0-9])",
    re.IGNORECASE,
)

_FREE = r"(?<![\dA-Za-z.,$€£¥+#-])"
"""Not in the middle of a word, a number or a price."""
_END = r"(?![\dA-Za-z]|[.,]\d)"

_CHINESE_MOBILE = re.compile(
    r"(?<![\dA-Za-z.,$€£¥])(?:(?:\+|00)?\s?\(?86\)?[-\s]{0,3})?1[3-9]\d(?:[-\s]?\d{4}[-\s]?\d{4}|[-\s]\d{3}[-\s]\d{5})"
    + _END
)
_CHINESE_LANDLINE = re.compile(
    r"(?<![\dA-Za-z.,$€£¥+-])(?:(?:\+|00)86[-\s]{0,3})?(?:\(0(?:10|2\d|[3-9]\d{2})\)\s?|0(?:10|2\d|[3-9]\d{2})[-\s]{1,3})"
    r"[1-9]\d{2,3}[-\s]?\d{4}(?:\s?(?:转|-|ext\.?)\s?\d{1,5})?" + _END
)
_SERVICE_NUMBER = re.compile(
    _FREE + r"(?:[48]00-\d{3}-\d{4}|[48]00-\d{4}-\d{3}|[48]00\s\d{3}\s\d{4}|400\d-\d{3}-\d{3}|400[0168]\d{6})" + _END
)
_INTERNATIONAL = re.compile(r"(?<![\dA-Za-z.,+])(?:\+|00(?=[1-9]))\s?\(?\d[\d\s().-]{6,18}\d" + _END)
_AMERICAN = re.compile(
    r"(?<![\dA-Za-z.,$€£¥+-])(?:1[-.\s])?"
    r"(?:\([2-9]\d{2}\)\s?[2-9]\d{2}[-.\s]\d{4}|[2-9]\d{2}([-.\s])[1-9]\d{2}\1\d{4}|[2-9]\d{2}[-\s][2-9]\d{2}-\d{4})"
    r"(?:\s?(?:x|ext\.?)\s?\d{1,5})?" + _END
)
_TRUNK = re.compile(r"(?<![\dA-Za-z.,:/$€£¥+-])0\d{1,4}(?:[\s.-]\d{2,4}){1,4}" + _END)
"""Numbers with the leading zero that most countries dial at home, in groups."""
_DIALLED = re.compile(
    r"(?:phone|tel|telephone|mobile|cell|call(?:ed)?|text(?:ed)?|whatsapp|fax|contact|hotline|电话|手机|联系方式|联系|致电|"
    r"拨打|打给|热线|座机|传真|电话号码|手机号码?)"
    r"(?:[\s:.,()-]{0,3}(?:me|us|him|her|them|is|was|at|on|no|nr|number|号码|号|是|为|请打|我))"
    r"{0,4}[\s:.,(#-]{0,3}(?P<it>\+?\d[\d\s()-]{5,16}\d)" + _END,
    re.IGNORECASE,
)

_CHINESE_ID = re.compile(
    r"(?<![\dA-Za-z])[1-9]\d{5}[-\s]?(?:18|19|20)\d{2}[-\s]?(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[-\s]?\d{3}[\dXx]"
    r"(?![\dA-Za-z])"
)
_AMERICAN_ID = re.compile(r"(?<![\dA-Za-z-])(?!000|666|9)\d{3}([-\s])\d{2}\1\d{4}(?![\d-])")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_NAMED_ID = re.compile(
    r"(?:身份证号?码?|证件号码?|护照号?码?|通行证号?码?|社保号?|passport|social security|\bssn\b|national insurance|"
    r"\bNINO\b|driver'?s? licen[cs]e|identity card|\bID (?:card|number))"
    r"(?:[\s:.()-]{0,3}(?:number|no|nr|is|was|号码|号|是|为)){0,3}[\s:.(#-]{0,3}"
    r"(?P<it>[A-Za-z]{0,2}[ -]?\d(?:[ -]?\d){4,18}(?:[ -]?[A-Za-z])?)(?![\dA-Za-z])",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<![\dA-Za-z.,$€£¥-])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\dA-Za-z]|[.,-]\d)")
_FOURS = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?")
"""As it stands on the card itself: nothing else is written so, whatever its check digit."""
_NAMED_CARD = re.compile(
    r"(?:卡号|银行卡|信用卡|储蓄卡|银行账号|银行账户|card (?:number|no)|credit card|debit card|account (?:number|no))"
    r"(?:[\s:.()-]{0,3}(?:number|no|is|was|号码|号|是|为)){0,3}[\s:.(#-]{0,3}"
    r"(?P<it>\d(?:[ -]?\d){11,18})(?![\dA-Za-z])",
    re.IGNORECASE,
)

_NAME_OF_ACCOUNT = re.compile(
    r"(?:(?<![A-Za-z])(?:weixin|wechat|vx|wx|telegram|skype|line)|微信|薇信|威信|v信|加v|加微)"
    r"(?P<sign>(?:\s*(?:号码|号|账号|id|is|是|为|[:=@]))*)\s*"
    r"(?P<it>[A-Za-z][A-Za-z0-9_.-]{3,18}[A-Za-z0-9_]|\d{5,11})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_QQ = re.compile(
    r"(?:(?<![A-Za-z])qq|扣扣)(?:\s*(?:号码|号|群|is|是|为|[:=]))*\s*(?P<it>[1-9]\d{4,11})(?![\dA-Za-z]|[.,]\d)",
    re.IGNORECASE,
)

_PROVINCE = (
    "(?:(?:河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾)省?|"
    "(?:内蒙古|广西|西藏|宁夏|新疆)(?:[\u4e00-\u9fff]{0,3}自治区)?|(?:北京|上海|天津|重庆)市?|香港|澳门)"
)
_HAN = r"[\u4e00-\u9fff]"
_NUMBER = r"[\d一二三四五六七八九十百零〇]{1,5}"
_INSIDE = (
    rf"(?:\s?(?:[A-Za-z\d]{{1,4}}|[一二三四五六七八九十甲乙丙]{{1,3}})(?:-\d{{1,4}})*\s?(?:号楼|号院|号|弄|栋|幢|座|单元|楼|层|室|房|户|门(?!口)|"
    rf"村|组))|(?:{_HAN}{{2,8}}(?:小区|花园|新村|公寓|苑|家园|大厦|广场|新城|府|庭|轩|湾|城|园))"
)
_CHINESE_ADDRESS = re.compile(
    rf"(?:{_PROVINCE}\s?)?(?:{_HAN}{{2,6}}(?:市|州|盟)\s?)?(?:{_HAN}{{1,6}}(?:区|县|旗|市)\s?)?"
    rf"(?:{_HAN}{{1,6}}(?:镇|乡|街道)\s?)?"
    rf"(?:(?:{_HAN}{{1,6}}?(?:大道|大街|胡同|路|街|巷|弄|里)(?:{_HAN}{{1,2}}(?:路|街|段))?)"
    rf"\s?(?:{_NUMBER}(?:-\d{{1,4}})?\s?号|\d{{1,5}}\s?(?:弄|巷|#))"
    rf"(?!线|电池|店|下单|发货|到货|收到|字|色)(?:{_INSIDE}){{0,5}}(?:-?\d{{3,4}}(?!\d))?"
    rf"|{_HAN}{{2,8}}?(?:小区|花园|新村|公寓|家园|大厦|新城|苑|村)\s?{_NUMBER}\s?(?:号楼|栋|幢|座|单元|号)"
    rf"(?:{_INSIDE}){{0,4}}(?:-?\d{{3,4}}(?!\d))?)"
)
_STREETS = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Terrace|Square|Parkway|Pkwy|"
    r"Highway|Hwy|Circle|Crescent|Close|Way|Trail|Alley)"
)
_REST = (
    r"(?:,?\s*(?:Apt|Apartment|Suite|Ste|Unit|Floor|Flat|Room|#)\.?\s?#?\w{1,6})?"
    r"(?:,\s*[A-Z][a-z.'-]+(?:\s[A-Z][a-z.'-]+){0,2})?"
    r"(?:,?\s+(?:[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}|[A-Z]{2}(?:\s+\d{5}(?:-\d{4})?)?|\d{5}(?:-\d{4})?)(?![A-Za-z\d]))?"
)
_ENGLISH_ADDRESS = re.compile(
    rf"(?<![\d.,$€£¥A-Za-z-])(?:(?:Flat|Apt|Unit|Suite)\.?\s?\w{{1,5}},\s?)?\d{{1,5}}[A-Za-z]?,?\s+"
    rf"(?:[NSEW]\.?\s+|North\s+|South\s+|East\s+|West\s+)?(?:(?:[A-Z][a-z'’-]+|\d{{1,3}}(?:st|nd|rd|th))\s+){{1,3}}"
    rf"{_STREETS}(?![a-z])\.?{_REST}"
    r"|(?<![A-Za-z])P\.?\s?O\.?\s?Box\s+\d{1,6}"
)
_NAMED_ADDRESS = re.compile(
    r"(?:live at|lives at|living at|my address is|address:|address is|deliver(?:ed)? (?:it )?to|"
    r"ship(?:ped)? (?:it )?to|send (?:it )?to|sent (?:it )?to)\s+(?P<it>\d{1,5}[a-z]?,?\s+(?:[\w'’-]+\s+){1,3}?"
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|drive|court|place|terrace|square|way)(?![a-z])\.?"
    + _REST
    + ")",
    re.IGNORECASE,
)
_LEADS = "我俺你您他她们咱家住在是到寄去于往从的了给请这那送货发就位址店和跟及与把叫要想离距又还也都有拿定来搬"
"""Characters that lead up to an address and don't belong to it."""
_BREAKS = re.compile(r"^.*[在于到去了的有是至面往给寄址](?=[\u4e00-\u9fff]{2})")
_ROAD = re.compile("大道|大街|胡同|小区|花园|新村|公寓|路|街|巷|弄|里|苑|村")
_NO_PHONE = re.compile(
    r"(?:订单|运单|单号|编号|发票|型号|货号|条码|批号|序列号?|order|invoice|tracking|serial|sku|model|isbn|part|receipt)"
    r"[\s:.#-]{0,3}(?:号码|号|number|no|nr|id)?[\s:.#(是is-]{0,4}$",
    re.IGNORECASE,
)
"""Words before a number that is somebody's order, not somebody's phone."""
_DATE = re.compile(r"(?:19|20)\d{2}[-./\s]\d{1,2}(?:[-./\s]\d{1,2})?|\d{1,2}[-./\s]\d{1,2}[-./\s](?:19|20)\d{2}")
_ISSUERS: Final[dict[int, tuple[str, ...]]] = {
    13: ("4",), 14: ("36", "38", "30"), 15: ("34", "37"), 16: ("4", "5", "22", "23", "24", "25", "26", "27", "35", "6"),
    17: ("62",), 18: ("62",), 19: ("62", "60", "4"),
}  # fmt: skip
"""Digits of a card → how its number can begin."""

Check = Callable[[str], bool]
Rule = tuple[str, re.Pattern[str], Check | None]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _dialled(text: str) -> bool:
    return 7 <= len(_digits(text)) <= 15 and not _DATE.match(text) and text.count(" ") < 6


def _international(text: str) -> bool:
    number = "+" + _digits(text).removeprefix("00") if text.lstrip().startswith("00") else "+" + _digits(text)
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return False


def _trunk(text: str) -> bool:
    return 9 <= len(_digits(text)) <= 12 and not _DATE.match(text)


def _card(text: str) -> bool:
    digits = _digits(text)
    if _FOURS.fullmatch(text):
        return True
    return digits.startswith(_ISSUERS.get(len(digits), ())) and luhn.is_valid(digits)


def _iban(text: str) -> bool:
    return iban.is_valid(text, check_country=False)


def _chinese_id(text: str) -> bool:
    return ric.is_valid(text)


def _american_id(text: str) -> bool:
    return text[3] == "-" and ssn.is_valid(text)


_NUMBERS: Final[tuple[Rule, ...]] = (
    ("id", _NAMED_ID, lambda text: len(_digits(text)) >= 6),
    ("id", _CHINESE_ID, _chinese_id),
    ("id", _IBAN, _iban),
    ("card", _NAMED_CARD, None),
    ("card", _CARD, _card),
    ("phone", _INTERNATIONAL, _international),
    ("phone", _CHINESE_MOBILE, None),
    ("phone", _CHINESE_LANDLINE, None),
    ("phone", _SERVICE_NUMBER, None),
    ("phone", _AMERICAN, None),
    ("id", _AMERICAN_ID, _american_id),
    ("phone", _TRUNK, _trunk),
    ("phone", _DIALLED, _dialled),
)
"""The surest first: what one rule has taken, no later one takes."""
# What a text must have for the costly patterns to be worth a look.
_AT_IN_WORDS = re.compile(r"艾特|[\s(\[{#](?:at|@)[\s)\]}#]", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d(?:[^\dA-Za-z\u4e00-\u9fff]{0,3}\d){5}")
_CHINESE_PLACE = re.compile(
    rf"(?:[路街道巷弄里苑村]|胡同|小区|花园|公寓|家园|大厦|新城)(?:{_HAN}{{1,2}}[路街段])?\s?[\d一二三四五六七八九十百零〇]"
)
_ENGLISH_PLACE = re.compile(r"\d[A-Za-z]?,?\s+[A-Za-z0-9]")
_STREET = re.compile(
    r"(?<![A-Za-z])(?:st|ave|rd|blvd|ln|dr|ct|hwy|pkwy|sq|box|street|avenue|road|boulevard|lane|drive|court|place|way|"
    r"terrace|square|parkway|highway|circle|crescent|close|trail|alley)(?![A-Za-z])",
    re.IGNORECASE,
)


def find(text: str) -> list[Span]:
    """What is personal in a text, in its order, no two overlapping."""
    small = text.lower()
    digit = _DIGIT.search(text) is not None
    reach, messenger = any(word in small for word in _REACH), any(word in small for word in _MESSENGER)
    if not (digit or reach or messenger):
        return []
    plain = text if text.isascii() else text.translate(_PLAIN)
    found: list[Span] = []
    for span in _candidates(plain, digit, reach, messenger):
        if all(span.end <= other.start or other.end <= span.start for other in found):
            found.append(span)
    return sorted(found, key=lambda span: span.start)


def _candidates(plain: str, digit: bool, reach: bool, messenger: bool) -> Iterator[Span]:
    if reach and "@" in plain:
        yield from _matches(plain, (("email", _EMAIL, None),))
    if reach and _AT_IN_WORDS.search(plain):
        yield from _matches(plain, (("email", _EMAIL_IN_WORDS, None),))
    if messenger:
        yield from _matches(plain, (("account", _QQ, None),))
        yield from _accounts(plain)
    if not digit:
        return
    if _LONG_NUMBER.search(plain):
        yield from _matches(plain, _NUMBERS)
    if _ENGLISH_PLACE.search(plain) and _STREET.search(plain):
        yield from _matches(plain, (("address", _ENGLISH_ADDRESS, None), ("address", _NAMED_ADDRESS, None)))
    if not plain.isascii() and _CHINESE_PLACE.search(plain):
        yield from _chinese_addresses(plain)


def _matches(plain: str, rules: Sequence[Rule]) -> Iterator[Span]:
    for kind, pattern, check in rules:
        group = "it" if "it" in pattern.groupindex else 0
        for match in pattern.finditer(plain):
            if check is not None and not check(match.group(group)):
                continue
            if kind == "phone" and _NO_PHONE.search(plain, max(0, match.start() - 24), match.start(group)):
                continue
            yield Span(kind, match.start(group), match.end(group))


def _accounts(plain: str) -> Iterator[Span]:
    for match in _NAME_OF_ACCOUNT.finditer(plain):
        # "WeChat message" names no account: one without a sign before it must look like nothing that is a word.
        if match["sign"].strip(" iI") or any(char.isdigit() or char == "_" for char in match["it"]):
            yield Span("account", match.start("it"), match.end("it"))


def _chinese_addresses(plain: str) -> Iterator[Span]:
    for match in _CHINESE_ADDRESS.finditer(plain):
        start = match.start() + _lead(match.group())
        if match.end() - start >= 5:
            yield Span("address", start, match.end())


def _lead(address: str) -> int:
    """How many characters only lead up to the address: 我住在, 就在位于, 拿去."""
    road = _ROAD.search(address)
    head = address[: road.start() + 1] if road else address
    cut = _BREAKS.match(head)
    return max(cut.end() if cut else 0, len(head) - len(head.lstrip(_LEADS + " ")))


def language_of(text: str) -> str:
    """`zh` or `en`: in which language a text's placeholders are said."""
    if text.isascii():
        return "en"
    han = sum("\u4e00" <= char <= "\u9fff" for char in text)
    latin = sum(char.isascii() and char.isalpha() for char in text)
    return "zh" if han * 4 > latin else "en"


def mask(text: str, spans: Sequence[Span] | None = None) -> str:
    """The text with a word in the place of all that is personal; the same text where there is nothing."""
    spans = find(text) if spans is None else spans
    if not spans:
        return text
    words = WORDS[language_of(text)]
    parts, at = [], 0
    for span in spans:
        parts += [text[at : span.start], words[span.kind]]
        at = span.end
    return "".join(parts) + text[at:]
