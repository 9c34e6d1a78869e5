"""What a question about reviews asks for: whose words, what kind of words, from when, and about what.

A question is read, never obeyed: its words become conditions and a topic, and what is left over is looked for in what
customers said. English and Chinese; all by rules that can be read here.
"""

import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass
from typing import Final

from mlcore.text import is_han

LOW: Final = 2.0
"""Stars up to which a customer counts as unhappy; HIGH: from which as happy."""
HIGH: Final = 4.0

_EN_CUSTOMERS = "(?:people|customers?|users?|buyers?|reviewers?|shoppers?|owners?|those|they|ones|everyone|anyone)"
_ZH_CUSTOMERS = "(?:大家|人们|顾客|客户|用户|消费者|买家|网友|人)"
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _any(english: str, chinese: str) -> re.Pattern[str]:
    """English as whole words, Chinese anywhere."""
    return re.compile(rf"\b(?:{english})\b|{chinese}", re.IGNORECASE)


_WHO_RETURNED = _any(
    "return(?:ed|ing|s)?|refund(?:ed|s)?|(?:sen[dt]|sends|sending|gave|give) (?:it|them|this) back",
    "退(?:[货款换]|[了掉][货款换]?)|寄回",
)
_SAID: Final = {
    "complaint": _any(
        "complain(?:t|ts|s|ed|ing)?|dislikes?|hates?|annoy(?:s|ed|ing)?|problems?|issues?|wrong|criticis[a-z]+|critici[sz]e",
        "抱怨|不满(?!意)|吐槽|投诉|讨厌|缺点|问题|毛病|槽点|不喜欢",
    ),
    "praise": _any(
        "prais(?:e|es|ed|ing)|(?<!dis)likes?(?! this)|liked|loves?|loved|compliments?|enjoy(?:s|ed)?",
        "称赞|表扬|夸|(?<!不)喜欢|优点|好在",
    ),
    "wish": _any("wish(?:es|ed)?|wants?|wanted|suggest(?:s|ed|ions?)?|ask for|missing", "希望|想要|建议|期待|盼"),
    "comparison": _any(
        "compar(?:e|es|ed|ing|isons?)|versus|vs|competitors?", "对比|相比|比较(?=什么|哪|谁)|竞品|跟.{1,8}比"
    ),
}
"""Intent of a sentence → how a question asks for it."""
_UNHAPPY = _any(
    rf"(?:unhappy|dissatisfied|disappointed|angry|unsatisfied)(?: {_EN_CUSTOMERS})?"
    "|(?:low|bad|poor|negative)[- ](?:ratings?|reviews?|stars?)",
    f"差评|不满意的?{_ZH_CUSTOMERS}?|失望的?{_ZH_CUSTOMERS}?|低分",
)
_HAPPY = _any(
    rf"(?<!un-)(?:happy|satisfied|pleased|delighted)(?: {_EN_CUSTOMERS})?"
    "|(?:high|good|positive)[- ](?:ratings?|reviews?|stars?)",
    f"好评|(?<!不)满意的{_ZH_CUSTOMERS}?|高分",
)
_STARS = re.compile(r"\b([1-5]|one|two|three|four|five)[- ]?stars?\b|([1-5一二两三四五])颗?星(?:级)?", re.IGNORECASE)
_MONTH = re.compile(
    rf"\b(?:(?:in|since|during) )?({'|'.join(_MONTHS)})[a-z]*\.? (20\d\d)\b"
    r"|\b(20\d\d)-(0[1-9]|1[0-2])\b|(20\d\d)\s*年\s*(1[0-2]|0?[1-9])\s*月(?:份)?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:in|since|during) (20\d\d)\b|(20\d\d)\s*年", re.IGNORECASE)

