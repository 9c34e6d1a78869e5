"""Made-up values that the page of the design system shows its components with."""

from typing import Any

LANDSCAPE: list[dict[str, Any]] = [
    {"rank": 1, "label": "lid seal", "statement": "A lid that doesn't leak in a bag", "importance": 8.6,
     "satisfaction": 3.1, "opportunity": 14.1, "mentions": 84, "url": "#1"},
    {"rank": 2, "label": "cleaning", "statement": "Easy to clean in every corner", "importance": 7.2,
     "satisfaction": 4.4, "opportunity": 10.0, "mentions": 61, "url": "#2"},
    {"rank": 3, "label": "keeps warm", "statement": "Stays warm the whole morning", "importance": 6.8,
     "satisfaction": 7.9, "opportunity": 6.8, "mentions": 112, "url": "#3"},
    {"rank": 4, "label": "weight", "statement": "Light enough for every day", "importance": 4.1,
     "satisfaction": 5.2, "opportunity": 4.1, "mentions": 23, "url": "#4"},
]  # fmt: skip

CURVE: list[dict[str, Any]] = [
    {"step": step, "loss": 3.4 - 0.9 * (1 - 0.93**step), "validation_perplexity": None if step % 8 else 31 - 12 * (1 - 0.92**step)}
    for step in range(0, 49, 2)
]  # fmt: skip
