"""Contract security: what may somebody still do to those who hold the coin?"""

from analysis.services.risk.parts import Input, Part, part
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


def contract_part(facts: MintFacts) -> Part:
    """An authority that was not given up, and extensions that act against holders."""
    flags = [EXTENSIONS[name] for name in facts.extensions if name in EXTENSIONS]
    points = sum(weight for _, weight in flags)
    points += MINTABLE if facts.mint_authority else 0
    points += FREEZABLE if facts.freeze_authority else 0
    return part(
        NAME,
        WEIGHT,
        points,
        [
            Input("more can be minted", _by(facts.mint_authority), facts.mint_authority is not None),
            Input("accounts can be frozen", _by(facts.freeze_authority), facts.freeze_authority is not None),
            Input("program", "Token-2022" if facts.token_2022 else "SPL Token"),
            *(Input("known flag", sentence, is_bad=True) for sentence, _ in flags),
        ],
    )


def _by(authority: str | None) -> str:
    return f"by {authority[:4]}…{authority[-4:]}" if authority else "no, given up"