_EN_ASKING = frozenset(
    """a about all also am an and any anyone are as ask at be been being by can could did do does doing done enough
    ever find for from get gets give gives given good had has have having he her his how i if in into is it its
    just long many me mean mention mentions more most much my of often on one or our people customers customer
    users user buyers buyer reviewers reviewer owners owner regarding concerning say saying says said she should
    so some still tell than that the their them then there these they think thinks thought this those to too
    under us use very want was we well were what when where which who whom whose why will with would you your
    feel feels feeling opinion opinions review reviews really actually bad talk talks happen happens it's i'm
    don't doesn't""".split()
)
_ZH_ASKING = re.compile(
    f"{_ZH_CUSTOMERS}|怎么样|怎样|怎么|如何|好不好|好吗|有没有|是不是|会不会|能不能|可不可以|可以|哪些|什么|为什么|"
    "为何|哪里|哪儿|谁|多少|几个|"
    "评价|评论|评测|说法|看法|反馈|觉得|认为|提到|说了?|关于|对于|对|针对|的话|的(?=[是有]|$)|打|给|吗|呢|么|嘛|吧|呀|啊|有|会|能|得|了|过|和|与|及|还|都|是|在|里"
)
_MARKS = re.compile(r"[\s?？!！.。,，;；:：、\"“”'‘’()（）]+")
_EN_WORD = re.compile(r"[a-z0-9]+(?:['’-][a-z0-9]+)*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question, taken apart."""

    text: str
    language: str
    """en or zh, by its script."""
    topic: str
    """What it is about, without the words that only ask; empty: about anything."""
    words: tuple[str, ...]
    """The topic's words, lower case; of Chinese, pairs of neighbouring characters."""
    returned: bool
    """Only customers who speak of sending it back."""
    intents: tuple[str, ...]
    """Only sentences with one of these intents (complaint, praise, wish, comparison); empty: any."""
    least_stars: float | None
    most_stars: float | None
    since: dt.date | None
    until: dt.date | None

    @property
    def has_conditions(self) -> bool:
        """Whether it asks for some customers or sentences only."""
        asked = (self.least_stars, self.most_stars, self.since, self.until)
        return self.returned or bool(self.intents) or any(value is not None for value in asked)


def read_question(text: str, names: tuple[str, ...] = ()) -> Question:
    """Takes a question apart; `names` (products that it may name) belong to no topic."""
    rest = text
    for name in sorted(names, key=len, reverse=True):
        rest = re.sub(re.escape(name), " ", rest, flags=re.IGNORECASE)
    language = "zh" if is_han(rest) else "en"
    least, most, rest = _stars(rest)
    since, until, rest = _when(rest)
    returned, rest = _taken(_WHO_RETURNED, rest)
    intents = []
    for intent, pattern in _SAID.items():
        found, rest = _taken(pattern, rest)
        intents += [intent] * found
    topic = _topic(rest, language)
    return Question(
        text=text, language=language, topic=topic, words=_words(topic, language), returned=returned,
        intents=tuple(intents), least_stars=least, most_stars=most, since=since, until=until,
    )  # fmt: skip


def _taken(pattern: re.Pattern[str], text: str) -> tuple[bool, str]:
    """Whether the pattern is there, and the text without it."""
    rest, count = pattern.subn(" ", text)
    return bool(count), rest


def _stars(text: str) -> tuple[float | None, float | None, str]:
    if found := _STARS.search(text):
        said = (found[1] or found[2]).lower()
        stars = float(_NUMBERS.get(said) or said)
        return stars, stars, _STARS.sub(" ", text)
    unhappy, text = _taken(_UNHAPPY, text)
    happy, text = _taken(_HAPPY, text)
    return HIGH if happy and not unhappy else None, LOW if unhappy and not happy else None, text


def _when(text: str) -> tuple[dt.date | None, dt.date | None, str]:
    if found := _MONTH.search(text):
        name, year1, year2, number2, year3, number3 = found.groups()
        year = int(year1 or year2 or year3)
        month = _MONTHS.index(name.lower()) + 1 if name else int(number2 or number3)
        last = monthrange(year, month)[1]
        return dt.date(year, month, 1), dt.date(year, month, last), _MONTH.sub(" ", text)
    if found := _YEAR.search(text):
        year = int(found[1] or found[2])
        return dt.date(year, 1, 1), dt.date(year, 12, 31), _YEAR.sub(" ", text)
    return None, None, text


def _topic(text: str, language: str) -> str:
    if language == "zh":
        runs = _MARKS.sub(" ", _ZH_ASKING.sub(" ", text)).split()
        return " ".join(run for run in (run.strip("的") for run in runs) if run)
    return " ".join(word for word in _EN_WORD.findall(text) if word.lower() not in _EN_ASKING)


def _words(topic: str, language: str) -> tuple[str, ...]:
    if language == "zh":
        runs = topic.lower().split()
        pairs = [run[i : i + 2] for run in runs for i in range(max(1, len(run) - 1))]
        return tuple(dict.fromkeys(pairs))
    return tuple(dict.fromkeys(word.lower() for word in topic.split()))
