"""What a sentence is for: praise, complaint, wish, question, comparison, a return; several at once, or none.

Rules say what they are sure of; a small logistic regression for each intent, on words, pairs of words and the rules'
own answers, says the rest. It is trained on sentences that were written for this project (data/intents_seed.txt and
those of mlcore.sentiment and mlcore.aspects), runs in numpy, and reads English and Chinese.
"""

import functools
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlcore.aspects.features import Vocabulary, kind
from mlcore.aspects.lexicon import DATA, feelings
from mlcore.aspects.polarity import softmax_regression
from mlcore.aspects.seed import SEEDS as ASPECTS
from mlcore.aspects.seed import written
from mlcore.aspects.tagger import text_array, text_list
from mlcore.aspects.words import words_of
from mlcore.sentiment import SEED as SENTIMENT

Floats = NDArray[np.float64]

SEED = DATA / "intents_seed.txt"
WEIGHTS = DATA / "intents_weights.npz"
NAMES = {
    "praise": {"en": "praise", "zh": "称赞"},
    "complaint": {"en": "complaint", "zh": "抱怨"},
    "wish": {"en": "wish", "zh": "愿望"},
    "question": {"en": "question", "zh": "提问"},
    "comparison": {"en": "comparison", "zh": "比较"},
    "return": {"en": "return reason", "zh": "退换原因"},
}
INTENTS = tuple(NAMES)
LEAST = 0.5
"""Probability from which an intent counts."""
PLAIN = 0.45
"""Sentiment of a seed sentence from which it is praise, and below minus which a complaint."""
SENTIMENT_WEIGHT = 3.0
"""How many logits a sentence's sentiment of ±1 is worth for praise and against complaint, beyond what is mild."""
MILD = 0.3
NUMBERS = 6

