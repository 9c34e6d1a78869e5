"""The web process never loads torch: its whole URL configuration is imported in a fresh interpreter."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent.parent
IMPORT_ALL = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "ideation.settings"
from django.core.handlers.wsgi import WSGIHandler
from ideation.wsgi import application
from django.urls import get_resolver
assert get_resolver().url_patterns
heavy = {"torch", "transformers", "peft", "accelerate"} & set(sys.modules)
sys.exit(f"loaded in the web process: {sorted(heavy)}" if heavy else 0)
"""


def test_the_web_process_never_loads_torch(tmp_path: Path) -> None:
    unconnected = {
        "SECRET_KEY": "checks",
        "DATABASE_URL": "postgresql://nobody@/none",
        "BROKER_URL": "memory://",
        "IDEATION_VAR": str(tmp_path),
    }
    child = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        cwd=HERE,
        env={**os.environ, **unconnected},
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
