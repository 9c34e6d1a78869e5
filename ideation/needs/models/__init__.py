"""What analyses found in reviews, what people made of it, and what is claimed on its ground."""

from ideation.needs.models.analyses import (
    DIMENSIONS,
    ENCODER,
    About,
    Analysis,
    Evidence,
    Kano,
    Need,
    Sentence,
    SentenceVector,
)
from ideation.needs.models.claims import Citation, Claim
from ideation.needs.models.samples import CodingAnswer, CodingSample
from ideation.needs.models.sentiment import SentimentModel
from ideation.needs.models.standing import (
    Coding,
    EditKind,
    NeedEdit,
    NeedStatus,
    StandingNeed,
    SurveyFigure,
    Theme,
)
from ideation.needs.models.watches import AlertKind, NeedAlert, NeedWatch

__all__ = [
    "DIMENSIONS",
    "ENCODER",
    "About",
    "AlertKind",
    "Analysis",
    "Citation",
    "Claim",
    "Coding",
    "CodingAnswer",
    "CodingSample",
    "EditKind",
    "Evidence",
    "Kano",
    "Need",
    "NeedAlert",
    "NeedEdit",
    "NeedStatus",
    "NeedWatch",
    "Sentence",
    "SentenceVector",
    "SentimentModel",
    "StandingNeed",
    "SurveyFigure",
    "Theme",
]
