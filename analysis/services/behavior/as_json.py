"""A behaviour as plain dictionaries: decimals as exact text, times as ISO 8601 in UTC."""

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from analysis.services.behavior.measure import Behavior
from analysis.services.pnl.exact import plain


def behavior_as_json(behavior: Behavior) -> dict[str, Any]:
    """Every field under its own name."""
    return {field.name: _plain(getattr(behavior, field.name)) for field in fields(behavior)}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    match value:
        case Decimal():
            return plain(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case tuple():
            return [_plain(one) for one in value]
    return value
