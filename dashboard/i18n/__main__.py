"""Bring every catalogue up to the sources: ``python -m dashboard.i18n``."""

from dashboard.i18n import DEFAULT, HERE, NAMES
from dashboard.i18n.messages import update

for language in NAMES:
    if language != DEFAULT:
        wanting = update(HERE / f"{language}.po", HERE.parent)
        print(f"{language}.po: {len(wanting)} 条待译 / to translate", *wanting, sep="\n  ")
