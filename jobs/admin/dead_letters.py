"""Dead letters with what can be done about them; both actions ask first and say what they did."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from jobs.access import may_operate
from jobs.admin import shown
from jobs.admin.jobs import QueueFilter
from jobs.admin.reading import ReadOnlyAdmin
from jobs.models import DeadLetter
from jobs.pages.dealing import Dealt, discard_letters, retry_letters

_AT_ONCE = 1_000
_LISTED = 20


class Openness(admin.SimpleListFilter):
    """Open letters first: those are what the list is for."""

    title = "what was done"
    parameter_name = "resolution"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Besides the open ones, which are shown unless one of these is chosen."""
        return [("retried", "Retried"), ("discarded", "Discarded"), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[DeadLetter]") -> "QuerySet[DeadLetter]":
        """The open letters, or the chosen ones."""
        if self.value() == "all":
            return queryset
        return queryset.filter(resolution=self.value() or "")


@admin.register(DeadLetter)
class DeadLetterAdmin(ReadOnlyAdmin):
    """What failed for good."""

    list_display = (
        "task",
        "error_type",
        "short_error",
        "queue",
        "retryable",
        "attempts",
        "failed_at",
        "resolution",
    )
    list_filter = (Openness, QueueFilter, "retryable")
    search_fields = ("job_uid__exact", "fingerprint__exact", "correlation_id__exact")
    search_help_text = "A job's id, a fingerprint or a correlation id, in full"
    ordering = ("-id",)
    actions = ("retry", "discard")
    fields = (
        "page", "edit_page", "task", "queue", "payload", "error_type", "error", "shown_traceback", "retryable",
        "reason", "attempts", "runs", "history_lines", "failed_at", "correlation_id", "tags", "fingerprint",
        "automatic", "next_retry_at", "resolution", "resolved_at", "resolved_by", "retried_as", "note",
    )  # fmt: skip
    readonly_fields = fields

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may act; Django asks for it by the actions' `permissions`."""
        return may_operate(request.user)

    @action(description="Retry the chosen letters", permissions=["operate"])
    def retry(self, request: HttpRequest, queryset: "QuerySet[DeadLetter]") -> HttpResponse | None:
        """Ask, then let their jobs run again."""
        if "confirmed" not in request.POST:
            return self._ask(
                request, queryset, "retry", "Retry", "Their jobs wait again, with all their attempts."
            )
        by = request.user.get_username()
        self._tell(request, retry_letters(queryset.order_by("id")[:_AT_ONCE], by), "retried")
        return None

    @action(description="Discard the chosen letters", permissions=["operate"])
    def discard(self, request: HttpRequest, queryset: "QuerySet[DeadLetter]") -> HttpResponse | None:
        """Ask, with room for a reason, then close them."""
        if "confirmed" not in request.POST:
            return self._ask(
                request, queryset, "discard", "Discard", "Their jobs stay failed; nothing runs again."
            )
        by, note = request.user.get_username(), request.POST.get("note", "").strip()
        self._tell(request, discard_letters(queryset.order_by("id")[:_AT_ONCE], note, by), "discarded")
        return None

    def _ask(
        self, request: HttpRequest, queryset: "QuerySet[DeadLetter]", name: str, verb: str, meaning: str
    ) -> HttpResponse:
        chosen = queryset.filter(resolution="").order_by("-id")
        context = {
            **self.admin_site.each_context(request),
            "title": f"{verb} dead letters?",
            "opts": self.model._meta,  # noqa: SLF001 -- Django's public name for it
            "verb": verb,
            "meaning": meaning,
            "action": name,
            "letters": chosen[:_LISTED],
            "count": chosen.count(),
            "closed": queryset.exclude(resolution="").count(),
            "ids": queryset.values_list("pk", flat=True)[:_AT_ONCE],
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/jobs/ask.html", context)

    def _tell(self, request: HttpRequest, dealt: Dealt, done: str) -> None:
        if dealt.done:
            self.message_user(request, f"{dealt.done:,} {_letters(dealt.done)} {done}.", messages.SUCCESS)
        for uid, reason in list(dealt.refused.items())[:_LISTED]:
            self.message_user(request, f"{uid} was not {done}: {reason}", messages.ERROR)

    @display(description="Error")
    def short_error(self, letter: DeadLetter) -> str:
        """The beginning of the message."""
        return letter.error[:120]

    @display(description="Job")
    def page(self, letter: DeadLetter) -> SafeString:
        """The job's page."""
        return shown.job_link(letter.job_uid)

    @display(description="Edit and retry")
    def edit_page(self, letter: DeadLetter) -> SafeString:
        """The letter's page, where its payload can be edited."""
        return shown.link(reverse("dead-letter", args=[letter.pk]), f"Dead letter {letter.pk}")

    @display(description="Runs before the last")
    def history_lines(self, letter: DeadLetter) -> SafeString:
        """Outcome and error of each."""
        return shown.as_json(letter.history)

    @display(description="Payload")
    def payload(self, letter: DeadLetter) -> SafeString:
        """The arguments, secret ones masked."""
        return shown.payload(letter)

    @display(description="Traceback")
    def shown_traceback(self, letter: DeadLetter) -> SafeString:
        """Where it was raised."""
        return shown.preformatted(letter.traceback)


def _letters(count: int) -> str:
    return "dead letter" if count == 1 else "dead letters"
