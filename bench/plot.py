"""A bar chart as SVG, in colours that read on light and on dark."""

from collections.abc import Mapping

_WIDTH, _LABEL, _ROW, _HEAD = 720, 190, 20, 34


def bars(panels: Mapping[str, Mapping[str, float]]) -> str:
    """One panel under the other: title, then a bar per name."""
    parts, top = [], 0
    for title, values in panels.items():
        parts.append(_text(0, top + 22, title, weight="bold"))
        top += _HEAD
        widest = max(values.values(), default=0) or 1
        for name, value in values.items():
            length = (_WIDTH - _LABEL - 80) * value / widest
            colour = "#d97706" if name.startswith("millrace") else "#64748b"
            parts.append(_text(_LABEL - 8, top + 14, name, anchor="end"))
            parts.append(
                f'<rect x="{_LABEL}" y="{top + 3}" width="{length:.1f}" height="14" fill="{colour}"/>'
            )
            parts.append(_text(_LABEL + length + 6, top + 14, f"{value:,.0f}"))
            top += _ROW
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top + 10}" font-family="sans-serif" '
        'font-size="12" fill="#808080">'
    )
    return "\n".join([head, *parts, "</svg>\n"])


def _text(x: float, y: float, words: str, *, anchor: str = "start", weight: str = "normal") -> str:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x:.0f}" y="{y}" text-anchor="{anchor}" font-weight="{weight}">{escaped}</text>'
