"""Leaves a project's needs and concepts as plain files under var/results/, for people without a browser at hand."""

import json
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.querysets import brand_folder
from ideation.catalog.models import Project
from ideation.concepts.models import Concept
from ideation.concepts.querysets import concepts_of
from ideation.needs.models import Need
from ideation.needs.querysets import current_analysis, needs_of, quotes_of

QUOTES = 5


def results_folder(project: Project) -> Path:
    """Where a project's files lie, under its brand's own unguessable name."""
    folder: Path = settings.VAR / "results" / brand_folder() / str(project.pk)
    return folder


def write_results(project: Project) -> Path:
    """Writes needs.json, concepts.json and concepts.md; each appears whole. Returns their folder."""
    folder = results_folder(project)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    analysis = current_analysis(project)
    needs = [_need(need) for need in needs_of(analysis)] if analysis else []
    concepts = [_concept(concept) for concept in concepts_of(project)]
    _write(folder / "needs.json", json.dumps(needs, ensure_ascii=False, indent=1))
    _write(folder / "concepts.json", json.dumps(concepts, ensure_ascii=False, indent=1))
    _write(folder / "concepts.md", "\n\n".join(_page(concept) for concept in concepts))
    return folder


def results_rewrite(project: Project) -> None:
    """Writes the files anew if there are any; those of an older version, under the brand's id, go."""
    old: Path = settings.VAR / "results" / str(project.brand_id) / str(project.pk)
    if old.exists() or results_folder(project).exists():
        shutil.rmtree(old, ignore_errors=True)
        write_results(project)


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(path.suffix + ".part")
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(path)


def _need(need: Need) -> dict[str, Any]:
    return {
        "id": str(need.pk),
        "statement": need.statement,
        "label": need.label,
        "language": need.language,
        "mentions": need.mentions,
        "net_sentiment": need.net_sentiment,
        "importance": need.importance,
        "satisfaction": need.satisfaction,
        "opportunity": need.opportunity,
        "evidence": [
            {"review": piece.sentence.review.label, "text": piece.sentence.text} for piece in quotes_of(need, QUOTES)
        ],
    }


def _concept(concept: Concept) -> dict[str, Any]:
    return {
        "id": str(concept.pk),
        "name": concept.name,
        "pitch": concept.pitch,
        "insight": concept.insight,
        "target_user": concept.target_user,
        "features": [
            {"text": feature.text, "needs": [row.need.statement for row in feature.feature_needs.all()]}
            for feature in concept.features.all()
        ],
        "claims": [
            {
                "text": row.claim.text,
                "reviews": [piece.evidence.sentence.review.label for piece in row.claim.citations.all()],
            }
            for row in concept.concept_claims.all()
        ],
    }


def _page(concept: dict[str, Any]) -> str:
    features = "\n".join(f"- {feature['text']} ({'; '.join(feature['needs'])})" for feature in concept["features"])
    claims = "\n".join(f"- {claim['text']} [{', '.join(claim['reviews'])}]" for claim in concept["claims"])
    return f"## {concept['name']}\n\n{concept['pitch']}\n\n{concept['target_user']}\n\n{features}\n\n{claims}"
