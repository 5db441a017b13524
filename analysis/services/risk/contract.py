"""Contract security: what may somebody still do to those who hold the coin, and what is known against it?"""

from collections.abc import Sequence

from analysis.services.risk.parts import Input, Part, part
from enrichment.providers.rugcheck import Flag, TokenReport
from enrichment.providers.solana.holders import MintFacts

NAME, WEIGHT = "contract", 25
MINTABLE, FREEZABLE = 50, 35  # points
# What extensions of Token-2022 let somebody do, and the points of it. https://spl.solana.com/token-2022/extensions
EXTENSIONS = {
    "permanentDelegate": ("anybody's coins can be moved or burnt by a delegate", 60),
    "defaultAccountState": ("new accounts may begin frozen", 30),
    "transferHook": ("a program decides about each transfer", 25),
    "transferFeeConfig": ("transfers may cost a fee", 20),
    "nonTransferable": ("coins cannot be sent on", 60),
    "pausableConfig": ("all transfers can be paused", 35),
    "mintCloseAuthority": ("the mint can be closed", 10),
}
FLAGGED = {"danger": 30, "warn": 10, "info": 0}  # points of a flag of RugCheck's
RUGGED = 100
# RugCheck also flags what the mint account says, and what is in other parts: that is not counted twice.
_COUNTED_ELSEWHERE = (
    "authority",
    "holder",
    "ownership",
    "low liquidity",
    "permanent delegate",
    "transfer fee",
)


def contract_part(facts: MintFacts, report: TokenReport | None = None) -> Part:
    """An authority that was not given up, extensions that act against holders, and what RugCheck knows."""
    acts = [EXTENSIONS[name] for name in facts.extensions if name in EXTENSIONS]
    points = sum(weight for _, weight in acts)
    points += MINTABLE if facts.mint_authority else 0
    points += FREEZABLE if facts.freeze_authority else 0
    others = _others(report)
    points += sum(FLAGGED[flag.level] for flag in others)
    points += RUGGED if report and report.rugged else 0
    return part(
        NAME,
        WEIGHT,
        points,
        [
            Input("more can be minted", _by(facts.mint_authority), facts.mint_authority is not None),
            Input("accounts can be frozen", _by(facts.freeze_authority), facts.freeze_authority is not None),
            Input("program", "Token-2022" if facts.token_2022 else "SPL Token"),
            *(Input("known flag", sentence, is_bad=True) for sentence, _ in acts),
            *_told(report, others),
        ],
        "" if report else "RugCheck has no report on it: by the mint account alone.",
    )


def _others(report: TokenReport | None) -> list[Flag]:
    """The flags of RugCheck's that are counted here and nowhere else; a rug is counted once."""
    if report is None:
        return []
    counted = (*_COUNTED_ELSEWHERE, *(("rugged",) if report.rugged else ()))
    return [flag for flag in report.flags if not any(word in flag.name.lower() for word in counted)]


def _told(report: TokenReport | None, others: Sequence[Flag]) -> list[Input]:
    """What RugCheck says, as inputs."""
    if report is None:
        return []
    told = [Input("RugCheck", f"{report.score} of 100", report.score > 50)]
    if report.rugged:
        told.append(Input("known flag", "it was rugged: its liquidity was taken away", is_bad=True))
    return told + [
        Input("known flag", f"{flag.name} {flag.value}".rstrip(), flag.level == "danger") for flag in others
    ]


def _by(authority: str | None) -> str:
    return f"by {authority[:4]}…{authority[-4:]}" if authority else "no, given up"
