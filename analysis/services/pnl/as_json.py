"""A report as plain dictionaries: decimals as exact strings, times as ISO 8601 in UTC."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from analysis.services.pnl.exact import plain
from analysis.services.pnl.report import Report
from analysis.services.pnl.sums import AssetReport

Json = dict[str, Any]


def reports_as_json(reports: Iterable[Report]) -> Json:
    """`{"methods": {method: {totals, assets, matches, spent, open_lots, flags, days}}}`."""
    return {"methods": {report.method.value: report_as_json(report) for report in reports}}


def report_as_json(report: Report) -> Json:
    """One method's report."""
    return {
        "totals": {**_record(report.totals), **_record(report.valuation), "unpriced": report.unpriced},
        "assets": {asset: _asset(sums) for asset, sums in report.assets.items()},
        "matches": [_record(match) for match in report.matches],
        "spent": [_record(spent) for spent in report.spent],
        "open_lots": [_record(lot) for lot in report.open_lots],
        "flags": [
            {"kind": "missing_acquisition", **_record(missing), "message": str(missing)}
            for missing in report.missing
        ],
        "days": [_record(day) for day in report.days],
    }


def _asset(sums: AssetReport) -> Json:
    return {**_record(sums.quantities), **_record(sums.money), **_record(sums.valuation)}


def _record(value: Any) -> Json:
    return {field.name: _scalar(getattr(value, field.name)) for field in fields(value)}


def _scalar(value: object) -> object:
    match value:
        case Decimal():
            return plain(value)
        case Enum():
            return value.value
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
    return value
