"""PromQL as Prometheus would read it, held against what is exposed: names, labels, and what comes out of it."""

import re
from collections.abc import Mapping
from typing import Any

import promql_parser as promql

Exposed = Mapping[str, frozenset[str]]  # the labels of each sample name

_KEEPS_LABELS = frozenset({"rate", "increase", "clamp_min", "clamp_max", "topk", "bottomk", "max_over_time"})
_SETS = frozenset({"and", "or", "unless"})
_GRAFANA = {"$__rate_interval": "5m", "$__range": "1h", "$queue": ".*"}


class Fault(AssertionError):
    """What Prometheus would refuse, or answer with nothing."""


def labels_of(expression: str, exposed: Exposed) -> frozenset[str]:
    """The labels of what an expression yields. Fault when it is no PromQL, or names what there is not."""
    for variable, value in _GRAFANA.items():
        expression = expression.replace(variable, value)
    try:
        return _labels(promql.parse(expression), exposed)
    except ValueError as error:
        raise Fault(f"{expression}: {error}") from None


def labels_used(template: str) -> frozenset[str]:
    """The labels that an annotation (`{{ $labels.queue }}`) or a legend (`{{queue}}`) shows."""
    return frozenset(re.findall(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}", template)) - {"value"}


def _labels(node: Any, exposed: Exposed) -> frozenset[str]:
    match node:
        case promql.NumberLiteral() | promql.StringLiteral():
            return frozenset()
        case promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            return _labels(node.expr, exposed)
        case promql.VectorSelector():
            return _selected(node, exposed)
        case promql.MatrixSelector():
            return _selected(node.vector_selector, exposed)
        case promql.Call():
            return _called(node, exposed)
        case promql.AggregateExpr():
            return _aggregated(node, exposed)
        case promql.BinaryExpr():
            return _joined(node, exposed)
    raise Fault(f"nobody has thought of {type(node).__name__}")


def _selected(selector: Any, exposed: Exposed) -> frozenset[str]:
    if selector.name not in exposed:
        raise Fault(f"there is no metric {selector.name}")
    labels = exposed[selector.name]
    for matcher in selector.matchers.matchers:
        if matcher.name not in labels:
            raise Fault(f"{selector.name} has no label {matcher.name}")
    return labels


def _called(call: Any, exposed: Exposed) -> frozenset[str]:
    found = [_labels(argument, exposed) for argument in call.args]
    if call.func.name in {"absent", "vector"}:
        return frozenset()
    if call.func.name not in _KEEPS_LABELS:
        raise Fault(f"nobody has thought of {call.func.name}")
    return frozenset().union(*found)


def _aggregated(node: Any, exposed: Exposed) -> frozenset[str]:
    inside = _labels(node.expr, exposed)
    if node.modifier is None:
        return inside if str(node.op) in {"topk", "bottomk"} else frozenset()
    named = _there(node.modifier.labels, inside, str(node))
    return named if node.modifier.type == promql.AggModifierType.By else inside - named


def _joined(node: Any, exposed: Exposed) -> frozenset[str]:
    left, right = _labels(node.lhs, exposed), _labels(node.rhs, exposed)
    matching = node.modifier.matching if node.modifier else None
    if matching is not None:
        if matching.type != promql.LabelModifierType.Include:
            raise Fault(f"{node}: nobody has thought of ignoring")
        named = _there(matching.labels, left & right, str(node))
        return left if str(node.op) in _SETS else named
    if left and right and left != right and str(node.op) != "or":
        raise Fault(f"{node}: the sides have different labels and nothing says on which to match")
    return left or right


def _there(named: Any, labels: frozenset[str], where: str) -> frozenset[str]:
    missing = set(named) - labels
    if missing:
        raise Fault(f"{where}: no label {sorted(missing)}")
    return frozenset(named)
