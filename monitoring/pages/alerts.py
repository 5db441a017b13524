"""`/alerts`: what fires, what did, the rules, and silence."""

from collections.abc import Iterable, Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from jobs import audit
from jobs.access import may_operate
from jobs.errors import JobError
from monitoring.guide import link_of
from monitoring.models import Alert, AlertRule, Silence
from monitoring.services.alerts import silence, trial_of
from monitoring.tasks.alerts import tell

_HISTORY, _AT_A_GLANCE = 50, 5
_HOUR = 3600.0


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The page; a POST tests, silences or switches a rule."""
    if request.method == "POST":
        return _act(request)
    rules = {rule.name: rule for rule in AlertRule.objects.order_by("name")}
    context = {
        "open": _with_guides(Alert.objects.exclude(state="resolved").order_by("severity", "since"), rules),
        "history": Alert.objects.filter(state="resolved").order_by("-id")[:_HISTORY],
        "rules": [(rule, link_of(rule.measure)) for rule in rules.values()],
        "silences": Silence.objects.filter(until__gt=timezone.now()).order_by("until"),
        "may": may_operate(request.user),
    }
    return render(request, "monitoring/alerts.html", context)


@require_safe
def firing(request: HttpRequest) -> HttpResponse:
    """Part of the overview: what fires, the worst first."""
    rules = {rule.name: rule for rule in AlertRule.objects.all()}
    found = Alert.objects.filter(state="firing").order_by("severity", "since")
    context = {"firing": _with_guides(found[:_AT_A_GLANCE], rules), "count": found.count()}
    return render(request, "monitoring/parts/firing.html", context)


def _with_guides(alerts: Iterable[Alert], rules: Mapping[str, AlertRule]) -> list[tuple[Alert, str]]:
    return [(alert, link_of(rules[alert.rule].measure if alert.rule in rules else "")) for alert in alerts]


def _act(request: HttpRequest) -> HttpResponse:
    if not may_operate(request.user):
        raise PermissionDenied
    name, subject = request.POST.get("rule", ""), request.POST.get("subject", "")
    rule = AlertRule.objects.filter(name=name).first()
    if rule is None:
        return HttpResponseBadRequest(f"There is no rule {name!r}.", content_type="text/plain")
    try:
        told = _done(rule, subject, request.POST.get("action", ""), request.user.get_username())
    except JobError as error:
        messages.error(request, f"The rule {rule.name!r} cannot tell anybody: {error}")
        return redirect("platform-alerts")
    if told is None:
        return HttpResponseBadRequest("There is no such action.", content_type="text/plain")
    messages.success(request, told)
    return redirect("platform-alerts")


def _done(rule: AlertRule, subject: str, action: str, by: str) -> str | None:
    """Do it; a sentence about it, None for an action that does not exist."""
    match action:
        case "test":
            with transaction.atomic():
                audit.record("test alert rule", f"rule {rule.name}", by=by)
                uid = tell(trial_of(rule))
            return f"A test message is on its way: job {uid}." if uid else "A test message is in the log."
        case "silence":
            until = silence(rule.name, subject, _HOUR, by).until
            return f"Nobody is told of {rule.name!r} before {until:%H:%M} UTC."
        case "enable" | "disable":
            with transaction.atomic():
                audit.record(f"{action} alert rule", f"rule {rule.name}", by=by)
                AlertRule.objects.filter(pk=rule.pk).update(enabled=action == "enable")
            return f"The rule {rule.name!r} is {action}d."
    return None
