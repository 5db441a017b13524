"""Whether a chart was drawn: charts have no elements to look for."""

from playwright.sync_api import Page

from tests.waiting import wait_until

_DRAWN = """id => {
    const canvas = document.getElementById(id);
    return !!canvas && canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean);
}"""


def expect_drawn(page: Page, canvas: str) -> None:
    """Wait until something is on the canvas of this id."""
    wait_until(lambda: page.evaluate(_DRAWN, canvas), 15, f"the chart {canvas}")
