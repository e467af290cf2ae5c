"""The documentation's build. Strictly: `sphinx-build -W -b html docs docs/_build/html`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from mock_server import __version__

project = "sendpulse-mock"
author = "The sendpulse-mock developers"
version = release = __version__

extensions = ["myst_parser", "exported"]
nitpicky = True
exclude_patterns = ["_build"]
myst_heading_anchors = 4

html_theme = "furo"
html_title = f"sendpulse-mock {__version__}"
