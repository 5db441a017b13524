"""Who hears of dead letters, what was told, and what was done on chains, in the admin. No key is shown."""

from typing import Any

from django import forms
from django.contrib import admin
from unfold.admin import ModelAdmin

from execution.models import (
    AlertRecipient,
    ChainTransaction,
    Contract,
    LetterAlert,
    Notification,
    SenderNonce,
    SignedTransaction,
    Speech,
    Wallet,
)
from execution.recipients import Channel, refused_at_the_door, shown_recipient
from jobs.admin.audited import Audited
from jobs.admin.reading import ReadOnlyAdmin, shows
from jobs.configuration import queue_book
from jobs.errors import UnknownName


class AlertRecipientForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """Checks what a notification would check."""

    class Meta:
        model = AlertRecipient
        fields = ("name", "channel", "recipient", "queues", "enabled")

    def clean_queues(self) -> list[str]:
        """A list of queues that exist."""
        names = self.cleaned_data["queues"] or []
        if not isinstance(names, list):
            raise forms.ValidationError('A list, such as ["orders", "balances"].')
        try:
            return [queue_book().get(str(name)).name for name in names]
        except UnknownName as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        """The recipient fits its channel."""
        cleaned = super().clean() or {}
        channel, recipient = cleaned.get("channel"), cleaned.get("recipient")
        fault = refused_at_the_door(Channel(channel), recipient) if channel and recipient else ""
        if fault:
            self.add_error("recipient", fault)
        return cleaned


@admin.register(AlertRecipient)
class AlertRecipientAdmin(Audited, ModelAdmin):
    """Takes effect within a minute."""

    audited_fields = ("enabled",)
    form = AlertRecipientForm
    list_display = ("name", "channel", "shown", "enabled")

    @admin.display(description="Recipient")
    def shown(self, row: AlertRecipient) -> str:
        """Without what may be secret."""
        return shown_recipient(Channel(row.channel), row.recipient)


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """To read: a row is what keeps its key from being delivered again."""

    list_display = ("created_at", "channel", "recipient", "subject", "state", "attempts")
    list_filter = ("channel", "state")
    search_fields = ("idempotency_key", "subject")


shows(LetterAlert, "fingerprint newest_letter told_at")
shows(
    Wallet,
    "label kind address owner created_at",
    list_filter=("kind",),
    search_fields=("=address", "label"),
    exclude=("key",),
)
shows(
    Contract,
    "name environment state address gas_used created_at",
    list_filter=("state", "environment"),
    search_fields=("=uid", "=address"),
)
shows(Speech, "text voice seconds size created_at spoken_at", list_filter=("voice",))
shows(
    ChainTransaction,
    "subject sender nonce state block_number created_at",
    list_filter=("state", "chain_id"),
    search_fields=("=subject", "=tx_hash"),
)
# What was signed can be sent by whoever has it.
shows(
    SignedTransaction,
    "tx_hash transaction number max_fee signed_at",
    list_select_related=("transaction",),
    search_fields=("=tx_hash",),
    exclude=("raw",),
)
shows(SenderNonce, "sender chain_id next_nonce", search_fields=("=sender",))