# ruff: noqa: E501
_RULES = {
    "wish": re.compile(
        r"\b(?:i|we|only|still) wish\b|^wish\b|\bif only\b|would (?:be (?:nice|great|good|better|perfect|helpful|lovely)|love|like|help)"
        r"\b|\b(?:should|could|ought to|needs? to) (?:be|have|come|offer|add|make|include|use|improve|really)\b|\bplease (?:add|make|fix|"
        r"bring|print|give|offer|include|let)\b|^hop(?:e|ing|efully)\b|\bideally\b|希望|要是|如果.*(?:就|更)|建议|最好|期待|但愿|"
        r"盼望|能不能|就好了|就完美|有待|想要|就差|可以再|请(?:把|给|恢复|增加|改)",
        re.IGNORECASE,
    ),
    "question": re.compile(
        r"[?？]|^(?:does|do|is|are|can|could|will|would|has|have|how|what|where|when|who|which|why|should|any(?:one|body))\b"
        r"(?!.*[.!]$)|\bany(?:one|body)(?: else)? knows?\b|\bwondering (?:if|whether)\b|吗|请问|怎么(?!样|都)|什么时候|多久|多少(?!钱都)|"
        r"有没有人|想问|哪里|哪儿|几个人|为什么|为啥|会不会|是不是|[得能会]下.*吗",
        re.IGNORECASE,
    ),
    "comparison": re.compile(
        r"\b\w+er than\b|\b(?:more|less|better|worse) (?:\w+ )?than\b|\bcompared (?:to|with)\b|\bunlike\b|\bin contrast\b|"
        r"\bas \w+ as\b|\b(?:old|previous|former|last|earlier) (?:one|model|version|edition)\b|\bpredecessor\b|\bon par\b|"
        r"\b(?:twice|half) (?:the|as)\b|\bimprovement over\b|比.{0,10}[好差快慢大小多少高低轻重强软硬厚薄久贵便静凉热]|"
        r"不如|相比|对比|跟.{1,12}(?:比|差不多|一样|没区别)|和.{1,12}(?:差不多|不一样|一样)|比不上|老款|旧款|上一[代版]|"
        r"没有.{1,8}(?:快|好|软|大|亮|多)$",
        re.IGNORECASE,
    ),
    "return": re.compile(
        r"\breturn(?:ed|ing)?\b(?! customer)|\brefund|\b(?:sen[dt]|sending|shipped|took|going|went|goes) (?:\w+ ){0,3}back\b|\bexchanged?\b|"
        r"\breplacement because\b|\bmoney back\b|退[货款了掉回换]|已退|换货|换新|退钱|寄回|直接退|准备退|就退|换了",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Intent:
    """One thing that a sentence does."""

    name: str
    """A key of NAMES."""
    probability: float


@dataclass(frozen=True)
class Model:
    """Weights: (features, then numbers) × intents."""

    vocabulary: Vocabulary
    weights: Floats


def intents_of(
    texts: Sequence[str],
    languages: Sequence[str],
    sentiments: Sequence[float] | None = None,
    model: Model | None = None,
) -> list[list[Intent]]:
    """Intents of n sentences, the likeliest first; none for a language but 'en' and 'zh'.

    sentiments: n values −1 to 1 (mlcore.sentiment), which make praise and complaints surer.
    """
    if not len(texts):
        return []
    logits = _logits(texts, model or shipped())
    if sentiments is not None:
        logits[:, :2] += _hint(texts, np.asarray(sentiments))[:, None] * np.array([1.0, -1.0])
    chances = 0.5 * (1 + np.tanh(logits / 2))
    return [
        _above(row) if language in ("en", "zh") else []
        for row, language in zip(chances.tolist(), languages, strict=True)
    ]


def _hint(texts: Sequence[str], sentiments: Floats) -> Floats:
    """What is not mild counts; a wish sounds negative to a sentiment model, and says nothing here."""
    wishes = np.array([_RULES["wish"].search(t) is not None for t in texts])
    strong = np.sign(sentiments) * np.maximum(np.abs(sentiments) - MILD, 0) / (1 - MILD)
    return np.asarray(SENTIMENT_WEIGHT * np.where(wishes, np.maximum(strong, 0), strong))


def _above(chances: Sequence[float]) -> list[Intent]:
    found = [Intent(name=n, probability=c) for n, c in zip(INTENTS, chances, strict=True) if c >= LEAST]
    return sorted(found, key=lambda intent: -intent.probability)


@functools.cache
def shipped() -> Model:
    """The model that comes with the package."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return Model(Vocabulary(text_list(stored["names"])), stored["weights"].astype(np.float64))


def rebuild(path: Path = WEIGHTS) -> Path:
    """Trains on the seed and writes the weights (seconds)."""
    model = train(list(seed()))
    np.savez_compressed(path, names=text_array(model.vocabulary.names), weights=model.weights.astype(np.float16))
    return path


def train(rows: Sequence[tuple[str, frozenset[str], frozenset[str]]], penalty: float = 1.0) -> Model:
    """Fits one logistic regression an intent on (text, intents it has, intents it is known to have or not)."""
    texts = [text for text, _, _ in rows]
    features = [list(named(t)) for t in texts]
    vocabulary = Vocabulary(sorted({f for row in features for f in row}))
    x, dense = vocabulary.rows(features), _numbers(texts)
    columns = []
    for name in INTENTS:
        known = np.array([k for k, row in enumerate(rows) if name in row[2]])
        label = np.array([int(name in rows[k][1]) for k in known])
        w = softmax_regression(x[known], dense[known], label, np.ones(len(known)), penalty, classes=2)
        columns.append(w[:, 1] - w[:, 0])
    return Model(vocabulary, np.stack(columns, axis=1))


def seed() -> Iterator[tuple[str, frozenset[str], frozenset[str]]]:
    """The seed sentences: those of other seeds tell only whether they praise or complain, and mostly nothing else."""
    every = frozenset(INTENTS)
    for line in SEED.read_text(encoding="utf-8").splitlines():
        _, names, text = line.split("|", 2)
        has = frozenset(n for n in names.split(",") if n)
        yield text, has, every
    for line in SENTIMENT.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        value = float(row["sentiment"])
        has = frozenset(("praise",) if value > PLAIN else ("complaint",) if value < -PLAIN else ())
        if has or abs(value) < 0.1:
            yield row["text"], has, _clear(row["text"])
    for path in ASPECTS.values():
        for sentence in written(path):
            signs = {term.polarity for term in sentence.terms}
            if signs:
                has = frozenset(n for n, sign in (("praise", 1), ("complaint", -1)) if sign in signs)
                yield sentence.text, has, _clear(sentence.text)


def _clear(text: str) -> frozenset[str]:
    """What an unmarked sentence can be an example against: no intent that a rule sees in it."""
    return frozenset(INTENTS) - {name for name, rule in _RULES.items() if rule.search(text)}


def named(text: str) -> Iterator[str]:
    """Words with negation, pairs, the first word, kinds of words, and the rules that fire."""
    lower = [w.text.lower().replace("’", "'") for w in words_of(text)]
    kinds = [kind(w) for w in lower]
    since = 99
    for word, its in zip(lower, kinds, strict=True):
        since += 1
        yield f"w={word}"
        yield f"n={since <= 3} {word}"
        if its in ("positive", "negative"):
            yield f"f={its} {since <= 3}"
        since = 0 if its == "negation" else since
    for left, right in itertools.pairwise(lower):
        yield f"p={left} {right}"
    for left, right in itertools.pairwise(kinds):
        yield f"k={left} {right}"
    if lower:
        yield f"first={lower[0]}"
    for name, rule in _RULES.items():
        if rule.search(text):
            yield f"rule={name}"


def _numbers(texts: Sequence[str]) -> Floats:
    """n × NUMBERS: rules, strongly; balance of feelings; one."""
    return np.array([_counted(t) for t in texts]).reshape(len(texts), NUMBERS)


def _counted(text: str) -> list[float]:
    balance, since = 0.0, 99
    for word in words_of(text):
        since += 1
        feeling = feelings().get(word.text.lower().replace("’", "'"))
        if feeling == "negation":
            since = 0
        elif feeling:
            balance += (1 if feeling == "positive" else -1) * (-0.8 if since <= 3 else 1.0)
    return [*(2.0 if rule.search(text) else 0.0 for rule in _RULES.values()), 2 * float(np.tanh(balance)), 1.0]


def _logits(texts: Sequence[str], model: Model) -> Floats:
    sparse = model.vocabulary.rows([list(named(t)) for t in texts])
    many = len(model.vocabulary.names)
    return np.asarray(sparse @ model.weights[:many]) + _numbers(texts) @ model.weights[many:]
