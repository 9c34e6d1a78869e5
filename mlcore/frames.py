"""The forms a language model fills in: prompts that end where a value belongs, and the way back from text to values.

Code writes everything that is known (product, customers' words, needs); the model writes only the values, each ended
by the line's end. Three forms share their labels: a need from sentences, a feature from a need, and a concept's rest
(target user, pitch, name) from its features, so that the pitch can sum them up. The same code renders the worked
examples that the task adapter is tuned on, so that what is asked later is exactly what was learnt.
"""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Segment = tuple[str, bool]
"""A piece of a training document, and whether the model is to learn it (True) or only to read it (False)."""

EXAMPLES = Path(__file__).parent / "data" / "task_examples.en.jsonl"
EXAMPLES_ZH = Path(__file__).parent / "data" / "task_examples.zh.jsonl"
MAX_SENTENCE = {"en": 160, "zh": 60}
"""Characters of a customer's sentence that a form shows: longer ones drown the need."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The labels of one language."""

    product: str
    customer: str
    need: str
    feature: str
    user: str
    pitch: str
    name: str
    gap: str
    """Between a label and its value."""
    instruction: str
    """Said first to a model that was not tuned on these forms."""


FRAMES = {
    "en": Frame(
        product="Product:", customer="Customer:", need="Need:", feature="Feature:", user="Target user:",
        pitch="Pitch:", name="Name:", gap=" ",
        instruction=(
            "You fill in forms about products. Continue the last form in the style of the finished ones: each value on "
            "one line, plain words, a physical part, material or number instead of praise. "
            "Write only what is missing, nothing else."
        ),
    ),
    "zh": Frame(
        product="产品：", customer="顾客：", need="需求：", feature="功能：", user="目标用户：",
        pitch="卖点：", name="名称：", gap="",
        instruction=(
            "请填写产品表格。按照前面写好的表格的风格，补全最后一张表格：每项一行，用平实的话，"
            "写具体的部件、材料或数字，不要夸张。只写缺少的内容，不要写别的。"
        ),
    ),
}  # fmt: skip


def need_form(language: str, product: str, sentences: Sequence[str]) -> str:
    """Sentences → prompt whose continuation is the need that they share. The product may be empty."""
    frame = FRAMES[language]
    return _lines(_head(frame, product) + _customers(frame, language, sentences) + [frame.need])


def feature_form(language: str, product: str, statement: str, sentences: Sequence[str], means: str = "") -> str:
    """A need and what customers say of it → prompt whose continuation is a feature that meets it.

    With a means ('A silicone ring') the feature is begun with it, and the continuation says how it serves.
    """
    frame = FRAMES[language]
    said = _customers(frame, language, sentences)
    begun = frame.feature + frame.gap + means if means else frame.feature
    return _lines(_head(frame, product) + said + [frame.need + frame.gap + tidy(statement), begun])


def tail_form(language: str, product: str, features: Sequence[str], target_user: str = "", pitch: str = "") -> str:
    """A concept's features → prompt that asks for what comes next: the target user, then the pitch, then the name.

    What is given already is written into the form; the first that is not is what the continuation gives.
    """
    frame = FRAMES[language]
    lines = _head(frame, product) + [frame.feature + frame.gap + tidy(f) for f in features]
    for label, value in ((frame.user, target_user), (frame.pitch, pitch)):
        if not value:
            return _lines([*lines, label])
        lines.append(label + frame.gap + tidy(value))
    return _lines([*lines, frame.name])


def parse_value(text: str, language: str) -> str:
    """The first line that says something, without label, bullet, quotes or the full stop at its end."""
    for line in text.splitlines():
        value = _strip(line, FRAMES[language])
        if value:
            return value
    return ""


def tidy(text: str) -> str:
    """One line, single blanks, no full stop at the end."""
    return " ".join(text.split()).rstrip(".。 ")


def read_examples(path: Path = EXAMPLES, *, split: str | None = "train") -> list[dict[str, Any]]:
    """The worked examples of a file, of one split ('train', 'held_out') or, with None, all of them."""
    with path.open(encoding="utf-8") as lines:
        examples = [json.loads(line) for line in lines if line.strip()]
    return [e for e in examples if split is None or e["split"] == split]


def render_example(example: Mapping[str, Any], seed: int = 0) -> list[Segment]:
    """A worked example as one training document: its forms one after the other, only the values to be learnt.

    The seed decides the order of the needs and which of the customers' sentences are shown, so that a second epoch
    does not repeat the first to the letter.
    """
    forms = list(render_forms(example, seed))
    return [segment for i, form in enumerate(forms) for segment in ([("\n", False)] if i else []) + form]


def render_forms(example: Mapping[str, Any], seed: int = 0) -> Iterator[list[Segment]]:
    """The forms of a worked example, each a document of its own: the needs with their features, then the rest."""
    chance = random.Random(f"{seed}:{example['product']}")
    yield _needs_form(example, chance)
    if example["kind"] == "concept":
        yield _rest_form(example, chance)


