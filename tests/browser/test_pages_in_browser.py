"""Every page, light and dark, wide and narrow: nothing is cut off, and nobody is shut out."""

from __future__ import annotations

from typing import Any

import pytest
from screenshots import furnish, paths
from visitors import Visitor

from mock_server.ui.navigation import PLACES

Axe: Any = pytest.importorskip("axe_playwright_python.sync_playwright", reason="there is no axe: pip install '.[dev]'")

GRAVE = {"serious", "critical"}


@pytest.fixture
def furnished(sendpulse_live: Any) -> Any:
    furnish(sendpulse_live)
    return sendpulse_live


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_page_shuts_nobody_out_and_fits(furnished: Any, visitor: Visitor, home: str, theme: str, width: int) -> None:
    page, axe, findings = visitor.page, Axe.Axe(), {}
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})

    for name, path in paths(furnished).items():
        page.goto(f"{home}{path}")
        violations = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        grave = [(one["id"], one["nodes"][0]["target"]) for one in violations if one["impact"] in GRAVE]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            grave.append(("wider than the window", []))
        if grave:
            findings[name] = grave

    assert findings == {}
    assert visitor.troubles == []


def test_every_place_is_among_the_pages(furnished: Any) -> None:
    reached = {path.strip("/").split("/")[0] for path in paths(furnished).values()}

    assert len(reached) >= len(PLACES)
