"""Names a group of sentences by its own words: frequent in it and rare elsewhere (class-based TF-IDF)."""

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import rjieba

_NAME = re.compile(r"(?<=[a-z,] )([A-Z][a-z]+)\b")
"""A word with a capital inside a sentence: a brand or a model."""
_WORD = re.compile(r"[a-z]+(?:['’-][a-z]+)*")

STOP_EN = frozenset(
    """
    a about above after again all almost also although always am an and another any anyone anything are
    aren't around as at away be because been before being below best better big both but buy by bought came
    can can't cannot come comes could couldn't day days did didn't do does doesn't doing don't done down
    each either else enough even ever every everyone everything extremely far feel feels few find first for
    found from full get gets getting give gives go goes going gone good got great had has have haven't
    having he her here hers him his how however i i'd i'll i'm i've if in into is isn't it it's its itself
    just keep keeps kept know last least let like little long look looks lot lots love loved made make makes
    many maybe me mine more most much must my myself need needs never new nice no nor not nothing now of off
    often oh ok okay old on once one ones only onto or other our out over own perfect perfectly pretty put
    quite rather really right said same say second see seems set she should since small so some someone
    something sometimes soon still such super sure take takes than that that's the their them then there
    there's these they they're thing things think this those though thought three through time times to
    together too took totally tried try two under until up us use used using very want wanted was wasn't way
    we week weeks well went were what when where whether which while who why will wish with without won't
    work works would year years yes yet you your yours bit overall definitely absolutely actually especially
    completely highly already usually month months absolute awful bad terrible horrible poor excellent
    amazing wonderful beautiful fantastic awesome worst hate happy wow honestly unfortunately sadly issue
    problem part kind sort top built
    """.split()
)
STOP_ZH = frozenset(
    """
    的 了 是 我 也 都 就 很 在 有 和 不 还 没 没有 这 那 你 他 她 它 们 我们 他们 这个 那个 这款 这样 那么
    一个 一下 一点 有点 比较 非常 特别 真的 感觉 觉得 可以 还是 还有 但是 不过 而且 因为 所以 如果 就是 只是
    不是 什么 怎么 自己 东西 产品 时候 已经 之后 以后 现在 一直 不错 很好 喜欢 满意 好 差 不好 太 好评 差评
    购买 买 买的 用 使用 还行 挺 挺好 真 能 会 要 说 想 知道 看 看到 收到 到 给 让 把 被 对 从 跟 比 最 更
    再 又 才 只 几 两 一 次 个 点 下 上 里 后 前 多 少 大 小 来 去 出 过 着 得 地 呢 吧 吗 啊 哦 呀 总体
    整体 其实 希望 完全 根本 稍微 有些 确实 一般 可能 应该 这么 那种 这种 以及 有时候 每次 第一次 一次 第二
    今天 昨天 朋友 家里 老公 老婆 推荐 直接 问题 方面 情况 发现 为什么 结果 出来 起来 下来 本来 居然 竟然
    还要 不会 不能 不要 不用 需要 特意 超级 简直 终于 唯一
    """.split()
)
_CONTENT_ZH = ("n", "v", "a", "z", "i", "l", "j", "b", "eng")
_NAMING_ZH = ("n", "vn", "an")
_BEFORE_PRODUCT_ZH = frozenset(
    "这款 这个 这部 这台 这本 这 款 部 台 本 件 双 箱 买 买个 买了 的是 用 用过 换 牌".split()
)
PRODUCT_ZH = 0.08
"""Share of a Chinese noun's uses after 这款, 买 and the like from which on it names the product."""


TOO_COMMON = 0.12
"""A word in more than this share of a language's sentences names what is reviewed, not what is needed of it."""
SPOKEN = 0.25
"""Share of a group's sentences in which a word must stand in order to name it."""
NOUN = 0.4
"""Share of an English word's uses that must look like a noun's for it to name a topic."""
PART = 0.55
"""Share of a noun's articles that must be 'the', 'my' or the like: parts are 'the neckline', products 'this skirt'."""
_BEFORE_NOUN = frozenset(
    "the a an my your his her its our their this that these those no any some more of with".split()
)
_BEFORE_PART = frozenset("the my its their your her his our".split())
_BEFORE_PRODUCT = frozenset("this these a an that".split())