def shots(language: str, kind: str, count: int = 3) -> str:
    """Finished forms to put before a prompt for a model that was not tuned on them: kind 'need', 'feature', 'tail'."""
    path = EXAMPLES if language == "en" else EXAMPLES_ZH
    concepts = [e for e in read_examples(path) if e["kind"] == "concept"]
    chosen = concepts[:: max(1, len(concepts) // count)][:count]
    forms = [_shot(e, kind, FRAMES[language]) for e in chosen]
    return FRAMES[language].instruction + "\n\n" + "\n\n".join(forms) + "\n\n"


def _shot(example: Mapping[str, Any], kind: str, frame: Frame) -> str:
    language, product, gap = str(example["language"]), str(example["product"]), frame.gap
    first = example["needs"][0]
    if kind == "need":
        return f"{need_form(language, product, first['evidence'])}{gap}{first['statement']}"
    if kind == "feature":
        form = feature_form(language, product, first["statement"], first["evidence"])
        return f"{form}{gap}{example['features'][0]}"
    user = f"{tail_form(language, product, example['features'])}{gap}{example['target_user']}"
    return "\n".join([user, f"{frame.pitch}{gap}{example['pitch']}", f"{frame.name}{gap}{example['name']}"])


def _needs_form(example: Mapping[str, Any], chance: random.Random) -> list[Segment]:
    frame = FRAMES[example["language"]]
    features = example.get("features", [None] * len(example["needs"]))
    openings = example.get("means", [""] * len(features))
    pairs = list(zip(example["needs"], features, openings, strict=True))
    chance.shuffle(pairs)
    # Statements are also asked for without a product, since clusters of sentences come without one.
    nameless = example["kind"] == "statement" and chance.random() < 0.5
    segments: list[Segment] = [] if nameless else [(_lines(_head(frame, _product(example, chance))) + "\n", False)]
    for need, feature, means in pairs:
        said = _customers(frame, example["language"], _some(need["evidence"], chance))
        segments += [(_lines([*said, frame.need]), False), (frame.gap + need["statement"] + "\n", True)]
        if feature:
            segments += _feature_segments(frame, feature, means, chance)
    return segments


def _feature_segments(frame: Frame, feature: str, means: str, chance: random.Random) -> list[Segment]:
    """Mostly the means is given and only the way it serves is learnt; now and then the means as well."""
    given = frame.gap + means if means and feature.startswith(means) and chance.random() < 0.75 else ""
    return [(frame.feature + given, False), ((frame.gap + feature).removeprefix(given) + "\n", True)]


def _rest_form(example: Mapping[str, Any], chance: random.Random) -> list[Segment]:
    frame = FRAMES[example["language"]]
    features = list(example["features"])
    chance.shuffle(features)
    segments: list[Segment] = [(tail_form(example["language"], _product(example, chance), features), False)]
    segments += [(frame.gap + example["target_user"] + "\n", True), (frame.pitch, False)]
    segments += [(frame.gap + example["pitch"] + "\n", True), (frame.name, False)]
    return [*segments, (frame.gap + example["name"] + "\n", True)]


def _product(example: Mapping[str, Any], chance: random.Random) -> str:
    return f"{example['product']} ({example['category']})" if chance.random() < 0.3 and "category" in example else (
        str(example["product"])
    )  # fmt: skip


def _some(sentences: Sequence[str], chance: random.Random) -> list[str]:
    """At least one of the sentences, mostly all, in any order."""
    chosen = list(sentences)
    chance.shuffle(chosen)
    return chosen if chance.random() < 0.7 else chosen[: max(1, len(chosen) - 1)]


def _head(frame: Frame, product: str) -> list[str]:
    return [frame.product + frame.gap + tidy(product)] if product else []


def _customers(frame: Frame, language: str, sentences: Sequence[str]) -> list[str]:
    return [frame.customer + frame.gap + _clip(s, MAX_SENTENCE[language]) for s in sentences]


def _clip(text: str, limit: int) -> str:
    """The text's beginning, cut between words where there are any."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    cut = text[:limit]
    return (cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut) + "…"


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(lines)


def _bare(line: str) -> str:
    """Without list marks and Markdown stars; a half-width colon after a Chinese label counts as a full one."""
    line = re.sub(r"^\s*(?:[-*•#>]+|\d{1,2}[.)、])\s*", "", line.replace("**", "")).strip()
    return re.sub(r"^([一-鿿]{2,4}):", r"\1：", line)


def _strip(line: str, frame: Frame) -> str:
    bare = _bare(line)
    for label in (frame.user, frame.pitch, frame.name, frame.feature, frame.need):
        bare = bare.removeprefix(label).strip()
    return tidy(bare.strip("\"“”「」'*` "))
