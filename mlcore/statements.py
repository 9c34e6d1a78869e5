"""Says what a group of customers' sentences has in common as one wish in the customer's voice, written by a model.

What the model writes is kept only if it stands on the sentences: it must share their words or lie near them in the
sentence encoder's space, wish for what they wish for and not its opposite, and say more than 'I want it to be good'.
Everything else is None, and the caller falls back on a statement drawn from the evidence itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mlcore import wording
from mlcore.backends import Backend
from mlcore.embed import Encoder, open_encoder
from mlcore.frames import need_form, parse_value, shots
from mlcore.needs import StatementWriter, Theme
from mlcore.sentiment import judge

SHOWN = 4
"""Sentences a form shows: the worked examples have two to four."""

TRIES = 3
MAX_TOKENS = 28
NEAR, NEAR_WITHOUT_WORDS = 0.40, 0.55
"""Least cosine to the best sentence, with and without a word in common."""

_WISH = {
    "en": re.compile(r"^I (?:want|need|would like|wish)\b|^I'd like\b"),
    "zh": re.compile("^我?(?:希望|想要|想|需要|要)"),
}
_HOLLOW = {
    "en": {wording.stem(w) for w in "good nice well better great product quality item thing buy work money".split()},
    "zh": {"质量", "产品", "东西", "好用", "商品", "量好", "希望", "望质", "望产", "品好", "想要", "西好"},
}
"""Words that alone name no need."""

_NEGATION = {
    "en": re.compile(r"\b(?:not|no|never|without|less|fewer|stop\w*|don't|doesn't|won't|free|avoid\w*|isn't|can't)\b"),
    "zh": re.compile("不|没|无|少|别|防|免"),
}


@dataclass(frozen=True, kw_only=True)
class ClusterText:
    """Sentences that belong together."""

    label: str
    """Two to four words that name the topic."""
    sentences: tuple[str, ...]
    """In one language, the best first."""
    language: str = "en"
    net_sentiment: float | None = None
    """-1 to 1; None: judged from the sentences."""
    rival: str = ""
    """A statement that the model's must beat in closeness to the sentences, if there is one."""


def write_statements(
    clusters: Sequence[ClusterText], backend: Backend, *, tuned: bool = True, seed: int = 0
) -> list[str | None]:
    """One statement a cluster, in order, or None where the model has nothing that stands the checks.

    All clusters are written in one batch, a few tries each. `tuned` models get the bare form, others worked examples
    before it. A cluster in a language that the model does not write is None.
    """
    open_ = [i for i, c in enumerate(clusters) if c.language in backend.languages and c.sentences]
    prompts = [_prompt(clusters[i], turn, tuned) for i in open_ for turn in range(TRIES)]
    if not prompts:
        return [None] * len(clusters)
    answers = backend.complete(
        prompts, max_tokens=MAX_TOKENS, stop=["\n"] if tuned else ["\n\n"], temperature=0.5, top_p=0.9, seed=seed
    )
    encoder = open_encoder()
    written: list[str | None] = [None] * len(clusters)
    for place, index in enumerate(open_):
        cluster = clusters[index]
        texts = [parse_value(a, cluster.language) for a in answers[place * TRIES : (place + 1) * TRIES]]
        written[index] = _best(texts, cluster, encoder)
    return written


def statement_writer(backend: Backend, *, tuned: bool = True, seed: int = 0) -> StatementWriter:
    """The same in the shape that the analysis of needs asks for."""

    def write(themes: Sequence[Theme]) -> list[str | None]:
        clusters = [
            ClusterText(
                label=t.label, sentences=t.quotes, language=t.language, net_sentiment=t.net_sentiment, rival=t.statement
            )
            for t in themes
        ]
        return write_statements(clusters, backend, tuned=tuned, seed=seed)

    return write


def _prompt(cluster: ClusterText, turn: int, tuned: bool) -> str:
    """Later tries see other sentences first, so that they are no mere rolls of the dice."""
    count = len(cluster.sentences)
    shown = [cluster.sentences[(turn + i) % count] for i in range(min(SHOWN, count))]
    plain = tuned and cluster.language == "en"
    return ("" if plain else shots(cluster.language, "need")) + need_form(cluster.language, "", shown)


def _best(texts: Sequence[str], cluster: ClusterText, encoder: Encoder) -> str | None:
    fit = [t for t in dict.fromkeys(texts) if _worded(t, cluster)]
    if not fit:
        return None
    heard = cluster.sentences[:12]
    vectors = encoder.encode([*fit, *heard])
    near = vectors[: len(fit)] @ vectors[len(fit) :].T
    said = wording.stems(" ".join(heard))
    scored = []
    for text, row in zip(fit, near, strict=True):
        common = len(wording.stems(text) & said)
        closest = float(row.max())
        if closest >= (NEAR if common else NEAR_WITHOUT_WORDS) and not _opposite(text, cluster, encoder):
            scored.append((float(row.mean()) + 0.05 * min(3, common), text))
    best = max(scored, default=(0.0, None))
    if cluster.rival and best[0] < float((vectors[len(fit) :] @ encoder.encode([cluster.rival])[0]).mean()):
        return None
    return best[1]


def _worded(text: str, cluster: ClusterText) -> bool:
    """A wish of the right length and language, about something, in words of its own."""
    flaws = [f for f in wording.flaws(text, cluster.language, wording.STATEMENT) if f != "speaker"]
    meaning = wording.stems(text) - _HOLLOW[cluster.language]
    return (
        not flaws
        and bool(_WISH[cluster.language].match(text))
        and bool(meaning)
        and not wording.copied(text, cluster.sentences, run=8)
        and not wording.strays(text, " ".join([*cluster.sentences, cluster.label]))
    )


def _opposite(text: str, cluster: ClusterText, encoder: Encoder) -> bool:
    """Whether a wish turns round what was said: it bans what is praised, or wishes for what is complained of."""
    tone = cluster.net_sentiment if cluster.net_sentiment is not None else _tone(cluster.sentences, encoder)
    banned = bool(_NEGATION[cluster.language].search(text))
    shared = wording.stems(text) & wording.stems(" ".join(cluster.sentences))
    if tone > 0.25:
        said_no = any(_NEGATION[cluster.language].search(s.lower()) for s in cluster.sentences)
        return banned and bool(shared) and not said_no
    wished = _WISH[cluster.language].sub("", text).strip()
    return tone < -0.1 and not banned and bool(shared) and _tone([wished], encoder) < -0.6


def _tone(texts: Sequence[str], encoder: Encoder) -> float:
    """Mean sentiment, -1 to 1."""
    return float(judge(texts, encoder.encode(texts)).sentiment.mean())
