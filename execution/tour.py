"""What `manage.py demo` shows of what is done: coins sent, a contract deployed, a sentence spoken, somebody told."""

from django.conf import settings

from analysis.flows.intents import start_intent
from analysis.services.intents.draft import Draft
from analysis.tour import Step, Tour
from enrichment.providers import addresses
from execution.flows.contracts import start_deployment
from execution.flows.notifications import notify
from execution.flows.speech import say
from execution.queries.contracts import contract_of, read_contract
from execution.queries.intents import senders, trail_of
from execution.queries.notifications import notification
from execution.queries.speech import speech
from execution.services.contracts.artifacts import source_of
from execution.services.contracts.deploy import ContractDraft

_SENTENCE = "Three wallets were analysed. The best of them gained 12.5 percent; the fee was $0.40."
_ETHER = 10**18


def _send(tour: Tour) -> None:
    known = senders()
    if len(known) < 2:
        tour.fail("the local chain has no accounts")
        return
    sender, recipient = known[:2]
    draft = Draft(sender=sender.address, recipient=recipient.address, amount=_ETHER // 4)
    tour.say(f"0.25 ether from {sender.label or sender.address} to {recipient.label or recipient.address}.")
    started = start_intent(draft)
    tour.follow(started.job_id)
    for job in trail_of(started.intent.uid).jobs:
        if job.uid != started.job_id:  # what the check handed over, with the same correlation id
            tour.follow(job.uid)
    intent = trail_of(started.intent.uid).intent
    if intent.state != intent.State.CONFIRMED:
        tour.fail(f"the intent is {intent.state}: {intent.error or intent.reasons}")
        return
    tour.say(
        f"Confirmed in block {intent.block_number} for {(intent.fee_paid or 0) / _ETHER:.9f} ether:"
        f" {intent.tx_hash}. See {tour.site}/intents/{intent.uid}"
    )


def _deploy(tour: Tour) -> None:
    known = senders()
    if not known:
        tour.fail("the local chain has no accounts")
        return
    supply = 1_000_000 * _ETHER
    draft = ContractDraft(
        "Tour token",
        "development",
        known[0].address,
        source_of("token"),
        arguments=["Tour token", "TOUR", str(supply)],
    )
    tour.say("A token in Vyper: compiled, deployed, its code compared with what was meant.")
    started = start_deployment(draft)
    tour.follow(started.job_id)
    contract = contract_of(started.contract.uid)
    if contract.state != contract.State.DEPLOYED:
        tour.fail(f"the contract is {contract.state}: {contract.error}")
        return
    told = read_contract(contract, "totalSupply", [])
    if told != [str(supply)]:
        tour.fail(f"the token's supply is {told}, not {supply}")
    tour.say(
        f"At {contract.address}, {contract.gas_used:,} gas; it says itself that its supply is {told[0]}."
        f" See {tour.site}/contracts/{contract.uid}"
    )


def _speak(tour: Tour) -> None:
    tour.say(_SENTENCE)
    asked = say(_SENTENCE, mode="realtime")
    tour.follow(asked.job_uid)
    row = speech(asked.speech.pk).row
    if not row.file:
        tour.fail("the sentence was not spoken")
        return
    tour.say(f"{row.seconds} seconds of speech, {row.size:,} bytes. Hear it: {tour.site}/speech")


def _tell(tour: Tour) -> None:
    sandbox = addresses.sandbox("webhooks/tour")
    channel, recipient = ("webhook", sandbox) if settings.WEBHOOK_TO_SANDBOX else ("log", "tour")
    asked = notify(channel, recipient, "The tour was here", "Signed, and once.")
    tour.follow(asked.job_uid)
    told = notification(asked.notification.pk)
    if told.state != "delivered":
        tour.fail(f"the notification is {told.state}: {told.row.last_error}")
    tour.say(f"A {channel} to {told.row.recipient}: {told.state}. See {tour.site}/notifications")


STEPS = (
    Step("An intent, checked and sent on the local chain", _send),
    Step("A contract, deployed", _deploy),
    Step("A sentence, spoken", _speak),
    Step("Somebody is told, signed and once", _tell),
)
