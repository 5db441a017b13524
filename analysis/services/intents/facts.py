"""What is known when an intent is checked: of the chain, and of what the sender did before."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils import timezone

from analysis.models import Intent
from analysis.services.intents.calls import balance_call, call_of
from enrichment.providers.evm.errors import NodeRefused
from enrichment.providers.evm.node import Node
from enrichment.providers.evm.records import Call
from jobs.errors import Permanent

_UNDER_WAY = (Intent.State.ACCEPTED, Intent.State.SENT, Intent.State.CONFIRMED)


@dataclass(frozen=True)
class Facts:
    """Amounts in wei. `refusal` is why the chain would refuse the call now, empty when it would not."""

    now: datetime
    chain_id: int
    balance: int
    gas: int
    gas_price: int
    sender_is_contract: bool = False
    token_is_contract: bool = False
    token_balance: int = 0
    refusal: str = ""
    earlier: tuple[timedelta, ...] = ()  # ages of the sender's intents that want exactly the same
    spent: int = 0  # by the sender, of the same asset, in the last 24 hours


def ask_chain(intent: Intent, node: Node) -> Facts:
    """What the chain says. Raises what the node raises when it does not answer."""
    gas, refusal = _estimated(intent, node)
    return Facts(
        now=timezone.now(),
        chain_id=node.chain_id(),
        balance=node.balance(intent.sender),
        gas=gas,
        gas_price=node.fees().price,
        sender_is_contract=node.code(intent.sender) != "0x",
        token_is_contract=bool(intent.token) and node.code(intent.token) != "0x",
        token_balance=_token_balance(intent, node),
        refusal=refusal,
    )


def with_history(facts: Facts, intent: Intent) -> Facts:
    """The facts with what the tables say; under the lock of the sender."""
    others = Intent.objects.filter(sender=intent.sender, state__in=_UNDER_WAY).exclude(pk=intent.pk)
    same = others.filter(
        kind=intent.kind,
        recipient=intent.recipient,
        token=intent.token,
        amount=intent.amount,
        data=intent.data,
    )
    moments = same.order_by("-created_at").values_list("created_at", flat=True)[:10]
    lately = Q(created_at__gte=facts.now - timedelta(hours=24), token=intent.token)
    spent: Decimal = others.filter(lately).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return replace(facts, earlier=tuple(facts.now - moment for moment in moments), spent=int(spent))


def _estimated(intent: Intent, node: Node) -> tuple[int, str]:
    try:
        return node.estimate(intent.sender, call_of(intent)), ""
    except NodeRefused as error:
        if isinstance(error, Permanent):
            return 0, str(error).partition(": ")[2]
        return 0, ""  # the balance has a check of its own


def _token_balance(intent: Intent, node: Node) -> int:
    if not intent.token:
        return 0
    try:
        answer = node.call(intent.sender, Call(intent.token, data=balance_call(intent.sender)))
    except NodeRefused as error:
        if not isinstance(error, Permanent):
            raise
        return 0
    return int(answer, 16) if len(answer) == 66 else 0