class Vocabulary:
    """How often each word stands in how many of all sentences; the background that makes a group's words its own."""

    def __init__(self, texts: Sequence[str], languages: Sequence[str]) -> None:
        self._words = [content_words(t, lang) for t, lang in zip(texts, languages, strict=True)]
        self._languages = list(languages)
        self._everywhere: dict[str, Counter[str]] = defaultdict(Counter)
        for words, lang in zip(self._words, languages, strict=True):
            self._everywhere[lang].update(set(words))
        self._sizes = Counter(languages)
        self._nouns = _english_nouns([t for t, lang in zip(texts, languages, strict=True) if lang == "en"])
        self._products = _chinese_products([t for t, lang in zip(texts, languages, strict=True) if lang == "zh"])

    def label(self, members: Sequence[int], language: str, *, count: int = 2) -> list[str]:
        """One to four words that name the members' topic in that language, the most telling first; may be empty."""
        rows = [m for m in members if self._languages[m] == language]
        inside = Counter(w for m in rows for w in set(self._words[m]))
        scores = {
            word: self._weight(word, hits, len(rows), language)
            for word, hits in inside.items()
            if hits >= max(2, SPOKEN * len(rows)) and self._names(word, language)
        }
        return _distinct(sorted(scores, key=lambda w: (-scores[w], w)), scores, count)

    def _names(self, word: str, language: str) -> bool:
        common = self._everywhere[language][word] > max(TOO_COMMON * self._sizes[language], 5)
        if language == "zh":
            return not common and word not in self._products
        if language == "en":
            return not common and word.rsplit(maxsplit=1)[-1] in self._nouns
        return not common

    def _weight(self, word: str, hits: int, size: int, language: str) -> float:
        share = hits / size
        elsewhere = (self._everywhere[language][word] - hits + 1) / (self._sizes[language] - size + 2)
        bonus = 1.15 if " " in word else 1.0
        return bonus * share * float(np.log(1 + share / elsewhere))


def _english_nouns(texts: Sequence[str]) -> frozenset[str]:
    """Nouns for parts and traits: words that mostly end a noun phrase, take 'the' rather than 'this' or 'a', and are no
    names.

    Told from the reviews themselves, since no tagger of English comes with the package.
    """
    uses: Counter[str] = Counter()
    nouns: Counter[str] = Counter()
    parts: Counter[str] = Counter()
    products: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for text in texts:
        names.update(m.group(1).lower() for m in _NAME.finditer(text))
        tokens = ["", *_WORD.findall(text.lower().replace("’", "'")), ""]
        for before, word, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if len(word) > 2 and word not in STOP_EN:
                uses[word] += 1
                nouns[word] += before in _BEFORE_NOUN and (not after or after in STOP_EN)
                parts[word] += before in _BEFORE_PART
                products[word] += before in _BEFORE_PRODUCT
    return frozenset(
        w
        for w, n in uses.items()
        if nouns[w] >= max(2, NOUN * n)
        and parts[w] >= PART * (parts[w] + products[w])
        and not w.endswith("ly")
        and names[w] < 0.4 * n
    )


def _chinese_products(texts: Sequence[str]) -> frozenset[str]:
    """Nouns for what is bought, not for a part or trait of it: 这款手机, 买苹果."""
    uses: Counter[str] = Counter()
    bought: Counter[str] = Counter()
    for text in texts:
        for (before, _), (word, tag) in pairwise([("", ""), *_tagged(text)]):
            if tag.startswith("n"):
                uses[word] += 1
                bought[word] += before in _BEFORE_PRODUCT_ZH
    return frozenset(w for w, n in uses.items() if bought[w] > max(1, PRODUCT_ZH * n))


def content_words(text: str, language: str) -> list[str]:
    """Words that can name a topic, lower-case: for English also pairs of neighbours, for Chinese by part of speech."""
    if language == "zh":
        return [w for w, tag in _tagged(text) if len(w) > 1 and w not in STOP_ZH and tag in _NAMING_ZH]
    tokens = _WORD.findall(text.lower().replace("’", "'"))
    useful = [t for t in tokens if len(t) > 2 and t not in STOP_EN]
    pairs = [f"{a} {b}" for a, b in pairwise(tokens) if {a, b} <= set(useful)]
    return useful + pairs


@functools.lru_cache(maxsize=60_000)
def _tagged(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(rjieba.tag(text))


def topic_words(text: str, language: str) -> list[str]:
    """Single words that carry a topic, repeated as often as they stand in the text."""
    if language == "zh":
        return [w for w, tag in _tagged(text) if w not in STOP_ZH and tag.startswith(_CONTENT_ZH)]
    tokens = _WORD.findall(text.lower().replace("’", "'"))
    return [t for t in tokens if len(t) > 2 and t not in STOP_EN]


def _stem(word: str) -> str:
    for ending in ("ing", "es", "ed", "s", "y", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _distinct(ranked: Sequence[str], scores: dict[str, float], count: int) -> list[str]:
    """The first words that do not repeat each other ('leak', 'leaks', 'lid leaks')."""
    chosen: list[str] = []
    floor = 0.25 * scores.get(ranked[0], 0.0) if ranked else 0.0
    for word in ranked[:20]:
        stems = {_stem(w) for w in word.split()}
        taken = {_stem(w) for c in chosen for w in c.split()}
        overlap = stems & taken or any(word in c or c in word for c in chosen)
        total = sum(len(c.split()) for c in chosen) + len(word.split())
        if overlap or total > 4 or (len(chosen) >= 2 and scores.get(word, 0.0) < floor):
            continue
        chosen.append(word)
        if len(chosen) == count:
            break
    return chosen
