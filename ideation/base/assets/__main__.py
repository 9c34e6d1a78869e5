"""`python -m ideation.base.assets`: builds what has changed since the last time, in a fresh clone all of it."""

from ideation.base.assets.build import build

if __name__ == "__main__":
    build()
