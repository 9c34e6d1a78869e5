"""What is known of single words without any training: their part in a sentence, their feeling, their category."""

import functools
import json
import re
from pathlib import Path

from mlcore.sentiment import LEXICON

DATA = Path(__file__).parents[1] / "data"
TAXONOMY = DATA / "aspects_taxonomy.json"
OPINIONS = DATA / "aspects_opinions.json"

_PARTS = {
    "det": "the a an this that these those my your his her its our their some any no every each both all another "
    "这 那 这个 那个 一个 我的 它的 他的 她的 每个 一 个 款 件 本 台 双 条 这款 这件 这本 这台 这双",
    "pron": "i you he she it we they me him us them mine who which what everyone nobody someone anything nothing "
    "everything something one ones myself itself 我 你 他 她 它 我们 你们 他们 大家 自己 谁 咱 本人",
    "prep": "in on at to from with without for of by about into onto over under after before during through between "
    "out off up down as than like near around against per until since within inside 在 从 对 给 跟 和 与 向 往 用 "
    "把 被 比 像 里 上 下 中 后 前 里面 上面 于 为 到",
    "conj": "and or but because so although though while when if unless whereas however yet plus also then "
    "但 但是 而且 因为 所以 不过 虽然 可是 如果 就是 而 还 也 又 并且 只是 然后 除了",
    "be": "is are was were be been being am 's isn't aren't wasn't weren't 是",
    "aux": "has have had do does did will would can could should may might must don't doesn't didn't can't won't "
    "couldn't wouldn't hasn't haven't 会 能 可以 要 应该 可能 得",
    "degree": "very so too really quite extremely pretty a bit little rather super incredibly far way absolutely "
    "totally completely just even still only almost much more most less least 很 太 非常 特别 超 超级 有点 比较 "
    "挺 真 真的 十分 最 更 更加 好 有些 稍微 略 都 就 才 蛮 相当 极 巨 贼 偏",
    "part": "的 了 着 过 地 吗 呢 吧 啊 呀 哦 啦 嘛",
    "verb": "feel feels felt look looks looked seem seems work works worked comes came come get gets got keep keeps "
    "kept use used using buy bought order ordered make makes made take takes took need needs want love loves loved "
    "like liked hate hated wish recommend arrived received fits says said try tried think thought know went go goes "
    "give returned 买 用 觉得 感觉 收到 喜欢 希望 推荐 想 说 看 看到 拿到 发现 建议 退 换 送 试 穿 戴 吃 喝 有 没有 没",
}


@functools.cache
def parts() -> dict[str, str]:
    """Word → its part in a sentence, for the few hundred words that hold sentences together."""
    return {word: part for part, words in _PARTS.items() for word in words.split()}


@functools.cache
def feelings() -> dict[str, str]:
    """Word → 'positive', 'negative' or 'negation': a wider lexicon, overruled by that of mlcore.sentiment."""
    out: dict[str, str] = {}
    for path in (OPINIONS, LEXICON):
        stored = json.loads(path.read_text(encoding="utf-8"))
        for words in (stored["en"], stored["zh"]):
            out |= {word: kind for kind in ("positive", "negative", "negation") for word in words.get(kind, ())}
    return out


@functools.cache
def taxonomy() -> dict[str, dict[str, str]]:
    """Category → its name in English and Chinese."""
    return {key: {"en": str(row["en"]), "zh": str(row["zh"])} for key, row in _stored().items()}


@functools.cache
def categories() -> dict[str, str]:
    """Term (words joined by one blank, or Chinese) → category; a word of two categories counts for the first."""
    out: dict[str, str] = {}
    for key, row in _stored().items():
        for words in row["words"].values():
            for word in words:
                out.setdefault(word, key)
    return out


@functools.cache
def _all() -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for key, row in _stored().items():
        for words in row["words"].values():
            for word in words:
                out[word] = (*out.get(word, ()), key)
    return out


def candidates(term: str) -> tuple[str, ...]:
    """The categories that list a term itself: several for 'texture', none for an unknown one."""
    text = term.lower().strip()
    return _all().get(text) or _all().get(singular(text), ())


def category_of(term: str) -> str | None:
    """The category that the lexicon names for a term: itself, else its longest known ending, else a beginning."""
    known = categories()
    text = singular(term.lower().strip())
    if term.lower() in known or text in known:
        return known.get(term.lower()) or known[text]
    pieces = text.split()
    if len(pieces) > 1:
        tails = [" ".join(pieces[k:]) for k in range(1, len(pieces))]
        heads = [" ".join(pieces[:k]) for k in range(len(pieces) - 1, 0, -1)]
        return next((known[p] for p in tails + heads if p in known), None)
    if re.search("[\u4e00-\u9fff]", text):
        ends = [text[k:] for k in range(1, len(text))] + [text[:k] for k in range(len(text) - 1, 1, -1)]
        return next((known[p] for p in ends if p in known and (len(p) > 1 or len(text) < 4)), None)
    return None


def singular(term: str) -> str:
    """'speakers' → 'speaker', as far as the lexicon knows that word."""
    for end, swap in (("ies", "y"), ("es", ""), ("s", "")):
        if term.endswith(end) and term[: -len(end)] + swap in categories():
            return term[: -len(end)] + swap
    return term


@functools.cache
def _stored() -> dict[str, dict[str, dict[str, list[str]]]]:
    out: dict[str, dict[str, dict[str, list[str]]]] = json.loads(TAXONOMY.read_text(encoding="utf-8"))
    return out
